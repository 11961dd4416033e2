/* SPDX-License-Identifier: MIT */
/*
 * One guest operation on one element: by the host where it rounds and signals
 * as Arm does, else by softfloat. fp_<op>_s works on single, fp_<op>_d on
 * double encodings.
 *
 * The host's result stands unless FPCR.FZ is set (Arm and x86 flush
 * differently), it is a NaN (Arm chooses the operand by its own rules), or it
 * is the smallest normal number and rounding could have brought it there (Arm
 * detects tininess before rounding, x86 after). Then softfloat computes it
 * again; what the host has flagged by then is a subset of the right flags.
 */
#ifndef FAUXKVM_CPU_FP_OPS_H
#define FAUXKVM_CPU_FP_OPS_H

#include "cpu/exec.h"
#include "cpu/fp-host.h"
#include "cpu/fp-slow.h"

/* ---- registers ---------------------------------------------------------- */

/* A scalar result clears the rest of the register. */
static inline void fp_put_s(struct cpu *cpu, unsigned int rd, uint32_t v)
{
	cpu->vreg[rd].d[0] = v;
	cpu->vreg[rd].d[1] = 0;
}

static inline void fp_put_d(struct cpu *cpu, unsigned int rd, uint64_t v)
{
	cpu->vreg[rd].d[0] = v;
	cpu->vreg[rd].d[1] = 0;
}

static inline enum sf_rounding fp_rmode(const struct cpu *cpu)
{
	return (enum sf_rounding)((cpu->fpcr & FPCR_RMODE) >> FPCR_RMODE_SHIFT);
}

/* The host may try. */
static inline bool fp_host_ok(const struct cpu *cpu)
{
#ifdef HOST_FP
	return likely(!(cpu->fpcr & FPCR_FZ));
#else
	return false;
#endif
}

#ifndef HOST_FP
/* Never called: fp_host_ok() is false. */
#define HOST_FP_NONE(S, U)                                                  \
	static inline U host_add_##S(U a, U b)                              \
	{                                                                   \
		return a ^ b;                                               \
	}                                                                   \
	static inline U host_sub_##S(U a, U b)                              \
	{                                                                   \
		return a ^ b;                                               \
	}                                                                   \
	static inline U host_mul_##S(U a, U b)                              \
	{                                                                   \
		return a ^ b;                                               \
	}                                                                   \
	static inline U host_div_##S(U a, U b)                              \
	{                                                                   \
		return a ^ b;                                               \
	}                                                                   \
	static inline U host_sqrt_##S(U a)                                  \
	{                                                                   \
		return a;                                                   \
	}                                                                   \
	static inline U host_muladd_##S(U c, U a, U b)                      \
	{                                                                   \
		return a ^ b ^ c;                                           \
	}                                                                   \
	static inline bool host_gt_##S(U a, U b)                            \
	{                                                                   \
		return a > b;                                               \
	}                                                                   \
	static inline bool host_ge_##S(U a, U b)                            \
	{                                                                   \
		return a >= b;                                              \
	}                                                                   \
	static inline bool host_eq_##S(U a, U b)                            \
	{                                                                   \
		return a == b;                                              \
	}                                                                   \
	static inline void host_cmp_##S(U a, U b, bool signal, bool *below, \
					bool *equal, bool *unordered)       \
	{                                                                   \
		*below = *equal = *unordered = a == b && signal;            \
	}                                                                   \
	static inline int32_t host_to_i32_##S(U a)                          \
	{                                                                   \
		return (int32_t)a;                                          \
	}                                                                   \
	static inline int64_t host_to_i64_##S(U a)                          \
	{                                                                   \
		return (int64_t)a;                                          \
	}                                                                   \
	static inline U host_from_i64_##S(int64_t v)                        \
	{                                                                   \
		return (U)v;                                                \
	}
HOST_FP_NONE(s, uint32_t)
HOST_FP_NONE(d, uint64_t)
#endif

/* ---- operations --------------------------------------------------------- */

