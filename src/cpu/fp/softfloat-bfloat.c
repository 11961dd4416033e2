/* SPDX-License-Identifier: MIT */
/*
 * Products of half precision and of BFloat16, added to singles, and BFloat16 from
 * a single (Arm ARM FPMulAddH, FPConvertBF, BFDotAdd); contract in cpu/fp/softfloat.h.
 */
#include "cpu/fp/softfloat-internal.h"

/* ---- half precision ------------------------------------------------------ */

/* The same number, or NaN with its payload and as quiet as it is: no exception,
 * no flushing but by FZ16. */
static uint32_t half_as_single(const struct sf_env *e, uint16_t a)
{
	struct sf_env quiet = {.fpcr = e->fpcr & FPCR_FZ16};
	struct sf_num n = sf_unpack(&quiet, SF_HALF, a, false);

	switch (n.cls) {
	case SF_ZERO: return (uint32_t)sf_zero(SF_SINGLE, n.sign);
	case SF_FINITE:
		return (uint32_t)sf_round(&quiet, SF_SINGLE, &n, SF_TOZERO,
					  false);
	default:
		return (uint32_t)sf_inf(SF_SINGLE, n.sign) | (a & 0x3ffu) << 13;
	}
}

uint64_t sf_muladd_half(struct sf_env *e, uint64_t addend, uint64_t a,
			uint64_t b)
{
	return sf_muladd(e, SF_SINGLE, addend, half_as_single(e, (uint16_t)a),
			 half_as_single(e, (uint16_t)b));
}

/* ---- BFloat16 ------------------------------------------------------------ */

uint16_t sf_to_bfloat(struct sf_env *e, uint32_t a)
{
	struct sf_num n = sf_unpack(e, SF_SINGLE, a, false);

	switch (n.cls) {
	case SF_ZERO: return (uint16_t)(sf_zero(SF_SINGLE, n.sign) >> 16);
	case SF_INF: return (uint16_t)(a >> 16);
	case SF_FINITE:
		return (uint16_t)sf_round(e, SF_BFLOAT, &n, sf_rmode(e), false);
	default: return (uint16_t)(sf_process_nan(e, SF_SINGLE, a, &n) >> 16);
	}
}

static uint32_t settle(const struct sf_env *e, uint64_t r)
{
	/* An overflow is infinity here, not the largest number. */
	if (e->flags & FPSR_OFC)
		return (uint32_t)sf_inf(SF_SINGLE, r >> 31);
	return (uint32_t)r;
}

static uint32_t bfloat_mul(uint16_t a, uint16_t b)
{
	struct sf_env e = {.fpcr = FPCR_DN | FPCR_FZ, .odd = true};

	return settle(&e, sf_mul(&e, SF_SINGLE, (uint32_t)a << 16,
				 (uint32_t)b << 16));
}

static uint32_t bfloat_add(uint32_t a, uint32_t b)
{
	struct sf_env e = {.fpcr = FPCR_DN | FPCR_FZ, .odd = true};

	return settle(&e, sf_add(&e, SF_SINGLE, a, b));
}

uint32_t sf_bfloat_dot(uint32_t addend, const uint16_t *a, const uint16_t *b)
{
	return bfloat_add(addend, bfloat_add(bfloat_mul(a[0], b[0]),
					     bfloat_mul(a[1], b[1])));
}
