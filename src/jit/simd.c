/* SPDX-License-Identifier: MIT */
/*
 * The choice of an emit function for Advanced SIMD integer instructions.
 */
#include "jit/simd.h"

emit_fn *simd_emitter(const struct insn *i)
{
	emit_fn *emit = simd_basic_emitter(i);

	emit = emit ?: simd_shift_emitter(i);
	emit = emit ?: simd_permute_emitter(i);
	emit = emit ?: simd_copy_emitter(i);
	emit = emit ?: simd_multiply_emitter(i);
	emit = emit ?: simd_long_emitter(i);
	emit = emit ?: simd_reduce_emitter(i);
	return emit;
}
