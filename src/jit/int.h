/* SPDX-License-Identifier: MIT */
/*
 * What the files of integer data processing have of one another.
 */
#ifndef FAUXKVM_JIT_INT_H
#define FAUXKVM_JIT_INT_H

#include "jit/translate.h"

/* int-addsub.c: additions, subtractions, logical operations; NULL: no. */
emit_fn *int_addsub_emitter(const struct insn *i);

/* int-constant.c: the result of @i, whatever the registers have, is @v. */
bool emit_known(struct translation *t, const struct insn *i, uint64_t v);
/* Is it t->known.value that @i's register has, which it changes? */
static inline bool is_known(const struct translation *t)
{
	return t->known.next && t->known.next == t->k;
}

#endif
