/* SPDX-License-Identifier: MIT */
/*
 * Conversions between precisions: FCVT (scalar), FCVTL, FCVTN and FCVTXN
 * (vector). Between single and double the host may try; half precision is
 * softfloat's alone.
 */
#include "cpu/fp/bodies.h"

/* ---- one element --------------------------------------------------------- */

/* As in cpu/fp/element.h: not a NaN. */
static ALWAYS_INLINE bool try_single_to_double(struct cpu *cpu, uint32_t a,
					       uint64_t *r)
{
	if (!fp_host_ok(cpu))
		return false;
	*r = host_single_to_double(a);
	return likely(*r << 1 <= UINT64_C(0xffe0000000000000));
}

/* As there: nor the smallest normal number. */
static ALWAYS_INLINE bool try_double_to_single(struct cpu *cpu, uint64_t a,
					       uint32_t *r)
{
	if (!fp_host_ok(cpu))
		return false;
	*r = host_double_to_single(a);
	return likely(*r << 1 <= 0xff000000u && *r << 1 != 0x01000000u);
}

static uint64_t single_to_double(struct cpu *cpu, uint32_t a)
{
	uint64_t r;

	if (try_single_to_double(cpu, a, &r))
		return r;
	return fp_slow_convert(cpu, SF_SINGLE, SF_DOUBLE, a);
}

static uint32_t double_to_single(struct cpu *cpu, uint64_t a)
{
	uint32_t r;

	if (try_double_to_single(cpu, a, &r))
		return r;
	return (uint32_t)fp_slow_convert(cpu, SF_DOUBLE, SF_SINGLE, a);
}

/* ---- scalar -------------------------------------------------------------- */

static enum sf_fmt sf_format_of(unsigned int size)
{
	return size == FP_HALF     ? SF_HALF
	       : size == FP_SINGLE ? SF_SINGLE
				   : SF_DOUBLE;
}

static uint64_t element(const union vreg *v, unsigned int size)
{
	return size == FP_HALF     ? v->h[0]
	       : size == FP_SINGLE ? v->s[0]
				   : v->d[0];
}

/* Any two: those with half precision, and what the host can't do. */
static __attribute__((noinline)) void exec_fcvt(struct cpu *cpu,
						const struct insn *i)
{
	FP_CHECK;
	fp_put(cpu, i->rd,
	       fp_slow_convert(cpu, sf_format_of(i->form),
			       sf_format_of(i->size),
			       element(&cpu->vreg[i->rn], i->form)));
	NEXT;
}

static void exec_fcvt_s_d(struct cpu *cpu, const struct insn *i)
{
	uint64_t r;

	FP_CHECK;
	if (unlikely(!try_single_to_double(cpu, cpu->vreg[i->rn].s[0], &r))) {
		exec_fcvt(cpu, i);
		return;
	}
	fp_put(cpu, i->rd, r);
	NEXT;
}

static void exec_fcvt_d_s(struct cpu *cpu, const struct insn *i)
{
	uint32_t r;

	FP_CHECK;
	if (unlikely(!try_double_to_single(cpu, cpu->vreg[i->rn].d[0], &r))) {
		exec_fcvt(cpu, i);
		return;
	}
	fp_put(cpu, i->rd, r);
	NEXT;
}

/* ---- vector -------------------------------------------------------------- */

/* FCVTL2, FCVTN2 and FCVTXN2 have the upper half of the narrow register: aux
 * is 1. */

/* 2S to 2D */
static void exec_fcvtl_2d(struct cpu *cpu, const struct insn *i)
{
	uint64_t n, lo, hi;

	FP_CHECK;
	n = cpu->vreg[i->rn].d[i->aux];
	lo = single_to_double(cpu, (uint32_t)n);
	hi = single_to_double(cpu, (uint32_t)(n >> 32));
	cpu->vreg[i->rd].d[0] = lo;
	cpu->vreg[i->rd].d[1] = hi;
	NEXT;
}

/* 4H to 4S */
static void exec_fcvtl_4s(struct cpu *cpu, const struct insn *i)
{
	uint64_t n;
	unsigned int e;

	FP_CHECK;
	n = cpu->vreg[i->rn].d[i->aux];
	for (e = 0; e < 4; e++)
		cpu->vreg[i->rd].s[e] = (uint32_t)fp_slow_convert(
			cpu, SF_HALF, SF_SINGLE, n >> 16 * e & 0xffff);
	NEXT;
}

/* The low half clears the high, the high leaves the low. */
static void put_narrow(struct cpu *cpu, const struct insn *i, uint64_t v)
{
	cpu->vreg[i->rd].d[i->aux] = v;
	if (!i->aux)
		cpu->vreg[i->rd].d[1] = 0;
}

/* 2D to 2S */
static void exec_fcvtn_2d(struct cpu *cpu, const struct insn *i)
{
	uint64_t lo, hi;

	FP_CHECK;
	lo = double_to_single(cpu, cpu->vreg[i->rn].d[0]);
	hi = double_to_single(cpu, cpu->vreg[i->rn].d[1]);
	put_narrow(cpu, i, lo | hi << 32);
	NEXT;
}

/* 4S to 4H */
static void exec_fcvtn_4s(struct cpu *cpu, const struct insn *i)
{
	uint64_t r = 0;
	unsigned int e;

	FP_CHECK;
	for (e = 0; e < 4; e++)
		r |= fp_slow_convert(cpu, SF_SINGLE, SF_HALF,
				     cpu->vreg[i->rn].s[e])
		     << (16 * e);
	put_narrow(cpu, i, r);
	NEXT;
}

static void exec_fcvtxn_v(struct cpu *cpu, const struct insn *i)
{
	uint64_t lo, hi;

	FP_CHECK;
	lo = fp_slow_convert_odd(cpu, cpu->vreg[i->rn].d[0]);
	hi = fp_slow_convert_odd(cpu, cpu->vreg[i->rn].d[1]);
	put_narrow(cpu, i, lo | hi << 32);
	NEXT;
}

static void exec_fcvtxn(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put(cpu, i->rd, fp_slow_convert_odd(cpu, cpu->vreg[i->rn].d[0]));
	NEXT;
}

insn_fn *fp_precision_body(const struct insn *i)
{
	bool dbl = i->size == FP_DOUBLE;

	switch (i->op) {
	case A64_FCVT_s_d: return exec_fcvt_s_d;
	case A64_FCVT_d_s: return exec_fcvt_d_s;
	case A64_FCVT_s_h:
	case A64_FCVT_d_h:
	case A64_FCVT_h_s:
	case A64_FCVT_h_d: return exec_fcvt;
	case A64_FCVTL: return dbl ? exec_fcvtl_2d : exec_fcvtl_4s;
	case A64_FCVTN: return dbl ? exec_fcvtn_2d : exec_fcvtn_4s;
	case A64_FCVTXN: return exec_fcvtxn_v;
	case A64_FCVTXN_simd: return exec_fcvtxn;
	default: return NULL;
	}
}
