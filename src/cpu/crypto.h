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

/* What crypto.c does not do itself; NULL likewise. */
insn_fn *sha3_body(enum a64_op op); /* sha3.c: SHA512, SHA3 */
insn_fn *sm_body(enum a64_op op);   /* sm.c: SM3, SM4 */

#endif
