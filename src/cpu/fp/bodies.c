/* SPDX-License-Identifier: MIT */
/*
 * The choice of a floating-point body. A unit for the arrangement or the type
 * of the elements has it; what only some hosts can do, the unit asks itself.
 */
#include "cpu/bodies.h"
#include "cpu/fp/bodies.h"

/* fp_rounding() takes one for the other. */
_Static_assert((int)FP_ROUND_N == SF_TIEEVEN && (int)FP_ROUND_P == SF_POSINF &&
		       (int)FP_ROUND_M == SF_NEGINF &&
		       (int)FP_ROUND_Z == SF_TOZERO &&
		       (int)FP_ROUND_A == SF_TIEAWAY,
	       "directions of rounding");

/* For the arrangement; a scalar's aux is something else, but no scalar is
 * known there. */
static insn_fn *packed_body(const struct insn *i)
{
	if (i->aux == 4)
		return fp_4s_body(i);
	if (i->aux == 2)
		return i->size == FP_DOUBLE ? fp_2d_body(i) : fp_2s_body(i);
	return NULL;
}

insn_fn *fp_body(const struct insn *i)
{
	insn_fn *fn;

	switch (i->size) {
	case FP_HALF: fn = fp_half_body(i); break;
	case FP_DOUBLE: fn = packed_body(i) ?: fp_double_body(i); break;
	default: fn = packed_body(i) ?: fp_single_body(i);
	}
	fn = fn ?: fp_products_body(i);
	fn = fn ?: fp_precision_body(i);
	fn = fn ?: fp_move_body(i);
	return fn;
}
