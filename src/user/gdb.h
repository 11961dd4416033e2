/* SPDX-License-Identifier: MIT */
/*
 * A debugger of the program: gdb's remote protocol by a socket, served by a host
 * thread of its own (gdb.c). The program's threads come to gdb-stop.c, where
 * they stop and go on; all of them stop when one does.
 *
 * A thread is stopped when it is not in cpu_run(): parked here, or in a system
 * call, which goes on; it parks before it executes an instruction more. So a
 * vCPU's thread in KVM_RUN runs its guest on.
 *
 * Breakpoints are stops of PEs (stops.h); the program's memory is as it was.
 * Children don't have them.
 */
#ifndef FAUXKVM_USER_GDB_H
#define FAUXKVM_USER_GDB_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu/cpu.h"

struct user_thread;

/* ---- the program's threads (gdb-stop.c) ---------------------------------- */

/* There is a debugger, or is to be one. */
extern volatile bool gdb_on;
/* It has not come yet: no thread goes on, and nobody is told of signals. */
bool gdb_is_awaited(void);

struct gdb_thread {
	enum { GDB_GO, GDB_STEP, GDB_STAY } action;
	int signal;    /* what it goes on with: the host's number, or 0 */
	bool stepping; /* its PE is told to */
};

/* Before cpu_run(): it may wait here. */
void gdb_before(struct user_thread *t);
/* After it. True: that was all for the debugger. */
bool gdb_after(struct user_thread *t, enum cpu_exit_reason reason);
/* And what it was left for has been done: a step ends. */
void gdb_stepped(struct user_thread *t);
/* @sig is about to be delivered: what is instead, or 0. */
int gdb_signal(struct user_thread *t, int sig);
/* Is a signal with its default action to be seen before that? */
bool gdb_catches(int sig);
/* The process ends, by @sig or (0) with @status. */
void gdb_ends(int sig, int status);
/* Around fork(), and in the child after that. */
void gdb_fork_prepare(void);
void gdb_fork_done(void);
void gdb_forked_child(void);

/* ---- for gdb.c ----------------------------------------------------------- */

/* To be called by the thread that serves, which is none of the program's. */

/* All stop; returns when they have. */
void gdb_stop_all(void);
/* A thread has stopped by itself: its number, and why: 0 if none has. Once. */
int gdb_take_event(int *sig);
/* They go on as their actions say. */
void gdb_resume(void);
/* For good: nobody stops any more, or (true) does again. */
void gdb_attach(bool on);
/* Signals that are not told: bit n-1 is signal n of the host's. */
void gdb_pass_signals(uint64_t mask);
/* Breakpoints: 0 or -errno. */
int gdb_break_set(uint64_t va);
int gdb_break_clear(uint64_t va);
void gdb_break_clear_all(void);
/* Readable when there is an event. */
int gdb_event_fd(void);
int gdb_stop_init(void);

/* ---- registers (gdb-regs.c) ---------------------------------------------- */

#define GDB_NR_REGS 69
extern const char gdb_target_xml[];
/* Register @n, little endian: how many bytes it has, 0: there is none. */
size_t gdb_reg_get(const struct cpu *cpu, unsigned int n, uint8_t out[16]);
size_t gdb_reg_set(struct cpu *cpu, unsigned int n, const uint8_t in[16]);

/* gdb's numbers of signals. */
int gdb_signal_to(int host);
int gdb_signal_from(int gdb);

/* ---- the server (gdb.c) -------------------------------------------------- */

/* Listen at @where (PORT, or ADDRESS:PORT), for one at a time. The program waits
 * for the first. Before signal_init(). 0 or -errno. */
int gdb_start(const char *where);
/* From now on, when there is a thread of the program. 0 or -errno. */
int gdb_serve(const char *where);

#endif
