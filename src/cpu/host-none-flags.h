/* SPDX-License-Identifier: MIT */
/*
 * Addition and subtraction with carry and overflow in portable C, for
 * cpu/host-flags.h, which says what @c and @v are.
 */
#ifndef FAUXKVM_CPU_HOST_NONE_FLAGS_H
#define FAUXKVM_CPU_HOST_NONE_FLAGS_H

#include <stdint.h>

static inline uint32_t host_add32(uint32_t a, uint32_t b, uint64_t *c,
				  uint64_t *v)
{
	int32_t sum;

	*v = __builtin_add_overflow((int32_t)a, (int32_t)b, &sum);
	*c = (uint32_t)sum < a;
	return (uint32_t)sum;
}

static inline uint64_t host_add64(uint64_t a, uint64_t b, uint64_t *c,
				  uint64_t *v)
{
	int64_t sum;

	*v = __builtin_add_overflow((int64_t)a, (int64_t)b, &sum);
	*c = (uint64_t)sum < a;
	return (uint64_t)sum;
}

static inline uint32_t host_sub32(uint32_t a, uint32_t b, uint64_t *c,
				  uint64_t *v)
{
	int32_t diff;

	*v = __builtin_sub_overflow((int32_t)a, (int32_t)b, &diff);
	*c = a >= b;
	return (uint32_t)diff;
}

static inline uint64_t host_sub64(uint64_t a, uint64_t b, uint64_t *c,
				  uint64_t *v)
{
	int64_t diff;

	*v = __builtin_sub_overflow((int64_t)a, (int64_t)b, &diff);
	*c = a >= b;
	return (uint64_t)diff;
}

#endif
