/* SPDX-License-Identifier: MIT */
/*
 * The program's signals: its actions, and what each thread has of them.
 *
 * The host's kernel keeps queues, masks and choices of a thread, and does what
 * needs no handler of the program's: a signal that is ignored, or has its default
 * action, is the host's affair. One that the program handles has a handler of
 * ours there (signal_arrived() in signal.c), which only notes it, blocks all
 * others and asks the PE to leave; the thread's loop then makes the program's
 * frame. So at most one is noted, and nothing of ours lies on the host's stack
 * when the program's handler runs or jumps out. With SA_RESTART where the
 * program has it, the host decides which calls are made again: those come back
 * as USER_AGAIN, since signals leave user_host_call() before its instruction.
 *
 * SIGSEGV and SIGBUS are never blocked on the host, as memory that the program
 * lacks makes the engine fault. What somebody sent of these is kept here.
 *
 * A thread's state is its own affair and its signal handlers'.
 */
#ifndef FAUXKVM_USER_SIGNAL_H
#define FAUXKVM_USER_SIGNAL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct cpu;
struct user_thread;

#define SIGNALS 64

/* As the program passes it (asm-generic's struct sigaction, with a restorer). */
struct user_action {
	uint64_t handler; /* or SIG_DFL, SIG_IGN */
	uint64_t flags;   /* SA_*: alike on both sides */
	uint64_t restorer;
	uint64_t mask; /* bit n-1: signal n */
};

/* stack_t, alike on both sides. */
struct user_altstack {
	uint64_t sp;
	int32_t flags, pad;
	uint64_t size;
};

struct user_signals {
	/* Of the process: SIGNALS + 1 of them, signal.c. */
	struct user_action *actions;
	uint64_t mask; /* the program's: bit n-1 is signal n */
	/* Of a call that has a mask of its own and was interrupted. */
	bool has_call_mask;
	uint64_t call_mask;
	/* What the host has delivered: its number or 0. All are blocked then. */
	volatile int arrived;
	siginfo_t info;
	/* SIGSEGV and SIGBUS that somebody sent: number or 0. */
	struct {
		volatile int sig;
		siginfo_t info;
	} sent[2];
	struct user_altstack alt;
	/* sigcontext's fault_address and esr: of the last fault. */
	uint64_t fault_address, fault_esr;
};

static inline uint64_t signal_bit(int sig)
{
	return UINT64_C(1) << (sig - 1);
}

/* Once, before the program runs: actions and mask as they were inherited. */
void signal_init(struct user_thread *t);
/* Of a thread that @of makes. All signals are blocked. */
void signal_thread_init(struct user_thread *t, const struct user_thread *of);

/* The host's C library has made a thread, the first perhaps, and with it has
 * installed a handler for a signal that it takes for its own. */
void signal_restore_internal(const struct user_thread *t);

/* All are blocked on the host, to be in force again by signal_unblock(). */
void signal_block(void);
/* The host's mask is that of @t. A signal that was let through is delivered. */
void signal_unblock(struct user_thread *t);

/* Something has arrived that signal_deliver() has to see. */
static inline bool signal_waits(const struct user_signals *s)
{
	return s->arrived || s->sent[0].sig || s->sent[1].sig;
}

/* Frames for all that has arrived, or what is done instead. On its thread,
 * outside cpu_run() and calls. */
void signal_deliver(struct user_thread *t);

/* The program's own instruction raised it: not to be blocked or ignored. */
void signal_fault(struct user_thread *t, const siginfo_t *info);

/* The process ends by it, whatever the program has said. */
void signal_kill(struct user_thread *t, const siginfo_t *info);

/* What is done about @sig: 0 or -errno; @act and @old may be NULL. */
int signal_action(struct user_thread *t, int sig, const struct user_action *act,
		  struct user_action *old);

/* Of a child that shares the memory, but has actions of its own: SIGNALS + 1
 * places for them at @own. */
void signal_copy_actions(struct user_thread *t, struct user_action *own);

/* Handlers are SIG_DFL from now on; what is ignored stays so. */
void signal_clear_actions(struct user_thread *t);

/* A mask of the program's, of @size bytes at @addr: 0, -EINVAL or -EFAULT. */
long signal_mask_in(uint64_t addr, uint64_t size, uint64_t *mask);
/* The program's mask is @mask from now on. 0, or USER_AGAIN and it is as
 * before. */
long signal_set_mask(struct user_thread *t, uint64_t mask);

/* The host's call with a mask of its own for as long as it waits: *@mask is the
 * program's. @host is the place that @args point to, for what the host gets. */
long signal_masked_call(struct user_thread *t, long nr, const uint64_t args[6],
			uint64_t mask, uint64_t *host);

/* Around fork(): the actions are whole. */
void signal_fork_prepare(void);
void signal_fork_done(void);

#endif
