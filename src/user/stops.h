/* SPDX-License-Identifier: MIT */
/*
 * Addresses of the program's code at which its PEs stop, for whoever asks for
 * some: critical sections begin there (rseq.h), or a debugger wants it (gdb.h).
 *
 * A PE has the addresses of today when it enters cpu_run(); one that is inside is
 * asked to leave, and gets to new ones by a branch out of its page or back.
 */
#ifndef FAUXKVM_USER_STOPS_H
#define FAUXKVM_USER_STOPS_H

#include <stdatomic.h>
#include <stdint.h>

struct cpu;
struct user_thread;

enum stops_for { STOPS_RSEQ, STOPS_GDB, STOPS_NR };

/* Those of @who from now on, in any order. 0 or -ENOMEM and they are as before.
 * Any thread of the program. */
int stops_set(enum stops_for who, const uint64_t *va, unsigned int n);

/* How often they have changed. */
extern _Atomic uint64_t stops_changes;
/* The PE has those of before. Its owner thread, outside cpu_run(). */
void stops_update(struct cpu *cpu);

/* Around fork(). */
void stops_fork_prepare(void);
void stops_fork_done(void);

#endif
