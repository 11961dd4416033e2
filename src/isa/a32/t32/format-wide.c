/* SPDX-License-Identifier: MIT */
/*
 * Formats of T32 instructions of 32 bits (Arm ARM F3.1.3) but for loads, stores
 * and branches. The fields of most lie as in the A32 encoding of the same, in
 * other places.
 */
#include "isa/a32/formats.h"

static unsigned int field_d(uint32_t word)
{
	return FLD(word, 11, 8);
}

static unsigned int field_n(uint32_t word)
{
	return FLD(word, 19, 16);
}

static unsigned int field_m(uint32_t word)
{
	return FLD(word, 3, 0);
}

static unsigned int field_a(uint32_t word)
{
	return FLD(word, 15, 12);
}

static unsigned int imm3_imm2(uint32_t word)
{
	return FLD(word, 14, 12) << 2 | FLD(word, 7, 6);
}

static unsigned int i_imm3_imm8(uint32_t word)
{
	return FLD(word, 26, 26) << 11 | FLD(word, 14, 12) << 8 |
	       FLD(word, 7, 0);
}

/* ---- data processing ----------------------------------------------------- */

/* By opcode. R15 as Rd with flags compares, as Rn moves. */
static bool dp(uint32_t word, struct insn *out)
{
	static const uint8_t alus[16] = {
		[0] = ALU_AND,  [1] = ALU_BIC,  [2] = ALU_ORR,  [3] = ALU_ORN,
		[4] = ALU_EOR,  [8] = ALU_ADD,  [10] = ALU_ADC, [11] = ALU_SBC,
		[13] = ALU_SUB, [14] = ALU_RSB,
	};
	unsigned int opc = FLD(word, 24, 21), n = field_n(word);
	unsigned int d = field_d(word);
	bool flags = FLD(word, 20, 20);
	bool compares = d == R_PC && flags &&
			(opc == 0 || opc == 4 || opc == 8 || opc == 13);
	enum a32_alu alu = alus[opc];

	if (n == R_PC && (opc == 2 || opc == 3)) {
		alu = opc == 2 ? ALU_MOV : ALU_MVN;
		n = REG_ZR;
	}
	if (n == R_PC || (d == R_PC && !compares))
		return false;
	a32_alu(out, alu, flags, compares ? REG_SINK : d, n);
	return true;
}

bool t32_fmt_dp_shift(uint32_t word, struct insn *out)
{
	if (field_m(word) == R_PC)
		return false;
	a32_operand_shift(out, field_m(word), FLD(word, 5, 4), imm3_imm2(word));
	return dp(word, out);
}

/* ThumbExpandImm_C(). */
bool t32_fmt_dp_imm(uint32_t word, struct insn *out)
{
	uint32_t field = i_imm3_imm8(word), imm = field & 0xff;
	unsigned int by = field >> 7;

	if (field >> 10) {
		imm |= 0x80;
		imm = imm >> by | imm << (32 - by);
		a32_operand_imm(out, imm, imm >> 31);
		return dp(word, out);
	}
	switch (field >> 8) {
	case 1: imm |= imm << 16; break;
	case 2: imm = imm << 8 | imm << 24; break;
	case 3: imm *= 0x01010101; break;
	}
	if (field >> 8 && !(field & 0xff))
		return false;
	a32_operand_imm(out, imm, CARRY_KEPT);
	return dp(word, out);
}

bool t32_fmt_addw(uint32_t word, struct insn *out)
{
	if (field_d(word) == R_PC)
		return false;
	a32_operand_imm(out, i_imm3_imm8(word), CARRY_KEPT);
	a32_alu(out, FLD(word, 23, 23) ? ALU_SUB : ALU_ADD, false,
		field_d(word), field_n(word));
	return true;
}

bool t32_fmt_adr(uint32_t word, struct insn *out)
{
	int64_t imm = i_imm3_imm8(word);

	out->op = A32_ADR;
	out->size = SIZE_W;
	out->rd = field_d(word);
	out->imm = (FLD(word, 23, 23) ? -imm : imm) + 4 - (out->pgoff & 2);
	return out->rd != R_PC;
}

