/* SPDX-License-Identifier: MIT */
/*
 * Exact floating point in integers, as the Arm ARM's shared pseudocode defines
 * it (DDI 0487, J1.3: FPUnpack, FPRound, FPProcessNaNs, FPAdd, ...): the slow
 * path of the guest's FP instructions and the whole path where the host has
 * none. Knows nothing of struct cpu; no global state.
 *
 * A value is its encoding in the low 16, 32 or 64 bits of a uint64_t. Results
 * have the bits above zero. FPCR.FZ applies to single and double, FZ16 to half
 * but not to its conversions from and to the others, for which AHP is.
 */
#ifndef FAUXKVM_CPU_SOFTFLOAT_H
#define FAUXKVM_CPU_SOFTFLOAT_H

#include "base/types.h"

/* BFloat16, the upper half of a single, is no operand of what takes a format. */
enum sf_fmt { SF_HALF, SF_SINGLE, SF_DOUBLE, SF_BFLOAT };

/* The first four are FPCR.RMode's values. */
enum sf_rounding {
	SF_TIEEVEN,
	SF_POSINF,
	SF_NEGINF,
	SF_TOZERO,
	SF_TIEAWAY,
	SF_ODD,
};

struct sf_env {
	uint32_t fpcr;  /* as FPCR */
	uint32_t flags; /* FPSR bits: accumulated, never cleared */
	bool odd;       /* rounds to odd, whatever FPCR says */
};

enum sf_order { SF_LESS, SF_EQUAL, SF_GREATER, SF_UNORDERED };

/* FPCR.RMode as enum sf_rounding, unless it is to be another. */
static inline enum sf_rounding sf_rmode(const struct sf_env *e)
{
	return e->odd ? SF_ODD : (enum sf_rounding)(e->fpcr >> 22 & 3);
}

/* ---- fp/softfloat.c: arithmetic and comparison ------------------------------ */

uint64_t sf_add(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b);
uint64_t sf_sub(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b);
uint64_t sf_mul(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b);
uint64_t sf_mulx(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b);
uint64_t sf_div(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b);
uint64_t sf_sqrt(struct sf_env *e, enum sf_fmt f, uint64_t a);
/* @addend + @a * @b with one rounding (FPMulAdd). */
uint64_t sf_muladd(struct sf_env *e, enum sf_fmt f, uint64_t addend, uint64_t a,
		   uint64_t b);
uint64_t sf_max(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b);
uint64_t sf_min(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b);
uint64_t sf_maxnm(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b);
uint64_t sf_minnm(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b);
/* 2 - a * b and (3 - a * b) / 2 (FPRecipStepFused, FPRSqrtStepFused). */
uint64_t sf_recps(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b);
uint64_t sf_rsqrts(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b);
/* @a * 2^@scale (FPScale). */
uint64_t sf_scale(struct sf_env *e, enum sf_fmt f, uint64_t a, int64_t scale);
/* @signal: a quiet NaN is Invalid Operation too. */
enum sf_order sf_compare(struct sf_env *e, enum sf_fmt f, uint64_t a,
			 uint64_t b, bool signal);

/* ---- fp/softfloat-convert.c ------------------------------------------------- */

uint64_t sf_convert(struct sf_env *e, enum sf_fmt from, enum sf_fmt to,
		    uint64_t a, enum sf_rounding r);
/* @exact: Inexact is signalled (FRINTX). */
uint64_t sf_round_int(struct sf_env *e, enum sf_fmt f, uint64_t a,
		      enum sf_rounding r, bool exact);
/* As sf_round_int(), but only if the result is an integer of @width (32, 64)
 * bits: else, and of a NaN, it is the most negative one and Invalid Operation.
 * FPRoundIntN. */
uint64_t sf_round_int_n(struct sf_env *e, enum sf_fmt f, uint64_t a,
			enum sf_rounding r, unsigned int width);
/* A double's integral part modulo 2^32; *exact: it is the double itself, and a
 * signed integer of 32 bits. FPToFixedJS. */
uint32_t sf_to_int_js(struct sf_env *e, uint64_t a, bool *exact);
/* a * 2^fbits as an integer of @width (32, 64) bits, saturating. A 32-bit
 * result is zero-extended. */
uint64_t sf_to_int(struct sf_env *e, enum sf_fmt f, uint64_t a,
		   unsigned int fbits, bool uns, unsigned int width,
		   enum sf_rounding r);
/* v / 2^fbits, rounded by FPCR; a signed @v is sign-extended to 64 bits. */
uint64_t sf_from_int(struct sf_env *e, enum sf_fmt f, uint64_t v,
		     unsigned int fbits, bool uns);

/* ---- fp/softfloat-bfloat.c -------------------------------------------------- */

/* @addend + @a * @b, of half precision (FPMulAddH). */
uint64_t sf_muladd_half(struct sf_env *e, uint64_t addend, uint64_t a,
			uint64_t b);
uint16_t sf_to_bfloat(struct sf_env *e, uint32_t a);
/* @addend and the products of two pairs: rounded to odd each time, denormals are
 * zeros, no flags (BFDotAdd without FEAT_EBF16). */
uint32_t sf_bfloat_dot(uint32_t addend, const uint16_t *a, const uint16_t *b);

/* ---- fp/softfloat-estimate.c ------------------------------------------------ */

uint64_t sf_recpe(struct sf_env *e, enum sf_fmt f, uint64_t a);
uint64_t sf_rsqrte(struct sf_env *e, enum sf_fmt f, uint64_t a);
uint64_t sf_recpx(struct sf_env *e, enum sf_fmt f, uint64_t a);
/* The exponent as a signed integer of as many bits (FPLogB): of an infinity the
 * greatest, of zero and of a NaN the least and Invalid Operation. */
uint64_t sf_logb(struct sf_env *e, enum sf_fmt f, uint64_t a);
/* URECPE, URSQRTE. */
uint32_t sf_urecpe(uint32_t a);
uint32_t sf_ursqrte(uint32_t a);

#endif
