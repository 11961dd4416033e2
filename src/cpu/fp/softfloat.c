/* SPDX-License-Identifier: MIT */
/*
 * Unpacking, rounding, arithmetic and comparison; contract in
 * cpu/fp/softfloat.h. Operations follow the Arm ARM's FPxxx functions: unpack
 * (flushing denormals if FZ), NaNs, infinities and zeros, then an exact or
 * jammed result that sf_round() rounds once.
 */
#include "cpu/fp/softfloat-internal.h"

const struct sf_format sf_formats[] = {
	[SF_HALF] = {10, 5, 15},
	[SF_SINGLE] = {23, 8, 127},
	[SF_DOUBLE] = {52, 11, 1023},
	[SF_BFLOAT] = {7, 8, 127},
};

/* ---- unpack and round ---------------------------------------------------- */

struct sf_num sf_unpack(struct sf_env *e, enum sf_fmt f, uint64_t a, bool ahp)
{
	const struct sf_format *fmt = &sf_formats[f];
	unsigned int max_exp = (1u << fmt->exp_bits) - 1;
	unsigned int exp = a >> fmt->frac_bits & max_exp;
	uint64_t frac = a & (BIT(fmt->frac_bits) - 1);
	struct sf_num n = {.sign = a & sf_sign_bit(f)};

	if (exp == max_exp && !ahp) {
		if (frac == 0)
			n.cls = SF_INF;
		else
			n.cls = frac & sf_quiet_bit(f) ? SF_QNAN : SF_SNAN;
		return n;
	}
	if (exp == 0) {
		if (frac == 0)
			return n;
		if (sf_flushes(e, f)) {
			if (f != SF_HALF)
				e->flags |= FPSR_IDC;
			return n;
		}
		n.mant = frac << __builtin_clzll(frac);
		n.exp = 1 - fmt->bias - fmt->frac_bits + 63 -
			__builtin_clzll(frac);
	} else {
		n.mant = BIT(63) | frac << (63 - fmt->frac_bits);
		n.exp = (int)exp - fmt->bias;
	}
	n.cls = SF_FINITE;
	return n;
}

bool sf_rounds_up(enum sf_rounding r, bool sign, bool odd, uint64_t rem)
{
	switch (r) {
	case SF_TIEEVEN: return rem > BIT(63) || (rem == BIT(63) && odd);
	case SF_TIEAWAY: return rem >= BIT(63);
	case SF_POSINF: return !sign && rem;
	case SF_NEGINF: return sign && rem;
	default: return false;
	}
}

static uint64_t overflow(struct sf_env *e, enum sf_fmt f, bool sign,
			 enum sf_rounding r)
{
	bool to_inf = r == SF_TIEEVEN || r == SF_TIEAWAY ||
		      (r == SF_POSINF && !sign) || (r == SF_NEGINF && sign);

	e->flags |= FPSR_OFC | FPSR_IXC;
	return to_inf ? sf_inf(f, sign) : sf_max_normal(f, sign);
}

uint64_t sf_round(struct sf_env *e, enum sf_fmt f, const struct sf_num *n,
		  enum sf_rounding r, bool ahp)
{
	const struct sf_format *fmt = &sf_formats[f];
	unsigned int drop = 63 - fmt->frac_bits;
	int biased = n->exp + fmt->bias;
	uint64_t mant = n->mant, rem;

	if (biased <= 0) { /* tiny, before rounding */
		if (sf_flushes(e, f)) {
			e->flags |= FPSR_UFC;
			return sf_zero(f, n->sign);
		}
		mant = sf_shr64_jam(mant, 1 - biased);
		biased = 0;
	}
	rem = mant << (64 - drop);
	mant >>= drop;
	if (rem && biased == 0)
		e->flags |= FPSR_UFC;
	if (sf_rounds_up(r, n->sign, mant & 1, rem)) {
		mant++;
		if (mant == BIT(fmt->frac_bits))
			biased = 1; /* largest denormal to smallest normal */
		if (mant == BIT(fmt->frac_bits + 1)) {
			mant >>= 1;
			biased++;
		}
	}
	if (rem && r == SF_ODD)
		mant |= 1;
	if (ahp) {
		if (biased >= 1 << fmt->exp_bits) {
			e->flags |= FPSR_IOC;
			return GENMASK(14, 0) | sf_zero(f, n->sign);
		}
	} else if (biased >= (1 << fmt->exp_bits) - 1) {
		return overflow(e, f, n->sign, r);
	}
	if (rem)
		e->flags |= FPSR_IXC;
	return sf_zero(f, n->sign) | (uint64_t)biased << fmt->frac_bits |
	       (mant & (BIT(fmt->frac_bits) - 1));
}

