/* SPDX-License-Identifier: MIT */
/*
 * Conversions between formats and with integers, rounding to integral
 * values (Arm ARM FPConvert, FPRoundInt, FPToFixed, FixedToFP); contract in
 * cpu/fp/softfloat.h.
 */
#include "cpu/fp/softfloat-internal.h"

/* A NaN in another format: sign, quiet, the upper bits of the payload. */
static uint64_t convert_nan(enum sf_fmt from, enum sf_fmt to, uint64_t a,
			    bool sign)
{
	uint64_t frac = a << (64 - sf_formats[from].frac_bits);

	return sf_inf(to, sign) | sf_quiet_bit(to) |
	       frac >> (64 - sf_formats[to].frac_bits);
}

static uint64_t convert(struct sf_env *e, enum sf_fmt from, enum sf_fmt to,
			uint64_t a, enum sf_rounding r)
{
	bool ahp = e->fpcr & FPCR_AHP;
	bool to_ahp = ahp && to == SF_HALF;
	struct sf_num n = sf_unpack(e, from, a, ahp && from == SF_HALF);

	switch (n.cls) {
	case SF_ZERO: return sf_zero(to, n.sign);
	case SF_FINITE: return sf_round(e, to, &n, r, to_ahp);
	case SF_INF:
		if (!to_ahp)
			return sf_inf(to, n.sign);
		e->flags |= FPSR_IOC;
		return GENMASK(14, 0) | sf_zero(to, n.sign);
	default: break;
	}
	if (to_ahp || n.cls == SF_SNAN)
		e->flags |= FPSR_IOC;
	if (to_ahp)
		return sf_zero(to, n.sign);
	if (e->fpcr & FPCR_DN)
		return sf_default_nan(to);
	return convert_nan(from, to, a, n.sign);
}

uint64_t sf_convert(struct sf_env *e, enum sf_fmt from, enum sf_fmt to,
		    uint64_t a, enum sf_rounding r)
{
	struct sf_env without = {.fpcr = e->fpcr & ~FPCR_FZ16,
				 .flags = e->flags};

	a = convert(&without, from, to, a, r);
	e->flags = without.flags;
	return a;
}

/*
 * The magnitude of a finite @n below 2^64 as an integer; *inexact if it was
 * not one.
 */
static uint64_t round_magnitude(const struct sf_num *n, enum sf_rounding r,
				bool *inexact)
{
	sf_u128 v = sf_shr128_jam((sf_u128)n->mant << 64, 63 - n->exp);
	uint64_t mag = v >> 64, rem = (uint64_t)v;

	*inexact = rem != 0;
	return mag + sf_rounds_up(r, n->sign, mag & 1, rem);
}

/* The integer of magnitude @mag, which @f can hold. */
static uint64_t integral(struct sf_env *e, enum sf_fmt f, bool sign,
			 uint64_t mag)
{
	struct sf_num n = {.cls = SF_FINITE, .sign = sign};

	if (mag == 0)
		return sf_zero(f, sign);
	n.exp = 63 - __builtin_clzll(mag);
	n.mant = mag << __builtin_clzll(mag);
	return sf_round(e, f, &n, SF_TOZERO, false); /* exact */
}

uint64_t sf_round_int(struct sf_env *e, enum sf_fmt f, uint64_t a,
		      enum sf_rounding r, bool exact)
{
	struct sf_num n = sf_unpack(e, f, a, false);
	uint64_t mag;
	bool inexact;

	if (sf_is_nan(&n))
		return sf_process_nan(e, f, a, &n);
	if (n.cls == SF_ZERO)
		return sf_zero(f, n.sign);
	if (n.cls == SF_INF || n.exp >= sf_formats[f].frac_bits)
		return a;
	mag = round_magnitude(&n, r, &inexact);
	if (exact && inexact)
		e->flags |= FPSR_IXC;
	return integral(e, f, n.sign, mag);
}

uint64_t sf_round_int_n(struct sf_env *e, enum sf_fmt f, uint64_t a,
			enum sf_rounding r, unsigned int width)
{
	struct sf_num n = sf_unpack(e, f, a, false);
	uint64_t mag = 0, limit = n.sign ? BIT(width - 1) : BIT(width - 1) - 1;
	bool inexact = false;

	if (n.cls == SF_ZERO)
		return sf_zero(f, n.sign);
	if (n.cls == SF_FINITE && n.exp <= 63)
		mag = round_magnitude(&n, r, &inexact);
	if (n.cls != SF_FINITE || n.exp > 63 || mag > limit) {
		e->flags |= FPSR_IOC;
		return integral(e, f, true, BIT(width - 1));
	}
	if (inexact)
		e->flags |= FPSR_IXC;
	return integral(e, f, n.sign, mag);
}

uint32_t sf_to_int_js(struct sf_env *e, uint64_t a, bool *exact)
{
	struct sf_num n = sf_unpack(e, SF_DOUBLE, a, false);
	bool inexact = false;
	uint64_t mag = 0;

	*exact = false;
	if (n.cls == SF_ZERO) { /* of a flushed number neither */
		*exact = a == 0;
		return 0;
	}
	if (n.cls != SF_FINITE) {
		e->flags |= FPSR_IOC;
		return 0;
	}
	if (n.exp <= 63)
		mag = round_magnitude(&n, SF_TOZERO, &inexact);
	else if (n.exp < 63 + 32)
		mag = n.mant << (n.exp - 63);
	if (n.exp > 63 || mag > (n.sign ? BIT(31) : BIT(31) - 1))
		e->flags |= FPSR_IOC;
	else if (inexact)
		e->flags |= FPSR_IXC;
	else
		*exact = true;
	return (uint32_t)(n.sign ? -mag : mag);
}

uint64_t sf_to_int(struct sf_env *e, enum sf_fmt f, uint64_t a,
		   unsigned int fbits, bool uns, unsigned int width,
		   enum sf_rounding r)
{
	struct sf_num n = sf_unpack(e, f, a, false);
	uint64_t limit, mag;
	bool inexact;

	if (n.cls == SF_ZERO)
		return 0;
	if (sf_is_nan(&n)) {
		e->flags |= FPSR_IOC;
		return 0;
	}
	if (uns)
		limit = n.sign ? 0 : GENMASK(width - 1, 0);
	else
		limit = n.sign ? BIT(width - 1) : GENMASK(width - 2, 0);
	n.exp += (int)fbits;
	if (n.cls == SF_INF || n.exp > 63) {
		mag = limit;
		e->flags |= FPSR_IOC;
	} else {
		mag = round_magnitude(&n, r, &inexact);
		if (mag > limit) {
			mag = limit;
			e->flags |= FPSR_IOC;
		} else if (inexact) {
			e->flags |= FPSR_IXC;
		}
	}
	return (n.sign ? -mag : mag) & GENMASK(width - 1, 0);
}

uint64_t sf_from_int(struct sf_env *e, enum sf_fmt f, uint64_t v,
		     unsigned int fbits, bool uns)
{
	struct sf_num n = {.cls = SF_FINITE};
	unsigned int lead;

	if (v == 0)
		return 0;
	n.sign = !uns && (int64_t)v < 0;
	if (n.sign)
		v = -v;
	lead = __builtin_clzll(v);
	n.mant = v << lead;
	n.exp = 63 - (int)lead - (int)fbits;
	return sf_round(e, f, &n, sf_rmode(e), false);
}
