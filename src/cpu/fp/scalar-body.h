/* SPDX-License-Identifier: MIT */
/*
 * Bodies of scalar floating-point data processing. For the element type of the
 * including unit: one, two and three sources, compare, conditional compare and
 * select (Arm ARM C4.1, "Data Processing -- Scalar Floating-Point").
 */
#include "cpu/fp/element.h"

/* The first element of a source register. */
#define FP_RN (cpu->vreg[i->rn].FP_LANE[0])
#define FP_RM (cpu->vreg[i->rm].FP_LANE[0])
#define FP_RA (cpu->vreg[i->ra].FP_LANE[0])

/* ---- one source ---------------------------------------------------------- */

static void exec_fmov(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put(cpu, i->rd, FP_RN);
	NEXT;
}

static void exec_fabs(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put(cpu, i->rd, fp_abs(FP_RN));
	NEXT;
}

static void exec_fneg(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put(cpu, i->rd, FP_RN ^ FP_SIGN);
	NEXT;
}

static COLD void slow_fsqrt(struct cpu *cpu, const struct insn *i)
{
	fp_put(cpu, i->rd, fp_slow1(cpu, sf_sqrt, FP_FORMAT, FP_RN));
	NEXT;
}

static void exec_fsqrt(struct cpu *cpu, const struct insn *i)
{
	fp_t r;

	FP_CHECK;
	if (unlikely(!fp_try_sqrt(cpu, FP_RN, &r))) {
		slow_fsqrt(cpu, i);
		return;
	}
	fp_put(cpu, i->rd, r);
	NEXT;
}

/* ---- two sources --------------------------------------------------------- */

static COLD void two_sources_slow(struct cpu *cpu, const struct insn *i,
				  sf_op2 *op)
{
	fp_put(cpu, i->rd, fp_slow2(cpu, op, FP_FORMAT, FP_RN, FP_RM));
	NEXT;
}

static ALWAYS_INLINE void two_sources(struct cpu *cpu, const struct insn *i,
				      fp_try2 *try, sf_op2 *op)
{
	fp_t r;

	FP_CHECK;
	if (unlikely(!try(cpu, FP_RN, FP_RM, &r))) {
		two_sources_slow(cpu, i, op);
		return;
	}
	fp_put(cpu, i->rd, r);
	NEXT;
}

static void exec_fadd(struct cpu *cpu, const struct insn *i)
{
	two_sources(cpu, i, fp_try_add, sf_add);
}

static void exec_fsub(struct cpu *cpu, const struct insn *i)
{
	two_sources(cpu, i, fp_try_sub, sf_sub);
}

static void exec_fmul(struct cpu *cpu, const struct insn *i)
{
	two_sources(cpu, i, fp_try_mul, sf_mul);
}

static void exec_fdiv(struct cpu *cpu, const struct insn *i)
{
	two_sources(cpu, i, fp_try_div, sf_div);
}

static void exec_fmax(struct cpu *cpu, const struct insn *i)
{
	two_sources(cpu, i, fp_try_max, sf_max);
}

static void exec_fmin(struct cpu *cpu, const struct insn *i)
{
	two_sources(cpu, i, fp_try_min, sf_min);
}

static void exec_fmaxnm(struct cpu *cpu, const struct insn *i)
{
	two_sources(cpu, i, fp_try_max, sf_maxnm);
}

static void exec_fminnm(struct cpu *cpu, const struct insn *i)
{
	two_sources(cpu, i, fp_try_min, sf_minnm);
}

static COLD void slow_fnmul(struct cpu *cpu, const struct insn *i)
{
	fp_t r = (fp_t)fp_slow2(cpu, sf_mul, FP_FORMAT, FP_RN, FP_RM);

	fp_put(cpu, i->rd, r ^ FP_SIGN);
	NEXT;
}

static void exec_fnmul(struct cpu *cpu, const struct insn *i)
{
	fp_t r;

	FP_CHECK;
	if (unlikely(!fp_try_mul(cpu, FP_RN, FP_RM, &r))) {
		slow_fnmul(cpu, i);
		return;
	}
	fp_put(cpu, i->rd, r ^ FP_SIGN);
	NEXT;
}

/* ---- three sources ------------------------------------------------------- */

/*
 * The Arm ARM negates operands before the operation, NaNs too: @neg_c is
 * FP_SIGN if the addend, @neg_a if the first factor, else 0.
 */
