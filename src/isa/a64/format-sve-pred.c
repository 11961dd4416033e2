/* SPDX-License-Identifier: MIT */
/*
 * Formats of SVE's predicates, counts of elements, and what depends on the vector
 * length (Arm ARM C4.1.60 ff.); operands-sve.h.
 */
#include "isa/a64/formats.h"

/* imm: the pattern. */
bool fmt_sve_ptrue(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 3, 0);
	out->size = FLD(w, 23, 22);
	out->imm = FLD(w, 9, 5);
	out->form = FLD(w, 16, 16) ? SVE_SETS_FLAGS : 0;
	return true;
}

/* imm: how many times the length. */
bool fmt_sve_addvl(uint32_t w, struct insn *out)
{
	out->rd = reg_sp(FLD(w, 4, 0));
	out->rn = reg_sp(FLD(w, 20, 16));
	out->imm = sext64(FLD(w, 10, 5), 6);
	return true;
}

bool fmt_sve_rdvl(uint32_t w, struct insn *out)
{
	out->rd = reg_dst(FLD(w, 4, 0));
	out->imm = sext64(FLD(w, 10, 5), 6);
	return true;
}

/* imm: the pattern; ra: the multiplier. */
bool fmt_sve_cnt(uint32_t w, struct insn *out)
{
	out->rd = reg_dst(FLD(w, 4, 0));
	out->size = FLD(w, 23, 22);
	out->imm = FLD(w, 9, 5);
	out->ra = FLD(w, 19, 16) + 1;
	return true;
}
