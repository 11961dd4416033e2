/* SPDX-License-Identifier: MIT */
/*
 * Between crypto.c and the host's own crypto instructions (host-*-crypto.h),
 * which give a body for an operation, or NULL: use the portable one.
 */
#ifndef FAUXKVM_CPU_CRYPTO_H
#define FAUXKVM_CPU_CRYPTO_H

#include "isa/insn.h"

enum crypto_op {
	CRYPTO_AESE,
	CRYPTO_AESD,
	CRYPTO_AESMC,
	CRYPTO_AESIMC,
	CRYPTO_SHA1C,
	CRYPTO_SHA1P,
	CRYPTO_SHA1M,
	CRYPTO_SHA1H,
	CRYPTO_SHA1SU0,
	CRYPTO_SHA1SU1,
	CRYPTO_SHA256H,
	CRYPTO_SHA256H2,
	CRYPTO_SHA256SU0,
	CRYPTO_SHA256SU1,
	CRYPTO_PMULL,
	NR_CRYPTO_OPS,
};

/* The body without host instructions; tests compare the two. */
insn_fn *crypto_portable_fn(enum crypto_op op);

#endif
