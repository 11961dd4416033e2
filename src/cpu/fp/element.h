/* SPDX-License-Identifier: MIT */
/*
 * One guest operation on one element of the including unit's type. By the
 * host where it rounds and signals as Arm does, else by softfloat. The unit
 * defines FP_BITS, 16, 32 or 64, first; values are encodings. No host computes
 * in half precision.
 *
 * The host's result stands unless FPCR.FZ is set (Arm and x86 flush
 * differently), it is a NaN (Arm chooses the operand by its own rules), or it
 * is the smallest normal number and rounding could have brought it there (Arm
 * detects tininess before rounding, x86 after). Then softfloat computes it
 * again; what the host has flagged by then is a subset of the right flags.
 *
 * fp_try_*: false if the result must come from softfloat. The functions
 * without try do both.
 */
#ifndef FAUXKVM_CPU_FP_ELEMENT_H
#define FAUXKVM_CPU_FP_ELEMENT_H

#include "cpu/fp/bodies.h"

#if FP_BITS == 16
typedef uint16_t fp_t;
#define FP_LANE       h /* of union vreg */
#define FP_FORMAT     SF_HALF
#define FP_INF        0x7c00
#define FP_MIN_NORMAL 0x0400
#elif FP_BITS == 32
typedef uint32_t fp_t;
#define FP_LANE       s
#define FP_FORMAT     SF_SINGLE
#define FP_INF        0x7f800000u
#define FP_MIN_NORMAL 0x00800000u
#else
typedef uint64_t fp_t;
#define FP_LANE       d
#define FP_FORMAT     SF_DOUBLE
#define FP_INF        UINT64_C(0x7ff0000000000000)
#define FP_MIN_NORMAL UINT64_C(0x0010000000000000)
#endif
#define FP_SIGN ((fp_t)1 << (FP_BITS - 1))
/* 2^n, for an n that is not negative and within range. */
#define FP_POWER(n) ((fp_t)((FP_INF - FP_MIN_NORMAL) / 2 + (n)*FP_MIN_NORMAL))

#include "cpu/host-fp-element.h"

/* The host may try. */
static inline bool fp_may_try(const struct cpu *cpu)
{
	return FP_BITS > 16 && fp_host_ok(cpu);
}

static inline bool fp_has_fma(void)
{
	return FP_BITS > 16 && host_has_fma();
}

static inline bool fp_has_round(void)
{
	return FP_BITS > 16 && host_has_round();
}

typedef fp_t fp_op1(struct cpu *cpu, fp_t a);
typedef fp_t fp_op2(struct cpu *cpu, fp_t a, fp_t b);
typedef bool fp_try2(struct cpu *cpu, fp_t a, fp_t b, fp_t *r);

static inline bool fp_is_nan(fp_t r)
{
	return (fp_t)(r << 1) > (fp_t)(FP_INF << 1);
}

/* Not a NaN and not suspect of another idea of tininess. */
static inline bool fp_settled(fp_t r)
{
	fp_t m = r << 1;

	return m <= (fp_t)(FP_INF << 1) && m != FP_MIN_NORMAL << 1;
}

static inline fp_t fp_abs(fp_t a)
{
	return a & ~FP_SIGN;
}

/* ---- arithmetic ---------------------------------------------------------- */

static ALWAYS_INLINE bool fp_try_add(struct cpu *cpu, fp_t a, fp_t b, fp_t *r)
{
	if (!fp_may_try(cpu))
		return false;
	*r = host_add(a, b); /* tiny sums are exact */
	return likely(!fp_is_nan(*r));
}

static ALWAYS_INLINE bool fp_try_sub(struct cpu *cpu, fp_t a, fp_t b, fp_t *r)
{
	if (!fp_may_try(cpu))
		return false;
	*r = host_sub(a, b);
	return likely(!fp_is_nan(*r));
}

static ALWAYS_INLINE bool fp_try_mul(struct cpu *cpu, fp_t a, fp_t b, fp_t *r)
{
	if (!fp_may_try(cpu))
		return false;
	*r = host_mul(a, b);
	return likely(fp_settled(*r));
}

