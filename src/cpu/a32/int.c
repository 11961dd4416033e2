/* SPDX-License-Identifier: MIT */
/*
 * Integer data processing of AArch32 that is not A64's (Arm ARM F5.1): what takes
 * the shifter's carry, reverse subtraction, and operands that A64 lacks. The
 * hot ones, with an immediate or a register and flags, have bodies of their
 * own; the rest is done by its operands.
 */
#include "cpu/a32/chain.h"
#include "cpu/bodies.h"
#include "cpu/host-flags.h"
#include "isa/a32/operands.h"

/* ---- the shifter (Shift_C()) --------------------------------------------- */

struct shifted {
	uint32_t val;
	bool carry;
};

static inline struct shifted shift_lsl(uint32_t x, unsigned int by)
{
	uint64_t r = (uint64_t)x << (by < 33 ? by : 33);

	return (struct shifted){(uint32_t)r, r >> 32 & 1};
}

static inline struct shifted shift_lsr(uint32_t x, unsigned int by)
{
	uint64_t r = ((uint64_t)x << 1) >> (by < 33 ? by : 33);

	return (struct shifted){(uint32_t)(r >> 1), r & 1};
}

static inline struct shifted shift_asr(uint32_t x, unsigned int by)
{
	int64_t r = ((int64_t)(int32_t)x * 2) >> (by < 32 ? by : 32);

	return (struct shifted){(uint32_t)(r >> 1), r & 1};
}

static inline struct shifted shift_ror(uint32_t x, unsigned int by)
{
	uint32_t r = x >> (by & 31) | x << (-by & 31);

	return (struct shifted){r, r >> 31};
}

/* By a register an amount of 0 keeps the carry, others are of a byte. */
static struct shifted shift_by_reg(const struct cpu *cpu, const struct insn *i)
{
	uint32_t x = cpu->x[i->rm];
	unsigned int by = cpu->x[i->ra] & 0xff;

	if (!by)
		return (struct shifted){x, cpu->c};
	switch (i->form) {
	case A32_OPERAND_LSL_REG: return shift_lsl(x, by);
	case A32_OPERAND_LSR_REG: return shift_lsr(x, by);
	case A32_OPERAND_ASR_REG: return shift_asr(x, by);
	case A32_OPERAND_ROR_REG:
	default: return shift_ror(x, by);
	}
}

static struct shifted operand(const struct cpu *cpu, const struct insn *i)
{
	uint32_t m = cpu->x[i->rm];

	switch (i->form) {
	case OPERAND_IMM:
		return (struct shifted){i->imm,
					i->aux == CARRY_KEPT ? cpu->c : i->aux};
	case OPERAND_REG: return (struct shifted){m, cpu->c};
	case OPERAND_LSL: return shift_lsl(m, i->aux);
	case OPERAND_LSR: return shift_lsr(m, i->aux);
	case OPERAND_ASR: return shift_asr(m, i->aux);
	case OPERAND_ROR: return shift_ror(m, i->aux);
	case A32_OPERAND_RRX:
		return (struct shifted){m >> 1 | (uint32_t)cpu->c << 31, m & 1};
	default: return shift_by_reg(cpu, i);
	}
}

/* ---- any operation, any operand ------------------------------------------ */

static uint32_t logical(enum a32_alu alu, uint32_t n, uint32_t m)
{
	switch (alu) {
	case ALU_AND: return n & m;
	case ALU_EOR: return n ^ m;
	case ALU_ORR: return n | m;
	case ALU_MOV: return m;
	case ALU_BIC: return n & ~m;
	case ALU_MVN: return ~m;
	default: return n | ~m;
	}
}

