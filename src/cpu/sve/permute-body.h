/* SPDX-License-Identifier: MIT */
/* SVE copies and permutations of elements of the including unit's size (unit.h). */
#include "cpu/sve/int.h"
#include "cpu/sve/pred.h"
#include "cpu/sve/unit.h"

/* ---- copies -------------------------------------------------------------- */

static ALWAYS_INLINE void fill_with(struct cpu *cpu, const struct insn *i,
				    elem_t v)
{
	union sve_z *d = sve_dst(cpu, i->rd);

	for (unsigned int e = 0; e < elements(cpu); e++)
		d->SVE_LANE[e] = v;
	sve_done(cpu, i->rd);
}

static void sve_dup_reg(struct cpu *cpu, const struct insn *i)
{
	fill_with(cpu, i, (elem_t)cpu->x[i->rn]);
}

static void sve_dup_imm(struct cpu *cpu, const struct insn *i)
{
	fill_with(cpu, i, (elem_t)i->imm);
}

/* Of an element that there is not it is zero. */
static void sve_dup_elem(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn);

	fill_with(cpu, i,
		  i->imm < elements(cpu) ? n->SVE_LANE[i->imm] : (elem_t)0);
}

static ALWAYS_INLINE void copy(struct cpu *cpu, const struct insn *i, elem_t v)
{
	const union sve_z *old = sve_src(cpu, i->rd);
	const struct sve_p *g = sve_p(cpu, i->aux);
	union sve_z *d = sve_dst(cpu, i->rd);
	elem_t keep = i->form & SVE_MERGING ? (elem_t)-1 : 0;

	for (unsigned int e = 0; e < elements(cpu); e++)
		d->SVE_LANE[e] = active(g, e) ? v : old->SVE_LANE[e] & keep;
	sve_done(cpu, i->rd);
}

static void sve_cpy_imm(struct cpu *cpu, const struct insn *i)
{
	copy(cpu, i, (elem_t)i->imm);
}

static void sve_cpy_reg(struct cpu *cpu, const struct insn *i)
{
	copy(cpu, i, (elem_t)cpu->x[i->rn]);
}

static void sve_cpy_v(struct cpu *cpu, const struct insn *i)
{
	copy(cpu, i, (elem_t)cpu->vreg[i->rn].d[0]);
}

static void sve_sel(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	const struct sve_p *g = sve_p(cpu, i->aux);
	union sve_z *d = sve_dst(cpu, i->rd);

	for (unsigned int e = 0; e < elements(cpu); e++)
		d->SVE_LANE[e] = active(g, e) ? n->SVE_LANE[e] : m->SVE_LANE[e];
	sve_done(cpu, i->rd);
}

static ALWAYS_INLINE void insr(struct cpu *cpu, const struct insn *i, elem_t v)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	union sve_z *d = sve_dst(cpu, i->rd);

	memmove(&d->SVE_LANE[1], n, sve_vl(cpu) - sizeof(elem_t));
	d->SVE_LANE[0] = v;
	sve_done(cpu, i->rd);
}

static void sve_insr_reg(struct cpu *cpu, const struct insn *i)
{
	insr(cpu, i, (elem_t)cpu->x[i->rm]);
}

static void sve_insr_v(struct cpu *cpu, const struct insn *i)
{
	insr(cpu, i, (elem_t)cpu->vreg[i->rm].d[0]);
}

static insn_fn *copy_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_DUP_reg: return sve_dup_reg;
	case A64_SVE_DUP_imm:
	case A64_SVE_DUPM: return sve_dup_imm;
	case A64_SVE_DUP_elem: return sve_dup_elem;
	case A64_SVE_CPY_imm: return sve_cpy_imm;
	case A64_SVE_CPY_reg: return sve_cpy_reg;
	case A64_SVE_CPY_v: return sve_cpy_v;
	case A64_SVE_SEL: return sve_sel;
	case A64_SVE_INSR_reg: return sve_insr_reg;
	case A64_SVE_INSR_v: return sve_insr_v;
	default: return NULL;
	}
}

/* ---- permutations -------------------------------------------------------- */

typedef unsigned int from_fn(unsigned int e, unsigned int elements);