/* ---- NaNs ---------------------------------------------------------------- */

static uint64_t invalid(struct sf_env *e, enum sf_fmt f)
{
	e->flags |= FPSR_IOC;
	return sf_default_nan(f);
}

uint64_t sf_process_nan(struct sf_env *e, enum sf_fmt f, uint64_t a,
			const struct sf_num *n)
{
	if (n->cls == SF_SNAN)
		e->flags |= FPSR_IOC;
	if (e->fpcr & FPCR_DN)
		return sf_default_nan(f);
	return a | sf_quiet_bit(f);
}

/* The first signalling, else the first quiet NaN. */
static bool process_nans(struct sf_env *e, enum sf_fmt f, uint64_t a,
			 const struct sf_num *na, uint64_t b,
			 const struct sf_num *nb, uint64_t *res)
{
	if (na->cls == SF_SNAN || (na->cls == SF_QNAN && nb->cls != SF_SNAN))
		*res = sf_process_nan(e, f, a, na);
	else if (sf_is_nan(nb))
		*res = sf_process_nan(e, f, b, nb);
	else
		return false;
	return true;
}

/* ---- add, multiply ------------------------------------------------------- */

/*
 * The 128-bit magnitude @m (any but zero) stands for m * 2^(exp - 126):
 * normalise, jam into 64 bits.
 */
static void normalise128(struct sf_num *n, sf_u128 m, int exp)
{
	uint64_t hi = m >> 64;
	unsigned int lead =
		hi ? __builtin_clzll(hi) : 64 + __builtin_clzll((uint64_t)m);

	m <<= lead;
	n->cls = SF_FINITE;
	n->mant = (uint64_t)(m >> 64) | ((uint64_t)m != 0);
	n->exp = exp + 1 - (int)lead;
}

/*
 * x + y of magnitudes with bit 126 or 125 as their highest. False: exactly
 * zero. Low bits of both are zero as far as an alignment of two could lose
 * them, so cancellation never meets a jammed bit that matters.
 */
static bool add_magnitudes(struct sf_num *out, bool xs, sf_u128 x, int xe,
			   bool ys, sf_u128 y, int ye)
{
	sf_u128 m;
	int exp;

	if (xe < ye) {
		x = sf_shr128_jam(x, ye - xe);
		exp = ye;
	} else {
		y = sf_shr128_jam(y, xe - ye);
		exp = xe;
	}
	if (xs == ys) {
		m = x + y;
		out->sign = xs;
	} else {
		m = x >= y ? x - y : y - x;
		out->sign = x >= y ? xs : ys;
	}
	if (m == 0)
		return false;
	normalise128(out, m, exp);
	return true;
}

static sf_u128 widen(const struct sf_num *n)
{
	return (sf_u128)n->mant << 63;
}

/* The sign of a sum that is exactly zero. */
static uint64_t exact_zero(const struct sf_env *e, enum sf_fmt f)
{
	return sf_zero(f, sf_rmode(e) == SF_NEGINF);
}

