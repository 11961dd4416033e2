/* SPDX-License-Identifier: MIT */
/*
 * Types and macros that every folder uses. A guest address is never a
 * pointer: gpa_t and gva_t become one only through a checked accessor.
 */
#ifndef FAUXKVM_BASE_TYPES_H
#define FAUXKVM_BASE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t gpa_t; /* guest physical (intermediate physical) address */
typedef uint64_t gva_t; /* guest virtual address */

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define likely(x)     __builtin_expect(!!(x), 1)
#define unlikely(x)   __builtin_expect(!!(x), 0)
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define COLD          __attribute__((noinline, cold))
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr)-offsetof(type, member)))

#define BIT(n) (UINT64_C(1) << (n))
/* Bits h..l set, h >= l, both 0..63. */
#define GENMASK(h, l) ((~UINT64_C(0) >> (63 - (h))) & (~UINT64_C(0) << (l)))
/* Field h..l of x, shifted down. */
#define FIELD(x, h, l) (((uint64_t)(x)&GENMASK(h, l)) >> (l))

#define ALIGN_DOWN(x, a) ((x) & ~((uint64_t)(a)-1))
#define ALIGN_UP(x, a)   ALIGN_DOWN((x) + ((a)-1), a)
#define IS_ALIGNED(x, a) (((uint64_t)(x) & ((uint64_t)(a)-1)) == 0)

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Sign-extend the low @bits (1..64) of @x. */
static inline int64_t sext64(uint64_t x, unsigned int bits)
{
	return (int64_t)(x << (64 - bits)) >> (64 - bits);
}

#endif
