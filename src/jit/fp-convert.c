/* SPDX-License-Identifier: MIT */
/*
 * Scalar floating-point conversions: between precisions, with integers, and
 * rounding to integral. Half precision and fixed point are left to the bodies.
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

/* Infinity less infinity would signal; a NaN leaves anyway. */
static void exit_unless_finite(struct translation *t, const struct insn *i,
			       int n)
{
	struct x86_code *c = &t->c;

	if (i->size == FP_DOUBLE) {
		x86_vex_rr(c, X86_MOVD_R | X86_W, n, 0, RAX);
		x86_alu_rr(c, X86_ADD, 8, RAX, RAX);
		x86_alu_rm(c, X86_CMP, 8, RAX, pool(t, POOL_TWICE_INF_D));
	} else {
		x86_vex_rr(c, X86_MOVD_R, n, 0, RAX);
		x86_alu_rr(c, X86_ADD, 4, RAX, RAX);
		x86_alu_ri(c, X86_CMP, 4, RAX, (int32_t)0xff000000);
	}
	exit_here(t, x86_jcc(c, CC_AE));
	flags_lose(t);
}

/*
 * To nearest, ties away, for which x86 has no direction: towards zero, and one
 * more if at least a half was cut off. All of it is exact. What is added has n's
 * sign, so that a zero keeps it. XMM1, XMM2.
 */
static void round_away(struct translation *t, const struct insn *i, int d,
		       int n)
{
	bool dbl = i->size == FP_DOUBLE;
	uint32_t type = fp_scalar_type(i);
	struct x86_code *c = &t->c;

	exit_unless_finite(t, i, n);
	x86_vex_rr_i8(c, dbl ? X86_ROUNDSD : X86_ROUNDSS, d, n, n, 3 | 8);
	x86_vex_rr(c, X86_FSUB | type, XMM1, n, d);
	x86_vex_rm(c, X86_FAND, XMM1, XMM1, fp_pool(t, i, POOL_ABS_S));
	x86_vex_rm(c, X86_MOVAPS, XMM2, 0, fp_pool(t, i, POOL_HALF_S));
	x86_vex_rr_i8(c, X86_FCMP | type, XMM1, XMM2, XMM1, 2); /* LE */
	x86_vex_rm(c, X86_FAND, XMM1, XMM1, fp_pool(t, i, POOL_ONE_S));
	x86_vex_rm(c, X86_FAND, XMM2, n, fp_pool(t, i, POOL_SIGN_S));
	x86_vex_rr(c, X86_FOR, XMM1, XMM1, XMM2);
	x86_vex_rr(c, X86_FADD | type, d, d, XMM1);
}

static void round_to(struct translation *t, const struct insn *i,
		     unsigned int direction, int d, int n)
{
	if (direction == FP_ROUND_A)
		round_away(t, i, d, n);
	else
		x86_vex_rr_i8(&t->c,
			      i->size == FP_DOUBLE ? X86_ROUNDSD : X86_ROUNDSS,
			      d, n, n, fp_round_control(direction));
}

static bool emit_frint(struct translation *t, const struct insn *i)
{
	unsigned int size = fp_bytes(i);
	int n, d;

	emit_fp_mode_check(t);
	n = vreg_src(t, i->rn, size);
	d = vreg_dst(t);
	round_to(t, i, i->form, d, n);
	fp_exit_nan(t, i, d, d);
	vreg_done_scalar(t, i->rd, d, size, vreg_zeros(t, n));
	return true;
}

/* ---- to integers --------------------------------------------------------- */

/* Unsigned: 0 <= n < 2^32 or 2^63, by its encoding, which makes a signed
 * doubleword of it. */
static void exit_unless_below(struct translation *t, const struct insn *i,
			      unsigned int size, int n)
{
	struct x86_code *c = &t->c;

	if (i->size == FP_DOUBLE) {
		x86_vex_rr(c, X86_MOVD_R | X86_W, n, 0, RAX);
		x86_alu_rm(
			c, X86_CMP, 8, RAX,
			pool(t, size == 8 ? POOL_2_TO_63_D : POOL_2_TO_32_D));
	} else {
		x86_vex_rr(c, X86_MOVD_R, n, 0, RAX);
		x86_alu_ri(c, X86_CMP, 4, RAX,
			   size == 8 ? 0x5f000000 : 0x4f800000);
	}
	exit_here(t, x86_jcc(c, CC_AE));
}

