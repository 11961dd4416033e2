/* SPDX-License-Identifier: MIT */
/*
 * Constants of 16 bytes that translated code takes from memory, before the glue.
 */
#ifndef FAUXKVM_JIT_POOL_H
#define FAUXKVM_JIT_POOL_H

#include "jit/translate.h"

enum pool_constant {
	POOL_SIGN_S, /* of each element */
	POOL_SIGN_D,
	POOL_SIGN_SCALAR_S, /* of the first one, zeros above */
	POOL_SIGN_SCALAR_D,
	POOL_ABS_S, /* all but the sign */
	POOL_ABS_D,
	POOL_ABS_SCALAR_S,
	POOL_ABS_SCALAR_D,
	POOL_MIN_NORMAL_S,
	POOL_MIN_NORMAL_D,
	POOL_HALF_S, /* 0.5 */
	POOL_HALF_D,
	POOL_ONE_S, /* 1.0 */
	POOL_ONE_D,
	POOL_TWICE_INF_D,        /* encodings without their sign, from bit 1 */
	POOL_TWICE_MIN_NORMAL_D, /* likewise */
	POOL_2_TO_32_D,          /* encodings */
	POOL_2_TO_63_D,
	/* For PSHUFB: the even and the odd elements, then zeros; elements in
	 * reverse within larger ones. */
	POOL_EVEN_B,
	POOL_EVEN_H,
	POOL_EVEN_S,
	POOL_ODD_B,
	POOL_ODD_H,
	POOL_ODD_S,
	POOL_REV16_B,
	POOL_REV32_B,
	POOL_REV32_H,
	POOL_REV64_B,
	POOL_REV64_H,
	POOL_REV64_S,
	/* Of each byte. */
	POOL_NIBBLE, /* 0x0f */
	POOL_0X10,
	POOL_0X70,
	POOL_NIBBLE_COUNTS, /* bits set in 0 to 15 */
	POOL_LOW_BYTE_S,    /* 0xff of each element */
	POOL_LOW_BYTE_D,
	/* Of singles as a32-neon-fp.c weighs them. */
	POOL_LEAST_NORMAL,  /* the least normal number */
	POOL_ABOVE_LEAST,   /* the one above */
	POOL_SMALL_PRODUCT, /* half of the sum of a product's, 2^-100 */
	NR_POOL_CONSTANTS,
};

void pool_emit(struct jit *jit);
struct x86_mem pool(const struct translation *t, enum pool_constant k);

#endif