bool t32_fmt_movw(uint32_t word, struct insn *out)
{
	out->op = A64_MOVZ;
	out->size = SIZE_W;
	out->rd = field_d(word);
	out->imm = field_n(word) << 12 | i_imm3_imm8(word);
	return out->rd != R_PC;
}

bool t32_fmt_movt(uint32_t word, struct insn *out)
{
	bool ok = t32_fmt_movw(word, out);

	out->op = A64_MOVK;
	out->imm <<= 16;
	out->aux = 16;
	return ok;
}

bool t32_fmt_sat(uint32_t word, struct insn *out)
{
	unsigned int to = FLD(word, 4, 0), amount = imm3_imm2(word);
	bool sign = !FLD(word, 23, 23), asr = FLD(word, 21, 21);

	if (asr && !amount) { /* of halfwords */
		out->imm = to + sign;
		return to < 16 && a32_3regs(out, sign ? A32_SSAT16 : A32_USAT16,
					    field_d(word), field_n(word), 0);
	}
	return a32_sat(out, sign, field_d(word), field_n(word), to + sign, asr,
		       amount);
}

bool t32_fmt_bfx(uint32_t word, struct insn *out)
{
	return a32_bfx(out, !FLD(word, 23, 23), field_d(word), field_n(word),
		       imm3_imm2(word), FLD(word, 4, 0) + 1);
}

bool t32_fmt_bfi(uint32_t word, struct insn *out)
{
	return a32_bfi(out, field_d(word), field_n(word), imm3_imm2(word),
		       FLD(word, 4, 0));
}

/* ---- registers ----------------------------------------------------------- */

bool t32_fmt_shift_reg(uint32_t word, struct insn *out)
{
	unsigned int d = field_d(word), n = field_n(word), m = field_m(word);

	if (a32_any_pc(d, n, m))
		return false;
	a32_operand_reg(out, n, FLD(word, 22, 21), m);
	a32_alu(out, ALU_MOV, FLD(word, 20, 20), d, REG_ZR);
	return true;
}

bool t32_fmt_pkh(uint32_t word, struct insn *out)
{
	bool tb = FLD(word, 5, 5);

	a32_operand_shift(out, field_m(word), tb ? 2 : 0, imm3_imm2(word));
	out->imm = tb;
	return a32_3regs(out, A32_PKH, field_d(word), field_n(word),
			 field_m(word));
}

bool t32_fmt_extend(uint32_t word, struct insn *out)
{
	static const uint8_t kinds[6] = {EXTEND_SXTH,   EXTEND_UXTH,
					 EXTEND_SXTB16, EXTEND_UXTB16,
					 EXTEND_SXTB,   EXTEND_UXTB};

	return a32_extend(out, kinds[FLD(word, 22, 20)], field_d(word),
			  field_n(word), field_m(word), 8 * FLD(word, 5, 4));
}

bool t32_fmt_parallel(uint32_t word, struct insn *out)
{
	static const uint8_t ops[8] = {
		PARALLEL_ADD8, PARALLEL_ADD16, PARALLEL_ASX, 0xff,
		PARALLEL_SUB8, PARALLEL_SUB16, PARALLEL_SAX, 0xff,
	};

	out->form = FLD(word, 6, 4) + 1;
	out->aux = ops[FLD(word, 22, 20)];
	return out->aux != 0xff && a32_3regs(out, A32_PARALLEL, field_d(word),
					     field_n(word), field_m(word));
}

bool t32_fmt_qadd(uint32_t word, struct insn *out)
{
	out->aux =
		FLD(word, 4, 4) * QADD_DOUBLE | FLD(word, 5, 5) * QADD_SUBTRACT;
	return a32_3regs(out, A32_QADD, field_d(word), field_m(word),
			 field_n(word));
}

