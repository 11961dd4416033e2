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
	/* Some of the guest's, in memory: of A32 N and Z; C, too. */
	USE_PART = 1 << 3,
	USE_PART_C = 1 << 4,
};

/* The bits of cpu->code_flags. */
#define PACKED_N    (1 << 15)
#define PACKED_Z    (1 << 14)
#define PACKED_NOTC (1 << 8)
#define PACKED_V    (1 << 0)

/*
 * What is not known may leave the block. Must agree with the emit functions: what
 * KEEPS here never calls flags_lose(), once FP has been checked.
 */
unsigned int flags_use(const struct translation *t, const struct insn *i);
/* Of operations of A64, wherever they are. */
unsigned int flags_use_a64(const struct translation *t, const struct insn *i);
/* Are N and Z to be had of t->part.r? */
static inline bool part_is_known(const struct translation *t)
{
	return t->part.next && t->part.next == t->k;
}
/* Nobody will see what instruction t->k makes of N and Z, @carry: and C. */
bool flags_are_dead(const struct translation *t, bool carry);
/* It can't leave the block; this says nothing of flags. */
bool flags_only_computes(const struct translation *t, const struct insn *i);

#endif
