/* SPDX-License-Identifier: MIT */
/*
 * cpu/softfloat against the host's FPU on random operands in every rounding
 * mode, values and flags; and, where IEEE 754 leaves Arm a choice (NaNs,
 * tininess, flush to zero, saturation, half formats), against results worked
 * out by hand from the Arm ARM.
 */
#include <fenv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/fp/fp.h"
#include "cpu/fp/softfloat.h"
#include "tests/check-main.h"

#define ROUNDS 400000

/* For inner loops: Check's own assertions make a system call each. */
#define expect(cond)                                                  \
	do {                                                          \
		if (unlikely(!(cond)))                                \
			ck_abort_msg("line %d: %s", __LINE__, #cond); \
	} while (0)
#define expect_eq(a, b) expect((a) == (b))

static const int host_mode[4] = {
	FE_TONEAREST,
	FE_UPWARD,
	FE_DOWNWARD,
	FE_TOWARDZERO,
};

static uint64_t rng = UINT64_C(0x123456789abcdef1);

static uint64_t random64(void)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return rng * UINT64_C(0x2545f4914f6cdd1d);
}

/* Operands that meet each other's exponents and the format's edges. */
static uint64_t random_operand(enum sf_fmt f)
{
	unsigned int mant = f == SF_DOUBLE ? 52 : 23;
	unsigned int width = f == SF_DOUBLE ? 64 : 32;
	uint64_t max_exp = BIT(width - 1 - mant) - 1, bias = max_exp / 2;
	uint64_t exp, frac = random64(), r = random64();

	switch (r & 7) {
	case 0: exp = 0; break;
	case 1: exp = 1 + (r >> 8) % 3; break;
	case 2: exp = max_exp - 1 - (r >> 8) % 3; break;
	case 3: exp = (r >> 8) % max_exp; break;
	case 4: exp = bias / 2 + (r >> 8) % 6; break;
	default: exp = bias - 3 + (r >> 8) % 7; break;
	}
	switch (r >> 3 & 3) {
	case 0: frac = 0; break;
	case 1: frac <<= (r >> 16) % mant; break;
	case 2: frac = -BIT((r >> 16) % mant); break;
	default: break;
	}
	return (r >> 63) << (width - 1) | exp << mant |
	       (frac & (BIT(mant) - 1));
}

static double as_double(uint64_t u)
{
	double d;

	memcpy(&d, &u, 8);
	return d;
}

static float as_float(uint64_t u)
{
	uint32_t w = (uint32_t)u;
	float f;

	memcpy(&f, &w, 4);
	return f;
}

static uint64_t double_bits(double d)
{
	uint64_t u;

	memcpy(&u, &d, 8);
	return u;
}

static uint64_t float_bits(float f)
{
	uint32_t u;

	memcpy(&u, &f, 4);
	return u;
}

static uint32_t host_flags(void)
{
	int x = fetestexcept(FE_ALL_EXCEPT);

	return (x & FE_INVALID ? FPSR_IOC : 0) |
	       (x & FE_DIVBYZERO ? FPSR_DZC : 0) |
	       (x & FE_OVERFLOW ? FPSR_OFC : 0) |
	       (x & FE_UNDERFLOW ? FPSR_UFC : 0) |
	       (x & FE_INEXACT ? FPSR_IXC : 0);
}

enum op { ADD, SUB, MUL, DIV, SQRT, FMA, RINT, NR_OPS };

static uint64_t host_double(enum op op, uint64_t ua, uint64_t ub, uint64_t uc)
{
	volatile double a = as_double(ua), b = as_double(ub), c = as_double(uc),
			r = 0;

	switch (op) {
	case ADD: r = a + b; break;
	case SUB: r = a - b; break;
	case MUL: r = a * b; break;
	case DIV: r = a / b; break;
	case SQRT: r = sqrt(a); break;
	case FMA: r = fma(a, b, c); break;
	case RINT: r = rint(a); break;
	default: abort();
	}
	return double_bits(r);
}

