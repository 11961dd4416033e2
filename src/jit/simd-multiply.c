/* SPDX-License-Identifier: MIT */
/*
 * Multiplications: by another register's lanes or by one element, of the same
 * width and long, with and without accumulation.
 */
#include "jit/simd.h"

static simd_ops multiply = {0, X86_PMULLW, X86_PMULLD};

/* What is done with the product. */
enum accumulation { NOTHING, ADDED, SUBTRACTED };

static enum accumulation accumulation(const struct insn *i)
{
	switch (i->op) {
	case A64_MLA_v:
	case A64_MLA_el:
	case A64_SMLAL_v:
	case A64_SMLAL_el:
	case A64_UMLAL_v:
	case A64_UMLAL_el: return ADDED;
	case A64_MLS_v:
	case A64_MLS_el:
	case A64_SMLSL_v:
	case A64_SMLSL_el:
	case A64_UMLSL_v:
	case A64_UMLSL_el: return SUBTRACTED;
	default: return NOTHING;
	}
}

static bool by_element(const struct insn *i)
{
	switch (i->op) {
	case A64_MUL_el:
	case A64_MLA_el:
	case A64_MLS_el:
	case A64_SMULL_el:
	case A64_SMLAL_el:
	case A64_SMLSL_el:
	case A64_UMULL_el:
	case A64_UMLAL_el:
	case A64_UMLSL_el: return true;
	default: return false;
	}
}

/* The second factor: @x = element aux of Vm in all lanes. */
static void element(struct translation *t, const struct insn *i, int x)
{
	unsigned int lane = simd_lane(i);
	int m = vreg_src(t, i->rm, 16);

	if (i->aux) {
		x86_vex_rr_i8(&t->c, X86_PSHIFTQ, X86_PSRLDQ, x, m,
			      i->aux << lane);
		m = x;
	}
	simd_broadcast(t, lane, x, m);
}

/* With what is in @d; lanes of 1 << @lane bytes, @bytes of the destination. */
static void accumulate(struct translation *t, const struct insn *i, int d,
		       unsigned int lane, unsigned int bytes)
{
	enum accumulation a = accumulation(i);

	if (a == ADDED)
		x86_vex_rr(&t->c, simd_add[lane], d, d,
			   vreg_src(t, i->rd, bytes));
	else if (a == SUBTRACTED)
		x86_vex_rr(&t->c, simd_sub[lane], d, vreg_src(t, i->rd, bytes),
			   d);
}

/* MUL, MLA, MLS */
static bool emit_multiply(struct translation *t, const struct insn *i)
{
	unsigned int lane = simd_lane(i);
	int n, m = XMM1, d;

	if (!multiply[lane])
		return false;
	emit_fp_check(t);
	n = simd_src(t, i, i->rn);
	if (by_element(i))
		element(t, i, m);
	else
		m = simd_src(t, i, i->rm);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, multiply[lane], d, n, m);
	accumulate(t, i, d, lane, simd_bytes(i));
	simd_done(t, i, d, 16);
	return true;
}

static bool is_signed(const struct insn *i)
{
	switch (i->op) {
	case A64_SMULL_v:
	case A64_SMULL_el:
	case A64_SMLAL_v:
	case A64_SMLAL_el:
	case A64_SMLSL_v:
	case A64_SMLSL_el: return true;
	default: return false;
	}
}

/* Of lanes made as long as the product, which then is exact. */
static bool emit_multiply_long(struct translation *t, const struct insn *i)
{
	unsigned int lane = simd_lane(i);
	bool sign = is_signed(i);
	struct x86_code *c = &t->c;
	uint32_t op;
	int d;

	emit_fp_check(t);
	if (by_element(i)) {
		element(t, i, XMM1);
		simd_extend(t, lane, sign, XMM1, XMM1);
	} else {
		simd_widen(t, i, sign, XMM1, i->rm);
	}
	simd_widen(t, i, sign, XMM0, i->rn);
	d = vreg_dst(t);
	op = lane == 0   ? X86_PMULLW
	     : lane == 1 ? X86_PMULLD
	     : sign      ? X86_PMULDQ
			 : X86_PMULUDQ;
	x86_vex_rr(c, op, d, XMM0, XMM1);
	accumulate(t, i, d, lane + 1, 16);
	vreg_done(t, i->rd, d, 16);
	return true;
}

emit_fn *simd_multiply_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_MUL_v:
	case A64_MUL_el:
	case A64_MLA_v:
	case A64_MLA_el:
	case A64_MLS_v:
	case A64_MLS_el: return emit_multiply;
	case A64_SMULL_v:
	case A64_SMULL_el:
	case A64_SMLAL_v:
	case A64_SMLAL_el:
	case A64_SMLSL_v:
	case A64_SMLSL_el:
	case A64_UMULL_v:
	case A64_UMULL_el:
	case A64_UMLAL_v:
	case A64_UMLAL_el:
	case A64_UMLSL_v:
	case A64_UMLSL_el: return emit_multiply_long;
	default: return NULL;
	}
}
