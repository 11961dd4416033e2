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
	static const uint16_t rc[4] = {0, 2 << 13, 1 << 13, 3 << 13};

	_mm_setcsr(MXCSR_MASKED | rc[(fpcr & FPCR_RMODE) >> FPCR_RMODE_SHIFT]);
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

/* ---- what does not depend on the type of the elements --------------------- */

static inline uint64_t host_single_to_double(uint32_t a)
{
	union {
		uint32_t u;
		float f;
	} from = {.u = a};
	union {
		uint64_t u;
		double f;
	} to = {.f = (double)from.f};

	return to.u;
}

static inline uint32_t host_double_to_single(uint64_t a)
{
	union {
		uint64_t u;
		double f;
	} from = {.u = a};
	union {
		uint32_t u;
		float f;
	} to = {.f = (float)from.f};

	return to.u;
}

/* ---- single operations, on encodings ------------------------------------ */

#define HOST_FP_OPS(S, U, F, SS)                                                \
	static inline F host_f_##S(U u)                                         \
	{                                                                       \
		union {                                                         \
			U u;                                                    \
			F f;                                                    \
		} c = {.u = u};                                                 \
		return c.f;                                                     \
	}                                                                       \
	static inline U host_u_##S(F f)                                         \
	{                                                                       \
		union {                                                         \
			U u;                                                    \
			F f;                                                    \
		} c = {.f = f};                                                 \
		return c.u;                                                     \
	}                                                                       \
	static inline U host_add_##S(U a, U b)                                  \
	{                                                                       \
		return host_u_##S(host_f_##S(a) + host_f_##S(b));               \
	}                                                                       \
	static inline U host_sub_##S(U a, U b)                                  \
	{                                                                       \
		return host_u_##S(host_f_##S(a) - host_f_##S(b));               \
	}                                                                       \
	static inline U host_mul_##S(U a, U b)                                  \
	{                                                                       \
		return host_u_##S(host_f_##S(a) * host_f_##S(b));               \
	}                                                                       \
	static inline U host_div_##S(U a, U b)                                  \
	{                                                                       \
		return host_u_##S(host_f_##S(a) / host_f_##S(b));               \
	}                                                                       \
	/* GT, GE, EQ as the SSE predicates: EQ quiet, the others signalling.*/ \
	static inline bool host_gt_##S(U a, U b)                                \
	{                                                                       \
		return host_f_##S(a) > host_f_##S(b);                           \
	}                                                                       \
	static inline bool host_ge_##S(U a, U b)                                \
	{                                                                       \
		return host_f_##S(a) >= host_f_##S(b);                          \
	}                                                                       \
	static inline bool host_eq_##S(U a, U b)                                \
	{                                                                       \
		return host_f_##S(a) == host_f_##S(b);                          \
	}                                                                       \
	static inline U host_sqrt_##S(U a)                                      \
	{                                                                       \
		F r;                                                            \
		__asm__ volatile("sqrt" SS " %1, %0"                            \
				 : "=x"(r)                                      \
				 : "x"(host_f_##S(a)));                         \
		return host_u_##S(r);                                           \
	}                                                                       \
	/* One compare instruction: below, equal; both and unordered: NaN. */   \
	static inline void host_cmp_##S(U a, U b, bool signal, bool *below,     \
					bool *equal, bool *unordered)           \
	{                                                                       \
		if (signal)                                                     \
			__asm__ volatile("comi" SS " %4, %3"                    \
					 : "=@ccc"(*below), "=@ccz"(*equal),    \
					   "=@ccp"(*unordered)                  \
					 : "x"(host_f_##S(a)),                  \
					   "x"(host_f_##S(b)));                 \
		else                                                            \
			__asm__ volatile("ucomi" SS " %4, %3"                   \
					 : "=@ccc"(*below), "=@ccz"(*equal),    \
					   "=@ccp"(*unordered)                  \
					 : "x"(host_f_##S(a)),                  \
					   "x"(host_f_##S(b)));                 \
	}                                                                       \
	/* Truncation; the most negative integer if it does not fit. */         \
	static inline int32_t host_to_i32_##S(U a)                              \
	{                                                                       \
		int32_t r;                                                      \
		__asm__ volatile("cvtt" SS "2si %1, %0"                         \
				 : "=r"(r)                                      \
				 : "x"(host_f_##S(a)));                         \
		return r;                                                       \
	}                                                                       \
	static inline int64_t host_to_i64_##S(U a)                              \
	{                                                                       \
		int64_t r;                                                      \
		__asm__ volatile("cvtt" SS "2siq %1, %0"                        \
				 : "=r"(r)                                      \
				 : "x"(host_f_##S(a)));                         \
		return r;                                                       \
	}                                                                       \
	static inline U host_from_i64_##S(int64_t v)                            \
	{                                                                       \
		F r = 0;                                                        \
		__asm__ volatile("cvtsi2" SS "q %1, %0" : "+x"(r) : "r"(v));    \
		return host_u_##S(r);                                           \
	}

HOST_FP_OPS(s, uint32_t, float, "ss")
HOST_FP_OPS(d, uint64_t, double, "sd")
#undef HOST_FP_OPS

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
	return host_u_s(__builtin_fmaf(host_f_s(a), host_f_s(b), host_f_s(c)));
}

HOST_FMA static inline uint64_t host_muladd_d(uint64_t c, uint64_t a,
					      uint64_t b)
{
	return host_u_d(__builtin_fma(host_f_d(a), host_f_d(b), host_f_d(c)));
}

/* ---- round to integral -------------------------------------------------- */

#define HOST_ROUND __attribute__((target("sse4.1")))

static inline bool host_has_round(void)
{
	return __builtin_cpu_supports("sse4.1");
}

/* What roundss takes: a direction or the current one; with or without
 * Inexact. */
enum {
	HOST_ROUND_N = 0 | 8,
	HOST_ROUND_M = 1 | 8,
	HOST_ROUND_P = 2 | 8,
	HOST_ROUND_Z = 3 | 8,
	HOST_ROUND_X = 4,
	HOST_ROUND_I = 4 | 8,
};

/* Macros: the mode is part of the instruction. */
#define host_round_s(a, mode)                                 \
	host_u_s(_mm_cvtss_f32(_mm_round_ss(_mm_setzero_ps(), \
					    _mm_set_ss(host_f_s(a)), mode)))
#define host_round_d(a, mode)                                 \
	host_u_d(_mm_cvtsd_f64(_mm_round_sd(_mm_setzero_pd(), \
					    _mm_set_sd(host_f_d(a)), mode)))

/* ---- whole registers ---------------------------------------------------- */

typedef __m128 host_vec_s;
typedef __m128d host_vec_d;

/* All of a register, or its low half with zeros above: no operation here
 * signals anything for zeros, except division. */
static inline host_vec_s host_load_s(const union vreg *v, bool full)
{
	return full ? _mm_load_ps(v->f32)
		    : _mm_castsi128_ps(_mm_loadl_epi64((const void *)v));
}

static inline host_vec_d host_load_d(const union vreg *v, bool full)
{
	(void)full; /* 2D is the only shape */
	return _mm_load_pd(v->f64);
}

static inline void host_store_s(union vreg *v, host_vec_s x, bool full)
{
	__m128i i = _mm_castps_si128(x);

	_mm_store_si128((void *)v, full ? i : _mm_move_epi64(i));
}

static inline void host_store_d(union vreg *v, host_vec_d x, bool full)
{
	(void)full;
	_mm_store_pd(v->f64, x);
}

#define HOST_VECTOR(S, ps, SIGN, MIN_NORMAL)                                     \
	static inline host_vec_##S host_vneg_##S(host_vec_##S a)                 \
	{                                                                        \
		return _mm_xor_##ps(a, SIGN);                                    \
	}                                                                        \
	static inline host_vec_##S host_vabs_##S(host_vec_##S a)                 \
	{                                                                        \
		return _mm_andnot_##ps(SIGN, a);                                 \
	}                                                                        \
	/* No lane is a NaN. */                                                  \
	static inline bool host_vordered_##S(host_vec_##S a, host_vec_##S b)     \
	{                                                                        \
		return !_mm_movemask_##ps(_mm_cmpunord_##ps(a, b));              \
	}                                                                        \
	/* No lane is a NaN or the smallest normal number. */                    \
	static inline bool host_vsettled_##S(host_vec_##S r)                     \
	{                                                                        \
		host_vec_##S bad = _mm_cmpunord_##ps(r, r);                      \
		bad = _mm_or_##ps(                                               \
			bad, _mm_cmpeq_##ps(host_vabs_##S(r), MIN_NORMAL));      \
		return !_mm_movemask_##ps(bad);                                  \
	}                                                                        \
	static inline bool host_vadd_##S(host_vec_##S a, host_vec_##S b,         \
					 host_vec_##S *r)                        \
	{                                                                        \
		*r = _mm_add_##ps(a, b);                                         \
		return host_vordered_##S(*r, *r);                                \
	}                                                                        \
	static inline bool host_vsub_##S(host_vec_##S a, host_vec_##S b,         \
					 host_vec_##S *r)                        \
	{                                                                        \
		*r = _mm_sub_##ps(a, b);                                         \
		return host_vordered_##S(*r, *r);                                \
	}                                                                        \
	static inline bool host_vabd_##S(host_vec_##S a, host_vec_##S b,         \
					 host_vec_##S *r)                        \
	{                                                                        \
		*r = host_vabs_##S(_mm_sub_##ps(a, b));                          \
		return host_vordered_##S(*r, *r);                                \
	}                                                                        \
	static inline bool host_vmul_##S(host_vec_##S a, host_vec_##S b,         \
					 host_vec_##S *r)                        \
	{                                                                        \
		*r = _mm_mul_##ps(a, b);                                         \
		return host_vsettled_##S(*r);                                    \
	}                                                                        \
	/* Half registers: not 0 / 0. */                                         \
	static inline bool host_vdiv_##S(host_vec_##S a, host_vec_##S b,         \
					 host_vec_##S *r)                        \
	{                                                                        \
		*r = _mm_div_##ps(a, b);                                         \
		return host_vsettled_##S(*r);                                    \
	}                                                                        \
	static inline bool host_vsqrt_##S(host_vec_##S a, host_vec_##S *r)       \
	{                                                                        \
		*r = _mm_sqrt_##ps(a);                                           \
		return host_vordered_##S(*r, *r);                                \
	}                                                                        \
	/* x86 takes the second operand if both are zeros: combine their       \
	 * signs, or'ing for the minimum, and'ing for the maximum. */ \
	static inline bool host_vmin_##S(host_vec_##S a, host_vec_##S b,         \
					 host_vec_##S *r)                        \
	{                                                                        \
		if (!host_vordered_##S(a, b))                                    \
			return false;                                            \
		*r = _mm_or_##ps(_mm_min_##ps(a, b), _mm_min_##ps(b, a));        \
		return true;                                                     \
	}                                                                        \
	static inline bool host_vmax_##S(host_vec_##S a, host_vec_##S b,         \
					 host_vec_##S *r)                        \
	{                                                                        \
		if (!host_vordered_##S(a, b))                                    \
			return false;                                            \
		*r = _mm_and_##ps(_mm_max_##ps(a, b), _mm_max_##ps(b, a));       \
		return true;                                                     \
	}                                                                        \
	static inline host_vec_##S host_vcmeq_##S(host_vec_##S a,                \
						  host_vec_##S b)                \
	{                                                                        \
		return _mm_cmpeq_##ps(a, b);                                     \
	}                                                                        \
	static inline host_vec_##S host_vcmge_##S(host_vec_##S a,                \
						  host_vec_##S b)                \
	{                                                                        \
		return _mm_cmple_##ps(b, a);                                     \
	}                                                                        \
	static inline host_vec_##S host_vcmgt_##S(host_vec_##S a,                \
						  host_vec_##S b)                \
	{                                                                        \
		return _mm_cmplt_##ps(b, a);                                     \
	}                                                                        \
	HOST_FMA static inline bool host_vmuladd_##S(                            \
		host_vec_##S c, host_vec_##S a, host_vec_##S b,                  \
		host_vec_##S *r)                                                 \
	{                                                                        \
		*r = _mm_fmadd_##ps(a, b, c);                                    \
		return host_vsettled_##S(*r);                                    \
	}

HOST_VECTOR(s, ps, _mm_set1_ps(-0.0f), _mm_set1_ps(0x1p-126f))
HOST_VECTOR(d, pd, _mm_set1_pd(-0.0), _mm_set1_pd(0x1p-1022))
#undef HOST_VECTOR

/* One element in every lane; of half a register: zeros above, lest infinity
 * meets a zero there. */
static inline host_vec_s host_splat_s(uint32_t m, bool full)
{
	host_vec_s v = _mm_set1_ps(host_f_s(m));

	return full ? v : _mm_movelh_ps(v, _mm_setzero_ps());
}

static inline host_vec_d host_splat_d(uint64_t m, bool full)
{
	(void)full;
	return _mm_set1_pd(host_f_d(m));
}

/* Signed words to single; to words, false if some lane is out of range. */
static inline host_vec_s host_vfrom_i32(host_vec_s a)
{
	return _mm_cvtepi32_ps(_mm_castps_si128(a));
}

static inline bool host_vto_i32(host_vec_s a, host_vec_s *r)
{
	__m128i i = _mm_cvttps_epi32(a);

	*r = _mm_castsi128_ps(i);
	return !_mm_movemask_epi8(
		_mm_cmpeq_epi32(i, _mm_set1_epi32((int)0x80000000)));
}

#endif