static uint64_t host_single(enum op op, uint64_t ua, uint64_t ub, uint64_t uc)
{
	volatile float a = as_float(ua), b = as_float(ub), c = as_float(uc),
		       r = 0;

	switch (op) {
	case ADD: r = a + b; break;
	case SUB: r = a - b; break;
	case MUL: r = a * b; break;
	case DIV: r = a / b; break;
	case SQRT: r = sqrtf(a); break;
	case FMA: r = fmaf(a, b, c); break;
	case RINT: r = rintf(a); break;
	default: abort();
	}
	return float_bits(r);
}

static uint64_t soft(struct sf_env *e, enum sf_fmt f, enum op op, uint64_t a,
		     uint64_t b, uint64_t c)
{
	switch (op) {
	case ADD: return sf_add(e, f, a, b);
	case SUB: return sf_sub(e, f, a, b);
	case MUL: return sf_mul(e, f, a, b);
	case DIV: return sf_div(e, f, a, b);
	case SQRT: return sf_sqrt(e, f, a);
	case FMA: return sf_muladd(e, f, c, a, b);
	case RINT: return sf_round_int(e, f, a, sf_rmode(e), true);
	default: abort();
	}
}

static bool is_nan(enum sf_fmt f, uint64_t a)
{
	return f == SF_DOUBLE ? a << 1 > UINT64_C(0xffe0000000000000)
			      : (uint32_t)a << 1 > 0xff000000;
}

/* The smallest normal: where ideas of tininess differ. */
static bool is_min_normal(enum sf_fmt f, uint64_t a)
{
	return f == SF_DOUBLE ? a << 1 == BIT(53)
			      : (uint32_t)a << 1 == 0x01000000;
}

static void compare_arithmetic(enum sf_fmt f)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		enum op op = i % NR_OPS;
		unsigned int mode = i / NR_OPS % 4;
		struct sf_env e = {.fpcr = mode << FPCR_RMODE_SHIFT};
		uint64_t a = random_operand(f), b = random_operand(f);
		uint64_t c = random_operand(f), host, mine;
		uint32_t flags, ignore = 0;

		if (op == FMA && i & 64) /* cancellation */
			c = (f == SF_DOUBLE
				     ? double_bits(-as_double(a) * as_double(b))
				     : float_bits(-as_float(a) * as_float(b)));
		fesetround(host_mode[mode]);
		feclearexcept(FE_ALL_EXCEPT);
		host = f == SF_DOUBLE ? host_double(op, a, b, c)
				      : host_single(op, a, b, c);
		flags = host_flags();
		fesetround(FE_TONEAREST);
		mine = soft(&e, f, op, a, b, c);
		if (is_nan(f, a) || is_nan(f, b) || (op == FMA && is_nan(f, c)))
			continue; /* which NaN: arm_rules */
		if (is_nan(f, host)) {
			expect_eq(mine, f == SF_DOUBLE
						? UINT64_C(0x7ff8000000000000)
						: 0x7fc00000);
			expect_eq(e.flags, FPSR_IOC);
			continue;
		}
		if (is_min_normal(f, host))
			ignore = FPSR_UFC; /* tininess */
		if (host == mine && !((flags ^ e.flags) & ~ignore))
			continue;
		ck_abort_msg("op %d mode %u: %#llx %#llx %#llx: host %#llx "
			     "flags %#x, soft %#llx flags %#x",
			     op, mode, (unsigned long long)a,
			     (unsigned long long)b, (unsigned long long)c,
			     (unsigned long long)host, flags,
			     (unsigned long long)mine, e.flags);
	}
}

START_TEST(single_matches_host)
{
	compare_arithmetic(SF_SINGLE);
}
END_TEST

START_TEST(double_matches_host)
{
	compare_arithmetic(SF_DOUBLE);
}
END_TEST

