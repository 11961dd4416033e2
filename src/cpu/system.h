/* SPDX-License-Identifier: MIT */
/*
 * What the files of system instructions share: system.c, system-msr.c and
 * system-maint.c.
 */
#ifndef FAUXKVM_CPU_SYSTEM_H
#define FAUXKVM_CPU_SYSTEM_H

#include "cpu/exception.h"
#include "cpu/exec.h"
#include "isa/a64/operands.h"

/* Go on at @va, by way of the run loop if an exception waits, in AArch32
 * state, or with PSTATE.BTYPE. */
#define CONTINUE(va)                                                      \
	do {                                                              \
		if (unlikely(cpu->debug_slow || cpu->isa || cpu->btype || \
			     exception_pending(cpu)))                     \
			RESUME(va);                                       \
		JUMP(va);                                                 \
	} while (0)

/* UNDEFINED at EL0. True: the exception was taken. */
static inline bool el0_undefined(struct cpu *cpu, const struct insn *i)
{
	if (likely(cpu->el))
		return false;
	cpu_raise_undef(cpu, i);
	return true;
}

/* HVC or SMC, to go on at @next. False: UNDEFINED at EL0. */
static inline bool leave_call(struct cpu *cpu, const struct insn *i,
			      uint64_t next, enum cpu_exit_reason reason)
{
	if (el0_undefined(cpu, i))
		return false;
	cpu->pc = next;
	cpu->exit.imm16 = i->imm;
	cpu_leave(cpu, reason);
	return true;
}

/* EC 0x18: an EL0 access by the MSR, MRS or SYS instruction @i that EL1
 * traps. */
void system_trap(struct cpu *cpu, const struct insn *i);

/* The MRS @i is UNDEFINED. With FEAT_IDST that is EC 0x18 where ID registers of
 * features are (Arm ARM D17.1.3). */
void mrs_undefined(struct cpu *cpu, const struct insn *i);

/* The bodies of one file each; NULL: the operation isn't there. */
insn_fn *msr_body(const struct insn *i);
insn_fn *maintenance_body(const struct insn *i);

/* What the body of an MRS or MSR keeps in priv: number of the register's row,
 * or, where that is all it needs, the offset of its storage. */
int16_t msr_priv(const struct insn *i);

/*
 * For engines: is MRS or MSR @i nothing but a load or store of a field of struct
 * cpu, at *@offset, and from which exception level on? The field is SP_EL0's
 * only if PSTATE.SP says SP_EL1.
 */
enum msr_plain {
	MSR_NOT_PLAIN,
	MSR_PLAIN_EL0,
	MSR_PLAIN_EL1,
	MSR_PLAIN_SP_EL0
};
enum msr_plain msr_plain(const struct insn *i, size_t *offset);

#endif
