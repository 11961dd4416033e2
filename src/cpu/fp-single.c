/* SPDX-License-Identifier: MIT */
/*
 * Floating point in single precision: the bodies of scalars, and of vectors
 * lane by lane.
 */
#define FP_BITS 32
#include "cpu/fp-scalar-bodies.h"

insn_fn *fp_single_body(const struct insn *i)
{
	return scalar_body(i);
}
