/* SPDX-License-Identifier: MIT */
/*
 * The lanes of one arrangement: types, and the loops that are the bodies of
 * Advanced SIMD integer instructions. Arm ARM C7. LANES and LANE_BITS come
 * from the unit (simd/16b.c). A loop has a constant trip count and typed
 * lanes, so gcc turns it into straight host vector code.
 *
 * A body is one SIMD_... statement: a type, then the arithmetic of one lane as
 * an expression, which may use
 *   a, b   the lanes of Vn and Vm (const, of type T)
 *   c      the lane of Vd before
 *   sh     the shift amount of an immediate shift
 *   T      the type of the arithmetic
 *   sat    set to 1 if the lane saturated: sets FPSR.QC
 * The statement is the whole body, from FP_CHECK to NEXT (cpu/exec.h). What
 * the loop doesn't write of Vd becomes 0, which is both the rule of 64-bit
 * vectors and of scalars.
 */
#ifndef FAUXKVM_CPU_SIMD_UNIT_H
#define FAUXKVM_CPU_SIMD_UNIT_H

#include "cpu/exec.h"
#include "cpu/fp/fp.h"
#include "cpu/simd/lane.h"

/* Of 1 lane is a scalar. */
#define VECTOR (LANES > 1)

/*
 * A lane, unsigned and signed, and its field of union vreg; the same of a lane
 * of twice the width.
 */
#if LANE_BITS == 8
typedef u8 U;
typedef s8 S;
typedef u16 WU;
typedef s16 WS;
#define LANE      b
#define WIDE_LANE h
#elif LANE_BITS == 16
typedef u16 U;
typedef s16 S;
typedef u32 WU;
typedef s32 WS;
#define LANE      h
#define WIDE_LANE s
#elif LANE_BITS == 32
typedef u32 U;
typedef s32 S;
typedef u64 WU;
typedef s64 WS;
#define LANE      s
#define WIDE_LANE d
#else
typedef u64 U;
typedef s64 S;
#define LANE d
#endif

/*
 * Wide lanes are half as many, as long as a vector of 64 bits has narrow ones;
 * the narrow ones are the upper half of a vector of 128 bits (SADDL2, XTN2).
 */
#define WIDE_LANES (VECTOR ? 64 / LANE_BITS : 1)
#define UPPER      (LANES * LANE_BITS == 128 ? WIDE_LANES : 0)

#define DOUBLEWORDS (LANES * LANE_BITS / 64)

#define SIMD_UNUSED __attribute__((unused))

/*
 * The loop. @type is T; @result: where lane l of the result goes; @keep: the
 * lower half of Vd stays; @va, @vb, @vc: what a, b and c are.
 */
#define SIMD_LOOP(type, lanes, result, keep, va, vb, vc, ...) \
	do {                                                  \
		typedef type T SIMD_UNUSED;                   \
		const union vreg *n_ = &cpu->vreg[i->rn];     \
		const union vreg *m_ = &cpu->vreg[i->rm];     \
		union vreg *d_ = &cpu->vreg[i->rd], r_ = {0}; \
		const int sh SIMD_UNUSED = (int)i->imm;       \
		unsigned int sat = 0;                         \
                                                              \
		FP_CHECK;                                     \
		if (keep)                                     \
			r_.d[0] = d_->d[0];                   \
		for (unsigned int l = 0; l < (lanes); l++) {  \
			const T a SIMD_UNUSED = (va);         \
			const T b SIMD_UNUSED = (vb);         \
			const T c SIMD_UNUSED = (vc);         \
			result = (__VA_ARGS__);               \
		}                                             \
		*d_ = r_;                                     \
		if (sat)                                      \
			fp_set_qc(cpu);                       \
		NEXT;                                         \
	} while (0)

/* Lanes of one type, S or U; b is one element of Vm. */
#define SIMD_SAME(type, ...)                                                \
	SIMD_LOOP(type, LANES, r_.LANE[l], false, n_->LANE[l], m_->LANE[l], \
		  d_->LANE[l], __VA_ARGS__)
#define SIMD_SAME_EL(type, ...)                                \
	SIMD_LOOP(type, LANES, r_.LANE[l], false, n_->LANE[l], \
		  m_->LANE[i->aux], d_->LANE[l], __VA_ARGS__)

/* Narrow a and b give a wide lane; b is one element; a is already wide. */
#define SIMD_LONG(type, ...)                                            \
	SIMD_LOOP(W##type, WIDE_LANES, r_.WIDE_LANE[l], false,          \
		  (type)n_->LANE[l + UPPER], (type)m_->LANE[l + UPPER], \
		  d_->WIDE_LANE[l], __VA_ARGS__)
#define SIMD_LONG_EL(type, ...)                                      \
	SIMD_LOOP(W##type, WIDE_LANES, r_.WIDE_LANE[l], false,       \
		  (type)n_->LANE[l + UPPER], (type)m_->LANE[i->aux], \
		  d_->WIDE_LANE[l], __VA_ARGS__)
#define SIMD_WIDE(type, ...)                                   \
	SIMD_LOOP(W##type, WIDE_LANES, r_.WIDE_LANE[l], false, \
		  n_->WIDE_LANE[l], (type)m_->LANE[l + UPPER], \
		  d_->WIDE_LANE[l], __VA_ARGS__)

/* Wide a and b; the result is cut to a narrow lane. No c. */
#define SIMD_NARROW(type, ...)                                    \
	SIMD_LOOP(W##type, WIDE_LANES, r_.LANE[l + UPPER], UPPER, \
		  n_->WIDE_LANE[l], m_->WIDE_LANE[l], 0, (type)(__VA_ARGS__))

/* What doesn't mind the lanes goes by doublewords. */
#define SIMD_DOUBLEWORDS(...)                                           \
	SIMD_LOOP(u64, DOUBLEWORDS, r_.d[l], false, n_->d[l], m_->d[l], \
		  d_->d[l], __VA_ARGS__)

/* Right shift by sh = 1..bits of T; R: rounding. */
#define SHR(v) ((T)((T)(v) >> (sh - 1)) >> 1)
#define RSHR(v)                                  \
	({                                       \
		const T t_ = (T)(v) >> (sh - 1); \
		(T)((t_ >> 1) + (t_ & 1));       \
	})

/* The exact result of x op y if it fits T, else @limit. */
#define SAT_OP(op, x, y, limit)                             \
	({                                                  \
		T s_;                                       \
		if (__builtin_##op##_overflow(x, y, &s_)) { \
			sat = 1;                            \
			s_ = (limit);                       \
		}                                           \
		s_;                                         \
	})

#endif
