/* SPDX-License-Identifier: MIT */
/*
 * Bodies of additions and subtractions, one for each kind of second operand
 * (enum a64_operand), of 32 or 64 bits: int-32.c and int-64.c include it after
 * uintX, intX, adds(), subs() and adcs(). CMP and CMN are those whose
 * destination is XZR: they write no register.
 */

/* ---- ADD ----------------------------------------------------------------- */

static void exec_add_imm(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] + operand_imm(cpu, i));
	NEXT;
}

static void exec_add_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] + operand_reg(cpu, i));
	NEXT;
}

static void exec_add_lsl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] + operand_lsl(cpu, i));
	NEXT;
}

static void exec_add_lsr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] + operand_lsr(cpu, i));
	NEXT;
}

static void exec_add_asr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] + operand_asr(cpu, i));
	NEXT;
}

static void exec_add_uxt(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] + operand_uxt(cpu, i));
	NEXT;
}

static void exec_add_sxt(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] + operand_sxt(cpu, i));
	NEXT;
}

static insn_fn *const add_bodies[NR_OPERANDS] = {
	[OPERAND_IMM] = exec_add_imm, [OPERAND_REG] = exec_add_reg,
	[OPERAND_LSL] = exec_add_lsl, [OPERAND_LSR] = exec_add_lsr,
	[OPERAND_ASR] = exec_add_asr, [OPERAND_UXT] = exec_add_uxt,
	[OPERAND_SXT] = exec_add_sxt,
};

/* ---- ADDS ---------------------------------------------------------------- */

static void exec_adds_imm(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = adds(cpu, cpu->x[i->rn], operand_imm(cpu, i));
	NEXT;
}

static void exec_adds_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = adds(cpu, cpu->x[i->rn], operand_reg(cpu, i));
	NEXT;
}

static void exec_adds_lsl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = adds(cpu, cpu->x[i->rn], operand_lsl(cpu, i));
	NEXT;
}

static void exec_adds_lsr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = adds(cpu, cpu->x[i->rn], operand_lsr(cpu, i));
	NEXT;
}

static void exec_adds_asr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = adds(cpu, cpu->x[i->rn], operand_asr(cpu, i));
	NEXT;
}

static void exec_adds_uxt(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = adds(cpu, cpu->x[i->rn], operand_uxt(cpu, i));
	NEXT;
}

static void exec_adds_sxt(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = adds(cpu, cpu->x[i->rn], operand_sxt(cpu, i));
	NEXT;
}

static insn_fn *const adds_bodies[NR_OPERANDS] = {
	[OPERAND_IMM] = exec_adds_imm, [OPERAND_REG] = exec_adds_reg,
	[OPERAND_LSL] = exec_adds_lsl, [OPERAND_LSR] = exec_adds_lsr,
	[OPERAND_ASR] = exec_adds_asr, [OPERAND_UXT] = exec_adds_uxt,
	[OPERAND_SXT] = exec_adds_sxt,
};

/* ---- SUB ----------------------------------------------------------------- */

static void exec_sub_imm(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] - operand_imm(cpu, i));
	NEXT;
}

static void exec_sub_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] - operand_reg(cpu, i));
	NEXT;
}

static void exec_sub_lsl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] - operand_lsl(cpu, i));
	NEXT;
}

static void exec_sub_lsr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] - operand_lsr(cpu, i));
	NEXT;
}

static void exec_sub_asr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] - operand_asr(cpu, i));
	NEXT;
}

static void exec_sub_uxt(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] - operand_uxt(cpu, i));
	NEXT;
}

static void exec_sub_sxt(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] - operand_sxt(cpu, i));
	NEXT;
}

static insn_fn *const sub_bodies[NR_OPERANDS] = {
	[OPERAND_IMM] = exec_sub_imm, [OPERAND_REG] = exec_sub_reg,
	[OPERAND_LSL] = exec_sub_lsl, [OPERAND_LSR] = exec_sub_lsr,
	[OPERAND_ASR] = exec_sub_asr, [OPERAND_UXT] = exec_sub_uxt,
	[OPERAND_SXT] = exec_sub_sxt,
};

/* ---- SUBS ---------------------------------------------------------------- */

static void exec_subs_imm(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = subs(cpu, cpu->x[i->rn], operand_imm(cpu, i));
	NEXT;
}

static void exec_subs_reg(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = subs(cpu, cpu->x[i->rn], operand_reg(cpu, i));
	NEXT;
}

static void exec_subs_lsl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = subs(cpu, cpu->x[i->rn], operand_lsl(cpu, i));
	NEXT;
}

static void exec_subs_lsr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = subs(cpu, cpu->x[i->rn], operand_lsr(cpu, i));
	NEXT;
}

static void exec_subs_asr(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = subs(cpu, cpu->x[i->rn], operand_asr(cpu, i));
	NEXT;
}

static void exec_subs_uxt(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = subs(cpu, cpu->x[i->rn], operand_uxt(cpu, i));
	NEXT;
}

static void exec_subs_sxt(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = subs(cpu, cpu->x[i->rn], operand_sxt(cpu, i));
	NEXT;
}

static insn_fn *const subs_bodies[NR_OPERANDS] = {
	[OPERAND_IMM] = exec_subs_imm, [OPERAND_REG] = exec_subs_reg,
	[OPERAND_LSL] = exec_subs_lsl, [OPERAND_LSR] = exec_subs_lsr,
	[OPERAND_ASR] = exec_subs_asr, [OPERAND_UXT] = exec_subs_uxt,
	[OPERAND_SXT] = exec_subs_sxt,
};