static ALWAYS_INLINE bool fp_try_div(struct cpu *cpu, fp_t a, fp_t b, fp_t *r)
{
	if (!fp_may_try(cpu))
		return false;
	*r = host_div(a, b);
	return likely(fp_settled(*r));
}

static ALWAYS_INLINE bool fp_try_sqrt(struct cpu *cpu, fp_t a, fp_t *r)
{
	if (!fp_may_try(cpu))
		return false;
	*r = host_sqrt(a);
	return likely(!fp_is_nan(*r));
}

/* @c + @a * @b, only if fp_has_fma(). */
HOST_FMA static ALWAYS_INLINE bool fp_try_muladd(struct cpu *cpu, fp_t c,
						 fp_t a, fp_t b, fp_t *r)
{
	if (!fp_may_try(cpu))
		return false;
	*r = host_muladd(c, a, b);
	return likely(fp_settled(*r));
}

/* ---- maximum and minimum ------------------------------------------------- */

/* No NaN: the comparison signals nothing, and the xNM forms are no others. */
static inline bool fp_plain_pair(const struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_may_try(cpu) && likely(!fp_is_nan(a) && !fp_is_nan(b));
}

static ALWAYS_INLINE bool fp_try_max(struct cpu *cpu, fp_t a, fp_t b, fp_t *r)
{
	if (!fp_plain_pair(cpu, a, b))
		return false;
	if (unlikely((fp_t)((a | b) << 1) == 0))
		*r = a & b; /* +0 unless both are -0 */
	else
		*r = host_gt(a, b) ? a : b;
	return true;
}

static ALWAYS_INLINE bool fp_try_min(struct cpu *cpu, fp_t a, fp_t b, fp_t *r)
{
	if (!fp_plain_pair(cpu, a, b))
		return false;
	if (unlikely((fp_t)((a | b) << 1) == 0))
		*r = a | b;
	else
		*r = host_gt(b, a) ? a : b;
	return true;
}

/* ---- comparison ---------------------------------------------------------- */

/* NZCV. */
static ALWAYS_INLINE bool fp_try_cmp(struct cpu *cpu, fp_t a, fp_t b,
				     bool signal)
{
	bool below, equal, un;

	if (!fp_may_try(cpu))
		return false;
	host_cmp(a, b, signal, &below, &equal, &un);
	cpu->n = (uint64_t)(below && !un) << 63;
	cpu->z = !equal || un;
	cpu->c = !below || un;
	cpu->v = un;
	return true;
}

/* All ones or zero; as FCMEQ, FCMGE, FCMGT. */
static inline fp_t fp_cmeq(struct cpu *cpu, fp_t a, fp_t b)
{
	if (fp_may_try(cpu))
		return -(fp_t)host_eq(a, b);
	return -(fp_t)(fp_slow_compare(cpu, FP_FORMAT, a, b, false) ==
		       SF_EQUAL);
}

static inline fp_t fp_cmge(struct cpu *cpu, fp_t a, fp_t b)
{
	enum sf_order o;

	if (fp_may_try(cpu))
		return -(fp_t)host_ge(a, b);
	o = fp_slow_compare(cpu, FP_FORMAT, a, b, true);
	return -(fp_t)(o == SF_EQUAL || o == SF_GREATER);
}

static inline fp_t fp_cmgt(struct cpu *cpu, fp_t a, fp_t b)
{
	if (fp_may_try(cpu))
		return -(fp_t)host_gt(a, b);
	return -(fp_t)(fp_slow_compare(cpu, FP_FORMAT, a, b, true) ==
		       SF_GREATER);
}

/* ---- integers ------------------------------------------------------------ */

/* By FPCR. */
static ALWAYS_INLINE bool fp_try_from_i64(struct cpu *cpu, int64_t v, fp_t *r)
{
	if (!fp_may_try(cpu))
		return false;
	*r = host_from_i64(v);
	return true;
}

