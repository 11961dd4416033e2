/* SPDX-License-Identifier: MIT */
/*
 * Bodies of lane-by-lane Advanced SIMD instructions for one arrangement.
 * Included by each unit (simd/16b.c) after the definitions of LANES and
 * LANE_BITS. Which themes an arrangement has is said here; the formats
 * (isa/a64/format-simd.c) refuse the rest, so that each body of a unit can be
 * reached.
 *
 * The operations _v and _s of one name share a body: vectors and scalars are
 * different units.
 */
#include "cpu/simd/lanes.h"
#include "cpu/simd/unit.h"

#include "cpu/simd/copy-body.h"
#include "cpu/simd/saturate-body.h"
#if VECTOR
#include "cpu/simd/permute-body.h"
#include "cpu/simd/reduce-body.h"
#endif
#if VECTOR || LANE_BITS == 64
#include "cpu/simd/basic-body.h"
#include "cpu/simd/shift-body.h"
#endif
#if VECTOR && LANE_BITS < 64
#include "cpu/simd/bhs-body.h"
#include "cpu/simd/bits-body.h"
#include "cpu/simd/long-body.h"
#include "cpu/simd/multiply-body.h"
#endif
#if LANE_BITS < 64
#include "cpu/simd/narrow-body.h"
#endif
#if LANE_BITS == 16 || LANE_BITS == 32
#include "cpu/simd/doubling-body.h"
#endif

static insn_fn *unit_body(enum a64_op op)
{
	insn_fn *fn = saturate_body(op);

	fn = fn ?: copy_body(op);
#if VECTOR
	fn = fn ?: permute_body(op);
	fn = fn ?: reduce_body(op);
#endif
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