static ALWAYS_INLINE void muladd_soft(struct cpu *cpu, const struct insn *i,
				      fp_t neg_c, fp_t neg_a)
{
	FP_CHECK;
	fp_put(cpu, i->rd,
	       fp_slow_muladd(cpu, FP_FORMAT, FP_RA ^ neg_c, FP_RN ^ neg_a,
			      FP_RM));
	NEXT;
}

/* @soft does it if the host can't. */
HOST_FMA static ALWAYS_INLINE void muladd_fma(struct cpu *cpu,
					      const struct insn *i, fp_t neg_c,
					      fp_t neg_a, insn_fn *soft)
{
	fp_t r;

	FP_CHECK;
	if (unlikely(!fp_try_muladd(cpu, FP_RA ^ neg_c, FP_RN ^ neg_a, FP_RM,
				    &r))) {
		soft(cpu, i);
		return;
	}
	fp_put(cpu, i->rd, r);
	NEXT;
}

static void exec_fmadd(struct cpu *cpu, const struct insn *i)
{
	muladd_soft(cpu, i, 0, 0);
}

HOST_FMA static void exec_fmadd_fma(struct cpu *cpu, const struct insn *i)
{
	muladd_fma(cpu, i, 0, 0, exec_fmadd);
}

static void exec_fmsub(struct cpu *cpu, const struct insn *i)
{
	muladd_soft(cpu, i, 0, FP_SIGN);
}

HOST_FMA static void exec_fmsub_fma(struct cpu *cpu, const struct insn *i)
{
	muladd_fma(cpu, i, 0, FP_SIGN, exec_fmsub);
}

static void exec_fnmadd(struct cpu *cpu, const struct insn *i)
{
	muladd_soft(cpu, i, FP_SIGN, FP_SIGN);
}

HOST_FMA static void exec_fnmadd_fma(struct cpu *cpu, const struct insn *i)
{
	muladd_fma(cpu, i, FP_SIGN, FP_SIGN, exec_fnmadd);
}

static void exec_fnmsub(struct cpu *cpu, const struct insn *i)
{
	muladd_soft(cpu, i, FP_SIGN, 0);
}

HOST_FMA static void exec_fnmsub_fma(struct cpu *cpu, const struct insn *i)
{
	muladd_fma(cpu, i, FP_SIGN, 0, exec_fnmsub);
}

/* ---- compare and select -------------------------------------------------- */

static COLD void slow_fcmp(struct cpu *cpu, const struct insn *i)
{
	fp_slow_cmp(cpu, FP_FORMAT, FP_RN, FP_RM, i->form == FP_SIGNALLING);
	NEXT;
}

/* FCMP, FCMPE */
static void exec_fcmp(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	if (unlikely(
		    !fp_try_cmp(cpu, FP_RN, FP_RM, i->form == FP_SIGNALLING))) {
		slow_fcmp(cpu, i);
		return;
	}
	NEXT;
}

static COLD void slow_fcmp_zero(struct cpu *cpu, const struct insn *i)
{
	fp_slow_cmp(cpu, FP_FORMAT, FP_RN, 0, i->form == FP_SIGNALLING);
	NEXT;
}

static void exec_fcmp_zero(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	if (unlikely(!fp_try_cmp(cpu, FP_RN, 0, i->form == FP_SIGNALLING))) {
		slow_fcmp_zero(cpu, i);
		return;
	}
	NEXT;
}

/* FCCMP, FCCMPE */
static void exec_fccmp(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	if (!cond_holds(cpu, i->aux)) {
		set_nzcv(cpu, (uint32_t)i->imm << 28);
		NEXT;
	}
	if (unlikely(
		    !fp_try_cmp(cpu, FP_RN, FP_RM, i->form == FP_SIGNALLING))) {
		slow_fcmp(cpu, i);
		return;
	}
	NEXT;
}

static void exec_fcsel(struct cpu *cpu, const struct insn *i)
{
	unsigned int r;

	FP_CHECK;
	r = cond_holds(cpu, i->aux) ? i->rn : i->rm;
	fp_put(cpu, i->rd, cpu->vreg[r].FP_LANE[0]);
	NEXT;
}

/* ---- round to integral --------------------------------------------------- */

/* Any direction: FRINTA, for which x86 has no instruction; the others where
 * the host can't. */
