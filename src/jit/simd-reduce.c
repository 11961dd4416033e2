/* SPDX-License-Identifier: MIT */
/*
 * Reductions: across all lanes, and of neighbours into wider lanes.
 */
#include "jit/simd.h"

/* ---- across -------------------------------------------------------------- */

/* Halves with halves, until one lane is left. */
static bool emit_across(struct translation *t, const struct insn *i)
{
	unsigned int lane = simd_lane(i), width = 1u << lane;
	struct x86_code *c = &t->c;
	const uint32_t *op;
	int n, d;

	switch (i->op) {
	case A64_ADDV: op = simd_add; break;
	case A64_SMAXV: op = simd_max_signed; break;
	case A64_SMINV: op = simd_min_signed; break;
	case A64_UMAXV: op = simd_max_unsigned; break;
	default: op = simd_min_unsigned;
	}
	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	d = vreg_dst(t);
	for (unsigned int k = simd_bytes(i) / 2; k >= width; k /= 2, n = d) {
		x86_vex_rr_i8(c, X86_PSHIFTQ, X86_PSRLDQ, XMM0, n, k);
		x86_vex_rr(c, op[lane], d, n, XMM0);
	}
	if (width < 4) {
		x86_vex_rr_i8(c, X86_PSHIFTQ, X86_PSLLDQ, d, d, 16 - width);
		x86_vex_rr_i8(c, X86_PSHIFTQ, X86_PSRLDQ, d, d, 16 - width);
		vreg_done(t, i->rd, d, width);
	} else {
		vreg_done_scalar(t, i->rd, d, 4, 16);
	}
	return true;
}

/* ---- neighbours ---------------------------------------------------------- */

/* @d = sums of neighbours of @n, in lanes of twice the width. XMM0. */
static void add_neighbours(struct translation *t, unsigned int lane, bool sign,
			   int d, int n)
{
	unsigned int bits = 8u << lane;
	struct x86_code *c = &t->c;

	if (lane == 2 && sign) {
		/* No shift of doublewords has a sign. */
		x86_vex_rr_i8(c, X86_PSHUFD, XMM0, 0, n, 0x08);
		x86_vex_rr(c, X86_PMOVSXDQ, XMM0, 0, XMM0);
		x86_vex_rr_i8(c, X86_PSHUFD, d, 0, n, 0x0d);
		x86_vex_rr(c, X86_PMOVSXDQ, d, 0, d);
	} else {
		simd_shift_lanes(t, lane + 1, X86_PSLL, XMM0, n, bits);
		simd_shift_lanes(t, lane + 1, sign ? X86_PSRA : X86_PSRL, XMM0,
				 XMM0, bits);
		simd_shift_lanes(t, lane + 1, sign ? X86_PSRA : X86_PSRL, d, n,
				 bits);
	}
	x86_vex_rr(c, simd_add[lane + 1], d, d, XMM0);
}

/* SADDLP, UADDLP, SADALP, UADALP */
static bool emit_add_neighbours(struct translation *t, const struct insn *i)
{
	bool sign = i->op == A64_SADDLP_v || i->op == A64_SADALP_v;
	bool add = i->op == A64_SADALP_v || i->op == A64_UADALP_v;
	unsigned int lane = simd_lane(i);
	int n, d;

	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	d = vreg_dst(t);
	add_neighbours(t, lane, sign, d, n);
	if (add)
		x86_vex_rr(&t->c, simd_add[lane + 1], d, d,
			   simd_src(t, i, i->rd));
	simd_done(t, i, d, add ? 16 : vreg_zeros(t, n));
	return true;
}

/* UADDLV of bytes, by the sum of differences to zero. */
static bool emit_uaddlv(struct translation *t, const struct insn *i)
{
	struct x86_code *c = &t->c;
	int n, d;

	if (simd_lane(i))
		return false;
	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	d = vreg_dst(t);
	x86_vex_rr(c, X86_PXOR, XMM0, XMM0, XMM0);
	x86_vex_rr(c, X86_PSADBW, d, n, XMM0);
	if (simd_bytes(i) == 16) {
		x86_vex_rr_i8(c, X86_PSHUFD, XMM0, 0, d, 0xee);
		x86_vex_rr(c, X86_PADDD, d, d, XMM0);
	}
	vreg_done_scalar(t, i->rd, d, 8, 16);
	return true;
}

/* ADDP of a scalar */
static bool emit_addp_scalar(struct translation *t, const struct insn *i)
{
	int n, d;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	d = vreg_dst(t);
	x86_vex_rr_i8(&t->c, X86_PSHUFD, XMM0, 0, n, 0xee);
	x86_vex_rr(&t->c, X86_PADDQ, d, n, XMM0);
	vreg_done_scalar(t, i->rd, d, 8, 16);
	return true;
}

emit_fn *simd_reduce_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_ADDV:
	case A64_SMAXV:
	case A64_SMINV:
	case A64_UMAXV:
	case A64_UMINV: return emit_across;
	case A64_SADDLP_v:
	case A64_UADDLP_v:
	case A64_SADALP_v:
	case A64_UADALP_v: return emit_add_neighbours;
	case A64_UADDLV: return emit_uaddlv;
	case A64_ADDP_s: return emit_addp_scalar;
	default: return NULL;
	}
}
