/* SPDX-License-Identifier: MIT */
/*
 * The second operand of additions, subtractions and logical operations, of 32
 * or 64 bits: int-32.c and int-64.c include it after uintX, intX and BITS.
 */

static inline uintX operand_imm(const struct cpu *cpu, const struct insn *i)
{
	return i->imm;
}

static inline uintX operand_reg(const struct cpu *cpu, const struct insn *i)
{
	return cpu->x[i->rm];
}

static inline uintX operand_lsl(const struct cpu *cpu, const struct insn *i)
{
	return (uintX)cpu->x[i->rm] << i->aux;
}

static inline uintX operand_lsr(const struct cpu *cpu, const struct insn *i)
{
	return (uintX)cpu->x[i->rm] >> i->aux;
}

static inline uintX operand_asr(const struct cpu *cpu, const struct insn *i)
{
	return (intX)cpu->x[i->rm] >> i->aux;
}

static inline uintX operand_ror(const struct cpu *cpu, const struct insn *i)
{
	uintX m = cpu->x[i->rm];

	return m >> i->aux | m << (BITS - i->aux);
}

static inline uintX operand_uxt(const struct cpu *cpu, const struct insn *i)
{
	return shift_field_u(cpu->x[i->rm], i->aux);
}

static inline uintX operand_sxt(const struct cpu *cpu, const struct insn *i)
{
	return shift_field_s(cpu->x[i->rm], i->aux);
}
