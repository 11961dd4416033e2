/* SPDX-License-Identifier: MIT */
/*
 * SVE: predicates, counts of elements, and what depends on the vector length (Arm
 * ARM C7, C8.2; pseudocode DecodePredCount, PredTest).
 */
#include "cpu/sve/sve.h"

/* ---- patterns ------------------------------------------------------------ */

/* DecodePredCount: how many of @elements the @pattern names. */
static unsigned int pattern_count(unsigned int pattern, unsigned int elements)
{
	static const uint16_t fixed[] = {
		[1] = 1,   [2] = 2,    [3] = 3,    [4] = 4,  [5] = 5,
		[6] = 6,   [7] = 7,    [8] = 8,    [9] = 16, [10] = 32,
		[11] = 64, [12] = 128, [13] = 256,
	};

	switch (pattern) {
	case 0: return 1u << (31 - __builtin_clz(elements)); /* POW2 */
	case 29: return elements - elements % 4;
	case 30: return elements - elements % 3;
	case 31: return elements;
	}
	if (pattern >= ARRAY_SIZE(fixed) || fixed[pattern] > elements)
		return 0;
	return fixed[pattern];
}

static unsigned int insn_pattern_count(const struct cpu *cpu,
				       const struct insn *i)
{
	return pattern_count((unsigned int)i->imm, sve_vl(cpu) >> i->size);
}

/* ---- flags --------------------------------------------------------------- */

/* A bit for each element of 1 << @size bytes. */
static uint64_t element_bits(unsigned int size)
{
	static const uint64_t bits[] = {
		~UINT64_C(0),
		UINT64_C(0x5555555555555555),
		UINT64_C(0x1111111111111111),
		UINT64_C(0x0101010101010101),
	};

	return bits[size];
}

/* Of the elements of @mask: N: the first is in @r, Z: none is, C: the last is
 * not. */
static void sve_pred_test(struct cpu *cpu, const struct sve_p *mask,
			  const struct sve_p *r, unsigned int size)
{
	bool first = false, any = false, last = false, seen = false;

	for (unsigned int k = 0; k < SVE_P_WORDS; k++) {
		uint64_t m = mask->w[k] & element_bits(size), v = m & r->w[k];

		if (!m)
			continue;
		if (!seen)
			first = v & (m & -m);
		seen = true;
		any |= v;
		last = v >> (63 - __builtin_clzll(m)) & 1;
	}
	set_nzcv(cpu, (uint32_t)first << 31 | (uint32_t)!any << 30 |
			      (uint32_t)!last << 29);
}

/* ---- PTRUE --------------------------------------------------------------- */

static void sve_ptrue(struct cpu *cpu, const struct insn *i)
{
	struct sve_p *p = &cpu->sve->p[i->rd];
	unsigned int bytes = insn_pattern_count(cpu, i) << i->size;

	for (unsigned int k = 0; k < SVE_P_WORDS; k++) {
		unsigned int from = 64 * k;
		uint64_t all = bytes <= from       ? 0
			       : bytes < from + 64 ? BIT(bytes - from) - 1
						   : ~UINT64_C(0);

		p->w[k] = all & element_bits(i->size);
	}
	if (i->form & SVE_SETS_FLAGS)
		sve_pred_test(cpu, p, p, i->size);
}

/* ---- the length ---------------------------------------------------------- */

static void sve_addvl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = cpu->x[i->rn] + i->imm * sve_vl(cpu);
}

static void sve_addpl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = cpu->x[i->rn] + i->imm * (sve_vl(cpu) / 8);
}

static void sve_rdvl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = i->imm * sve_vl(cpu);
}

static void sve_cnt(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = insn_pattern_count(cpu, i) * i->ra;
}

insn_fn *sve_pred_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_PTRUE: return sve_ptrue;
	case A64_SVE_ADDVL: return sve_addvl;
	case A64_SVE_ADDPL: return sve_addpl;
	case A64_SVE_RDVL: return sve_rdvl;
	case A64_SVE_CNT: return sve_cnt;
	default: return NULL;
	}
}
