/* SPDX-License-Identifier: MIT */
/*
 * Flags that a block which leads straight back to itself leaves unstored: they
 * are set anew before they are read, so only what leaves before that wants them. It
 * does the instruction of the round before again, without its result; if that
 * has overwritten an operand, the reverse of it comes first.
 *
 * In the first round those in memory are right. Which round it is, is told by the
 * cycles left, which become fewer in each: who enters notes them, this code or
 * the glue (cpu->code_entered).
 */
#include "jit/flags.h"

#include "base/log.h"
#include "cpu/exec.h"
#include "isa/a64/operands.h"

/* How flags are made again, and of which registers. */
struct recipe {
	bool undoes;
	struct insn undo, again;
	uint8_t regs[3];
};

static bool has_register(const struct insn *i)
{
	return i->form != OPERAND_IMM;
}

static bool is_logic(const struct insn *i)
{
	return i->op == A64_ANDS_imm || i->op == A64_ANDS_shift ||
	       i->op == A64_BICS_shift;
}

/* The result alone says it: TST of it. */
static void recipe_of_logic(const struct insn *i, struct recipe *r)
{
	r->again.op = A64_ANDS_shift;
	r->again.form = OPERAND_REG;
	r->again.rn = r->again.rm = i->rd;
	r->again.rd = REG_SINK;
	r->again.aux = 0;
}

/* Of ADDS and SUBS, what gives back the operand that the result has overwritten;
 * false: it isn't that simple. */
static bool recipe_undo(const struct insn *i, struct recipe *r)
{
	bool sub = i->op == A64_SUBS_imm || i->op == A64_SUBS_shift;
	struct insn *u = &r->undo;

	r->undoes = true;
	switch (i->op) {
	case A64_ADDS_imm: u->op = A64_SUB_imm; return true;
	case A64_SUBS_imm: u->op = A64_ADD_imm; return true;
	case A64_ADDS_shift:
	case A64_SUBS_shift: break;
	default: return false;
	}
	if (i->form != OPERAND_REG || i->rn == i->rm)
		return false;
	if (i->rd == i->rn) {
		u->op = sub ? A64_ADD_shift : A64_SUB_shift;
		return true;
	}
	/* The second is what the first is more than the result, or the result
	 * more than the first. */
	u->op = A64_SUB_shift;
	u->rn = sub ? i->rn : i->rd;
	u->rm = sub ? i->rd : i->rn;
	return true;
}

/* False: there is none. */
static bool recipe_of(const struct insn *i, struct recipe *r)
{
	bool overwrites = i->rd == i->rn || (has_register(i) && i->rd == i->rm);

	*r = (struct recipe){.undo = *i, .again = *i};
	if (is_logic(i) && i->rd != REG_SINK)
		recipe_of_logic(i, r);
	else if (!overwrites)
		r->again.rd = REG_SINK;
	else if (!recipe_undo(i, r))
		return false;
	r->regs[0] = r->again.rd;
	r->regs[1] = r->again.rn;
	r->regs[2] = has_register(&r->again) ? r->again.rm : REG_SINK;
	return true;
}

/* ---- which loops --------------------------------------------------------- */

static bool changes(const struct insn *i, const struct recipe *r)
{
	for (unsigned int k = 0; k < ARRAY_SIZE(r->regs); k++)
		if (r->regs[k] < REG_ZR && insn_may_write(i, r->regs[k]))
			return true;
	return false;
}

/* The last to set them, with nothing behind that loses them or what they are made
 * of; @r is its. */
static bool find_definition(const struct translation *t, unsigned int *def,
			    struct recipe *r)
{
	const struct insn *insns = t->b->insns;
	unsigned int k = t->b->n - 2;

	while (!(flags_use(t, &insns[k]) & USE_SETS)) {
		if (!(flags_use(t, &insns[k]) & USE_KEEPS) ||
		    !flags_only_computes(t, &insns[k]) || !k)
			return false;
		k--;
	}
	*def = k;
	if (flags_use(t, &insns[k]) & USE_READS || !recipe_of(&insns[k], r))
		return false;
	while (++k < t->b->n - 1u)
		if (changes(&insns[k], r))
			return false;
	return true;
}

/* The first to set them in the next round, with none before that reads them, or
 * leaves when what they are made of has changed. */
static bool find_end(const struct translation *t, unsigned int def,
		     const struct recipe *r, unsigned int *end)
{
	bool changed = false;

	for (unsigned int k = 0; k <= def; k++) {
		const struct insn *i = &t->b->insns[k];
		unsigned int use = flags_use(t, i);

		if (use & USE_READS)
			return false;
		if (use & USE_SETS) {
			*end = k;
			return true;
		}
		if (changed && !flags_only_computes(t, i))
			return false;
		changed = changed || changes(i, r);
	}
	return false;
}

void flags_loop_choose(struct translation *t)
{
	const struct insn *last = &t->b->insns[t->b->n - 1];
	unsigned int def, end;
	struct recipe r;

	/* Of a block that costs nothing rounds can't be told apart. */
	if (last->op != A64_B_cond || last->form == COND_AL || !t->b->cost ||
	    t->b->n < 2)
		return;
	if (!find_definition(t, &def, &r) || !find_end(t, def, &r, &end))
		return;
	t->lazy.on = true;
	t->lazy.def = def;
	t->lazy.until = end;
}

/* ---- code ---------------------------------------------------------------- */

void emit_flags_loop_enter(struct translation *t)
{
	x86_store(&t->c, 8, CPU_FIELD(code_entered), R12);
}

static void emit_again(struct translation *t, const struct insn *i)
{
	flags_lose(t);
	bug_on(!emitter_in(t, i)(t, i), "no code for what makes flags again");
}

void emit_flags_loop_make(struct translation *t)
{
	struct x86_site make;
	struct recipe r;

	if (!t->lazy.on)
		return;
	recipe_of(&t->b->insns[t->lazy.def], &r);
	t->lazy.make = x86_here(&t->c);
	x86_alu_rm(&t->c, X86_CMP, 8, R12, CPU_FIELD(code_entered));
	make = x86_jcc(&t->c, CC_NE);
	x86_ret(&t->c);
	x86_land_here(&t->c, make);
	/* As of an instruction that has to store them. */
	t->k = t->lazy.def;
	t->lazy.on = false;
	if (r.undoes)
		emit_again(t, &r.undo);
	emit_again(t, &r.again);
	emit_flags_stored(t);
	t->lazy.on = true;
	x86_ret(&t->c);
}

void emit_flags_loop_call(struct translation *t, bool missed)
{
	struct recipe r;

	recipe_of(&t->b->insns[t->lazy.def], &r);
	for (unsigned int k = 0; missed && k < ARRAY_SIZE(r.regs); k++) {
		unsigned int g = r.regs[k];

		if (greg_is_pinned(g) && greg_is_scratch(g))
			x86_load(&t->c, 8, greg_pinned[g], greg_mem(g));
	}
	x86_call_to(&t->c, t->lazy.make);
}

static void execute(struct cpu *cpu, const struct insn *i)
{
	struct insn_single s = {.insn = *i};

	insn_single_bind(cpu, &s);
	insn_execute(cpu, &s);
}

void flags_loop_make(struct cpu *cpu, const struct insn *i, unsigned int by)
{
	uint64_t pc = cpu->pc;
	struct recipe r;

	recipe_of(i + by, &r);
	if (r.undoes)
		execute(cpu, &r.undo);
	execute(cpu, &r.again);
	cpu->pc = pc;
}