static uint64_t add(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b,
		    bool negate_b)
{
	struct sf_num x = sf_unpack(e, f, a, false);
	struct sf_num y = sf_unpack(e, f, b, false);
	struct sf_num r;
	uint64_t res;

	if (process_nans(e, f, a, &x, b, &y, &res))
		return res;
	y.sign ^= negate_b;
	if (x.cls == SF_INF || y.cls == SF_INF) {
		if (x.cls == y.cls && x.sign != y.sign)
			return invalid(e, f);
		return sf_inf(f, x.cls == SF_INF ? x.sign : y.sign);
	}
	if (x.cls == SF_ZERO && y.cls == SF_ZERO)
		return x.sign == y.sign ? sf_zero(f, x.sign) : exact_zero(e, f);
	if (x.cls == SF_ZERO)
		return sf_round(e, f, &y, sf_rmode(e), false);
	if (y.cls == SF_ZERO)
		return sf_round(e, f, &x, sf_rmode(e), false);
	if (!add_magnitudes(&r, x.sign, widen(&x), x.exp, y.sign, widen(&y),
			    y.exp))
		return exact_zero(e, f);
	return sf_round(e, f, &r, sf_rmode(e), false);
}

uint64_t sf_add(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b)
{
	return add(e, f, a, b, false);
}

uint64_t sf_sub(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b)
{
	return add(e, f, a, b, true);
}

static bool inf_times_zero(const struct sf_num *x, const struct sf_num *y)
{
	return (x->cls == SF_INF && y->cls == SF_ZERO) ||
	       (x->cls == SF_ZERO && y->cls == SF_INF);
}

static uint64_t mul(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b,
		    bool extended)
{
	struct sf_num x = sf_unpack(e, f, a, false);
	struct sf_num y = sf_unpack(e, f, b, false);
	bool sign = x.sign ^ y.sign;
	struct sf_num r = {.sign = sign};
	uint64_t res;

	if (process_nans(e, f, a, &x, b, &y, &res))
		return res;
	if (inf_times_zero(&x, &y)) {
		if (!extended)
			return invalid(e, f);
		/* FMULX: 2.0 */
		return sf_zero(f, sign) | (uint64_t)(sf_formats[f].bias + 1)
						  << sf_formats[f].frac_bits;
	}
	if (x.cls == SF_INF || y.cls == SF_INF)
		return sf_inf(f, sign);
	if (x.cls == SF_ZERO || y.cls == SF_ZERO)
		return sf_zero(f, sign);
	normalise128(&r, (sf_u128)x.mant * y.mant, x.exp + y.exp);
	return sf_round(e, f, &r, sf_rmode(e), false);
}

uint64_t sf_mul(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b)
{
	return mul(e, f, a, b, false);
}

uint64_t sf_mulx(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b)
{
	return mul(e, f, a, b, true);
}

/*
 * addend + x * y, none of them NaN, infinity handled by the caller; then
 * times 2^scale, rounded.
 */
static uint64_t fused(struct sf_env *e, enum sf_fmt f,
		      const struct sf_num *addend, const struct sf_num *x,
		      const struct sf_num *y, int scale)
{
	bool sign = x->sign ^ y->sign;
	struct sf_num r = {.sign = sign};

	if (x->cls == SF_ZERO || y->cls == SF_ZERO) {
		if (addend->cls == SF_ZERO)
			return addend->sign == sign ? sf_zero(f, sign)
						    : exact_zero(e, f);
		r = *addend;
	} else if (addend->cls == SF_ZERO) {
		normalise128(&r, (sf_u128)x->mant * y->mant, x->exp + y->exp);
	} else if (!add_magnitudes(&r, addend->sign, widen(addend), addend->exp,
				   sign, ((sf_u128)x->mant * y->mant) >> 1,
				   x->exp + y->exp + 1)) {
		return exact_zero(e, f);
	}
	r.exp += scale;
	return sf_round(e, f, &r, sf_rmode(e), false);
}

uint64_t sf_muladd(struct sf_env *e, enum sf_fmt f, uint64_t addend, uint64_t a,
		   uint64_t b)
{
	struct sf_num c = sf_unpack(e, f, addend, false);
	struct sf_num x = sf_unpack(e, f, a, false);
	struct sf_num y = sf_unpack(e, f, b, false);
	bool sign = x.sign ^ y.sign;
	uint64_t res;

	if (c.cls == SF_QNAN && inf_times_zero(&x, &y))
		return invalid(e, f);
	if (c.cls == SF_SNAN)
		return sf_process_nan(e, f, addend, &c);
	if (x.cls == SF_SNAN || y.cls == SF_SNAN || c.cls != SF_QNAN) {
		if (process_nans(e, f, a, &x, b, &y, &res))
			return res;
	} else {
		return sf_process_nan(e, f, addend, &c);
	}
	if (inf_times_zero(&x, &y))
		return invalid(e, f);
	if (x.cls == SF_INF || y.cls == SF_INF) {
		if (c.cls == SF_INF && c.sign != sign)
			return invalid(e, f);
		return sf_inf(f, sign);
	}
	if (c.cls == SF_INF)
		return sf_inf(f, c.sign);
	return fused(e, f, &c, &x, &y, 0);
}

