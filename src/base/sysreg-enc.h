/* SPDX-License-Identifier: MIT */
/*
 * The encoding of an AArch64 system register in 16 bits, as KVM has it in the
 * ids of ONE_REG and in the GICv3's CPU_SYSREGS attributes: op0 15-14,
 * op1 13-11, CRn 10-7, CRm 6-3, op2 2-0.
 */
#ifndef FAUXKVM_BASE_SYSREG_ENC_H
#define FAUXKVM_BASE_SYSREG_ENC_H

#define SYSREG_ENC(op0, op1, crn, crm, op2)                        \
	((uint32_t)(((op0) << 14) | ((op1) << 11) | ((crn) << 7) | \
		    ((crm) << 3) | (op2)))
#define SYSREG_OP0(enc) (((enc) >> 14) & 3)
#define SYSREG_OP1(enc) (((enc) >> 11) & 7)
#define SYSREG_CRN(enc) (((enc) >> 7) & 15)
#define SYSREG_CRM(enc) (((enc) >> 3) & 15)
#define SYSREG_OP2(enc) ((enc)&7)

/* ID registers, by CRm (0 to 7) and op2, and those that are known by name. */
#define SYSREG_ID_ENC(crm, op2) SYSREG_ENC(3, 0, 0, crm, op2)
#define ENC_ID_AA64PFR0         SYSREG_ID_ENC(4, 0)
#define ENC_ID_AA64PFR1         SYSREG_ID_ENC(4, 1)
#define ENC_ID_AA64ZFR0         SYSREG_ID_ENC(4, 4)
#define ENC_ID_AA64DFR0         SYSREG_ID_ENC(5, 0)
#define ENC_ID_AA64ISAR0        SYSREG_ID_ENC(6, 0)
#define ENC_ID_AA64ISAR1        SYSREG_ID_ENC(6, 1)
#define ENC_ID_AA64MMFR0        SYSREG_ID_ENC(7, 0)
#define ENC_ID_AA64MMFR1        SYSREG_ID_ENC(7, 1)
#define ENC_ID_AA64MMFR2        SYSREG_ID_ENC(7, 2)
#define ENC_CTR                 SYSREG_ENC(3, 3, 0, 0, 1)

#endif
