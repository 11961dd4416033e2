/* SPDX-License-Identifier: MIT */
/*
 * The constants of translated code, see pool.h. They are ours: a guest chooses
 * none of them.
 */
#include "jit/pool.h"

#include <string.h>

#define WORDS(v)                                                       \
	{                                                              \
		(v) * UINT64_C(0x100000001), (v)*UINT64_C(0x100000001) \
	}
#define DOUBLES(v)                       \
	{                                \
		UINT64_C(v), UINT64_C(v) \
	}
#define FIRST(v)               \
	{                      \
		UINT64_C(v), 0 \
	}

static const uint64_t constants[NR_POOL_CONSTANTS][2] = {
	[POOL_SIGN_S] = WORDS(0x80000000),
	[POOL_SIGN_D] = DOUBLES(0x8000000000000000),
	[POOL_SIGN_SCALAR_S] = FIRST(0x80000000),
	[POOL_SIGN_SCALAR_D] = FIRST(0x8000000000000000),
	[POOL_ABS_S] = WORDS(0x7fffffff),
	[POOL_ABS_D] = DOUBLES(0x7fffffffffffffff),
	[POOL_ABS_SCALAR_S] = FIRST(0x7fffffff),
	[POOL_ABS_SCALAR_D] = FIRST(0x7fffffffffffffff),
	[POOL_MIN_NORMAL_S] = WORDS(0x00800000),
	[POOL_MIN_NORMAL_D] = DOUBLES(0x0010000000000000),
	[POOL_HALF_S] = WORDS(0x3f000000),
	[POOL_HALF_D] = DOUBLES(0x3fe0000000000000),
	[POOL_ONE_S] = WORDS(0x3f800000),
	[POOL_ONE_D] = DOUBLES(0x3ff0000000000000),
	[POOL_TWICE_INF_D] = FIRST(0xffe0000000000000),
	[POOL_TWICE_MIN_NORMAL_D] = FIRST(0x0020000000000000),
	[POOL_2_TO_32_D] = FIRST(0x41f0000000000000),
	[POOL_2_TO_63_D] = FIRST(0x43e0000000000000),
	[POOL_EVEN_B] = {UINT64_C(0x0e0c0a0806040200),
			 UINT64_C(0x8080808080808080)},
	[POOL_EVEN_H] = {UINT64_C(0x0d0c090805040100),
			 UINT64_C(0x8080808080808080)},
	[POOL_EVEN_S] = {UINT64_C(0x0b0a090803020100),
			 UINT64_C(0x8080808080808080)},
	[POOL_ODD_B] = {UINT64_C(0x0f0d0b0907050301),
			UINT64_C(0x8080808080808080)},
	[POOL_ODD_H] = {UINT64_C(0x0f0e0b0a07060302),
			UINT64_C(0x8080808080808080)},
	[POOL_ODD_S] = {UINT64_C(0x0f0e0d0c07060504),
			UINT64_C(0x8080808080808080)},
	[POOL_REV16_B] = {UINT64_C(0x0607040502030001),
			  UINT64_C(0x0e0f0c0d0a0b0809)},
	[POOL_REV32_B] = {UINT64_C(0x0405060700010203),
			  UINT64_C(0x0c0d0e0f08090a0b)},
	[POOL_REV32_H] = {UINT64_C(0x0504070601000302),
			  UINT64_C(0x0d0c0f0e09080b0a)},
	[POOL_REV64_B] = {UINT64_C(0x0001020304050607),
			  UINT64_C(0x08090a0b0c0d0e0f)},
	[POOL_REV64_H] = {UINT64_C(0x0100030205040706),
			  UINT64_C(0x09080b0a0d0c0f0e)},
	[POOL_REV64_S] = {UINT64_C(0x0302010007060504),
			  UINT64_C(0x0b0a09080f0e0d0c)},
	[POOL_NIBBLE] = DOUBLES(0x0f0f0f0f0f0f0f0f),
	[POOL_0X10] = DOUBLES(0x1010101010101010),
	[POOL_0X70] = DOUBLES(0x7070707070707070),
	[POOL_NIBBLE_COUNTS] = {UINT64_C(0x0302020102010100),
				UINT64_C(0x0403030203020201)},
	[POOL_LOW_BYTE_S] = WORDS(0xff),
	[POOL_LOW_BYTE_D] = DOUBLES(0xff),
	[POOL_LEAST_NORMAL] = WORDS(0x807fffff),
	[POOL_ABOVE_LEAST] = WORDS(0x80800000),
	[POOL_SMALL_PRODUCT] = WORDS(0xa6800000),
};

void pool_emit(struct jit *jit)
{
	struct x86_code *c = &jit->c;

	jit->pool = x86_here(c);
	memcpy(c->p, constants, sizeof(constants));
	c->p += sizeof(constants);
}

struct x86_mem pool(const struct translation *t, enum pool_constant k)
{
	return x86_at_code(&t->c, t->jit->pool + 16 * k);
}
