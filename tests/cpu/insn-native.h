/* SPDX-License-Identifier: MIT */
/*
 * The differential instruction test's native half: one core of src/cpu at EL0, its MMU
 * on, in the memory that insn-diff.h lays out. Whatever it can't have ends the program.
 */
#ifndef FAUXKVM_TESTS_INSN_NATIVE_H
#define FAUXKVM_TESTS_INSN_NATIVE_H

#include <stdbool.h>

#include "tests/cpu/insn-diff.h"

/* Map the memory and make the core, executed by the translator if @translate. */
void native_setup(bool translate);

/* From here on by the translator, each block at once, or by the interpreter. */
void native_translate(void);
void native_interpret(void);

/* Vectors of up to 2048 bits, or no SVE. */
void native_set_sve(bool on);

/* All Normal memory is Tagged if @tagged; accesses are checked, synchronously. */
void native_regime(bool tagged);

/* Run the cases of @b; what comes out (struct diff_case's outputs) goes to @out. */
void native_batch(const struct diff_batch *b, struct diff_batch *out);

#endif
