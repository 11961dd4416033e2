/* SPDX-License-Identifier: MIT */
/*
 * The choice of a floating-point body: which unit has it, by the type of the
 * elements; what only some hosts can do, the unit asks itself.
 */
#include "cpu/bodies.h"
#include "cpu/fp-bodies.h"

/* fp_rounding() takes one for the other. */
_Static_assert((int)FP_ROUND_N == SF_TIEEVEN && (int)FP_ROUND_P == SF_POSINF &&
		       (int)FP_ROUND_M == SF_NEGINF &&
		       (int)FP_ROUND_Z == SF_TOZERO &&
		       (int)FP_ROUND_A == SF_TIEAWAY,
	       "directions of rounding");

insn_fn *fp_body(const struct insn *i)
{
	insn_fn *fn;

	fn = i->size == FP_DOUBLE ? fp_double_body(i) : fp_single_body(i);
	if (!fn)
		fn = fp_precision_body(i);
	if (!fn)
		fn = fp_move_body(i);
	return fn;
}
