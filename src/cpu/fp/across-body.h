/* SPDX-License-Identifier: MIT */
/*
 * Bodies of floating point across the lanes of a vector: FMAXV, FMINV, FMAXNMV,
 * FMINNMV. For the element type of the including unit, after fp/vector-body.h.
 */

/* The Arm ARM's Reduce() splits in halves: neighbours are the first. */
static ALWAYS_INLINE void across(struct cpu *cpu, const struct insn *i,
				 fp_op2 *op)
{
	unsigned int e, lanes;
	union vreg v;

	FP_CHECK;
	v = cpu->vreg[i->rn];
	for (lanes = i->aux; lanes > 1; lanes /= 2)
		for (e = 0; e < lanes / 2; e++)
			v.FP_LANE[e] =
				op(cpu, v.FP_LANE[2 * e], v.FP_LANE[2 * e + 1]);
	fp_put(cpu, i->rd, v.FP_LANE[0]);
	NEXT;
}

static void exec_fmaxv(struct cpu *cpu, const struct insn *i)
{
	across(cpu, i, fp_max);
}

static void exec_fminv(struct cpu *cpu, const struct insn *i)
{
	across(cpu, i, fp_min);
}

static void exec_fmaxnmv(struct cpu *cpu, const struct insn *i)
{
	across(cpu, i, fp_maxnm);
}

static void exec_fminnmv(struct cpu *cpu, const struct insn *i)
{
	across(cpu, i, fp_minnm);
}

static insn_fn *across_body(const struct insn *i)
{
	switch (i->op) {
	case A64_FMAXV: return exec_fmaxv;
	case A64_FMINV: return exec_fminv;
	case A64_FMAXNMV: return exec_fmaxnmv;
	case A64_FMINNMV: return exec_fminnmv;
	default: return NULL;
	}
}
