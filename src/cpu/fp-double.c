/* SPDX-License-Identifier: MIT */
/*
 * Floating point in double precision: the bodies of scalars, and of vectors
 * lane by lane.
 */
#define FP_BITS 64
#include "cpu/fp-scalar-bodies.h"

insn_fn *fp_double_body(const struct insn *i)
{
	return scalar_body(i);
}
