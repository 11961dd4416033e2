/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD three different: long (narrow by narrow gives wide), wide
 * (wide by narrow) and high narrow, vector, scalar and by element (Arm ARM
 * C4.1.96 "Advanced SIMD three different", "vector x indexed element").
 */
#include "cpu/simd.h"

/* Lanes are unsigned arithmetic modulo 2^bits; only the widening differs. */
LONG_BHS(saddl, s, (U)a + (U)b)
LONG_BHS(uaddl, u, a + b)
LONG_BHS(ssubl, s, (U)a - (U)b)
LONG_BHS(usubl, u, a - b)
WIDE_BHS(saddw, s, (U)a + (U)b)
WIDE_BHS(uaddw, u, a + b)
WIDE_BHS(ssubw, s, (U)a - (U)b)
WIDE_BHS(usubw, u, a - b)

/* Widened operands: their difference fits the signed wide lane. */
LONG_BHS(sabdl, s, a > b ? a - b : b - a)
LONG_BHS(uabdl, u, a > b ? a - b : b - a)
LONG_BHS(sabal, s, (U)c + (U)(a > b ? a - b : b - a))
LONG_BHS(uabal, u, c + (a > b ? a - b : b - a))

/* A product of two narrow lanes always fits the wide one. */
#define LONG_MUL_FORMS(op, g, ...)   \
	LONG_BHS(op, g, __VA_ARGS__) \
	LONG_ELEMENT_HS(op, g, __VA_ARGS__)

LONG_MUL_FORMS(smull, s, (a * b))
LONG_MUL_FORMS(umull, u, (a * b))
LONG_MUL_FORMS(smlal, s, (U)c + (U)(a * b))
LONG_MUL_FORMS(umlal, u, c + a * b)
LONG_MUL_FORMS(smlsl, s, (U)c - (U)(a * b))
LONG_MUL_FORMS(umlsl, u, c - a * b)

/*
 * Saturating doubling. The product saturates by itself (only min * min can),
 * then the accumulation does; either sets QC.
 */
#define SAT_OVERFLOW(op, x, y, limit)                                 \
	({                                                            \
		T r_;                                                 \
		if (__builtin_##op##_overflow((T)(x), (T)(y), &r_)) { \
			sat = 1;                                      \
			r_ = (limit);                                 \
		}                                                     \
		r_;                                                   \
	})
#define SQDMULL                                           \
	({                                                \
		const T p_ = a * b;                       \
		SAT_OVERFLOW(add, p_, p_, SMAX_OF(bits)); \
	})
#define ACC_LIMIT (c < 0 ? SMIN_OF(bits) : SMAX_OF(bits))

#define LONG_SAT_FORMS(op, ...)             \
	LONG_HS(op, s, __VA_ARGS__)         \
	LONG_SCALAR_HS(op, s, __VA_ARGS__)  \
	LONG_ELEMENT_HS(op, s, __VA_ARGS__) \
	LONG_SCALAR_ELEMENT_HS(op, s, __VA_ARGS__)

/* High narrow: size is the narrow lane; R: rounding. */
#define HIGH_HALF (UINT64_C(1) << (bits - 1))
/* Polynomial long, 8 to 16 bits. The 64-bit form is in crypto.c. */
static inline u16 poly_mull8(u16 a, u16 b)
{
	u16 r = 0;

	for (unsigned int k = 0; k < 8; k++)
		r ^= (u16)(a << k) & -(b >> k & 1);
	return r;
}

LONG_2(pmull, u8, u16, 8, poly_mull8(a, b))

bool fmt_simd_pmull(uint32_t w, struct insn *out)
{
	static simd_fns fns = {{pmull_u8_0}, {pmull_u8_1}};

	return simd_fmt(w, out, fns);
}