/* (constant - a * b) * 2^scale; constant = mant * 2^-62. */
static uint64_t newton_step(struct sf_env *e, enum sf_fmt f, uint64_t a,
			    uint64_t b, uint64_t mant, int scale)
{
	struct sf_num c = {.cls = SF_FINITE, .exp = 1, .mant = mant};
	struct sf_num x, y;
	uint64_t res;

	a ^= sf_sign_bit(f); /* a NaN operand changes its sign too */
	x = sf_unpack(e, f, a, false);
	y = sf_unpack(e, f, b, false);
	if (process_nans(e, f, a, &x, b, &y, &res))
		return res;
	if (inf_times_zero(&x, &y)) {
		c.exp += scale;
		return sf_round(e, f, &c, sf_rmode(e), false);
	}
	if (x.cls == SF_INF || y.cls == SF_INF)
		return sf_inf(f, x.sign ^ y.sign);
	return fused(e, f, &c, &x, &y, scale);
}

uint64_t sf_recps(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b)
{
	return newton_step(e, f, a, b, BIT(63), 0);
}

uint64_t sf_rsqrts(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b)
{
	return newton_step(e, f, a, b, BIT(63) | BIT(62), -1);
}

/* ---- divide, square root ------------------------------------------------- */

uint64_t sf_div(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b)
{
	struct sf_num x = sf_unpack(e, f, a, false);
	struct sf_num y = sf_unpack(e, f, b, false);
	struct sf_num r = {.sign = x.sign ^ y.sign};
	sf_u128 num;
	uint64_t res;

	if (process_nans(e, f, a, &x, b, &y, &res))
		return res;
	if (x.cls == y.cls && x.cls != SF_FINITE) /* inf/inf, 0/0 */
		return invalid(e, f);
	if (x.cls == SF_INF)
		return sf_inf(f, r.sign);
	if (y.cls == SF_ZERO) {
		e->flags |= FPSR_DZC;
		return sf_inf(f, r.sign);
	}
	if (x.cls == SF_ZERO || y.cls == SF_INF)
		return sf_zero(f, r.sign);
	/* A quotient with bit 63 set, and the remainder. */
	num = (sf_u128)x.mant << 63;
	r.exp = x.exp - y.exp;
	if (x.mant < y.mant) {
		num <<= 1;
		r.exp--;
	}
	r.mant = (uint64_t)(num / y.mant);
	r.mant |= num % y.mant != 0;
	return sf_round(e, f, &r, sf_rmode(e), false);
}

/* Largest s with s * s <= v. */
static uint64_t isqrt128(sf_u128 v)
{
	uint64_t s = 0;
	int bit;

	for (bit = 63; bit >= 0; bit--) {
		uint64_t t = s | BIT(bit);

		if ((sf_u128)t * t <= v)
			s = t;
	}
	return s;
}

uint64_t sf_sqrt(struct sf_env *e, enum sf_fmt f, uint64_t a)
{
	struct sf_num x = sf_unpack(e, f, a, false);
	sf_u128 v;

	if (sf_is_nan(&x))
		return sf_process_nan(e, f, a, &x);
	if (x.cls == SF_ZERO)
		return sf_zero(f, x.sign);
	if (x.sign)
		return invalid(e, f);
	if (x.cls == SF_INF)
		return sf_inf(f, false);
	/* An even exponent, and a root with bit 63 set. */
	v = (sf_u128)x.mant << (x.exp & 1 ? 64 : 63);
	x.exp = (x.exp - (x.exp & 1)) / 2;
	x.mant = isqrt128(v);
	x.mant |= (sf_u128)x.mant * x.mant != v;
	return sf_round(e, f, &x, sf_rmode(e), false);
}

