/* SPDX-License-Identifier: MIT */
/*
 * Formats of pointer authentication (Arm ARM C4.1.89 to C4.1.95). rd is the
 * result, ra the pointer, rn the modifier, aux the key: PAUTH_IA ... of
 * operands.h. Branches: rn is the target, rm the modifier. Loads: rd is Rt, rn
 * the base.
 */
#include "isa/a64/formats.h"

static void pointer(uint32_t word, struct insn *out, unsigned int modifier)
{
	out->rd = reg_dst(FLD(word, 4, 0));
	out->ra = reg_src(FLD(word, 4, 0));
	out->rn = modifier;
	out->aux = FLD(word, 11, 10);
}

bool fmt_pauth_1src(uint32_t word, struct insn *out)
{
	pointer(word, out, reg_sp(FLD(word, 9, 5)));
	return true;
}

bool fmt_pauth_zero(uint32_t word, struct insn *out)
{
	pointer(word, out, REG_ZR);
	return true;
}

/* aux: an instruction's address (IA) or data's (DA). */
bool fmt_pauth_strip(uint32_t word, struct insn *out)
{
	pointer(word, out, REG_ZR);
	out->aux = FLD(word, 10, 10) ? PAUTH_DA : PAUTH_IA;
	return true;
}

bool fmt_pauth_ga(uint32_t word, struct insn *out)
{
	out->rd = reg_dst(FLD(word, 4, 0));
	out->rn = reg_src(FLD(word, 9, 5));
	out->rm = reg_sp(FLD(word, 20, 16));
	return true;
}

bool fmt_pauth_load(uint32_t word, struct insn *out)
{
	out->rd = reg_dst(FLD(word, 4, 0));
	out->rn = reg_sp(FLD(word, 9, 5));
	out->aux = FLD(word, 23, 23) ? PAUTH_DB : PAUTH_DA;
	out->imm = sext64(FLD(word, 22, 22) << 9 | FLD(word, 20, 12), 10) * 8;
	return true;
}

bool fmt_pauth_1716(uint32_t word, struct insn *out)
{
	out->rd = out->ra = 17;
	out->rn = 16;
	out->aux = FLD(word, 6, 6) ? PAUTH_IB : PAUTH_IA;
	return true;
}

bool fmt_pauth_lr(uint32_t word, struct insn *out)
{
	out->rd = out->ra = 30;
	out->rn = FLD(word, 5, 5) ? REG_SP : REG_ZR;
	out->aux = FLD(word, 6, 6) ? PAUTH_IB : PAUTH_IA;
	return true;
}

static void branch(uint32_t word, struct insn *out, unsigned int modifier)
{
	out->rn = reg_src(FLD(word, 9, 5));
	out->rm = modifier;
	out->aux = FLD(word, 10, 10) ? PAUTH_IB : PAUTH_IA;
}

bool fmt_pauth_branch(uint32_t word, struct insn *out)
{
	branch(word, out, reg_sp(FLD(word, 4, 0)));
	return true;
}

bool fmt_pauth_branch_zero(uint32_t word, struct insn *out)
{
	branch(word, out, REG_ZR);
	return true;
}

/* RET by the link register, ERET by a register that has no index. */
bool fmt_pauth_return(uint32_t word, struct insn *out)
{
	branch(word, out, REG_SP);
	out->rn = 30;
	return true;
}
