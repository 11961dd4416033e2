/* SPDX-License-Identifier: MIT */
/*
 * What the bodies of the branch and load/store groups share. Those
 * groups have several special bodies for one row (by size, shift, condition,
 * ...), which macros make; the format function picks one. BODY defines such a
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

/* ---- conditions ------------------------------------------------------------ */

/*
 * COND_LIST(M, args...) calls M(index, name, args...) for the conditions in
 * encoding order; 14 and 15 (AL, NV) are both "always".
 */
#define COND_LIST(M, ...)      \
	M(0, eq, __VA_ARGS__)  \
	M(1, ne, __VA_ARGS__)  \
	M(2, cs, __VA_ARGS__)  \
	M(3, cc, __VA_ARGS__)  \
	M(4, mi, __VA_ARGS__)  \
	M(5, pl, __VA_ARGS__)  \
	M(6, vs, __VA_ARGS__)  \
	M(7, vc, __VA_ARGS__)  \
	M(8, hi, __VA_ARGS__)  \
	M(9, ls, __VA_ARGS__)  \
	M(10, ge, __VA_ARGS__) \
	M(11, lt, __VA_ARGS__) \
	M(12, gt, __VA_ARGS__) \
	M(13, le, __VA_ARGS__) \
	M(14, al, __VA_ARGS__)

/* The index of COND_LIST for an encoded condition. */
static inline unsigned int cond_index(unsigned int cond)
{
	return cond == 15 ? 14 : cond;
}

#endif
