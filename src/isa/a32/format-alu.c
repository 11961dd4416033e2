/* SPDX-License-Identifier: MIT */
/*
 * Formats of integer data processing of A32 (Arm ARM F4.1.1), and what those of
 * T32 have in common with them: which operation an instruction is, by its
 * second operand and by whether it sets flags.
 */
#include "isa/a32/formats.h"

/* ---- the second operand -------------------------------------------------- */

void a32_operand_imm(struct insn *out, uint32_t imm, unsigned int carry)
{
	out->form = OPERAND_IMM;
	out->imm = imm;
	out->aux = carry;
}

/* DecodeImmShift(). */
void a32_operand_shift(struct insn *out, unsigned int m, unsigned int type,
		       unsigned int amount)
{
	out->rm = a32_src(out, m);
	out->aux = amount;
	if (amount) {
		out->form = OPERAND_LSL + type;
		return;
	}
	switch (type) {
	case 0: out->form = OPERAND_REG; break;
	case 3: out->form = A32_OPERAND_RRX; break;
	default: out->form = OPERAND_LSL + type; out->aux = 32;
	}
}

void a32_operand_reg(struct insn *out, unsigned int m, unsigned int type,
		     unsigned int s)
{
	out->rm = m;
	out->ra = s;
	out->form = A32_OPERAND_LSL_REG + type;
}

/* ---- which operation ----------------------------------------------------- */

/* The shifts of A64 are by less than 32. What the shifter carries is not asked
 * for. */
static void shift_as_a64(struct insn *out)
{
	if (out->aux != 32)
		return;
	if (out->form == OPERAND_LSR)
		a32_operand_imm(out, 0, CARRY_KEPT);
	else if (out->form == OPERAND_ASR)
		out->aux = 31;
}

static void addsub_as_a64(struct insn *out, bool sub, bool flags)
{
	bool imm = out->form == OPERAND_IMM;

	if (imm)
		out->op = sub ? (flags ? A64_SUBS_imm : A64_SUB_imm)
			      : (flags ? A64_ADDS_imm : A64_ADD_imm);
	else
		out->op = sub ? (flags ? A64_SUBS_shift : A64_SUB_shift)
			      : (flags ? A64_ADDS_shift : A64_ADD_shift);
	if (imm)
		out->aux = 0;
}

/* MOV, as A64's aliases have it. */
static void mov_as_a64(struct insn *out)
{
	out->rn = out->rm;
	switch (out->form) {
	case OPERAND_IMM: out->op = A64_MOVZ; break;
	case OPERAND_REG:
		out->op = A64_ORR_shift;
		out->rn = REG_ZR;
		break;
	case OPERAND_LSL:
		out->op = A64_UBFM;
		out->form = BITFIELD_LEFT;
		break;
	case OPERAND_LSR:
		out->op = A64_UBFM;
		out->form = BITFIELD_RIGHT;
		break;
	case OPERAND_ASR:
		out->op = A64_SBFM;
		out->form = BITFIELD_RIGHT;
		break;
	default: out->op = A64_EXTR; break;
	}
}

static void logical_as_a64(struct insn *out, enum a32_alu alu)
{
	bool imm = out->form == OPERAND_IMM;
	uint32_t inverted = ~(uint32_t)out->imm;

	switch (alu) {
	case ALU_AND: out->op = imm ? A64_AND_imm : A64_AND_shift; break;
	case ALU_EOR: out->op = imm ? A64_EOR_imm : A64_EOR_shift; break;
	case ALU_ORR: out->op = imm ? A64_ORR_imm : A64_ORR_shift; break;
	case ALU_BIC: out->op = imm ? A64_AND_imm : A64_BIC_shift; break;
	case ALU_ORN: out->op = imm ? A64_ORR_imm : A64_ORN_shift; break;
	case ALU_MVN:
		out->op = imm ? A64_MOVZ : A64_ORN_shift;
		out->rn = REG_ZR;
		break;
	default: mov_as_a64(out); break;
	}
	if (imm && (alu == ALU_BIC || alu == ALU_ORN || alu == ALU_MVN))
		out->imm = inverted;
	if (imm)
		out->aux = 0;
}

