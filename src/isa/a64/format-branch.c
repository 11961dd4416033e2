/* SPDX-License-Identifier: MIT */
/*
 * Formats of branches (Arm ARM C4.1.93), class BRANCH. imm of the direct ones
 * is the offset in bytes from the branch.
 */
#include "isa/a64/formats.h"

static int64_t offset(uint32_t field, unsigned int bits)
{
	return sext64(field, bits) * 4;
}

bool fmt_branch_imm26(uint32_t word, struct insn *out)
{
	out->imm = offset(FLD(word, 25, 0), 26);
	return true;
}

bool fmt_branch_cond(uint32_t word, struct insn *out)
{
	out->form = cond_of(FLD(word, 3, 0));
	out->imm = offset(FLD(word, 23, 5), 19);
	return true;
}

bool fmt_branch_cbz(uint32_t word, struct insn *out)
{
	out->size = word >> 31 ? SIZE_X : SIZE_W;
	out->imm = offset(FLD(word, 23, 5), 19);
	out->rd = reg_src(FLD(word, 4, 0));
	return true;
}

/* aux: which bit. */
bool fmt_branch_tbz(uint32_t word, struct insn *out)
{
	out->imm = offset(FLD(word, 18, 5), 14);
	out->aux = word >> 31 << 5 | FLD(word, 23, 19);
	out->rd = reg_src(FLD(word, 4, 0));
	return true;
}

bool fmt_branch_reg(uint32_t word, struct insn *out)
{
	out->rn = reg_src(FLD(word, 9, 5));
	return true;
}
