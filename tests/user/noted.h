/* SPDX-License-Identifier: MIT */
/*
 * A handler that notes what it was given, for the cases of signals and faults.
 */
#ifndef FAUXKVM_TESTS_USER_NOTED_H
#define FAUXKVM_TESTS_USER_NOTED_H

#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* How often note() ran, and for what, and the last time's frame. */
extern volatile int hits, order[16];
extern volatile siginfo_t seen;
extern volatile uint64_t seen_pc, seen_sp, seen_fault;
extern volatile bool seen_load, seen_store;

void install(int sig, void (*fn)(int, siginfo_t *, void *), int flags);
void note(int sig, siginfo_t *info, void *context);
/* Notes, and goes back to where sigsetjmp() filled @back. */
extern sigjmp_buf back;
void jump(int sig, siginfo_t *info, void *context);
/* A set of up to two; 0: none. */
void set_of(sigset_t *set, int a, int b);

#endif
