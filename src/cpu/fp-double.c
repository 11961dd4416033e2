/* SPDX-License-Identifier: MIT */
/*
 * Floating point in double precision: the bodies of scalars, and of vectors
 * lane by lane.
 */
#define FP_BITS 64
#include "cpu/fp-scalar-bodies.h"
#include "cpu/fp-scalar-convert-bodies.h"
#include "cpu/fp-vector-bodies.h"
#include "cpu/fp-vector-elem-bodies.h"
#include "cpu/fp-vector-misc-bodies.h"
#include "cpu/fp-vector-convert-bodies.h"

insn_fn *fp_double_body(const struct insn *i)
{
	insn_fn *fn = scalar_body(i);

	if (!fn)
		fn = scalar_convert_body(i);
	if (!fn)
		fn = vector_body(i);
	if (!fn)
		fn = vector_misc_body(i);
	if (!fn)
		fn = vector_elem_body(i);
	if (!fn)
		fn = vector_convert_body(i);
	return fn;
}
