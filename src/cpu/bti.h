/* SPDX-License-Identifier: MIT */
/*
 * Branch target identification (FEAT_BTI, Arm ARM D8.4.7): PSTATE.BTYPE says how a branch came
 * to where it is, and in a guarded page only an instruction that expects that may be there.
 *
 * A branch to a register whose target is known to allow it, or not guarded, goes on with BTYPE
 * 0 again, so no instruction has to clear it. Others go by the run loop, which looks before
 * it executes anything. So BTYPE in SPSR_EL1 is not 0 only if the exception was taken before the
 * instruction at the target, and is 0 if that one raised it, where a core would still have it.
 */
#ifndef FAUXKVM_CPU_BTI_H
#define FAUXKVM_CPU_BTI_H

#include "cpu/cpu.h"
#include "isa/insn.h"

/* Just decoded for a core with FEAT_BTI. BR, BLR and theirs: form 1, which none has else. */
static inline void bti_mark_branch(struct insn *i)
{
	switch (i->op) {
	case A64_BR:
	case A64_BLR:
	case A64_BRA:
	case A64_BRA_zero:
	case A64_BLRA:
	case A64_BLRA_zero: i->form = 1;
	}
}

/* @i branches to @va: is it known that it may? If not, BTYPE is set. */
bool bti_branch(struct cpu *cpu, const struct insn *i, gva_t va);

/* The run loop is at cpu->pc with BTYPE set: it is 0 then. False: an exception was taken. */
bool bti_enter(struct cpu *cpu);

#endif
