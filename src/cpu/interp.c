/* SPDX-License-Identifier: MIT */
/*
 * The interpreter: an engine (engine.h) that gives each instruction the body
 * that insn_body() chooses; and the same bodies for one instruction at a time.
 */
#include "cpu/a32/block.h"
#include "cpu/bodies.h"
#include "cpu/engine.h"
#include "cpu/exec.h"
#include "cpu/sve/sve.h"

/* Behind the last instruction of a block that did not end in a branch. */
static void interp_end(struct cpu *cpu, const struct insn *i)
{
	JUMP(insn_pc(cpu, i));
}

/* Links and bodies go with the memory of the block: nothing to drop. */
static void interp_compile(struct cpu *cpu, struct block *b)
{
	const struct mem_bodies *mem = cpu_mem_bodies(cpu);

	if (unlikely(block_is_a32(b))) {
		a32_compile(cpu, b);
		return;
	}
	for (uint32_t k = 0; k < b->n; k++)
		insn_bind(&b->insns[k], mem);
	b->insns[b->n].fn = interp_end;
	if (unlikely(cpu->sve))
		sve_wrap(b->insns, b->n);
}

const struct code_engine interp_engine = {
	.name = "interpreter",
	.look_insns = 10000,
	.compile = interp_compile,
};

/* ---- one at a time ------------------------------------------------------- */

/* Behind an instruction that stands alone. */
static void interp_stop(struct cpu *cpu, const struct insn *i)
{
	RESUME(insn_pc(cpu, i));
}

void insn_single_bind(const struct cpu *cpu, struct insn_single *s)
{
	if (unlikely(cpu->isa)) {
		a32_single_bind(cpu, s);
		return;
	}
	insn_bind(&s->insn, cpu_mem_bodies(cpu));
	s->stop = (struct insn){
		.fn = interp_stop,
		.pgoff = s->insn.pgoff + 4,
		.form = INSN_END,
	};
	s->jumps = insn_ends_block(insn_row(s->insn.op));
	if (unlikely(cpu->sve))
		sve_wrap(&s->insn, 1);
}

void insn_execute(struct cpu *cpu, const struct insn_single *s)
{
	/* With a request waiting nothing chains. */
	if (s->jumps)
		cpu_request(cpu, CPU_REQ_SINGLE);
	insn_enter(cpu, &s->insn);
	if (s->jumps)
		atomic_fetch_and(&cpu->req, ~(uint32_t)CPU_REQ_SINGLE);
}
