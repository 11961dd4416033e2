/* SPDX-License-Identifier: MIT */
/*
 * Bodies of the logical operations, one for each kind of second operand (enum
 * a64_operand), of 32 or 64 bits: int-32.c and int-64.c include it after uintX,
 * intX and set_nz(). With XZR as destination ANDS is TST: it writes the sink.
 */

static inline uintX set_logical_flags(struct cpu *cpu, uintX r)
{
	cpu->c = 0;
	cpu->v = 0;
	set_nz(cpu, r);
	return r;
}

/* ---- AND ----------------------------------------------------------------- */

static void exec_and_imm(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] & operand_imm(cpu, i));
	NEXT;
}

static void exec_and_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] & operand_reg(cpu, i));
	NEXT;
}

static void exec_and_lsl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] & operand_lsl(cpu, i));
	NEXT;
}

static void exec_and_lsr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] & operand_lsr(cpu, i));
	NEXT;
}

static void exec_and_asr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] & operand_asr(cpu, i));
	NEXT;
}

static void exec_and_ror(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] & operand_ror(cpu, i));
	NEXT;
}

static insn_fn *const and_bodies[NR_OPERANDS] = {
	[OPERAND_IMM] = exec_and_imm, [OPERAND_REG] = exec_and_reg,
	[OPERAND_LSL] = exec_and_lsl, [OPERAND_LSR] = exec_and_lsr,
	[OPERAND_ASR] = exec_and_asr, [OPERAND_ROR] = exec_and_ror,
};

/* ---- BIC ----------------------------------------------------------------- */

static void exec_bic_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] & ~operand_reg(cpu, i));
	NEXT;
}

static void exec_bic_lsl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] & ~operand_lsl(cpu, i));
	NEXT;
}

static void exec_bic_lsr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] & ~operand_lsr(cpu, i));
	NEXT;
}

static void exec_bic_asr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] & ~operand_asr(cpu, i));
	NEXT;
}

static void exec_bic_ror(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] & ~operand_ror(cpu, i));
	NEXT;
}

static insn_fn *const bic_bodies[NR_OPERANDS] = {
	[OPERAND_REG] = exec_bic_reg, [OPERAND_LSL] = exec_bic_lsl,
	[OPERAND_LSR] = exec_bic_lsr, [OPERAND_ASR] = exec_bic_asr,
	[OPERAND_ROR] = exec_bic_ror,
};

/* ---- ORR ----------------------------------------------------------------- */

static void exec_orr_imm(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] | operand_imm(cpu, i));
	NEXT;
}

static void exec_orr_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] | operand_reg(cpu, i));
	NEXT;
}

static void exec_orr_lsl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] | operand_lsl(cpu, i));
	NEXT;
}

static void exec_orr_lsr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] | operand_lsr(cpu, i));
	NEXT;
}

static void exec_orr_asr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] | operand_asr(cpu, i));
	NEXT;
}

static void exec_orr_ror(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] | operand_ror(cpu, i));
	NEXT;
}

static insn_fn *const orr_bodies[NR_OPERANDS] = {
	[OPERAND_IMM] = exec_orr_imm, [OPERAND_REG] = exec_orr_reg,
	[OPERAND_LSL] = exec_orr_lsl, [OPERAND_LSR] = exec_orr_lsr,
	[OPERAND_ASR] = exec_orr_asr, [OPERAND_ROR] = exec_orr_ror,
};

/* ---- ORN ----------------------------------------------------------------- */

static void exec_orn_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] | ~operand_reg(cpu, i));
	NEXT;
}

static void exec_orn_lsl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] | ~operand_lsl(cpu, i));
	NEXT;
}

static void exec_orn_lsr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] | ~operand_lsr(cpu, i));
	NEXT;
}

static void exec_orn_asr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] | ~operand_asr(cpu, i));
	NEXT;
}

static void exec_orn_ror(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] | ~operand_ror(cpu, i));
	NEXT;
}

static insn_fn *const orn_bodies[NR_OPERANDS] = {
	[OPERAND_REG] = exec_orn_reg, [OPERAND_LSL] = exec_orn_lsl,
	[OPERAND_LSR] = exec_orn_lsr, [OPERAND_ASR] = exec_orn_asr,
	[OPERAND_ROR] = exec_orn_ror,
};

/* ---- EOR ----------------------------------------------------------------- */

static void exec_eor_imm(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] ^ operand_imm(cpu, i));
	NEXT;
}

static void exec_eor_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] ^ operand_reg(cpu, i));
	NEXT;
}

static void exec_eor_lsl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] ^ operand_lsl(cpu, i));
	NEXT;
}

static void exec_eor_lsr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] ^ operand_lsr(cpu, i));
	NEXT;
}

static void exec_eor_asr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] ^ operand_asr(cpu, i));
	NEXT;
}

static void exec_eor_ror(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] ^ operand_ror(cpu, i));
	NEXT;
}

static insn_fn *const eor_bodies[NR_OPERANDS] = {
	[OPERAND_IMM] = exec_eor_imm, [OPERAND_REG] = exec_eor_reg,
	[OPERAND_LSL] = exec_eor_lsl, [OPERAND_LSR] = exec_eor_lsr,
	[OPERAND_ASR] = exec_eor_asr, [OPERAND_ROR] = exec_eor_ror,
};

/* ---- EON ----------------------------------------------------------------- */

static void exec_eon_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] ^ ~operand_reg(cpu, i));
	NEXT;
}