static void exec_frint(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put(cpu, i->rd,
	       fp_slow_round_int(cpu, FP_FORMAT, FP_RN, fp_rounding(cpu, i),
				 i->form == FP_ROUND_X));
	NEXT;
}

#if FP_BITS > 16
/* FRINT32Z, FRINT32X, FRINT64Z, FRINT64X */
static void exec_frintts(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put(cpu, i->rd,
	       fp_slow_round_int_n(cpu, FP_FORMAT, FP_RN, fp_rounding(cpu, i),
				   (unsigned int)i->imm));
	NEXT;
}
#endif

HOST_ROUND static ALWAYS_INLINE void frint_host(struct cpu *cpu,
						const struct insn *i,
						enum a64_fp_round direction)
{
	fp_t r = 0;

	FP_CHECK;
	if (fp_may_try(cpu))
		r = host_round(FP_RN, direction);
	if (unlikely(!fp_may_try(cpu) || fp_is_nan(r))) {
		exec_frint(cpu, i);
		return;
	}
	fp_put(cpu, i->rd, r);
	NEXT;
}

HOST_ROUND static void exec_frintn(struct cpu *cpu, const struct insn *i)
{
	frint_host(cpu, i, FP_ROUND_N);
}

HOST_ROUND static void exec_frintp(struct cpu *cpu, const struct insn *i)
{
	frint_host(cpu, i, FP_ROUND_P);
}

HOST_ROUND static void exec_frintm(struct cpu *cpu, const struct insn *i)
{
	frint_host(cpu, i, FP_ROUND_M);
}

HOST_ROUND static void exec_frintz(struct cpu *cpu, const struct insn *i)
{
	frint_host(cpu, i, FP_ROUND_Z);
}

HOST_ROUND static void exec_frintx(struct cpu *cpu, const struct insn *i)
{
	frint_host(cpu, i, FP_ROUND_X);
}

HOST_ROUND static void exec_frinti(struct cpu *cpu, const struct insn *i)
{
	frint_host(cpu, i, FP_ROUND_I);
}

/* ---- choice -------------------------------------------------------------- */

static insn_fn *frint_body(const struct insn *i)
{
	static insn_fn *const by_host[NR_FP_ROUNDS] = {
		[FP_ROUND_N] = exec_frintn, [FP_ROUND_P] = exec_frintp,
		[FP_ROUND_M] = exec_frintm, [FP_ROUND_Z] = exec_frintz,
		[FP_ROUND_A] = exec_frint,  [FP_ROUND_X] = exec_frintx,
		[FP_ROUND_I] = exec_frinti,
	};

	return fp_has_round() ? by_host[i->form] : exec_frint;
}

static insn_fn *scalar_body(const struct insn *i)
{
	bool fma = fp_has_fma();

	switch (i->op) {
	case A64_FMOV_reg: return exec_fmov;
	case A64_FABS_scalar: return exec_fabs;
	case A64_FNEG_scalar: return exec_fneg;
	case A64_FSQRT_scalar: return exec_fsqrt;
	case A64_FRINT_scalar: return frint_body(i);
#if FP_BITS > 16
	case A64_FRINTTS_scalar: return exec_frintts;
#endif
	case A64_FMUL_scalar: return exec_fmul;
	case A64_FDIV_scalar: return exec_fdiv;
	case A64_FADD_scalar: return exec_fadd;
	case A64_FSUB_scalar: return exec_fsub;
	case A64_FMAX_scalar: return exec_fmax;
	case A64_FMIN_scalar: return exec_fmin;
	case A64_FMAXNM_scalar: return exec_fmaxnm;
	case A64_FMINNM_scalar: return exec_fminnm;
	case A64_FNMUL_scalar: return exec_fnmul;
	case A64_FMADD_scalar: return fma ? exec_fmadd_fma : exec_fmadd;
	case A64_FMSUB_scalar: return fma ? exec_fmsub_fma : exec_fmsub;
	case A64_FNMADD_scalar: return fma ? exec_fnmadd_fma : exec_fnmadd;
	case A64_FNMSUB_scalar: return fma ? exec_fnmsub_fma : exec_fnmsub;
	case A64_FCMP_reg: return exec_fcmp;
	case A64_FCMP_zero: return exec_fcmp_zero;
	case A64_FCCMP: return exec_fccmp;
	case A64_FCSEL: return exec_fcsel;
	default: return NULL;
	}
}
