/* SPDX-License-Identifier: MIT */
/*
 * The choice of a body for lane-by-lane Advanced SIMD integer instructions, by
 * arrangement; then by operation, in the unit of the arrangement.
 */
#include "cpu/simd/lanes.h"

#include "cpu/bodies.h"
#include "isa/a64/operands.h"

/* 1D is not an arrangement of any of them: one doubleword is a scalar. */
static insn_fn *(*const by_arrangement[NR_ARRANGEMENTS])(enum a64_op op) = {
	[ARR_8B] = simd_8b_body, [ARR_16B] = simd_16b_body,
	[ARR_4H] = simd_4h_body, [ARR_8H] = simd_8h_body,
	[ARR_2S] = simd_2s_body, [ARR_4S] = simd_4s_body,
	[ARR_2D] = simd_2d_body, [ARR_B] = simd_b_body,
	[ARR_H] = simd_h_body,   [ARR_S] = simd_s_body,
	[ARR_D] = simd_d_body,
};

insn_fn *simd_lanes_body(const struct insn *i)
{
	if (i->size >= NR_ARRANGEMENTS || !by_arrangement[i->size])
		return NULL;
	return by_arrangement[i->size](i->op);
}
