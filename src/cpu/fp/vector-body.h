/* SPDX-License-Identifier: MIT */
/*
 * Bodies of vector floating point that go lane by lane: three same, pairwise.
 * For the element type of the including unit (Arm ARM C4.1, "Data Processing
 * -- Scalar Floating-Point and Advanced SIMD"). They do the scalar SIMD forms,
 * which have one lane, and what the bodies for whole registers
 * (fp/packed-body.h) find they can't.
 *
 * A lane's operands are read before the lane is written, so destination and
 * sources may be the same.
 */
#include "cpu/fp/element.h"

/* The destination has @lanes valid ones. */
static inline void fp_clear_rest(union vreg *v, unsigned int lanes)
{
	if (lanes * FP_BITS < 128)
		v->d[1] = 0;
	if (lanes * FP_BITS < 64)
		v->d[0] = v->FP_LANE[0]; /* a scalar */
}

static ALWAYS_INLINE void lanes2(struct cpu *cpu, const struct insn *i,
				 fp_op2 *op)
{
	union vreg *d = &cpu->vreg[i->rd];
	unsigned int e, lanes = i->aux;

	FP_CHECK;
	for (e = 0; e < lanes; e++)
		d->FP_LANE[e] = op(cpu, cpu->vreg[i->rn].FP_LANE[e],
				   cpu->vreg[i->rm].FP_LANE[e]);
	fp_clear_rest(d, lanes);
	NEXT;
}

/* ---- three same ---------------------------------------------------------- */

static void exec_fadd_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, fp_add);
}

static void exec_fsub_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, fp_sub);
}

static fp_t lane_fabd(struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_abs(fp_sub(cpu, a, b));
}

static void exec_fabd_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, lane_fabd);
}

static void exec_fmul_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, fp_mul);
}

static void exec_fmulx_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, fp_mulx);
}

static void exec_fdiv_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, fp_div);
}

static void exec_fmax_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, fp_max);
}

static void exec_fmin_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, fp_min);
}

static void exec_fmaxnm_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, fp_maxnm);
}

static void exec_fminnm_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, fp_minnm);
}

static void exec_fcmeq_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, fp_cmeq);
}

static void exec_fcmge_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, fp_cmge);
}

static void exec_fcmgt_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, fp_cmgt);
}

/* FACLE is this with the operands exchanged. */
static fp_t lane_facge(struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_cmge(cpu, fp_abs(a), fp_abs(b));
}

static void exec_facge_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, lane_facge);
}

/* FACLT is this with the operands exchanged. */
static fp_t lane_facgt(struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_cmgt(cpu, fp_abs(a), fp_abs(b));
}

static void exec_facgt_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, lane_facgt);
}

static fp_t lane_frecps(struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_slow2(cpu, sf_recps, FP_FORMAT, a, b);
}

static void exec_frecps_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, lane_frecps);
}

static fp_t lane_frsqrts(struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_slow2(cpu, sf_rsqrts, FP_FORMAT, a, b);
}

static void exec_frsqrts_v(struct cpu *cpu, const struct insn *i)
{
	lanes2(cpu, i, lane_frsqrts);
}

/* @neg_a: FP_SIGN if the first factor is negated, else 0. */
static ALWAYS_INLINE void lanes_muladd(struct cpu *cpu, const struct insn *i,
				       fp_t neg_a)
{
	union vreg *d = &cpu->vreg[i->rd];
	unsigned int e, lanes = i->aux;

	FP_CHECK;
	for (e = 0; e < lanes; e++)
		d->FP_LANE[e] =
			fp_slow_muladd(cpu, FP_FORMAT, d->FP_LANE[e],
				       cpu->vreg[i->rn].FP_LANE[e] ^ neg_a,
				       cpu->vreg[i->rm].FP_LANE[e]);
	fp_clear_rest(d, lanes);
	NEXT;
}

static void exec_fmla_v(struct cpu *cpu, const struct insn *i)
{
	lanes_muladd(cpu, i, 0);
}

static void exec_fmls_v(struct cpu *cpu, const struct insn *i)
{
	lanes_muladd(cpu, i, FP_SIGN);
}

/* ---- pairwise ------------------------------------------------------------ */

