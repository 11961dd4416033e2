/* SPDX-License-Identifier: MIT */
/*
 * Between crypto.c and the host's own crypto instructions (host-*-crypto.h),
 * which give a body for an operation, or NULL: use the portable one.
 */
#ifndef FAUXKVM_CPU_CRYPTO_H
#define FAUXKVM_CPU_CRYPTO_H

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

/* What crypto.c does not do itself; NULL likewise. */
insn_fn *sha3_body(enum a64_op op); /* sha3.c: SHA512, SHA3 */
insn_fn *sm_body(enum a64_op op);   /* sm.c: SM3, SM4 */

#endif
