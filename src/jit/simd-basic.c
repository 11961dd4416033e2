/* SPDX-License-Identifier: MIT */
/*
 * Lane by lane: additions, comparisons, minimum and maximum, logic.
 */
#include "jit/simd.h"

simd_ops simd_add = {X86_PADDB, X86_PADDW, X86_PADDD, X86_PADDQ};
simd_ops simd_sub = {X86_PSUBB, X86_PSUBW, X86_PSUBD, X86_PSUBQ};
simd_ops simd_equal = {X86_PCMPEQB, X86_PCMPEQW, X86_PCMPEQD, X86_PCMPEQQ};
simd_ops simd_greater = {X86_PCMPGTB, X86_PCMPGTW, X86_PCMPGTD, X86_PCMPGTQ};
simd_ops simd_max_signed = {X86_PMAXSB, X86_PMAXSW, X86_PMAXSD};
simd_ops simd_min_signed = {X86_PMINSB, X86_PMINSW, X86_PMINSD};
simd_ops simd_max_unsigned = {X86_PMAXUB, X86_PMAXUW, X86_PMAXUD};
simd_ops simd_min_unsigned = {X86_PMINUB, X86_PMINUW, X86_PMINUD};
static simd_ops absolute = {X86_PABSB, X86_PABSW, X86_PABSD};
static simd_ops average = {X86_PAVGB, X86_PAVGW};

/* ---- one instruction of x86 ---------------------------------------------- */

/* The row's, of two sources; zeros give zero. */
static const uint32_t *plain_ops(const struct insn *i)
{
	switch (i->op) {
	case A64_ADD_v:
	case A64_ADD_s: return simd_add;
	case A64_SUB_v:
	case A64_SUB_s: return simd_sub;
	case A64_SMAX_v: return simd_max_signed;
	case A64_SMIN_v: return simd_min_signed;
	case A64_UMAX_v: return simd_max_unsigned;
	case A64_UMIN_v: return simd_min_unsigned;
	case A64_URHADD_v: return average;
	case A64_CMGT_v:
	case A64_CMGT_s: return simd_greater;
	default: return NULL;
	}
}

static bool emit_plain(struct translation *t, const struct insn *i)
{
	uint32_t op = plain_ops(i)[simd_lane(i)];
	int n, m, d;

	if (!op)
		return false;
	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	m = simd_src(t, i, i->rm);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, op, d, n, m);
	simd_done(t, i, d, simd_zeros(t, n, m));
	return true;
}

/* ---- comparisons --------------------------------------------------------- */

static void invert(struct translation *t, int x)
{
	simd_ones(t, XMM0);
	x86_vex_rr(&t->c, X86_PXOR, x, x, XMM0);
}

/* @n > @m without signs: all lanes move by half of their range. XMM0, XMM1. */
static void greater_unsigned_d(struct translation *t, int d, int n, int m)
{
	struct x86_mem sign = pool(t, POOL_SIGN_D);

	x86_vex_rm(&t->c, X86_PXOR, XMM0, n, sign);
	x86_vex_rm(&t->c, X86_PXOR, XMM1, m, sign);
	x86_vex_rr(&t->c, X86_PCMPGTQ, d, XMM0, XMM1);
}

