/* SPDX-License-Identifier: MIT */
/*
 * Taking exceptions to EL1 and returning (Arm ARM D1.3). Debug exceptions are
 * in debug.c.
 */
#ifndef FAUXKVM_CPU_EXCEPTION_H
#define FAUXKVM_CPU_EXCEPTION_H

#include "cpu/cpu.h"

/* Vector offsets within a group. */
enum { VECTOR_SYNC = 0x000, VECTOR_IRQ = 0x080, VECTOR_FIQ = 0x100,
       VECTOR_SERROR = 0x180 };

/*
 * Take an exception to EL1h: SPSR_EL1 from PSTATE, ELR_EL1 = @ret, PSTATE and
 * PC for vector @vector (the group by current EL and SP is added), mmu regime
 * updated. ESR/FAR are the caller's.
 */
void exception_enter(struct cpu *cpu, unsigned int vector, uint64_t ret);

/* Synchronous, with ESR_EL1 = ec << 26 | IL | iss and, if @far, FAR_EL1. */
void exception_sync(struct cpu *cpu, uint64_t ret, unsigned int ec,
		    uint32_t iss, const uint64_t *far);

/*
 * In the run loop, between blocks: take a pending, unmasked SError, FIQ or
 * IRQ (that priority order). True if one was taken.
 */
bool exception_take_pending(struct cpu *cpu);

/* ERET: PSTATE from SPSR_EL1 with the illegal-return rules, PC from ELR_EL1.*/
void exception_return(struct cpu *cpu);

/* ---- debug.c ------------------------------------------------------------- */

/* Recompute cpu->debug_slow from MDSCR_EL1, breakpoints, guest debug. */
void debug_update(struct cpu *cpu);
/*
 * Run loop, when cpu->debug_slow, before the instruction at cpu->pc: software
 * step state machine, breakpoints (guest's own and the VMM's). True: an
 * exception was taken or cpu_leave() called; start over.
 */
bool debug_before(struct cpu *cpu);
/* After exactly one instruction (or its exception) has completed. True: as
 * above. */
bool debug_after(struct cpu *cpu);
/* Watchpoints on the pages of [va, va+len): forces the slow path. */
bool debug_watched(const struct cpu *cpu, gva_t va, uint64_t len);
/* Slow path: check an access; true: exception taken or exit set. */
bool debug_watch_access(struct cpu *cpu, const struct insn *i, gva_t va,
			unsigned int len, bool write);

#endif
