/* SPDX-License-Identifier: MIT */
/*
 * SVE: predicates (Arm ARM C8.2; pseudocode DecodePredCount, PredTest,
 * LastActiveElement). What counts is in count.c.
 */
#include "cpu/sve/pred.h"

/* ---- of them all --------------------------------------------------------- */

void sve_p_first_bytes(struct sve_p *p, unsigned int bytes, unsigned int size)
{
	for (unsigned int k = 0; k < SVE_P_WORDS; k++) {
		unsigned int from = 64 * k;
		uint64_t all = bytes <= from       ? 0
			       : bytes < from + 64 ? BIT(bytes - from) - 1
						   : ~UINT64_C(0);

		p->w[k] = all & sve_element_bits(size);
	}
}

void sve_pred_test(struct cpu *cpu, const struct sve_p *mask,
		   const struct sve_p *r, unsigned int size)
{
	bool first = false, any = false, last = false, seen = false;

	for (unsigned int k = 0; k < SVE_P_WORDS; k++) {
		uint64_t m = mask->w[k] & sve_element_bits(size);
		uint64_t v = m & r->w[k];

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

int sve_last_active(const struct sve_p *p, unsigned int size)
{
	for (unsigned int k = SVE_P_WORDS; k--;) {
		uint64_t m = p->w[k] & sve_element_bits(size);

		if (m)
			return (int)((64 * k + 63 - __builtin_clzll(m)) >>
				     size);
	}
	return -1;
}

static void flags_if(struct cpu *cpu, const struct insn *i,
		     const struct sve_p *mask, const struct sve_p *r)
{
	if (i->form & SVE_SETS_FLAGS)
		sve_pred_test(cpu, mask, r, i->size);
}

/* ---- made, tested, set --------------------------------------------------- */

static void sve_ptrue(struct cpu *cpu, const struct insn *i)
{
	struct sve_p *p = &cpu->sve->p[i->rd];

	sve_p_first_bytes(p, sve_insn_count(cpu, i) << i->size, i->size);
	flags_if(cpu, i, p, p);
}

static void sve_pfalse(struct cpu *cpu, const struct insn *i)
{
	cpu->sve->p[i->rd] = (struct sve_p){0};
}

static void sve_ptest(struct cpu *cpu, const struct insn *i)
{
	sve_pred_test(cpu, sve_p(cpu, i->aux), sve_p(cpu, i->rn), SIZE_B);
}

/* Bit @at of @p is set. */
static void p_set_bit(struct sve_p *p, unsigned int at)
{
	p->w[at / 64] |= BIT(at % 64);
}

static void sve_pfirst(struct cpu *cpu, const struct insn *i)
{
	const struct sve_p *mask = sve_p(cpu, i->aux);
	struct sve_p *d = &cpu->sve->p[i->rd], g = *mask;

	for (unsigned int k = 0; k < SVE_P_WORDS; k++)
		if (g.w[k]) {
			d->w[k] |= g.w[k] & -g.w[k];
			break;
		}
	sve_pred_test(cpu, &g, d, SIZE_B);
}

static void sve_pnext(struct cpu *cpu, const struct insn *i)
{
	struct sve_p *d = &cpu->sve->p[i->rd], g = *sve_p(cpu, i->aux);
	unsigned int elements = sve_vl(cpu) >> i->size;
	unsigned int next = (unsigned int)(sve_last_active(d, i->size) + 1);

	while (next < elements && !sve_active(&g, next, i->size))
		next++;
	*d = (struct sve_p){0};
	if (next < elements)
		p_set_bit(d, next << i->size);
	sve_pred_test(cpu, &g, d, i->size);
}

static void sve_rdffr(struct cpu *cpu, const struct insn *i)
{
	cpu->sve->p[i->rd] = *sve_p(cpu, SVE_FFR);
}

static void sve_rdffr_pg(struct cpu *cpu, const struct insn *i)
{
	struct sve_p g = *sve_p(cpu, i->aux), *d = &cpu->sve->p[i->rd];

	for (unsigned int k = 0; k < SVE_P_WORDS; k++)
		d->w[k] = g.w[k] & sve_p(cpu, SVE_FFR)->w[k];
	flags_if(cpu, i, &g, d);
}

static void sve_wrffr(struct cpu *cpu, const struct insn *i)
{
	cpu->sve->p[SVE_FFR] = *sve_p(cpu, i->rn);
}

static void sve_setffr(struct cpu *cpu, const struct insn *i)
{
	sve_p_first_bytes(&cpu->sve->p[SVE_FFR], sve_vl(cpu), SIZE_B);
}

/* ---- logical ------------------------------------------------------------- */

typedef uint64_t bits_op(uint64_t n, uint64_t m);

static ALWAYS_INLINE void logical(struct cpu *cpu, const struct insn *i,
				  bits_op *op)
{
	struct sve_p g = *sve_p(cpu, i->aux), *d = &cpu->sve->p[i->rd];
	const struct sve_p *n = sve_p(cpu, i->rn), *m = sve_p(cpu, i->rm);

	for (unsigned int k = 0; k < SVE_P_WORDS; k++)
		d->w[k] = op(n->w[k], m->w[k]) & g.w[k];
	flags_if(cpu, i, &g, d);
}

static uint64_t op_and(uint64_t n, uint64_t m)
{
	return n & m;
}

static uint64_t op_bic(uint64_t n, uint64_t m)
{
	return n & ~m;
}

static uint64_t op_eor(uint64_t n, uint64_t m)
{
	return n ^ m;
}

static uint64_t op_orr(uint64_t n, uint64_t m)
{
	return n | m;
}

static uint64_t op_orn(uint64_t n, uint64_t m)
{
	return n | ~m;
}

static uint64_t op_nor(uint64_t n, uint64_t m)
{
	return ~(n | m);
}

static uint64_t op_nand(uint64_t n, uint64_t m)
{
	return ~(n & m);
}

static void sve_and_p(struct cpu *cpu, const struct insn *i)
{
	logical(cpu, i, op_and);
}

static void sve_bic_p(struct cpu *cpu, const struct insn *i)
{
	logical(cpu, i, op_bic);
}

static void sve_eor_p(struct cpu *cpu, const struct insn *i)
{
	logical(cpu, i, op_eor);
}

static void sve_orr_p(struct cpu *cpu, const struct insn *i)
{
	logical(cpu, i, op_orr);
}

static void sve_orn_p(struct cpu *cpu, const struct insn *i)
{
	logical(cpu, i, op_orn);
}

static void sve_nor_p(struct cpu *cpu, const struct insn *i)
{
	logical(cpu, i, op_nor);
}

static void sve_nand_p(struct cpu *cpu, const struct insn *i)
{
	logical(cpu, i, op_nand);
}

static void sve_sel_p(struct cpu *cpu, const struct insn *i)
{
	struct sve_p g = *sve_p(cpu, i->aux), *d = &cpu->sve->p[i->rd];
	const struct sve_p *n = sve_p(cpu, i->rn), *m = sve_p(cpu, i->rm);

	for (unsigned int k = 0; k < SVE_P_WORDS; k++)
		d->w[k] = (n->w[k] & g.w[k]) | (m->w[k] & ~g.w[k]);
}

/* ---- breaks -------------------------------------------------------------- */

/* The bits of a vector up to the first that is set in @p, with it if @with;
 * all if none is. */
static struct sve_p until_first(const struct sve_p *p, bool with)
{
	struct sve_p r;
	bool past = false;

	for (unsigned int k = 0; k < SVE_P_WORDS; k++) {
		uint64_t first = p->w[k] & -p->w[k];

		if (past)
			r.w[k] = 0;
		else if (!first)
			r.w[k] = ~UINT64_C(0);
		else
			r.w[k] = (first - 1) | (with ? first : 0);
		past |= first;
	}
	return r;
}

static struct sve_p masked(const struct sve_p *a, const struct sve_p *b)
{
	struct sve_p r;

	for (unsigned int k = 0; k < SVE_P_WORDS; k++)
		r.w[k] = a->w[k] & b->w[k];
	return r;
}

/* What is active in @g up to the first that is also in @n; inactive elements are
 * @old's if it merges. */
static ALWAYS_INLINE void brk(struct cpu *cpu, const struct insn *i, bool with)
{
	struct sve_p g = *sve_p(cpu, i->aux), *d = &cpu->sve->p[i->rd];
	struct sve_p breaks = masked(&g, sve_p(cpu, i->rn));
	struct sve_p run = until_first(&breaks, with);

	for (unsigned int k = 0; k < SVE_P_WORDS; k++)
		d->w[k] = (run.w[k] & g.w[k]) |
			  (i->form & SVE_MERGING ? d->w[k] & ~g.w[k] : 0);
	flags_if(cpu, i, &g, d);
}

static void sve_brka(struct cpu *cpu, const struct insn *i)
{
	brk(cpu, i, true);
}

static void sve_brkb(struct cpu *cpu, const struct insn *i)
{
	brk(cpu, i, false);
}

/* LastActive: is the last active element of @g in @n? */
static bool last_is_in(const struct sve_p *g, const struct sve_p *n)
{
	int last = sve_last_active(g, SIZE_B);

	return last >= 0 && sve_active(n, (unsigned int)last, SIZE_B);
}

static void sve_brkn(struct cpu *cpu, const struct insn *i)
{
	struct sve_p *d = &cpu->sve->p[i->rd], all;

	if (!last_is_in(sve_p(cpu, i->aux), sve_p(cpu, i->rn)))
		*d = (struct sve_p){0};
	sve_p_first_bytes(&all, sve_vl(cpu), SIZE_B);
	flags_if(cpu, i, &all, d);
}

static ALWAYS_INLINE void brkp(struct cpu *cpu, const struct insn *i, bool with)
{
	struct sve_p g = *sve_p(cpu, i->aux), *d = &cpu->sve->p[i->rd];
	struct sve_p breaks = masked(&g, sve_p(cpu, i->rm));
	struct sve_p run = until_first(&breaks, with);
	bool goes_on = last_is_in(&g, sve_p(cpu, i->rn));

	for (unsigned int k = 0; k < SVE_P_WORDS; k++)
		d->w[k] = goes_on ? run.w[k] & g.w[k] : 0;
	flags_if(cpu, i, &g, d);
}

static void sve_brkpa(struct cpu *cpu, const struct insn *i)
{
	brkp(cpu, i, true);
}

static void sve_brkpb(struct cpu *cpu, const struct insn *i)
{
	brkp(cpu, i, false);
}

/* ---- permutations -------------------------------------------------------- */

/* An element of a predicate is as many bits as one of a vector has bytes. */
static uint64_t p_elem(const struct sve_p *p, unsigned int e, unsigned int size)
{
	unsigned int bit = e << size;

	return p->w[bit / 64] >> (bit % 64) & (BIT(1u << size) - 1);
}

static void p_put(struct sve_p *p, unsigned int e, unsigned int size,
		  uint64_t v)
{
	unsigned int bit = e << size;

	p->w[bit / 64] |= v << (bit % 64);
}

/* Result element e is @from(e) of n, or if beyond its elements, of m behind. */
typedef unsigned int from_fn(unsigned int e, unsigned int elements);

static ALWAYS_INLINE void permute(struct cpu *cpu, const struct insn *i,
				  from_fn *from)
{
	struct sve_p n = *sve_p(cpu, i->rn), m = *sve_p(cpu, i->rm), r = {0};
	unsigned int elements = sve_vl(cpu) >> i->size;

	for (unsigned int e = 0; e < elements; e++) {
		unsigned int f = from(e, elements);

		p_put(&r, e, i->size,
		      f < elements ? p_elem(&n, f, i->size)
				   : p_elem(&m, f - elements, i->size));
	}
	cpu->sve->p[i->rd] = r;
}

static void sve_zip1_p(struct cpu *cpu, const struct insn *i)
{
	permute(cpu, i, sve_from_zip1);
}

static void sve_zip2_p(struct cpu *cpu, const struct insn *i)
{
	permute(cpu, i, sve_from_zip2);
}

static void sve_uzp1_p(struct cpu *cpu, const struct insn *i)
{
	permute(cpu, i, sve_from_uzp1);
}

static void sve_uzp2_p(struct cpu *cpu, const struct insn *i)
{
	permute(cpu, i, sve_from_uzp2);
}

static void sve_trn1_p(struct cpu *cpu, const struct insn *i)
{
	permute(cpu, i, sve_from_trn1);
}

static void sve_trn2_p(struct cpu *cpu, const struct insn *i)
{
	permute(cpu, i, sve_from_trn2);
}

static void sve_rev_p(struct cpu *cpu, const struct insn *i)
{
	permute(cpu, i, sve_from_rev);
}

static void sve_punpk(struct cpu *cpu, const struct insn *i)
{
	struct sve_p n = *sve_p(cpu, i->rn), r = {0};
	unsigned int elements = sve_vl(cpu) / 2;

	for (unsigned int e = 0; e < elements; e++)
		if (sve_active(&n, (i->imm ? elements : 0) + e, SIZE_B))
			p_set_bit(&r, 2 * e);
	cpu->sve->p[i->rd] = r;
}

/* ---- choice -------------------------------------------------------------- */

static insn_fn *permute_p_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_ZIP1_p: return sve_zip1_p;
	case A64_SVE_ZIP2_p: return sve_zip2_p;
	case A64_SVE_UZP1_p: return sve_uzp1_p;
	case A64_SVE_UZP2_p: return sve_uzp2_p;
	case A64_SVE_TRN1_p: return sve_trn1_p;
	case A64_SVE_TRN2_p: return sve_trn2_p;
	case A64_SVE_REV_p: return sve_rev_p;
	case A64_SVE_PUNPK: return sve_punpk;
	default: return NULL;
	}
}

