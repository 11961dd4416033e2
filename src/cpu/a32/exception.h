/* SPDX-License-Identifier: MIT */
/*
 * Exceptions of an EL1 in AArch32 state (Arm ARM G1.12 to G1.16); exception.c
 * comes here.
 */
#ifndef FAUXKVM_CPU_A32_EXCEPTION_H
#define FAUXKVM_CPU_A32_EXCEPTION_H

#include "cpu/cpu.h"

/* As exception_sync(): which exception of AArch32 it is, and what the fault
 * registers say, follows from @ec and @iss. */
void a32_exception_sync(struct cpu *cpu, uint64_t ret, unsigned int ec,
			uint32_t iss, const uint64_t *far);
/* As exception_take_pending(), one is pending. */
bool a32_exception_take_pending(struct cpu *cpu);

/* Exception return to @pc, with PSTATE from the current mode's SPSR or from
 * @psr. */
void a32_exception_return(struct cpu *cpu, uint32_t pc);
void a32_return_to(struct cpu *cpu, uint32_t pc, uint32_t psr);
/* The current mode has an SPSR: neither User nor System. */
static inline bool a32_has_spsr(const struct cpu *cpu)
{
	return cpu->a32_mode & 0xf && (cpu->a32_mode & 0xf) != 0xf;
}

/* MSR of CPSR's bytes by enum a32_msr. */
void a32_write_cpsr(struct cpu *cpu, uint32_t val, unsigned int bytes);
/* CPS, if @mode != 0; of one that does not exist PSTATE.IL is set. */
void a32_change_mode(struct cpu *cpu, unsigned int mode);

/* cpu_abort_syndrome(), cpu_abort_enter(). */
void a32_abort_syndrome(struct cpu *cpu, gva_t va);
void a32_abort_enter(struct cpu *cpu);

#endif