/*
 * RAX = the integer of @size bytes. The host's most negative one says that it
 * does not fit. Other directions than zero first round without a word; once
 * it is known to fit, the number itself tells the host whether that was inexact.
 */
void fp_to_int(struct translation *t, const struct insn *i, unsigned int size)
{
	unsigned int direction = i->form & FP_ROUND_MASK;
	bool uns = i->form & FP_UNSIGNED;
	uint32_t op = X86_CVTT_TO_INT | fp_scalar_type(i) |
		      (uns || size == 8 ? X86_W : 0);
	int n = vreg_src(t, i->rn, fp_bytes(i)), r = n;
	struct x86_code *c = &t->c;

	if (direction != FP_ROUND_Z) {
		round_to(t, i, direction, XMM0, n);
		r = XMM0;
	}
	if (uns)
		exit_unless_below(t, i, size, r);
	x86_vex_rr(c, op, RAX, 0, r);
	if (uns && size == 4) {
		x86_mov_rr(c, 4, RAX, RAX);
	} else if (!uns) {
		x86_alu_ri(c, X86_CMP, size, RAX, 1);
		exit_here(t, x86_jcc(c, CC_O));
	}
	if (r != n)
		x86_vex_rr(c, op, RDX, 0, n);
	flags_lose(t);
}

static bool emit_to_int(struct translation *t, const struct insn *i)
{
	emit_fp_mode_check(t);
	fp_to_int(t, i, i->form & FP_INT_X ? 8 : 4);
	greg_done(t, i->rd, RAX);
	return true;
}

/* To a SIMD&FP register, of the same size. */
static bool emit_to_int_simd(struct translation *t, const struct insn *i)
{
	int d;

	emit_fp_mode_check(t);
	fp_to_int(t, i, fp_bytes(i));
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_MOVD_X | X86_W, d, 0, RAX);
	vreg_done(t, i->rd, d, fp_bytes(i));
	return true;
}

/* ---- from integers ------------------------------------------------------- */

/* Of @size bytes in @n, which may be RAX. */
void fp_from_int(struct translation *t, const struct insn *i, unsigned int size,
		 int n)
{
	bool uns = i->form & FP_UNSIGNED;
	struct x86_code *c = &t->c;
	int d;

	if (uns && size == 8) {
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
			   (uns || size == 8 ? X86_W : 0),
		   d, d, n);
	vreg_done(t, i->rd, d, fp_bytes(i));
}

static bool emit_from_int(struct translation *t, const struct insn *i)
{
	emit_fp_mode_check(t);
	fp_from_int(t, i, i->form & FP_INT_X ? 8 : 4, greg_src(t, i->rn, RAX));
	return true;
}

static bool emit_from_int_simd(struct translation *t, const struct insn *i)
{
	unsigned int size = fp_bytes(i);

	emit_fp_mode_check(t);
	x86_vex_rr(&t->c, X86_MOVD_R | (size == 8 ? X86_W : 0),
		   vreg_src(t, i->rn, size), 0, RAX);
	fp_from_int(t, i, size, RAX);
	return true;
}

/* ---- the choice ---------------------------------------------------------- */

emit_fn *fp_convert_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_FCVT_s_d: return emit_fcvt_s_d;
	case A64_FCVT_d_s: return emit_fcvt_d_s;
	case A64_FCVT_to_int:
	case A64_FCVTA_to_int: return emit_to_int;
	case A64_FCVT_int_simd:
	case A64_FCVTA_simd: return emit_to_int_simd;
	case A64_CVTF_from_int: return emit_from_int;
	case A64_SCVTF_simd:
	case A64_UCVTF_simd: return emit_from_int_simd;
	case A64_FRINT_scalar: return emit_frint;
	default: return NULL;
	}
}
