/* SPDX-License-Identifier: MIT */
/*
 * Arithmetic of one lane that several Advanced SIMD operations share:
 * saturation, shifts by a register. @bits is the width of the lane; @sat is
 * set to 1 if the result saturated.
 *
 * All of it is inlined into loops with a constant @bits, so that gcc makes
 * straight vector code of the loop.
 */
#ifndef FAUXKVM_CPU_SIMD_LANE_H
#define FAUXKVM_CPU_SIMD_LANE_H

#include "base/types.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

/* ---- saturation ---------------------------------------------------------- */

/* Limits of a lane. */
#define SMAX_OF(bits) ((s64)(~UINT64_C(0) >> (65 - (bits))))
#define SMIN_OF(bits) (-SMAX_OF(bits) - 1)
#define UMAX_OF(bits) (~UINT64_C(0) >> (64 - (bits)))

/* Clamp to @bits signed; from signed to @bits unsigned; unsigned. */
static inline s64 sat_ss(s64 v, unsigned int bits, unsigned int *sat)
{
	s64 r = v > SMAX_OF(bits)   ? SMAX_OF(bits)
		: v < SMIN_OF(bits) ? SMIN_OF(bits)
				    : v;

	*sat |= r != v;
	return r;
}

static inline u64 sat_su(s64 v, unsigned int bits, unsigned int *sat)
{
	u64 r = v < 0 ? 0 : (u64)v > UMAX_OF(bits) ? UMAX_OF(bits) : (u64)v;

	*sat |= r != (u64)v || v < 0;
	return r;
}

static inline u64 sat_uu(u64 v, unsigned int bits, unsigned int *sat)
{
	u64 r = v > UMAX_OF(bits) ? UMAX_OF(bits) : v;

	*sat |= r != v;
	return r;
}

/* ---- shift by a register ------------------------------------------------- */

/* @v: a lane of @bits, extended to 64. The result is cut to the lane by the
 * caller. @n: the shift, -128..127. */
static inline u64 shl_u(u64 v, int n, int bits)
{
	if (n >= 0)
		return n >= bits ? 0 : v << n;
	return -n >= bits ? 0 : v >> -n;
}

static inline s64 shl_s(s64 v, int n, int bits)
{
	if (n >= 0)
		return n >= bits ? 0 : (s64)((u64)v << n);
	return v >> (-n > 63 ? 63 : -n);
}

/* Rounding: the bit shifted out last is added. */
static inline u64 rshl_u(u64 v, int n, int bits)
{
	if (n >= 0)
		return n >= bits ? 0 : v << n;
	if (-n > bits)
		return 0;
	v >>= -n - 1;
	return (v >> 1) + (v & 1);
}

static inline s64 rshl_s(s64 v, int n, int bits)
{
	if (n >= 0)
		return n >= bits ? 0 : (s64)((u64)v << n);
	if (-n >= bits)
		return 0;
	v >>= -n - 1;
	return (v >> 1) + (v & 1);
}

/* Left shifts that saturate; @n >= 0. */
static inline u64 sat_shl_u(u64 v, int n, int bits, unsigned int *sat)
{
	if (n >= bits ? v != 0 : v > UMAX_OF(bits) >> n) {
		*sat = 1;
		return UMAX_OF(bits);
	}
	return n >= bits ? 0 : v << n;
}

static inline s64 sat_shl_s(s64 v, int n, int bits, unsigned int *sat)
{
	int k = n >= bits ? bits - 1 : n;
	bool fits =
		n >= bits ? v == 0
			  : v <= SMAX_OF(bits) >> k && v >= SMIN_OF(bits) >> k;

	if (!fits) {
		*sat = 1;
		return v < 0 ? SMIN_OF(bits) : SMAX_OF(bits);
	}
	return (s64)((u64)v << k);
}

/* Signed source, unsigned result. */
static inline u64 sat_shl_su(s64 v, int n, int bits, unsigned int *sat)
{
	if (v < 0) {
		*sat = 1;
		return 0;
	}
	return sat_shl_u(v, n, bits, sat);
}

#endif