/* A reverse subtraction that is one of A64 with its operands exchanged. */
static bool reverse_as_a64(struct insn *out, bool flags)
{
	if (out->form == OPERAND_REG) {
		uint8_t n = out->rn;

		out->rn = out->rm;
		out->rm = n;
	} else if (out->form == OPERAND_IMM && !out->imm) {
		out->rm = out->rn;
		out->rn = REG_ZR;
		out->form = OPERAND_REG;
		out->aux = 0;
	} else {
		return false;
	}
	out->op = flags ? A64_SUBS_shift : A64_SUB_shift;
	return true;
}

static bool as_a64(struct insn *out, enum a32_alu alu, bool flags)
{
	switch (alu) {
	case ALU_ADD:
	case ALU_SUB:
		shift_as_a64(out);
		if (out->form > OPERAND_ASR)
			return false;
		addsub_as_a64(out, alu == ALU_SUB, flags);
		return true;
	case ALU_RSB: shift_as_a64(out); return reverse_as_a64(out, flags);
	case ALU_ADC:
	case ALU_SBC:
		if (out->form != OPERAND_REG)
			return false;
		out->op = alu == ALU_ADC ? (flags ? A64_ADCS : A64_ADC)
					 : (flags ? A64_SBCS : A64_SBC);
		return true;
	case ALU_RSC: return false;
	default:
		if (flags)
			return false;
		shift_as_a64(out);
		if (out->form > OPERAND_ROR)
			return false;
		logical_as_a64(out, alu);
		return true;
	}
}

void a32_alu(struct insn *out, enum a32_alu alu, bool flags, uint8_t rd,
	     uint8_t rn)
{
	out->size = SIZE_W;
	out->rd = rd;
	out->rn = rn;
	if (!as_a64(out, alu, flags))
		out->op = A32_AND + 2 * alu + flags;
}

/* ---- A32 ----------------------------------------------------------------- */

/* The opcodes; those that compare write nothing. */
static bool dp(uint32_t word, struct insn *out)
{
	static const uint8_t alus[16] = {
		ALU_AND, ALU_EOR, ALU_SUB, ALU_RSB, ALU_ADD, ALU_ADC,
		ALU_SBC, ALU_RSC, ALU_AND, ALU_EOR, ALU_SUB, ALU_ADD,
		ALU_ORR, ALU_MOV, ALU_BIC, ALU_MVN,
	};
	unsigned int opc = FLD(word, 24, 21), d = FLD(word, 15, 12);
	unsigned int n = FLD(word, 19, 16);
	bool flags = FLD(word, 20, 20), compares = opc >= 8 && opc <= 11;
	bool moves = opc == 13 || opc == 15;
	uint8_t rd, rn;

	/* With flags to R15, those that SPSR has. */
	if (flags && d == R_PC && !compares) {
		rd = a32_dst(out, d, PC_RETURN);
		flags = false;
	} else {
		rd = compares ? REG_SINK : a32_dst(out, d, PC_INTERWORKING);
	}
	rn = moves ? REG_ZR : a32_src(out, n);
	a32_alu(out, alus[opc], flags, rd, rn);
	return true;
}

/* A32ExpandImm_C(). */
bool a32_fmt_dp_imm(uint32_t word, struct insn *out)
{
	uint32_t imm = FLD(word, 7, 0);
	unsigned int by = 2 * FLD(word, 11, 8);

	if (by)
		imm = imm >> by | imm << (32 - by);
	a32_operand_imm(out, imm, by ? imm >> 31 : CARRY_KEPT);
	return dp(word, out);
}

bool a32_fmt_dp_shift(uint32_t word, struct insn *out)
{
	a32_operand_shift(out, FLD(word, 3, 0), FLD(word, 6, 5),
			  FLD(word, 11, 7));
	return dp(word, out);
}

bool a32_fmt_dp_rsr(uint32_t word, struct insn *out)
{
	unsigned int m = FLD(word, 3, 0), s = FLD(word, 11, 8);

	if (m == R_PC || s == R_PC ||
	    a32_any_pc(FLD(word, 19, 16), FLD(word, 15, 12), 0))
		return false;
	a32_operand_reg(out, m, FLD(word, 6, 5), s);
	return dp(word, out);
}

bool a32_fmt_movw(uint32_t word, struct insn *out)
{
	out->op = A64_MOVZ;
	out->size = SIZE_W;
	out->rd = FLD(word, 15, 12);
	out->imm = FLD(word, 19, 16) << 12 | FLD(word, 11, 0);
	return out->rd != R_PC;
}

