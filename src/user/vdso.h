/* SPDX-License-Identifier: MIT */
/*
 * The vDSO of programs: a page of ours that looks like Linux's (vdso(7)), so
 * that libraries find the clock there, and signal handlers their way back. Its
 * functions are SVC with a number of ours, in its own page only, which asks the
 * host's vDSO: no system call is made, and no seccomp filter sees one.
 */
#ifndef FAUXKVM_USER_VDSO_H
#define FAUXKVM_USER_VDSO_H

#include <stdbool.h>
#include <stdint.h>

struct cpu;

/* Into the program's memory. 0 or a negative errno. */
int vdso_map(void);
/* AT_SYSINFO_EHDR; 0: there is none. And where a handler's link register
 * points. */
uint64_t vdso_address(void);
uint64_t vdso_sigreturn(void);

/* After an SVC. True: it was the vDSO's, and is done. */
bool vdso_call(struct cpu *cpu);

#endif
