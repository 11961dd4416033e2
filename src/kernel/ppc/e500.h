/* SPDX-License-Identifier: MIT */
/*
 * The registers of an e500v2 that KVM shows and keeps, and its software-managed
 * TLB. What executes guest code on them is not written yet: it will be a folder
 * of its own beside src/cpu, this header its door, and ppc_enter() in vcpu.c the
 * one place that calls it.
 *
 * Names are those of the core's manual (E500CORERM). Registers are 32 bits wide,
 * so what a VMM stores in the upper half of KVM's 64 is lost, as in Linux, whose
 * KVM for this core is a 32-bit kernel's. Those that have 64 here keep it there,
 * too.
 */
#ifndef FAUXKVM_KERNEL_PPC_E500_H
#define FAUXKVM_KERNEL_PPC_E500_H

#include <stdatomic.h>

#include <fauxkvm/kvm.h>

#include "base/types.h"

/* Interrupts in KVM's order of IVORs: 0-15, then 32-35. */
enum e500_ivor {
	E500_IVOR_LOW = 16,
	E500_IVOR_SPE = E500_IVOR_LOW, /* IVOR32-34 */
	E500_IVOR_PM = E500_IVOR_SPE + 3,
	NR_E500_IVORS
};

/* What the external interrupt input holds; the irqchip and KVM_INTERRUPT drive
 * it, and either can take back what the other did. */
#define E500_PIN_EDGE  1u /* until it is taken */
#define E500_PIN_LEVEL 2u

#define TSR_ENW (1u << 31)
#define TSR_WIS (1u << 30)
#define TSR_DIS (1u << 27)
#define TCR_WRC (3u << 28)
#define TCR_ARE (1u << 22)

/* TLB0 and TLB1 as entries of one array, KVM's own or one that the VMM shares. */
struct e500_tlb {
	struct kvm_book3e_206_tlb_entry *entry;
	struct kvm_book3e_206_tlb_entry *own; /* NULL: shared */
	unsigned int entries[2], ways[2];
	/* TLB1 is searched between these, as they were when KVM was last told
	 * of a change: in the beginning there is nothing between them. */
	uint32_t tlb1_min, tlb1_max;
};

struct e500 {
	uint32_t gpr[32];
	uint32_t pc, cr, ctr, lr, xer, msr;
	uint64_t srr0, srr1, sprg[8], dear, mcar;
	uint32_t csrr0, csrr1, mcsrr0, mcsrr1;
	uint32_t pid, pir, pvr, svr, hid0, vrsave;
	uint32_t esr, mcsr, epr;
	uint32_t ivpr, ivor[NR_E500_IVORS];

	_Atomic uint32_t tsr; /* timer.c changes it on any thread */
	uint32_t tcr, dec, decar;

	uint32_t mas0, mas1, mas4, mas6;
	uint64_t mas2, mas7_3;
	uint32_t tlbcfg[2];
	struct e500_tlb tlb;

	uint32_t dbcr0;
	uint32_t iac[2], dac[2];

	_Atomic uint32_t pins; /* E500_PIN_* */
};

/* As after KVM_CREATE_VCPU; @cpu is zeroed. false: no memory. */
bool e500_init(struct e500 *cpu);
void e500_destroy(struct e500 *cpu);

/*
 * The TLB becomes @entry, an array of the VMM's that KVM keeps in use. Sizes and
 * ways were judged before.
 */
void e500_tlb_share(struct e500 *cpu, struct kvm_book3e_206_tlb_entry *entry,
		    const struct kvm_book3e_206_tlb_params *params);
/* The array has been changed. */
void e500_tlb_changed(struct e500 *cpu);
/* false: no entry of either TLB matches. */
bool e500_translate(const struct e500 *cpu, uint32_t addr, unsigned int pid,
		    unsigned int space, gpa_t *gpa);

#endif