START_TEST(conversions_match_host)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		unsigned int mode = i % 4;
		struct sf_env e = {.fpcr = mode << FPCR_RMODE_SHIFT};
		uint64_t a = random_operand(SF_DOUBLE);
		uint64_t n = random64() >> (random64() & 63);
		volatile double d = as_double(a);
		volatile int64_t sn = (int64_t)n;
		volatile float r32;
		volatile double r64;
		uint32_t flags, ignore;

		fesetround(host_mode[mode]);
		feclearexcept(FE_ALL_EXCEPT);
		r32 = (float)d;
		flags = host_flags();
		ignore = is_min_normal(SF_SINGLE, float_bits(r32)) ? FPSR_UFC
								   : 0;
		expect_eq(sf_convert(&e, SF_DOUBLE, SF_SINGLE, a, sf_rmode(&e)),
			  float_bits(r32));
		expect_eq(e.flags & ~ignore, flags & ~ignore);

		e.flags = 0;
		feclearexcept(FE_ALL_EXCEPT);
		r64 = (double)sn;
		flags = host_flags();
		expect_eq(sf_from_int(&e, SF_DOUBLE, n, 0, false),
			  double_bits(r64));
		expect_eq(e.flags, flags);

		e.flags = 0;
		feclearexcept(FE_ALL_EXCEPT);
		r32 = (float)sn;
		flags = host_flags();
		expect_eq(sf_from_int(&e, SF_SINGLE, n, 0, false),
			  float_bits(r32));
		expect_eq(e.flags, flags);

		e.flags = 0;
		feclearexcept(FE_ALL_EXCEPT);
		if (fabs(d) < 0x1p62) {
			sn = llrint(d);
			expect_eq(sf_to_int(&e, SF_DOUBLE, a, 0, false, 64,
					    sf_rmode(&e)),
				  (uint64_t)sn);
			expect_eq(e.flags, host_flags());
		}
		fesetround(FE_TONEAREST);
	}
}
END_TEST

/* Half to single is exact; back gives the same half in any rounding mode. */
START_TEST(half_round_trip)
{
	for (uint32_t h = 0; h < 0x10000; h++) {
		unsigned int exp = h >> 10 & 31;
		struct sf_env e = {.fpcr = (h & 3) << FPCR_RMODE_SHIFT};
		uint64_t s =
			sf_convert(&e, SF_HALF, SF_SINGLE, h, sf_rmode(&e));
		double v = exp ? ldexp((h & 0x3ff) | 0x400, (int)exp - 25)
			       : ldexp(h & 0x3ff, -24);

		if (exp == 31)
			continue;
		expect(as_float(s) == (h & 0x8000 ? -v : v));
		expect_eq(s >> 31, h >> 15);
		expect_eq(sf_convert(&e, SF_SINGLE, SF_HALF, s, sf_rmode(&e)),
			  h);
		expect_eq(sf_convert(&e, SF_HALF, SF_DOUBLE, h, sf_rmode(&e)),
			  double_bits(h & 0x8000 ? -v : v));
		expect_eq(e.flags, 0);
	}
}
END_TEST

/* ---- by hand ------------------------------------------------------------- */

struct vector {
	const char *what;
	uint32_t fpcr;
	enum sf_fmt f;
	uint64_t (*op)(struct sf_env *e, enum sf_fmt f, uint64_t a, uint64_t b);
	uint64_t a, b, result;
	uint32_t flags;
};

