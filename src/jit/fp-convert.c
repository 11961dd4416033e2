/* SPDX-License-Identifier: MIT */
/*
 * Scalar floating-point conversions: between precisions, with integers, and
 * rounding to integral. Half precision, fixed point and directions of rounding
 * that x86 doesn't have are left to the bodies.
 */
#include "jit/fp.h"

/* ---- precision ----------------------------------------------------------- */

/* The bytes that the result has no part of come from the first operand. */
static bool emit_fcvt_s_d(struct translation *t, const struct insn *i)
{
	int n, d;

	emit_fp_mode_check(t);
	n = vreg_src(t, i->rn, 4);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_FXOR, d, d, d);
	x86_vex_rr(&t->c, X86_CVT | X86_SS, d, d, n);
	fp_exit_nan(t, i, d, d);
	vreg_done(t, i->rd, d, 8);
	return true;
}

static bool emit_fcvt_d_s(struct translation *t, const struct insn *i)
{
	int n, d;

	emit_fp_mode_check(t);
	n = vreg_src(t, i->rn, 8);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_FXOR, d, d, d);
	x86_vex_rr(&t->c, X86_CVT | X86_SD, d, d, n);
	fp_exit_unsettled(t, i, d);
	vreg_done(t, i->rd, d, 4);
	return true;
}

/* ---- to integers --------------------------------------------------------- */

/* Unsigned: 0 <= n < 2^32 or 2^63, by its encoding, which makes a signed
 * doubleword of it. */
static void exit_unless_below(struct translation *t, const struct insn *i,
			      int n)
{
	struct x86_code *c = &t->c;

	if (i->size == FP_DOUBLE) {
		x86_vex_rr(c, X86_MOVD_R | X86_W, n, 0, RAX);
		x86_alu_rm(c, X86_CMP, 8, RAX,
			   pool(t, i->form & FP_INT_X ? POOL_2_TO_63_D
						      : POOL_2_TO_32_D));
	} else {
		x86_vex_rr(c, X86_MOVD_R, n, 0, RAX);
		x86_alu_ri(c, X86_CMP, 4, RAX,
			   i->form & FP_INT_X ? 0x5f000000 : 0x4f800000);
	}
	exit_here(t, x86_jcc(c, CC_AE));
}

/* Towards zero. The host's most negative integer says that it does not fit. */
static bool emit_to_int(struct translation *t, const struct insn *i)
{
	bool uns = i->form & FP_UNSIGNED;
	unsigned int size = i->form & FP_INT_X ? 8 : 4;
	struct x86_code *c = &t->c;
	int n;

	emit_fp_mode_check(t);
	n = vreg_src(t, i->rn, fp_bytes(i));
	if (uns)
		exit_unless_below(t, i, n);
	x86_vex_rr(c,
		   X86_CVTT_TO_INT | fp_scalar_type(i) |
			   (uns || size == 8 ? X86_W : 0),
		   RAX, 0, n);
	if (uns && size == 4) {
		x86_mov_rr(c, 4, RAX, RAX);
	} else if (!uns) {
		x86_alu_ri(c, X86_CMP, size, RAX, 1);
		exit_here(t, x86_jcc(c, CC_O));
	}
	flags_lose(t);
	greg_done(t, i->rd, RAX);
	return true;
}

/* ---- from integers ------------------------------------------------------- */

static bool emit_from_int(struct translation *t, const struct insn *i)
{
	bool uns = i->form & FP_UNSIGNED, x = i->form & FP_INT_X;
	struct x86_code *c = &t->c;
	int n, d;

	emit_fp_mode_check(t);
	n = greg_src(t, i->rn, RAX);
	if (uns && x) {
		x86_test_rr(c, 8, n, n);
		exit_here(t, x86_jcc(c, CC_S));
		flags_lose(t);
	} else if (uns) {
		x86_mov_rr(c, 4, RAX, n);
		n = RAX;
	}
	d = vreg_dst(t);
	x86_vex_rr(c, X86_FXOR, d, d, d);
	x86_vex_rr(c,
		   X86_CVT_FROM_INT | fp_scalar_type(i) |
			   (uns || x ? X86_W : 0),
		   d, d, n);
	vreg_done(t, i->rd, d, fp_bytes(i));
	return true;
}

/* ---- to integral --------------------------------------------------------- */

/* The immediate of ROUNDSD: the direction, and no Inexact but of FRINTX. */
uint8_t fp_round_control(unsigned int direction)
{
	switch (direction) {
	case FP_ROUND_N: return 0 | 8;
	case FP_ROUND_M: return 1 | 8;
	case FP_ROUND_P: return 2 | 8;
	case FP_ROUND_Z: return 3 | 8;
	case FP_ROUND_X: return 4;
	default: return 4 | 8;
	}
}

static bool emit_frint(struct translation *t, const struct insn *i)
{
	unsigned int size = fp_bytes(i);
	int n, d;

	emit_fp_mode_check(t);
	n = vreg_src(t, i->rn, size);
	d = vreg_dst(t);
	x86_vex_rr_i8(&t->c, size == 8 ? X86_ROUNDSD : X86_ROUNDSS, d, n, n,
		      fp_round_control(i->form));
	fp_exit_nan(t, i, d, d);
	vreg_done_scalar(t, i->rd, d, size, vreg_zeros(t, n));
	return true;
}

/* ---- the choice ---------------------------------------------------------- */

emit_fn *fp_convert_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_FCVT_s_d: return emit_fcvt_s_d;
	case A64_FCVT_d_s: return emit_fcvt_d_s;
	case A64_FCVT_to_int:
		return (i->form & FP_ROUND_MASK) == FP_ROUND_Z ? emit_to_int
							       : NULL;
	case A64_CVTF_from_int: return emit_from_int;
	case A64_FRINT_scalar: return i->form == FP_ROUND_A ? NULL : emit_frint;
	default: return NULL;
	}
}