static void exec_eon_lsl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] ^ ~operand_lsl(cpu, i));
	NEXT;
}

static void exec_eon_lsr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] ^ ~operand_lsr(cpu, i));
	NEXT;
}

static void exec_eon_asr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] ^ ~operand_asr(cpu, i));
	NEXT;
}

static void exec_eon_ror(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] ^ ~operand_ror(cpu, i));
	NEXT;
}

static insn_fn *const eon_bodies[NR_OPERANDS] = {
	[OPERAND_REG] = exec_eon_reg, [OPERAND_LSL] = exec_eon_lsl,
	[OPERAND_LSR] = exec_eon_lsr, [OPERAND_ASR] = exec_eon_asr,
	[OPERAND_ROR] = exec_eon_ror,
};

/* ---- ANDS ---------------------------------------------------------------- */

static void exec_ands_imm(struct cpu *cpu, const struct insn *i)
{
	uintX r = cpu->x[i->rn] & operand_imm(cpu, i);

	cpu->x[i->rd] = set_logical_flags(cpu, r);
	NEXT;
}

static void exec_ands_reg(struct cpu *cpu, const struct insn *i)
{
	uintX r = cpu->x[i->rn] & operand_reg(cpu, i);

	cpu->x[i->rd] = set_logical_flags(cpu, r);
	NEXT;
}

static void exec_ands_lsl(struct cpu *cpu, const struct insn *i)
{
	uintX r = cpu->x[i->rn] & operand_lsl(cpu, i);

	cpu->x[i->rd] = set_logical_flags(cpu, r);
	NEXT;
}

static void exec_ands_lsr(struct cpu *cpu, const struct insn *i)
{
	uintX r = cpu->x[i->rn] & operand_lsr(cpu, i);

	cpu->x[i->rd] = set_logical_flags(cpu, r);
	NEXT;
}

static void exec_ands_asr(struct cpu *cpu, const struct insn *i)
{
	uintX r = cpu->x[i->rn] & operand_asr(cpu, i);

	cpu->x[i->rd] = set_logical_flags(cpu, r);
	NEXT;
}

static void exec_ands_ror(struct cpu *cpu, const struct insn *i)
{
	uintX r = cpu->x[i->rn] & operand_ror(cpu, i);

	cpu->x[i->rd] = set_logical_flags(cpu, r);
	NEXT;
}

static insn_fn *const ands_bodies[NR_OPERANDS] = {
	[OPERAND_IMM] = exec_ands_imm, [OPERAND_REG] = exec_ands_reg,
	[OPERAND_LSL] = exec_ands_lsl, [OPERAND_LSR] = exec_ands_lsr,
	[OPERAND_ASR] = exec_ands_asr, [OPERAND_ROR] = exec_ands_ror,
};

/* ---- BICS ---------------------------------------------------------------- */

static void exec_bics_reg(struct cpu *cpu, const struct insn *i)
{
	uintX r = cpu->x[i->rn] & ~operand_reg(cpu, i);

	cpu->x[i->rd] = set_logical_flags(cpu, r);
	NEXT;
}

static void exec_bics_lsl(struct cpu *cpu, const struct insn *i)
{
	uintX r = cpu->x[i->rn] & ~operand_lsl(cpu, i);

	cpu->x[i->rd] = set_logical_flags(cpu, r);
	NEXT;
}

static void exec_bics_lsr(struct cpu *cpu, const struct insn *i)
{
	uintX r = cpu->x[i->rn] & ~operand_lsr(cpu, i);

	cpu->x[i->rd] = set_logical_flags(cpu, r);
	NEXT;
}

static void exec_bics_asr(struct cpu *cpu, const struct insn *i)
{
	uintX r = cpu->x[i->rn] & ~operand_asr(cpu, i);

	cpu->x[i->rd] = set_logical_flags(cpu, r);
	NEXT;
}

static void exec_bics_ror(struct cpu *cpu, const struct insn *i)
{
	uintX r = cpu->x[i->rn] & ~operand_ror(cpu, i);

	cpu->x[i->rd] = set_logical_flags(cpu, r);
	NEXT;
}

static insn_fn *const bics_bodies[NR_OPERANDS] = {
	[OPERAND_REG] = exec_bics_reg, [OPERAND_LSL] = exec_bics_lsl,
	[OPERAND_LSR] = exec_bics_lsr, [OPERAND_ASR] = exec_bics_asr,
	[OPERAND_ROR] = exec_bics_ror,
};

/* ---- the choice ---------------------------------------------------------- */

static void exec_mov_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)cpu->x[i->rm];
	NEXT;
}

static insn_fn *logical_body(const struct insn *i)
{
	switch (i->op) {
	case A64_AND_imm:
	case A64_AND_shift: return and_bodies[i->form];
	case A64_BIC_shift: return bic_bodies[i->form];
	case A64_ORR_shift:
		if (i->rn == REG_ZR && i->form == OPERAND_REG)
			return exec_mov_reg;
		/* fallthrough */
	case A64_ORR_imm: return orr_bodies[i->form];
	case A64_ORN_shift: return orn_bodies[i->form];
	case A64_EOR_imm:
	case A64_EOR_shift: return eor_bodies[i->form];
	case A64_EON_shift: return eon_bodies[i->form];
	case A64_ANDS_imm:
	case A64_ANDS_shift: return ands_bodies[i->form];
	case A64_BICS_shift: return bics_bodies[i->form];
	default: return NULL;
	}
}