/* Both fields name the source. */
bool t32_fmt_1src(uint32_t word, struct insn *out)
{
	static const uint16_t ops[4] = {A64_REV_32, A64_REV16_int, A64_RBIT_int,
					A32_REVSH};

	return field_n(word) == field_m(word) &&
	       a32_3regs(out,
			 FLD(word, 21, 21) ? A64_CLZ_int : ops[FLD(word, 5, 4)],
			 field_d(word), field_m(word), 0);
}

bool t32_fmt_sel(uint32_t word, struct insn *out)
{
	return a32_3regs(out, A32_SEL, field_d(word), field_n(word),
			 field_m(word));
}

bool t32_fmt_crc32(uint32_t word, struct insn *out)
{
	bool ok = a32_3regs(out, FLD(word, 20, 20) ? A64_CRC32C : A64_CRC32,
			    field_d(word), field_n(word), field_m(word));

	out->size = FLD(word, 5, 4);
	return ok && out->size <= SIZE_W && !out->it;
}

/* ---- multiplication ------------------------------------------------------ */

bool t32_fmt_mla(uint32_t word, struct insn *out)
{
	bool subtract = FLD(word, 4, 4);

	if (subtract && field_a(word) == R_PC)
		return false;
	return a32_multiply(out, subtract, false, field_d(word), field_n(word),
			    field_m(word), field_a(word));
}

static bool media(uint32_t word, struct insn *out, enum a64_op op,
		  unsigned int aux)
{
	return a32_multiply_media(out, op, aux, field_d(word), field_n(word),
				  field_m(word), field_a(word));
}

/* N is the upper bit of the two, as A32 has it the lower. */
static unsigned int halves(uint32_t word)
{
	return (FLD(word, 5, 5) ? HALF_N_TOP : 0) |
	       (FLD(word, 4, 4) ? HALF_M_TOP : 0);
}

bool t32_fmt_smla_half(uint32_t word, struct insn *out)
{
	return media(word, out, A32_SMLA_half, halves(word));
}

bool t32_fmt_smlad(uint32_t word, struct insn *out)
{
	return media(word, out, A32_SMLAD,
		     FLD(word, 22, 22) << 1 | FLD(word, 4, 4));
}

bool t32_fmt_smlaw(uint32_t word, struct insn *out)
{
	return media(word, out, A32_SMLAW, halves(word));
}

bool t32_fmt_smmla(uint32_t word, struct insn *out)
{
	bool subtract = FLD(word, 21, 21);

	if (subtract && field_a(word) == R_PC)
		return false;
	return media(word, out, A32_SMMLA, subtract << 1 | FLD(word, 4, 4));
}

bool t32_fmt_usada8(uint32_t word, struct insn *out)
{
	return media(word, out, A32_USADA8, 0);
}

bool t32_fmt_div(uint32_t word, struct insn *out)
{
	return a32_3regs(out, FLD(word, 21, 21) ? A64_UDIV : A64_SDIV,
			 field_d(word), field_n(word), field_m(word));
}

bool t32_fmt_mull(uint32_t word, struct insn *out)
{
	unsigned int aux = 0;
	enum a64_op op;

	switch (FLD(word, 22, 20) << 4 | FLD(word, 7, 4)) {
	case 0x00: op = A32_SMULL; break;
	case 0x20: op = A32_UMULL; break;
	case 0x40: op = A32_SMLAL; break;
	case 0x60: op = A32_UMLAL; break;
	case 0x66: op = A32_UMAAL; break;
	case 0x48:
	case 0x49:
	case 0x4a:
	case 0x4b:
		op = A32_SMLAL_half;
		aux = halves(word);
		break;
	default:
		op = A32_SMLALD;
		aux = FLD(word, 20, 20) << 1 | FLD(word, 4, 4);
		break;
	}
	return a32_multiply_long(out, op, aux, field_a(word), field_d(word),
				 field_n(word), field_m(word));
}
