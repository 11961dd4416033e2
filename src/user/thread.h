/* SPDX-License-Identifier: MIT */
/*
 * A thread of the program: a host thread with a PE of its own.
 */
#ifndef FAUXKVM_USER_THREAD_H
#define FAUXKVM_USER_THREAD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "user/gdb.h"
#include "user/ptrace.h"
#include "user/rseq.h"
#include "user/signal.h"

struct cpu;

struct user_thread {
	struct cpu *cpu;
	pid_t tid;
	uint64_t clear_tid; /* 0, or what is cleared when it ends */
	/* 0, or the head of its robust futexes, an address of the program's */
	uint64_t robust_list;
	bool ended;             /* thread_run() returns */
	volatile bool executes; /* its PE is in cpu_run() */
	int exit_code;
	bool first; /* the host's main thread, which no pthread is */
	struct user_signals signals;
	struct seccomp_filter *seccomp; /* the newest; NULL: none */
	bool seccomp_strict;
	struct exec_memory *exec_memory; /* exec.h; NULL: none */
	struct user_rseq rseq;
	struct gdb_thread gdb;
	struct user_traced traced;
	/* thread.c's list, under its lock */
	struct user_thread *next, **prev;
	bool beside; /* a process that shares the memory (vfork.h): in no list */
};

/* Of the calling thread; NULL: it is none of the program's. */
extern __thread struct user_thread *user_self;

/* @t is the calling thread and the only one of the process. */
void thread_first(struct user_thread *t);

/* Run until the thread ends, which is how it returns. */
void thread_run(struct user_thread *t);

/*
 * A thread of this process with the registers of @of. Its number, or -errno; what
 * the flags say of it is done then. All signals are blocked.
 */
struct thread_new {
	uint64_t stack;      /* 0: that of @of */
	uint64_t tls;        /* if @flags say so */
	uint64_t parent_tid; /* likewise */
	uint64_t child_tid;
	uint64_t pidfd;
	uint64_t flags; /* of clone() */
};
long thread_new(const struct user_thread *of, const struct thread_new *n);

/* In the child of a fork() that @t made: the one thread there is. 0 or -errno. */
int thread_forked_child(struct user_thread *t);

/* All threads of the process, under a lock that is a leaf. */
void threads_lock(void);
void threads_unlock(void);
void threads_each(void (*fn)(struct user_thread *t, void *arg), void *arg);
unsigned int thread_count(void);

/* The thread ends: what the kernel does for the program then, in the kernel's
 * order. */
void thread_end(struct user_thread *t);

#endif
