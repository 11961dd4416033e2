/* SPDX-License-Identifier: MIT */
/*
 * The call ptrace, as far as a process has it that shares the program's memory (CLONE_VM):
 * it stops the program's threads, reads their registers and lets them go on, which is how
 * LeakSanitizer looks for pointers. Nobody else traces.
 *
 * The engine does it by itself, without the host's ptrace: a thread that the host had stopped
 * might hold a lock of the engine. One is stopped when it is not in cpu_run(): parked
 * here, or in a system call, which goes on; it parks before it executes an instruction
 * more.
 */
#ifndef FAUXKVM_USER_PTRACE_H
#define FAUXKVM_USER_PTRACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct user_thread;

/* Of a thread. */
struct user_traced {
	_Atomic uint32_t by; /* futex: the tracer's number; 0: nobody's */
	bool told;           /* that it has stopped, to who waited for it */
};

/* After a request to leave cpu_run(): goes on when nobody traces @t any more. */
void ptrace_park(struct user_thread *t);

/* Process @pid, which shares the memory, is gone: what it has stopped goes on. */
void ptrace_tracer_gone(pid_t pid);

#endif