static const struct vector vectors[] = {
	{"tiny before rounding, normal after", 0, SF_SINGLE, sf_mul, 0x007fffff,
	 0x3f800001, 0x00800000, FPSR_UFC | FPSR_IXC},
	{"exact denormal: no underflow", 0, SF_SINGLE, sf_mul, 0x00800000,
	 0x3f000000, 0x00400000, 0},
	{"flushed result", FPCR_FZ, SF_SINGLE, sf_mul, 0x00800000, 0x3f000000,
	 0, FPSR_UFC},
	{"flushed operand", FPCR_FZ, SF_SINGLE, sf_add, 0x80000001, 0x3f800000,
	 0x3f800000, FPSR_IDC},
	{"first signalling NaN", 0, SF_SINGLE, sf_add, 0x7fc00001, 0xff800002,
	 0xffc00002, FPSR_IOC},
	{"first quiet NaN", 0, SF_SINGLE, sf_add, 0xffc00001, 0x7fc00002,
	 0xffc00001, 0},
	{"default NaN", FPCR_DN, SF_SINGLE, sf_add, 0xffc00001, 0x7fc00002,
	 0x7fc00000, 0},
	{"inf - inf", 0, SF_DOUBLE, sf_sub, UINT64_C(0x7ff0000000000000),
	 UINT64_C(0x7ff0000000000000), UINT64_C(0x7ff8000000000000), FPSR_IOC},
	{"x - x rounding down", SF_NEGINF << FPCR_RMODE_SHIFT, SF_SINGLE,
	 sf_sub, 0x3f800000, 0x3f800000, 0x80000000, 0},
	{"division by zero", 0, SF_SINGLE, sf_div, 0xbf800000, 0, 0xff800000,
	 FPSR_DZC},
	{"FMULX inf, -0", 0, SF_SINGLE, sf_mulx, 0x7f800000, 0x80000000,
	 0xc0000000, 0},
	{"FRECPS inf, 0", 0, SF_SINGLE, sf_recps, 0x7f800000, 0, 0x40000000, 0},
	{"FRECPS negates a NaN", 0, SF_SINGLE, sf_recps, 0x7fc00001, 0,
	 0xffc00001, 0},
	{"FRSQRTS inf, 0", 0, SF_SINGLE, sf_rsqrts, 0x7f800000, 0, 0x3fc00000,
	 0},
	{"FRSQRTS 1, 1", 0, SF_DOUBLE, sf_rsqrts, UINT64_C(0x3ff0000000000000),
	 UINT64_C(0x3ff0000000000000), UINT64_C(0x3ff0000000000000), 0},
	{"max of zeros", 0, SF_SINGLE, sf_max, 0x80000000, 0, 0, 0},
	{"min of zeros", 0, SF_SINGLE, sf_min, 0, 0x80000000, 0x80000000, 0},
	{"max with a NaN", 0, SF_SINGLE, sf_max, 0x3f800000, 0x7fc00001,
	 0x7fc00001, 0},
	{"maxnm with a quiet NaN", 0, SF_SINGLE, sf_maxnm, 0x3f800000,
	 0x7fc00001, 0x3f800000, 0},
	{"maxnm with a signalling NaN", 0, SF_SINGLE, sf_maxnm, 0x3f800000,
	 0x7f800001, 0x7fc00001, FPSR_IOC},
	{"minnm of two quiet NaNs", 0, SF_SINGLE, sf_minnm, 0x7fc00003,
	 0x7fc00001, 0x7fc00003, 0},
};

START_TEST(arm_rules)
{
	const struct vector *v = &vectors[_i];
	struct sf_env e = {.fpcr = v->fpcr};
	uint64_t r = v->op(&e, v->f, v->a, v->b);

	ck_assert_msg(r == v->result && e.flags == v->flags,
		      "%s: %#llx flags %#x", v->what, (unsigned long long)r,
		      e.flags);
}
END_TEST

