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
	[POOL_TWICE_INF_D] = FIRST(0xffe0000000000000),
	[POOL_TWICE_MIN_NORMAL_D] = FIRST(0x0020000000000000),
	[POOL_2_TO_63_S] = FIRST(0x5f000000),
	[POOL_2_TO_32_D] = FIRST(0x41f0000000000000),
	[POOL_2_TO_63_D] = FIRST(0x43e0000000000000),
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