#define FP_OPS(S, U, FMT, INF, MIN_NORMAL)                                       \
	static inline bool fp_is_nan_##S(U r)                                    \
	{                                                                        \
		return (U)(r << 1) > (U)((U)INF << 1);                           \
	}                                                                        \
	/* Not a NaN and not suspect of another idea of tininess. */             \
	static inline bool fp_settled_##S(U r)                                   \
	{                                                                        \
		U m = r << 1;                                                    \
		return m <= (U)((U)INF << 1) && m != (U)MIN_NORMAL << 1;         \
	}                                                                        \
	static inline U fp_abs_##S(U a)                                          \
	{                                                                        \
		return (U)(a << 1) >> 1;                                         \
	}                                                                        \
	static inline U fp_neg_##S(U a)                                          \
	{                                                                        \
		return a ^ ((U)1 << (sizeof(U) * 8 - 1));                        \
	}                                                                        \
	/* fp_try_*: false if the result must come from softfloat. */            \
	static inline bool fp_try_add_##S(struct cpu *cpu, U a, U b, U *r)       \
	{                                                                        \
		if (!fp_host_ok(cpu))                                            \
			return false;                                            \
		*r = host_add_##S(a, b); /* tiny sums are exact */               \
		return likely(!fp_is_nan_##S(*r));                               \
	}                                                                        \
	static inline bool fp_try_sub_##S(struct cpu *cpu, U a, U b, U *r)       \
	{                                                                        \
		if (!fp_host_ok(cpu))                                            \
			return false;                                            \
		*r = host_sub_##S(a, b);                                         \
		return likely(!fp_is_nan_##S(*r));                               \
	}                                                                        \
	static inline bool fp_try_mul_##S(struct cpu *cpu, U a, U b, U *r)       \
	{                                                                        \
		if (!fp_host_ok(cpu))                                            \
			return false;                                            \
		*r = host_mul_##S(a, b);                                         \
		return likely(fp_settled_##S(*r));                               \
	}                                                                        \
	static inline bool fp_try_div_##S(struct cpu *cpu, U a, U b, U *r)       \
	{                                                                        \
		if (!fp_host_ok(cpu))                                            \
			return false;                                            \
		*r = host_div_##S(a, b);                                         \
		return likely(fp_settled_##S(*r));                               \
	}                                                                        \
	static inline bool fp_try_sqrt_##S(struct cpu *cpu, U a, U *r)           \
	{                                                                        \
		if (!fp_host_ok(cpu))                                            \
			return false;                                            \
		*r = host_sqrt_##S(a);                                           \
		return likely(!fp_is_nan_##S(*r));                               \
	}                                                                        \
	/* @c + @a * @b. */                                                      \
	HOST_FMA static inline bool fp_try_muladd_##S(struct cpu *cpu, U c,      \
						      U a, U b, U *r)            \
	{                                                                        \
		if (!fp_host_ok(cpu))                                            \
			return false;                                            \
		*r = host_muladd_##S(c, a, b);                                   \
		return likely(fp_settled_##S(*r));                               \
	}                                                                        \
	static inline U fp_add_##S(struct cpu *cpu, U a, U b)                    \
	{                                                                        \
		U r;                                                             \
		if (fp_try_add_##S(cpu, a, b, &r))                               \
			return r;                                                \
		return fp_slow2(cpu, sf_add, FMT, a, b);                         \
	}                                                                        \
	static inline U fp_sub_##S(struct cpu *cpu, U a, U b)                    \
	{                                                                        \
		U r;                                                             \
		if (fp_try_sub_##S(cpu, a, b, &r))                               \
			return r;                                                \
		return fp_slow2(cpu, sf_sub, FMT, a, b);                         \
	}                                                                        \
	static inline U fp_mul_##S(struct cpu *cpu, U a, U b)                    \
	{                                                                        \
		U r;                                                             \
		if (fp_try_mul_##S(cpu, a, b, &r))                               \
			return r;                                                \
		return fp_slow2(cpu, sf_mul, FMT, a, b);                         \
	}                                                                        \
	static inline U fp_div_##S(struct cpu *cpu, U a, U b)                    \
	{                                                                        \
		U r;                                                             \
		if (fp_try_div_##S(cpu, a, b, &r))                               \
			return r;                                                \
		return fp_slow2(cpu, sf_div, FMT, a, b);                         \
	}                                                                        \
	static inline U fp_abd_##S(struct cpu *cpu, U a, U b)                    \
	{                                                                        \
		return fp_abs_##S(fp_sub_##S(cpu, a, b));                        \
	}                                                                        \
	static inline U fp_mulx_##S(struct cpu *cpu, U a, U b)                   \
	{                                                                        \
		return fp_slow2(cpu, sf_mulx, FMT, a, b);                        \
	}                                                                        \
	static inline U fp_sqrt_##S(struct cpu *cpu, U a)                        \
	{                                                                        \
		U r;                                                             \
		if (fp_try_sqrt_##S(cpu, a, &r))                                 \
			return r;                                                \
		return fp_slow1(cpu, sf_sqrt, FMT, a);                           \
	}                                                                        \
	HOST_FMA static inline U fp_muladd_host_##S(struct cpu *cpu, U c, U a,   \
						    U b)                         \
	{                                                                        \
		U r;                                                             \
		if (fp_try_muladd_##S(cpu, c, a, b, &r))                         \
			return r;                                                \
		return fp_slow_muladd(cpu, FMT, c, a, b);                        \
	}                                                                        \
	static inline U fp_muladd_soft_##S(struct cpu *cpu, U c, U a, U b)       \
	{                                                                        \
		return fp_slow_muladd(cpu, FMT, c, a, b);                        \
	}                                                                        \
	/* No NaN: the comparison signals nothing. */                            \
	static inline bool fp_plain_pair_##S(const struct cpu *cpu, U a, U b)    \
	{                                                                        \
		return fp_host_ok(cpu) &&                                        \
		       likely(!fp_is_nan_##S(a) && !fp_is_nan_##S(b));           \
	}                                                                        \
	static inline U fp_max_fast_##S(U a, U b)                                \
	{                                                                        \
		if (unlikely((U)((a | b) << 1) == 0))                            \
			return a & b; /* +0 unless both are -0 */                \
		return host_gt_##S(a, b) ? a : b;                                \
	}                                                                        \
	static inline U fp_min_fast_##S(U a, U b)                                \
	{                                                                        \
		if (unlikely((U)((a | b) << 1) == 0))                            \
			return a | b;                                            \
		return host_gt_##S(b, a) ? a : b;                                \
	}                                                                        \
	static inline bool fp_try_max_##S(struct cpu *cpu, U a, U b, U *r)       \
	{                                                                        \
		if (!fp_plain_pair_##S(cpu, a, b))                               \
			return false;                                            \
		*r = fp_max_fast_##S(a, b);                                      \
		return true;                                                     \
	}                                                                        \
	static inline U fp_max_##S(struct cpu *cpu, U a, U b)                    \
	{                                                                        \
		U r;                                                             \
		if (fp_try_max_##S(cpu, a, b, &r))                               \
			return r;                                                \
		return fp_slow2(cpu, sf_max, FMT, a, b);                         \
	}                                                                        \
	static inline bool fp_try_min_##S(struct cpu *cpu, U a, U b, U *r)       \
	{                                                                        \
		if (!fp_plain_pair_##S(cpu, a, b))                               \
			return false;                                            \
		*r = fp_min_fast_##S(a, b);                                      \
		return true;                                                     \
	}                                                                        \
	static inline U fp_min_##S(struct cpu *cpu, U a, U b)                    \
	{                                                                        \
		U r;                                                             \
		if (fp_try_min_##S(cpu, a, b, &r))                               \
			return r;                                                \
		return fp_slow2(cpu, sf_min, FMT, a, b);                         \
	}                                                                        \
	static inline bool fp_try_maxnm_##S(struct cpu *cpu, U a, U b, U *r)     \
	{                                                                        \
		if (!fp_plain_pair_##S(cpu, a, b))                               \
			return false;                                            \
		*r = fp_max_fast_##S(a, b);                                      \
		return true;                                                     \
	}                                                                        \
	static inline U fp_maxnm_##S(struct cpu *cpu, U a, U b)                  \
	{                                                                        \
		U r;                                                             \
		if (fp_try_maxnm_##S(cpu, a, b, &r))                             \
			return r;                                                \
		return fp_slow2(cpu, sf_maxnm, FMT, a, b);                       \
	}                                                                        \
	static inline bool fp_try_minnm_##S(struct cpu *cpu, U a, U b, U *r)     \
	{                                                                        \
		if (!fp_plain_pair_##S(cpu, a, b))                               \
			return false;                                            \
		*r = fp_min_fast_##S(a, b);                                      \
		return true;                                                     \
	}                                                                        \
	static inline U fp_minnm_##S(struct cpu *cpu, U a, U b)                  \
	{                                                                        \
		U r;                                                             \
		if (fp_try_minnm_##S(cpu, a, b, &r))                             \
			return r;                                                \
		return fp_slow2(cpu, sf_minnm, FMT, a, b);                       \
	}                                                                        \
	static inline U fp_recps_##S(struct cpu *cpu, U a, U b)                  \
	{                                                                        \
		return fp_slow2(cpu, sf_recps, FMT, a, b);                       \
	}                                                                        \
	static inline U fp_rsqrts_##S(struct cpu *cpu, U a, U b)                 \
	{                                                                        \
		return fp_slow2(cpu, sf_rsqrts, FMT, a, b);                      \
	}                                                                        \
	static inline U fp_recpe_##S(struct cpu *cpu, U a)                       \
	{                                                                        \
		return fp_slow1(cpu, sf_recpe, FMT, a);                          \
	}                                                                        \
	static inline U fp_rsqrte_##S(struct cpu *cpu, U a)                      \
	{                                                                        \
		return fp_slow1(cpu, sf_rsqrte, FMT, a);                         \
	}                                                                        \
	static inline U fp_recpx_##S(struct cpu *cpu, U a)                       \
	{                                                                        \
		return fp_slow1(cpu, sf_recpx, FMT, a);                          \
	}                                                                        \
	/* Comparisons: all ones or zero. */                                     \
	static inline U fp_cmeq_##S(struct cpu *cpu, U a, U b)                   \
	{                                                                        \
		if (fp_host_ok(cpu))                                             \
			return -(U)host_eq_##S(a, b);                            \
		return -(U)(fp_slow_compare(cpu, FMT, a, b, false) ==            \
			    SF_EQUAL);                                           \
	}                                                                        \
	static inline U fp_cmge_##S(struct cpu *cpu, U a, U b)                   \
	{                                                                        \
		enum sf_order o;                                                 \
		if (fp_host_ok(cpu))                                             \
			return -(U)host_ge_##S(a, b);                            \
		o = fp_slow_compare(cpu, FMT, a, b, true);                       \
		return -(U)(o == SF_EQUAL || o == SF_GREATER);                   \
	}                                                                        \
	static inline U fp_cmgt_##S(struct cpu *cpu, U a, U b)                   \
	{                                                                        \
		if (fp_host_ok(cpu))                                             \
			return -(U)host_gt_##S(a, b);                            \
		return -(U)(fp_slow_compare(cpu, FMT, a, b, true) ==             \
			    SF_GREATER);                                         \
	}                                                                        \
	static inline U fp_acge_##S(struct cpu *cpu, U a, U b)                   \
	{                                                                        \
		return fp_cmge_##S(cpu, fp_abs_##S(a), fp_abs_##S(b));           \
	}                                                                        \
	static inline U fp_acgt_##S(struct cpu *cpu, U a, U b)                   \
	{                                                                        \
		return fp_cmgt_##S(cpu, fp_abs_##S(a), fp_abs_##S(b));           \
	}                                                                        \
	/* NZCV from a comparison. */                                            \
	static inline bool fp_try_cmp_##S(struct cpu *cpu, U a, U b,             \
					  bool signal)                           \
	{                                                                        \
		bool below, equal, un;                                           \
		if (!fp_host_ok(cpu))                                            \
			return false;                                            \
		host_cmp_##S(a, b, signal, &below, &equal, &un);                 \
		cpu->n = (uint64_t)(below && !un) << 63;                         \
		cpu->z = !equal || un;                                           \
		cpu->c = !below || un;                                           \
		cpu->v = un;                                                     \
		return true;                                                     \
	}                                                                        \
	/* FPCR rounding. */                                                     \
	static inline bool fp_try_from_i64_##S(struct cpu *cpu, int64_t v,       \
					       U *r)                             \
	{                                                                        \
		if (!fp_host_ok(cpu))                                            \
			return false;                                            \
		*r = host_from_i64_##S(v);                                       \
		return true;                                                     \
	}                                                                        \
	static inline bool fp_try_from_u64_##S(struct cpu *cpu, uint64_t v,      \
					       U *r)                             \
	{                                                                        \
		return likely((int64_t)v >= 0) &&                                \
		       fp_try_from_i64_##S(cpu, (int64_t)v, r);                  \
	}                                                                        \
	static inline U fp_from_i64_##S(struct cpu *cpu, int64_t v)              \
	{                                                                        \
		U r;                                                             \
		if (fp_try_from_i64_##S(cpu, v, &r))                             \
			return r;                                                \
		return fp_slow_from_int(cpu, FMT, (uint64_t)v, 0, false);        \
	}                                                                        \
	static inline U fp_from_u64_##S(struct cpu *cpu, uint64_t v)             \
	{                                                                        \
		U r;                                                             \
		if (fp_try_from_u64_##S(cpu, v, &r))                             \
			return r;                                                \
		return fp_slow_from_int(cpu, FMT, v, 0, true);                   \
	}                                                                        \
	/* Towards zero. What overflows the host's integer goes slow; what the \
	 * host would call inexact but Arm invalid must not reach it. */ \
	static inline bool fp_try_to_i32_##S(struct cpu *cpu, U a,               \
					     uint32_t *r)                        \
	{                                                                        \
		if (!fp_host_ok(cpu))                                            \
			return false;                                            \
		*r = (uint32_t)host_to_i32_##S(a);                               \
		return likely(*r != (uint32_t)INT32_MIN);                        \
	}                                                                        \
	static inline uint32_t fp_to_i32_##S(struct cpu *cpu, U a)               \
	{                                                                        \
		uint32_t r;                                                      \
		if (fp_try_to_i32_##S(cpu, a, &r))                               \
			return r;                                                \
		return fp_slow_to_int(cpu, FMT, a, 0, false, 32, SF_TOZERO);     \
	}                                                                        \
	static inline bool fp_try_to_i64_##S(struct cpu *cpu, U a,               \
					     uint64_t *r)                        \
	{                                                                        \
		if (!fp_host_ok(cpu))                                            \
			return false;                                            \
		*r = (uint64_t)host_to_i64_##S(a);                               \
		return likely(*r != (uint64_t)INT64_MIN);                        \
	}                                                                        \
	static inline uint64_t fp_to_i64_##S(struct cpu *cpu, U a)               \
	{                                                                        \
		uint64_t r;                                                      \
		if (fp_try_to_i64_##S(cpu, a, &r))                               \
			return r;                                                \
		return fp_slow_to_int(cpu, FMT, a, 0, false, 64, SF_TOZERO);     \
	}                                                                        \
	static inline bool fp_try_to_u32_##S(struct cpu *cpu, U a,               \
					     uint32_t *r)                        \
	{                                                                        \
		/* +0 <= a < 2^32 */                                             \
		if (!fp_host_ok(cpu) ||                                          \
		    unlikely(a >=                                                \
			     ((U)INF - MIN_NORMAL) / 2 + 32 * (U)MIN_NORMAL))    \
			return false;                                            \
		*r = (uint32_t)host_to_i64_##S(a);                               \
		return true;                                                     \
	}                                                                        \
	static inline uint32_t fp_to_u32_##S(struct cpu *cpu, U a)               \
	{                                                                        \
		uint32_t r;                                                      \
		if (fp_try_to_u32_##S(cpu, a, &r))                               \
			return r;                                                \
		return fp_slow_to_int(cpu, FMT, a, 0, true, 32, SF_TOZERO);      \
	}                                                                        \
	static inline bool fp_try_to_u64_##S(struct cpu *cpu, U a,               \
					     uint64_t *r)                        \
	{                                                                        \
		/* +0 <= a < 2^63 */                                             \
		if (!fp_host_ok(cpu) ||                                          \
		    unlikely(a >=                                                \
			     ((U)INF - MIN_NORMAL) / 2 + 63 * (U)MIN_NORMAL))    \
			return false;                                            \
		*r = (uint64_t)host_to_i64_##S(a);                               \
		return true;                                                     \
	}                                                                        \
	static inline uint64_t fp_to_u64_##S(struct cpu *cpu, U a)               \
	{                                                                        \
		uint64_t r;                                                      \
		if (fp_try_to_u64_##S(cpu, a, &r))                               \
			return r;                                                \
		return fp_slow_to_int(cpu, FMT, a, 0, true, 64, SF_TOZERO);      \
	}

FP_OPS(s, uint32_t, SF_SINGLE, 0x7f800000u, 0x00800000u)
FP_OPS(d, uint64_t, SF_DOUBLE, UINT64_C(0x7ff0000000000000),
       UINT64_C(0x0010000000000000))
#undef FP_OPS

#endif
