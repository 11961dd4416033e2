/* SPDX-License-Identifier: MIT */
/*
 * Formats of SVE's predicates, counts of elements, and what depends on the vector
 * length (Arm ARM C4.1.60 ff.); operands-sve.h.
 */
#include "isa/a64/formats.h"

static uint8_t sets_flags(uint32_t w)
{
	return FLD(w, 22, 22) ? SVE_SETS_FLAGS : 0;
}

/* ---- made, tested, set --------------------------------------------------- */

/* imm: the pattern. */
bool fmt_sve_ptrue(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 3, 0);
	out->size = FLD(w, 23, 22);
	out->imm = FLD(w, 9, 5);
	out->form = FLD(w, 16, 16) ? SVE_SETS_FLAGS : 0;
	return true;
}

/* Also RDFFR without a predicate. */
bool fmt_sve_pfalse(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 3, 0);
	return true;
}

bool fmt_sve_ptest(uint32_t w, struct insn *out)
{
	out->aux = FLD(w, 13, 10);
	out->rn = FLD(w, 8, 5);
	return true;
}

/* Also PNEXT; of PFIRST elements are bytes. */
bool fmt_sve_pfirst(uint32_t w, struct insn *out)
{
	out->rd = out->rn = FLD(w, 3, 0);
	out->aux = FLD(w, 8, 5);
	out->size = FLD(w, 10, 10) ? FLD(w, 23, 22) : SIZE_B;
	return true;
}

bool fmt_sve_rdffr_pg(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 3, 0);
	out->aux = FLD(w, 8, 5);
	out->form = sets_flags(w);
	return true;
}

bool fmt_sve_wrffr(uint32_t w, struct insn *out)
{
	out->rn = FLD(w, 8, 5);
	return true;
}

bool fmt_sve_setffr(uint32_t w, struct insn *out)
{
	return true;
}

/* ---- of predicates ------------------------------------------------------- */

bool fmt_sve_ppp(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 3, 0);
	out->rn = FLD(w, 8, 5);
	out->rm = FLD(w, 19, 16);
	out->aux = FLD(w, 13, 10);
	out->form = sets_flags(w);
	return true;
}

bool fmt_sve_brk(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 3, 0);
	out->rn = FLD(w, 8, 5);
	out->aux = FLD(w, 13, 10);
	out->form = sets_flags(w) | (FLD(w, 4, 4) ? SVE_MERGING : 0);
	return out->form != (SVE_SETS_FLAGS | SVE_MERGING);
}

bool fmt_sve_brkn(uint32_t w, struct insn *out)
{
	out->rd = out->rm = FLD(w, 3, 0);
	out->rn = FLD(w, 8, 5);
	out->aux = FLD(w, 13, 10);
	out->form = sets_flags(w);
	return true;
}

bool fmt_sve_permute_p(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 3, 0);
	out->rn = FLD(w, 8, 5);
	out->rm = FLD(w, 19, 16);
	out->size = FLD(w, 23, 22);
	return true;
}

/* imm: 1: of the upper half. */
bool fmt_sve_punpk(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 3, 0);
	out->rn = FLD(w, 8, 5);
	out->imm = FLD(w, 16, 16);
	return true;
}

/* ---- comparisons of general registers ------------------------------------ */

bool fmt_sve_while(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 3, 0);
	out->rn = reg_src(FLD(w, 9, 5));
	out->rm = reg_src(FLD(w, 20, 16));
	out->size = FLD(w, 23, 22);
	out->form = FLD(w, 12, 12) ? 0 : SVE_WORD;
	return true;
}

bool fmt_sve_cterm(uint32_t w, struct insn *out)
{
	out->rn = reg_src(FLD(w, 9, 5));
	out->rm = reg_src(FLD(w, 20, 16));
	out->form = FLD(w, 22, 22) ? 0 : SVE_WORD;
	return true;
}

/* ---- the length, counts -------------------------------------------------- */

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
static void count(uint32_t w, struct insn *out)
{
	out->size = FLD(w, 23, 22);
	out->imm = FLD(w, 9, 5);
	out->ra = FLD(w, 19, 16) + 1;
}

bool fmt_sve_cnt(uint32_t w, struct insn *out)
{
	out->rd = reg_dst(FLD(w, 4, 0));
	count(w, out);
	return true;
}

bool fmt_sve_inc_reg(uint32_t w, struct insn *out)
{
	out->rd = reg_dst(FLD(w, 4, 0));
	out->rn = reg_src(FLD(w, 4, 0));
	count(w, out);
	return true;
}

bool fmt_sve_sqinc_reg(uint32_t w, struct insn *out)
{
	out->form = FLD(w, 20, 20) ? 0 : SVE_WORD;
	return fmt_sve_inc_reg(w, out);
}

bool fmt_sve_inc(uint32_t w, struct insn *out)
{
	out->rd = out->rn = FLD(w, 4, 0);
	count(w, out);
	return out->size != SIZE_B;
}

bool fmt_sve_cntp(uint32_t w, struct insn *out)
{
	out->rd = reg_dst(FLD(w, 4, 0));
	out->rn = FLD(w, 8, 5);
	out->aux = FLD(w, 13, 10);
	out->size = FLD(w, 23, 22);
	return true;
}

/* rm: the predicate that is counted. */
bool fmt_sve_incp_reg(uint32_t w, struct insn *out)
{
	out->rd = reg_dst(FLD(w, 4, 0));
	out->rn = reg_src(FLD(w, 4, 0));
	out->rm = FLD(w, 8, 5);
	out->size = FLD(w, 23, 22);
	return true;
}

bool fmt_sve_sqincp_reg(uint32_t w, struct insn *out)
{
	out->form = FLD(w, 10, 10) ? 0 : SVE_WORD;
	return fmt_sve_incp_reg(w, out);
}

bool fmt_sve_incp(uint32_t w, struct insn *out)
{
	out->rd = out->rn = FLD(w, 4, 0);
	out->rm = FLD(w, 8, 5);
	out->size = FLD(w, 23, 22);
	return out->size != SIZE_B;
}
