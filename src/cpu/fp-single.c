/* SPDX-License-Identifier: MIT */
/*
 * Floating point in single precision: scalars, and vectors lane by lane. With
 * what exists for no other type.
 */
#define FP_BITS 32
#include "cpu/fp-scalar-body.h"
#include "cpu/fp-scalar-convert-body.h"
#include "cpu/fp-vector-body.h"
#include "cpu/fp-vector-elem-body.h"
#include "cpu/fp-vector-misc-body.h"
#include "cpu/fp-vector-convert-body.h"
#include "cpu/fp-complex-body.h"

/* ---- across lanes -------------------------------------------------------- */

/* 4S only; the Arm ARM's Reduce() splits in halves. */
static ALWAYS_INLINE void across(struct cpu *cpu, const struct insn *i,
				 fp_op2 *op)
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

/* ---- unsigned estimates -------------------------------------------------- */

static inline uint32_t lane_urecpe(struct cpu *cpu, uint32_t a)
{
	return sf_urecpe(a);
}

static void exec_urecpe(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_urecpe);
}

static inline uint32_t lane_ursqrte(struct cpu *cpu, uint32_t a)
{
	return sf_ursqrte(a);
}

static void exec_ursqrte(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_ursqrte);
}

/* ---- choice -------------------------------------------------------------- */

static insn_fn *words_body(const struct insn *i)
{
	switch (i->op) {
	case A64_FMAXV: return exec_fmaxv;
	case A64_FMINV: return exec_fminv;
	case A64_FMAXNMV: return exec_fmaxnmv;
	case A64_FMINNMV: return exec_fminnmv;
	case A64_URECPE: return exec_urecpe;
	case A64_URSQRTE: return exec_ursqrte;
	default: return NULL;
	}
}

/* Vectors first: fp-packed-body.h asks while the guest runs. */
insn_fn *fp_single_body(const struct insn *i)
{
	insn_fn *fn = vector_body(i);

	fn = fn ?: vector_misc_body(i);
	fn = fn ?: vector_elem_body(i);
	fn = fn ?: vector_convert_body(i);
	fn = fn ?: complex_body(i);
	fn = fn ?: words_body(i);
	fn = fn ?: scalar_body(i);
	fn = fn ?: scalar_convert_body(i);
	return fn;
}
