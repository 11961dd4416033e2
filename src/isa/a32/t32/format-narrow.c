/* SPDX-License-Identifier: MIT */
/*
 * Formats of T32 instructions of 16 bits (Arm ARM F3.1.1). Data processing sets
 * flags outside of an IT block.
 */
#include "isa/a32/formats.h"

#define R_SP 13
#define R_LR 14

/* From the instruction to the PC as a base, which is aligned to a word. */
static int pc_base(const struct insn *out)
{
	return 4 - (out->pgoff & 2);
}

/* ---- shift, add, subtract, move, compare --------------------------------- */

bool t16_fmt_shift(uint32_t word, struct insn *out)
{
	unsigned int type = FLD(word, 12, 11), amount = FLD(word, 10, 6);

	/* MOVS of registers has no place there. */
	if (out->it && !type && !amount)
		return false;
	a32_operand_shift(out, FLD(word, 5, 3), type, amount);
	a32_alu(out, ALU_MOV, !out->it, FLD(word, 2, 0), REG_ZR);
	return true;
}

bool t16_fmt_addsub(uint32_t word, struct insn *out)
{
	unsigned int field = FLD(word, 8, 6);

	if (FLD(word, 10, 10))
		a32_operand_imm(out, field, CARRY_KEPT);
	else
		a32_operand_shift(out, field, 0, 0);
	a32_alu(out, FLD(word, 9, 9) ? ALU_SUB : ALU_ADD, !out->it,
		FLD(word, 2, 0), FLD(word, 5, 3));
	return true;
}

bool t16_fmt_imm8(uint32_t word, struct insn *out)
{
	unsigned int d = FLD(word, 10, 8);

	a32_operand_imm(out, FLD(word, 7, 0), CARRY_KEPT);
	switch (FLD(word, 12, 11)) {
	case 0: a32_alu(out, ALU_MOV, !out->it, d, REG_ZR); break;
	case 1: a32_alu(out, ALU_SUB, true, REG_SINK, d); break;
	case 2: a32_alu(out, ALU_ADD, !out->it, d, d); break;
	default: a32_alu(out, ALU_SUB, !out->it, d, d); break;
	}
	return true;
}

bool t16_fmt_dp(uint32_t word, struct insn *out)
{
	unsigned int opc = FLD(word, 9, 6), m = FLD(word, 5, 3);
	unsigned int d = FLD(word, 2, 0);
	bool flags = !out->it;

	a32_operand_shift(out, m, 0, 0);
	switch (opc) {
	case 0: a32_alu(out, ALU_AND, flags, d, d); break;
	case 1: a32_alu(out, ALU_EOR, flags, d, d); break;
	case 5: a32_alu(out, ALU_ADC, flags, d, d); break;
	case 6: a32_alu(out, ALU_SBC, flags, d, d); break;
	case 8: a32_alu(out, ALU_AND, true, REG_SINK, d); break;
	case 9:
		a32_operand_imm(out, 0, CARRY_KEPT);
		a32_alu(out, ALU_RSB, flags, d, m);
		break;
	case 10: a32_alu(out, ALU_SUB, true, REG_SINK, d); break;
	case 11: a32_alu(out, ALU_ADD, true, REG_SINK, d); break;
	case 12: a32_alu(out, ALU_ORR, flags, d, d); break;
	case 13: return a32_multiply(out, false, flags, d, m, d, R_PC);
	case 14: a32_alu(out, ALU_BIC, flags, d, d); break;
	case 15: a32_alu(out, ALU_MVN, flags, d, REG_ZR); break;
	default: /* 2, 3, 4, 7 */
		a32_operand_reg(out, d, opc == 7 ? 3 : opc - 2, m);
		a32_alu(out, ALU_MOV, flags, d, REG_ZR);
	}
	return true;
}

