/* SPDX-License-Identifier: MIT */
/*
 * VFP of A32 and T32: data processing and moves. What A64 does with scalars is done
 * by its emit functions, which are given S and D registers (VREG_S, VREG_D). Half
 * precision and fixed point are left to the bodies.
 */
#include "jit/a32.h"
#include "jit/fp.h"

/* The register @n of the type @size, as vreg_src() has it. */
static uint8_t vfp_reg(unsigned int size, unsigned int n)
{
	return (size == FP_DOUBLE ? VREG_D : VREG_S) + n;
}

/* @i as A64's @op. */
static struct insn scalar(const struct insn *i, enum a64_op op)
{
	struct insn a = *i;

	a.op = op;
	a.rd = a.ra = vfp_reg(i->size, i->rd);
	a.rn = vfp_reg(i->size, i->rn);
	a.rm = vfp_reg(i->size, i->rm);
	return a;
}

/* ---- what A64 has -------------------------------------------------------- */

static enum a64_op op_of_three(const struct insn *i)
{
	switch (i->op) {
	case A32_VADD: return A64_FADD_scalar;
	case A32_VSUB: return A64_FSUB_scalar;
	case A32_VMUL: return A64_FMUL_scalar;
	case A32_VNMUL: return A64_FNMUL_scalar;
	case A32_VDIV: return A64_FDIV_scalar;
	case A32_VMAXNM: return A64_FMAXNM_scalar;
	case A32_VMINNM: return A64_FMINNM_scalar;
	case A32_VFMA: return A64_FMADD_scalar;
	case A32_VFMS: return A64_FMSUB_scalar;
	case A32_VFNMA: return A64_FNMADD_scalar;
	case A32_VFNMS: return A64_FNMSUB_scalar;
	case A32_VSEL: return A64_FCSEL;
	default: return A64_UNDEFINED;
	}
}

static bool emit_three(struct translation *t, const struct insn *i)
{
	struct insn a = scalar(i, op_of_three(i));

	return fp_emitter(&a)(t, &a);
}

static enum a64_op op_of_two(const struct insn *i)
{
	switch (i->op) {
	case A32_VMOV_imm: return A64_FMOV_imm;
	case A32_VMOV_reg: return A64_FMOV_reg;
	case A32_VABS: return A64_FABS_scalar;
	case A32_VNEG: return A64_FNEG_scalar;
	case A32_VSQRT: return A64_FSQRT_scalar;
	case A32_VRINT: return A64_FRINT_scalar;
	default: return A64_UNDEFINED;
	}
}

/* The source is A64's rn. */
static bool emit_two(struct translation *t, const struct insn *i)
{
	struct insn a = scalar(i, op_of_two(i));

	a.rn = a.rm;
	return fp_emitter(&a)(t, &a);
}

/* ---- products that are rounded by themselves ----------------------------- */

static bool emit_chained(struct translation *t, const struct insn *i)
{
	bool neg_d = i->op == A32_VNMLA || i->op == A32_VNMLS;
	bool neg_p = i->op == A32_VNMLA || i->op == A32_VMLS;
	struct insn a = scalar(i, A64_FMUL_scalar);
	uint32_t type = fp_scalar_type(i);
	unsigned int size = fp_bytes(i);
	struct x86_code *c = &t->c;
	int n, m, old, d;

	emit_fp_mode_check(t);
	n = vreg_src(t, a.rn, size);
	m = vreg_src(t, a.rm, size);
	old = vreg_src(t, a.rd, size);
	d = vreg_dst(t);
	x86_vex_rr(c, X86_FMUL | type, XMM1, n, m);
	fp_exit_unsettled(t, i, XMM1);
	if (neg_d && neg_p) {
		x86_vex_rm(c, X86_FXOR, XMM2, old,
			   fp_pool(t, i, POOL_SIGN_SCALAR_S));
		old = XMM2;
	}
	if (neg_d && !neg_p)
		x86_vex_rr(c, X86_FSUB | type, d, XMM1, old);
	else
		x86_vex_rr(c, (neg_p ? X86_FSUB : X86_FADD) | type, d, old,
			   XMM1);
	fp_exit_nan(t, i, d, d);
	vreg_done(t, a.rd, d, 16);
	return true;
}

