/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD instructions lane by lane: scalars of 16 bits. One of eleven
 * such units: the bodies are in files named -body.h, by theme, and simd/bodies.h
 * says which of them an arrangement has.
 */
#define LANES     1
#define LANE_BITS 16
#include "cpu/simd/bodies.h"

insn_fn *simd_h_body(enum a64_op op)
{
	return unit_body(op);
}