bool t16_fmt_high(uint32_t word, struct insn *out)
{
	unsigned int d = FLD(word, 7, 7) << 3 | FLD(word, 2, 0);
	unsigned int m = FLD(word, 6, 3), opc = FLD(word, 9, 8);
	uint8_t rn;

	if (opc == 1 && (a32_any_pc(d, m, 0) || (d < 8 && m < 8)))
		return false;
	if (opc == 0 && d == R_PC && m == R_PC)
		return false;
	a32_operand_shift(out, m, 0, 0);
	if (opc == 1) {
		a32_alu(out, ALU_SUB, true, REG_SINK, d);
		return true;
	}
	rn = opc ? REG_ZR : a32_src(out, d);
	a32_alu(out, opc ? ALU_MOV : ALU_ADD, false, a32_dst(out, d, PC_BRANCH),
		rn);
	return true;
}

bool t16_fmt_bx(uint32_t word, struct insn *out)
{
	unsigned int m = FLD(word, 6, 3);
	bool link = FLD(word, 7, 7);

	out->op = link ? A32_BLX_reg : A32_BX;
	if (m == R_PC && link)
		return false;
	out->rm = a32_src(out, m);
	return true;
}

/* ---- addresses, SP, extension, reversal ---------------------------------- */

bool t16_fmt_adr(uint32_t word, struct insn *out)
{
	out->op = A32_ADR;
	out->size = SIZE_W;
	out->rd = FLD(word, 10, 8);
	out->imm = 4 * FLD(word, 7, 0) + pc_base(out);
	return true;
}

bool t16_fmt_add_sp(uint32_t word, struct insn *out)
{
	a32_operand_imm(out, 4 * FLD(word, 7, 0), CARRY_KEPT);
	a32_alu(out, ALU_ADD, false, FLD(word, 10, 8), R_SP);
	return true;
}

bool t16_fmt_adjust_sp(uint32_t word, struct insn *out)
{
	a32_operand_imm(out, 4 * FLD(word, 6, 0), CARRY_KEPT);
	a32_alu(out, FLD(word, 7, 7) ? ALU_SUB : ALU_ADD, false, R_SP, R_SP);
	return true;
}

bool t16_fmt_extend(uint32_t word, struct insn *out)
{
	static const uint8_t kinds[4] = {EXTEND_SXTH, EXTEND_SXTB, EXTEND_UXTH,
					 EXTEND_UXTB};

	return a32_extend(out, kinds[FLD(word, 7, 6)], FLD(word, 2, 0), R_PC,
			  FLD(word, 5, 3), 0);
}

bool t16_fmt_rev(uint32_t word, struct insn *out)
{
	static const uint16_t ops[4] = {A64_REV_32, A64_REV16_int, 0,
					A32_REVSH};

	out->op = ops[FLD(word, 7, 6)];
	out->size = SIZE_W;
	out->rn = FLD(word, 5, 3);
	out->rd = FLD(word, 2, 0);
	return true;
}

/* ---- loads and stores ---------------------------------------------------- */

static bool ldst_imm(struct insn *out, bool load, enum a64_size size,
		     unsigned int t, unsigned int n, unsigned int imm)
{
	struct a32_address a = {.add = true,
				.index = true,
				.m = -1,
				.imm = imm << size,
				.pc = pc_base(out)};

	return a32_ldst(out, load ? LDST_LOAD : LDST_STORE, size, t, n, &a);
}

bool t16_fmt_ldr_lit(uint32_t word, struct insn *out)
{
	return ldst_imm(out, true, SIZE_W, FLD(word, 10, 8), R_PC,
			FLD(word, 7, 0));
}

bool t16_fmt_ldst_sp(uint32_t word, struct insn *out)
{
	return ldst_imm(out, FLD(word, 11, 11), SIZE_W, FLD(word, 10, 8), R_SP,
			FLD(word, 7, 0));
}

bool t16_fmt_ldst_imm5(uint32_t word, struct insn *out)
{
	enum a64_size size = FLD(word, 15, 15)   ? SIZE_H
			     : FLD(word, 12, 12) ? SIZE_B
						 : SIZE_W;

	return ldst_imm(out, FLD(word, 11, 11), size, FLD(word, 2, 0),
			FLD(word, 5, 3), FLD(word, 10, 6));
}

