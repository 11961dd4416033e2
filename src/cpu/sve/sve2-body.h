/* SPDX-License-Identifier: MIT */
/*
 * SVE2 integers of the including unit's size: results of the size of their sources.
 */
#include "cpu/sve/elements.h"

/* ---- two sources --------------------------------------------------------- */

static elem_t op_sqdmulh(elem_t a, elem_t b)
{
	swide_t product = (swide_t)(selem_t)a * (selem_t)b;

	return sq_of(product >> (SVE_BITS - 1));
}

/* Half of what the manual adds, which would need a bit more. */
static elem_t op_sqrdmulh(elem_t a, elem_t b)
{
	swide_t product = (swide_t)(selem_t)a * (selem_t)b;

	product += (swide_t)1 << (SVE_BITS - 2);
	return sq_of(product >> (SVE_BITS - 1));
}

/* The bits of @a where @m has ones, to the lowest. */
static elem_t op_bext(elem_t a, elem_t m)
{
	elem_t r = 0;

	for (unsigned int to = 0; m; m &= m - 1, to++)
		r |= (elem_t)((a >> __builtin_ctzll(m) & 1) << to);
	return r;
}

/* The reverse. */
static elem_t op_bdep(elem_t a, elem_t m)
{
	elem_t r = 0;

	for (; m; m &= m - 1, a >>= 1)
		r |= (elem_t)((elem_t)(a & 1) << __builtin_ctzll(m));
	return r;
}

static elem_t op_bgrp(elem_t a, elem_t m)
{
	unsigned int ones = (unsigned int)__builtin_popcountll(m);

	return op_bext(a, m) | shift_lsl(op_bext(a, (elem_t)~m), ones);
}

static void sve_mul_zz(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_mul);
}

static void sve_smulh_zz(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_smulh);
}

static void sve_umulh_zz(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_umulh);
}

static void sve_sqdmulh(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_sqdmulh);
}

static void sve_sqrdmulh(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_sqrdmulh);
}

static void sve_bext(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_bext);
}

static void sve_bdep(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_bdep);
}

static void sve_bgrp(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_bgrp);
}

#if SVE_BITS == 8
/* A product of polynomials over {0, 1}, its low half. */
static elem_t op_pmul(elem_t a, elem_t b)
{
	elem_t r = 0;

	for (unsigned int k = 0; k < 8; k++)
		r ^= b >> k & 1 ? (elem_t)(a << k) : 0;
	return r;
}

static void sve_pmul(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_pmul);
}
#endif

/* Elements of one parity with Zm's of the other; @top: the odd ones. */
static ALWAYS_INLINE void eor_interleaved(struct cpu *cpu, const struct insn *i,
					  bool top)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	union sve_z *m = &cpu->sve->tmp[0], *d;

	*m = *sve_src(cpu, i->rm);
	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = top; e < elements(cpu); e += 2)
		d->SVE_LANE[e] = n->SVE_LANE[e] ^ m->SVE_LANE[e ^ 1];
	sve_done(cpu, i->rd);
}

static void sve_eorbt(struct cpu *cpu, const struct insn *i)
{
	eor_interleaved(cpu, i, false);
}

static void sve_eortb(struct cpu *cpu, const struct insn *i)
{
	eor_interleaved(cpu, i, true);
}

/* ---- added to Zda -------------------------------------------------------- */

typedef elem_t elem_op3(elem_t d, elem_t a, elem_t b);

static ALWAYS_INLINE void all3(struct cpu *cpu, const struct insn *i,
			       elem_op3 *op)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	const union sve_z *a = sve_src(cpu, i->rd);
	const unsigned int count = elements(cpu);
	union sve_z *d = sve_dst(cpu, i->rd);

#pragma GCC ivdep
	for (unsigned int e = 0; e < count; e++)
		d->SVE_LANE[e] =
			op(a->SVE_LANE[e], n->SVE_LANE[e], m->SVE_LANE[e]);
	sve_done(cpu, i->rd);
}

static elem_t op_saba(elem_t d, elem_t a, elem_t b)
{
	return d + op_sabd(a, b);
}

static elem_t op_uaba(elem_t d, elem_t a, elem_t b)
{
	return d + op_uabd(a, b);
}

/* All halved, as op_sqrdmulh(). */
static elem_t op_sqrdmlah(elem_t d, elem_t a, elem_t b)
{
	swide_t sum = (swide_t)(selem_t)d * ((swide_t)1 << (SVE_BITS - 1));

	sum += (swide_t)(selem_t)a * (selem_t)b;
	sum += (swide_t)1 << (SVE_BITS - 2);
	return sq_of(sum >> (SVE_BITS - 1));
}

static elem_t op_sqrdmlsh(elem_t d, elem_t a, elem_t b)
{
	swide_t sum = (swide_t)(selem_t)d * ((swide_t)1 << (SVE_BITS - 1));

	sum -= (swide_t)(selem_t)a * (selem_t)b;
	sum += (swide_t)1 << (SVE_BITS - 2);
	return sq_of(sum >> (SVE_BITS - 1));
}

static void sve_saba(struct cpu *cpu, const struct insn *i)
{
	all3(cpu, i, op_saba);
}

static void sve_uaba(struct cpu *cpu, const struct insn *i)
{
	all3(cpu, i, op_uaba);
}

