/* SPDX-License-Identifier: MIT */
/*
 * Bodies of vector floating point with one source, lane by lane: sign, square
 * root, estimates, comparisons with zero, FRINT. For the element type of the
 * including unit; they do the scalar SIMD forms too. Included after
 * fp/vector-body.h.
 */

static ALWAYS_INLINE void lanes1(struct cpu *cpu, const struct insn *i,
				 fp_op1 *op)
{
	union vreg *d = &cpu->vreg[i->rd];
	unsigned int e, lanes = i->aux;

	FP_CHECK;
	for (e = 0; e < lanes; e++)
		d->FP_LANE[e] = op(cpu, cpu->vreg[i->rn].FP_LANE[e]);
	fp_clear_rest(d, lanes);
	NEXT;
}

/* ---- sign, square root, estimates ---------------------------------------- */

static inline fp_t lane_fabs(struct cpu *cpu, fp_t a)
{
	return fp_abs(a);
}

static void exec_fabs_v(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_fabs);
}

static inline fp_t lane_fneg(struct cpu *cpu, fp_t a)
{
	return a ^ FP_SIGN;
}

static void exec_fneg_v(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_fneg);
}

static inline fp_t lane_fsqrt(struct cpu *cpu, fp_t a)
{
	fp_t r;

	if (fp_try_sqrt(cpu, a, &r))
		return r;
	return fp_slow1(cpu, sf_sqrt, FP_FORMAT, a);
}

static void exec_fsqrt_v(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_fsqrt);
}

static inline fp_t lane_frecpe(struct cpu *cpu, fp_t a)
{
	return fp_slow1(cpu, sf_recpe, FP_FORMAT, a);
}

static void exec_frecpe_v(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_frecpe);
}

static inline fp_t lane_frsqrte(struct cpu *cpu, fp_t a)
{
	return fp_slow1(cpu, sf_rsqrte, FP_FORMAT, a);
}

static void exec_frsqrte_v(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_frsqrte);
}

/* There is no vector form. */
static void exec_frecpx(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put(cpu, i->rd,
	       fp_slow1(cpu, sf_recpx, FP_FORMAT, cpu->vreg[i->rn].FP_LANE[0]));
	NEXT;
}

/* ---- comparisons with zero ----------------------------------------------- */

static inline fp_t lane_fcmeq_zero(struct cpu *cpu, fp_t a)
{
	return fp_cmeq(cpu, a, 0);
}

static void exec_fcmeq_zero_v(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_fcmeq_zero);
}

static inline fp_t lane_fcmge_zero(struct cpu *cpu, fp_t a)
{
	return fp_cmge(cpu, a, 0);
}

static void exec_fcmge_zero_v(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_fcmge_zero);
}

static inline fp_t lane_fcmgt_zero(struct cpu *cpu, fp_t a)
{
	return fp_cmgt(cpu, a, 0);
}

static void exec_fcmgt_zero_v(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_fcmgt_zero);
}

static inline fp_t lane_fcmle_zero(struct cpu *cpu, fp_t a)
{
	return fp_cmge(cpu, 0, a);
}

static void exec_fcmle_zero_v(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_fcmle_zero);
}

static inline fp_t lane_fcmlt_zero(struct cpu *cpu, fp_t a)
{
	return fp_cmgt(cpu, 0, a);
}

static void exec_fcmlt_zero_v(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_fcmlt_zero);
}

/* ---- round to integral --------------------------------------------------- */

/* FRINTN, FRINTP, FRINTM, FRINTZ, FRINTA, FRINTX, FRINTI */
static void exec_frint_v(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd];
	unsigned int e, lanes = i->aux;

	FP_CHECK;
	for (e = 0; e < lanes; e++)
		d->FP_LANE[e] = fp_slow_round_int(
			cpu, FP_FORMAT, cpu->vreg[i->rn].FP_LANE[e],
			fp_rounding(cpu, i), i->form == FP_ROUND_X);
	fp_clear_rest(d, lanes);
	NEXT;
}

#if FP_BITS > 16
/* FRINT32Z, FRINT32X, FRINT64Z, FRINT64X */
static void exec_frintts_v(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd];
	unsigned int e, lanes = i->aux;

	FP_CHECK;
	for (e = 0; e < lanes; e++)
		d->FP_LANE[e] = fp_slow_round_int_n(
			cpu, FP_FORMAT, cpu->vreg[i->rn].FP_LANE[e],
			fp_rounding(cpu, i), (unsigned int)i->imm);
	fp_clear_rest(d, lanes);
	NEXT;
}
#endif

/* ---- choice -------------------------------------------------------------- */

static insn_fn *vector_misc_body(const struct insn *i)
{
	switch (i->op) {
	case A64_FABS_vector: return exec_fabs_v;
	case A64_FNEG_vector: return exec_fneg_v;
	case A64_FSQRT_vector: return exec_fsqrt_v;
	case A64_FRECPE:
	case A64_FRECPE_simd: return exec_frecpe_v;
	case A64_FRSQRTE:
	case A64_FRSQRTE_simd: return exec_frsqrte_v;
	case A64_FRECPX_simd: return exec_frecpx;
	case A64_FCMEQ_zero:
	case A64_FCMEQ_zero_simd: return exec_fcmeq_zero_v;
	case A64_FCMGE_zero:
	case A64_FCMGE_zero_simd: return exec_fcmge_zero_v;
	case A64_FCMGT_zero:
	case A64_FCMGT_zero_simd: return exec_fcmgt_zero_v;
	case A64_FCMLE_zero:
	case A64_FCMLE_zero_simd: return exec_fcmle_zero_v;
	case A64_FCMLT_zero:
	case A64_FCMLT_zero_simd: return exec_fcmlt_zero_v;
	case A64_FRINT_vector: return exec_frint_v;
#if FP_BITS > 16
	case A64_FRINTTS_vector: return exec_frintts_v;
#endif
	default: return NULL;
	}
}
