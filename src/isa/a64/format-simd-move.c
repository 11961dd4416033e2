/* SPDX-License-Identifier: MIT */
/*
 * Formats of Advanced SIMD copies, permutes, table lookups, reductions and
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

/* ---- reductions ---------------------------------------------------------- */

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

/* ---- EXT, TBL, TBX ------------------------------------------------------- */

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

/* ---- copy ---------------------------------------------------------------- */

/*
 * imm5: the lowest set bit gives the lane size, what is above it the index,
 * which goes to aux. Returns log2 of the lane's bytes, 4: reserved.
 */
static unsigned int lane_of_imm5(uint32_t w, struct insn *out)
{
	unsigned int imm5 = FLD(w, 20, 16);
	unsigned int log2 = imm5 & 15 ? __builtin_ctz(imm5) : 4;

	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->aux = imm5 >> (log2 + 1);
	return log2;
}

bool fmt_simd_dup(uint32_t w, struct insn *out)
{
	unsigned int log2 = lane_of_imm5(w, out);

	out->size = arrangement(w, log2);
	return log2 < 4 && out->size != ARR_1D;
}

bool fmt_simd_dup_general(uint32_t w, struct insn *out)
{
	bool ok = fmt_simd_dup(w, out);

	out->rn = reg_src(out->rn);
	return ok;
}

bool fmt_simd_dup_scalar(uint32_t w, struct insn *out)
{
	unsigned int log2 = lane_of_imm5(w, out);

	out->size = ARR_B + log2;
	return log2 < 4;
}

/* imm: the lane of Vn. */
bool fmt_simd_ins(uint32_t w, struct insn *out)
{
	unsigned int log2 = lane_of_imm5(w, out);

	out->size = ARR_B + log2;
	out->imm = FLD(w, 14, 11) >> log2;
	return log2 < 4;
}

bool fmt_simd_ins_general(uint32_t w, struct insn *out)
{
	unsigned int log2 = lane_of_imm5(w, out);

	out->size = ARR_B + log2;
	out->rn = reg_src(out->rn);
	return log2 < 4;
}

/* To X only what doesn't fit W. */
bool fmt_simd_umov(uint32_t w, struct insn *out)
{
	unsigned int log2 = lane_of_imm5(w, out);

	out->size = ARR_B + log2;
	out->rd = reg_dst(out->rd);
	return log2 < 4 && FLD(w, 30, 30) == (log2 == 3);
}

/* form: SIZE_W or SIZE_X, of the destination, which is wider than the lane. */
bool fmt_simd_smov(uint32_t w, struct insn *out)
{
	unsigned int log2 = lane_of_imm5(w, out);

	out->size = ARR_B + log2;
	out->form = FLD(w, 30, 30) ? SIZE_X : SIZE_W;
	out->rd = reg_dst(out->rd);
	return log2 < out->form;
}

/* ---- modified immediate: imm is what each half of the register gets ------ */

static unsigned int modified_imm8(uint32_t w)
{
	return FLD(w, 18, 16) << 5 | FLD(w, 9, 5);
}

/* AdvSIMDExpandImm of the Arm ARM. */
static uint64_t expand_imm(uint32_t w)
{
	uint64_t imm8 = modified_imm8(w), v = 0;
	unsigned int cmode = FLD(w, 15, 12), op = FLD(w, 29, 29);

	switch (cmode >> 1) {
	case 0 ... 3: return (imm8 << 8 * (cmode >> 1)) * UINT64_C(0x100000001);
	case 4:
	case 5:
		return (imm8 << 8 * (cmode >> 1 & 1)) *
		       UINT64_C(0x0001000100010001);
	case 6:
		v = cmode & 1 ? imm8 << 16 | 0xffff : imm8 << 8 | 0xff;
		return v * UINT64_C(0x100000001);
	}
	if (!(cmode & 1) && !op)
		return imm8 * UINT64_C(0x0101010101010101);
	if (!(cmode & 1)) {
		for (unsigned int k = 0; k < 8; k++)
			if (imm8 >> k & 1)
				v |= UINT64_C(0xff) << 8 * k;
		return v;
	}
	return op ? fp_expand_imm(imm8, FP_DOUBLE)
		  : fp_expand_imm(imm8, FP_SINGLE) * UINT64_C(0x100000001);
}

static bool modified(uint32_t w, struct insn *out, uint64_t imm)
{
	out->rd = FLD(w, 4, 0);
	out->imm = (int64_t)imm;
	out->size = FLD(w, 30, 30) ? ARR_2D : ARR_1D;
	return true;
}

bool fmt_simd_imm(uint32_t w, struct insn *out)
{
	return modified(w, out, expand_imm(w));
}

/* FMOV Vd.4H and 8H */
bool fmt_simd_imm_half(uint32_t w, struct insn *out)
{
	return modified(w, out,
			fp_expand_imm(modified_imm8(w), FP_HALF) *
				UINT64_C(0x0001000100010001));
}

/* MVNI: inverted. */
bool fmt_simd_imm_not(uint32_t w, struct insn *out)
{
	return modified(w, out, ~expand_imm(w));
}

/* FMOV Vd.2D: there is no 1D. */
bool fmt_simd_imm_2d(uint32_t w, struct insn *out)
{
	return modified(w, out, expand_imm(w)) && out->size == ARR_2D;
}