static bool emit_compare(struct translation *t, const struct insn *i)
{
	unsigned int lane = simd_lane(i);
	struct x86_code *c = &t->c;
	int n, m, d;

	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	m = simd_src(t, i, i->rm);
	d = vreg_dst(t);
	switch (i->op) {
	case A64_CMEQ_v:
	case A64_CMEQ_s: x86_vex_rr(c, simd_equal[lane], d, n, m); break;
	case A64_CMGE_v:
	case A64_CMGE_s:
		x86_vex_rr(c, simd_greater[lane], d, m, n);
		invert(t, d);
		break;
	case A64_CMHI_v:
	case A64_CMHI_s:
		if (lane == 3) {
			greater_unsigned_d(t, d, n, m);
			break;
		}
		/* The lesser one is not n. */
		x86_vex_rr(c, simd_min_unsigned[lane], d, n, m);
		x86_vex_rr(c, simd_equal[lane], d, d, n);
		invert(t, d);
		break;
	case A64_CMHS_v:
	case A64_CMHS_s:
		if (lane == 3) {
			greater_unsigned_d(t, d, m, n);
			invert(t, d);
			break;
		}
		x86_vex_rr(c, simd_max_unsigned[lane], d, n, m);
		x86_vex_rr(c, simd_equal[lane], d, d, n);
		break;
	default: /* CMTST */
		x86_vex_rr(c, X86_PAND, d, n, m);
		x86_vex_rr(c, X86_PXOR, XMM1, XMM1, XMM1);
		x86_vex_rr(c, simd_equal[lane], d, d, XMM1);
		invert(t, d);
	}
	simd_done(t, i, d, 16);
	return true;
}

static bool emit_compare_zero(struct translation *t, const struct insn *i)
{
	const uint32_t *op = simd_greater;
	bool other = false, inverse = false;
	int n, d;

	switch (i->op) {
	case A64_CMEQ0_v:
	case A64_CMEQ0_s: op = simd_equal; break;
	case A64_CMLT0_v:
	case A64_CMLT0_s: other = true; break;
	case A64_CMGE0_v:
	case A64_CMGE0_s: other = inverse = true; break;
	case A64_CMLE0_v:
	case A64_CMLE0_s: inverse = true; break;
	default: break;
	}
	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_PXOR, XMM0, XMM0, XMM0);
	x86_vex_rr(&t->c, op[simd_lane(i)], d, other ? XMM0 : n,
		   other ? n : XMM0);
	if (inverse)
		invert(t, d);
	simd_done(t, i, d, 16);
	return true;
}

/* ---- saturation ---------------------------------------------------------- */

/* What saturates, and what wraps instead: they differ if it has saturated. */
static bool saturating_ops(const struct insn *i, uint32_t *sat, uint32_t *wrap)
{
	static simd_ops sqadd = {X86_PADDSB, X86_PADDSW};
	static simd_ops uqadd = {X86_PADDUSB, X86_PADDUSW};
	static simd_ops sqsub = {X86_PSUBSB, X86_PSUBSW};
	static simd_ops uqsub = {X86_PSUBUSB, X86_PSUBUSW};
	unsigned int lane = simd_lane(i);

	*wrap = i->op == A64_SQADD_v || i->op == A64_UQADD_v ? simd_add[lane]
							     : simd_sub[lane];
	switch (i->op) {
	case A64_SQADD_v: *sat = sqadd[lane]; break;
	case A64_UQADD_v: *sat = uqadd[lane]; break;
	case A64_SQSUB_v: *sat = sqsub[lane]; break;
	default: *sat = uqsub[lane];
	}
	return *sat;
}

/* FPSR.QC, bit 27, if @x is not zero, unless it is set already: it stays set, so
 * that both are foreseen well. */
void simd_set_qc(struct translation *t, int x)
{
	struct x86_mem qc = cpu_mem(offsetof(struct cpu, fpsr) + 3);
	struct x86_site set, none;
	struct x86_code *c = &t->c;

	x86_test_m8i(c, qc, 1 << 3);
	set = x86_jcc(c, CC_NE);
	x86_vex_rr(c, X86_PTEST, x, 0, x);
	none = x86_jcc(c, CC_E);
	x86_alu_mi(c, X86_OR, 4, CPU_FIELD(fpsr), 1 << 27);
	x86_land_here(c, none);
	x86_land_here(c, set);
	flags_lose(t);
}

