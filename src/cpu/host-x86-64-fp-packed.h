/* SPDX-License-Identifier: MIT */
/*
 * Floating point on an x86-64 host, a whole register: for the arrangement of
 * the including unit (FP_BITS and FP_LANES; cpu/fp/packed-body.h). A
 * function that returns bool says whether every lane of *r stands.
 */
#ifndef FAUXKVM_CPU_HOST_X86_64_FP_PACKED_H
#define FAUXKVM_CPU_HOST_X86_64_FP_PACKED_H

/* The compiler's intrinsic @op for packed elements. */
#if FP_BITS == 32
typedef __m128 host_vec;
#define HOST_PACKED(op) _mm_##op##_ps
#define HOST_MIN_NORMAL 0x1p-126f
#else
typedef __m128d host_vec;
#define HOST_PACKED(op) _mm_##op##_pd
#define HOST_MIN_NORMAL 0x1p-1022
#endif
#define HOST_SIGNS HOST_PACKED(set1)(-0.0)
/* Half of a register, 2S: loads put zeros above it, for which no operation
 * here signals anything, except division. */
#define HOST_HALF (FP_BITS * FP_LANES == 64)

/* ---- registers ----------------------------------------------------------- */

static inline host_vec host_load(const union vreg *v)
{
	if (HOST_HALF)
		return (host_vec)_mm_loadl_epi64((const void *)v);
	return (host_vec)_mm_load_si128((const void *)v);
}

static inline void host_store(union vreg *v, host_vec x)
{
	__m128i i = (__m128i)x;

	_mm_store_si128((void *)v, HOST_HALF ? _mm_move_epi64(i) : i);
}

/* One element in every lane; of half a register: zeros above, lest infinity
 * meets a zero there. */
static inline host_vec host_splat(fp_t m)
{
	host_vec v = HOST_PACKED(set1)(host_float(m));

	return HOST_HALF ? (host_vec)_mm_move_epi64((__m128i)v) : v;
}

/* ---- signs, and what stands ---------------------------------------------- */

static inline host_vec host_vneg(host_vec a)
{
	return HOST_PACKED(xor)(a, HOST_SIGNS);
}

static inline host_vec host_vabs(host_vec a)
{
	return HOST_PACKED(andnot)(HOST_SIGNS, a);
}

/* No lane of either is a NaN. */
static inline bool host_vordered(host_vec a, host_vec b)
{
	return !HOST_PACKED(movemask)(HOST_PACKED(cmpunord)(a, b));
}

/* No lane is a NaN or the smallest normal number. */
static inline bool host_vsettled(host_vec r)
{
	host_vec nan = HOST_PACKED(cmpunord)(r, r);
	host_vec min = HOST_PACKED(cmpeq)(host_vabs(r),
					  HOST_PACKED(set1)(HOST_MIN_NORMAL));

	return !HOST_PACKED(movemask)(HOST_PACKED(or)(nan, min));
}

/* ---- arithmetic ---------------------------------------------------------- */

static ALWAYS_INLINE bool host_vadd(host_vec a, host_vec b, host_vec *r)
{
	*r = HOST_PACKED(add)(a, b);
	return host_vordered(*r, *r);
}

static ALWAYS_INLINE bool host_vsub(host_vec a, host_vec b, host_vec *r)
{
	*r = HOST_PACKED(sub)(a, b);
	return host_vordered(*r, *r);
}

static ALWAYS_INLINE bool host_vabd(host_vec a, host_vec b, host_vec *r)
{
	*r = host_vabs(HOST_PACKED(sub)(a, b));
	return host_vordered(*r, *r);
}

static ALWAYS_INLINE bool host_vmul(host_vec a, host_vec b, host_vec *r)
{
	*r = HOST_PACKED(mul)(a, b);
	return host_vsettled(*r);
}

static ALWAYS_INLINE bool host_vdiv(host_vec a, host_vec b, host_vec *r)
{
#if HOST_HALF
	b = _mm_movelh_ps(b, _mm_set1_ps(1)); /* 0 / 1 above, not 0 / 0 */
#endif
	*r = HOST_PACKED(div)(a, b);
	return host_vsettled(*r);
}

static ALWAYS_INLINE bool host_vsqrt(host_vec a, host_vec *r)
{
	*r = HOST_PACKED(sqrt)(a);
	return host_vordered(*r, *r);
}

/* @c + @a * @b, only if host_has_fma(). */
HOST_FMA static ALWAYS_INLINE bool host_vmuladd(host_vec c, host_vec a,
						host_vec b, host_vec *r)
{
	*r = HOST_PACKED(fmadd)(a, b, c);
	return host_vsettled(*r);
}

/*
 * x86 takes the second operand if both are zeros: combine their signs, or'ing
 * for the minimum, and'ing for the maximum.
 */
static ALWAYS_INLINE bool host_vmin(host_vec a, host_vec b, host_vec *r)
{
	if (!host_vordered(a, b))
		return false;
	*r = HOST_PACKED(or)(HOST_PACKED(min)(a, b), HOST_PACKED(min)(b, a));
	return true;
}

static ALWAYS_INLINE bool host_vmax(host_vec a, host_vec b, host_vec *r)
{
	if (!host_vordered(a, b))
		return false;
	*r = HOST_PACKED(and)(HOST_PACKED(max)(a, b), HOST_PACKED(max)(b, a));
	return true;
}

/* ---- comparison ---------------------------------------------------------- */

static ALWAYS_INLINE bool host_vcmeq(host_vec a, host_vec b, host_vec *r)
{
	*r = HOST_PACKED(cmpeq)(a, b);
	return true;
}

static ALWAYS_INLINE bool host_vcmge(host_vec a, host_vec b, host_vec *r)
{
	*r = HOST_PACKED(cmple)(b, a);
	return true;
}

static ALWAYS_INLINE bool host_vcmgt(host_vec a, host_vec b, host_vec *r)
{
	*r = HOST_PACKED(cmplt)(b, a);
	return true;
}

/* ---- integers: signed words ---------------------------------------------- */

#if FP_BITS == 32
static ALWAYS_INLINE bool host_vfrom_i32(host_vec a, host_vec *r)
{
	*r = _mm_cvtepi32_ps(_mm_castps_si128(a));
	return true;
}

/* Towards zero; false if some lane is out of range. */
static ALWAYS_INLINE bool host_vto_i32(host_vec a, host_vec *r)
{
	__m128i i = _mm_cvttps_epi32(a);

	*r = _mm_castsi128_ps(i);
	return !_mm_movemask_epi8(
		_mm_cmpeq_epi32(i, _mm_set1_epi32((int)0x80000000)));
}
#endif

#endif
