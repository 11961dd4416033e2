/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD three same: add, subtract, compare, halve, minimum, maximum,
 * absolute difference, bitwise (Arm ARM C4.1.96 "Advanced SIMD three same",
 * "scalar three same"). Multiplies: simd-multiply.c; saturating:
 * simd-saturate.c; shifts: simd-shift.c; pairwise: simd-reduce.c.
 */
#include "cpu/simd.h"

/* Add and subtract, modulo 2^bits. */
/* Compare: all ones if true. */
/* Halving: without the carry leaving the lane. */
SIMD_BHS(shadd, s, (a >> 1) + (b >> 1) + (a & b & 1))
SIMD_BHS(uhadd, u, (a >> 1) + (b >> 1) + (a & b & 1))
SIMD_BHS(srhadd, s, (a >> 1) + (b >> 1) + ((a | b) & 1))
SIMD_BHS(urhadd, u, (a >> 1) + (b >> 1) + ((a | b) & 1))
SIMD_BHS(shsub, s, (a >> 1) - (b >> 1) - (~a & b & 1))
SIMD_BHS(uhsub, u, (a >> 1) - (b >> 1) - (~a & b & 1))

/* Minimum, maximum. */
SIMD_BHS(smax, s, a > b ? a : b)
SIMD_BHS(umax, u, a > b ? a : b)
SIMD_BHS(smin, s, a < b ? a : b)
SIMD_BHS(umin, u, a < b ? a : b)

/* Absolute difference; and accumulate. */
SIMD_BHS(sabd, s, a > b ? (U)a - (U)b : (U)b - (U)a)
SIMD_BHS(uabd, u, a > b ? a - b : b - a)
SIMD_BHS(saba, s, (U)c + (a > b ? (U)a - (U)b : (U)b - (U)a))
SIMD_BHS(uaba, u, c + (a > b ? a - b : b - a))

/* Bitwise: the size field is part of the opcode. */
#define SIMD_BITWISE(op, ...)                               \
	SAME_FN(op##_0, u64, 1, l, __VA_ARGS__)             \
	SAME_FN(op##_1, u64, 2, l, __VA_ARGS__)             \
	bool fmt_simd_##op(uint32_t w, struct insn *out)    \
	{                                                   \
		simd_regs(w, out);                          \
		out->fn = FLD(w, 30, 30) ? op##_1 : op##_0; \
		return true;                                \
	}

SIMD_BITWISE(and, (a & b))
SIMD_BITWISE(bic, a & ~b)
SIMD_BITWISE(orr, a | b)
SIMD_BITWISE(orn, a | ~b)
SIMD_BITWISE(eor, a ^ b)
SIMD_BITWISE(bsl, b ^ ((b ^ a) & c))
SIMD_BITWISE(bit, c ^ ((c ^ a) & b))
SIMD_BITWISE(bif, c ^ ((c ^ a) & ~b))