static void sve_sqrdmlah(struct cpu *cpu, const struct insn *i)
{
	all3(cpu, i, op_sqrdmlah);
}

static void sve_sqrdmlsh(struct cpu *cpu, const struct insn *i)
{
	all3(cpu, i, op_sqrdmlsh);
}

#if SVE_BITS >= 32
/* Even elements and the carries in Zm's odd ones, which go to the odd ones; @invert:
 * all ones to subtract. */
static ALWAYS_INLINE void add_carry(struct cpu *cpu, const struct insn *i,
				    elem_t invert)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	const union sve_z *a = sve_src(cpu, i->rd);
	union sve_z *d = sve_dst(cpu, i->rd);
	unsigned int top = !!(i->form & SVE_TOP_N);

	for (unsigned int e = 0; e < elements(cpu); e += 2) {
		wide_t sum = (wide_t)a->SVE_LANE[e] +
			     (n->SVE_LANE[e + top] ^ invert) +
			     (m->SVE_LANE[e + 1] & 1);

		d->SVE_LANE[e] = (elem_t)sum;
		d->SVE_LANE[e + 1] = (elem_t)(sum >> SVE_BITS);
	}
	sve_done(cpu, i->rd);
}

static void sve_adcl(struct cpu *cpu, const struct insn *i)
{
	add_carry(cpu, i, 0);
}

static void sve_sbcl(struct cpu *cpu, const struct insn *i)
{
	add_carry(cpu, i, (elem_t)-1);
}
#endif

/* ---- neighbours ---------------------------------------------------------- */

/* Of Zdn to the even elements, of Zm to the odd ones. */
static ALWAYS_INLINE void pairs(struct cpu *cpu, const struct insn *i,
				elem_op2 *op)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	const struct sve_p *g = sve_p(cpu, i->aux);
	union sve_z *d = sve_dst(cpu, i->rd);

	for (unsigned int e = 0; e < elements(cpu); e += 2) {
		elem_t even = op(n->SVE_LANE[e], n->SVE_LANE[e + 1]);
		elem_t odd = op(m->SVE_LANE[e], m->SVE_LANE[e + 1]);

		if (active(g, e))
			d->SVE_LANE[e] = even;
		if (active(g, e + 1))
			d->SVE_LANE[e + 1] = odd;
	}
	sve_done(cpu, i->rd);
}

static void sve_addp(struct cpu *cpu, const struct insn *i)
{
	pairs(cpu, i, op_add);
}

static void sve_smaxp(struct cpu *cpu, const struct insn *i)
{
	pairs(cpu, i, op_smax);
}

static void sve_umaxp(struct cpu *cpu, const struct insn *i)
{
	pairs(cpu, i, op_umax);
}

static void sve_sminp(struct cpu *cpu, const struct insn *i)
{
	pairs(cpu, i, op_smin);
}

static void sve_uminp(struct cpu *cpu, const struct insn *i)
{
	pairs(cpu, i, op_umin);
}

/* ---- one source ---------------------------------------------------------- */

static ALWAYS_INLINE void active1_saturating(struct cpu *cpu,
					     const struct insn *i,
					     bool absolute)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const struct sve_p *g = sve_p(cpu, i->aux);
	union sve_z *d;

	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < elements(cpu); e++) {
		elem_t a = n->SVE_LANE[e];

		if (active(g, e))
			d->SVE_LANE[e] = absolute && (selem_t)a >= 0
						 ? a
						 : op_sqsub(0, a);
	}
	sve_done(cpu, i->rd);
}

static void sve_sqabs(struct cpu *cpu, const struct insn *i)
{
	active1_saturating(cpu, i, true);
}

static void sve_sqneg(struct cpu *cpu, const struct insn *i)
{
	active1_saturating(cpu, i, false);
}

static insn_fn *sve2_arithmetic_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_MUL: return sve_mul_zz;
	case A64_SVE_SMULH: return sve_smulh_zz;
	case A64_SVE_UMULH: return sve_umulh_zz;
	case A64_SVE_SQDMULH: return sve_sqdmulh;
	case A64_SVE_SQRDMULH: return sve_sqrdmulh;
	case A64_SVE_BEXT: return sve_bext;
	case A64_SVE_BDEP: return sve_bdep;
	case A64_SVE_BGRP: return sve_bgrp;
#if SVE_BITS == 8
	case A64_SVE_PMUL: return sve_pmul;
#endif
	case A64_SVE_EORBT: return sve_eorbt;
	case A64_SVE_EORTB: return sve_eortb;
	case A64_SVE_SABA: return sve_saba;
	case A64_SVE_UABA: return sve_uaba;
	case A64_SVE_SQRDMLAH: return sve_sqrdmlah;
	case A64_SVE_SQRDMLSH: return sve_sqrdmlsh;
#if SVE_BITS >= 32
	case A64_SVE_ADCL: return sve_adcl;
	case A64_SVE_SBCL: return sve_sbcl;
#endif
	case A64_SVE_ADDP: return sve_addp;
	case A64_SVE_SMAXP: return sve_smaxp;
	case A64_SVE_UMAXP: return sve_umaxp;
	case A64_SVE_SMINP: return sve_sminp;
	case A64_SVE_UMINP: return sve_uminp;
	case A64_SVE_SQABS: return sve_sqabs;
	case A64_SVE_SQNEG: return sve_sqneg;
	default: return NULL;
	}
}
