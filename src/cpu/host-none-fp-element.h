/* SPDX-License-Identifier: MIT */
/*
 * Floating point where the host has no fast path: what cpu/fp/element.h needs
 * to compile. Nothing here is ever called, as fp_may_try() is false.
 */
#ifndef FAUXKVM_CPU_HOST_NONE_FP_ELEMENT_H
#define FAUXKVM_CPU_HOST_NONE_FP_ELEMENT_H

static inline fp_t host_add(fp_t a, fp_t b)
{
	return a ^ b;
}

static inline fp_t host_sub(fp_t a, fp_t b)
{
	return a ^ b;
}

static inline fp_t host_mul(fp_t a, fp_t b)
{
	return a ^ b;
}

static inline fp_t host_div(fp_t a, fp_t b)
{
	return a ^ b;
}

static inline fp_t host_sqrt(fp_t a)
{
	return a;
}

static inline fp_t host_muladd(fp_t c, fp_t a, fp_t b)
{
	return a ^ b ^ c;
}

static inline bool host_gt(fp_t a, fp_t b)
{
	return a > b;
}

static inline bool host_ge(fp_t a, fp_t b)
{
	return a >= b;
}

static inline bool host_eq(fp_t a, fp_t b)
{
	return a == b;
}

static inline void host_cmp(fp_t a, fp_t b, bool signal, bool *below,
			    bool *equal, bool *unordered)
{
	*below = *equal = *unordered = a == b && signal;
}

static inline int32_t host_to_i32(fp_t a)
{
	return (int32_t)a;
}

static inline int64_t host_to_i64(fp_t a)
{
	return (int64_t)a;
}

static inline fp_t host_from_i64(int64_t v)
{
	return (fp_t)v;
}

static inline fp_t host_round(fp_t a, enum a64_fp_round r)
{
	return a ^ r;
}

#endif
