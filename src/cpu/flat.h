/* SPDX-License-Identifier: MIT */
/*
 * A PE without a guest around it (struct cpu_flat): where src/cpu would ask the
 * MMU or enter EL1 it comes here instead. Loads and stores are in mem-flat.h.
 */
#ifndef FAUXKVM_CPU_FLAT_H
#define FAUXKVM_CPU_FLAT_H

#include "cpu/cpu.h"

/* Linux has the top byte ignored for EL0. */
static inline gva_t flat_address(gva_t va)
{
	return va & GENMASK(55, 0);
}

/* cpu_run() returns CPU_EXIT_SYNC with PC = @ret. */
void flat_exception(struct cpu *cpu, uint64_t ret, uint64_t esr, uint64_t far);
/* mmu_fetch(), mmu_va_op() and mmu_zero_block(). What is not there is a host
 * fault; cpu->cur is the instruction. */
bool flat_fetch(struct cpu *cpu, gva_t va, gpa_t *pa, const uint8_t **host);
bool flat_va_op(struct cpu *cpu, gva_t va, gpa_t *pa);
/* The program's pointer may be NULL, which memset() is declared not to take. */
bool flat_zero_block(struct cpu *cpu, gva_t va)
	__attribute__((no_sanitize("undefined")));
/* cpu_run() returns CPU_EXIT_DEBUG. True. */
bool flat_stop(struct cpu *cpu);
/* cpu->exit has the host's signal: what it doesn't say of what is no address to
 * the host. */
void flat_host_fault(struct cpu *cpu);
/* The access of @i at @va must be aligned and isn't. False. */
bool mem_flat_misaligned(struct cpu *cpu, const struct insn *i, gva_t va);

#endif
