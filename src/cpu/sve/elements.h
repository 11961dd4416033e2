/* SPDX-License-Identifier: MIT */
/*
 * SVE integers of the including unit's size (unit.h): what is done with an element or
 * two, and with each of vectors of them.
 */
#ifndef FAUXKVM_CPU_SVE_ELEMENTS_H
#define FAUXKVM_CPU_SVE_ELEMENTS_H

#include "cpu/sve/int.h"
#include "cpu/sve/unit.h"

typedef elem_t elem_op1(elem_t a);
typedef elem_t elem_op2(elem_t a, elem_t b);

/* ---- elements ------------------------------------------------------------ */

#define ELEM_MIN ((selem_t)((elem_t)1 << (SVE_BITS - 1)))
#define ELEM_MAX ((selem_t)~ELEM_MIN)

static inline elem_t op_add(elem_t a, elem_t b)
{
	return a + b;
}

static inline elem_t op_sub(elem_t a, elem_t b)
{
	return a - b;
}

static inline elem_t op_subr(elem_t a, elem_t b)
{
	return b - a;
}

static inline elem_t op_sqadd(elem_t a, elem_t b)
{
	selem_t r;

	if (__builtin_add_overflow((selem_t)a, (selem_t)b, &r))
		return (selem_t)a < 0 ? ELEM_MIN : ELEM_MAX;
	return r;
}

static inline elem_t op_uqadd(elem_t a, elem_t b)
{
	elem_t r;

	return __builtin_add_overflow(a, b, &r) ? (elem_t)-1 : r;
}

static inline elem_t op_sqsub(elem_t a, elem_t b)
{
	selem_t r;

	if (__builtin_sub_overflow((selem_t)a, (selem_t)b, &r))
		return (selem_t)a < 0 ? ELEM_MIN : ELEM_MAX;
	return r;
}

/* What is signed to the nearest element. */
static inline elem_t sq_of(__int128 r)
{
	return r < ELEM_MIN ? ELEM_MIN : r > ELEM_MAX ? ELEM_MAX : (elem_t)r;
}

static inline elem_t op_uqsub(elem_t a, elem_t b)
{
	return a < b ? 0 : a - b;
}

static inline elem_t op_smax(elem_t a, elem_t b)
{
	return (selem_t)a > (selem_t)b ? a : b;
}

static inline elem_t op_umax(elem_t a, elem_t b)
{
	return a > b ? a : b;
}

static inline elem_t op_smin(elem_t a, elem_t b)
{
	return (selem_t)a < (selem_t)b ? a : b;
}

static inline elem_t op_umin(elem_t a, elem_t b)
{
	return a < b ? a : b;
}

static inline elem_t op_sabd(elem_t a, elem_t b)
{
	return (selem_t)a > (selem_t)b ? a - b : b - a;
}

static inline elem_t op_uabd(elem_t a, elem_t b)
{
	return a > b ? a - b : b - a;
}

static inline elem_t op_mul(elem_t a, elem_t b)
{
	return (elem_t)((wide_t)a * b);
}

static inline elem_t op_smulh(elem_t a, elem_t b)
{
	return (elem_t)((swide_t)((swide_t)(selem_t)a * (selem_t)b) >>
			SVE_BITS);
}

static inline elem_t op_umulh(elem_t a, elem_t b)
{
	return (elem_t)((wide_t)((wide_t)a * b) >> SVE_BITS);
}

static inline elem_t op_and(elem_t a, elem_t b)
{
	return a & b;
}

static inline elem_t op_orr(elem_t a, elem_t b)
{
	return a | b;
}

static inline elem_t op_eor(elem_t a, elem_t b)
{
	return a ^ b;
}

static inline elem_t op_bic(elem_t a, elem_t b)
{
	return a & ~b;
}

/* By any amount, of 64 bits for the wide ones. */
static inline elem_t shift_asr(elem_t a, uint64_t by)
{
	return (elem_t)((selem_t)a >> (by < SVE_BITS ? by : SVE_BITS - 1));
}

static inline elem_t shift_lsr(elem_t a, uint64_t by)
{
	return by < SVE_BITS ? a >> by : 0;
}

static inline elem_t shift_lsl(elem_t a, uint64_t by)
{
	return by < SVE_BITS ? (elem_t)(a << by) : 0;
}

/* Towards zero. */
static inline elem_t shift_asrd(elem_t a, uint64_t by)
{
	elem_t up = (selem_t)a < 0 ? (elem_t)(((wide_t)1 << by) - 1) : 0;

	return (elem_t)((swide_t)((swide_t)(selem_t)a + up) >> by);
}

static inline elem_t op_asr(elem_t a, elem_t b)
{
	return shift_asr(a, b);
}

static inline elem_t op_lsr(elem_t a, elem_t b)
{
	return shift_lsr(a, b);
}

static inline elem_t op_lsl(elem_t a, elem_t b)
{
	return shift_lsl(a, b);
}

/* ---- loops --------------------------------------------------------------- */

/* Vectors are the same or apart: elements may be done in any order. */
static ALWAYS_INLINE void all2(struct cpu *cpu, const struct insn *i,
			       elem_op2 *op)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	const unsigned int count = elements(cpu);
	union sve_z *d = sve_dst(cpu, i->rd);

#pragma GCC ivdep
	for (unsigned int e = 0; e < count; e++)
		d->SVE_LANE[e] = op(n->SVE_LANE[e], m->SVE_LANE[e]);
	sve_done(cpu, i->rd);
}

/* Inactive ones of rd stay. */
static ALWAYS_INLINE void active2(struct cpu *cpu, const struct insn *i,
				  elem_op2 *op)
{
	const struct sve_p *p = sve_p(cpu, i->aux);
	const unsigned int count = elements(cpu);
	const union sve_z *n, *m, *g;
	union sve_z *d;

	if (sve_all_active(cpu, p, SVE_LOG2)) {
		all2(cpu, i, op);
		return;
	}
	n = sve_src(cpu, i->rn);
	m = sve_src(cpu, i->rm);
	g = active_mask(cpu, p);
	d = sve_dst(cpu, i->rd);
#pragma GCC ivdep
	for (unsigned int e = 0; e < count; e++) {
		elem_t r = op(n->SVE_LANE[e], m->SVE_LANE[e]);
		elem_t mask = g->SVE_LANE[e];

		d->SVE_LANE[e] = (r & mask) | (d->SVE_LANE[e] & ~mask);
	}
	sve_done(cpu, i->rd);
}

typedef elem_t elem_shift(elem_t a, uint64_t by);

static ALWAYS_INLINE void active_shift(struct cpu *cpu, const struct insn *i,
				       elem_shift *shift)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const struct sve_p *g = sve_p(cpu, i->aux);
	union sve_z *d = sve_dst(cpu, i->rd);

	for (unsigned int e = 0; e < elements(cpu); e++)
		if (active(g, e))
			d->SVE_LANE[e] =
				shift(n->SVE_LANE[e], (uint64_t)i->imm);
	sve_done(cpu, i->rd);
}

#endif
