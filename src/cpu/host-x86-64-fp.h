/* SPDX-License-Identifier: MIT */
/*
 * Floating point on an x86-64 host: the MXCSR mirror of FPCR and FPSR, and
 * the single operations that SSE2 rounds as Arm does. What a caller must
 * check before it trusts a result stands in cpu/fp-ops.h.
 */
#ifndef FAUXKVM_CPU_HOST_X86_64_FP_H
#define FAUXKVM_CPU_HOST_X86_64_FP_H

#include <immintrin.h>

#include "cpu/fp.h"

#define HOST_FP 1 /* there is a fast path */

#define MXCSR_MASKED 0x1f80u /* every exception masked, no FTZ, no DAZ */
#define MXCSR_STICKY 0x3fu
#define MXCSR_IE     (1u << 0)
#define MXCSR_DE     (1u << 1)
#define MXCSR_ZE     (1u << 2)
#define MXCSR_OE     (1u << 3)
#define MXCSR_UE     (1u << 4)
#define MXCSR_PE     (1u << 5)

static inline uint32_t host_fp_save(void)
{
	return _mm_getcsr();
}

static inline void host_fp_restore(uint32_t saved)
{
	_mm_setcsr(saved);
}

/* Guest rounding mode, no flags collected yet. Arm RMode is N, P, M, Z;
 * MXCSR.RC is N, M, P, Z. */
static inline void host_fp_load(uint32_t fpcr)
{
	static const uint16_t rc[4] = { 0, 2 << 13, 1 << 13, 3 << 13 };

	_mm_setcsr(MXCSR_MASKED |
		   rc[(fpcr & FPCR_RMODE) >> FPCR_RMODE_SHIFT]);
}

/*
 * The flags collected so far as FPSR bits. ZE, OE, UE, PE are adjacent in both
 * registers; the denormal flag has no Arm counterpart while FZ is 0.
 */
static inline uint32_t host_fp_flags(void)
{
	uint32_t csr = _mm_getcsr();

	return (csr & MXCSR_IE) |
	       (csr >> 1 & (FPSR_DZC | FPSR_OFC | FPSR_UFC | FPSR_IXC));
}

/* ---- single operations, on encodings ------------------------------------- */

