/* SPDX-License-Identifier: MIT */
/*
 * The PowerPC part of the KVM user-space ABI (Linux 6.12, e500): the layout of
 * request numbers, registers of a vCPU, and what a VM with an in-kernel MPIC
 * needs: its device types and attributes, how vCPUs are connected to it, the
 * external proxy. The same for 32-bit and 64-bit kernels. Included by
 * fauxkvm/kvm.h, never directly.
 */
#ifndef FAUXKVM_KVM_PPC_H
#define FAUXKVM_KVM_PPC_H

#ifndef FAUXKVM_KVM_H
#error "include <fauxkvm/kvm.h>"
#endif

/* ---- layout of request numbers ------------------------------------------- */

/* One size bit less than elsewhere, three bits of direction; "none" is a bit
 * too, so that even a request without argument differs from arm64's. */
#define FK_IOC_NONE      1
#define FK_IOC_READ      2
#define FK_IOC_WRITE     4
#define FK_IOC_DIR_SHIFT 29
#define FK_IOC_SIZE_BITS 13

/* ---- registers ----------------------------------------------------------- */

#define KVM_REG_PPC 0x1000000000000000ULL

struct kvm_regs {
	uint64_t pc;
	uint64_t cr;
	uint64_t ctr;
	uint64_t lr;
	uint64_t xer;
	uint64_t msr;
	uint64_t srr0;
	uint64_t srr1;
	uint64_t pid;
	uint64_t sprg0, sprg1, sprg2, sprg3, sprg4, sprg5, sprg6, sprg7;
	uint64_t gpr[32];
};
FK_ASSERT_SIZE(struct kvm_regs, 392);
FK_ASSERT_OFFSET(struct kvm_regs, gpr, 136);

/* KVM_GET_SREGS and KVM_SET_SREGS: what of it is valid say the bits of
 * u.e.features. Only the Book E part of Linux's union is here. */
struct kvm_sregs {
	uint32_t pvr;
	union {
		struct {
			union {
				struct {
					uint32_t features;
					uint32_t svr;
					uint64_t mcar;
					uint32_t hid0;
					uint32_t pid1, pid2;
				} fsl;
				uint8_t pad[256];
			} impl;
			uint32_t features;
			uint32_t impl_id;
			uint32_t update_special;
			uint32_t pir;
			uint64_t sprg8, sprg9;
			uint64_t csrr0, dsrr0, mcsrr0;
			uint32_t csrr1, dsrr1, mcsrr1;
			uint32_t esr;
			uint64_t dear;
			uint64_t ivpr, mcivpr;
			uint64_t mcsr;
			uint32_t tsr, tcr;
			uint32_t decar, dec;
			uint64_t tb;
			uint32_t dbsr, dbcr[3];
			uint32_t iac[4], dac[2], dvc[2];
			uint8_t num_iac, num_dac, num_dvc, pad;
			uint32_t epr;
			uint32_t vrsave;
			uint32_t epcr;
			uint32_t mas0, mas1;
			uint64_t mas2, mas7_3;
			uint32_t mas4, mas6;
			uint32_t ivor_low[16];
			uint32_t ivor_high[18];
			uint32_t mmucfg, eptcfg;
			uint32_t tlbcfg[4], tlbps[4];
			uint32_t eplc, epsc;
		} e;
		uint8_t pad[1224];
	} u;
};
FK_ASSERT_SIZE(struct kvm_sregs, 1232);
FK_ASSERT_OFFSET(struct kvm_sregs, u.e.features, 264);
FK_ASSERT_OFFSET(struct kvm_sregs, u.e.tb, 384);
FK_ASSERT_OFFSET(struct kvm_sregs, u.e.mas2, 464);
FK_ASSERT_OFFSET(struct kvm_sregs, u.e.mmucfg, 624);

#define KVM_SREGS_E_IMPL_NONE   0
#define KVM_SREGS_E_IMPL_FSL    1
#define KVM_SREGS_E_BASE        (1 << 0)
#define KVM_SREGS_E_ARCH206     (1 << 1)
#define KVM_SREGS_E_IVOR        (1 << 5)
#define KVM_SREGS_E_ARCH206_MMU (1 << 6)
#define KVM_SREGS_E_SPE         (1 << 9)
#define KVM_SREGS_E_PM          (1 << 14)
#define KVM_SREGS_E_UPDATE_TSR  (1 << 1)
#define KVM_SREGS_E_UPDATE_DEC  (1 << 2)

