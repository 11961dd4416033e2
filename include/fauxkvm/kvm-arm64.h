/* SPDX-License-Identifier: MIT */
/*
 * The arm64 part of the KVM user-space ABI (Linux 6.12): vCPU registers and
 * features, VGIC devices, vCPU and VM attributes, PSCI, and the requests and
 * capabilities that only arm64 has. Included by fauxkvm/kvm.h, never directly.
 */
#ifndef FAUXKVM_KVM_ARM64_H
#define FAUXKVM_KVM_ARM64_H

#ifndef FAUXKVM_KVM_H
#error "include <fauxkvm/kvm.h>"
#endif

/* ---- layout of request numbers: asm-generic's ---------------------------- */

#define FK_IOC_NONE      0
#define FK_IOC_WRITE     1
#define FK_IOC_READ      2
#define FK_IOC_DIR_SHIFT 30
#define FK_IOC_SIZE_BITS 14

/* ---- registers ----------------------------------------------------------- */

#define KVM_REG_ARM   0x4000000000000000ULL
#define KVM_REG_ARM64 0x6000000000000000ULL

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

#define KVM_REG_ARM_COPROC_MASK  0x000000000fff0000
#define KVM_REG_ARM_COPROC_SHIFT 16
#define KVM_REG_ARM_CORE         (0x0010 << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM_CORE_REG(name) \
	(offsetof(struct kvm_regs, name) / sizeof(uint32_t))

#define KVM_REG_ARM_DEMUX           (0x0011 << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM_DEMUX_ID_MASK   0x000000000000ff00
#define KVM_REG_ARM_DEMUX_ID_SHIFT  8
#define KVM_REG_ARM_DEMUX_ID_CCSIDR (0x00 << KVM_REG_ARM_DEMUX_ID_SHIFT)
#define KVM_REG_ARM_DEMUX_VAL_MASK  0x00000000000000ff
#define KVM_REG_ARM_DEMUX_VAL_SHIFT 0

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

#define KVM_REG_ARM_FW (0x0014 << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM_FW_REG(r) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_FW | ((r)&0xffff))
#define KVM_REG_ARM_PSCI_VERSION                         KVM_REG_ARM_FW_REG(0)
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1              KVM_REG_ARM_FW_REG(1)
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_AVAIL    0
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_AVAIL        1
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED 2
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2              KVM_REG_ARM_FW_REG(2)
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_AVAIL    0
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_UNKNOWN      1
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_AVAIL        2
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_REQUIRED 3
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_ENABLED      (1U << 4)
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

struct kvm_vcpu_init {
	uint32_t target;
	uint32_t features[7];
};
FK_ASSERT_SIZE(struct kvm_vcpu_init, 32);

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

struct kvm_sync_regs {
	uint64_t device_irq_level;
};

#define KVM_ARM_DEV_EL1_VTIMER (1 << 0)
#define KVM_ARM_DEV_EL1_PTIMER (1 << 1)
#define KVM_ARM_DEV_PMU        (1 << 2)

struct kvm_vcpu_events {
	struct {
		uint8_t serror_pending;
		uint8_t serror_has_esr;
		uint8_t ext_dabt_pending;
		uint8_t pad[5];
		uint64_t serror_esr;
	} exception;
	uint32_t reserved[12];
};
FK_ASSERT_SIZE(struct kvm_vcpu_events, 64);

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

struct kvm_arm_device_addr {
	uint64_t id;
	uint64_t addr;
};
FK_ASSERT_SIZE(struct kvm_arm_device_addr, 16);

#define KVM_ARM_DEVICE_TYPE_SHIFT 0
#define KVM_ARM_DEVICE_TYPE_MASK  0xffffUL
#define KVM_ARM_DEVICE_ID_SHIFT   16
#define KVM_ARM_DEVICE_ID_MASK    0xffff0000UL
#define KVM_ARM_DEVICE_VGIC_V2    0

