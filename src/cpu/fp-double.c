/* SPDX-License-Identifier: MIT */
/*
 * Floating point in double precision: scalars, and vectors lane by lane.
 */
#define FP_BITS 64
#include "cpu/fp-scalar-bodies.h"
#include "cpu/fp-scalar-convert-bodies.h"
#include "cpu/fp-vector-bodies.h"
#include "cpu/fp-vector-elem-bodies.h"
#include "cpu/fp-vector-misc-bodies.h"
#include "cpu/fp-vector-convert-bodies.h"

/* Vectors first: fp-packed-bodies.h asks while the guest runs. */
insn_fn *fp_double_body(const struct insn *i)
{
	insn_fn *fn = vector_body(i);

	fn = fn ?: vector_misc_body(i);
	fn = fn ?: vector_elem_body(i);
	fn = fn ?: vector_convert_body(i);
	fn = fn ?: scalar_body(i);
	fn = fn ?: scalar_convert_body(i);
	return fn;
}
