/* SPDX-License-Identifier: MIT */
/*
 * Between crypto.c and the host's own crypto instructions (host-*-crypto.h),
 * which give a body for an operation, or NULL: use the portable one.
 */
#ifndef FAUXKVM_CPU_CRYPTO_H
#define FAUXKVM_CPU_CRYPTO_H

#include "isa/insn.h"

/* The body without host instructions; tests compare the two. NULL: none of
 * class CRYPTO. */
insn_fn *crypto_portable_body(enum a64_op op);

#endif