static ALWAYS_INLINE void pairwise(struct cpu *cpu, const struct insn *i,
				   fp_op2 *op)
{
	union vreg n, m, *d;
	unsigned int e, half;

	FP_CHECK;
	n = cpu->vreg[i->rn];
	m = cpu->vreg[i->rm];
	d = &cpu->vreg[i->rd];
	half = i->aux / 2;
	for (e = 0; e < half; e++) {
		d->FP_LANE[e] = op(cpu, n.FP_LANE[2 * e], n.FP_LANE[2 * e + 1]);
		d->FP_LANE[e + half] =
			op(cpu, m.FP_LANE[2 * e], m.FP_LANE[2 * e + 1]);
	}
	fp_clear_rest(d, i->aux);
	NEXT;
}

static void exec_faddp_v(struct cpu *cpu, const struct insn *i)
{
	pairwise(cpu, i, fp_add);
}

static void exec_fmaxp_v(struct cpu *cpu, const struct insn *i)
{
	pairwise(cpu, i, fp_max);
}

static void exec_fminp_v(struct cpu *cpu, const struct insn *i)
{
	pairwise(cpu, i, fp_min);
}

static void exec_fmaxnmp_v(struct cpu *cpu, const struct insn *i)
{
	pairwise(cpu, i, fp_maxnm);
}

static void exec_fminnmp_v(struct cpu *cpu, const struct insn *i)
{
	pairwise(cpu, i, fp_minnm);
}

/* Scalar: both lanes of one register. */
static ALWAYS_INLINE void pairwise_scalar(struct cpu *cpu, const struct insn *i,
					  fp_op2 *op)
{
	FP_CHECK;
	fp_put(cpu, i->rd,
	       op(cpu, cpu->vreg[i->rn].FP_LANE[0],
		  cpu->vreg[i->rn].FP_LANE[1]));
	NEXT;
}

static void exec_faddp(struct cpu *cpu, const struct insn *i)
{
	pairwise_scalar(cpu, i, fp_add);
}

static void exec_fmaxp(struct cpu *cpu, const struct insn *i)
{
	pairwise_scalar(cpu, i, fp_max);
}

static void exec_fminp(struct cpu *cpu, const struct insn *i)
{
	pairwise_scalar(cpu, i, fp_min);
}

static void exec_fmaxnmp(struct cpu *cpu, const struct insn *i)
{
	pairwise_scalar(cpu, i, fp_maxnm);
}

static void exec_fminnmp(struct cpu *cpu, const struct insn *i)
{
	pairwise_scalar(cpu, i, fp_minnm);
}

/* ---- choice -------------------------------------------------------------- */

static insn_fn *vector_body(const struct insn *i)
{
	switch (i->op) {
	case A64_FADD_vector: return exec_fadd_v;
	case A64_FSUB_vector: return exec_fsub_v;
	case A64_FABD_vector:
	case A64_FABD_simd: return exec_fabd_v;
	case A64_FMUL_vector: return exec_fmul_v;
	case A64_FMULX_vector:
	case A64_FMULX_simd: return exec_fmulx_v;
	case A64_FDIV_vector: return exec_fdiv_v;
	case A64_FMAX_vector: return exec_fmax_v;
	case A64_FMIN_vector: return exec_fmin_v;
	case A64_FMAXNM_vector: return exec_fmaxnm_v;
	case A64_FMINNM_vector: return exec_fminnm_v;
	case A64_FCMEQ_vector:
	case A64_FCMEQ_simd: return exec_fcmeq_v;
	case A64_FCMGE_vector:
	case A64_FCMGE_simd: return exec_fcmge_v;
	case A64_FCMGT_vector:
	case A64_FCMGT_simd: return exec_fcmgt_v;
	case A64_FACGE_vector:
	case A64_FACGE_simd: return exec_facge_v;
	case A64_FACGT_vector:
	case A64_FACGT_simd: return exec_facgt_v;
	case A64_FRECPS_vector:
	case A64_FRECPS_simd: return exec_frecps_v;
	case A64_FRSQRTS_vector:
	case A64_FRSQRTS_simd: return exec_frsqrts_v;
	case A64_FMLA_vector: return exec_fmla_v;
	case A64_FMLS_vector: return exec_fmls_v;
	case A64_FADDP_vector: return exec_faddp_v;
	case A64_FMAXP_vector: return exec_fmaxp_v;
	case A64_FMINP_vector: return exec_fminp_v;
	case A64_FMAXNMP_vector: return exec_fmaxnmp_v;
	case A64_FMINNMP_vector: return exec_fminnmp_v;
	case A64_FADDP_scalar: return exec_faddp;
	case A64_FMAXP_scalar: return exec_fmaxp;
	case A64_FMINP_scalar: return exec_fminp;
	case A64_FMAXNMP_scalar: return exec_fmaxnmp;
	case A64_FMINNMP_scalar: return exec_fminnmp;
	default: return NULL;
	}
}
