/* SPDX-License-Identifier: MIT */
/*
 * Formats of the lane-by-lane Advanced SIMD integer instructions (Arm ARM
 * C4.1.96): the registers, the arrangement in size, a shift amount in imm, the
 * index of an element in aux.
 *
 * Size is the arrangement that the encoding's size field names. It is that of
 * all operands, but for long and wide instructions it is the narrow source's,
 * and for narrowing ones the result's. 16B, 8H and 4S of those mean the upper
 * half of a register (SADDL2, XTN2).
 *
 * The suffix of a format tells which lanes exist: of 8, 16, 32, 64 bits: b, h,
 * s, d.
 */
#include "isa/a64/formats.h"

/* Sets of lane sizes, by log2 of the bytes. */
enum {
	SIZES_B = 1 << 0,
	SIZES_H = 1 << 1,
	SIZES_S = 1 << 2,
	SIZES_D = 1 << 3,
	SIZES_BH = SIZES_B | SIZES_H,
	SIZES_HS = SIZES_H | SIZES_S,
	SIZES_BHS = SIZES_BH | SIZES_S,
	SIZES_BHSD = SIZES_BHS | SIZES_D,
};

/*
 * The arrangement of lanes of @size (log2 of the bytes) and Q (bit 30). false:
 * not of @sizes, or one doubleword.
 */
static bool vector(uint32_t w, struct insn *out, unsigned int size,
		   unsigned int sizes)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->size = ARR_8B + 2 * size + FLD(w, 30, 30);
	return (sizes >> size & 1) && out->size != ARR_1D;
}

static bool scalar(uint32_t w, struct insn *out, unsigned int size,
		   unsigned int sizes)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->size = ARR_B + size;
	return sizes >> size & 1;
}

/* ---- two sources: three same, three different ---------------------------- */

bool fmt_simd_three_b(uint32_t w, struct insn *out)
{
	out->rm = FLD(w, 20, 16);
	return vector(w, out, FLD(w, 23, 22), SIZES_B);
}

bool fmt_simd_three_bhs(uint32_t w, struct insn *out)
{
	out->rm = FLD(w, 20, 16);
	return vector(w, out, FLD(w, 23, 22), SIZES_BHS);
}

bool fmt_simd_three_bhsd(uint32_t w, struct insn *out)
{
	out->rm = FLD(w, 20, 16);
	return vector(w, out, FLD(w, 23, 22), SIZES_BHSD);
}

bool fmt_simd_three_hs(uint32_t w, struct insn *out)
{
	out->rm = FLD(w, 20, 16);
	return vector(w, out, FLD(w, 23, 22), SIZES_HS);
}

/* Bitwise: the size field belongs to the opcode. */
bool fmt_simd_three_bitwise(uint32_t w, struct insn *out)
{
	out->rm = FLD(w, 20, 16);
	return vector(w, out, 0, SIZES_B);
}

bool fmt_simd_scalar_three_bhsd(uint32_t w, struct insn *out)
{
	out->rm = FLD(w, 20, 16);
	return scalar(w, out, FLD(w, 23, 22), SIZES_BHSD);
}

bool fmt_simd_scalar_three_d(uint32_t w, struct insn *out)
{
	out->rm = FLD(w, 20, 16);
	return scalar(w, out, FLD(w, 23, 22), SIZES_D);
}

bool fmt_simd_scalar_three_hs(uint32_t w, struct insn *out)
{
	out->rm = FLD(w, 20, 16);
	return scalar(w, out, FLD(w, 23, 22), SIZES_HS);
}

/* ---- one source: two-register miscellaneous ------------------------------ */

bool fmt_simd_two_b(uint32_t w, struct insn *out)
{
	return vector(w, out, FLD(w, 23, 22), SIZES_B);
}

bool fmt_simd_two_bh(uint32_t w, struct insn *out)
{
	return vector(w, out, FLD(w, 23, 22), SIZES_BH);
}

bool fmt_simd_two_bhs(uint32_t w, struct insn *out)
{
	return vector(w, out, FLD(w, 23, 22), SIZES_BHS);
}

bool fmt_simd_two_bhsd(uint32_t w, struct insn *out)
{
	return vector(w, out, FLD(w, 23, 22), SIZES_BHSD);
}

