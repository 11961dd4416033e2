/* SPDX-License-Identifier: MIT */
/*
 * What the files of floating point have of one another.
 *
 * The host's result stands on the conditions of cpu/fp/element.h: no NaN, and
 * where tiny results need not be exact, not the smallest normal number. What
 * does not stand leaves to the body, which computes it again; the flags
 * that the host has raised by then are among those that it will raise.
 */
#ifndef FAUXKVM_JIT_FP_H
#define FAUXKVM_JIT_FP_H

#include "jit/pool.h"
#include "jit/translate.h"

emit_fn *fp_scalar_emitter(const struct insn *i);  /* fp-scalar.c */
emit_fn *fp_convert_emitter(const struct insn *i); /* fp-convert.c */
emit_fn *fp_move_emitter(const struct insn *i);    /* fp-move.c */
emit_fn *fp_vector_emitter(const struct insn *i);  /* fp-vector.c */

/* Bytes of an element, which are i->size's of class FP. */
static inline unsigned int fp_bytes(const struct insn *i)
{
	return i->size == FP_DOUBLE ? 8 : 4;
}

/* What tells x86's scalar and packed instructions the type. */
static inline uint32_t fp_scalar_type(const struct insn *i)
{
	return i->size == FP_DOUBLE ? X86_SD : X86_SS;
}

static inline uint32_t fp_packed_type(const struct insn *i)
{
	return i->size == FP_DOUBLE ? X86_PD : X86_PS;
}

/* The constant of single precision @k, or the one of double that follows. */
static inline struct x86_mem fp_pool(const struct translation *t,
				     const struct insn *i, enum pool_constant k)
{
	return pool(t, i->size == FP_DOUBLE ? k + 1 : k);
}

/* Side exits if the scalar @a or @b is a NaN; unless @r stands. Flags are lost;
 * the second uses RAX. fp-scalar.c */
void fp_exit_nan(struct translation *t, const struct insn *i, int a, int b);
void fp_exit_unsettled(struct translation *t, const struct insn *i, int r);

/* Side exits if a lane of a result is a NaN; unless it stands. XMM0, XMM1, RAX; flags are
 * lost. fp-vector.c */
void fp_vector_exit_nan(struct translation *t, const struct insn *i, int r);
void fp_vector_exit_unsettled(struct translation *t, const struct insn *i,
			      int r);
/* rd and the product, less it if @sub, each rounded; @element: of element imm of rm.
 * fp-vector.c */
bool fp_vector_chained(struct translation *t, const struct insn *i, bool sub,
		       bool element);

/* FCMP, which leaves FLAGS_COMPARE's in the host's flags, or PF of a NaN; and that
 * there was none, they are the guest's, for which it may be done once more.
 * fp-scalar.c */
void fp_compare(struct translation *t, const struct insn *i);
void fp_compared(struct translation *t, const struct insn *i);

/* RAX = rn as an integer of @size bytes; rd = such a one in @n. fp-convert.c */
void fp_to_int(struct translation *t, const struct insn *i, unsigned int size);
void fp_from_int(struct translation *t, const struct insn *i, unsigned int size,
		 int n);

/* The immediate of ROUNDSD for FRINT of @direction, not FP_ROUND_A.
 * fp-convert.c */
uint8_t fp_round_control(unsigned int direction);

#endif
