/* SPDX-License-Identifier: MIT */
/*
 * Scalar floating-point data processing: one, two and three sources, compare,
 * conditional compare and select, moves (Arm ARM C4.1, "Data Processing --
 * Scalar Floating-Point"). Conversions are in fp-scalar-convert.c.
 *
 * Bodies come in pairs, _s and _d; the row names the first and the format
 * function takes the second for ftype 01. Half precision is UNDEFINED.
 */
#include "cpu/fp-ops.h"
#include "isa/a64/formats.h"

/* ---- moves -------------------------------------------------------------- */

void exec_fp_mov_imm(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put_d(cpu, i->rd, (uint64_t)i->imm);
	NEXT;
}

/* VFPExpandImm: sign, NOT(b6) : b6 repeated : exponent, 4 bits of fraction. */
bool fmt_fp_mov_imm(uint32_t word, struct insn *out)
{
	unsigned int imm8 = FLD(word, 20, 13);
	uint64_t sign = imm8 >> 7, b6 = imm8 >> 6 & 1, low = imm8 & 0x3f;

	if (FLD(word, 23, 22) > 1)
		return false;
	out->rd = FLD(word, 4, 0);
	if (FLD(word, 22, 22))
		out->imm = (int64_t)(sign << 63 | (b6 ^ 1) << 62 |
				     (b6 ? GENMASK(61, 54) : 0) | low << 48);
	else
		out->imm = (int64_t)(sign << 31 | (b6 ^ 1) << 30 |
				     (b6 ? GENMASK(29, 25) : 0) | low << 19);
	return true;
}

void exec_fp_mov_w_s(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = cpu->vreg[i->rn].s[0];
	NEXT;
}

void exec_fp_mov_x_d(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = cpu->vreg[i->rn].d[0];
	NEXT;
}

void exec_fp_mov_x_d1(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = cpu->vreg[i->rn].d[1];
	NEXT;
}

bool fmt_fp_to_gpr(uint32_t word, struct insn *out)
{
	out->rd = reg_dst(FLD(word, 4, 0));
	out->rn = FLD(word, 9, 5);
	return true;
}

void exec_fp_mov_s_w(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put_s(cpu, i->rd, (uint32_t)cpu->x[i->rn]);
	NEXT;
}

void exec_fp_mov_d_x(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put_d(cpu, i->rd, cpu->x[i->rn]);
	NEXT;
}

void exec_fp_mov_d1_x(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->vreg[i->rd].d[1] = cpu->x[i->rn];
	NEXT;
}

bool fmt_fp_from_gpr(uint32_t word, struct insn *out)
{
	out->rd = FLD(word, 4, 0);
	out->rn = reg_src(FLD(word, 9, 5));
	return true;
}
