/* SPDX-License-Identifier: MIT */
/*
 * The arm64 part of the KVM user-space ABI (Linux 6.12), with kvm-arm-common.h:
 * vCPU registers and features, vCPU and VM attributes, and the requests that
 * only arm64 has. Included by fauxkvm/kvm.h, never directly.
 */
#ifndef FAUXKVM_KVM_ARM64_H
#define FAUXKVM_KVM_ARM64_H

#ifndef FAUXKVM_KVM_H
#error "include <fauxkvm/kvm.h>"
#endif

#include <fauxkvm/kvm-arm-common.h>

/* ---- registers ----------------------------------------------------------- */

#define KVM_SPSR_EL1 0
#define KVM_SPSR_SVC KVM_SPSR_EL1
#define KVM_SPSR_ABT 1
#define KVM_SPSR_UND 2
#define KVM_SPSR_IRQ 3
#define KVM_SPSR_FIQ 4
#define KVM_NR_SPSR  5

struct fk_user_pt_regs {
	uint64_t regs[31];
	uint64_t sp;
	uint64_t pc;
	uint64_t pstate;
};
struct fk_user_fpsimd_state {
	__uint128_t vregs[32];
	uint32_t fpsr;
	uint32_t fpcr;
	uint32_t reserved[2];
};

struct kvm_regs {
	struct fk_user_pt_regs regs; /* sp is SP_EL0 */
	uint64_t sp_el1;
	uint64_t elr_el1;
	uint64_t spsr[KVM_NR_SPSR];
	struct fk_user_fpsimd_state fp_regs;
};
FK_ASSERT_SIZE(struct kvm_regs, 864);
FK_ASSERT_OFFSET(struct kvm_regs, sp_el1, 4 * 0x44);
FK_ASSERT_OFFSET(struct kvm_regs, fp_regs, 4 * 0x54);

#define KVM_REG_ARM64_SYSREG           (0x0013 << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM64_SYSREG_OP0_MASK  0x000000000000c000
#define KVM_REG_ARM64_SYSREG_OP0_SHIFT 14
#define KVM_REG_ARM64_SYSREG_OP1_MASK  0x0000000000003800
#define KVM_REG_ARM64_SYSREG_OP1_SHIFT 11
#define KVM_REG_ARM64_SYSREG_CRN_MASK  0x0000000000000780
#define KVM_REG_ARM64_SYSREG_CRN_SHIFT 7
#define KVM_REG_ARM64_SYSREG_CRM_MASK  0x0000000000000078
#define KVM_REG_ARM64_SYSREG_CRM_SHIFT 3
#define KVM_REG_ARM64_SYSREG_OP2_MASK  0x0000000000000007
#define KVM_REG_ARM64_SYSREG_OP2_SHIFT 0

#define ARM64_SYS_REG(op0, op1, crn, crm, op2)                     \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM64_SYSREG | \
	 (uint64_t)(op0) << 14 | (uint64_t)(op1) << 11 |           \
	 (uint64_t)(crn) << 7 | (uint64_t)(crm) << 3 | (uint64_t)(op2))

#define KVM_REG_ARM_PTIMER_CTL  ARM64_SYS_REG(3, 3, 14, 2, 1)
#define KVM_REG_ARM_PTIMER_CVAL ARM64_SYS_REG(3, 3, 14, 2, 2)
#define KVM_REG_ARM_PTIMER_CNT  ARM64_SYS_REG(3, 3, 14, 0, 1)
/* CVAL and CNT of the virtual timer have each other's encoding: the ABI says
 * so, by an old mistake. */
#define KVM_REG_ARM_TIMER_CTL  ARM64_SYS_REG(3, 3, 14, 3, 1)
#define KVM_REG_ARM_TIMER_CVAL ARM64_SYS_REG(3, 3, 14, 0, 2)
#define KVM_REG_ARM_TIMER_CNT  ARM64_SYS_REG(3, 3, 14, 3, 2)

#define KVM_REG_ARM_FW_REG(r) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_FW | ((r)&0xffff))
#define KVM_REG_ARM_PSCI_VERSION                         KVM_REG_ARM_FW_REG(0)
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1              KVM_REG_ARM_FW_REG(1)
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2              KVM_REG_ARM_FW_REG(2)
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3              KVM_REG_ARM_FW_REG(3)
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3_NOT_AVAIL    0
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3_AVAIL        1
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3_NOT_REQUIRED 2