struct kvm_fpu {
	uint64_t fpr[32];
};
FK_ASSERT_SIZE(struct kvm_fpu, 256);

#define KVM_REG_PPC_U32(n) (KVM_REG_PPC | KVM_REG_SIZE_U32 | (n))
#define KVM_REG_PPC_U64(n) (KVM_REG_PPC | KVM_REG_SIZE_U64 | (n))

/* Of Linux's list those that a KVM for the e500v2 has. */
#define KVM_REG_PPC_IAC1 KVM_REG_PPC_U64(0x2)
#define KVM_REG_PPC_IAC2 KVM_REG_PPC_U64(0x3)
#define KVM_REG_PPC_DAC1 KVM_REG_PPC_U64(0x6)
#define KVM_REG_PPC_DAC2 KVM_REG_PPC_U64(0x7)
/* The external proxy's register: the vector that was delivered. */
#define KVM_REG_PPC_EPR        KVM_REG_PPC_U32(0x86)
#define KVM_REG_PPC_OR_TSR     KVM_REG_PPC_U32(0x87)
#define KVM_REG_PPC_CLEAR_TSR  KVM_REG_PPC_U32(0x88)
#define KVM_REG_PPC_TCR        KVM_REG_PPC_U32(0x89)
#define KVM_REG_PPC_TSR        KVM_REG_PPC_U32(0x8a)
#define KVM_REG_PPC_DEBUG_INST KVM_REG_PPC_U32(0x8b)
#define KVM_REG_PPC_MAS0       KVM_REG_PPC_U32(0x8c)
#define KVM_REG_PPC_MAS1       KVM_REG_PPC_U32(0x8d)
#define KVM_REG_PPC_MAS2       KVM_REG_PPC_U64(0x8e)
#define KVM_REG_PPC_MAS7_3     KVM_REG_PPC_U64(0x8f)
#define KVM_REG_PPC_MAS4       KVM_REG_PPC_U32(0x90)
#define KVM_REG_PPC_MAS6       KVM_REG_PPC_U32(0x91)
#define KVM_REG_PPC_MMUCFG     KVM_REG_PPC_U32(0x92)
#define KVM_REG_PPC_TLB0CFG    KVM_REG_PPC_U32(0x93)
#define KVM_REG_PPC_TLB1CFG    KVM_REG_PPC_U32(0x94)
#define KVM_REG_PPC_TLB2CFG    KVM_REG_PPC_U32(0x95)
#define KVM_REG_PPC_TLB3CFG    KVM_REG_PPC_U32(0x96)
#define KVM_REG_PPC_TLB0PS     KVM_REG_PPC_U32(0x97)
#define KVM_REG_PPC_TLB1PS     KVM_REG_PPC_U32(0x98)
#define KVM_REG_PPC_TLB2PS     KVM_REG_PPC_U32(0x99)
#define KVM_REG_PPC_TLB3PS     KVM_REG_PPC_U32(0x9a)
#define KVM_REG_PPC_EPTCFG     KVM_REG_PPC_U32(0x9b)
#define KVM_REG_PPC_VRSAVE     KVM_REG_PPC_U32(0xb4)

/* ---- KVM_CAP_SW_TLB ------------------------------------------------------ */

/* What args[0] of KVM_ENABLE_CAP points at. */
struct kvm_config_tlb {
	uint64_t params; /* struct kvm_book3e_206_tlb_params */
	uint64_t array;  /* of struct kvm_book3e_206_tlb_entry */
	uint32_t mmu_type;
	uint32_t array_len;
};
FK_ASSERT_SIZE(struct kvm_config_tlb, 24);

#define KVM_MMU_FSL_BOOKE_NOHV 0
#define KVM_MMU_FSL_BOOKE_HV   1

struct kvm_book3e_206_tlb_entry {
	uint32_t mas8;
	uint32_t mas1;
	uint64_t mas2;
	uint64_t mas7_3;
};
FK_ASSERT_SIZE(struct kvm_book3e_206_tlb_entry, 24);

struct kvm_book3e_206_tlb_params {
	uint32_t tlb_sizes[4];
	uint32_t tlb_ways[4];
	uint32_t reserved[8];
};
FK_ASSERT_SIZE(struct kvm_book3e_206_tlb_params, 64);

