/* SPDX-License-Identifier: MIT */
/*
 * Between the softfloat*.c files: unpacked numbers. A finite number is
 * mant * 2^(exp - 63) with bit 63 of mant set. A mantissa whose lower bits
 * were lost has bit 0 set if any of them was one ("jammed"): with 11 or more
 * bits below the last one kept, rounding comes out as for the exact value.
 */
#ifndef FAUXKVM_CPU_SOFTFLOAT_INTERNAL_H
#define FAUXKVM_CPU_SOFTFLOAT_INTERNAL_H

#include "cpu/fp/fp.h"
#include "cpu/fp/softfloat.h"

typedef unsigned __int128 sf_u128;

struct sf_format {
	uint8_t frac_bits, exp_bits;
	int16_t bias;
};
extern const struct sf_format sf_formats[];

enum sf_class { SF_ZERO, SF_FINITE, SF_INF, SF_QNAN, SF_SNAN };

struct sf_num {
	enum sf_class cls;
	bool sign;
	int exp;
	uint64_t mant;
};

static inline unsigned int sf_width(enum sf_fmt f)
{
	return f == SF_BFLOAT ? 16 : 16u << f;
}

static inline uint64_t sf_sign_bit(enum sf_fmt f)
{
	return BIT(sf_width(f) - 1);
}

static inline uint64_t sf_quiet_bit(enum sf_fmt f)
{
	return BIT(sf_formats[f].frac_bits - 1);
}

static inline uint64_t sf_zero(enum sf_fmt f, bool sign)
{
	return sign ? sf_sign_bit(f) : 0;
}

static inline uint64_t sf_inf(enum sf_fmt f, bool sign)
{
	return sf_zero(f, sign) |
	       GENMASK(sf_width(f) - 2, sf_formats[f].frac_bits);
}

static inline uint64_t sf_max_normal(enum sf_fmt f, bool sign)
{
	return sf_inf(f, sign) - 1;
}

static inline uint64_t sf_default_nan(enum sf_fmt f)
{
	return sf_inf(f, false) | sf_quiet_bit(f);
}

static inline bool sf_is_nan(const struct sf_num *n)
{
	return n->cls >= SF_QNAN;
}

/* Denormals count as zero. */
static inline bool sf_flushes(const struct sf_env *e, enum sf_fmt f)
{
	return e->fpcr & (f == SF_HALF ? FPCR_FZ16 : FPCR_FZ);
}

/* x >> n, jammed; any n. */
static inline uint64_t sf_shr64_jam(uint64_t x, unsigned int n)
{
	if (n == 0)
		return x;
	if (n > 63)
		return x != 0;
	return x >> n | ((x & (BIT(n) - 1)) != 0);
}

static inline sf_u128 sf_shr128_jam(sf_u128 x, unsigned int n)
{
	if (n == 0)
		return x;
	if (n > 127)
		return x != 0;
	return x >> n | ((x & (((sf_u128)1 << n) - 1)) != 0);
}

/* @ahp: a half is in the alternative format. */
struct sf_num sf_unpack(struct sf_env *e, enum sf_fmt f, uint64_t a, bool ahp);

/*
 * Does the discarded part @rem (out of 2^64) round the magnitude @kept up?
 * SF_ODD never does.
 */
bool sf_rounds_up(enum sf_rounding r, bool sign, bool odd, uint64_t rem);

/* A finite number rounded to @f with its exceptions. */
uint64_t sf_round(struct sf_env *e, enum sf_fmt f, const struct sf_num *n,
		  enum sf_rounding r, bool ahp);

/* The quiet NaN that an operand NaN becomes; Invalid Operation if signalling.*/
uint64_t sf_process_nan(struct sf_env *e, enum sf_fmt f, uint64_t a,
			const struct sf_num *n);

#endif
