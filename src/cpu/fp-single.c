/* SPDX-License-Identifier: MIT */
/*
 * Floating point in single precision: the bodies of scalars, and of vectors
 * lane by lane, with what exists for no other type.
 */
#define FP_BITS 32
#include "cpu/fp-scalar-bodies.h"
#include "cpu/fp-scalar-convert-bodies.h"
#include "cpu/fp-vector-bodies.h"

/* Across lanes: 4S only; the Arm ARM's Reduce() splits in halves. */
FP_INLINE void across(struct cpu *cpu, const struct insn *i, fp_op2 *op)
{
	fp_t lo, hi;

	FP_CHECK;
	lo = op(cpu, cpu->vreg[i->rn].s[0], cpu->vreg[i->rn].s[1]);
	hi = op(cpu, cpu->vreg[i->rn].s[2], cpu->vreg[i->rn].s[3]);
	fp_put(cpu, i->rd, op(cpu, lo, hi));
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

insn_fn *fp_single_body(const struct insn *i)
{
	insn_fn *fn = scalar_body(i);

	if (!fn)
		fn = scalar_convert_body(i);
	if (!fn)
		fn = vector_body(i);
	if (!fn)
		fn = across_body(i);
	return fn;
}
