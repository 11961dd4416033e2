/* SPDX-License-Identifier: MIT */
/*
 * The data TLB of translated code, see fast-tlb.h.
 *
 * An empty entry has a tag that no address has which is looked up there: its
 * own index differs from the entry's. So 0 will do for all but the first.
 */
#include "cpu/fast-tlb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/mem.h"

#define ALIGNMENT 64 /* a line of the host's cache */

static unsigned int index_of(gva_t va)
{
	return va >> 12 & (CPU_FAST_TLB_SIZE - 1);
}

static uint64_t empty_tag(unsigned int index)
{
	return index ? 0 : 1 << 12;
}

static void clear(struct cpu_fast_tlb *t)
{
	memset(t->rtag, 0, sizeof(t->rtag));
	memset(t->wtag, 0, sizeof(t->wtag));
	t->rtag[0] = t->wtag[0] = empty_tag(0);
	t->used[0] = t->used[1] = false;
}

int fast_tlb_init(struct cpu *cpu)
{
	size_t bytes = ALIGN_UP(NR_TLB_MODES * sizeof(*cpu->fasts), ALIGNMENT);

	cpu->fasts = aligned_alloc(ALIGNMENT, bytes);
	if (!cpu->fasts)
		return -ENOMEM;
	for (unsigned int mode = 0; mode < NR_TLB_MODES; mode++)
		clear(&cpu->fasts[mode]);
	mmu_mode_changed(cpu);
	return 0;
}

void fast_tlb_destroy(struct cpu *cpu)
{
	free(cpu->fasts);
	cpu->fasts = cpu->fast = NULL;
}

/* Of what the PE's TLB knows in @e. */
static ALWAYS_INLINE bool fill(struct cpu_fast_tlb *t, gva_t va,
			       const struct cpu_tlb_entry *e, bool write)
{
	unsigned int k = index_of(va);
	gva_t page = va & ~UINT64_C(0xfff);

	/* One addend for both. */
	if (t->rtag[k] != page)
		t->rtag[k] = empty_tag(k);
	if (t->wtag[k] != page)
		t->wtag[k] = empty_tag(k);
	*(write ? &t->wtag[k] : &t->rtag[k]) = page;
	t->addend[k] = e->addend;
	t->used[va >> 63] = true;
	return true;
}

/* A device comes here at each access, so what fails does it soon. */

static bool fill_read(struct cpu *cpu, gva_t va, unsigned int len)
{
	const struct cpu_tlb_entry *e = mem_tlb(cpu, va);

	if (e->rtag != mem_tag(cpu, va, 1) || (va & 0xfff) + len > 0x1000)
		return false;
	return fill(cpu->fast, va, e, false);
}

static bool fill_write(struct cpu *cpu, gva_t va, unsigned int len)
{
	const struct cpu_tlb_entry *e = mem_tlb(cpu, va);

	if (e->wtag != mem_tag(cpu, va, 1) || (va & 0xfff) + len > 0x1000)
		return false;
	return fill(cpu->fast, va, e, true);
}

static bool fill_read_unpriv(struct cpu *cpu, gva_t va, unsigned int len)
{
	const struct cpu_tlb_entry *e = mem_tlb_unpriv(cpu, va);

	if (e->rtag != mem_tag(cpu, va, 1) || (va & 0xfff) + len > 0x1000)
		return false;
	return fill(&cpu->fasts[TLB_EL0], va, e, false);
}

static bool fill_write_unpriv(struct cpu *cpu, gva_t va, unsigned int len)
{
	const struct cpu_tlb_entry *e = mem_tlb_unpriv(cpu, va);

	if (e->wtag != mem_tag(cpu, va, 1) || (va & 0xfff) + len > 0x1000)
		return false;
	return fill(&cpu->fasts[TLB_EL0], va, e, true);
}

fast_tlb_fill_fn *fast_tlb_fill(bool write, bool unpriv)
{
	if (unpriv)
		return write ? fill_write_unpriv : fill_read_unpriv;
	return write ? fill_write : fill_read;
}

void fast_tlb_flush_page(struct cpu *cpu, gva_t va)
{
	unsigned int k = index_of(va);

	if (!cpu->fasts)
		return;
	for (unsigned int mode = 0; mode < NR_TLB_MODES; mode++) {
		struct cpu_fast_tlb *t = &cpu->fasts[mode];

		t->rtag[k] = t->wtag[k] = empty_tag(k);
	}
}

void fast_tlb_flush_half(struct cpu *cpu, unsigned int h)
{
	if (!cpu->fasts)
		return;
	for (unsigned int mode = 0; mode < NR_TLB_MODES; mode++) {
		struct cpu_fast_tlb *t = &cpu->fasts[mode];

		if (t->used[h])
			clear(t);
	}
}

void fast_tlb_flush(struct cpu *cpu)
{
	fast_tlb_flush_half(cpu, 0);
	fast_tlb_flush_half(cpu, 1);
}
