/* SPDX-License-Identifier: MIT */
/*
 * What the KVM user-space ABIs of arm64 and of 32-bit Arm have in common: VGIC
 * devices, interrupt lines, PSCI, the layout of request numbers. Included by
 * kvm-arm64.h and kvm-arm.h, never directly.
 */
#ifndef FAUXKVM_KVM_ARM_COMMON_H
#define FAUXKVM_KVM_ARM_COMMON_H

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

#define KVM_REG_ARM_FW                                   (0x0014 << KVM_REG_ARM_COPROC_SHIFT)
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_AVAIL    0
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_AVAIL        1
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED 2
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_AVAIL    0
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_UNKNOWN      1
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_AVAIL        2
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_REQUIRED 3
#define KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_ENABLED      (1U << 4)

/* ---- vCPU ---------------------------------------------------------------- */

struct kvm_vcpu_init {
	uint32_t target;
	uint32_t features[7];
};
FK_ASSERT_SIZE(struct kvm_vcpu_init, 32);

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

#define KVM_ARM_VCPU_TIMER_CTRL       1
#define KVM_ARM_VCPU_TIMER_IRQ_VTIMER 0
#define KVM_ARM_VCPU_TIMER_IRQ_PTIMER 1

/* ---- PSCI ---------------------------------------------------------------- */

#define KVM_PSCI_FN_BASE        0x95c1ba5e
#define KVM_PSCI_FN(n)          (KVM_PSCI_FN_BASE + (n))
#define KVM_PSCI_FN_CPU_SUSPEND KVM_PSCI_FN(0)
#define KVM_PSCI_FN_CPU_OFF     KVM_PSCI_FN(1)
#define KVM_PSCI_FN_CPU_ON      KVM_PSCI_FN(2)
#define KVM_PSCI_FN_MIGRATE     KVM_PSCI_FN(3)

/* ---- requests ------------------------------------------------------------ */

#define KVM_ARM_SET_DEVICE_ADDR  FK_IOW(0xab, struct kvm_arm_device_addr)
#define KVM_ARM_PREFERRED_TARGET FK_IOR(0xaf, struct kvm_vcpu_init)
#define KVM_GET_SREGS            FK_IOC(FK_IOC_READ, 0x83, 0)
#define KVM_SET_SREGS            FK_IOC(FK_IOC_WRITE, 0x84, 0)
#define KVM_GET_FPU              FK_IOC(FK_IOC_READ, 0x8c, 0)
#define KVM_SET_FPU              FK_IOC(FK_IOC_WRITE, 0x8d, 0)
#define KVM_GET_VCPU_EVENTS      FK_IOR(0x9f, struct kvm_vcpu_events)
#define KVM_SET_VCPU_EVENTS      FK_IOW(0xa0, struct kvm_vcpu_events)
#define KVM_ARM_VCPU_INIT        FK_IOW(0xae, struct kvm_vcpu_init)
#define KVM_ARM_VCPU_FINALIZE    FK_IOW(0xc2, int)

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
