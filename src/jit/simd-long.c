/* SPDX-License-Identifier: MIT */
/*
 * Results of twice or half the width: long, wide and narrowing instructions. The
 * arrangement is that of the narrow side, 16 bytes of it mean its upper half.
 */
#include "jit/simd.h"

/* ---- wider --------------------------------------------------------------- */

void simd_extend(struct translation *t, unsigned int lane, bool sign, int d,
		 int n)
{
	static simd_ops with_sign = {X86_PMOVSXBW, X86_PMOVSXWD, X86_PMOVSXDQ};
	static simd_ops without = {X86_PMOVZXBW, X86_PMOVZXWD, X86_PMOVZXDQ};

	x86_vex_rr(&t->c, (sign ? with_sign : without)[lane], d, 0, n);
}

void simd_widen(struct translation *t, const struct insn *i, bool sign, int d,
		unsigned int g)
{
	int n = simd_src(t, i, g);

	if (simd_bytes(i) == 16) {
		x86_vex_rr_i8(&t->c, X86_PSHUFD, d, 0, n, 0xee);
		n = d;
	}
	simd_extend(t, simd_lane(i), sign, d, n);
}

/* SSHLL, USHLL: SXTL and UXTL are those by zero. */
static bool emit_shift_long(struct translation *t, const struct insn *i)
{
	int d;

	emit_fp_check(t);
	simd_widen(t, i, i->op == A64_SSHLL_v, XMM0, i->rn);
	d = vreg_dst(t);
	if (i->imm)
		simd_shift_lanes(t, simd_lane(i) + 1, X86_PSLL, d, XMM0,
				 i->imm);
	else
		x86_vex_rr(&t->c, X86_MOVAPS, d, 0, XMM0);
	vreg_done(t, i->rd, d, 16);
	return true;
}

static bool emit_shll(struct translation *t, const struct insn *i)
{
	unsigned int lane = simd_lane(i);
	int d;

	emit_fp_check(t);
	simd_widen(t, i, false, XMM0, i->rn);
	d = vreg_dst(t);
	simd_shift_lanes(t, lane + 1, X86_PSLL, d, XMM0, 8u << lane);
	vreg_done(t, i->rd, d, 16);
	return true;
}

/* Sums and differences, of two narrow sources or of a wide one and a narrow. */
static bool emit_add_long(struct translation *t, const struct insn *i)
{
	bool sign = i->op == A64_SADDL_v || i->op == A64_SSUBL_v ||
		    i->op == A64_SADDW_v || i->op == A64_SSUBW_v;
	bool wide = i->op == A64_SADDW_v || i->op == A64_UADDW_v ||
		    i->op == A64_SSUBW_v || i->op == A64_USUBW_v;
	bool sub = i->op == A64_SSUBL_v || i->op == A64_USUBL_v ||
		   i->op == A64_SSUBW_v || i->op == A64_USUBW_v;
	int n = XMM0, d;

	emit_fp_check(t);
	simd_widen(t, i, sign, XMM1, i->rm);
	if (wide)
		n = vreg_src(t, i->rn, 16);
	else
		simd_widen(t, i, sign, n, i->rn);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, (sub ? simd_sub : simd_add)[simd_lane(i) + 1], d, n,
		   XMM1);
	vreg_done(t, i->rd, d, 16);
	return true;
}

/* SABDL, UABDL, SABAL, UABAL */
static bool emit_difference_long(struct translation *t, const struct insn *i)
{
	bool sign = i->op == A64_SABDL_v || i->op == A64_SABAL_v;
	bool add = i->op == A64_SABAL_v || i->op == A64_UABAL_v;
	unsigned int lane = simd_lane(i);
	struct x86_code *c = &t->c;
	int d;

	/* Signed differences of quadwords have no maximum. */
	if (lane == 2)
		return false;
	emit_fp_check(t);
	simd_widen(t, i, sign, XMM0, i->rn);
	simd_widen(t, i, sign, XMM1, i->rm);
	d = vreg_dst(t);
	x86_vex_rr(c, simd_max_signed[lane + 1], d, XMM0, XMM1);
	x86_vex_rr(c, simd_min_signed[lane + 1], XMM0, XMM0, XMM1);
	x86_vex_rr(c, simd_sub[lane + 1], d, d, XMM0);
	if (add)
		x86_vex_rr(c, simd_add[lane + 1], d, d, vreg_src(t, i->rd, 16));
	vreg_done(t, i->rd, d, 16);
	return true;
}

/* ---- narrower ------------------------------------------------------------ */

/* The lower parts of @n's lanes become the lower half of the destination, or
 * the upper beside what is below. Uses XMM0, which @n may be. */
static void narrow(struct translation *t, const struct insn *i, int n)
{
	unsigned int lane = simd_lane(i);
	int d;

	if (simd_bytes(i) == 8) {
		d = vreg_dst(t);
		x86_vex_rm(&t->c, X86_PSHUFB, d, n,
			   pool(t, POOL_EVEN_B + lane));
		vreg_done(t, i->rd, d, 8);
		return;
	}
	x86_vex_rm(&t->c, X86_PSHUFB, XMM0, n, pool(t, POOL_EVEN_B + lane));
	n = vreg_src(t, i->rd, 8);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_PUNPCKLQDQ, d, n, XMM0);
	vreg_done(t, i->rd, d, 16);
}

static bool emit_xtn(struct translation *t, const struct insn *i)
{
	emit_fp_check(t);
	narrow(t, i, vreg_src(t, i->rn, 16));
	return true;
}

