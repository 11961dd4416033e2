/* SPDX-License-Identifier: MIT */
/*
 * The choice of an emit function for floating point.
 */
#include "jit/fp.h"

emit_fn *fp_emitter(const struct insn *i)
{
	emit_fn *emit;

	if (i->size == FP_HALF) /* softfloat's alone */
		return NULL;
	emit = fp_scalar_emitter(i);
	emit = emit ?: fp_convert_emitter(i);
	emit = emit ?: fp_vector_emitter(i);
	emit = emit ?: fp_move_emitter(i);
	return emit;
}
