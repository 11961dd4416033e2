/* SPDX-License-Identifier: MIT */
/*
 * An e500v2 as KVM_CREATE_VCPU leaves it, and the search of its TLBs. The values
 * are those of the real machine that was asked: Linux 6.12 on an e500v2, core
 * revision 3.0.
 */
#include "kernel/ppc/e500.h"

#include <stdlib.h>

#include "base/fault.h"

#define PVR 0x80210030
/* Entries 11:0 and ways 31:24 follow KVM_CAP_SW_TLB; the rest is the core's. */
#define TLB0CFG (0x02110100 & ~TLBCFG_SIZE)
#define TLB1CFG (0x101cc010 & ~TLBCFG_SIZE)

#define TLBCFG_SIZE       0xff000fffu
#define TLBCFG_WAYS_SHIFT 24
/* Of what the VMM never configures. */
#define TLB0_ENTRIES 256
#define TLB0_WAYS    2
#define TLB1_ENTRIES 16

/* Marks of a guest that takes an interrupt before it has set its vectors. */
#define IVPR_UNSET 0x55550000
#define IVOR_UNSET 0x7700

#define STACK_TOP ((16 << 20) - 8)

#define MAS1_V         (1u << 31)
#define MAS1_TID(m)    FIELD(m, 23, 16)
#define MAS1_TS(m)     FIELD(m, 12, 12)
#define MAS1_SIZE(m)   FIELD(m, 11, 7) /* of 2^n KiB */
#define MAS1_256M      (18u << 7)
#define MAS1_4K        (2u << 7)
#define MAS2_EPN       0xfffff000u
#define MAS2_I         0x8
#define MAS2_G         0x2
#define MAS3_SUPER_RWX 0x15
#define MAS7_3_RPN     (~UINT64_C(0xfff))

#define PAGE_SHIFT_4K 12

/* KVM's numbers of pending interrupts are what it fills the IVORs with. */
static const uint8_t ivor_marks[NR_E500_IVORS] = {
	14, 12, 0, 1, 16, 2, 3, 4, 8, 9, 18, 17, 15, 10, 11, 13, 5, 6, 7, 19,
};

static void tlbcfg_set(struct e500 *cpu)
{
	const struct e500_tlb *tlb = &cpu->tlb;

	/* A TLB0 of more entries than the field has room for is said as 0. */
	cpu->tlbcfg[0] = TLB0CFG | tlb->ways[0] << TLBCFG_WAYS_SHIFT |
			 (tlb->entries[0] <= 2048 ? tlb->entries[0] : 0);
	cpu->tlbcfg[1] =
		TLB1CFG | tlb->ways[1] << TLBCFG_WAYS_SHIFT | tlb->entries[1];
}

bool e500_init(struct e500 *cpu)
{
	struct e500_tlb *tlb = &cpu->tlb;
	struct kvm_book3e_206_tlb_entry *e;

	tlb->own = calloc(TLB0_ENTRIES + TLB1_ENTRIES, sizeof(*tlb->own));
	if (!tlb->own)
		return false;
	tlb->entry = tlb->own;
	tlb->entries[0] = TLB0_ENTRIES;
	tlb->ways[0] = TLB0_WAYS;
	tlb->entries[1] = tlb->ways[1] = TLB1_ENTRIES;
	tlb->tlb1_min = UINT32_MAX;
	tlbcfg_set(cpu);

	/* Memory from 0, and a page of a serial port. Not told to
	 * e500_tlb_changed(), so that nothing finds them: Linux does so. */
	e = tlb->entry + TLB0_ENTRIES;
	e[0].mas1 = MAS1_V | MAS1_256M;
	e[0].mas7_3 = MAS3_SUPER_RWX;
	e[1].mas1 = MAS1_V | MAS1_4K;
	e[1].mas2 = 0xe0004000 | MAS2_I | MAS2_G;
	e[1].mas7_3 = 0xe0004000 | MAS3_SUPER_RWX;

	cpu->pvr = PVR;
	cpu->gpr[1] = STACK_TOP;
	cpu->ivpr = IVPR_UNSET;
	for (unsigned int i = 0; i < NR_E500_IVORS; i++)
		cpu->ivor[i] = IVOR_UNSET | ivor_marks[i] * 4;
	return true;
}

