/* SPDX-License-Identifier: MIT */
/*
 * The PEs that run the program: one for each of its threads, at EL0, with the
 * process's memory as its own (struct cpu_flat). What an arm64 Linux has set up
 * for a program is set up here: which registers it may touch, what they say.
 */
#ifndef FAUXKVM_USER_PE_H
#define FAUXKVM_USER_PE_H

#include "cpu/cpu.h"

/* Once, before any other. 0 or a negative errno. */
int pe_init(void);

/* A PE as a program begins with, all registers zero; NULL: no memory. */
struct cpu *pe_new(void);
/* With the registers of @of: a thread or process that it makes. */
struct cpu *pe_copy(const struct cpu *of);
void pe_free(struct cpu *cpu);

/* In the child of a fork(): PEs made from now on have nothing in common with
 * those there were, which are not to be used or freed. 0 or -ENOMEM. */
int pe_forked_child(void);

/* What is at @start to @end is no code any more, or other code: blocks that were
 * made of it are forgotten by all PEs, at their next branch out of the page or
 * back. Not from inside cpu_run(). */
void pe_code_gone(uint64_t start, uint64_t end);

/* What PEs share is usable again after the death of a process that had the
 * calling thread's storage; for locks_give_back(). */
void pe_give_back(void);

/* AT_HWCAP and AT_HWCAP2 as Linux has them for arm64: what the PEs execute
 * (ids.c). */
uint64_t pe_hwcap(void);
uint64_t pe_hwcap2(void);
/* Likewise for 32-bit Arm. */
uint64_t pe_hwcap_arm(void);
uint64_t pe_hwcap2_arm(void);
/* After CPU_EXIT_SYNC: what Linux does for a program is done, and the PE goes
 * on. False: nothing is. */
bool pe_emulate(struct cpu *cpu);

#endif
