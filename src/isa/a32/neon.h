/* SPDX-License-Identifier: MIT */
/*
 * Between the files of Advanced SIMD's formats, the same for A32 and T32: fields, and an
 * instruction of A64 decoded for one with other registers.
 */
#ifndef FAUXKVM_ISA_A32_NEON_H
#define FAUXKVM_ISA_A32_NEON_H

#include "isa/a32/operands.h"

#define NEON_ALL (NEON_D | NEON_N | NEON_M)

static inline bool neon_q(uint32_t w)
{
	return FLD(w, 6, 6);
}

static inline unsigned int neon_d(uint32_t w)
{
	return FLD(w, 22, 22) << 4 | FLD(w, 15, 12);
}

static inline unsigned int neon_n(uint32_t w)
{
	return FLD(w, 7, 7) << 4 | FLD(w, 19, 16);
}

static inline unsigned int neon_m(uint32_t w)
{
	return FLD(w, 5, 5) << 4 | FLD(w, 3, 0);
}

/*
 * The operands of what is decoded are @d, @n and @m, numbers of D registers. Those in
 * @halves (enum a32_neon) are D registers, the others Q. False: one of those that
 * is odd.
 */
bool neon_take_regs(struct insn *out, unsigned int halves, unsigned int d,
		    unsigned int n, unsigned int m);

/* What is decoded into is what the instruction began as, but for what A64 says. */
bool neon_as_a64(uint32_t a64, struct insn *out);

#endif
