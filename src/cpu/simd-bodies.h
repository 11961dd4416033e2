/* SPDX-License-Identifier: MIT */
/*
 * Bodies of lane-by-lane Advanced SIMD instructions for one arrangement.
 * Included by each unit (simd-16b.c) after the definitions of LANES, LANE_BITS
 * and SIMD_BODY, the name of the function that chooses by operation. Which
 * themes an arrangement has is said here; a format (isa/a64/format-simd.c)
 * refuses the rest, so no body is in a unit that doesn't need it.
 *
 * The operations _v and _s of one name share a body: vectors and scalars are
 * different units.
 */
#include "cpu/simd-lanes.h"
#include "cpu/simd-unit.h"

#include "cpu/simd-saturate-body.h"
#if VECTOR || LANE_BITS == 64
#include "cpu/simd-basic-body.h"
#include "cpu/simd-shift-body.h"
#endif
#if VECTOR && LANE_BITS < 64
#include "cpu/simd-bhs-body.h"
#include "cpu/simd-bits-body.h"
#include "cpu/simd-long-body.h"
#include "cpu/simd-multiply-body.h"
#endif
#if LANE_BITS < 64
#include "cpu/simd-narrow-body.h"
#endif
#if LANE_BITS == 16 || LANE_BITS == 32
#include "cpu/simd-doubling-body.h"
#endif

insn_fn *SIMD_BODY(enum a64_op op)
{
	insn_fn *fn = saturate_body(op);

#if VECTOR || LANE_BITS == 64
	fn = fn ?: basic_body(op);
	fn = fn ?: shift_body(op);
#endif
#if VECTOR && LANE_BITS < 64
	fn = fn ?: bhs_body(op);
	fn = fn ?: bits_body(op);
	fn = fn ?: long_body(op);
	fn = fn ?: multiply_body(op);
#endif
#if LANE_BITS < 64
	fn = fn ?: narrow_body(op);
#endif
#if LANE_BITS == 16 || LANE_BITS == 32
	fn = fn ?: doubling_body(op);
#endif
	return fn;
}