/* ---- comparison ---------------------------------------------------------- */

/* Of VCMP: what FCMP compares. */
static struct insn comparison(const struct insn *i)
{
	struct insn a =
		scalar(i, i->op == A32_VCMP ? A64_FCMP_reg : A64_FCMP_zero);

	a.rn = a.rd;
	return a;
}

/* FPSCR's N, Z, C and V, which are FPSR's. */
static bool emit_vcmp(struct translation *t, const struct insn *i)
{
	struct insn a = comparison(i);
	struct x86_code *c = &t->c;

	emit_fp_mode_check(t);
	fp_compare(t, &a);
	exit_here(t, x86_jcc(c, CC_P));
	x86_mov_ri(c, RAX, 0x20000000);
	x86_mov_ri(c, RDX, 0x80000000);
	x86_cmov_rr(c, CC_B, 4, RAX, RDX);
	x86_mov_ri(c, RDX, 0x60000000);
	x86_cmov_rr(c, CC_E, 4, RAX, RDX);
	x86_load(c, 4, RDX, CPU_FIELD(fpsr));
	x86_alu_ri(c, X86_AND, 4, RDX, 0x0fffffff);
	x86_alu_rr(c, X86_OR, 4, RDX, RAX);
	x86_store(c, 4, CPU_FIELD(fpsr), RDX);
	flags_lose(t);
	return true;
}

/* Of a VCMP just before, which is known to have met no NaN: it is done once
 * more. */
static bool emit_vmrs_flags(struct translation *t, const struct insn *i)
{
	struct insn a = comparison(i - 1);

	fp_compare(t, &a);
	fp_compared(t, &a);
	return true;
}

static bool is_vcmp(const struct insn *i)
{
	return (i->op == A32_VCMP || i->op == A32_VCMP_zero) &&
	       i->size != FP_HALF && !i->cond;
}

static emit_fn *vmrs_emitter(const struct translation *t, const struct insn *i)
{
	return i->form && !i->cond && i != t->b->insns && is_vcmp(i - 1)
		       ? emit_vmrs_flags
		       : NULL;
}

/* ---- conversions --------------------------------------------------------- */

/* size is the source's, of FCVT the result's. */
static bool emit_precision(struct translation *t, const struct insn *i)
{
	bool narrows = i->size == FP_DOUBLE;
	struct insn a = *i;

	a.op = narrows ? A64_FCVT_d_s : A64_FCVT_s_d;
	a.size = narrows ? FP_SINGLE : FP_DOUBLE;
	a.rd = vfp_reg(a.size, i->rd);
	a.rn = vfp_reg(i->size, i->rm);
	return fp_emitter(&a)(t, &a);
}

static bool emit_from_int(struct translation *t, const struct insn *i)
{
	struct insn a = scalar(i, A64_CVTF_from_int);

	emit_fp_mode_check(t);
	x86_vex_rr(&t->c, X86_MOVD_R, vreg_src(t, VREG_S + i->rm, 4), 0, RAX);
	fp_from_int(t, &a, 4, RAX);
	return true;
}

static bool emit_to_int(struct translation *t, const struct insn *i)
{
	struct insn a = scalar(i, A64_FCVT_to_int);
	int d;

	a.rn = a.rm;
	emit_fp_mode_check(t);
	fp_to_int(t, &a, 4);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_MOVD_X, d, 0, RAX);
	vreg_done(t, VREG_S + i->rd, d, 4);
	return true;
}

/* ---- general registers --------------------------------------------------- */

static bool emit_to_core(struct translation *t, const struct insn *i)
{
	int d = greg_dst_host(i->rd, RAX);

	emit_fp_check(t);
	x86_vex_rr(&t->c, X86_MOVD_R, vreg_src(t, VREG_S + i->rn, 4), 0, d);
	greg_done(t, i->rd, d);
	return true;
}

static bool emit_from_core(struct translation *t, const struct insn *i)
{
	int n, d;

	emit_fp_check(t);
	n = greg_src(t, i->rn, RAX);
	d = vreg_dst(t);
	x86_vex_rr(&t->c, X86_MOVD_X, d, 0, n);
	vreg_done(t, VREG_S + i->rd, d, 4);
	return true;
}

