/* SPDX-License-Identifier: MIT */
/*
 * The software TLB of one PE: entries, contexts (ASIDs), invalidation.
 * Everything belongs to the PE's thread; other PEs ask through domain.c.
 *
 * A mapping larger than 4 KiB is entered page by page. So that TLBI of one
 * address drops all its pages, and TLBI of small pages stays cheap, each
 * large mapping entered leaves a mark in a hashed set; only a hit there makes
 * tlb_flush_va() look through the arrays.
 *
 * With costs there is a TLB of the model's own, whose misses are paid for. It
 * only holds tags, is direct-mapped like ours, and nothing is in ours that is
 * not in it: what it drops, ours does. So when ours has it nothing needs to be
 * asked; and what ours forgets for the host's sake is found in the model's and
 * costs nothing. The model's changes by what the guest does alone.
 */
#include <string.h>

#include "cpu/block.h"
#include "cpu/counted.h"
#include "cpu/fast-tlb.h"
#include "cpu/a32/mmu.h"
#include "cpu/mte.h"
#include "cpu/tlb-check.h"

#define PAGE_MASK (~UINT64_C(0xfff))

static void empty_tagged(struct cpu_mmu *m)
{
	for (unsigned int mode = 0; mode < NR_TLB_MODES; mode++)
		for (unsigned int k = 0; k < MMU_TAGGED_SIZE; k++)
			m->tagged[mode][k].rtag = m->tagged[mode][k].wtag =
				CPU_TLB_INVALID;
}

static void forget_tagged(struct cpu_mmu *m)
{
	if (likely(!m->tagged_used))
		return;
	empty_tagged(m);
	m->tagged_used = false;
}

void tlb_forget(struct cpu *cpu)
{
	struct cpu_mmu *m = cpu->mmu;

	if (cpu->env->flat) {
		block_forget_va(cpu);
		return;
	}
	forget_tagged(m);
	for (unsigned int mode = 0; mode < NR_TLB_MODES; mode++)
		for (unsigned int k = 0; k < CPU_TLB_SIZE; k++)
			cpu->tlbs[mode][k].rtag = cpu->tlbs[mode][k].wtag =
				CPU_TLB_INVALID;
	for (unsigned int el = 0; el < 2; el++)
		for (unsigned int k = 0; k < MMU_ITLB_SIZE; k++)
			m->itlb[el][k].tag = CPU_TLB_INVALID;
	fast_tlb_flush(cpu);

	for (unsigned int k = 0; k < MMU_NO_RAM; k++)
		m->no_ram[k].tag = CPU_TLB_INVALID;
	block_forget_va(cpu);
}

void tlb_flush_all(struct cpu *cpu)
{
	struct cpu_mmu *m = cpu->mmu;

	tlb_forget(cpu);
	m->large_sizes = 0;
	memset(m->large, 0, sizeof(m->large));
	if (cpu->costs)
		memset(m->paid, 0, sizeof(m->paid));
}

void tlb_flush_pages(struct cpu *cpu)
{
	for (unsigned int k = 0; k < MMU_PAGES_SIZE; k++)
		cpu->mmu->pages[k].gpa = ~UINT64_C(0);
}

static void tlb_flush_page_writes(struct cpu *cpu)
{
	for (unsigned int k = 0; k < MMU_PAGES_SIZE; k++)
		cpu->mmu->pages[k].writable = false;
}

void tlb_flush_write(struct cpu *cpu)
{
	for (unsigned int mode = 0; mode < NR_TLB_MODES; mode++)
		for (unsigned int k = 0; k < CPU_TLB_SIZE; k++)
			cpu->tlbs[mode][k].wtag = CPU_TLB_INVALID;
	fast_tlb_flush(cpu);
	forget_tagged(cpu->mmu);
	tlb_flush_page_writes(cpu);
}

