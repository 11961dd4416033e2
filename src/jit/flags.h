/* SPDX-License-Identifier: MIT */
/*
 * What instructions do with the flags, as flags.c and flags-loop.c count on it.
 */
#ifndef FAUXKVM_JIT_FLAGS_H
#define FAUXKVM_JIT_FLAGS_H

#include "jit/translate.h"

enum flags_use {
	USE_KEEPS = 1 << 0, /* the host's flags */
	USE_READS = 1 << 1, /* the guest's */
	USE_SETS = 1 << 2,  /* likewise, without leaving the block before */
};

/*
 * What is not known may leave the block. Must agree with the emit functions: what
 * KEEPS here never calls flags_lose(), once FP has been checked.
 */
unsigned int flags_use(const struct translation *t, const struct insn *i);
/* It can't leave the block; this says nothing of flags. */
bool flags_only_computes(const struct translation *t, const struct insn *i);

#endif
