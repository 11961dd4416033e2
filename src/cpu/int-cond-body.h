/* SPDX-License-Identifier: MIT */
/*
 * Bodies of conditional select and compare for one condition. int-conds.h
 * includes it for each, with the condition as COND and the bodies' names in
 * EXEC_CSEL, ..., EXEC_CCMP; they are undefined again at the end. With the
 * condition constant its test is a compare or two on the flags as cpu.h keeps
 * them.
 */

static void EXEC_CSEL(struct cpu *cpu, const struct insn *i)
{
	uintX n = cpu->x[i->rn], m = cpu->x[i->rm];

	cpu->x[i->rd] = cond_holds(cpu, COND) ? n : m;
	NEXT;
}

static void EXEC_CSINC(struct cpu *cpu, const struct insn *i)
{
	uintX n = cpu->x[i->rn], m = cpu->x[i->rm];

	cpu->x[i->rd] = cond_holds(cpu, COND) ? n : m + 1;
	NEXT;
}

static void EXEC_CSINV(struct cpu *cpu, const struct insn *i)
{
	uintX n = cpu->x[i->rn], m = cpu->x[i->rm];

	cpu->x[i->rd] = cond_holds(cpu, COND) ? n : ~m;
	NEXT;
}

static void EXEC_CSNEG(struct cpu *cpu, const struct insn *i)
{
	uintX n = cpu->x[i->rn], m = cpu->x[i->rm];

	cpu->x[i->rd] = cond_holds(cpu, COND) ? n : -m;
	NEXT;
}

/* Second operand: a register, or the immediate with rm = XZR. */
static void EXEC_CCMN(struct cpu *cpu, const struct insn *i)
{
	if (cond_holds(cpu, COND))
		adds(cpu, cpu->x[i->rn], cpu->x[i->rm] + i->imm);
	else
		set_nzcv(cpu, (uint32_t)i->aux << 28);
	NEXT;
}

static void EXEC_CCMP(struct cpu *cpu, const struct insn *i)
{
	if (cond_holds(cpu, COND))
		subs(cpu, cpu->x[i->rn], cpu->x[i->rm] + i->imm);
	else
		set_nzcv(cpu, (uint32_t)i->aux << 28);
	NEXT;
}

#undef COND
#undef EXEC_CSEL
#undef EXEC_CSINC
#undef EXEC_CSINV
#undef EXEC_CSNEG
#undef EXEC_CCMN
#undef EXEC_CCMP