#define KVM_REG_ARM64_SVE        (0x0015 << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_ARM64_SVE_NUM_ZREGS  32
#define KVM_ARM64_SVE_NUM_PREGS  16
#define KVM_ARM64_SVE_MAX_SLICES 32
#define KVM_ARM64_SVE_VQ_MIN     1
#define KVM_ARM64_SVE_VQ_MAX     512
#define KVM_ARM64_SVE_VLS_WORDS \
	((KVM_ARM64_SVE_VQ_MAX - KVM_ARM64_SVE_VQ_MIN) / 64 + 1)
#define KVM_REG_ARM64_SVE_ZREG_BASE 0
#define KVM_REG_ARM64_SVE_PREG_BASE 0x400
#define KVM_REG_ARM64_SVE_FFR_BASE  0x600
#define KVM_REG_ARM64_SVE_ZREG(n, i)                              \
	(KVM_REG_ARM64 | KVM_REG_ARM64_SVE | KVM_REG_SIZE_U2048 | \
	 KVM_REG_ARM64_SVE_ZREG_BASE |                            \
	 ((n) & (KVM_ARM64_SVE_NUM_ZREGS - 1)) << 5 |             \
	 ((i) & (KVM_ARM64_SVE_MAX_SLICES - 1)))
#define KVM_REG_ARM64_SVE_PREG(n, i)                             \
	(KVM_REG_ARM64 | KVM_REG_ARM64_SVE | KVM_REG_SIZE_U256 | \
	 KVM_REG_ARM64_SVE_PREG_BASE |                           \
	 ((n) & (KVM_ARM64_SVE_NUM_PREGS - 1)) << 5 |            \
	 ((i) & (KVM_ARM64_SVE_MAX_SLICES - 1)))
#define KVM_REG_ARM64_SVE_FFR(i)                                 \
	(KVM_REG_ARM64 | KVM_REG_ARM64_SVE | KVM_REG_SIZE_U256 | \
	 KVM_REG_ARM64_SVE_FFR_BASE | ((i) & (KVM_ARM64_SVE_MAX_SLICES - 1)))
#define KVM_REG_ARM64_SVE_VLS \
	(KVM_REG_ARM64 | KVM_REG_ARM64_SVE | KVM_REG_SIZE_U512 | 0xffff)

#define KVM_REG_ARM_FW_FEAT_BMAP (0x0016 << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM_FW_FEAT_BMAP_REG(r)                                \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_FW_FEAT_BMAP | \
	 ((r)&0xffff))
#define KVM_REG_ARM_STD_BMAP                 KVM_REG_ARM_FW_FEAT_BMAP_REG(0)
#define KVM_REG_ARM_STD_HYP_BMAP             KVM_REG_ARM_FW_FEAT_BMAP_REG(1)
#define KVM_REG_ARM_VENDOR_HYP_BMAP          KVM_REG_ARM_FW_FEAT_BMAP_REG(2)
#define KVM_REG_ARM_STD_BIT_TRNG_V1_0        0
#define KVM_REG_ARM_STD_HYP_BIT_PV_TIME      0
#define KVM_REG_ARM_VENDOR_HYP_BIT_FUNC_FEAT 0
#define KVM_REG_ARM_VENDOR_HYP_BIT_PTP       1

/* ---- vCPU ---------------------------------------------------------------- */

#define KVM_ARM_TARGET_AEM_V8        0
#define KVM_ARM_TARGET_FOUNDATION_V8 1
#define KVM_ARM_TARGET_CORTEX_A57    2
#define KVM_ARM_TARGET_XGENE_POTENZA 3
#define KVM_ARM_TARGET_CORTEX_A53    4
#define KVM_ARM_TARGET_GENERIC_V8    5
#define KVM_ARM_NUM_TARGETS          6

#define KVM_ARM_VCPU_POWER_OFF       0
#define KVM_ARM_VCPU_EL1_32BIT       1
#define KVM_ARM_VCPU_PSCI_0_2        2
#define KVM_ARM_VCPU_PMU_V3          3
#define KVM_ARM_VCPU_SVE             4
#define KVM_ARM_VCPU_PTRAUTH_ADDRESS 5
#define KVM_ARM_VCPU_PTRAUTH_GENERIC 6
#define KVM_ARM_VCPU_HAS_EL2         7

#define KVM_ARM_MAX_DBG_REGS 16

struct kvm_guest_debug_arch {
	uint64_t dbg_bcr[KVM_ARM_MAX_DBG_REGS];
	uint64_t dbg_bvr[KVM_ARM_MAX_DBG_REGS];
	uint64_t dbg_wcr[KVM_ARM_MAX_DBG_REGS];
	uint64_t dbg_wvr[KVM_ARM_MAX_DBG_REGS];
};
FK_ASSERT_SIZE(struct kvm_guest_debug_arch, 512);