static void mark_tagged_again(struct cpu *cpu)
{
	if (likely(!cpu->mmu->tagged_used))
		return;
	for (unsigned int mode = 0; mode < NR_TLB_MODES; mode++)
		for (unsigned int k = 0; k < MMU_TAGGED_SIZE; k++) {
			const struct mmu_tagged *e = &cpu->mmu->tagged[mode][k];

			if (e->wtag != CPU_TLB_INVALID)
				cpu->env->wrote(cpu, e->pa);
		}
}

void tlb_mark_again(struct cpu *cpu)
{
	if (!cpu->env->wrote)
		return;
	for (unsigned int mode = 0; mode < NR_TLB_MODES; mode++)
		for (unsigned int k = 0; k < CPU_TLB_SIZE; k++) {
			const struct cpu_tlb_entry *e = &cpu->tlbs[mode][k];

			if (e->wtag != CPU_TLB_INVALID)
				cpu->env->wrote(cpu, e->attr & PAGE_MASK);
		}
	mark_tagged_again(cpu);
	for (unsigned int k = 0; k < MMU_PAGES_SIZE; k++)
		if (cpu->mmu->pages[k].writable)
			cpu->env->wrote(cpu, cpu->mmu->pages[k].gpa);
}

/* ---- the model's --------------------------------------------------------- */

static struct mmu_paid *paid_of(struct cpu_mmu *m, unsigned int kind, gva_t va)
{
	return &m->paid[kind][va >> 12 & (MMU_PAID_SIZE - 1)];
}

/* What goes from the model's, goes from ours. */
static void evict_data(struct cpu *cpu, uint64_t tag)
{
	for (unsigned int mode = 0; mode < NR_TLB_MODES; mode++) {
		struct cpu_tlb_entry *e =
			&cpu->tlbs[mode][tag >> 12 & (CPU_TLB_SIZE - 1)];

		if (e->rtag == tag)
			e->rtag = CPU_TLB_INVALID;
		if (e->wtag == tag)
			e->wtag = CPU_TLB_INVALID;
	}
	fast_tlb_flush_page(cpu, tag);
}

static void evict_code(struct cpu *cpu, uint64_t tag)
{
	for (unsigned int el = 0; el < 2; el++) {
		struct mmu_itlb_entry *e =
			&cpu->mmu->itlb[el][tag >> 12 & (MMU_ITLB_SIZE - 1)];

		if (e->tag == tag)
			e->tag = CPU_TLB_INVALID;
	}
	block_forget_page(cpu, tag);
}

static void note_mapping(struct cpu *cpu, gva_t va, const struct mmu_walk *w);

/* How many descriptors a successful walk has read. */
static unsigned int walk_reads(const struct cpu *cpu, gva_t va,
			       const struct mmu_walk *w)
{
	const struct cpu_mmu *m = cpu->mmu;

	if (!m->on)
		return 0;
	if (m->a32)
		return w->level - mmu_a32_level(cpu, va) + 1;
	return w->level - m->half[va >> 55 & 1].level + 1u;
}

static bool pay(struct cpu *cpu, unsigned int kind, gva_t va,
		const struct mmu_walk *w)
{
	struct mmu_paid *p = paid_of(cpu->mmu, kind, va);
	uint64_t tag;

	/* First, as it may change what the tag is. */
	note_mapping(cpu, va, w);
	tag = tlb_tag(cpu, va);
	if (p->tag == tag)
		return false;
	if (kind == PAID_DATA)
		evict_data(cpu, p->tag);
	else
		evict_code(cpu, p->tag);
	*p = (struct mmu_paid){.tag = tag, .lg = w->lg};
	counted_charge(cpu, COST_TLB_WALK, walk_reads(cpu, va, w));
	return true;
}

bool tlb_pay_data(struct cpu *cpu, gva_t va, const struct mmu_walk *w)
{
	return pay(cpu, PAID_DATA, va, w);
}

void tlb_pay_code(struct cpu *cpu, gva_t va, const struct mmu_walk *w)
{
	pay(cpu, PAID_CODE, va, w);
}

