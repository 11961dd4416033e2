/* SPDX-License-Identifier: MIT */
/*
 * The choice of a body for lane-by-lane Advanced SIMD integer instructions, by
 * arrangement; then by operation, in the unit of the arrangement.
 */
#include "cpu/simd-lanes.h"

#include "cpu/bodies.h"
#include "isa/a64/operands.h"

/* 1D is not an arrangement of any of them: one doubleword is a scalar. */
static insn_fn *(*const by_arrangement[NR_ARRANGEMENTS])(enum a64_op op) = {
	[ARR_8B] = simd_body_8b, [ARR_16B] = simd_body_16b,
	[ARR_4H] = simd_body_4h, [ARR_8H] = simd_body_8h,
	[ARR_2S] = simd_body_2s, [ARR_4S] = simd_body_4s,
	[ARR_2D] = simd_body_2d, [ARR_B] = simd_body_b,
	[ARR_H] = simd_body_h,   [ARR_S] = simd_body_s,
	[ARR_D] = simd_body_d,
};

insn_fn *simd_lanes_body(const struct insn *i)
{
	if (i->size >= NR_ARRANGEMENTS || !by_arrangement[i->size])
		return NULL;
	return by_arrangement[i->size](i->op);
}