static bool emit_saturating(struct translation *t, const struct insn *i)
{
	uint32_t sat, wrap;
	int n, m, d;

	if (!saturating_ops(i, &sat, &wrap))
		return false;
	emit_fp_check(t);
	n = vreg_src(t, i->rn, simd_bytes(i));
	m = vreg_src(t, i->rm, simd_bytes(i));
	d = vreg_dst(t);
	x86_vex_rr(&t->c, sat, d, n, m);
	x86_vex_rr(&t->c, wrap, XMM0, n, m);
	x86_vex_rr(&t->c, X86_PXOR, XMM0, XMM0, d);
	if (simd_bytes(i) == 8)
		x86_vex_rr(&t->c, X86_MOVQ, XMM0, 0, XMM0);
	simd_set_qc(t, XMM0);
	simd_done(t, i, d, simd_zeros(t, n, m));
	return true;
}

/* ---- logic --------------------------------------------------------------- */

static bool emit_logic(struct translation *t, const struct insn *i)
{
	struct x86_code *c = &t->c;
	int n, m, d;

	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	m = simd_src(t, i, i->rm);
	d = vreg_dst(t);
	switch (i->op) {
	case A64_AND_v: x86_vex_rr(c, X86_PAND, d, n, m); break;
	case A64_BIC_v: x86_vex_rr(c, X86_PANDN, d, m, n); break;
	case A64_ORR_v:
		if (n == m)
			x86_vex_rr(c, X86_MOVAPS, d, 0, n);
		else
			x86_vex_rr(c, X86_POR, d, n, m);
		break;
	case A64_EOR_v: x86_vex_rr(c, X86_PXOR, d, n, m); break;
	default: /* ORN */
		simd_ones(t, XMM0);
		x86_vex_rr(c, X86_PXOR, d, m, XMM0);
		x86_vex_rr(c, X86_POR, d, d, n);
		simd_done(t, i, d, 16);
		return true;
	}
	simd_done(t, i, d, simd_zeros(t, n, m));
	return true;
}

/* BSL, BIT, BIF: bits of one or another: where they differ, and who decides. */
static bool emit_select(struct translation *t, const struct insn *i)
{
	struct x86_code *c = &t->c;
	int n, m, old, d;

	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	m = simd_src(t, i, i->rm);
	old = simd_src(t, i, i->rd);
	d = vreg_dst(t);
	if (i->op == A64_BSL_v) {
		x86_vex_rr(c, X86_PXOR, XMM0, n, m);
		x86_vex_rr(c, X86_PAND, XMM0, XMM0, old);
		x86_vex_rr(c, X86_PXOR, d, XMM0, m);
	} else {
		x86_vex_rr(c, X86_PXOR, XMM0, n, old);
		x86_vex_rr(c, i->op == A64_BIT_v ? X86_PAND : X86_PANDN, XMM0,
			   m, XMM0);
		x86_vex_rr(c, X86_PXOR, d, XMM0, old);
	}
	simd_done(t, i, d, 16);
	return true;
}

/* ---- one source ---------------------------------------------------------- */