/* ---- CMN ----------------------------------------------------------------- */

static void exec_cmn_imm(struct cpu *cpu, const struct insn *i)
{
	adds(cpu, cpu->x[i->rn], operand_imm(cpu, i));
	NEXT;
}

static void exec_cmn_reg(struct cpu *cpu, const struct insn *i)
{
	adds(cpu, cpu->x[i->rn], operand_reg(cpu, i));
	NEXT;
}

static void exec_cmn_lsl(struct cpu *cpu, const struct insn *i)
{
	adds(cpu, cpu->x[i->rn], operand_lsl(cpu, i));
	NEXT;
}

static void exec_cmn_lsr(struct cpu *cpu, const struct insn *i)
{
	adds(cpu, cpu->x[i->rn], operand_lsr(cpu, i));
	NEXT;
}

static void exec_cmn_asr(struct cpu *cpu, const struct insn *i)
{
	adds(cpu, cpu->x[i->rn], operand_asr(cpu, i));
	NEXT;
}

static void exec_cmn_uxt(struct cpu *cpu, const struct insn *i)
{
	adds(cpu, cpu->x[i->rn], operand_uxt(cpu, i));
	NEXT;
}

static void exec_cmn_sxt(struct cpu *cpu, const struct insn *i)
{
	adds(cpu, cpu->x[i->rn], operand_sxt(cpu, i));
	NEXT;
}

static insn_fn *const cmn_bodies[NR_OPERANDS] = {
	[OPERAND_IMM] = exec_cmn_imm, [OPERAND_REG] = exec_cmn_reg,
	[OPERAND_LSL] = exec_cmn_lsl, [OPERAND_LSR] = exec_cmn_lsr,
	[OPERAND_ASR] = exec_cmn_asr, [OPERAND_UXT] = exec_cmn_uxt,
	[OPERAND_SXT] = exec_cmn_sxt,
};

/* ---- CMP ----------------------------------------------------------------- */

static void exec_cmp_imm(struct cpu *cpu, const struct insn *i)
{
	subs(cpu, cpu->x[i->rn], operand_imm(cpu, i));
	NEXT;
}

static void exec_cmp_reg(struct cpu *cpu, const struct insn *i)
{
	subs(cpu, cpu->x[i->rn], operand_reg(cpu, i));
	NEXT;
}

static void exec_cmp_lsl(struct cpu *cpu, const struct insn *i)
{
	subs(cpu, cpu->x[i->rn], operand_lsl(cpu, i));
	NEXT;
}

static void exec_cmp_lsr(struct cpu *cpu, const struct insn *i)
{
	subs(cpu, cpu->x[i->rn], operand_lsr(cpu, i));
	NEXT;
}

static void exec_cmp_asr(struct cpu *cpu, const struct insn *i)
{
	subs(cpu, cpu->x[i->rn], operand_asr(cpu, i));
	NEXT;
}

static void exec_cmp_uxt(struct cpu *cpu, const struct insn *i)
{
	subs(cpu, cpu->x[i->rn], operand_uxt(cpu, i));
	NEXT;
}

static void exec_cmp_sxt(struct cpu *cpu, const struct insn *i)
{
	subs(cpu, cpu->x[i->rn], operand_sxt(cpu, i));
	NEXT;
}

static insn_fn *const cmp_bodies[NR_OPERANDS] = {
	[OPERAND_IMM] = exec_cmp_imm, [OPERAND_REG] = exec_cmp_reg,
	[OPERAND_LSL] = exec_cmp_lsl, [OPERAND_LSR] = exec_cmp_lsr,
	[OPERAND_ASR] = exec_cmp_asr, [OPERAND_UXT] = exec_cmp_uxt,
	[OPERAND_SXT] = exec_cmp_sxt,
};

/* ---- with carry ---------------------------------------------------------- */

static void exec_adc(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] + cpu->x[i->rm] + cpu->c);
	NEXT;
}

static void exec_adcs(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = adcs(cpu, cpu->x[i->rn], cpu->x[i->rm]);
	NEXT;
}

static void exec_sbc(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uintX)(cpu->x[i->rn] + ~cpu->x[i->rm] + cpu->c);
	NEXT;
}

static void exec_sbcs(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = adcs(cpu, cpu->x[i->rn], ~cpu->x[i->rm]);
	NEXT;
}

/* ---- the choice ---------------------------------------------------------- */

static insn_fn *addsub_body(const struct insn *i)
{
	switch (i->op) {
	case A64_ADD_imm:
	case A64_ADD_shift:
	case A64_ADD_ext: return add_bodies[i->form];
	case A64_SUB_imm:
	case A64_SUB_shift:
	case A64_SUB_ext: return sub_bodies[i->form];
	case A64_ADDS_imm:
	case A64_ADDS_shift:
	case A64_ADDS_ext:
		return i->rd == REG_SINK ? cmn_bodies[i->form]
					 : adds_bodies[i->form];
	case A64_SUBS_imm:
	case A64_SUBS_shift:
	case A64_SUBS_ext:
		return i->rd == REG_SINK ? cmp_bodies[i->form]
					 : subs_bodies[i->form];
	case A64_ADC: return exec_adc;
	case A64_ADCS: return exec_adcs;
	case A64_SBC: return exec_sbc;
	case A64_SBCS: return exec_sbcs;
	default: return NULL;
	}
}