bool t16_fmt_ldst_reg(uint32_t word, struct insn *out)
{
	static const struct {
		uint8_t kind, size;
	} ops[8] = {
		{LDST_STORE, SIZE_W}, {LDST_STORE, SIZE_H},
		{LDST_STORE, SIZE_B}, {LDST_LOAD_SW, SIZE_B},
		{LDST_LOAD, SIZE_W},  {LDST_LOAD, SIZE_H},
		{LDST_LOAD, SIZE_B},  {LDST_LOAD_SW, SIZE_H},
	};
	unsigned int opc = FLD(word, 11, 9);
	struct a32_address a = {
		.add = true, .index = true, .m = FLD(word, 8, 6)};

	return a32_ldst(out, ops[opc].kind, ops[opc].size, FLD(word, 2, 0),
			FLD(word, 5, 3), &a);
}

bool t16_fmt_push(uint32_t word, struct insn *out)
{
	return a32_ldm(out, false, false, true, true, R_SP,
		       FLD(word, 7, 0) | FLD(word, 8, 8) << R_LR);
}

bool t16_fmt_pop(uint32_t word, struct insn *out)
{
	return a32_ldm(out, true, true, false, true, R_SP,
		       FLD(word, 7, 0) | FLD(word, 8, 8) << R_PC);
}

/* LDM writes back unless the base is in the list. */
bool t16_fmt_ldm(uint32_t word, struct insn *out)
{
	unsigned int n = FLD(word, 10, 8), list = FLD(word, 7, 0);
	bool load = FLD(word, 11, 11);

	return a32_ldm(out, load, true, false, !load || !(list >> n & 1), n,
		       list);
}

/* ---- branches, exceptions, hints, IT ------------------------------------- */

bool t16_fmt_cbz(uint32_t word, struct insn *out)
{
	out->op = FLD(word, 11, 11) ? A32_CBNZ : A32_CBZ;
	out->rn = FLD(word, 2, 0);
	out->imm = 4 + 2 * (FLD(word, 9, 9) << 5 | FLD(word, 7, 3));
	return !out->it;
}

/* With "always" it is UDF. */
bool t16_fmt_b_cond(uint32_t word, struct insn *out)
{
	if (FLD(word, 11, 8) == COND_AL)
		return false;
	out->op = A32_B;
	out->cond = 1 + FLD(word, 11, 8);
	out->imm = sext64(FLD(word, 7, 0) << 1, 9) + 4;
	return !out->it;
}

bool t16_fmt_b(uint32_t word, struct insn *out)
{
	out->op = A32_B;
	out->imm = sext64(FLD(word, 10, 0) << 1, 12) + 4;
	return true;
}

bool t16_fmt_svc(uint32_t word, struct insn *out)
{
	out->op = A32_SVC;
	out->imm = FLD(word, 7, 0);
	return true;
}

/* Whatever the condition. */
bool t16_fmt_bkpt(uint32_t word, struct insn *out)
{
	out->op = A32_BKPT;
	out->imm = FLD(word, 7, 0);
	out->cond = 0;
	return true;
}

/* imm: PSTATE.IT behind it. */
bool t16_fmt_it(uint32_t word, struct insn *out)
{
	unsigned int cond = FLD(word, 7, 4), mask = FLD(word, 3, 0);

	out->op = A32_IT;
	out->imm = FLD(word, 7, 0);
	/* NV is none, and of AL there is no other. */
	return cond != 15 && (cond != COND_AL || !(mask & (mask - 1))) &&
	       !out->it;
}

bool t16_fmt_hint(uint32_t word, struct insn *out)
{
	return a32_hint(out, FLD(word, 7, 4));
}

bool t16_fmt_cps(uint32_t word, struct insn *out)
{
	return a32_cps(out, 2 + FLD(word, 4, 4), false, FLD(word, 2, 0), 0);
}

bool t16_fmt_setend(uint32_t word, struct insn *out)
{
	out->op = A32_SETEND;
	out->imm = FLD(word, 3, 3);
	return !out->it;
}

bool t16_fmt_setpan(uint32_t word, struct insn *out)
{
	out->op = A32_SETPAN;
	out->imm = FLD(word, 3, 3);
	return !out->it;
}
