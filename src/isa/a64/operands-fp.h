/* SPDX-License-Identifier: MIT */
/*
 * What the fields of a decoded floating-point instruction hold (class FP).
 * Included by operands.h.
 *
 *  size  type of the elements, enum a64_fp_size. Of a conversion between
 *        precisions that is scalar (FCVT): of the result; vector (FCVTL,
 *        FCVTN, FCVTXN): the wider of the two.
 *  aux   vectors and the scalar SIMD forms: number of lanes, 1 (scalar), 2 or
 *        4: with size, the arrangement. FCSEL, FCCMP: enum a64_cond. FCVTL,
 *        FCVTN and FCVTXN: which half of the narrow register, 1 is the upper.
 *  form  comparisons to NZCV: enum a64_fp_compare. FRINT*: enum a64_fp_round.
 *        Conversions with integers: the same, plus FP_UNSIGNED and FP_INT_X.
 *        FCVT: type of the source.
 *  imm   by element: index of the element of Rm. Fixed point: number of
 *        fraction bits. FCCMP: NZCV if the condition fails. FMOV: the value.
 */
#ifndef FAUXKVM_ISA_A64_OPERANDS_FP_H
#define FAUXKVM_ISA_A64_OPERANDS_FP_H

#include "base/types.h"

enum a64_fp_size { FP_HALF = SIZE_H, FP_SINGLE = SIZE_W, FP_DOUBLE = SIZE_X };

/* VFPExpandImm of the Arm ARM: abcdefgh is a:NOT(b):bb...:cd:efgh:00... */
static inline uint64_t fp_expand_imm(unsigned int imm8, enum a64_fp_size size)
{
	uint64_t sign = imm8 >> 7, b6 = imm8 >> 6 & 1, low = imm8 & 0x3f;

	switch (size) {
	case FP_HALF:
		return sign << 15 | (b6 ^ 1) << 14 |
		       (b6 ? GENMASK(13, 12) : 0) | low << 6;
	case FP_SINGLE:
		return sign << 31 | (b6 ^ 1) << 30 |
		       (b6 ? GENMASK(29, 25) : 0) | low << 19;
	default:
		return sign << 63 | (b6 ^ 1) << 62 |
		       (b6 ? GENMASK(61, 54) : 0) | low << 48;
	}
}

/* FCMP; FCMPE, to which a quiet NaN is an Invalid Operation too. */
enum a64_fp_compare { FP_QUIET, FP_SIGNALLING };

/* By the letter of the mnemonic. N, P, M, Z are FPCR.RMode's values; I and X
 * are by FPCR. Of FRINT*, only X signals Inexact. */
enum a64_fp_round {
	FP_ROUND_N,
	FP_ROUND_P,
	FP_ROUND_M,
	FP_ROUND_Z,
	FP_ROUND_A,
	FP_ROUND_X = 6,
	FP_ROUND_I,
	NR_FP_ROUNDS,
};

enum {
	FP_ROUND_MASK = 7,
	FP_UNSIGNED = 1 << 3,
	FP_INT_X = 1 << 4, /* the general register is X */
};

#endif
