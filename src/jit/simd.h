/* SPDX-License-Identifier: MIT */
/*
 * What the files of Advanced SIMD integer instructions have of one another.
 */
#ifndef FAUXKVM_JIT_SIMD_H
#define FAUXKVM_JIT_SIMD_H

#include "jit/pool.h"
#include "jit/translate.h"

emit_fn *simd_basic_emitter(const struct insn *i);    /* simd-basic.c */
emit_fn *simd_shift_emitter(const struct insn *i);    /* simd-shift.c */
emit_fn *simd_permute_emitter(const struct insn *i);  /* simd-permute.c */
emit_fn *simd_copy_emitter(const struct insn *i);     /* simd-copy.c */
emit_fn *simd_multiply_emitter(const struct insn *i); /* simd-multiply.c */
emit_fn *simd_long_emitter(const struct insn *i);     /* simd-long.c */
emit_fn *simd_reduce_emitter(const struct insn *i);   /* simd-reduce.c */

/* x86's instruction for lanes of 1, 2, 4, 8 bytes; 0: there is none. */
typedef const uint32_t simd_ops[4];
extern simd_ops simd_add, simd_sub, simd_equal, simd_greater; /* simd-basic.c */
extern simd_ops simd_max_signed, simd_max_unsigned, simd_min_signed,
	simd_min_unsigned;
extern simd_ops simd_zip_low, simd_zip_high; /* simd-permute.c */
extern simd_ops simd_shift;                  /* by an immediate, simd-shift.c */

/* Of i->size: log2 of the bytes of a lane; bytes of the register that matter,
 * which of scalars only D is known here. */
static inline unsigned int simd_lane(const struct insn *i)
{
	return i->size < ARR_B ? i->size >> 1 : i->size - ARR_B;
}

static inline unsigned int simd_bytes(const struct insn *i)
{
	return i->size < ARR_B && i->size & 1 ? 16 : 8;
}

/* A source, as many bytes of it as matter. */
static inline int simd_src(struct translation *t, const struct insn *i,
			   unsigned int g)
{
	return vreg_src(t, g, simd_bytes(i));
}

/* The result is in @d. If only half of it matters the rest is cleared, from
 * @zeros on it is so already. */
static inline void simd_done(struct translation *t, const struct insn *i, int d,
			     unsigned int zeros)
{
	if (simd_bytes(i) == 16)
		vreg_done(t, i->rd, d, 16);
	else
		vreg_done_scalar(t, i->rd, d, 8, zeros);
}

/* From which byte on both sources are zero. */
static inline unsigned int simd_zeros(const struct translation *t, int n, int m)
{
	return vreg_zeros(t, n) > vreg_zeros(t, m) ? vreg_zeros(t, n)
						   : vreg_zeros(t, m);
}

/* @d = the lowest lane of @n in all. simd-copy.c */
void simd_broadcast(struct translation *t, unsigned int lane, int d, int n);

/* All ones. */
static inline void simd_ones(struct translation *t, int x)
{
	x86_vex_rr(&t->c, X86_PCMPEQD, x, x, x);
}

/* @d = lanes of @n shifted by @by, with X86_PSRL, X86_PSRA or X86_PSLL; not
 * of bytes. */
static inline void simd_shift_lanes(struct translation *t, unsigned int lane,
				    int how, int d, int n, unsigned int by)
{
	x86_vex_rr_i8(&t->c, simd_shift[lane], how, d, n, by);
}

/* @d, which is @n to the right by @by (1 to a lane's bits), becomes what rounding
 * would have made it: the last bit that was shifted out is added. XMM0; not of
 * bytes. simd-shift.c */
void simd_add_rounding(struct translation *t, unsigned int lane, int d, int n,
		       unsigned int by);
/* FPSR.QC unless @x is zero. Flags are lost. simd-basic.c */
void simd_set_qc(struct translation *t, int x);

/* @d = the even or odd lanes of @n, then of @m: UZP1, UZP2, of @bytes in all.
 * Uses XMM0; @d may be XMM1. simd-permute.c */
void simd_unzip(struct translation *t, unsigned int lane, unsigned int bytes,
		bool odd, int d, int n, int m);

/* @d = lanes of @n, from below, twice as wide; and of as much of @g as @i has of
 * a narrow source. simd-long.c */
void simd_extend(struct translation *t, unsigned int lane, bool sign, int d,
		 int n);
void simd_widen(struct translation *t, const struct insn *i, bool sign, int d,
		unsigned int g);

#endif
