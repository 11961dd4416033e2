/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD saturating add, subtract, negate and narrow, vector and
 * scalar (Arm ARM C4.1.96). All set FPSR.QC when a lane saturates.
 */
#include "cpu/simd.h"

/* The exact result of x op y if it fits type R, else @limit. */
#define SAT_OP(R, op, x, y, limit)                          \
	({                                                  \
		R r_;                                       \
		if (__builtin_##op##_overflow(x, y, &r_)) { \
			sat = 1;                            \
			r_ = (limit);                       \
		}                                           \
		r_;                                         \
	})
#define LIMIT_BY_SIGN(v) ((v) < 0 ? SMIN_OF(bits) : SMAX_OF(bits))

SIMD_AND_SCALAR_BHSD(sqadd, s, SAT_OP(T, add, a, b, LIMIT_BY_SIGN(a)))
SIMD_AND_SCALAR_BHSD(uqadd, u, SAT_OP(T, add, a, b, UMAX_OF(bits)))
SIMD_AND_SCALAR_BHSD(sqsub, s, SAT_OP(T, sub, a, b, LIMIT_BY_SIGN(a)))
SIMD_AND_SCALAR_BHSD(uqsub, u, SAT_OP(T, sub, a, b, 0))

/* Vd and Vn of different signedness. */
SIMD_AND_SCALAR_BHSD(suqadd, s, SAT_OP(T, add, c, (U)a, SMAX_OF(bits)))
SIMD_AND_SCALAR_BHSD(usqadd, u,
		     SAT_OP(T, add, c, (S)a, (S)a < 0 ? 0 : UMAX_OF(bits)))

SIMD_AND_SCALAR_BHSD(sqneg, s, SAT_OP(T, sub, 0, a, SMAX_OF(bits)))
SIMD_AND_SCALAR_BHSD(sqabs, s, a < 0 ? SAT_OP(T, sub, 0, a, SMAX_OF(bits)) : a)

/* Narrow: size is that of the result. */
#define SAT_NARROW(op, g, ...)         \
	NARROW_BHS(op, g, __VA_ARGS__) \
	NARROW_SCALAR_BHS(op, g, __VA_ARGS__)

SAT_NARROW(sqxtn, s, sat_ss(a, bits, &sat))
SAT_NARROW(sqxtun, s, sat_su(a, bits, &sat))
SAT_NARROW(uqxtn, u, sat_uu(a, bits, &sat))