static ALWAYS_INLINE void permute(struct cpu *cpu, const struct insn *i,
				  from_fn *from)
{
	union sve_z *n = &cpu->sve->tmp[0], *m = &cpu->sve->tmp[1];
	union sve_z *d = sve_dst(cpu, i->rd);
	unsigned int all = elements(cpu);

	memcpy(n, sve_src(cpu, i->rn), sve_vl(cpu));
	memcpy(m, sve_src(cpu, i->rm), sve_vl(cpu));
	for (unsigned int e = 0; e < all; e++) {
		unsigned int f = from(e, all);

		d->SVE_LANE[e] =
			f < all ? n->SVE_LANE[f] : m->SVE_LANE[f - all];
	}
	sve_done(cpu, i->rd);
}

static void sve_zip1(struct cpu *cpu, const struct insn *i)
{
	permute(cpu, i, sve_from_zip1);
}

static void sve_zip2(struct cpu *cpu, const struct insn *i)
{
	permute(cpu, i, sve_from_zip2);
}

static void sve_uzp1(struct cpu *cpu, const struct insn *i)
{
	permute(cpu, i, sve_from_uzp1);
}

static void sve_uzp2(struct cpu *cpu, const struct insn *i)
{
	permute(cpu, i, sve_from_uzp2);
}

static void sve_trn1(struct cpu *cpu, const struct insn *i)
{
	permute(cpu, i, sve_from_trn1);
}

static void sve_trn2(struct cpu *cpu, const struct insn *i)
{
	permute(cpu, i, sve_from_trn2);
}

static void sve_rev(struct cpu *cpu, const struct insn *i)
{
	permute(cpu, i, sve_from_rev);
}

static void sve_tbl(struct cpu *cpu, const struct insn *i)
{
	union sve_z *n = &cpu->sve->tmp[0];
	const union sve_z *m;
	union sve_z *d = sve_dst(cpu, i->rd);

	memcpy(n, sve_src(cpu, i->rn), sve_vl(cpu));
	m = sve_src(cpu, i->rm);
	for (unsigned int e = 0; e < elements(cpu); e++) {
		elem_t index = m->SVE_LANE[e];

		d->SVE_LANE[e] =
			index < elements(cpu) ? n->SVE_LANE[index] : (elem_t)0;
	}
	sve_done(cpu, i->rd);
}

#if SVE_BITS > 8
static ALWAYS_INLINE void unpack(struct cpu *cpu, const struct insn *i,
				 bool is_signed)
{
	union sve_z *n = &cpu->sve->tmp[0];
	union sve_z *d = sve_dst(cpu, i->rd);
	unsigned int first = i->imm ? elements(cpu) : 0;

	memcpy(n, sve_src(cpu, i->rn), sve_vl(cpu));
	for (unsigned int e = 0; e < elements(cpu); e++)
		d->SVE_LANE[e] =
			is_signed ? (elem_t)(shalf_t)n->SVE_HALF[first + e]
				  : n->SVE_HALF[first + e];
	sve_done(cpu, i->rd);
}

static void sve_sunpk(struct cpu *cpu, const struct insn *i)
{
	unpack(cpu, i, true);
}

static void sve_uunpk(struct cpu *cpu, const struct insn *i)
{
	unpack(cpu, i, false);
}
#endif

#if SVE_BITS >= 32
static void sve_compact(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const struct sve_p *g = sve_p(cpu, i->aux);
	union sve_z *d = sve_dst(cpu, i->rd);
	unsigned int to = 0;

	/* Never ahead of what is read, should they be the same. */
	for (unsigned int e = 0; e < elements(cpu); e++)
		if (active(g, e))
			d->SVE_LANE[to++] = n->SVE_LANE[e];
	while (to < elements(cpu))
		d->SVE_LANE[to++] = 0;
	sve_done(cpu, i->rd);
}
#endif

/* From the first active element to the last, then Zm from its first on. */
static void sve_splice(struct cpu *cpu, const struct insn *i)
{
	union sve_z *n = &cpu->sve->tmp[0], *m = &cpu->sve->tmp[1];
	const struct sve_p *g = sve_p(cpu, i->aux);
	union sve_z *d = sve_dst(cpu, i->rd);
	int last = sve_last_active(g, SVE_LOG2);
	unsigned int to = 0, first = 0;

	memcpy(n, sve_src(cpu, i->rn), sve_vl(cpu));
	memcpy(m, sve_src(cpu, i->rm), sve_vl(cpu));
	while (last >= 0 && !active(g, first))
		first++;
	for (int e = (int)first; e <= last; e++)
		d->SVE_LANE[to++] = n->SVE_LANE[e];
	for (unsigned int e = 0; to < elements(cpu); e++)
		d->SVE_LANE[to++] = m->SVE_LANE[e];
	sve_done(cpu, i->rd);
}

