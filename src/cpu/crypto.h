/* SPDX-License-Identifier: MIT */
/*
 * Between crypto.c and the host's own crypto instructions (host-*-crypto.h),
 * which give a body for an operation, or NULL: use the portable one.
 */
#ifndef FAUXKVM_CPU_CRYPTO_H
#define FAUXKVM_CPU_CRYPTO_H

#include "cpu/cpu.h"
#include "isa/insn.h"

/* What the algorithms are made of, for words of any size (FIPS 180-4 4.1). */
typedef uint64_t crypto_mix(uint64_t x, uint64_t y, uint64_t z);

static inline uint64_t crypto_choose(uint64_t x, uint64_t y, uint64_t z)
{
	return z ^ (x & (y ^ z));
}

static inline uint64_t crypto_parity(uint64_t x, uint64_t y, uint64_t z)
{
	return x ^ y ^ z;
}

static inline uint64_t crypto_majority(uint64_t x, uint64_t y, uint64_t z)
{
	return (x & y) | ((x | y) & z);
}

static inline uint32_t rol32(uint32_t v, unsigned int n)
{
	return v << n | v >> (32 - n);
}

/* The body without host instructions; tests compare the two. NULL: none of
 * class CRYPTO. */
insn_fn *crypto_portable_body(enum a64_op op);

/* Their work, for SVE2's; crypto_aes_tables() before the first. */
void crypto_aes_tables(void);
union vreg crypto_aes_substitute(union vreg x);      /* AESE, after the key */
union vreg crypto_aes_substitute_back(union vreg x); /* AESD */
union vreg crypto_aes_mix(union vreg x);             /* AESMC */
union vreg crypto_aes_mix_back(union vreg x);        /* AESIMC */
unsigned __int128 crypto_pmull(uint64_t n, uint64_t m);
/* sm.c; crypto_sm4_tables() before the first. */
void crypto_sm4_tables(void);
union vreg crypto_sm4e(union vreg x, union vreg k);
union vreg crypto_sm4ekey(union vreg x, union vreg k);

/* What CRC32's portable bodies look up (crc32.c); before the first. */
void crc32_tables(void);

/* What crypto.c does not do itself; NULL likewise. */
insn_fn *sha3_body(enum a64_op op); /* sha3.c: SHA512, SHA3 */
insn_fn *sm_body(enum a64_op op);   /* sm.c: SM3, SM4 */

#endif
