/* SPDX-License-Identifier: MIT */
/*
 * What the fields size and form of a decoded A64 instruction hold. The format
 * functions set them, bodies and emit functions are chosen by them.
 */
#ifndef FAUXKVM_ISA_A64_OPERANDS_H
#define FAUXKVM_ISA_A64_OPERANDS_H

#include "isa/a64/operands-simd-ldst.h"
#include "isa/a64/operands-ldst.h"

/*
 * size of classes INT and BRANCH: of the registers, W or X. Of LDST, ATOMIC
 * and VLDST: log2 of the bytes of one memory access, 0..4. Of FP: the type, see
 * operands-fp.h.
 */
enum a64_size { SIZE_B, SIZE_H, SIZE_W, SIZE_X, SIZE_Q };

/*
 * size of class SIMD: the arrangement, of the destination unless the format
 * says otherwise (format-simd.c: of long and wide instructions the narrow
 * source's). The scalar ones have one lane. imm: the amount of a shift; aux:
 * the lane of an element.
 */
enum a64_arrangement {
	ARR_8B,
	ARR_16B,
	ARR_4H,
	ARR_8H,
	ARR_2S,
	ARR_4S,
	ARR_1D,
	ARR_2D,
	ARR_B, /* scalars */
	ARR_H,
	ARR_S,
	ARR_D,
	NR_ARRANGEMENTS,
};

#include "isa/a64/operands-fp.h"

#endif
