/* SPDX-License-Identifier: MIT */
/*
 * Crypto instructions done with those of x86-64: AES-NI, PCLMULQDQ, SHA-NI,
 * SSE4.2 CRC32; chosen at decode if the host has them. Only for crypto.c and
 * crc32.c.
 */
#ifndef FAUXKVM_CPU_HOST_X86_64_CRYPTO_H
#define FAUXKVM_CPU_HOST_X86_64_CRYPTO_H

#include <cpuid.h>
#include <immintrin.h>

#include "cpu/crypto.h"
#include "cpu/exec.h"

#define HOST_LOAD(reg) _mm_load_si128((const __m128i *)&cpu->vreg[reg])
#define HOST_FN(name, features, value)                                \
	__attribute__((target(features))) static void name(           \
		struct cpu *cpu, const struct insn *i)                \
	{                                                             \
		FP_CHECK;                                             \
		_mm_store_si128((__m128i *)&cpu->vreg[i->rd], value); \
		NEXT;                                                 \
	}

/* ---- AES-NI: the Arm round is key first, without MixColumns ---------------- */

#define HOST_STATE _mm_xor_si128(HOST_LOAD(i->rd), HOST_LOAD(i->rn))
#define HOST_ZERO  _mm_setzero_si128()
HOST_FN(host_aese, "aes", _mm_aesenclast_si128(HOST_STATE, HOST_ZERO))
HOST_FN(host_aesd, "aes", _mm_aesdeclast_si128(HOST_STATE, HOST_ZERO))
/* The last inverse round undoes what a whole round does before MixColumns. */
HOST_FN(host_aesmc, "aes",
	_mm_aesenc_si128(_mm_aesdeclast_si128(HOST_LOAD(i->rn), HOST_ZERO),
			 HOST_ZERO))
HOST_FN(host_aesimc, "aes", _mm_aesimc_si128(HOST_LOAD(i->rn)))

__attribute__((target("pclmul"))) static inline __m128i host_clmul(
	const struct cpu *cpu, const struct insn *i)
{
	return _mm_clmulepi64_si128(
		_mm_set_epi64x(0, cpu->vreg[i->rn].d[i->aux]),
		_mm_set_epi64x(0, cpu->vreg[i->rm].d[i->aux]), 0);
}
HOST_FN(host_pmull, "pclmul", host_clmul(cpu, i))

/* ---- SHA-NI ---------------------------------------------------------------- */

/*
 * SHA1RNDS4 has a in the highest lane, takes the first schedule word with e
 * added and adds the round constant itself: Arm's schedule has it already.
 */
#define HOST_REVERSE(x) _mm_shuffle_epi32(x, 0x1b)
#define HOST_SHA1(f, constant)                                           \
	HOST_REVERSE(_mm_sha1rnds4_epu32(                                \
		HOST_REVERSE(HOST_LOAD(i->rd)),                          \
		HOST_REVERSE(_mm_add_epi32(                              \
			_mm_sub_epi32(HOST_LOAD(i->rm),                  \
				      _mm_set1_epi32((int)(constant))),  \
			_mm_cvtsi32_si128((int)cpu->vreg[i->rn].s[0]))), \
		f))
HOST_FN(host_sha1c, "sha,sse4.1", HOST_SHA1(0, 0x5a827999))
HOST_FN(host_sha1p, "sha,sse4.1", HOST_SHA1(1, 0x6ed9eba1))
HOST_FN(host_sha1m, "sha,sse4.1", HOST_SHA1(2, 0x8f1bbcdc))

/*
 * SHA256RNDS2 works on (a b e f) and (c d g h), highest lane first, and does
 * two rounds: what was a b e f is then c d g h.
 */
struct host_sha256 {
	__m128i abef, cdgh;
};