/* ---- contexts ------------------------------------------------------------ */

void tlb_forget_contexts(struct cpu *cpu)
{
	struct cpu_mmu *m = cpu->mmu;

	memset(m->ctx_of_asid, 0, sizeof(m->ctx_of_asid));
	m->ctx_next = CTX_FIRST;
	tlb_flush_all(cpu);
}

unsigned int tlb_context(struct cpu *cpu, uint16_t asid)
{
	struct cpu_mmu *m = cpu->mmu;

	if (likely(m->ctx_of_asid[asid]))
		return m->ctx_of_asid[asid];
	if (m->ctx_next == CTX_LIMIT)
		tlb_forget_contexts(cpu);
	return m->ctx_of_asid[asid] = m->ctx_next++;
}

/* What was entered under the ASID's contexts is never matched again. */
void tlb_flush_asid(struct cpu *cpu, uint16_t asid)
{
	uint16_t *ctx = &cpu->mmu->ctx_of_asid[asid];
	unsigned int step = 1 << MMU_ASID_BITS_A32;
	unsigned int n = cpu->mmu->a32 ? MMU_DACRS : 1, used = 0;

	for (unsigned int k = 0; k < n; k++) {
		used |= ctx[k * step];
		ctx[k * step] = 0;
	}
	if (used)
		mmu_regime_changed(cpu);
}

/* ---- large mappings ------------------------------------------------------ */

static unsigned int large_bit(gva_t va, unsigned int lg)
{
	uint64_t h = (va >> lg) * UINT64_C(0x9e3779b97f4a7c15) + lg;

	return (h ^ h >> 32) & (MMU_LARGE_SIZE - 1);
}

static void large_mark(struct cpu_mmu *m, gva_t va, unsigned int lg)
{
	unsigned int bit = large_bit(va, lg);

	m->large_sizes |= BIT(lg);
	m->large[bit / 64] |= BIT(bit % 64);
}

static bool tag_in(uint64_t tag, gva_t va, unsigned int lg)
{
	return tag != CPU_TLB_INVALID && !((tag ^ va) >> lg);
}

static void large_unpay(struct cpu_mmu *m, gva_t va, unsigned int lg)
{
	for (unsigned int kind = 0; kind < NR_PAID; kind++)
		for (unsigned int k = 0; k < MMU_PAID_SIZE; k++) {
			struct mmu_paid *p = &m->paid[kind][k];

			if (p->lg == lg && tag_in(p->tag, va, lg))
				p->tag = 0;
		}
}

/* Drop every page whose mapping is that of @va with 2^@lg bytes. */
static void large_flush(struct cpu *cpu, gva_t va, unsigned int lg)
{
	struct cpu_mmu *m = cpu->mmu;

	if (cpu->costs)
		large_unpay(m, va, lg);
	for (unsigned int mode = 0; mode < NR_TLB_MODES; mode++)
		for (unsigned int k = 0; k < CPU_TLB_SIZE; k++) {
			struct cpu_tlb_entry *e = &cpu->tlbs[mode][k];

			if ((e->attr & TLB_ATTR_LG) != lg)
				continue;
			if (tag_in(e->rtag, va, lg))
				e->rtag = CPU_TLB_INVALID;
			if (tag_in(e->wtag, va, lg))
				e->wtag = CPU_TLB_INVALID;
		}
	fast_tlb_flush(cpu);
	for (unsigned int el = 0; el < 2; el++)
		for (unsigned int k = 0; k < MMU_ITLB_SIZE; k++)
			if ((m->itlb[el][k].attr & TLB_ATTR_LG) == lg &&
			    tag_in(m->itlb[el][k].tag, va, lg))
				m->itlb[el][k].tag = CPU_TLB_INVALID;
	block_forget_va(cpu);
}

/* ---- one address --------------------------------------------------------- */