/* AddWithCarry(), with the flags if @flags. */
static uint32_t add_with_carry(struct cpu *cpu, uint32_t x, uint32_t y,
			       uint32_t carry, bool flags)
{
	uint64_t u = (uint64_t)x + y + carry;
	uint32_t r = (uint32_t)u;

	if (flags) {
		cpu->c = u >> 32;
		cpu->v = ((x ^ r) & (y ^ r)) >> 31;
		set_nz32(cpu, r);
	}
	return r;
}

static uint32_t arithmetic(struct cpu *cpu, enum a32_alu alu, uint32_t n,
			   uint32_t m, bool flags)
{
	switch (alu) {
	case ALU_SUB: return add_with_carry(cpu, n, ~m, 1, flags);
	case ALU_RSB: return add_with_carry(cpu, ~n, m, 1, flags);
	case ALU_ADD: return add_with_carry(cpu, n, m, 0, flags);
	case ALU_ADC: return add_with_carry(cpu, n, m, cpu->c, flags);
	case ALU_SBC: return add_with_carry(cpu, n, ~m, cpu->c, flags);
	default: return add_with_carry(cpu, ~n, m, cpu->c, flags); /* RSC */
	}
}

static void exec_alu(struct cpu *cpu, const struct insn *i)
{
	enum a32_alu alu = (i->op - A32_AND) / 2;
	bool flags = (i->op - A32_AND) & 1;
	struct shifted m = operand(cpu, i);
	uint32_t n = cpu->x[i->rn];

	if (alu >= ALU_SUB && alu <= ALU_RSC) {
		cpu->x[i->rd] = arithmetic(cpu, alu, n, m.val, flags);
		NEXT;
	}
	cpu->x[i->rd] = logical(alu, n, m.val);
	if (flags) {
		set_nz32(cpu, cpu->x[i->rd]);
		cpu->c = m.carry;
	}
	NEXT;
}

/* ---- logical with flags, carry kept -------------------------------------- */

static ALWAYS_INLINE void logical_kept(struct cpu *cpu, const struct insn *i,
				       enum a32_alu alu, uint32_t m)
{
	uint32_t r = logical(alu, cpu->x[i->rn], m);

	cpu->x[i->rd] = r;
	set_nz32(cpu, r);
}

static void exec_ands_imm(struct cpu *cpu, const struct insn *i)
{
	logical_kept(cpu, i, ALU_AND, i->imm);
	NEXT;
}

static void exec_ands_reg(struct cpu *cpu, const struct insn *i)
{
	logical_kept(cpu, i, ALU_AND, cpu->x[i->rm]);
	NEXT;
}

static void exec_eors_imm(struct cpu *cpu, const struct insn *i)
{
	logical_kept(cpu, i, ALU_EOR, i->imm);
	NEXT;
}

static void exec_eors_reg(struct cpu *cpu, const struct insn *i)
{
	logical_kept(cpu, i, ALU_EOR, cpu->x[i->rm]);
	NEXT;
}

static void exec_orrs_imm(struct cpu *cpu, const struct insn *i)
{
	logical_kept(cpu, i, ALU_ORR, i->imm);
	NEXT;
}

static void exec_orrs_reg(struct cpu *cpu, const struct insn *i)
{
	logical_kept(cpu, i, ALU_ORR, cpu->x[i->rm]);
	NEXT;
}

static void exec_movs_imm(struct cpu *cpu, const struct insn *i)
{
	logical_kept(cpu, i, ALU_MOV, i->imm);
	NEXT;
}

static void exec_movs_reg(struct cpu *cpu, const struct insn *i)
{
	logical_kept(cpu, i, ALU_MOV, cpu->x[i->rm]);
	NEXT;
}

static void exec_bics_imm(struct cpu *cpu, const struct insn *i)
{
	logical_kept(cpu, i, ALU_BIC, i->imm);
	NEXT;
}

static void exec_bics_reg(struct cpu *cpu, const struct insn *i)
{
	logical_kept(cpu, i, ALU_BIC, cpu->x[i->rm]);
	NEXT;
}

