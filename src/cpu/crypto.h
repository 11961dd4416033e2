/* SPDX-License-Identifier: MIT */
/*
 * Between crypto.c and the host's own crypto instructions (host-*-crypto.h),
 * which give a body for an operation, or NULL: use the portable one.
 */
#ifndef FAUXKVM_CPU_CRYPTO_H
#define FAUXKVM_CPU_CRYPTO_H

enum crypto_op {
	CRYPTO_PORTABLE, /* no host instruction is better */
	CRYPTO_AESE,
	CRYPTO_AESD,
	CRYPTO_AESMC,
	CRYPTO_AESIMC,
	CRYPTO_SHA1C,
	CRYPTO_SHA1P,
	CRYPTO_SHA1M,
	CRYPTO_SHA256H,
	CRYPTO_SHA256H2,
	CRYPTO_SHA256SU0,
	CRYPTO_SHA256SU1,
	CRYPTO_PMULL,
	NR_CRYPTO_OPS,
};

#endif