static bool tag_on_page(uint64_t tag, gva_t va)
{
	return !((tag ^ va) & PAGE_MASK);
}

void tlb_flush_va(struct cpu *cpu, gva_t va)
{
	struct cpu_mmu *m = cpu->mmu;

	forget_tagged(m);
	for (unsigned int mode = 0; mode < NR_TLB_MODES; mode++) {
		struct cpu_tlb_entry *e =
			&cpu->tlbs[mode][va >> 12 & (CPU_TLB_SIZE - 1)];

		if (tag_on_page(e->rtag, va))
			e->rtag = CPU_TLB_INVALID;
		if (tag_on_page(e->wtag, va))
			e->wtag = CPU_TLB_INVALID;
	}
	fast_tlb_flush_page(cpu, va);
	for (unsigned int el = 0; el < 2; el++) {
		struct mmu_itlb_entry *e =
			&m->itlb[el][va >> 12 & (MMU_ITLB_SIZE - 1)];

		if (tag_on_page(e->tag, va))
			e->tag = CPU_TLB_INVALID;
	}
	for (unsigned int k = 0; k < MMU_NO_RAM; k++)
		if (tag_in(m->no_ram[k].tag, va, m->no_ram[k].lg))
			m->no_ram[k].tag = CPU_TLB_INVALID;
	if (cpu->costs)
		for (unsigned int kind = 0; kind < NR_PAID; kind++)
			if (tag_on_page(paid_of(m, kind, va)->tag, va))
				paid_of(m, kind, va)->tag = 0;
	block_forget_page(cpu, va);
	for (uint64_t sizes = m->large_sizes; sizes; sizes &= sizes - 1) {
		unsigned int lg = __builtin_ctzll(sizes);
		unsigned int bit = large_bit(va, lg);

		if (m->large[bit / 64] & BIT(bit % 64))
			large_flush(cpu, va, lg);
	}
}

/* ---- entering ------------------------------------------------------------ */

/* A non-global page in the upper half: its context now follows the ASID. */
static void note_mapping(struct cpu *cpu, gva_t va, const struct mmu_walk *w)
{
	struct cpu_mmu *m = cpu->mmu;

	/* First: it may run out of contexts and then clears the marks. */
	if (unlikely(w->ng && va >> 63 && !m->upper_ng)) {
		m->upper_ng = true;
		mmu_regime_changed(cpu);
	}
	if (w->lg > 12)
		large_mark(m, va, w->lg);
}

void tlb_enter(struct cpu *cpu, enum cpu_tlb_mode mode, gva_t va,
	       const struct mmu_walk *w, uint8_t *host, bool read, bool write)
{
	struct cpu_tlb_entry *e =
		&cpu->tlbs[mode][va >> 12 & (CPU_TLB_SIZE - 1)];
	uintptr_t addend = (uintptr_t)host - (va & PAGE_MASK);
	uint64_t attr = (w->pa & PAGE_MASK) | w->lg, tag;

	note_mapping(cpu, va, w);
	tag = tlb_tag(cpu, va);
	if (e->addend != addend || e->attr != attr ||
	    (e->rtag != tag && e->wtag != tag)) {
		/* What is not here is not there. */
		fast_tlb_flush_page(cpu, e->rtag);
		fast_tlb_flush_page(cpu, e->wtag);
		fast_tlb_flush_page(cpu, va);
		e->rtag = e->wtag = CPU_TLB_INVALID;
		e->addend = addend;
		e->attr = attr;
#ifdef FAUXKVM_TLB_CHECK
		e->age = cpu->mmu->age;
		e->age.lg = w->lg;
#endif
	}
	if (read)
		e->rtag = tag;
	if (write)
		e->wtag = tag;
}

/* tlb-check.c knows nothing of these. */
#ifdef FAUXKVM_TLB_CHECK
#define NO_RAM_IS_KEPT false
#else
#define NO_RAM_IS_KEPT true
#endif