#define KVM_ARM_IRQ_VCPU2_SHIFT 28
#define KVM_ARM_IRQ_VCPU2_MASK  0xf
#define KVM_ARM_IRQ_TYPE_SHIFT  24
#define KVM_ARM_IRQ_TYPE_MASK   0xf
#define KVM_ARM_IRQ_VCPU_SHIFT  16
#define KVM_ARM_IRQ_VCPU_MASK   0xff
#define KVM_ARM_IRQ_NUM_SHIFT   0
#define KVM_ARM_IRQ_NUM_MASK    0xffff
#define KVM_ARM_IRQ_TYPE_CPU    0
#define KVM_ARM_IRQ_TYPE_SPI    1
#define KVM_ARM_IRQ_TYPE_PPI    2
#define KVM_ARM_IRQ_CPU_IRQ     0
#define KVM_ARM_IRQ_CPU_FIQ     1

#define KVM_NR_IRQCHIPS 1

/* ---- VGIC devices -------------------------------------------------------- */

#define KVM_VGIC_V2_ADDR_TYPE_DIST          0
#define KVM_VGIC_V2_ADDR_TYPE_CPU           1
#define KVM_VGIC_V2_DIST_SIZE               0x1000
#define KVM_VGIC_V2_CPU_SIZE                0x2000
#define KVM_VGIC_V3_ADDR_TYPE_DIST          2
#define KVM_VGIC_V3_ADDR_TYPE_REDIST        3
#define KVM_VGIC_ITS_ADDR_TYPE              4
#define KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION 5
#define KVM_VGIC_V3_DIST_SIZE               0x10000
#define KVM_VGIC_V3_REDIST_SIZE             0x20000
#define KVM_VGIC_V3_ITS_SIZE                0x20000

#define KVM_DEV_ARM_VGIC_GRP_ADDR        0
#define KVM_DEV_ARM_VGIC_GRP_DIST_REGS   1
#define KVM_DEV_ARM_VGIC_GRP_CPU_REGS    2
#define KVM_DEV_ARM_VGIC_GRP_NR_IRQS     3
#define KVM_DEV_ARM_VGIC_GRP_CTRL        4
#define KVM_DEV_ARM_VGIC_GRP_REDIST_REGS 5
#define KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS 6
#define KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO  7
#define KVM_DEV_ARM_VGIC_GRP_ITS_REGS    8

#define KVM_DEV_ARM_VGIC_CPUID_SHIFT           32
#define KVM_DEV_ARM_VGIC_CPUID_MASK            (0xffULL << 32)
#define KVM_DEV_ARM_VGIC_V3_MPIDR_SHIFT        32
#define KVM_DEV_ARM_VGIC_V3_MPIDR_MASK         (0xffffffffULL << 32)
#define KVM_DEV_ARM_VGIC_OFFSET_SHIFT          0
#define KVM_DEV_ARM_VGIC_OFFSET_MASK           0xffffffffULL
#define KVM_DEV_ARM_VGIC_SYSREG_INSTR_MASK     0xffff
#define KVM_DEV_ARM_VGIC_LINE_LEVEL_INFO_SHIFT 10
#define KVM_DEV_ARM_VGIC_LINE_LEVEL_INFO_MASK  (0x3fffffULL << 10)
#define KVM_DEV_ARM_VGIC_LINE_LEVEL_INTID_MASK 0x3ff
#define VGIC_LEVEL_INFO_LINE_LEVEL             0

#define KVM_DEV_ARM_VGIC_CTRL_INIT           0
#define KVM_DEV_ARM_ITS_SAVE_TABLES          1
#define KVM_DEV_ARM_ITS_RESTORE_TABLES       2
#define KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES 3
#define KVM_DEV_ARM_ITS_CTRL_RESET           4

/* ---- vCPU attributes ----------------------------------------------------- */

#define KVM_ARM_VCPU_PMU_V3_CTRL       0
#define KVM_ARM_VCPU_PMU_V3_IRQ        0
#define KVM_ARM_VCPU_PMU_V3_INIT       1
#define KVM_ARM_VCPU_PMU_V3_FILTER     2
#define KVM_ARM_VCPU_PMU_V3_SET_PMU    3
#define KVM_ARM_VCPU_TIMER_CTRL        1
#define KVM_ARM_VCPU_TIMER_IRQ_VTIMER  0
#define KVM_ARM_VCPU_TIMER_IRQ_PTIMER  1
#define KVM_ARM_VCPU_TIMER_IRQ_HVTIMER 2
#define KVM_ARM_VCPU_TIMER_IRQ_HPTIMER 3
#define KVM_ARM_VCPU_PVTIME_CTRL       2
#define KVM_ARM_VCPU_PVTIME_IPA        0

