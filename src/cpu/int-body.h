/* SPDX-License-Identifier: MIT */
/*
 * What the bodies of the load/store group share with each other. BODY defines a
 * static body, BODY_FOR_ROW gives the one the row names its external name.
 */
#ifndef FAUXKVM_CPU_INT_BODY_H
#define FAUXKVM_CPU_INT_BODY_H

#include "cpu/int.h"

#define BODY(name) static void name(struct cpu *cpu, const struct insn *i)
#define BODY_FOR_ROW(row_name, name) \
	extern insn_fn row_name __attribute__((alias(#name)))

static inline bool extend_is_signed(unsigned int option)
{
	return option & 4;
}

#endif
