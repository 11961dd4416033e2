/* SPDX-License-Identifier: MIT */
/*
 * The part of the KVM user-space ABI that 32-bit Arm had until Linux 5.6, with
 * kvm-arm-common.h: vCPU registers and features. Included by fauxkvm/kvm.h,
 * never directly.
 */
#ifndef FAUXKVM_KVM_ARM_H
#define FAUXKVM_KVM_ARM_H

#ifndef FAUXKVM_KVM_H
#error "include <fauxkvm/kvm.h>"
#endif

#include <fauxkvm/kvm-arm-common.h>

/* ---- registers ----------------------------------------------------------- */

/* Each mode's own: SP, LR, SPSR; of FIQ R8 to R12 come before them. */
struct kvm_regs {
	struct {
		uint32_t uregs[18]; /* R0 to R15, CPSR, ORIG_R0 */
	} usr_regs;
	uint32_t svc_regs[3];
	uint32_t abt_regs[3];
	uint32_t und_regs[3];
	uint32_t irq_regs[3];
	uint32_t fiq_regs[8];
};
FK_ASSERT_SIZE(struct kvm_regs, 152);
FK_ASSERT_OFFSET(struct kvm_regs, svc_regs, 4 * 18);
FK_ASSERT_OFFSET(struct kvm_regs, fiq_regs, 4 * 30);

#define KVM_REG_ARM_32_OPC2_MASK  0x0000000000000007
#define KVM_REG_ARM_32_OPC2_SHIFT 0
#define KVM_REG_ARM_OPC1_MASK     0x0000000000000078
#define KVM_REG_ARM_OPC1_SHIFT    3
#define KVM_REG_ARM_CRM_MASK      0x0000000000000780
#define KVM_REG_ARM_CRM_SHIFT     7
#define KVM_REG_ARM_32_CRN_MASK   0x0000000000007800
#define KVM_REG_ARM_32_CRN_SHIFT  11

#define ARM_CP15_REG32(op1, crn, crm, op2)                                  \
	(KVM_REG_ARM | KVM_REG_SIZE_U32 |                                   \
	 (uint64_t)15 << KVM_REG_ARM_COPROC_SHIFT | (uint64_t)(crn) << 11 | \
	 (uint64_t)(crm) << 7 | (uint64_t)(op1) << 3 | (uint64_t)(op2))
#define ARM_CP15_REG64(op1, crm)                                           \
	(KVM_REG_ARM | KVM_REG_SIZE_U64 |                                  \
	 (uint64_t)15 << KVM_REG_ARM_COPROC_SHIFT | (uint64_t)(crm) << 7 | \
	 (uint64_t)(op1) << 3)

#define KVM_REG_ARM_TIMER_CTL  ARM_CP15_REG32(0, 14, 3, 1)
#define KVM_REG_ARM_TIMER_CNT  ARM_CP15_REG64(1, 14)
#define KVM_REG_ARM_TIMER_CVAL ARM_CP15_REG64(3, 14)

#define KVM_REG_ARM_VFP         (0x0012 << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM_VFP_FPSID   0x1000
#define KVM_REG_ARM_VFP_FPSCR   0x1001
#define KVM_REG_ARM_VFP_MVFR1   0x1006
#define KVM_REG_ARM_VFP_MVFR0   0x1007
#define KVM_REG_ARM_VFP_FPEXC   0x1008
#define KVM_REG_ARM_VFP_FPINST  0x1009
#define KVM_REG_ARM_VFP_FPINST2 0x100a

#define KVM_REG_ARM_FW_REG(r) \
	(KVM_REG_ARM | KVM_REG_SIZE_U64 | KVM_REG_ARM_FW | ((r)&0xffff))
#define KVM_REG_ARM_PSCI_VERSION            KVM_REG_ARM_FW_REG(0)
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1 KVM_REG_ARM_FW_REG(1)
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2 KVM_REG_ARM_FW_REG(2)

/* ---- vCPU ---------------------------------------------------------------- */

#define KVM_ARM_TARGET_CORTEX_A15 0
#define KVM_ARM_TARGET_CORTEX_A7  1
#define KVM_ARM_NUM_TARGETS       2

#define KVM_ARM_VCPU_POWER_OFF 0
#define KVM_ARM_VCPU_PSCI_0_2  1

/* Guests are not debugged. */
struct kvm_guest_debug_arch {
};
struct kvm_debug_exit_arch {
};

#endif