__attribute__((target("sha,sse4.1"))) static inline struct host_sha256
host_sha256_rounds(__m128i abcd, __m128i efgh, __m128i w)
{
	/* lanes low to high: f e b a and h g d c */
	__m128i abef = HOST_REVERSE(_mm_unpacklo_epi64(abcd, efgh));
	__m128i cdgh = HOST_REVERSE(_mm_unpackhi_epi64(abcd, efgh));
	struct host_sha256 r;

	r.cdgh = _mm_sha256rnds2_epu32(cdgh, abef, w);
	r.abef = _mm_sha256rnds2_epu32(abef, r.cdgh, _mm_unpackhi_epi64(w, w));
	return r;
}

__attribute__((target("sha,sse4.1"))) static inline __m128i host_sha256_abcd(
	__m128i abcd, __m128i efgh, __m128i w)
{
	struct host_sha256 r = host_sha256_rounds(abcd, efgh, w);

	return HOST_REVERSE(_mm_unpackhi_epi64(r.cdgh, r.abef));
}

__attribute__((target("sha,sse4.1"))) static inline __m128i host_sha256_efgh(
	__m128i abcd, __m128i efgh, __m128i w)
{
	struct host_sha256 r = host_sha256_rounds(abcd, efgh, w);

	return HOST_REVERSE(_mm_unpacklo_epi64(r.cdgh, r.abef));
}

HOST_FN(host_sha256h, "sha,sse4.1",
	host_sha256_abcd(HOST_LOAD(i->rd), HOST_LOAD(i->rn), HOST_LOAD(i->rm)))
HOST_FN(host_sha256h2, "sha,sse4.1",
	host_sha256_efgh(HOST_LOAD(i->rn), HOST_LOAD(i->rd), HOST_LOAD(i->rm)))
HOST_FN(host_sha256su0, "sha,sse4.1",
	_mm_sha256msg1_epu32(HOST_LOAD(i->rd), HOST_LOAD(i->rn)))
/* The words of seven rounds ago: the top three of Vn, the lowest of Vm. */
HOST_FN(host_sha256su1, "sha,sse4.1",
	_mm_sha256msg2_epu32(_mm_add_epi32(HOST_LOAD(i->rd),
					   _mm_alignr_epi8(HOST_LOAD(i->rm),
							   HOST_LOAD(i->rn),
							   4)),
			     HOST_LOAD(i->rm)))

/* gcc 12's __builtin_cpu_supports() doesn't know "sha". */
static inline bool host_has_sha(void)
{
	unsigned int a, b, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA) &&
	       __builtin_cpu_supports("sse4.1");
}

/* Body for @op, NULL: the host can't. */
static inline insn_fn *host_crypto_fn(enum crypto_op op)
{
	static const struct {
		insn_fn *fn;
		enum { AES, CLMUL, SHA } needs;
	} ops[NR_CRYPTO_OPS] = {
		[CRYPTO_AESE] = {host_aese, AES},
		[CRYPTO_AESD] = {host_aesd, AES},
		[CRYPTO_AESMC] = {host_aesmc, AES},
		[CRYPTO_AESIMC] = {host_aesimc, AES},
		[CRYPTO_PMULL] = {host_pmull, CLMUL},
		[CRYPTO_SHA1C] = {host_sha1c, SHA},
		[CRYPTO_SHA1P] = {host_sha1p, SHA},
		[CRYPTO_SHA1M] = {host_sha1m, SHA},
		[CRYPTO_SHA256H] = {host_sha256h, SHA},
		[CRYPTO_SHA256H2] = {host_sha256h2, SHA},
		[CRYPTO_SHA256SU0] = {host_sha256su0, SHA},
		[CRYPTO_SHA256SU1] = {host_sha256su1, SHA},
	};
	bool can = ops[op].needs == AES     ? __builtin_cpu_supports("aes")
		   : ops[op].needs == CLMUL ? __builtin_cpu_supports("pclmul")
					    : host_has_sha();

	return can ? ops[op].fn : NULL;
}

#endif
