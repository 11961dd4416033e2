/* SPDX-License-Identifier: MIT */
/*
 * What the floating-point bodies share whatever their type, and who has which.
 *
 * Type-generic code stands in body files (named -body.h), written once for an
 * element type fp_t (cpu/fp/element.h). A unit defines the type, includes
 * them, and exports one function that gives the body of an instruction, NULL
 * if another unit has it. fp_body() in fp/bodies.c asks them.
 */
#ifndef FAUXKVM_CPU_FP_BODIES_H
#define FAUXKVM_CPU_FP_BODIES_H

#include "cpu/exec.h"
#include "cpu/host-fp.h"
#include "cpu/fp/slow.h"
#include "isa/a64/operands.h"

/* fp/half.c, fp/single.c, fp/double.c: scalars, and vectors lane by lane. */
insn_fn *fp_half_body(const struct insn *i);
insn_fn *fp_single_body(const struct insn *i);
insn_fn *fp_double_body(const struct insn *i);
/* fp/vector-4s.c, -2s.c, -2d.c: vectors of that arrangement at once. NULL also
 * if this host can't. */
insn_fn *fp_4s_body(const struct insn *i);
insn_fn *fp_2s_body(const struct insn *i);
insn_fn *fp_2d_body(const struct insn *i);
/* fp/products.c */
insn_fn *fp_products_body(const struct insn *i);
/* fp/precision.c */
insn_fn *fp_precision_body(const struct insn *i);
/* fp/move.c */
insn_fn *fp_move_body(const struct insn *i);

/* A scalar result clears the rest of the register. */
static inline void fp_put(struct cpu *cpu, unsigned int rd, uint64_t v)
{
	cpu->vreg[rd].d[0] = v;
	cpu->vreg[rd].d[1] = 0;
}

/* FPCR.RMode */
static inline enum sf_rounding fp_rmode(const struct cpu *cpu)
{
	return (enum sf_rounding)((cpu->fpcr & FPCR_RMODE) >> FPCR_RMODE_SHIFT);
}

/* The direction of an instruction's form. */
static inline enum sf_rounding fp_rounding(const struct cpu *cpu,
					   const struct insn *i)
{
	unsigned int r = i->form & FP_ROUND_MASK;

	return r >= FP_ROUND_X ? fp_rmode(cpu) : (enum sf_rounding)r;
}

/* The host has fast ways, and FPCR asks for nothing that it does otherwise. */
static inline bool fp_host_ok(const struct cpu *cpu)
{
#ifdef HOST_FP
	return likely(cpu->fp_host);
#else
	return false;
#endif
}

#endif