void tlb_enter_no_ram(struct cpu *cpu, enum cpu_tlb_mode mode, gva_t va,
		      const struct mmu_walk *w, bool write)
{
	struct mmu_no_ram *n = tlb_no_ram(cpu, va);
	gpa_t pa = w->pa & PAGE_MASK;
	uint64_t tag;

	if (!NO_RAM_IS_KEPT || cpu->costs || w->clean)
		return;
	note_mapping(cpu, va, w);
	tag = tlb_tag(cpu, va);
	if (n->tag != tag || n->pa != pa || n->lg != w->lg)
		*n = (struct mmu_no_ram){.tag = tag, .pa = pa, .lg = w->lg};
	n->allowed |= no_ram_bit(mode, write);
}

void tlb_enter_tagged(struct cpu *cpu, enum cpu_tlb_mode mode, gva_t va,
		      const struct mmu_walk *w, const struct mmu_xlat *x,
		      bool read, bool write)
{
	struct cpu_mmu *m = cpu->mmu;
	struct mmu_tagged *e =
		&m->tagged[mode][va >> 12 & (MMU_TAGGED_SIZE - 1)];
	unsigned int off = x->pa & 0xfff;
	uint64_t tag;

	if (!NO_RAM_IS_KEPT || cpu->costs)
		return;
	note_mapping(cpu, va, w);
	tag = tlb_tag(cpu, va);
	if (!m->tagged_used)
		empty_tagged(m);
	m->tagged_used = true;
	if (e->rtag != tag && e->wtag != tag)
		*e = (struct mmu_tagged){
			.rtag = CPU_TLB_INVALID,
			.wtag = CPU_TLB_INVALID,
			.pa = x->pa & PAGE_MASK,
			.host = x->host - off,
			.tags = x->tags - off / MTE_GRANULE,
		};
	if (read)
		e->rtag = tag;
	if (write)
		e->wtag = tag;
}

bool tlb_find_tagged(struct cpu *cpu, enum cpu_tlb_mode mode, gva_t va,
		     bool write, struct mmu_xlat *x)
{
	const struct mmu_tagged *e =
		&cpu->mmu->tagged[mode][va >> 12 & (MMU_TAGGED_SIZE - 1)];
	unsigned int off = va & 0xfff;

	if (!cpu->mmu->tagged_used ||
	    (write ? e->wtag : e->rtag) != tlb_tag(cpu, va))
		return false;
	x->pa = e->pa | off;
	x->host = e->host + off;
	x->tags = e->tags + off / MTE_GRANULE;
	return true;
}

bool tlb_va_of(const struct cpu *cpu, const void *host, gva_t *va)
{
	for (unsigned int m = 0; m < NR_TLB_MODES; m++) {
		for (unsigned int i = 0; i < CPU_TLB_SIZE; i++) {
			const struct cpu_tlb_entry *e = &cpu->tlbs[m][i];
			uint64_t tag =
				e->rtag & CPU_TLB_INVALID ? e->wtag : e->rtag;
			gva_t at = (uintptr_t)host - e->addend;

			if (tag & CPU_TLB_INVALID || (at ^ tag) & PAGE_MASK)
				continue;
			*va = at;
			return true;
		}
	}
	return false;
}

void tlb_enter_code(struct cpu *cpu, gva_t va, const struct mmu_walk *w,
		    uint8_t *host)
{
	struct mmu_itlb_entry *e =
		&cpu->mmu->itlb[cpu->el][va >> 12 & (MMU_ITLB_SIZE - 1)];

	note_mapping(cpu, va, w);
	e->tag = tlb_tag(cpu, va);
	e->attr = (w->pa & PAGE_MASK) | w->lg | (w->gp ? TLB_ATTR_GP : 0);
	e->host = host;
#ifdef FAUXKVM_TLB_CHECK
	e->age = cpu->mmu->age;
	e->age.lg = cpu->mmu->age.lg = w->lg;
#endif
}