static void exec_mvns_imm(struct cpu *cpu, const struct insn *i)
{
	logical_kept(cpu, i, ALU_MVN, i->imm);
	NEXT;
}

static void exec_mvns_reg(struct cpu *cpu, const struct insn *i)
{
	logical_kept(cpu, i, ALU_MVN, cpu->x[i->rm]);
	NEXT;
}

/* ---- moves with a shift -------------------------------------------------- */

static void exec_lsls_imm(struct cpu *cpu, const struct insn *i)
{
	struct shifted m = shift_lsl(cpu->x[i->rm], i->aux);

	cpu->x[i->rd] = m.val;
	set_nz32(cpu, m.val);
	cpu->c = m.carry;
	NEXT;
}

static void exec_lsrs_imm(struct cpu *cpu, const struct insn *i)
{
	struct shifted m = shift_lsr(cpu->x[i->rm], i->aux);

	cpu->x[i->rd] = m.val;
	set_nz32(cpu, m.val);
	cpu->c = m.carry;
	NEXT;
}

static void exec_asrs_imm(struct cpu *cpu, const struct insn *i)
{
	struct shifted m = shift_asr(cpu->x[i->rm], i->aux);

	cpu->x[i->rd] = m.val;
	set_nz32(cpu, m.val);
	cpu->c = m.carry;
	NEXT;
}

static void exec_lsl_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = shift_lsl(cpu->x[i->rm], cpu->x[i->ra] & 0xff).val;
	NEXT;
}

static void exec_lsr_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = shift_lsr(cpu->x[i->rm], cpu->x[i->ra] & 0xff).val;
	NEXT;
}

/* ---- addresses ----------------------------------------------------------- */

static void exec_rsb_imm(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uint32_t)(i->imm - cpu->x[i->rn]);
	NEXT;
}

static void exec_adr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uint32_t)(insn_pc(cpu, i) + i->imm);
	NEXT;
}

/* ---- the choice ---------------------------------------------------------- */

static insn_fn *mov_body(const struct insn *i)
{
	bool flags = i->op == A32_MOVS;

	switch (i->form) {
	case OPERAND_LSL: return flags ? exec_lsls_imm : NULL;
	case OPERAND_LSR: return flags ? exec_lsrs_imm : NULL;
	case OPERAND_ASR: return flags ? exec_asrs_imm : NULL;
	case A32_OPERAND_LSL_REG: return flags ? NULL : exec_lsl_reg;
	case A32_OPERAND_LSR_REG: return flags ? NULL : exec_lsr_reg;
	default: return NULL;
	}
}

/* Carry kept. */
static insn_fn *kept_body(const struct insn *i)
{
	bool imm = i->form == OPERAND_IMM;

	switch (i->op) {
	case A32_ANDS: return imm ? exec_ands_imm : exec_ands_reg;
	case A32_EORS: return imm ? exec_eors_imm : exec_eors_reg;
	case A32_ORRS: return imm ? exec_orrs_imm : exec_orrs_reg;
	case A32_MOVS: return imm ? exec_movs_imm : exec_movs_reg;
	case A32_BICS: return imm ? exec_bics_imm : exec_bics_reg;
	case A32_MVNS: return imm ? exec_mvns_imm : exec_mvns_reg;
	case A32_RSB: return imm ? exec_rsb_imm : NULL;
	default: return NULL;
	}
}

insn_fn *a32_int_body(const struct insn *i)
{
	insn_fn *fn = NULL;

	if (i->op == A32_ADR)
		return exec_adr;
	if (i->op > A32_ADR)
		return NULL;
	if (i->op == A32_MOV || i->op == A32_MOVS)
		fn = mov_body(i);
	if (!fn && (i->form == OPERAND_REG ||
		    (i->form == OPERAND_IMM &&
		     (i->aux == CARRY_KEPT || i->op == A32_RSB))))
		fn = kept_body(i);
	return fn ?: exec_alu;
}
