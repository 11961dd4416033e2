/* SPDX-License-Identifier: MIT */
/*
 * Exceptions of the program's own instructions: the signals that arm64 Linux
 * makes of them.
 */
#ifndef FAUXKVM_USER_TRAP_H
#define FAUXKVM_USER_TRAP_H

#include <stdint.h>

struct user_thread;

/* CPU_EXIT_SYNC, but for SVC. */
void trap_sync(struct user_thread *t);
/* CPU_EXIT_HOST_FAULT */
void trap_host_fault(struct user_thread *t);

/* SEGV_ACCERR or SEGV_MAPERR for what the host had @code at @addr: its CPU says nothing
 * of an address that is no address, and of what is the stack's guard something else. */
int trap_segv_code(int code, uint64_t addr);

#endif
