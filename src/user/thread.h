/* SPDX-License-Identifier: MIT */
/*
 * A thread of the program: a host thread with a PE of its own.
 */
#ifndef FAUXKVM_USER_THREAD_H
#define FAUXKVM_USER_THREAD_H

#include <stdint.h>
#include <sys/types.h>

struct cpu;

struct user_thread {
	struct cpu *cpu;
	pid_t tid;
	uint64_t clear_tid; /* 0, or what is cleared when it ends */
};

/* Of the calling thread; NULL: it is none of the program's. */
extern __thread struct user_thread *user_self;

/* Run until the thread ends, which is how it returns. */
void thread_run(struct user_thread *t);

#endif