START_TEST(fused_nans)
{
	const uint64_t inf = 0x7f800000, qnan = 0x7fc00001, snan = 0x7f800002;
	struct sf_env e = {0};

	/* inf * 0 + quiet NaN is invalid */
	ck_assert_uint_eq(sf_muladd(&e, SF_SINGLE, qnan, inf, 0), 0x7fc00000);
	ck_assert_uint_eq(e.flags, FPSR_IOC);
	e.flags = 0;
	/* the addend comes first, signalling before quiet */
	ck_assert_uint_eq(sf_muladd(&e, SF_SINGLE, qnan, qnan | 8, 0), qnan);
	ck_assert_uint_eq(e.flags, 0);
	ck_assert_uint_eq(sf_muladd(&e, SF_SINGLE, qnan, 0, snan), 0x7fc00002);
	ck_assert_uint_eq(e.flags, FPSR_IOC);
}
END_TEST

static void check_to_int(uint64_t a, bool uns, unsigned int width,
			 enum sf_rounding r, uint64_t want, uint32_t flags)
{
	struct sf_env e = {0};

	ck_assert_uint_eq(sf_to_int(&e, SF_DOUBLE, a, 0, uns, width, r), want);
	ck_assert_uint_eq(e.flags, flags);
}

START_TEST(integers_saturate)
{
	check_to_int(double_bits(2147483648.0), false, 32, SF_TOZERO,
		     0x7fffffff, FPSR_IOC);
	check_to_int(double_bits(-2147483648.5), false, 32, SF_TOZERO,
		     0x80000000, FPSR_IXC);
	check_to_int(double_bits(-2147483649.0), false, 32, SF_TOZERO,
		     0x80000000, FPSR_IOC);
	check_to_int(double_bits(4294967295.5), true, 32, SF_TOZERO, 0xffffffff,
		     FPSR_IXC);
	check_to_int(double_bits(4294967295.5), true, 32, SF_TIEAWAY,
		     0xffffffff, FPSR_IOC);
	check_to_int(double_bits(-0.5), true, 64, SF_TOZERO, 0, FPSR_IXC);
	check_to_int(double_bits(-0.5), true, 64, SF_NEGINF, 0, FPSR_IOC);
	check_to_int(double_bits(-0.5), true, 64, SF_TIEAWAY, 0, FPSR_IOC);
	check_to_int(double_bits(2.5), false, 64, SF_TIEAWAY, 3, FPSR_IXC);
	check_to_int(double_bits(2.5), false, 64, SF_TIEEVEN, 2, FPSR_IXC);
	check_to_int(double_bits(0x1p64), true, 64, SF_TOZERO, UINT64_MAX,
		     FPSR_IOC);
	check_to_int(double_bits((double)INFINITY), false, 64, SF_TOZERO,
		     INT64_MAX, FPSR_IOC);
	check_to_int(UINT64_C(0x7ff8000000000000), false, 64, SF_TOZERO, 0,
		     FPSR_IOC);
}
END_TEST

START_TEST(alternative_half)
{
	struct sf_env e = {.fpcr = FPCR_AHP};

	/* exponent 31 is a number */
	ck_assert_uint_eq(
		sf_convert(&e, SF_HALF, SF_SINGLE, 0x7c00, SF_TIEEVEN),
		float_bits(65536.0f));
	ck_assert_uint_eq(e.flags, 0);
	/* no infinity, no NaN */
	ck_assert_uint_eq(
		sf_convert(&e, SF_SINGLE, SF_HALF, 0xff800000, SF_TIEEVEN),
		0xffff);
	ck_assert_uint_eq(e.flags, FPSR_IOC);
	e.flags = 0;
	ck_assert_uint_eq(
		sf_convert(&e, SF_SINGLE, SF_HALF, 0xffc00001, SF_TIEEVEN),
		0x8000);
	ck_assert_uint_eq(e.flags, FPSR_IOC);
	e.flags = 0;
	/* overflow is invalid, not inexact */
	ck_assert_uint_eq(sf_convert(&e, SF_SINGLE, SF_HALF,
				     float_bits(131072.0f), SF_TIEEVEN),
			  0x7fff);
	ck_assert_uint_eq(e.flags, FPSR_IOC);
}
END_TEST

