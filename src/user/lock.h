/* SPDX-License-Identifier: MIT */
/*
 * The locks of the engine's own state, which outlive who holds them: a process that
 * shares the memory (vfork.h) may be killed at any time, and what it held is
 * given back by the thread whose place it took.
 *
 * In their order: one is taken with those above it held, or none.
 */
#ifndef FAUXKVM_USER_LOCK_H
#define FAUXKVM_USER_LOCK_H

enum user_lock {
	LOCK_RSEQ_INSIDE, /* a critical section is run */
	LOCK_BRK,
	LOCK_MEMORY, /* the program's mappings */
	LOCK_SIGNALS,
	LOCK_RSEQ_TABLE,
	LOCK_STOPS,
	LOCK_THREADS,
	LOCK_IDLE, /* PEs without a thread */
	USER_LOCKS,
};

void lock_take(enum user_lock which);
/* By whoever: in the child of a fork() by the thread that there is. */
void lock_release(enum user_lock which);

/* The calling thread holds none, but a process that had its thread-local storage
 * is gone and may have: these are free. What they protect is as that process left it. */
void locks_give_back(void);

#endif
