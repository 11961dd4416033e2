/* SPDX-License-Identifier: MIT */
/*
 * FMOV of an immediate and between a SIMD&FP register and a general one.
 */
#include "jit/fp.h"

static uint32_t wide(const struct insn *i)
{
	return i->size == FP_DOUBLE ? X86_W : 0;
}

static bool emit_fmov_imm(struct translation *t, const struct insn *i)
{
	int d;

	emit_fp_check(t);
	d = vreg_dst(t);
	emit_constant(t, RAX, i->imm);
	x86_vex_rr(&t->c, X86_MOVD_X | X86_W, d, 0, RAX);
	vreg_done(t, i->rd, d, fp_bytes(i));
	return true;
}

static bool emit_to_general(struct translation *t, const struct insn *i)
{
	int d = greg_dst_host(i->rd, RAX), n;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, fp_bytes(i));
	x86_vex_rr(&t->c, X86_MOVD_R | wide(i), n, 0, d);
	greg_done(t, i->rd, d);
	return true;
}

/* FMOV Xd, Vn.D[1] */
static bool emit_upper_to_general(struct translation *t, const struct insn *i)
{
	int d = greg_dst_host(i->rd, RAX), n;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	x86_vex_rr_i8(&t->c, X86_PEXTRD | X86_W, n, 0, d, 1);
	greg_done(t, i->rd, d);
	return true;
}

static bool emit_from_general(struct translation *t, const struct insn *i)
{
	int n, d;

	emit_fp_check(t);
	n = greg_src(t, i->rn, RAX);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_MOVD_X | wide(i), d, 0, n);
	vreg_done(t, i->rd, d, fp_bytes(i));
	return true;
}

/* FMOV Vd.D[1], Xn: leaves the lower half. */
static bool emit_upper_from_general(struct translation *t, const struct insn *i)
{
	int n, d, old;

	emit_fp_check(t);
	n = greg_src(t, i->rn, RAX);
	old = vreg_src(t, i->rd, 8);
	d = vreg_dst(t);
	x86_vex_rr_i8(&t->c, X86_PINSRD | X86_W, d, old, n, 1);
	vreg_done(t, i->rd, d, 16);
	return true;
}

emit_fn *fp_move_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_FMOV_imm: return emit_fmov_imm;
	case A64_FMOV_w_s:
	case A64_FMOV_x_d: return emit_to_general;
	case A64_FMOV_s_w:
	case A64_FMOV_d_x: return emit_from_general;
	case A64_FMOV_x_d1: return emit_upper_to_general;
	case A64_FMOV_d1_x: return emit_upper_from_general;
	default: return NULL;
	}
}
