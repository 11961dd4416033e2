/* SPDX-License-Identifier: MIT */
/* A case of the differential instruction test as both sides left it. */
#ifndef FAUXKVM_TESTS_INSN_SHOW_H
#define FAUXKVM_TESTS_INSN_SHOW_H

#include <stdbool.h>

#include "isa/insn.h"
#include "tests/cpu/insn-diff.h"

/* Did qemu-aarch64 (@q) and this core (@n) leave the same? */
bool cases_equal(const struct diff_case *q, const struct diff_case *n);

/* The instructions of @c with the names of their @rows, what they were given, and what
 * @n has otherwise. */
void print_case(const struct diff_case *c, const struct diff_case *n,
		const struct insn_row *const *rows);

#endif