bool fmt_simd_two_bitwise(uint32_t w, struct insn *out)
{
	return vector(w, out, 0, SIZES_B);
}

bool fmt_simd_scalar_two_bhs(uint32_t w, struct insn *out)
{
	return scalar(w, out, FLD(w, 23, 22), SIZES_BHS);
}

bool fmt_simd_scalar_two_bhsd(uint32_t w, struct insn *out)
{
	return scalar(w, out, FLD(w, 23, 22), SIZES_BHSD);
}

bool fmt_simd_scalar_two_d(uint32_t w, struct insn *out)
{
	return scalar(w, out, FLD(w, 23, 22), SIZES_D);
}

/* ---- by element ---------------------------------------------------------- */

/* Vm and the lane of it: H:L:M of 16-bit lanes, H:L of 32-bit ones. */
static void element(uint32_t w, struct insn *out)
{
	unsigned int h = FLD(w, 11, 11), l = FLD(w, 21, 21), m = FLD(w, 20, 20);

	if (FLD(w, 23, 22) == 1) {
		out->rm = FLD(w, 19, 16);
		out->aux = h << 2 | l << 1 | m;
	} else {
		out->rm = FLD(w, 20, 16);
		out->aux = h << 1 | l;
	}
}

bool fmt_simd_element_hs(uint32_t w, struct insn *out)
{
	element(w, out);
	return vector(w, out, FLD(w, 23, 22), SIZES_HS);
}

/* The size field tells it from USDOT; its lanes are words, too. */
bool fmt_simd_sudot(uint32_t w, struct insn *out)
{
	return fmt_simd_element_hs(w | 2u << 22, out);
}

bool fmt_simd_scalar_element_hs(uint32_t w, struct insn *out)
{
	element(w, out);
	return scalar(w, out, FLD(w, 23, 22), SIZES_HS);
}

/* ---- shift by immediate -------------------------------------------------- */

/*
 * immh:immb (bits 22..16): the highest set bit of immh tells the size of the
 * lanes, what is below it the amount. immh 0 is no size: 4, which is in no
 * set.
 */
static unsigned int shift_lanes(uint32_t w)
{
	unsigned int immh = FLD(w, 22, 19);

	return immh ? 31 - __builtin_clz(immh) : 4;
}

/* 0 .. bits - 1 */
static int left_amount(uint32_t w)
{
	return (int)FLD(w, 22, 16) - (8 << shift_lanes(w));
}

/* 1 .. bits */
static int right_amount(uint32_t w)
{
	return (16 << shift_lanes(w)) - (int)FLD(w, 22, 16);
}

bool fmt_simd_shift_left(uint32_t w, struct insn *out)
{
	out->imm = left_amount(w);
	return vector(w, out, shift_lanes(w), SIZES_BHSD);
}

bool fmt_simd_shift_right(uint32_t w, struct insn *out)
{
	out->imm = right_amount(w);
	return vector(w, out, shift_lanes(w), SIZES_BHSD);
}

bool fmt_simd_shift_long(uint32_t w, struct insn *out)
{
	out->imm = left_amount(w);
	return vector(w, out, shift_lanes(w), SIZES_BHS);
}

bool fmt_simd_shift_narrow(uint32_t w, struct insn *out)
{
	out->imm = right_amount(w);
	return vector(w, out, shift_lanes(w), SIZES_BHS);
}

bool fmt_simd_scalar_shift_left_bhsd(uint32_t w, struct insn *out)
{
	out->imm = left_amount(w);
	return scalar(w, out, shift_lanes(w), SIZES_BHSD);
}

bool fmt_simd_scalar_shift_left_d(uint32_t w, struct insn *out)
{
	out->imm = left_amount(w);
	return scalar(w, out, shift_lanes(w), SIZES_D);
}

bool fmt_simd_scalar_shift_right_d(uint32_t w, struct insn *out)
{
	out->imm = right_amount(w);
	return scalar(w, out, shift_lanes(w), SIZES_D);
}

bool fmt_simd_scalar_shift_narrow(uint32_t w, struct insn *out)
{
	out->imm = right_amount(w);
	return scalar(w, out, shift_lanes(w), SIZES_BHS);
}
