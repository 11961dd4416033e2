/* SPDX-License-Identifier: MIT */
/*
 * SVE: first-fault and non-fault loads (Arm ARM C8.2 LDFF1*, LDNF1*). An access that
 * may not fault may also not be made for any reason (MemSingleNF[]): the rest of a
 * contiguous load is that of the page in which its first element begins. Where one was
 * not made, FFR ends, and elements from there on are zero.
 */
#include "cpu/sve/ldst.h"

/* What a load wrote up to element @e is kept, if it isn't all. */
static void ffr_end(struct cpu *cpu, const struct insn *i, unsigned int e)
{
	struct sve_p *ffr = &cpu->sve->p[SVE_FFR];
	unsigned int bit = e << i->size;

	ffr->w[bit / 64] &= bit % 64 ? GENMASK(bit % 64 - 1, 0) : 0;
	for (unsigned int k = bit / 64 + 1; k < SVE_P_WORDS; k++)
		ffr->w[k] = 0;
}

static bool is_contiguous(const struct insn *i)
{
	return i->op == A64_SVE_LDFF1_zr || i->op == A64_SVE_LDNF1_zi;
}

static gva_t element_address(struct cpu *cpu, const struct insn *i,
			     unsigned int e)
{
	return is_contiguous(i) ? sve_contiguous_address(cpu, i) +
					  ((gva_t)e << sve_mem_log2(i))
				: sve_vector_address(cpu, i, e);
}

/* Is @va, of an element that is not the first, all in a page, of contiguous ones in
 * that of @first? */
static bool may_go_on(const struct insn *i, gva_t first, gva_t va)
{
	gva_t last = va + (1u << sve_mem_log2(i)) - 1;

	return ((is_contiguous(i) ? first : va) ^ last) >> 12 == 0;
}

static bool probe(struct cpu *cpu, const struct insn *i, gva_t va,
		  uint64_t *val)
{
	uint64_t buf = 0;

	if (!mem_probe(cpu, i, va, sve_mem_log2(i), &buf))
		return false;
	*val = sve_extend(i, mem_order(buf, sve_mem_log2(i)));
	return true;
}

/* False: the first active element of a first-fault load faulted. */
static __attribute__((noinline)) bool load_faulting(struct cpu *cpu,
						    const struct insn *i)
{
	const struct sve_p *p = sve_p(cpu, i->aux);
	unsigned int e = 0, k = sve_vl(cpu) >> i->size;
	bool must = i->op != A64_SVE_LDNF1_zi;
	gva_t first = 0;

	if (!is_contiguous(i))
		sve_vector_ready(cpu, i);
	memset(&cpu->sve->tmp[0], 0, sve_vl(cpu));
	while (e < k && !sve_active(p, e, i->size))
		e++;
	for (bool begun = false; e < k; e++) {
		uint64_t val = 0;
		gva_t va;

		if (!sve_active(p, e, i->size))
			continue;
		va = element_address(cpu, i, e);
		if (!begun && must) {
			if (!sve_read(cpu, i, va, &val))
				return false;
		} else if ((begun && !may_go_on(i, first, va)) ||
			   !probe(cpu, i, va, &val)) {
			ffr_end(cpu, i, e);
			break;
		}
		if (!begun)
			first = va;
		begun = true;
		sve_element_put(&cpu->sve->tmp[0], e, i->size, val);
	}
	sve_z_set(cpu, i->rd, &cpu->sve->tmp[0]);
	return true;
}

static void exec_sve_load_faulting(struct cpu *cpu, const struct insn *i)
{
	SVE_CHECK;
	SVE_SP_CHECK;
	if (unlikely(!load_faulting(cpu, i)))
		return;
	NEXT;
}

insn_fn *sve_fault_body(const struct insn *i)
{
	return i->op == A64_SVE_LDFF1_zr || i->op == A64_SVE_LDNF1_zi ||
			       i->form & SVE_MEM_FIRST_FAULT
		       ? exec_sve_load_faulting
		       : NULL;
}
