/* SPDX-License-Identifier: MIT */
/*
 * Floating point in single precision: scalars, and vectors lane by lane. With
 * what exists for no other type.
 */
#define FP_BITS 32
#include "cpu/fp/scalar-body.h"
#include "cpu/fp/scalar-convert-body.h"
#include "cpu/fp/vector-body.h"
#include "cpu/fp/vector-elem-body.h"
#include "cpu/fp/vector-misc-body.h"
#include "cpu/fp/vector-convert-body.h"
#include "cpu/fp/complex-body.h"
#include "cpu/fp/across-body.h"

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

static insn_fn *estimate_body(const struct insn *i)
{
	switch (i->op) {
	case A64_URECPE: return exec_urecpe;
	case A64_URSQRTE: return exec_ursqrte;
	default: return NULL;
	}
}

/* Vectors first: fp/packed-body.h asks while the guest runs. */
insn_fn *fp_single_body(const struct insn *i)
{
	insn_fn *fn = vector_body(i);

	fn = fn ?: vector_misc_body(i);
	fn = fn ?: vector_elem_body(i);
	fn = fn ?: vector_convert_body(i);
	fn = fn ?: complex_body(i);
	fn = fn ?: across_body(i);
	fn = fn ?: estimate_body(i);
	fn = fn ?: scalar_body(i);
	fn = fn ?: scalar_convert_body(i);
	return fn;
}
