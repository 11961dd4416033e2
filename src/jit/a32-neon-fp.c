/* SPDX-License-Identifier: MIT */
/*
 * Floating point of Advanced SIMD in AArch32 state, singles. It is by the standard FPSCR (Arm
 * ARM A2.6): to nearest, a NaN is the default one, denormals are zeros, which is told
 * by IDC and UFC. Where no operand and no result is denormal that is what the host does by
 * itself, so its lanes are looked at before, and the body has what is left.
 */
#include "jit/a32.h"
#include "jit/fp.h"
#include "jit/simd.h"

/* How many sources may be denormal. */
enum checks { UNKNOWN, CHECK_NONE, CHECK_ONE, CHECK_TWO, CHECK_PRODUCT };

static enum checks checks_of(const struct insn *i)
{
	switch (i->op) {
	case A64_FABS_vector:
	case A64_FNEG_vector:
	case A64_SCVTF: return CHECK_NONE;
	case A64_FRINT_vector:
	case A64_FCVT_int_vector:
	case A64_FCMEQ_zero:
	case A64_FCMGE_zero:
	case A64_FCMGT_zero:
	case A64_FCMLE_zero:
	case A64_FCMLT_zero: return CHECK_ONE;
	case A64_FADD_vector:
	case A64_FSUB_vector:
	case A64_FABD_vector:
	case A64_FMAX_vector:
	case A64_FMIN_vector:
	case A64_FMAXNM_vector:
	case A64_FMINNM_vector:
	case A64_FCMEQ_vector:
	case A64_FCMGE_vector:
	case A64_FCMGT_vector:
	case A64_FACGE_vector:
	case A64_FACGT_vector: return CHECK_TWO;
	case A64_FMUL_vector:
	case A64_FMUL_elem:
	case A64_FMLA_vector:
	case A64_FMLS_vector:
	case A32_VMLA_neon:
	case A32_VMLA_neon_elem: return CHECK_PRODUCT;
	default: return UNKNOWN;
	}
}

static bool is_element(const struct insn *i)
{
	return i->op == A64_FMUL_elem || i->op == A32_VMLA_neon_elem;
}

static bool adds_product(const struct insn *i)
{
	return checks_of(i) == CHECK_PRODUCT && i->op != A64_FMUL_vector &&
	       i->op != A64_FMUL_elem;
}

/* @w = @x's weights: without the sign, as integers, but zeros the largest; from the
 * least one on, a denormal's. */
static void weigh(struct translation *t, int w, int x)
{
	x86_vex_rm(&t->c, X86_PAND, w, x, pool(t, POOL_ABS_S));
	x86_vex_rm(&t->c, X86_PADDD, w, w, pool(t, POOL_ABS_S));
}

/* XMM0 = lanes where the product of what XMM1 and XMM2 weigh is below 2^-100 and not zero:
 * it, or its sum with something else, might be tiny and inexact. XMM3. */
static void find_small_products(struct translation *t)
{
	struct x86_code *c = &t->c;

	simd_shift_lanes(t, 2, X86_PSRA, XMM3, XMM1, 1);
	simd_shift_lanes(t, 2, X86_PSRA, XMM0, XMM2, 1);
	x86_vex_rr(c, X86_PADDD, XMM3, XMM3, XMM0);
	x86_vex_rm(c, X86_MOVAPS, XMM0, 0, pool(t, POOL_SMALL_PRODUCT));
	x86_vex_rr(c, X86_PCMPGTD, XMM0, XMM0, XMM3);
}

static void weigh_second(struct translation *t, const struct insn *i)
{
	int m;

	if (!is_element(i)) {
		weigh(t, XMM2, vreg_src(t, i->rm, 4 * i->aux));
		return;
	}
	m = vreg_src(t, i->rm, 16);
	x86_vex_rr_i8(&t->c, X86_PSHUFD, XMM2, 0, m, i->imm * 0x55);
	weigh(t, XMM2, XMM2);
}

/* Side exits if a source is denormal, or a product may be. */
static void exit_denormal(struct translation *t, const struct insn *i,
			  enum checks checks)
{
	bool product = checks == CHECK_PRODUCT;
	struct x86_code *c = &t->c;

	weigh(t, XMM1, vreg_src(t, i->rn, 4 * i->aux));
	if (checks >= CHECK_TWO)
		weigh_second(t, i);
	if (product)
		find_small_products(t);
	if (checks >= CHECK_TWO)
		x86_vex_rr(c, X86_PMINSD, XMM1, XMM1, XMM2);
	if (adds_product(i)) {
		weigh(t, XMM2, vreg_src(t, i->rd, 4 * i->aux));
		x86_vex_rr(c, X86_PMINSD, XMM1, XMM1, XMM2);
	}
	x86_vex_rm(c, X86_MOVAPS, XMM3, 0, pool(t, POOL_LEAST_NORMAL));
	x86_vex_rr(c, X86_PCMPGTD, XMM3, XMM3, XMM1);
	if (product)
		x86_vex_rr(c, X86_POR, XMM3, XMM3, XMM0);
	x86_vex_rr(c, X86_PMOVMSKB, RAX, 0, XMM3);
	/* Above a D register may be anything. */
	x86_test_ri(c, 4, RAX, i->aux == 2 ? 0xff : 0xffff);
	exit_here(t, x86_jcc(c, CC_NE));
	flags_lose(t);
}

static bool emit_chained(struct translation *t, const struct insn *i)
{
	return fp_vector_chained(t, i, i->form, is_element(i));
}

static emit_fn *emitter(const struct insn *i)
{
	return i->op < NR_A64_OPS ? fp_vector_emitter(i) : emit_chained;
}

static bool emit_standard(struct translation *t, const struct insn *i)
{
	struct insn a = a32_neon_as_a64(i);
	enum checks checks = checks_of(i);
	struct x86_mem rmode = CPU_FIELD(fpcr);
	bool done;

	emit_fp_mode_check(t);
	/* FPCR.RMode, bits 23 and 22 */
	rmode.disp += 2;
	x86_test_m8i(&t->c, rmode, 0xc0);
	exit_here(t, x86_jcc(&t->c, CC_NE));
	flags_lose(t);
	if (checks != CHECK_NONE)
		exit_denormal(t, &a, checks);
	t->flushes = true;
	done = emitter(i)(t, &a);
	t->flushes = false;
	return done;
}

emit_fn *a32_neon_fp_emitter(const struct insn *i)
{
	return i->size == FP_SINGLE && checks_of(i) != UNKNOWN && emitter(i)
		       ? emit_standard
		       : NULL;
}
