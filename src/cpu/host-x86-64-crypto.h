/* SPDX-License-Identifier: MIT */
/*
 * Crypto instructions done with those of x86-64: AES-NI, PCLMULQDQ, SHA-NI;
 * chosen if the host has them. Only for crypto.c.
 */
#ifndef FAUXKVM_CPU_HOST_X86_64_CRYPTO_H
#define FAUXKVM_CPU_HOST_X86_64_CRYPTO_H

#include <cpuid.h>
#include <immintrin.h>

#include "cpu/exec.h"

#define HOST_AES   __attribute__((target("aes")))
#define HOST_CLMUL __attribute__((target("pclmul")))
#define HOST_SHA   __attribute__((target("sha,sse4.1")))

static inline __m128i host_load(const struct cpu *cpu, unsigned int reg)
{
	return _mm_load_si128((const __m128i *)&cpu->vreg[reg]);
}

static inline void host_store(struct cpu *cpu, unsigned int reg, __m128i value)
{
	_mm_store_si128((__m128i *)&cpu->vreg[reg], value);
}

/* ---- AES-NI: the Arm round is key first, without MixColumns -------------- */

static inline __m128i host_keyed(const struct cpu *cpu, const struct insn *i)
{
	return _mm_xor_si128(host_load(cpu, i->rd), host_load(cpu, i->rn));
}

HOST_AES static void exec_aese_host(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	host_store(
		cpu, i->rd,
		_mm_aesenclast_si128(host_keyed(cpu, i), _mm_setzero_si128()));
	NEXT;
}

HOST_AES static void exec_aesd_host(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	host_store(
		cpu, i->rd,
		_mm_aesdeclast_si128(host_keyed(cpu, i), _mm_setzero_si128()));
	NEXT;
}

/* The last inverse round undoes what a whole round does before MixColumns. */
HOST_AES static void exec_aesmc_host(struct cpu *cpu, const struct insn *i)
{
	__m128i zero = _mm_setzero_si128(), r;

	FP_CHECK;
	r = _mm_aesdeclast_si128(host_load(cpu, i->rn), zero);
	host_store(cpu, i->rd, _mm_aesenc_si128(r, zero));
	NEXT;
}

HOST_AES static void exec_aesimc_host(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	host_store(cpu, i->rd, _mm_aesimc_si128(host_load(cpu, i->rn)));
	NEXT;
}

HOST_CLMUL static void exec_pmull_1q_host(struct cpu *cpu, const struct insn *i)
{
	__m128i n, m;

	FP_CHECK;
	n = _mm_set_epi64x(0, cpu->vreg[i->rn].d[i->aux]);
	m = _mm_set_epi64x(0, cpu->vreg[i->rm].d[i->aux]);
	host_store(cpu, i->rd, _mm_clmulepi64_si128(n, m, 0));
	NEXT;
}

/* ---- SHA-NI -------------------------------------------------------------- */

static inline __m128i host_reverse(__m128i x)
{
	return _mm_shuffle_epi32(x, 0x1b);
}

/*
 * SHA1RNDS4 has a in the highest lane, takes the first schedule word with e
 * added and adds the round constant itself: Arm's schedule has it already.
 */
static inline __m128i host_sha1_schedule(const struct cpu *cpu,
					 const struct insn *i,
					 uint32_t constant)
{
	__m128i k = _mm_set1_epi32((int)constant);
	__m128i e = _mm_cvtsi32_si128((int)cpu->vreg[i->rn].s[0]);

	return host_reverse(
		_mm_add_epi32(_mm_sub_epi32(host_load(cpu, i->rm), k), e));
}

HOST_SHA static void exec_sha1c_host(struct cpu *cpu, const struct insn *i)
{
	__m128i abcd, w;

	FP_CHECK;
	abcd = host_reverse(host_load(cpu, i->rd));
	w = host_sha1_schedule(cpu, i, 0x5a827999);
	host_store(cpu, i->rd, host_reverse(_mm_sha1rnds4_epu32(abcd, w, 0)));
	NEXT;
}

HOST_SHA static void exec_sha1p_host(struct cpu *cpu, const struct insn *i)
{
	__m128i abcd, w;

	FP_CHECK;
	abcd = host_reverse(host_load(cpu, i->rd));
	w = host_sha1_schedule(cpu, i, 0x6ed9eba1);
	host_store(cpu, i->rd, host_reverse(_mm_sha1rnds4_epu32(abcd, w, 1)));
	NEXT;
}

