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

#endif
