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

/* Vd and Vn of different signedness. */
/* Narrow: size is that of the result. */
#define SAT_NARROW(op, g, ...)         \
	NARROW_BHS(op, g, __VA_ARGS__) \
	NARROW_SCALAR_BHS(op, g, __VA_ARGS__)

SAT_NARROW(sqxtn, s, sat_ss(a, bits, &sat))
SAT_NARROW(sqxtun, s, sat_su(a, bits, &sat))
SAT_NARROW(uqxtn, u, sat_uu(a, bits, &sat))
