/* SPDX-License-Identifier: MIT */
/*
 * SVE: the choice of a body of integer arithmetic, copies and permutations, by the
 * size of elements, and what has none.
 */
#include "cpu/sve/int.h"

static void sve_movprfx(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn);

	memmove(sve_dst(cpu, i->rd), n, sve_vl(cpu));
	sve_done(cpu, i->rd);
}

/* From byte imm of Zn on, then Zm; the whole of Zn if there is no such byte. */
static void sve_ext(struct cpu *cpu, const struct insn *i)
{
	unsigned int vl = sve_vl(cpu), from = (unsigned int)i->imm;
	union sve_z *n = &cpu->sve->tmp[0], *m = &cpu->sve->tmp[1];
	union sve_z *d = sve_dst(cpu, i->rd);

	if (from >= vl)
		from = 0;
	memcpy(n, sve_src(cpu, i->rn), vl);
	memcpy(m, sve_src(cpu, i->rm), vl);
	memcpy(d, n->b + from, vl - from);
	memcpy(d->b + vl - from, m, from);
	sve_done(cpu, i->rd);
}

/* DUP of 128 bits */
static void sve_dup_quad(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	union sve_z *d = sve_dst(cpu, i->rd);
	unsigned int quads = sve_vl(cpu) / 16;
	unsigned __int128 v = i->imm < quads ? n->q[i->imm] : 0;

	for (unsigned int e = 0; e < quads; e++)
		d->q[e] = v;
	sve_done(cpu, i->rd);
}

insn_fn *sve_int_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_MOVPRFX: return sve_movprfx;
	case A64_SVE_EXT:
	case A64_SVE_EXT_zz: return sve_ext;
	}
	switch (i->size) {
	case SIZE_B: return sve_int_b_work(i) ?: sve_permute_b_work(i);
	case SIZE_H: return sve_int_h_work(i) ?: sve_permute_h_work(i);
	case SIZE_W: return sve_int_s_work(i) ?: sve_permute_s_work(i);
	case SIZE_X: return sve_int_d_work(i) ?: sve_permute_d_work(i);
	default: return i->op == A64_SVE_DUP_elem ? sve_dup_quad : NULL;
	}
}