bool a32_fmt_movt(uint32_t word, struct insn *out)
{
	bool ok = a32_fmt_movw(word, out);

	out->op = A64_MOVK;
	out->imm <<= 16;
	out->aux = 16;
	return ok;
}

/* ---- multiplication ------------------------------------------------------ */

bool a32_fmt_mul(uint32_t word, struct insn *out)
{
	unsigned int a = FLD(word, 15, 12);

	/* MUL has zero there, and no R15 at all. */
	if (a == R_PC && FLD(word, 21, 21))
		return false;
	return a32_multiply(out, false, FLD(word, 20, 20), FLD(word, 19, 16),
			    FLD(word, 3, 0), FLD(word, 11, 8),
			    FLD(word, 21, 21) ? a : R_PC);
}

bool a32_fmt_mls(uint32_t word, struct insn *out)
{
	return FLD(word, 15, 12) != R_PC &&
	       a32_multiply(out, true, false, FLD(word, 19, 16),
			    FLD(word, 3, 0), FLD(word, 11, 8),
			    FLD(word, 15, 12));
}

static bool mull(uint32_t word, struct insn *out, enum a64_op op,
		 unsigned int aux)
{
	return a32_multiply_long(out, op, aux, FLD(word, 15, 12),
				 FLD(word, 19, 16), FLD(word, 3, 0),
				 FLD(word, 11, 8));
}

bool a32_fmt_umaal(uint32_t word, struct insn *out)
{
	return mull(word, out, A32_UMAAL, 0);
}

bool a32_fmt_mull(uint32_t word, struct insn *out)
{
	static const uint16_t ops[4] = {A32_UMULL, A32_UMLAL, A32_SMULL,
					A32_SMLAL};

	return mull(word, out, ops[FLD(word, 22, 21)], FLD(word, 20, 20));
}

static bool half_multiply(uint32_t word, struct insn *out, enum a64_op op,
			  unsigned int aux, bool add)
{
	unsigned int a = FLD(word, 15, 12);

	if (add && a == R_PC)
		return false;
	return a32_multiply_media(out, op, aux, FLD(word, 19, 16),
				  FLD(word, 3, 0), FLD(word, 11, 8),
				  add ? a : R_PC);
}

bool a32_fmt_smla_half(uint32_t word, struct insn *out)
{
	return half_multiply(word, out, A32_SMLA_half, FLD(word, 6, 5),
			     !FLD(word, 22, 22));
}

bool a32_fmt_smlaw(uint32_t word, struct insn *out)
{
	return half_multiply(word, out, A32_SMLAW,
			     FLD(word, 6, 6) ? HALF_M_TOP : 0,
			     !FLD(word, 5, 5));
}

bool a32_fmt_smlal_half(uint32_t word, struct insn *out)
{
	return mull(word, out, A32_SMLAL_half, FLD(word, 6, 5));
}

/* ---- saturation, one source, CRC32 --------------------------------------- */

bool a32_fmt_qadd(uint32_t word, struct insn *out)
{
	out->aux = FLD(word, 22, 21); /* enum a32_qadd */
	return a32_3regs(out, A32_QADD, FLD(word, 15, 12), FLD(word, 3, 0),
			 FLD(word, 19, 16));
}

/* CLZ, REV, REV16, RBIT, REVSH: one source, in rn. */
bool a32_fmt_1src(uint32_t word, struct insn *out)
{
	out->size = SIZE_W;
	out->rd = FLD(word, 15, 12);
	out->rn = FLD(word, 3, 0);
	switch (FLD(word, 27, 20) << 4 | FLD(word, 7, 4)) {
	case 0x161: out->op = A64_CLZ_int; break;
	case 0x6b3: out->op = A64_REV_32; break;
	case 0x6bb: out->op = A64_REV16_int; break;
	case 0x6f3: out->op = A64_RBIT_int; break;
	default: out->op = A32_REVSH; break;
	}
	return !a32_any_pc(out->rd, out->rn, 0);
}

bool a32_fmt_crc32(uint32_t word, struct insn *out)
{
	bool ok = a32_3regs(out, FLD(word, 9, 9) ? A64_CRC32C : A64_CRC32,
			    FLD(word, 15, 12), FLD(word, 19, 16),
			    FLD(word, 3, 0));

	out->size = FLD(word, 22, 21);
	return ok && out->size <= SIZE_W && !out->cond;
}