/* ---- compare, maximum, minimum ------------------------------------------- */

static int compare_numbers(const struct sf_num *x, const struct sf_num *y)
{
	int mag;

	if (x->cls == SF_ZERO && y->cls == SF_ZERO)
		return 0;
	if (x->cls == SF_ZERO)
		return y->sign ? 1 : -1;
	if (y->cls == SF_ZERO || x->sign != y->sign)
		return x->sign ? -1 : 1;
	if (x->cls != y->cls)
		mag = x->cls == SF_INF ? 1 : -1;
	else if (x->cls == SF_INF)
		mag = 0;
	else if (x->exp != y->exp)
		mag = x->exp > y->exp ? 1 : -1;
	else
		mag = (x->mant > y->mant) - (x->mant < y->mant);
	return x->sign ? -mag : mag;
}

uint64_t sf_scale(struct sf_env *e, enum sf_fmt f, uint64_t a, int64_t scale)
{
	/* More than takes the largest number to zero, and back. */
	const int64_t enough = 0x2000;
	struct sf_num n = sf_unpack(e, f, a, false);

	switch (n.cls) {
	case SF_ZERO: return sf_zero(f, n.sign);
	case SF_INF: return a;
	case SF_QNAN:
	case SF_SNAN: return sf_process_nan(e, f, a, &n);
	case SF_FINITE: break;
	}
	n.exp += (int)(scale > enough    ? enough
		       : scale < -enough ? -enough
					 : scale);
	return sf_round(e, f, &n, sf_rmode(e), false);
}

enum sf_order sf_compare(struct sf_env *e, enum sf_fmt f, uint64_t a,
			 uint64_t b, bool signal)
{
	struct sf_num x = sf_unpack(e, f, a, false);
	struct sf_num y = sf_unpack(e, f, b, false);
	int c;

	if (sf_is_nan(&x) || sf_is_nan(&y)) {
		if (signal || x.cls == SF_SNAN || y.cls == SF_SNAN)
			e->flags |= FPSR_IOC;
		return SF_UNORDERED;
	}
	c = compare_numbers(&x, &y);
	return c < 0 ? SF_LESS : c > 0 ? SF_GREATER : SF_EQUAL;
}

static uint64_t max_min(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b,
			bool max)
{
	struct sf_num x = sf_unpack(e, f, a, false);
	struct sf_num y = sf_unpack(e, f, b, false);
	bool take_x;
	uint64_t res;

	if (process_nans(e, f, a, &x, b, &y, &res))
		return res;
	if (x.cls == SF_ZERO && y.cls == SF_ZERO)
		return sf_zero(f, max ? x.sign && y.sign : x.sign || y.sign);
	take_x =
		max ? compare_numbers(&x, &y) > 0 : compare_numbers(&x, &y) < 0;
	if (take_x)
		return x.cls == SF_ZERO ? sf_zero(f, x.sign) : a;
	return y.cls == SF_ZERO ? sf_zero(f, y.sign) : b;
}

uint64_t sf_max(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b)
{
	return max_min(e, f, a, b, true);
}

uint64_t sf_min(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b)
{
	return max_min(e, f, a, b, false);
}

/* A single quiet NaN counts as @other: the operand that never wins. */
static uint64_t max_min_num(struct sf_env *e, enum sf_fmt f, uint64_t a,
			    uint64_t b, bool max)
{
	struct sf_env ignored = {.fpcr = e->fpcr};
	struct sf_num x = sf_unpack(&ignored, f, a, false);
	struct sf_num y = sf_unpack(&ignored, f, b, false);

	if (x.cls == SF_QNAN && y.cls != SF_QNAN)
		a = sf_inf(f, max);
	else if (y.cls == SF_QNAN && x.cls != SF_QNAN)
		b = sf_inf(f, max);
	return max_min(e, f, a, b, max);
}

uint64_t sf_maxnm(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b)
{
	return max_min_num(e, f, a, b, true);
}

uint64_t sf_minnm(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b)
{
	return max_min_num(e, f, a, b, false);
}