/* SHRN, RSHRN */
static bool emit_shrn(struct translation *t, const struct insn *i)
{
	unsigned int lane = simd_lane(i) + 1;
	int n;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	simd_shift_lanes(t, lane, X86_PSRL, XMM1, n, i->imm);
	if (i->op == A64_RSHRN_v)
		simd_add_rounding(t, lane, XMM1, n, i->imm);
	narrow(t, i, XMM1);
	return true;
}

/* ---- narrower, saturated ------------------------------------------------- */

/* What becomes of the wide lanes: without sign, signed made unsigned, signed. */
enum saturation { UNSIGNED, UNSIGN, SIGNED };

static enum saturation saturation(const struct insn *i)
{
	switch (i->op) {
	case A64_UQXTN_v:
	case A64_UQSHRN_v:
	case A64_UQRSHRN_v: return UNSIGNED;
	case A64_SQXTUN_v:
	case A64_SQSHRUN_v:
	case A64_SQRSHRUN_v: return UNSIGN;
	default: return SIGNED;
	}
}

/*
 * XMM1 = the lanes of XMM2 saturated, in the lower half; QC is set unless they
 * are the same when made wide again. x86's packing takes what is signed: what is
 * not is made less than its sign first. XMM0.
 */
static void saturate(struct translation *t, unsigned int lane,
		     enum saturation s)
{
	static const uint32_t pack[2][2] = {{X86_PACKUSWB, X86_PACKSSWB},
					    {X86_PACKUSDW, X86_PACKSSDW}};
	struct x86_code *c = &t->c;
	int n = XMM2;

	if (s == UNSIGNED) {
		simd_ones(t, XMM1);
		simd_shift_lanes(t, lane + 1, X86_PSRL, XMM1, XMM1, 8u << lane);
		x86_vex_rr(c, simd_min_unsigned[lane + 1], XMM1, XMM1, XMM2);
		n = XMM1;
	}
	x86_vex_rr(c, pack[lane][s == SIGNED], XMM1, n, n);
	simd_extend(t, lane, s == SIGNED, XMM0, XMM1);
	x86_vex_rr(c, X86_PXOR, XMM0, XMM0, XMM2);
	simd_set_qc(t, XMM0);
}

/* By a shift, which may round, or none. */
static bool emit_saturated(struct translation *t, const struct insn *i)
{
	bool shift = i->op != A64_SQXTN_v && i->op != A64_SQXTUN_v &&
		     i->op != A64_UQXTN_v;
	bool rounds = i->op == A64_SQRSHRN_v || i->op == A64_SQRSHRUN_v ||
		      i->op == A64_UQRSHRN_v;
	enum saturation s = saturation(i);
	unsigned int lane = simd_lane(i);
	struct x86_code *c = &t->c;
	int n, d;

	/* Of doublewords there is no packing. */
	if (lane == 2)
		return false;
	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	if (!shift)
		x86_vex_rr(c, X86_MOVAPS, XMM2, 0, n);
	else
		simd_shift_lanes(t, lane + 1,
				 s == UNSIGNED ? X86_PSRL : X86_PSRA, XMM2, n,
				 i->imm);
	if (rounds)
		simd_add_rounding(t, lane + 1, XMM2, n, i->imm);
	saturate(t, lane, s);
	if (simd_bytes(i) == 16) {
		n = vreg_src(t, i->rd, 8);
		d = vreg_dst(t);
		x86_vex_rr(c, X86_PUNPCKLQDQ, d, n, XMM1);
		vreg_done(t, i->rd, d, 16);
	} else {
		d = vreg_dst(t);
		x86_vex_rr(c, X86_MOVQ, d, 0, XMM1);
		vreg_done(t, i->rd, d, 8);
	}
	return true;
}

/* ---- halves of sums ------------------------------------------------------ */

/* ADDHN, SUBHN: the upper halves. */
static bool emit_high_narrow(struct translation *t, const struct insn *i)
{
	unsigned int lane = simd_lane(i);
	int n, m;

	emit_fp_check(t);
	n = vreg_src(t, i->rn, 16);
	m = vreg_src(t, i->rm, 16);
	x86_vex_rr(&t->c,
		   (i->op == A64_ADDHN_v ? simd_add : simd_sub)[lane + 1], XMM0,
		   n, m);
	simd_shift_lanes(t, lane + 1, X86_PSRL, XMM0, XMM0, 8u << lane);
	narrow(t, i, XMM0);
	return true;
}

emit_fn *simd_long_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_SSHLL_v:
	case A64_USHLL_v: return emit_shift_long;
	case A64_SHLL_v: return emit_shll;
	case A64_SADDL_v:
	case A64_UADDL_v:
	case A64_SSUBL_v:
	case A64_USUBL_v:
	case A64_SADDW_v:
	case A64_UADDW_v:
	case A64_SSUBW_v:
	case A64_USUBW_v: return emit_add_long;
	case A64_SABDL_v:
	case A64_UABDL_v:
	case A64_SABAL_v:
	case A64_UABAL_v: return emit_difference_long;
	case A64_XTN_v: return emit_xtn;
	case A64_SHRN_v:
	case A64_RSHRN_v: return emit_shrn;
	case A64_SQXTN_v:
	case A64_SQXTUN_v:
	case A64_UQXTN_v:
	case A64_SQSHRN_v:
	case A64_SQSHRUN_v:
	case A64_UQSHRN_v:
	case A64_SQRSHRN_v:
	case A64_SQRSHRUN_v:
	case A64_UQRSHRN_v: return emit_saturated;
	case A64_ADDHN_v:
	case A64_SUBHN_v: return emit_high_narrow;
	default: return NULL;
	}
}
