/* SPDX-License-Identifier: MIT */
/*
 * Formats of branches, exceptions, status registers, hints and barriers of A32
 * (Arm ARM F4.1.2, F4.1.16 to F4.1.18), and what they have in common with those of T32.
 */
#include "base/sysreg-enc.h"
#include "isa/a32/formats.h"

/* ---- branches ------------------------------------------------------------ */

static int64_t branch_offset(uint32_t word)
{
	return sext64(FLD(word, 23, 0) << 2, 26) + 8;
}

bool a32_fmt_b(uint32_t word, struct insn *out)
{
	out->op = A32_B;
	out->imm = branch_offset(word);
	return true;
}

bool a32_fmt_bl(uint32_t word, struct insn *out)
{
	out->op = A32_BL;
	out->imm = branch_offset(word);
	return true;
}

bool a32_fmt_blx_imm(uint32_t word, struct insn *out)
{
	out->op = A32_BLX_imm;
	out->imm = branch_offset(word) + 2 * FLD(word, 24, 24);
	return true;
}

/* BXJ does as BX without Jazelle. */
bool a32_fmt_bx(uint32_t word, struct insn *out)
{
	unsigned int m = FLD(word, 3, 0);
	bool link = FLD(word, 5, 4) == 3;

	out->op = link ? A32_BLX_reg : A32_BX;
	if (m == R_PC && FLD(word, 5, 4) != 1)
		return false;
	out->rm = a32_src(out, m);
	return true;
}

/* ---- exceptions ---------------------------------------------------------- */

bool a32_fmt_svc(uint32_t word, struct insn *out)
{
	out->op = A32_SVC;
	out->imm = FLD(word, 23, 0);
	return true;
}

bool a32_fmt_bkpt(uint32_t word, struct insn *out)
{
	out->op = A32_BKPT;
	out->imm = FLD(word, 19, 8) << 4 | FLD(word, 3, 0);
	return !out->cond;
}

/* ---- status registers ---------------------------------------------------- */

bool a32_msr(struct insn *out, unsigned int mask, bool spsr)
{
	out->op = A32_MSR;
	out->aux = FLD(mask, 3, 3) * MSR_NZCVQ | FLD(mask, 2, 2) * MSR_G;
	return !spsr && mask;
}

bool a32_fmt_msr_imm(uint32_t word, struct insn *out)
{
	uint32_t imm = FLD(word, 7, 0);
	unsigned int by = 2 * FLD(word, 11, 8);

	out->form = OPERAND_IMM;
	out->imm = by ? imm >> by | imm << (32 - by) : imm;
	return a32_msr(out, FLD(word, 19, 16), FLD(word, 22, 22));
}

bool a32_fmt_msr_reg(uint32_t word, struct insn *out)
{
	out->form = OPERAND_REG;
	out->rn = FLD(word, 3, 0);
	return out->rn != R_PC &&
	       a32_msr(out, FLD(word, 19, 16), FLD(word, 22, 22));
}

bool a32_fmt_mrs(uint32_t word, struct insn *out)
{
	out->op = A32_MRS;
	out->rd = FLD(word, 15, 12);
	return out->rd != R_PC && !FLD(word, 22, 22);
}

/* ---- system registers ---------------------------------------------------- */

bool a32_coprocessor(struct insn *out, bool read, unsigned int cp,
		     unsigned int opc1, unsigned int n, unsigned int m,
		     unsigned int opc2, unsigned int t)
{
	out->op = read ? A32_MRC : A32_MCR;
	out->imm = SYSREG_ENC(0, opc1, n, m, opc2);
	if (cp != 15)
		return false;
	if (read) {
		out->rd = t == R_PC ? REG_SINK : t;
		out->form = t == R_PC;
		return true;
	}
	out->rn = t;
	return t != R_PC;
}

bool a32_fmt_coprocessor(uint32_t word, struct insn *out)
{
	return a32_coprocessor(out, FLD(word, 20, 20), FLD(word, 11, 8),
			       FLD(word, 23, 21), FLD(word, 19, 16),
			       FLD(word, 3, 0), FLD(word, 7, 5),
			       FLD(word, 15, 12));
}

/* ---- hints and barriers -------------------------------------------------- */

/* To a program WFI and its like are hints: to wait is only to be slow. */
bool a32_hint(struct insn *out, unsigned int hint)
{
	out->op = A64_HINT;
	return true;
}

bool a32_fmt_hint(uint32_t word, struct insn *out)
{
	return a32_hint(out, FLD(word, 7, 0));
}

/* As A64's: DMB knows what it orders, DSB and ISB are full. */
bool a32_barrier(struct insn *out, unsigned int op, unsigned int option)
{
	switch (op) {
	case 1: out->op = A64_CLREX; return true;
	case 4: out->op = A32_BARRIER; return true;
	case 5:
		out->op = A64_DMB;
		out->form = (option & 3) == 1   ? DMB_LOADS
			    : (option & 3) == 2 ? DMB_STORES
						: DMB_ALL;
		return true;
	case 6: out->op = A64_ISB; return true;
	default: return false;
	}
}

bool a32_fmt_barrier(uint32_t word, struct insn *out)
{
	return a32_barrier(out, FLD(word, 7, 4), FLD(word, 3, 0));
}
