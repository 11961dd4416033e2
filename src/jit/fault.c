/* SPDX-License-Identifier: MIT */
/*
 * A host fault in translated code: the registers are in the signal's context,
 * and the host instruction says which guest instruction it was.
 */
#include "jit/translate.h"

#include <ucontext.h>

/* The context's name of each host register. */
static const int8_t context_reg[16] = {
	[RAX] = REG_RAX, [RCX] = REG_RCX, [RDX] = REG_RDX, [RBX] = REG_RBX,
	[RSP] = REG_RSP, [RBP] = REG_RBP, [RSI] = REG_RSI, [RDI] = REG_RDI,
	[R8] = REG_R8,   [R9] = REG_R9,   [R10] = REG_R10, [R11] = REG_R11,
	[R12] = REG_R12, [R13] = REG_R13, [R14] = REG_R14, [R15] = REG_R15,
};

/* The last access that begins at @at or before. */
static const struct jit_access *access_at(const struct jit *jit, uint32_t at)
{
	const struct jit_records *r = &jit->records;
	size_t low = 0, high = r->nr_accesses;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (r->accesses[middle].at <= at)
			low = middle;
		else
			high = middle;
	}
	return low < high ? &r->accesses[low] : NULL;
}

bool jit_fault(struct cpu *cpu, const void *ucontext)
{
	const greg_t *regs = ((const ucontext_t *)ucontext)->uc_mcontext.gregs;
	const struct jit *jit = jit_of(cpu);
	uint64_t at = regs[REG_RIP] - (uintptr_t)jit->memory.run;
	const struct jit_access *a;

	if (at >= jit->memory.size)
		return false;
	for (unsigned int g = 0; g < NR_REGS; g++)
		if (greg_is_pinned(g))
			cpu->x[g] = regs[context_reg[greg_pinned[g]]];
	cpu->cycles = cpu->code_base - regs[REG_R12];
	a = access_at(jit, at);
	if (a && a->flags_by && (uint64_t)regs[REG_R12] != cpu->code_entered)
		flags_loop_make(cpu, a->insn, a->flags_by);
	else
		flags_unpack(cpu, cpu->code_flags);
	cpu->cur = a ? a->insn : NULL;
	if (a && cpu->isa)
		cpu->it = a->insn->it;
	/* In flat code nobody has said it. */
	if (a && cpu->env->flat)
		cpu->page_va = page_of(block_of(a->insn - a->k));
	return true;
}
