/* SPDX-License-Identifier: MIT */
/*
 * The body of a crypto operation that this host has instructions for; only for
 * crypto.c. NULL: it has none.
 */
#ifndef FAUXKVM_CPU_HOST_CRYPTO_H
#define FAUXKVM_CPU_HOST_CRYPTO_H

#if defined(__x86_64__)
#include "cpu/host-x86-64-crypto.h"
#else
#include "isa/insn.h"

static inline insn_fn *host_crypto_body(enum a64_op op)
{
	(void)op;
	return NULL;
}
#endif

#endif