START_TEST(round_to_odd)
{
	struct sf_env e = {0};

	ck_assert_uint_eq(sf_convert(&e, SF_DOUBLE, SF_SINGLE,
				     double_bits(1 + 0x1p-52), SF_ODD),
			  0x3f800001);
	ck_assert_uint_eq(e.flags, FPSR_IXC);
	ck_assert_uint_eq(sf_convert(&e, SF_DOUBLE, SF_SINGLE,
				     double_bits(1e300), SF_ODD),
			  0x7f7fffff);
	ck_assert_uint_eq(e.flags, FPSR_IXC | FPSR_OFC);
}
END_TEST

/* FJCVTZS; what FZ makes zero was not exact (QEMU's issue 2375). */
START_TEST(integers_of_javascript)
{
	static const struct {
		uint64_t a;
		uint32_t fpcr, val, flags;
		bool exact;
	} rows[] = {
		{0, 0, 0, 0, true},
		{BIT(63), 0, 0, 0, false}, /* -0 */
		{0xbff0000000000000, 0, 0xffffffff, 0, true},
		{0x3ff8000000000000, 0, 1, FPSR_IXC, false},
		{0x41e0000000200000, 0, 0x80000001, FPSR_IOC, false},
		{0xc1e0000000000000, 0, 0x80000000, 0, true},
		{0x7ff0000000000000, 0, 0, FPSR_IOC, false},
		{0x7ff8000000000000, 0, 0, FPSR_IOC, false},
		{0xfcff00, FPCR_FZ, 0, FPSR_IDC, false},
		{0xfcff00, 0, 0, FPSR_IXC, false},
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sf_env e = {.fpcr = rows[i].fpcr};
		bool exact;

		ck_assert_uint_eq(sf_to_int_js(&e, rows[i].a, &exact),
				  rows[i].val);
		ck_assert_uint_eq(e.flags, rows[i].flags);
		ck_assert_int_eq(exact, rows[i].exact);
	}
}
END_TEST

/* FZ16 is for arithmetic in half precision, and flags no input. */
START_TEST(half_denormals)
{
	struct sf_env e = {.fpcr = FPCR_FZ16};

	ck_assert_uint_eq(sf_add(&e, SF_HALF, 1, 0x3c00), 0x3c00);
	ck_assert_uint_eq(e.flags, 0);
	ck_assert_uint_eq(sf_mul(&e, SF_HALF, 0x0400, 0x3800), 0);
	ck_assert_uint_eq(e.flags, FPSR_UFC);
	e.flags = 0;
	ck_assert_uint_eq(sf_convert(&e, SF_HALF, SF_SINGLE, 1, SF_TIEEVEN),
			  0x33800000);
	ck_assert_uint_eq(e.flags, 0);
}
END_TEST

START_TEST(bfloat)
{
	const uint16_t a[2] = {0x3f80, 0x4000}, b[2] = {0x4040, 0x4080};
	const uint16_t big[2] = {0x7f00, 0}, nan[2] = {0x7f81, 0};
	struct sf_env e = {0};

	ck_assert_uint_eq(sf_to_bfloat(&e, 0x3f808000), 0x3f80); /* to even */
	ck_assert_uint_eq(sf_to_bfloat(&e, 0x3f818000), 0x3f82);
	ck_assert_uint_eq(e.flags, FPSR_IXC);
	ck_assert_uint_eq(sf_to_bfloat(&e, 0x7f800001), 0x7fc0);
	ck_assert_uint_eq(e.flags, FPSR_IXC | FPSR_IOC);
	ck_assert_uint_eq(sf_bfloat_dot(0x3f800000, a, b), 0x41400000); /* 12 */
	ck_assert_uint_eq(sf_bfloat_dot(0, big, big), 0x7f800000);
	ck_assert_uint_eq(sf_bfloat_dot(0, nan, a), 0x7fc00000);
	ck_assert_uint_eq(sf_bfloat_dot(1, a, (uint16_t[2]){0, 0}), 0);
}
END_TEST