void e500_destroy(struct e500 *cpu)
{
	free(cpu->tlb.own);
}

/* ---- TLB ----------------------------------------------------------------- */

/* Entries may be in memory of the VMM's; one that is gone matches nothing. */
static bool entry_read(const struct e500_tlb *tlb, unsigned int n,
		       struct kvm_book3e_206_tlb_entry *e)
{
	return !copy_from_user(e, &tlb->entry[n], sizeof(*e));
}

static uint32_t entry_first(const struct kvm_book3e_206_tlb_entry *e)
{
	return e->mas2 & MAS2_EPN;
}

static uint32_t entry_last(const struct kvm_book3e_206_tlb_entry *e)
{
	return entry_first(e) + (uint32_t)(BIT(10 + MAS1_SIZE(e->mas1)) - 1);
}

void e500_tlb_changed(struct e500 *cpu)
{
	struct e500_tlb *tlb = &cpu->tlb;
	struct kvm_book3e_206_tlb_entry e;

	tlb->tlb1_min = UINT32_MAX;
	tlb->tlb1_max = 0;
	for (unsigned int i = 0; i < tlb->entries[1]; i++) {
		if (!entry_read(tlb, tlb->entries[0] + i, &e) ||
		    !(e.mas1 & MAS1_V))
			continue;
		tlb->tlb1_min = min_u64(tlb->tlb1_min, entry_first(&e));
		tlb->tlb1_max = max_u64(tlb->tlb1_max, entry_last(&e));
	}
}

void e500_tlb_share(struct e500 *cpu, struct kvm_book3e_206_tlb_entry *entry,
		    const struct kvm_book3e_206_tlb_params *params)
{
	struct e500_tlb *tlb = &cpu->tlb;

	free(tlb->own);
	tlb->own = NULL;
	tlb->entry = entry;
	for (unsigned int i = 0; i < 2; i++) {
		tlb->entries[i] = params->tlb_sizes[i];
		tlb->ways[i] = params->tlb_ways[i];
	}
	tlbcfg_set(cpu);
	e500_tlb_changed(cpu);
}

static bool entry_matches(const struct kvm_book3e_206_tlb_entry *e,
			  uint32_t addr, unsigned int pid, unsigned int space)
{
	unsigned int tid = MAS1_TID(e->mas1);

	return (e->mas1 & MAS1_V) && addr >= entry_first(e) &&
	       addr <= entry_last(e) && (!tid || tid == pid) &&
	       MAS1_TS(e->mas1) == space;
}

/* Where the entries that may have @addr begin, and how many there are. */
static unsigned int tlb0_set(const struct e500_tlb *tlb, uint32_t addr,
			     unsigned int *first)
{
	unsigned int sets = tlb->ways[0] ? tlb->entries[0] / tlb->ways[0] : 0;

	*first = sets ? (addr >> PAGE_SHIFT_4K) % sets * tlb->ways[0] : 0;
	return sets ? tlb->ways[0] : 0;
}

static unsigned int tlb1_all(const struct e500_tlb *tlb, uint32_t addr,
			     unsigned int *first)
{
	*first = tlb->entries[0];
	return addr >= tlb->tlb1_min && addr <= tlb->tlb1_max ? tlb->entries[1]
							      : 0;
}

bool e500_translate(const struct e500 *cpu, uint32_t addr, unsigned int pid,
		    unsigned int space, gpa_t *gpa)
{
	const struct e500_tlb *tlb = &cpu->tlb;
	struct kvm_book3e_206_tlb_entry e;
	unsigned int first, n;

	for (unsigned int which = 0; which < 2; which++) {
		n = which ? tlb1_all(tlb, addr, &first)
			  : tlb0_set(tlb, addr, &first);
		for (; n--; first++) {
			if (!entry_read(tlb, first, &e) ||
			    !entry_matches(&e, addr, pid, space))
				continue;
			*gpa = (e.mas7_3 & MAS7_3_RPN) |
			       (addr & (BIT(10 + MAS1_SIZE(e.mas1)) - 1));
			return true;
		}
	}
	return false;
}
