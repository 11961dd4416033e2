/* SPDX-License-Identifier: MIT */
/*
 * Formats of SVE's integer arithmetic, moves and permutations (Arm ARM C4.1.60
 * ff.); operands-sve.h.
 */
#include "isa/a64/formats.h"

bool fmt_sve_zzz(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->rm = FLD(w, 20, 16);
	out->size = FLD(w, 23, 22);
	out->aux = SVE_NO_PREDICATE;
	return true;
}

bool fmt_sve_dup_reg(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = reg_sp(FLD(w, 9, 5));
	out->size = FLD(w, 23, 22);
	return true;
}

/* Shifted by 8 bits, which a byte can't be. */
static bool imm8_shifted(uint32_t w, struct insn *out)
{
	out->size = FLD(w, 23, 22);
	out->imm = sext64(FLD(w, 12, 5), 8) * (FLD(w, 13, 13) ? 256 : 1);
	return out->size != SIZE_B || !FLD(w, 13, 13);
}

bool fmt_sve_dup_imm(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	return imm8_shifted(w, out);
}