START_TEST(estimates)
{
	struct sf_env e = {0};

	ck_assert_uint_eq(sf_recpe(&e, SF_SINGLE, 0x3f800000), 0x3f7f8000);
	ck_assert_uint_eq(sf_rsqrte(&e, SF_SINGLE, 0x3f800000), 0x3f7f8000);
	ck_assert_uint_eq(sf_recpx(&e, SF_SINGLE, 0x3f800000), 0x40000000);
	ck_assert_uint_eq(sf_urecpe(0x80000000), 0xff800000);
	ck_assert_uint_eq(sf_urecpe(0x7fffffff), 0xffffffff);
	ck_assert_uint_eq(sf_ursqrte(0x40000000), 0xff800000);
	ck_assert_uint_eq(e.flags, 0);
	ck_assert_uint_eq(sf_recpe(&e, SF_SINGLE, 0x80000000), 0xff800000);
	ck_assert_uint_eq(e.flags, FPSR_DZC);
	e.flags = 0;
	ck_assert_uint_eq(sf_recpe(&e, SF_SINGLE, 1), 0x7f800000);
	ck_assert_uint_eq(e.flags, FPSR_OFC | FPSR_IXC);
	/* 8 bits of precision: |1 - a * estimate| < 2^-8 */
	for (uint32_t m = 0; m < 0x800000; m += 0x101) {
		float a = as_float(0x3f800000 | m);
		float r = as_float(sf_recpe(&e, SF_SINGLE, float_bits(a)));
		float q = as_float(sf_rsqrte(&e, SF_SINGLE, float_bits(a)));

		expect(fabs(1.0 - (double)a * r) < 0x1p-8);
		expect(fabs(1.0 - sqrt(a) * (double)q) < 0x1p-8);
	}
}
END_TEST

START_TEST(comparisons)
{
	const uint64_t one = 0x3f800000, qnan = 0x7fc00000, snan = 0x7f800001;
	struct sf_env e = {0};

	ck_assert_int_eq(sf_compare(&e, SF_SINGLE, 0x80000000, 0, true),
			 SF_EQUAL);
	ck_assert_int_eq(sf_compare(&e, SF_SINGLE, one | BIT(31), one, true),
			 SF_LESS);
	ck_assert_int_eq(sf_compare(&e, SF_SINGLE, 0x7f800000, one, true),
			 SF_GREATER);
	ck_assert_int_eq(sf_compare(&e, SF_SINGLE, one, qnan, false),
			 SF_UNORDERED);
	ck_assert_uint_eq(e.flags, 0);
	ck_assert_int_eq(sf_compare(&e, SF_SINGLE, one, qnan, true),
			 SF_UNORDERED);
	ck_assert_uint_eq(e.flags, FPSR_IOC);
	e.flags = 0;
	ck_assert_int_eq(sf_compare(&e, SF_SINGLE, snan, one, false),
			 SF_UNORDERED);
	ck_assert_uint_eq(e.flags, FPSR_IOC);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("softfloat");
	TCase *tc = tcase_create("softfloat");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, single_matches_host);
	tcase_add_test(tc, double_matches_host);
	tcase_add_test(tc, conversions_match_host);
	tcase_add_test(tc, half_round_trip);
	tcase_add_loop_test(tc, arm_rules, 0, ARRAY_SIZE(vectors));
	tcase_add_test(tc, fused_nans);
	tcase_add_test(tc, integers_saturate);
	tcase_add_test(tc, alternative_half);
	tcase_add_test(tc, round_to_odd);
	tcase_add_test(tc, integers_of_javascript);
	tcase_add_test(tc, half_denormals);
	tcase_add_test(tc, bfloat);
	tcase_add_test(tc, estimates);
	tcase_add_test(tc, comparisons);
	suite_add_tcase(s, tc);
	return check_run(srunner_create(s));
}
