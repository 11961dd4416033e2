/* SPDX-License-Identifier: MIT */
/*
 * Operands of Advanced SIMD copies, permutes, table lookups, reductions and
 * modified immediates (Arm ARM C4.1.96).
 *
 * Size is the arrangement, of the source where the result has another; where
 * only one element takes part (INS, UMOV, SMOV) it is that of the element as a
 * scalar, and for a modified immediate and ADDP of a scalar 1D or 2D.
 */
#include "isa/a64/formats.h"

/* Of lanes of 1 << @log2 bytes, by Q (bit 30). */
static enum a64_arrangement arrangement(uint32_t w, unsigned int log2)
{
	return ARR_8B + 2 * log2 + FLD(w, 30, 30);
}

/* ---- reductions ------------------------------------------------------------ */

/* ADDV and the like: not of two lanes, nor of 64 bits. */
bool fmt_simd_across(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->size = arrangement(w, FLD(w, 23, 22));
	return out->size < ARR_1D && out->size != ARR_2S;
}

bool fmt_simd_addp_scalar(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->size = ARR_2D;
	return FLD(w, 23, 22) == 3;
}

/* ---- EXT, TBL, TBX --------------------------------------------------------- */

/* aux: the first byte. */
bool fmt_simd_ext(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->rm = FLD(w, 20, 16);
	out->aux = FLD(w, 14, 11);
	out->size = arrangement(w, 0);
	return out->size == ARR_16B || out->aux < 8;
}

/* imm: the number of table registers, which follow Vn modulo 32. */
bool fmt_simd_table(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->rm = FLD(w, 20, 16);
	out->imm = FLD(w, 14, 13) + 1;
	out->size = arrangement(w, 0);
	return true;
}