/* D(rm), or S(rm) and the next. */
static bool emit_to_pair(struct translation *t, const struct insn *i)
{
	unsigned int s = i->size == FP_DOUBLE ? 2u * i->rm : i->rm;

	emit_fp_check(t);
	for (unsigned int k = 0; k < 2; k++) {
		unsigned int g = k ? i->ra : i->rd;
		int d = greg_dst_host(g, RAX);

		x86_load(&t->c, 4, d, vreg_mem(VREG_S + s + k));
		greg_done(t, g, d);
	}
	return true;
}

static bool emit_from_pair(struct translation *t, const struct insn *i)
{
	struct x86_code *c = &t->c;
	int d;

	emit_fp_check(t);
	if (i->size != FP_DOUBLE) {
		for (unsigned int k = 0; k < 2; k++) {
			x86_store(c, 4, vreg_mem(VREG_S + i->rm + k),
				  greg_src(t, k ? i->ra : i->rn, RAX));
			vreg_in_memory(t, VREG_S + i->rm + k);
		}
		return true;
	}
	d = vreg_dst(t);
	x86_vex_rr(c, X86_MOVD_X, d, 0, greg_src(t, i->rn, RAX));
	x86_vex_rr_i8(c, X86_PINSRD, d, d, greg_src(t, i->ra, RAX), 1);
	vreg_done(t, VREG_D + i->rm, d, 8);
	return true;
}

/* Of D(@n). */
static struct x86_mem lane(const struct insn *i, unsigned int n)
{
	struct x86_mem m = vreg_mem(VREG_D + n);

	m.disp += i->aux << i->size;
	return m;
}

static bool emit_to_lane(struct translation *t, const struct insn *i)
{
	emit_fp_check(t);
	x86_store(&t->c, 1u << i->size, lane(i, i->rd),
		  greg_src(t, i->rn, RAX));
	vreg_in_memory(t, VREG_D + i->rd);
	return true;
}

static bool emit_from_lane(struct translation *t, const struct insn *i)
{
	int d = greg_dst_host(i->rd, RAX);

	emit_fp_check(t);
	if (i->size < SIZE_W && !(i->form & FP_UNSIGNED))
		x86_load_sx(&t->c, 1u << i->size, 4, d, lane(i, i->rn));
	else
		x86_load(&t->c, 1u << i->size, d, lane(i, i->rn));
	greg_done(t, i->rd, d);
	return true;
}

/* ---- the choice ---------------------------------------------------------- */

static emit_fn *move_emitter(const struct translation *t, const struct insn *i)
{
	switch (i->op) {
	case A32_VMRS: return vmrs_emitter(t, i);
	case A32_VMOV_to_core: return emit_to_core;
	case A32_VMOV_from_core: return emit_from_core;
	case A32_VMOV_to_pair: return emit_to_pair;
	case A32_VMOV_from_pair: return emit_from_pair;
	case A32_VMOV_to_lane: return emit_to_lane;
	case A32_VMOV_from_lane: return emit_from_lane;
	default: return NULL;
	}
}

emit_fn *a32_vfp_emitter(const struct translation *t, const struct insn *i)
{
	emit_fn *move = move_emitter(t, i);

	if (i->op < NR_A64_OPS || i->op == A32_VDUP_core)
		return a32_neon_emitter(i);
	if (move || i->size == FP_HALF)
		return move;
	switch (i->op) {
	case A32_VMLA:
	case A32_VMLS:
	case A32_VNMLA:
	case A32_VNMLS: return emit_chained;
	case A32_VCMP:
	case A32_VCMP_zero: return emit_vcmp;
	case A32_VCVT_precision: return emit_precision;
	case A32_VCVT_from_int: return emit_from_int;
	case A32_VCVT_to_int: return emit_to_int;
	default: break;
	}
	if (op_of_three(i) != A64_UNDEFINED)
		return emit_three;
	return op_of_two(i) != A64_UNDEFINED ? emit_two : NULL;
}