/* ---- PSCI ---------------------------------------------------------------- */

#define KVM_PSCI_FN_BASE        0x95c1ba5e
#define KVM_PSCI_FN(n)          (KVM_PSCI_FN_BASE + (n))
#define KVM_PSCI_FN_CPU_SUSPEND KVM_PSCI_FN(0)
#define KVM_PSCI_FN_CPU_OFF     KVM_PSCI_FN(1)
#define KVM_PSCI_FN_CPU_ON      KVM_PSCI_FN(2)
#define KVM_PSCI_FN_MIGRATE     KVM_PSCI_FN(3)

#define KVM_SYSTEM_EVENT_RESET_FLAG_PSCI_RESET2 (1ULL << 0)
#define KVM_EXIT_FAIL_ENTRY_CPU_UNSUPPORTED     (1ULL << 0)

/* ---- requests ------------------------------------------------------------ */

/* KVM_CREATE_VM's argument: bits 7-0 are the IPA size. */
#define KVM_VM_TYPE_ARM_IPA_SIZE_MASK 0xffULL
#define KVM_VM_TYPE_ARM_IPA_SIZE(x)   ((x)&KVM_VM_TYPE_ARM_IPA_SIZE_MASK)

#define KVM_ARM_SET_DEVICE_ADDR        FK_IOW(0xab, struct kvm_arm_device_addr)
#define KVM_ARM_PREFERRED_TARGET       FK_IOR(0xaf, struct kvm_vcpu_init)
#define KVM_ARM_MTE_COPY_TAGS          FK_IOR(0xb4, struct kvm_arm_copy_mte_tags)
#define KVM_ARM_SET_COUNTER_OFFSET     FK_IOW(0xb5, struct kvm_arm_counter_offset)
#define KVM_ARM_GET_REG_WRITABLE_MASKS FK_IOR(0xb6, struct reg_mask_range)
#define KVM_GET_SREGS                  FK_IOC(FK_IOC_READ, 0x83, 0)
#define KVM_SET_SREGS                  FK_IOC(FK_IOC_WRITE, 0x84, 0)
#define KVM_GET_FPU                    FK_IOC(FK_IOC_READ, 0x8c, 0)
#define KVM_SET_FPU                    FK_IOC(FK_IOC_WRITE, 0x8d, 0)
#define KVM_GET_VCPU_EVENTS            FK_IOR(0x9f, struct kvm_vcpu_events)
#define KVM_SET_VCPU_EVENTS            FK_IOW(0xa0, struct kvm_vcpu_events)
#define KVM_ARM_VCPU_INIT              FK_IOW(0xae, struct kvm_vcpu_init)
#define KVM_ARM_VCPU_FINALIZE          FK_IOW(0xc2, int)

/* ---- capability numbers -------------------------------------------------- */

#define KVM_CAP_ARM_PSCI                      87
#define KVM_CAP_ARM_SET_DEVICE_ADDR           88
#define KVM_CAP_ARM_EL1_32BIT                 93
#define KVM_CAP_ARM_PSCI_0_2                  102
#define KVM_CAP_ARM_PMU_V3                    126
#define KVM_CAP_ARM_USER_IRQ                  144
#define KVM_CAP_ARM_INJECT_SERROR_ESR         158
#define KVM_CAP_ARM_VM_IPA_SIZE               165
#define KVM_CAP_ARM_SVE                       170
#define KVM_CAP_ARM_PTRAUTH_ADDRESS           171
#define KVM_CAP_ARM_PTRAUTH_GENERIC           172
#define KVM_CAP_ARM_IRQ_LINE_LAYOUT_2         174
#define KVM_CAP_ARM_NISV_TO_USER              177
#define KVM_CAP_ARM_INJECT_EXT_DABT           178
#define KVM_CAP_ARM_MTE                       205
#define KVM_CAP_ARM_SYSTEM_SUSPEND            216
#define KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE    228
#define KVM_CAP_ARM_SUPPORTED_BLOCK_SIZES     229
#define KVM_CAP_ARM_SUPPORTED_REG_MASK_RANGES 230

#endif
