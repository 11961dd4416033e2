/* SPDX-License-Identifier: MIT */
/*
 * A system call that a signal before it prevents, by this host's instructions,
 * for sig.c.
 *
 * syscall_unless(flag, nr, args): -SIG_RESTART if *@flag, else the system
 * call's value. A signal handler that interrupts between syscall_window_begin
 * and syscall_window_end lets the thread go on at syscall_window_leave:
 * syscall_window_leave_if_in(ucontext).
 */
#ifndef FAUXKVM_SHIM_HOST_SYSCALL_H
#define FAUXKVM_SHIM_HOST_SYSCALL_H

#include <stdint.h>

extern const char syscall_window_begin[], syscall_window_end[],
	syscall_window_leave[];

/* Is @ip, where a signal came, between the look at the flag and the call? */
static inline _Bool syscall_window_has(uint64_t ip)
{
	return ip - (uintptr_t)syscall_window_begin <
	       (uintptr_t)(syscall_window_end - syscall_window_begin);
}

#if defined(__x86_64__)
#include "shim/host-x86-64-syscall.h"
#elif defined(__aarch64__)
#include "shim/host-arm64-syscall.h"
#else
#error "no host-<architecture>-syscall.h for this architecture"
#endif

#endif