static ALWAYS_INLINE bool fp_try_from_u64(struct cpu *cpu, uint64_t v, fp_t *r)
{
	return likely((int64_t)v >= 0) && fp_try_from_i64(cpu, (int64_t)v, r);
}

/*
 * Towards zero. What overflows the host's integer goes slow; what the host
 * would call inexact but Arm invalid must not reach it.
 */
static ALWAYS_INLINE bool fp_try_to_i32(struct cpu *cpu, fp_t a, uint32_t *r)
{
	if (!fp_may_try(cpu))
		return false;
	*r = (uint32_t)host_to_i32(a);
	return likely(*r != (uint32_t)INT32_MIN);
}

static ALWAYS_INLINE bool fp_try_to_i64(struct cpu *cpu, fp_t a, uint64_t *r)
{
	if (!fp_may_try(cpu))
		return false;
	*r = (uint64_t)host_to_i64(a);
	return likely(*r != (uint64_t)INT64_MIN);
}

static ALWAYS_INLINE bool fp_try_to_u32(struct cpu *cpu, fp_t a, uint32_t *r)
{
	/* +0 <= a < 2^32 */
	if (!fp_may_try(cpu) || unlikely(a >= FP_POWER(32)))
		return false;
	*r = (uint32_t)host_to_i64(a);
	return true;
}

static ALWAYS_INLINE bool fp_try_to_u64(struct cpu *cpu, fp_t a, uint64_t *r)
{
	/* +0 <= a < 2^63 */
	if (!fp_may_try(cpu) || unlikely(a >= FP_POWER(63)))
		return false;
	*r = (uint64_t)host_to_i64(a);
	return true;
}

/* ---- by the host or by softfloat ----------------------------------------- */

static inline fp_t fp_add(struct cpu *cpu, fp_t a, fp_t b)
{
	fp_t r;

	if (fp_try_add(cpu, a, b, &r))
		return r;
	return fp_slow2(cpu, sf_add, FP_FORMAT, a, b);
}

static inline fp_t fp_sub(struct cpu *cpu, fp_t a, fp_t b)
{
	fp_t r;

	if (fp_try_sub(cpu, a, b, &r))
		return r;
	return fp_slow2(cpu, sf_sub, FP_FORMAT, a, b);
}

static inline fp_t fp_mul(struct cpu *cpu, fp_t a, fp_t b)
{
	fp_t r;

	if (fp_try_mul(cpu, a, b, &r))
		return r;
	return fp_slow2(cpu, sf_mul, FP_FORMAT, a, b);
}

/* Infinity times zero is no Invalid Operation: not for the host. */
static inline fp_t fp_mulx(struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_slow2(cpu, sf_mulx, FP_FORMAT, a, b);
}

static inline fp_t fp_div(struct cpu *cpu, fp_t a, fp_t b)
{
	fp_t r;

	if (fp_try_div(cpu, a, b, &r))
		return r;
	return fp_slow2(cpu, sf_div, FP_FORMAT, a, b);
}

static inline fp_t fp_max(struct cpu *cpu, fp_t a, fp_t b)
{
	fp_t r;

	if (fp_try_max(cpu, a, b, &r))
		return r;
	return fp_slow2(cpu, sf_max, FP_FORMAT, a, b);
}

static inline fp_t fp_maxnm(struct cpu *cpu, fp_t a, fp_t b)
{
	fp_t r;

	if (fp_try_max(cpu, a, b, &r))
		return r;
	return fp_slow2(cpu, sf_maxnm, FP_FORMAT, a, b);
}

static inline fp_t fp_min(struct cpu *cpu, fp_t a, fp_t b)
{
	fp_t r;

	if (fp_try_min(cpu, a, b, &r))
		return r;
	return fp_slow2(cpu, sf_min, FP_FORMAT, a, b);
}

static inline fp_t fp_minnm(struct cpu *cpu, fp_t a, fp_t b)
{
	fp_t r;

	if (fp_try_min(cpu, a, b, &r))
		return r;
	return fp_slow2(cpu, sf_minnm, FP_FORMAT, a, b);
}

#endif
