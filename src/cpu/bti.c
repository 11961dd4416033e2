/* SPDX-License-Identifier: MIT */
/* Branch target identification, see cpu/bti.h. */
#include "cpu/bti.h"

#include <string.h>

#include "cpu/exception.h"
#include "cpu/exec.h"
#include "cpu/mmu-internal.h"

/* BTYPE: by BR with X16 or X17, or from a page that isn't guarded; BLR; BR. */
enum { BTYPE_JUMP_16 = 1, BTYPE_CALL = 2, BTYPE_JUMP = 3 };

/* NULL: the fetch goes by a walk. */
static const struct mmu_itlb_entry *fetch_entry(const struct cpu *cpu, gva_t va)
{
	const struct mmu_itlb_entry *e =
		&cpu->mmu->itlb[cpu->el][va >> 12 & (MMU_ITLB_SIZE - 1)];

	return e->tag == tlb_tag(cpu, va) ? e : NULL;
}

/* BTI c, j and jc; PACIASP and PACIBSP, which SCTLR_EL1.BTn makes like BTI c; BRK and HLT. */
static bool may_land_on(const struct cpu *cpu, uint32_t word,
			unsigned int btype)
{
	uint64_t bt = cpu->sys.sctlr_el1 & ~cpu->sctlr_absent &
		      (cpu->el ? SCTLR_BT1 : SCTLR_BT0);

	switch (word) {
	case 0xd503245f: return btype != BTYPE_JUMP;
	case 0xd503249f: return btype != BTYPE_CALL;
	case 0xd50324df: return true;
	case 0xd503233f:
	case 0xd503237f: return btype != BTYPE_JUMP || !bt;
	}
	return (word & 0xffe0001f) == 0xd4200000 ||
	       (word & 0xffe0001f) == 0xd4400000;
}

static bool may_land_at(const struct cpu *cpu, const struct mmu_itlb_entry *e,
			gva_t va, unsigned int btype)
{
	uint32_t word;

	if (!(e->attr & TLB_ATTR_GP))
		return true;
	memcpy(&word, e->host + (va & 0xffc), sizeof(word));
	return may_land_on(cpu, word, btype);
}

static bool in_guarded_page(struct cpu *cpu)
{
	const struct mmu_itlb_entry *here = fetch_entry(cpu, cpu->page_va);
	struct mmu_fault f;
	struct mmu_walk w;

	if (likely(here))
		return here->attr & TLB_ATTR_GP;
	return mmu_walk(cpu, cpu->page_va, &w, &f) && w.gp;
}

static unsigned int btype_of(struct cpu *cpu, const struct insn *i)
{
	switch (i->op) {
	case A64_BLR:
	case A64_BLRA:
	case A64_BLRA_zero: return BTYPE_CALL;
	}
	if (i->rn == 16 || i->rn == 17)
		return BTYPE_JUMP_16;
	return in_guarded_page(cpu) ? BTYPE_JUMP : BTYPE_JUMP_16;
}

bool bti_branch(struct cpu *cpu, const struct insn *i, gva_t va)
{
	const struct mmu_itlb_entry *e = fetch_entry(cpu, va);
	unsigned int btype = btype_of(cpu, i);

	if (likely(e && !(va & 3) && may_land_at(cpu, e, va, btype)))
		return true;
	cpu->btype = btype;
	return false;
}

bool bti_enter(struct cpu *cpu)
{
	const struct mmu_itlb_entry *e;
	const uint8_t *host;
	gpa_t pa;

	if (!mmu_fetch(cpu, cpu->pc, &pa, &host))
		return false;
	e = fetch_entry(cpu, cpu->pc);
	if (unlikely(e && !may_land_at(cpu, e, cpu->pc, cpu->btype))) {
		exception_sync(cpu, cpu->pc, EC_BTI, cpu->btype, NULL);
		return false;
	}
	cpu->btype = 0;
	return true;
}
