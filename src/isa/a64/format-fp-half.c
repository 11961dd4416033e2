/* SPDX-License-Identifier: MIT */
/*
 * Formats of vectors of half precision. Each encoding is that of single
 * precision with a few bits changed; so a format makes that of it and takes the
 * operation and the operands from there (Arm ARM C4.1, "Advanced SIMD three same
 * (FP16)", "two-register miscellaneous (FP16)" and what follows each).
 */
#include "isa/a64/formats.h"

/* 0 Q U 01110 a 1 0 Rm 0 0: @single has the same in bits 23, 22 and 15, 14, that
 * of single precision. Scalars have bit 28. */
static bool as_single(uint32_t word, uint32_t single, struct insn *out)
{
	if (!insn_decode(single, out))
		return false;
	out->size = FP_HALF;
	out->aux = FLD(word, 28, 28) ? 1 : FLD(word, 30, 30) ? 8 : 4;
	return true;
}

bool fmt_fp_half_three(uint32_t word, struct insn *out)
{
	return as_single(word, (word & ~(3u << 21)) | 1u << 21 | 3u << 14, out);
}

bool fmt_fp_half_two(uint32_t word, struct insn *out)
{
	return as_single(word, (word & ~(63u << 17)) | 1u << 21, out);
}

/* Of half precision those of a scalar have U = 0. */
bool fmt_fp_half_pair(uint32_t word, struct insn *out)
{
	return as_single(word, word | 1u << 29, out);
}

bool fmt_fp_half_across(uint32_t word, struct insn *out)
{
	return as_single(word, word | 3u << 29, out);
}

/* The index is H:L:M; Rm has four bits. */
bool fmt_fp_half_elem(uint32_t word, struct insn *out)
{
	if (!as_single(word, word | 1u << 23, out))
		return false;
	out->rm = FLD(word, 19, 16);
	out->imm = FLD(word, 11, 11) << 2 | FLD(word, 21, 20);
	return true;
}

/* immh is 001x, that of words 01xx. */
bool fmt_fp_half_fixed(uint32_t word, struct insn *out)
{
	if (!as_single(word, (word & ~(15u << 19)) | 4u << 19, out))
		return false;
	out->imm = 32 - (int)FLD(word, 22, 16);
	return true;
}
