/* SPDX-License-Identifier: MIT */
/*
 * Formats of memory tagging (Arm ARM C4.1.94, C4.1.95): what operands.h says of
 * class MTE.
 */
#include "isa/a64/formats.h"

#define GRANULE 16

bool fmt_mte_subp(uint32_t word, struct insn *out)
{
	out->rd = reg_dst(FLD(word, 4, 0));
	out->rn = reg_sp(FLD(word, 9, 5));
	out->rm = reg_sp(FLD(word, 20, 16));
	return true;
}

bool fmt_mte_irg(uint32_t word, struct insn *out)
{
	out->rd = reg_sp(FLD(word, 4, 0));
	out->rn = reg_sp(FLD(word, 9, 5));
	out->rm = reg_src(FLD(word, 20, 16));
	return true;
}

bool fmt_mte_gmi(uint32_t word, struct insn *out)
{
	out->rd = reg_dst(FLD(word, 4, 0));
	out->rn = reg_sp(FLD(word, 9, 5));
	out->rm = reg_src(FLD(word, 20, 16));
	return true;
}

/* SUBG: what is added is negative. */
bool fmt_mte_addg(uint32_t word, struct insn *out)
{
	int64_t offset = (int64_t)FLD(word, 21, 16) * GRANULE;

	out->rd = reg_sp(FLD(word, 4, 0));
	out->rn = reg_sp(FLD(word, 9, 5));
	out->aux = FLD(word, 13, 10);
	out->imm = FLD(word, 30, 30) ? -offset : offset;
	return true;
}

/* LDGM has no offset. */
bool fmt_mte_ldg(uint32_t word, struct insn *out)
{
	out->rd = reg_dst(FLD(word, 4, 0));
	out->ra = reg_src(FLD(word, 4, 0));
	out->rn = reg_sp(FLD(word, 9, 5));
	out->imm = sext64(FLD(word, 20, 12), 9) * GRANULE;
	out->form = LDST_OFFSET;
	return true;
}

/* False: without a mode. */
static bool mode(struct insn *out, unsigned int field)
{
	static const uint8_t modes[4] = {0, LDST_POST, LDST_OFFSET, LDST_PRE};

	out->form = modes[field];
	return field;
}

bool fmt_mte_stg(uint32_t word, struct insn *out)
{
	out->rd = reg_sp(FLD(word, 4, 0));
	out->rn = reg_sp(FLD(word, 9, 5));
	out->imm = sext64(FLD(word, 20, 12), 9) * GRANULE;
	return mode(out, FLD(word, 11, 10));
}

bool fmt_mte_stgp(uint32_t word, struct insn *out)
{
	out->rd = reg_src(FLD(word, 4, 0));
	out->ra = reg_src(FLD(word, 14, 10));
	out->rn = reg_sp(FLD(word, 9, 5));
	out->imm = sext64(FLD(word, 21, 15), 7) * GRANULE;
	return mode(out, FLD(word, 24, 23));
}

bool fmt_mte_stgm(uint32_t word, struct insn *out)
{
	out->rd = reg_src(FLD(word, 4, 0));
	out->rn = reg_sp(FLD(word, 9, 5));
	return true;
}
