/* SPDX-License-Identifier: MIT */
/*
 * Floating point on an x86-64 host, one element: the operations on encodings
 * that SSE2 rounds as Arm does, for the type of the including unit. What a
 * caller must check before it trusts a result: cpu/fp/element.h, which
 * includes this.
 */
#ifndef FAUXKVM_CPU_HOST_X86_64_FP_ELEMENT_H
#define FAUXKVM_CPU_HOST_X86_64_FP_ELEMENT_H

/* HOST_SX: the suffix of scalar instructions. */
#if FP_BITS == 32
typedef float host_fp;
#define HOST_SX    "ss"
#define HOST_FUSED __builtin_fmaf
#else
typedef double host_fp;
#define HOST_SX    "sd"
#define HOST_FUSED __builtin_fma
#endif

static inline host_fp host_float(fp_t u)
{
	union {
		fp_t u;
		host_fp f;
	} c = {.u = u};

	return c.f;
}

static inline fp_t host_bits(host_fp f)
{
	union {
		fp_t u;
		host_fp f;
	} c = {.f = f};

	return c.u;
}

static inline fp_t host_add(fp_t a, fp_t b)
{
	return host_bits(host_float(a) + host_float(b));
}

static inline fp_t host_sub(fp_t a, fp_t b)
{
	return host_bits(host_float(a) - host_float(b));
}

static inline fp_t host_mul(fp_t a, fp_t b)
{
	return host_bits(host_float(a) * host_float(b));
}

static inline fp_t host_div(fp_t a, fp_t b)
{
	return host_bits(host_float(a) / host_float(b));
}

static inline fp_t host_sqrt(fp_t a)
{
	host_fp r;

	__asm__ volatile("sqrt" HOST_SX " %1, %0"
			 : "=x"(r)
			 : "x"(host_float(a)));
	return host_bits(r);
}

HOST_FMA static inline fp_t host_muladd(fp_t c, fp_t a, fp_t b)
{
	return host_bits(
		HOST_FUSED(host_float(a), host_float(b), host_float(c)));
}

/* ---- comparison ---------------------------------------------------------- */

/* As the SSE predicates: EQ quiet, the others signalling. */
static inline bool host_gt(fp_t a, fp_t b)
{
	return host_float(a) > host_float(b);
}

static inline bool host_ge(fp_t a, fp_t b)
{
	return host_float(a) >= host_float(b);
}

static inline bool host_eq(fp_t a, fp_t b)
{
	return host_float(a) == host_float(b);
}

/* One compare instruction: below, equal; both and unordered: NaN. */
static inline void host_cmp(fp_t a, fp_t b, bool signal, bool *below,
			    bool *equal, bool *unordered)
{
	if (signal)
		__asm__ volatile("comi" HOST_SX " %4, %3"
				 : "=@ccc"(*below), "=@ccz"(*equal),
				   "=@ccp"(*unordered)
				 : "x"(host_float(a)), "x"(host_float(b)));
	else
		__asm__ volatile("ucomi" HOST_SX " %4, %3"
				 : "=@ccc"(*below), "=@ccz"(*equal),
				   "=@ccp"(*unordered)
				 : "x"(host_float(a)), "x"(host_float(b)));
}

/* ---- integers ------------------------------------------------------------ */

/* Truncation; the most negative integer if it does not fit. */
static inline int32_t host_to_i32(fp_t a)
{
	int32_t r;

	__asm__ volatile("cvtt" HOST_SX "2si %1, %0"
			 : "=r"(r)
			 : "x"(host_float(a)));
	return r;
}

static inline int64_t host_to_i64(fp_t a)
{
	int64_t r;

	__asm__ volatile("cvtt" HOST_SX "2siq %1, %0"
			 : "=r"(r)
			 : "x"(host_float(a)));
	return r;
}

static inline fp_t host_from_i64(int64_t v)
{
	host_fp r = 0;

	__asm__ volatile("cvtsi2" HOST_SX "q %1, %0" : "+x"(r) : "r"(v));
	return host_bits(r);
}

/* ---- round to integral --------------------------------------------------- */

/* A macro: the mode is part of the instruction. */
#if FP_BITS == 32
#define HOST_ROUND_TO(a, mode)                \
	host_bits(_mm_cvtss_f32(_mm_round_ss( \
		_mm_setzero_ps(), _mm_set_ss(host_float(a)), mode)))
#else
#define HOST_ROUND_TO(a, mode)                \
	host_bits(_mm_cvtsd_f64(_mm_round_sd( \
		_mm_setzero_pd(), _mm_set_sd(host_float(a)), mode)))
#endif

/* FRINT of direction @r, if host_has_round(); not FP_ROUND_A. */
HOST_ROUND static ALWAYS_INLINE fp_t host_round(fp_t a, enum a64_fp_round r)
{
	switch (r) {
	case FP_ROUND_N: return HOST_ROUND_TO(a, 0 | _MM_FROUND_NO_EXC);
	case FP_ROUND_M: return HOST_ROUND_TO(a, 1 | _MM_FROUND_NO_EXC);
	case FP_ROUND_P: return HOST_ROUND_TO(a, 2 | _MM_FROUND_NO_EXC);
	case FP_ROUND_Z: return HOST_ROUND_TO(a, 3 | _MM_FROUND_NO_EXC);
	case FP_ROUND_X: return HOST_ROUND_TO(a, 4);
	default: return HOST_ROUND_TO(a, 4 | _MM_FROUND_NO_EXC);
	}
}

#endif