static bool emit_one(struct translation *t, const struct insn *i)
{
	unsigned int lane = simd_lane(i);
	struct x86_code *c = &t->c;
	int n, d;

	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	d = vreg_dst(t);
	switch (i->op) {
	case A64_NOT_v:
		simd_ones(t, XMM0);
		x86_vex_rr(c, X86_PXOR, d, n, XMM0);
		break;
	case A64_ABS_v:
	case A64_ABS_s:
		if (lane < 3) {
			x86_vex_rr(c, absolute[lane], d, 0, n);
			break;
		}
		/* (n ^ sign) - sign */
		x86_vex_rr(c, X86_PXOR, XMM0, XMM0, XMM0);
		x86_vex_rr(c, X86_PCMPGTQ, XMM0, XMM0, n);
		x86_vex_rr(c, X86_PXOR, d, n, XMM0);
		x86_vex_rr(c, X86_PSUBQ, d, d, XMM0);
		break;
	case A64_NEG_v:
	case A64_NEG_s:
		x86_vex_rr(c, X86_PXOR, XMM0, XMM0, XMM0);
		x86_vex_rr(c, simd_sub[lane], d, XMM0, n);
		break;
	default: /* CNT: by halves of the byte */
		x86_vex_rm(c, X86_PAND, XMM0, n, pool(t, POOL_NIBBLE));
		simd_shift_lanes(t, 1, X86_PSRL, XMM1, n, 4);
		x86_vex_rm(c, X86_PAND, XMM1, XMM1, pool(t, POOL_NIBBLE));
		x86_vex_rm(c, X86_MOVAPS, XMM2, 0, pool(t, POOL_NIBBLE_COUNTS));
		x86_vex_rr(c, X86_PSHUFB, XMM0, XMM2, XMM0);
		x86_vex_rr(c, X86_PSHUFB, d, XMM2, XMM1);
		x86_vex_rr(c, X86_PADDB, d, d, XMM0);
	}
	simd_done(t, i, d, i->op == A64_NOT_v ? 16 : vreg_zeros(t, n));
	return true;
}

/* SABD, UABD, SABA, UABA: the greater less the lesser. */
static bool emit_difference(struct translation *t, const struct insn *i)
{
	bool sign = i->op == A64_SABD_v || i->op == A64_SABA_v;
	bool add = i->op == A64_SABA_v || i->op == A64_UABA_v;
	unsigned int lane = simd_lane(i);
	struct x86_code *c = &t->c;
	int n, m, d;

	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	m = simd_src(t, i, i->rm);
	d = vreg_dst(t);
	x86_vex_rr(c, (sign ? simd_max_signed : simd_max_unsigned)[lane], d, n,
		   m);
	x86_vex_rr(c, (sign ? simd_min_signed : simd_min_unsigned)[lane], XMM0,
		   n, m);
	x86_vex_rr(c, simd_sub[lane], d, d, XMM0);
	if (add)
		x86_vex_rr(c, simd_add[lane], d, d, simd_src(t, i, i->rd));
	simd_done(t, i, d, add ? 16 : simd_zeros(t, n, m));
	return true;
}

/* ---- the choice ---------------------------------------------------------- */

static emit_fn *compare_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_CMEQ_v:
	case A64_CMEQ_s:
	case A64_CMGE_v:
	case A64_CMGE_s:
	case A64_CMHI_v:
	case A64_CMHI_s:
	case A64_CMHS_v:
	case A64_CMHS_s:
	case A64_CMTST_v:
	case A64_CMTST_s: return emit_compare;
	case A64_CMEQ0_v:
	case A64_CMEQ0_s:
	case A64_CMGT0_v:
	case A64_CMGT0_s:
	case A64_CMGE0_v:
	case A64_CMGE0_s:
	case A64_CMLT0_v:
	case A64_CMLT0_s:
	case A64_CMLE0_v:
	case A64_CMLE0_s: return emit_compare_zero;
	default: return NULL;
	}
}

emit_fn *simd_basic_emitter(const struct insn *i)
{
	if (plain_ops(i))
		return emit_plain;
	switch (i->op) {
	case A64_SQADD_v:
	case A64_UQADD_v:
	case A64_SQSUB_v:
	case A64_UQSUB_v: return emit_saturating;
	case A64_AND_v:
	case A64_BIC_v:
	case A64_ORR_v:
	case A64_ORN_v:
	case A64_EOR_v: return emit_logic;
	case A64_BSL_v:
	case A64_BIT_v:
	case A64_BIF_v: return emit_select;
	case A64_NOT_v:
	case A64_ABS_v:
	case A64_ABS_s:
	case A64_NEG_v:
	case A64_NEG_s:
	case A64_CNT_v: return emit_one;
	case A64_SABD_v:
	case A64_UABD_v:
	case A64_SABA_v:
	case A64_UABA_v: return emit_difference;
	default: return compare_emitter(i);
	}
}
