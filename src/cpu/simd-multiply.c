/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD multiplies of lanes that keep their size, vector, scalar and
 * by element (Arm ARM C4.1.96 "three same", "three same extra", "vector x
 * indexed element"): MUL, MLA, MLS, PMUL, SQ(R)DMULH, SQRDMLAH/SH, dot
 * products.
 */
#include "cpu/simd.h"

/* 16-bit lanes would be multiplied as int, and overflow. */
#define LOW_MUL(a, b) ((u32)(a) * (b))

SIMD_BHS(mul, u, LOW_MUL(a, b))
SIMD_BHS(mla, u, c + LOW_MUL(a, b))
SIMD_BHS(mls, u, c - LOW_MUL(a, b))
ELEMENT_HS(mul, u, LOW_MUL(a, b))
ELEMENT_HS(mla, u, c + LOW_MUL(a, b))
ELEMENT_HS(mls, u, c - LOW_MUL(a, b))

/* Polynomial over GF(2), low half of the product. */
static inline u8 poly_mul8(u8 a, u8 b)
{
	u8 r = 0;

	for (unsigned int k = 0; k < 8; k++)
		r ^= (u8)(a << k) & -(b >> k & 1);
	return r;
}

SIMD_B(pmul, u, poly_mul8(a, b))

/*
 * High half of the doubled product. The doubling and the shift by bits are
 * one shift by bits - 1; ROUND is half of the last place.
 */
#define HIGH_ROUND ((s64)1 << (bits - 2))
#define SQDMULH    sat_ss(((s64)a * b) >> (bits - 1), bits, &sat)
#define SQRDMULH   sat_ss(((s64)a * b + HIGH_ROUND) >> (bits - 1), bits, &sat)
/* FEAT_RDM: the accumulator takes part at full precision, one rounding. */
#define HIGH_ACC ((s64)c * ((s64)1 << (bits - 1)))
#define SQRDMLAH \
	sat_ss((HIGH_ACC + (s64)a * b + HIGH_ROUND) >> (bits - 1), bits, &sat)
#define SQRDMLSH \
	sat_ss((HIGH_ACC - (s64)a * b + HIGH_ROUND) >> (bits - 1), bits, &sat)

#define HIGH_FORMS(op, ...)            \
	SIMD_HS(op, s, __VA_ARGS__)    \
	SCALAR_HS(op, s, __VA_ARGS__)  \
	ELEMENT_HS(op, s, __VA_ARGS__) \
	SCALAR_ELEMENT_HS(op, s, __VA_ARGS__)

/*
 * Dot product (FEAT_DotProd): four bytes of Vn by four of Vm (or of one
 * 32-bit element of Vm) are added to each 32-bit lane.
 */
#define DOT_FN(name, T8, lanes, vm_lane)                               \
	static void name(struct cpu *cpu, const struct insn *i)        \
	{                                                              \
		const union vreg *n = &cpu->vreg[i->rn];               \
		const union vreg *m = &cpu->vreg[i->rm];               \
		union vreg *d = &cpu->vreg[i->rd], r = {0};            \
                                                                       \
		FP_CHECK;                                              \
		for (unsigned int l = 0; l < (lanes); l++) {           \
			u32 sum = d->s[l];                             \
                                                                       \
			for (unsigned int k = 0; k < 4; k++)           \
				sum += LANE(n, T8, 4 * l + k) *        \
				       LANE(m, T8, 4 * (vm_lane) + k); \
			r.s[l] = sum;                                  \
		}                                                      \
		*d = r;                                                \
		NEXT;                                                  \
	}

#define DOT(op, T8)                                               \
	DOT_FN(op##_0, T8, 2, l)                                  \
	DOT_FN(op##_1, T8, 4, l)                                  \
	DOT_FN(op##_el_0, T8, 2, i->aux)                          \
	DOT_FN(op##_el_1, T8, 4, i->aux)                          \
	bool fmt_simd_##op(uint32_t w, struct insn *out)          \
	{                                                         \
		simd_regs(w, out);                                \
		out->fn = FLD(w, 30, 30) ? op##_1 : op##_0;       \
		return true;                                      \
	}                                                         \
	bool fmt_simd_##op##_el(uint32_t w, struct insn *out)     \
	{                                                         \
		out->fn = FLD(w, 30, 30) ? op##_el_1 : op##_el_0; \
		return simd_element(w, out);                      \
	}

DOT(sdot, s8)
DOT(udot, u8)
