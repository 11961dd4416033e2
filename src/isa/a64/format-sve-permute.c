/* SPDX-License-Identifier: MIT */
/*
 * Formats of SVE's copies and permutations of elements (Arm ARM C4.1.60 ff.);
 * operands-sve.h.
 */
#include "isa/a64/formats.h"

/* ---- copies -------------------------------------------------------------- */

bool fmt_sve_dup_reg(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = reg_sp(FLD(w, 9, 5));
	out->size = FLD(w, 23, 22);
	return true;
}

/* Signed, shifted by 8 bits, which a byte can't be. */
static bool imm8_shifted(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->size = FLD(w, 23, 22);
	out->imm = sext64(FLD(w, 12, 5), 8) * (FLD(w, 13, 13) ? 256 : 1);
	return out->size != SIZE_B || !FLD(w, 13, 13);
}

bool fmt_sve_dup_imm(uint32_t w, struct insn *out)
{
	return imm8_shifted(w, out);
}

bool fmt_sve_cpy_imm(uint32_t w, struct insn *out)
{
	out->aux = FLD(w, 19, 16);
	out->form = FLD(w, 14, 14) ? SVE_MERGING : 0;
	return imm8_shifted(w, out);
}

/* The size by the lowest bit that is set, up to 128 bits; imm: the element. */
bool fmt_sve_dup_elem(uint32_t w, struct insn *out)
{
	unsigned int tsz = FLD(w, 20, 16), imm = FLD(w, 23, 22) << 5 | tsz;

	if (!tsz)
		return false;
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->size = __builtin_ctz(tsz);
	out->imm = imm >> (out->size + 1);
	return true;
}

bool fmt_sve_cpy_reg(uint32_t w, struct insn *out)
{
	fmt_sve_zpz(w, out);
	out->rn = reg_sp(FLD(w, 9, 5));
	return true;
}

bool fmt_sve_sel(uint32_t w, struct insn *out)
{
	fmt_sve_zzz(w, out);
	out->aux = FLD(w, 13, 10);
	return true;
}

static void insr(uint32_t w, struct insn *out)
{
	out->rd = out->rn = FLD(w, 4, 0);
	out->size = FLD(w, 23, 22);
}

bool fmt_sve_insr_reg(uint32_t w, struct insn *out)
{
	insr(w, out);
	out->rm = reg_src(FLD(w, 9, 5));
	return true;
}

bool fmt_sve_insr_v(uint32_t w, struct insn *out)
{
	insr(w, out);
	out->rm = FLD(w, 9, 5);
	return true;
}

/* ---- permutations -------------------------------------------------------- */

/* imm: the first byte. */
bool fmt_sve_ext(uint32_t w, struct insn *out)
{
	out->rd = out->rn = FLD(w, 4, 0);
	out->rm = FLD(w, 9, 5);
	out->imm = FLD(w, 20, 16) << 3 | FLD(w, 12, 10);
	return true;
}

bool fmt_sve_rev(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->size = FLD(w, 23, 22);
	return true;
}

/* imm: 1: of the upper half. */
bool fmt_sve_unpk(uint32_t w, struct insn *out)
{
	out->imm = FLD(w, 16, 16);
	return fmt_sve_rev(w, out) && out->size != SIZE_B;
}

/* ---- the last active element --------------------------------------------- */

bool fmt_sve_last_reg(uint32_t w, struct insn *out)
{
	fmt_sve_zpz(w, out);
	out->rd = reg_dst(FLD(w, 4, 0));
	return true;
}

bool fmt_sve_clast_reg(uint32_t w, struct insn *out)
{
	fmt_sve_zpzz(w, out);
	out->rd = reg_dst(FLD(w, 4, 0));
	out->rn = reg_src(FLD(w, 4, 0));
	return true;
}
