/* SPDX-License-Identifier: MIT */
/*
 * Floating point in half precision (FEAT_FP16): scalars, and vectors lane by
 * lane.
 */
#define FP_BITS 16
#include "cpu/fp-scalar-body.h"
#include "cpu/fp-scalar-convert-body.h"
#include "cpu/fp-vector-body.h"
#include "cpu/fp-vector-elem-body.h"
#include "cpu/fp-vector-misc-body.h"
#include "cpu/fp-vector-convert-body.h"
#include "cpu/fp-complex-body.h"

/* ---- across lanes -------------------------------------------------------- */

/* 4H or 8H; the Arm ARM's Reduce() splits in halves. */
static fp_t reduce(struct cpu *cpu, const fp_t *v, unsigned int n, fp_op2 *op)
{
	if (n == 1)
		return *v;
	return op(cpu, reduce(cpu, v, n / 2, op),
		  reduce(cpu, v + n / 2, n / 2, op));
}

static ALWAYS_INLINE void across(struct cpu *cpu, const struct insn *i,
				 fp_op2 *op)
{
	FP_CHECK;
	fp_put(cpu, i->rd, reduce(cpu, cpu->vreg[i->rn].h, i->aux, op));
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

/* ---- choice -------------------------------------------------------------- */

insn_fn *fp_half_body(const struct insn *i)
{
	insn_fn *fn = vector_body(i);

	fn = fn ?: vector_misc_body(i);
	fn = fn ?: vector_elem_body(i);
	fn = fn ?: vector_convert_body(i);
	fn = fn ?: complex_body(i);
	fn = fn ?: across_body(i);
	fn = fn ?: scalar_body(i);
	fn = fn ?: scalar_convert_body(i);
	return fn;
}