#define KVM_DEBUG_ARCH_HSR_HIGH_VALID (1 << 0)

#define KVM_GUESTDBG_USE_SW_BP (1 << 16)
#define KVM_GUESTDBG_USE_HW    (1 << 17)

struct kvm_debug_exit_arch {
	uint32_t hsr;
	uint32_t hsr_high;
	uint64_t far;
};
FK_ASSERT_SIZE(struct kvm_debug_exit_arch, 16);

/* ---- VM ------------------------------------------------------------------ */

struct kvm_arm_copy_mte_tags {
	uint64_t guest_ipa;
	uint64_t length;
	void *addr;
	uint64_t flags;
	uint64_t reserved[2];
};
FK_ASSERT_SIZE(struct kvm_arm_copy_mte_tags, 48);

#define KVM_ARM_TAGS_TO_GUEST   0
#define KVM_ARM_TAGS_FROM_GUEST 1

struct kvm_arm_counter_offset {
	uint64_t counter_offset;
	uint64_t reserved;
};
FK_ASSERT_SIZE(struct kvm_arm_counter_offset, 16);

struct reg_mask_range {
	uint64_t addr;
	uint32_t range;
	uint32_t reserved[13];
};
FK_ASSERT_SIZE(struct reg_mask_range, 64);

#define KVM_ARM_FEATURE_ID_RANGE      0
#define KVM_ARM_FEATURE_ID_RANGE_SIZE (3 * 8 * 8)
#define KVM_ARM_FEATURE_ID_RANGE_IDX(op0, op1, crn, crm, op2) \
	(((op1) == 3 ? 2 : (op1)) << 6 | (crm) << 3 | (op2))

struct kvm_smccc_filter {
	uint32_t base;
	uint32_t nr_functions;
	uint8_t action;
	uint8_t pad[15];
};
FK_ASSERT_SIZE(struct kvm_smccc_filter, 24);

#define KVM_SMCCC_FILTER_HANDLE      0
#define KVM_SMCCC_FILTER_DENY        1
#define KVM_SMCCC_FILTER_FWD_TO_USER 2

#define KVM_ARM_VM_SMCCC_CTRL   0
#define KVM_ARM_VM_SMCCC_FILTER 0

struct kvm_pmu_event_filter {
	uint16_t base_event;
	uint16_t nevents;
	uint8_t action;
	uint8_t pad[3];
};
FK_ASSERT_SIZE(struct kvm_pmu_event_filter, 8);

#define KVM_PMU_EVENT_ALLOW 0
#define KVM_PMU_EVENT_DENY  1

/* ---- vCPU attributes ----------------------------------------------------- */

#define KVM_ARM_VCPU_PMU_V3_CTRL       0
#define KVM_ARM_VCPU_PMU_V3_IRQ        0
#define KVM_ARM_VCPU_PMU_V3_INIT       1
#define KVM_ARM_VCPU_PMU_V3_FILTER     2
#define KVM_ARM_VCPU_PMU_V3_SET_PMU    3
#define KVM_ARM_VCPU_TIMER_IRQ_HVTIMER 2
#define KVM_ARM_VCPU_TIMER_IRQ_HPTIMER 3
#define KVM_ARM_VCPU_PVTIME_CTRL       2
#define KVM_ARM_VCPU_PVTIME_IPA        0

/* ---- PSCI ---------------------------------------------------------------- */

#define KVM_SYSTEM_EVENT_RESET_FLAG_PSCI_RESET2 (1ULL << 0)
#define KVM_EXIT_FAIL_ENTRY_CPU_UNSUPPORTED     (1ULL << 0)

/* ---- requests ------------------------------------------------------------ */

/* KVM_CREATE_VM's argument: bits 7-0 are the IPA size. */
#define KVM_VM_TYPE_ARM_IPA_SIZE_MASK 0xffULL
#define KVM_VM_TYPE_ARM_IPA_SIZE(x)   ((x)&KVM_VM_TYPE_ARM_IPA_SIZE_MASK)

#define KVM_ARM_MTE_COPY_TAGS          FK_IOR(0xb4, struct kvm_arm_copy_mte_tags)
#define KVM_ARM_SET_COUNTER_OFFSET     FK_IOW(0xb5, struct kvm_arm_counter_offset)
#define KVM_ARM_GET_REG_WRITABLE_MASKS FK_IOR(0xb6, struct reg_mask_range)

#endif