insn_fn *sve_pred_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_PTRUE: return sve_ptrue;
	case A64_SVE_PFALSE: return sve_pfalse;
	case A64_SVE_PTEST: return sve_ptest;
	case A64_SVE_PFIRST: return sve_pfirst;
	case A64_SVE_PNEXT: return sve_pnext;
	case A64_SVE_RDFFR: return sve_rdffr;
	case A64_SVE_RDFFR_pg: return sve_rdffr_pg;
	case A64_SVE_WRFFR: return sve_wrffr;
	case A64_SVE_SETFFR: return sve_setffr;
	case A64_SVE_AND_p: return sve_and_p;
	case A64_SVE_BIC_p: return sve_bic_p;
	case A64_SVE_EOR_p: return sve_eor_p;
	case A64_SVE_ORR_p: return sve_orr_p;
	case A64_SVE_ORN_p: return sve_orn_p;
	case A64_SVE_NOR_p: return sve_nor_p;
	case A64_SVE_NAND_p: return sve_nand_p;
	case A64_SVE_SEL_p: return sve_sel_p;
	case A64_SVE_BRKA: return sve_brka;
	case A64_SVE_BRKB: return sve_brkb;
	case A64_SVE_BRKN: return sve_brkn;
	case A64_SVE_BRKPA: return sve_brkpa;
	case A64_SVE_BRKPB: return sve_brkpb;
	default: return permute_p_work(i);
	}
}
