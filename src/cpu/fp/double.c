/* SPDX-License-Identifier: MIT */
/*
 * Floating point in double precision: scalars, and vectors lane by lane.
 */
#define FP_BITS 64
#include "cpu/fp/scalar-body.h"
#include "cpu/fp/scalar-convert-body.h"
#include "cpu/fp/vector-body.h"
#include "cpu/fp/vector-elem-body.h"
#include "cpu/fp/vector-misc-body.h"
#include "cpu/fp/vector-convert-body.h"
#include "cpu/fp/complex-body.h"

/* FJCVTZS: Z says whether nothing was lost. */
static void exec_fjcvtzs(struct cpu *cpu, const struct insn *i)
{
	bool exact;

	FP_CHECK;
	cpu->x[i->rd] = fp_slow_to_int_js(cpu, cpu->vreg[i->rn].d[0], &exact);
	set_nzcv(cpu, exact ? 1u << 30 : 0);
	NEXT;
}

/* Vectors first: fp/packed-body.h asks while the guest runs. */
insn_fn *fp_double_body(const struct insn *i)
{
	insn_fn *fn = vector_body(i);

	fn = fn ?: vector_misc_body(i);
	fn = fn ?: vector_elem_body(i);
	fn = fn ?: vector_convert_body(i);
	fn = fn ?: complex_body(i);
	fn = fn ?: scalar_body(i);
	fn = fn ?: scalar_convert_body(i);
	if (!fn && i->op == A64_FJCVTZS)
		fn = exec_fjcvtzs;
	return fn;
}