HOST_SHA static void exec_sha1m_host(struct cpu *cpu, const struct insn *i)
{
	__m128i abcd, w;

	FP_CHECK;
	abcd = host_reverse(host_load(cpu, i->rd));
	w = host_sha1_schedule(cpu, i, 0x8f1bbcdc);
	host_store(cpu, i->rd, host_reverse(_mm_sha1rnds4_epu32(abcd, w, 2)));
	NEXT;
}

/*
 * SHA256RNDS2 works on (a b e f) and (c d g h), highest lane first, and does
 * two rounds: what was a b e f is then c d g h.
 */
struct host_sha256 {
	__m128i abef, cdgh;
};

HOST_SHA static inline struct host_sha256 host_sha256_rounds(__m128i abcd,
							     __m128i efgh,
							     __m128i w)
{
	/* lanes low to high: f e b a and h g d c */
	__m128i abef = host_reverse(_mm_unpacklo_epi64(abcd, efgh));
	__m128i cdgh = host_reverse(_mm_unpackhi_epi64(abcd, efgh));
	struct host_sha256 r;

	r.cdgh = _mm_sha256rnds2_epu32(cdgh, abef, w);
	r.abef = _mm_sha256rnds2_epu32(abef, r.cdgh, _mm_unpackhi_epi64(w, w));
	return r;
}

HOST_SHA static void exec_sha256h_host(struct cpu *cpu, const struct insn *i)
{
	struct host_sha256 r;

	FP_CHECK;
	r = host_sha256_rounds(host_load(cpu, i->rd), host_load(cpu, i->rn),
			       host_load(cpu, i->rm));
	host_store(cpu, i->rd,
		   host_reverse(_mm_unpackhi_epi64(r.cdgh, r.abef)));
	NEXT;
}

/* Vd is e f g h here. */
HOST_SHA static void exec_sha256h2_host(struct cpu *cpu, const struct insn *i)
{
	struct host_sha256 r;

	FP_CHECK;
	r = host_sha256_rounds(host_load(cpu, i->rn), host_load(cpu, i->rd),
			       host_load(cpu, i->rm));
	host_store(cpu, i->rd,
		   host_reverse(_mm_unpacklo_epi64(r.cdgh, r.abef)));
	NEXT;
}

HOST_SHA static void exec_sha256su0_host(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	host_store(cpu, i->rd,
		   _mm_sha256msg1_epu32(host_load(cpu, i->rd),
					host_load(cpu, i->rn)));
	NEXT;
}

/* The words of seven rounds ago: the top three of Vn, the lowest of Vm. */
HOST_SHA static void exec_sha256su1_host(struct cpu *cpu, const struct insn *i)
{
	__m128i m, ago;

	FP_CHECK;
	m = host_load(cpu, i->rm);
	ago = _mm_alignr_epi8(m, host_load(cpu, i->rn), 4);
	host_store(cpu, i->rd,
		   _mm_sha256msg2_epu32(
			   _mm_add_epi32(host_load(cpu, i->rd), ago), m));
	NEXT;
}

/* gcc 12's __builtin_cpu_supports() doesn't know "sha". */
static inline bool host_has_sha(void)
{
	unsigned int a, b, c, d;

	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA) &&
	       __builtin_cpu_supports("sse4.1");
}

static inline insn_fn *host_sha_body(enum a64_op op)
{
	switch (op) {
	case A64_SHA1C: return exec_sha1c_host;
	case A64_SHA1P: return exec_sha1p_host;
	case A64_SHA1M: return exec_sha1m_host;
	case A64_SHA256H: return exec_sha256h_host;
	case A64_SHA256H2: return exec_sha256h2_host;
	case A64_SHA256SU0: return exec_sha256su0_host;
	case A64_SHA256SU1: return exec_sha256su1_host;
	default: return NULL;
	}
}

/* Body for @op, NULL: the host can't. */
static inline insn_fn *host_crypto_body(enum a64_op op)
{
	bool aes = __builtin_cpu_supports("aes");
	bool clmul = __builtin_cpu_supports("pclmul");
	insn_fn *sha = host_sha_body(op);

	switch (op) {
	case A64_AESE: return aes ? exec_aese_host : NULL;
	case A64_AESD: return aes ? exec_aesd_host : NULL;
	case A64_AESMC: return aes ? exec_aesmc_host : NULL;
	case A64_AESIMC: return aes ? exec_aesimc_host : NULL;
	case A64_PMULL_1q: return clmul ? exec_pmull_1q_host : NULL;
	default: return sha && host_has_sha() ? sha : NULL;
	}
}

#endif
