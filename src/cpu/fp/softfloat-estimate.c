/* SPDX-License-Identifier: MIT */
/*
 * The reciprocal and reciprocal square root estimates, which the Arm ARM
 * defines to the bit (RecipEstimate, RecipSqrtEstimate, FPRecipEstimate,
 * FPRSqrtEstimate, FPRecpX); contract in cpu/fp/softfloat.h.
 */
#include "cpu/fp/softfloat-internal.h"

/* @a in 256..511 is 0.5 to 1 in units of 1/512; 256..511 is 1 to 2. */
static unsigned int recip_estimate(unsigned int a)
{
	return ((1u << 19) / (2 * a + 1) + 1) / 2;
}

/* @a in 128..511 is 0.25 to 1 in units of 1/512. */
static unsigned int rsqrt_estimate(unsigned int a)
{
	unsigned int b = 512;

	a = a < 256 ? 2 * a + 1 : 2 * (a | 1);
	while (a * (b + 1) * (b + 1) < 1u << 28)
		b++;
	return (b + 1) / 2;
}

uint32_t sf_urecpe(uint32_t a)
{
	return a >> 31 ? recip_estimate(a >> 23) << 23 : UINT32_MAX;
}

uint32_t sf_ursqrte(uint32_t a)
{
	return a >> 30 ? rsqrt_estimate(a >> 23) << 23 : UINT32_MAX;
}

/* Exponent and fraction, the fraction at the top of 52 bits. */
static void split(enum sf_fmt f, uint64_t a, int *exp, uint64_t *frac)
{
	const struct sf_format *fmt = &sf_formats[f];

	*exp = a >> fmt->frac_bits & ((1 << fmt->exp_bits) - 1);
	*frac = (a << (52 - fmt->frac_bits)) & GENMASK(51, 0);
}

static uint64_t join(enum sf_fmt f, bool sign, int exp, uint64_t frac)
{
	return sf_zero(f, sign) | (uint64_t)exp << sf_formats[f].frac_bits |
	       frac >> (52 - sf_formats[f].frac_bits);
}

/* 1/@n is beyond the largest number. */
static uint64_t recpe_overflow(struct sf_env *e, enum sf_fmt f, bool sign)
{
	enum sf_rounding r = sf_rmode(e);
	bool to_inf = r == SF_TIEEVEN || r == (sign ? SF_NEGINF : SF_POSINF);

	e->flags |= FPSR_OFC | FPSR_IXC;
	return to_inf ? sf_inf(f, sign) : sf_max_normal(f, sign);
}

uint64_t sf_recpe(struct sf_env *e, enum sf_fmt f, uint64_t a)
{
	struct sf_num n = sf_unpack(e, f, a, false);
	int bias = sf_formats[f].bias, exp, res_exp;
	uint64_t frac;

	if (sf_is_nan(&n))
		return sf_process_nan(e, f, a, &n);
	if (n.cls == SF_INF)
		return sf_zero(f, n.sign);
	if (n.cls == SF_ZERO) {
		e->flags |= FPSR_DZC;
		return sf_inf(f, n.sign);
	}
	if (n.exp < -bias - 1)
		return recpe_overflow(e, f, n.sign);
	if (sf_flushes(e, f) && n.exp >= bias - 1) {
		e->flags |= FPSR_UFC;
		return sf_zero(f, n.sign);
	}
	split(f, a, &exp, &frac);
	if (exp == 0) { /* at least a quarter of the smallest normal */
		if (frac & BIT(51)) {
			frac <<= 1;
		} else {
			exp = -1;
			frac <<= 2;
		}
		frac &= GENMASK(51, 0);
	}
	res_exp = 2 * bias - 1 - exp;
	frac = (uint64_t)(recip_estimate(256 | frac >> 44) & 0xff) << 44;
	if (res_exp <= 0) {
		frac = (BIT(52) | frac) >> (1 - res_exp);
		res_exp = 0;
	}
	return join(f, n.sign, res_exp, frac);
}

uint64_t sf_rsqrte(struct sf_env *e, enum sf_fmt f, uint64_t a)
{
	struct sf_num n = sf_unpack(e, f, a, false);
	int exp, bias = sf_formats[f].bias;
	unsigned int scaled;

	if (sf_is_nan(&n))
		return sf_process_nan(e, f, a, &n);
	if (n.cls == SF_ZERO) {
		e->flags |= FPSR_DZC;
		return sf_inf(f, n.sign);
	}
	if (n.sign) {
		e->flags |= FPSR_IOC;
		return sf_default_nan(f);
	}
	if (n.cls == SF_INF)
		return sf_zero(f, false);
	/* The mantissa without its leading one; even exponents are odd powers
	 * of two since the bias is odd. */
	exp = n.exp + bias;
	scaled = n.mant >> (exp & 1 ? 56 : 55);
	return join(f, false, (3 * bias - 1 - exp) >> 1,
		    (uint64_t)(rsqrt_estimate(scaled) & 0xff) << 44);
}

uint64_t sf_recpx(struct sf_env *e, enum sf_fmt f, uint64_t a)
{
	struct sf_num n = sf_unpack(e, f, a, false);
	int exp, max_exp = (1 << sf_formats[f].exp_bits) - 1;
	uint64_t frac;

	if (sf_is_nan(&n))
		return sf_process_nan(e, f, a, &n);
	split(f, a, &exp, &frac);
	return join(f, n.sign, exp ? exp ^ max_exp : max_exp - 1, 0);
}

uint64_t sf_logb(struct sf_env *e, enum sf_fmt f, uint64_t a)
{
	struct sf_num n = sf_unpack(e, f, a, false);
	uint64_t least = sf_sign_bit(f);

	switch (n.cls) {
	case SF_FINITE: return (uint64_t)n.exp & (2 * least - 1);
	case SF_INF: return least - 1;
	default: e->flags |= FPSR_IOC; return least;
	}
}