static insn_fn *shuffle_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_ZIP1: return sve_zip1;
	case A64_SVE_ZIP2: return sve_zip2;
	case A64_SVE_UZP1: return sve_uzp1;
	case A64_SVE_UZP2: return sve_uzp2;
	case A64_SVE_TRN1: return sve_trn1;
	case A64_SVE_TRN2: return sve_trn2;
	case A64_SVE_REV: return sve_rev;
	case A64_SVE_TBL: return sve_tbl;
#if SVE_BITS > 8
	case A64_SVE_SUNPK: return sve_sunpk;
	case A64_SVE_UUNPK: return sve_uunpk;
#endif
#if SVE_BITS >= 32
	case A64_SVE_COMPACT: return sve_compact;
#endif
	case A64_SVE_SPLICE:
	case A64_SVE_SPLICE_zz: return sve_splice;
	default: return NULL;
	}
}

/* ---- the last active element --------------------------------------------- */

/* Number of the last active element, or of the one behind it, which comes round to
 * the first; -1: none is active. */
static ALWAYS_INLINE int last(const struct cpu *cpu, const struct insn *i,
			      bool behind)
{
	int e = sve_last_active(sve_p(cpu, i->aux), SVE_LOG2);

	if (e < 0 || !behind)
		return e;
	return e + 1 == (int)elements(cpu) ? 0 : e + 1;
}

/* LASTA of none is the first, LASTB the last. */
static ALWAYS_INLINE elem_t last_of_any(struct cpu *cpu, const struct insn *i,
					bool behind)
{
	int e = last(cpu, i, behind);

	if (e < 0)
		e = behind ? 0 : (int)elements(cpu) - 1;
	return sve_src(cpu, i->rn)->SVE_LANE[e];
}

static void sve_lasta_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = last_of_any(cpu, i, true);
}

static void sve_lastb_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = last_of_any(cpu, i, false);
}

static void sve_lasta_v(struct cpu *cpu, const struct insn *i)
{
	sve_v_set(cpu, i->rd, last_of_any(cpu, i, true));
}

static void sve_lastb_v(struct cpu *cpu, const struct insn *i)
{
	sve_v_set(cpu, i->rd, last_of_any(cpu, i, false));
}

/* The element of Zm, or @other if none is active. */
static ALWAYS_INLINE elem_t last_or(struct cpu *cpu, const struct insn *i,
				    bool behind, uint64_t other)
{
	int e = last(cpu, i, behind);

	return e < 0 ? (elem_t)other : sve_src(cpu, i->rm)->SVE_LANE[e];
}

static void sve_clasta_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = last_or(cpu, i, true, cpu->x[i->rn]);
}

static void sve_clastb_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = last_or(cpu, i, false, cpu->x[i->rn]);
}

static void sve_clasta_v(struct cpu *cpu, const struct insn *i)
{
	sve_v_set(cpu, i->rd, last_or(cpu, i, true, cpu->vreg[i->rn].d[0]));
}

static void sve_clastb_v(struct cpu *cpu, const struct insn *i)
{
	sve_v_set(cpu, i->rd, last_or(cpu, i, false, cpu->vreg[i->rn].d[0]));
}

/* All of Zdn stays if none is active. */
static ALWAYS_INLINE void clast(struct cpu *cpu, const struct insn *i,
				bool behind)
{
	int e = last(cpu, i, behind);

	if (e >= 0)
		fill_with(cpu, i, sve_src(cpu, i->rm)->SVE_LANE[e]);
}

static void sve_clasta(struct cpu *cpu, const struct insn *i)
{
	clast(cpu, i, true);
}

static void sve_clastb(struct cpu *cpu, const struct insn *i)
{
	clast(cpu, i, false);
}

static insn_fn *last_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_LASTA_reg: return sve_lasta_reg;
	case A64_SVE_LASTB_reg: return sve_lastb_reg;
	case A64_SVE_LASTA_v: return sve_lasta_v;
	case A64_SVE_LASTB_v: return sve_lastb_v;
	case A64_SVE_CLASTA_reg: return sve_clasta_reg;
	case A64_SVE_CLASTB_reg: return sve_clastb_reg;
	case A64_SVE_CLASTA_v: return sve_clasta_v;
	case A64_SVE_CLASTB_v: return sve_clastb_v;
	case A64_SVE_CLASTA: return sve_clasta;
	case A64_SVE_CLASTB: return sve_clastb;
	default: return NULL;
	}
}