struct kvm_dirty_tlb {
	uint64_t bitmap;
	uint32_t num_dirty;
};
FK_ASSERT_SIZE(struct kvm_dirty_tlb, 16);

/* ---- vCPU ---------------------------------------------------------------- */

struct kvm_guest_debug_arch {
	struct {
		uint64_t addr;
		uint32_t type;
		uint32_t reserved;
	} bp[16];
};
FK_ASSERT_SIZE(struct kvm_guest_debug_arch, 256);

struct kvm_debug_exit_arch {
	uint64_t address;
	uint32_t status;
	uint32_t reserved;
};
FK_ASSERT_SIZE(struct kvm_debug_exit_arch, 16);

#define KVM_GUESTDBG_USE_SW_BP 0x00010000
#define KVM_GUESTDBG_USE_HW_BP 0x00020000

/* Empty in Linux; size 0 there, and nothing is synchronised. */
struct kvm_sync_regs {
};

#define KVMPPC_DEBUG_NONE        0
#define KVMPPC_DEBUG_BREAKPOINT  (1UL << 1)
#define KVMPPC_DEBUG_WATCH_WRITE (1UL << 2)
#define KVMPPC_DEBUG_WATCH_READ  (1UL << 3)

struct kvm_interrupt {
	uint32_t irq;
};
FK_ASSERT_SIZE(struct kvm_interrupt, 4);

#define KVM_INTERRUPT_SET       -1U
#define KVM_INTERRUPT_UNSET     -2U
#define KVM_INTERRUPT_SET_LEVEL -3U

/* ---- VM ------------------------------------------------------------------ */

/* Types of KVM_CREATE_VM; 0: what the host has. */
#define KVM_VM_PPC_HV 1
#define KVM_VM_PPC_PR 2

/* How a guest calls KVM: instructions as it has them in memory. */
struct kvm_ppc_pvinfo {
	uint32_t flags;
	uint32_t hcall[4];
	uint8_t pad[108];
};
FK_ASSERT_SIZE(struct kvm_ppc_pvinfo, 128);

#define KVM_PPC_PVINFO_FLAGS_EV_IDLE (1 << 0)

/* ---- MPIC: KVM_DEV_TYPE_FSL_MPIC_20 and _42 ------------------------------ */

#define KVM_DEV_MPIC_GRP_MISC       1
#define KVM_DEV_MPIC_BASE_ADDR      0 /* u64 */
#define KVM_DEV_MPIC_GRP_REGISTER   2 /* u32, attribute: offset */
#define KVM_DEV_MPIC_GRP_IRQ_ACTIVE 3 /* u32, attribute: source */

/* ---- requests ------------------------------------------------------------ */

#define KVM_INTERRUPT      FK_IOW(0x86, struct kvm_interrupt)
#define KVM_GET_SREGS      FK_IOR(0x83, struct kvm_sregs)
#define KVM_SET_SREGS      FK_IOW(0x84, struct kvm_sregs)
#define KVM_GET_FPU        FK_IOR(0x8c, struct kvm_fpu)
#define KVM_SET_FPU        FK_IOW(0x8d, struct kvm_fpu)
#define KVM_PPC_GET_PVINFO FK_IOW(0xa1, struct kvm_ppc_pvinfo)
#define KVM_DIRTY_TLB      FK_IOW(0xaa, struct kvm_dirty_tlb)

/* ---- capability numbers -------------------------------------------------- */

/* Enabled on a vCPU: args[0] the MPIC's descriptor, args[1] the number of the
 * CPU that the vCPU is to be. KVM_CAP_IRQ_MPIC itself is in kvm.h. */
#define KVM_CAP_PPC_SEGSTATE          43
#define KVM_CAP_PPC_PAIRED_SINGLES    48
#define KVM_CAP_PPC_OSI               52
#define KVM_CAP_PPC_UNSET_IRQ         53
#define KVM_CAP_PPC_GET_PVINFO        57
#define KVM_CAP_PPC_IRQ_LEVEL         58
#define KVM_CAP_PPC_BOOKE_SREGS       62
#define KVM_CAP_PPC_PAPR              68
#define KVM_CAP_SW_TLB                69
#define KVM_CAP_PPC_BOOKE_WATCHDOG    83
#define KVM_CAP_PPC_EPR               86
#define KVM_CAP_PPC_GUEST_DEBUG_SSTEP 176

#endif
