/* SPDX-License-Identifier: MIT */
/*
 * Shared by system.c and system-maint.c.
 */
#ifndef FAUXKVM_CPU_SYSTEM_H
#define FAUXKVM_CPU_SYSTEM_H

#include "isa/insn.h"

/* EC 0x18: an EL0 access of the MSR, MRS or SYS instruction @word that EL1
 * traps. */
void system_trap(struct cpu *cpu, const struct insn *i, uint32_t word);

#endif
