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

/* The external proxy's register: the vector that was delivered. */
#define KVM_REG_PPC_EPR (KVM_REG_PPC | KVM_REG_SIZE_U32 | 0x86)

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

/* ---- MPIC: KVM_DEV_TYPE_FSL_MPIC_20 and _42 ------------------------------ */

#define KVM_DEV_MPIC_GRP_MISC       1
#define KVM_DEV_MPIC_BASE_ADDR      0 /* u64 */
#define KVM_DEV_MPIC_GRP_REGISTER   2 /* u32, attribute: offset */
#define KVM_DEV_MPIC_GRP_IRQ_ACTIVE 3 /* u32, attribute: source */

/* ---- requests ------------------------------------------------------------ */

#define KVM_INTERRUPT FK_IOW(0x86, struct kvm_interrupt)
/* Their structures are not needed yet: 1232 and 256 bytes. */
#define KVM_GET_SREGS FK_IOC(FK_IOC_READ, 0x83, 1232)
#define KVM_SET_SREGS FK_IOC(FK_IOC_WRITE, 0x84, 1232)
#define KVM_GET_FPU   FK_IOC(FK_IOC_READ, 0x8c, 256)
#define KVM_SET_FPU   FK_IOC(FK_IOC_WRITE, 0x8d, 256)

/* ---- capability numbers -------------------------------------------------- */

/* Enabled on a vCPU: args[0] the MPIC's descriptor, args[1] the number of the
 * CPU that the vCPU is to be. KVM_CAP_IRQ_MPIC itself is in kvm.h. */
#define KVM_CAP_PPC_UNSET_IRQ      53
#define KVM_CAP_PPC_IRQ_LEVEL      58
#define KVM_CAP_PPC_BOOKE_SREGS    62
#define KVM_CAP_SW_TLB             69
#define KVM_CAP_PPC_BOOKE_WATCHDOG 83
#define KVM_CAP_PPC_EPR            86

#define KVM_EXIT_EPR 23

#endif
