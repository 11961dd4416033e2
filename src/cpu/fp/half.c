/* SPDX-License-Identifier: MIT */
/*
 * Floating point in half precision (FEAT_FP16): scalars, and vectors lane by
 * lane.
 */
#define FP_BITS 16
#include "cpu/fp/scalar-body.h"
#include "cpu/fp/scalar-convert-body.h"
#include "cpu/fp/vector-body.h"
#include "cpu/fp/vector-elem-body.h"
#include "cpu/fp/vector-misc-body.h"
#include "cpu/fp/vector-convert-body.h"
#include "cpu/fp/complex-body.h"
#include "cpu/fp/across-body.h"

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