#define HOST_FP_OPS(S, U, F, SS)                                               \
	static inline F host_f_##S(U u)                                        \
	{                                                                      \
		union { U u; F f; } c = { .u = u };                            \
		return c.f;                                                    \
	}                                                                      \
	static inline U host_u_##S(F f)                                        \
	{                                                                      \
		union { U u; F f; } c = { .f = f };                            \
		return c.u;                                                    \
	}                                                                      \
	static inline U host_add_##S(U a, U b)                                 \
	{                                                                      \
		return host_u_##S(host_f_##S(a) + host_f_##S(b));              \
	}                                                                      \
	static inline U host_sub_##S(U a, U b)                                 \
	{                                                                      \
		return host_u_##S(host_f_##S(a) - host_f_##S(b));              \
	}                                                                      \
	static inline U host_mul_##S(U a, U b)                                 \
	{                                                                      \
		return host_u_##S(host_f_##S(a) * host_f_##S(b));              \
	}                                                                      \
	static inline U host_div_##S(U a, U b)                                 \
	{                                                                      \
		return host_u_##S(host_f_##S(a) / host_f_##S(b));              \
	}                                                                      \
	/* GT, GE, EQ as the SSE predicates: EQ quiet, the others signalling.*/\
	static inline bool host_gt_##S(U a, U b)                               \
	{                                                                      \
		return host_f_##S(a) > host_f_##S(b);                          \
	}                                                                      \
	static inline bool host_ge_##S(U a, U b)                               \
	{                                                                      \
		return host_f_##S(a) >= host_f_##S(b);                         \
	}                                                                      \
	static inline bool host_eq_##S(U a, U b)                               \
	{                                                                      \
		return host_f_##S(a) == host_f_##S(b);                         \
	}                                                                      \
	static inline U host_sqrt_##S(U a)                                     \
	{                                                                      \
		F r;                                                           \
		__asm__ volatile("sqrt" SS " %1, %0"                           \
				 : "=x"(r) : "x"(host_f_##S(a)));              \
		return host_u_##S(r);                                          \
	}                                                                      \
	/* One compare instruction: below, equal; both and unordered: NaN. */  \
	static inline void host_cmp_##S(U a, U b, bool signal, bool *below,    \
					bool *equal, bool *unordered)          \
	{                                                                      \
		if (signal)                                                    \
			__asm__ volatile("comi" SS " %4, %3"                   \
				: "=@ccc"(*below), "=@ccz"(*equal),            \
				  "=@ccp"(*unordered)                          \
				: "x"(host_f_##S(a)), "x"(host_f_##S(b)));     \
		else                                                           \
			__asm__ volatile("ucomi" SS " %4, %3"                  \
				: "=@ccc"(*below), "=@ccz"(*equal),            \
				  "=@ccp"(*unordered)                          \
				: "x"(host_f_##S(a)), "x"(host_f_##S(b)));     \
	}                                                                      \
	/* Truncation; the most negative integer if it does not fit. */        \
	static inline int32_t host_to_i32_##S(U a)                             \
	{                                                                      \
		int32_t r;                                                     \
		__asm__ volatile("cvtt" SS "2si %1, %0"                        \
				 : "=r"(r) : "x"(host_f_##S(a)));              \
		return r;                                                      \
	}                                                                      \
	static inline int64_t host_to_i64_##S(U a)                             \
	{                                                                      \
		int64_t r;                                                     \
		__asm__ volatile("cvtt" SS "2siq %1, %0"                       \
				 : "=r"(r) : "x"(host_f_##S(a)));              \
		return r;                                                      \
	}                                                                      \
	static inline U host_from_i64_##S(int64_t v)                           \
	{                                                                      \
		F r = 0;                                                       \
		__asm__ volatile("cvtsi2" SS "q %1, %0"                        \
				 : "+x"(r) : "r"(v));                          \
		return host_u_##S(r);                                          \
	}

HOST_FP_OPS(s, uint32_t, float, "ss")
HOST_FP_OPS(d, uint64_t, double, "sd")
#undef HOST_FP_OPS

static inline uint64_t host_widen(uint32_t a)
{
	return host_u_d((double)host_f_s(a));
}

static inline uint32_t host_narrow(uint64_t a)
{
	return host_u_s((float)host_f_d(a));
}

/* Fused multiply-add: only in functions compiled with HOST_FMA, which only
 * run if host_has_fma(). */
#define HOST_FMA __attribute__((target("fma")))

static inline bool host_has_fma(void)
{
	return __builtin_cpu_supports("fma");
}

HOST_FMA static inline uint32_t host_muladd_s(uint32_t c, uint32_t a,
					      uint32_t b)
{
	return host_u_s(__builtin_fmaf(host_f_s(a), host_f_s(b),
				       host_f_s(c)));
}

HOST_FMA static inline uint64_t host_muladd_d(uint64_t c, uint64_t a,
					      uint64_t b)
{
	return host_u_d(__builtin_fma(host_f_d(a), host_f_d(b), host_f_d(c)));
}

/* ---- whole registers ------------------------------------------------------- */

/*
 * rd = rn op rm. False, and rd untouched, if some lane is a NaN or the
 * smallest normal number.
 */
#define HOST_VECTOR_OP(name, S, V, ps, bits)                                   \
	static inline bool host_vector_##name##_##S(union vreg *rd,            \
						    const union vreg *rn,      \
						    const union vreg *rm)      \
	{                                                                      \
		const V sign = (V)_mm_set1_##bits(INT##S##_SIGN);              \
		const V min = (V)_mm_set1_##bits(INT##S##_MIN_NORMAL);         \
		V r = _mm_##name##_##ps(*(const V *)rn, *(const V *)rm);       \
		V bad = _mm_cmpunord_##ps(r, r);                               \
		bad = _mm_or_##ps(bad,                                         \
				  _mm_cmpeq_##ps(_mm_andnot_##ps(sign, r),     \
						 min));                        \
		if (__builtin_expect(_mm_movemask_##ps(bad), 0))               \
			return false;                                          \
		*(V *)rd = r;                                                  \
		return true;                                                   \
	}
#define INTs_SIGN	((int)0x80000000)
#define INTs_MIN_NORMAL 0x00800000
#define INTd_SIGN	((long long)0x8000000000000000)
#define INTd_MIN_NORMAL 0x0010000000000000LL

HOST_VECTOR_OP(add, s, __m128, ps, epi32)
HOST_VECTOR_OP(sub, s, __m128, ps, epi32)
HOST_VECTOR_OP(mul, s, __m128, ps, epi32)
HOST_VECTOR_OP(div, s, __m128, ps, epi32)
HOST_VECTOR_OP(add, d, __m128d, pd, epi64x)
HOST_VECTOR_OP(sub, d, __m128d, pd, epi64x)
HOST_VECTOR_OP(mul, d, __m128d, pd, epi64x)
HOST_VECTOR_OP(div, d, __m128d, pd, epi64x)
#undef HOST_VECTOR_OP

#endif
