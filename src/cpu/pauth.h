/* SPDX-License-Identifier: MIT */
/*
 * Pointer authentication (Arm ARM D8.10, pseudocode shared/functions/pac): what
 * the rest of the core asks of pauth.c, which has the instructions. The codes
 * are made by pac.h.
 */
#ifndef FAUXKVM_CPU_PAUTH_H
#define FAUXKVM_CPU_PAUTH_H

#include "cpu/cpu.h"

/* SCTLR_EL1 or what the core has is new: which keys are enabled. */
void pauth_keys_changed(struct cpu *cpu);

/* The registers of the keys exist for the VM. */
static inline bool pauth_has_keys(const struct cpu *cpu)
{
	return cpu->pauth.alg && !cpu->pauth.trapped;
}

#endif
