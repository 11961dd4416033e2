/* SPDX-License-Identifier: MIT */
/*
 * What the files of integer data processing have of one another.
 */
#ifndef FAUXKVM_JIT_INT_H
#define FAUXKVM_JIT_INT_H

#include "jit/translate.h"

/* int-addsub.c: additions, subtractions, logical operations; NULL: no. */
emit_fn *int_addsub_emitter(const struct insn *i);

#endif
