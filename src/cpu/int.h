/* SPDX-License-Identifier: MIT */
/*
 * What the integer units share: int.c has the bodies that do not depend on the
 * size of the registers and the choice; int-32.c and int-64.c include the
 * others, int-*-body.h, once for each size.
 */
#ifndef FAUXKVM_CPU_INT_H
#define FAUXKVM_CPU_INT_H

#include "cpu/exec.h"
#include "isa/a64/operands.h"

/* Of the operations that come in both sizes; NULL: it is none of them. */
insn_fn *int_32_body(const struct insn *i);
insn_fn *int_64_body(const struct insn *i);

/* Left, then right, by the shifts of aux_shifts(). */
static inline uint64_t shift_field_u(uint64_t x, uint16_t aux)
{
	return x << (aux & 63) >> (aux >> 8);
}

static inline uint64_t shift_field_s(uint64_t x, uint16_t aux)
{
	return (int64_t)(x << (aux & 63)) >> (aux >> 8);
}

#endif
