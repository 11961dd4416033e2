/* SPDX-License-Identifier: MIT */
/*
 * Surviving a bad host address: guards around access to memory that may not be
 * there. The kernel model reads and writes pointers a VMM gave it, and the
 * guest CPU touches memory slots whose host mapping may vanish at any time;
 * Linux answers EFAULT to both. A fault inside a guarded region returns control
 * to the guard instead of killing the process.
 *
 * The SIGSEGV and SIGBUS handlers are installed by fault_init(); a signal that
 * hits outside a guarded region goes to the disposition found at that time
 * (or to whatever the shim keeps for the VMM).
 */
#ifndef FAUXKVM_BASE_FAULT_H
#define FAUXKVM_BASE_FAULT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/host-jump.h"

struct fault_guard {
	host_jump_place place;
	struct fault_guard *outer;
	/* Valid once triggered: the faulting host address, as siginfo has it, the
	 * signal and its si_code. */
	void *addr;
	int sig, code;
	/* Called in the signal handler before the guard is left for good, with
	 * the context of the code that faulted; NULL: nothing. */
	void (*recover)(struct fault_guard *g, const void *ucontext);
};

extern __thread struct fault_guard *fault_guard_top
	__attribute__((tls_model("initial-exec")));

/*
 * if (fault_guard_enter(&g)) { a fault happened; the guard is gone; }
 * else { ...; fault_guard_leave(&g); }
 * Guards nest. Locals changed inside the region must be volatile to be read
 * after a fault. No lock may be taken inside the region and held at a fault.
 */
#define fault_guard_enter(g) fault_guard_enter_with(g, NULL)
#define fault_guard_enter_with(g, fn)                       \
	((g)->outer = fault_guard_top, (g)->recover = (fn), \
	 fault_guard_top = (g), host_jump_mark((g)->place))

/* Never called. */
void fault_guard_lost(void) __attribute__((noreturn, cold));

/*
 * GCC keeps the place that __builtin_setjmp() marks only where it sees a call that
 * may come back to it, and an access is none. So it is told of one, which costs
 * no instruction; nor does an access pass the guard's end.
 */
static inline __attribute__((always_inline)) void fault_guard_leave(
	struct fault_guard *g)
{
	__asm__ goto("" : : : "memory" : lost);
	fault_guard_top = g->outer;
	return;
lost:
	fault_guard_lost();
}

/* Install the handlers once per process. Returns 0 or a negative errno. */
int fault_init(void);

/*
 * For an embedder whose own handlers call fault_dispatch(): fault_init() does
 * nothing from now on. Before the first fault_init().
 */
void fault_init_embedded(void);

/*
 * For an embedder that owns the process's SIGSEGV/SIGBUS handler (the shim):
 * does not return when the fault belongs to a guard of this thread, returns
 * otherwise, and then the signal is the VMM's.
 */
void fault_dispatch(int sig, siginfo_t *info, void *ucontext);

/*
 * Is thread @tid of this process blocked in an access to memory (a page that a
 * userfaultfd's reader has to provide, or that is being read from a disk)? Asks
 * /proc: false where it does not say.
 */
bool fault_waits(pid_t tid);

/*
 * Copy between our memory and an address of the VMM. 0 or -EFAULT; on -EFAULT
 * a prefix may have been copied.
 */
int copy_from_user(void *dst, const void *src, size_t len);
int copy_to_user(void *dst, const void *src, size_t len);
/* Likewise a string, its zero included. False: it can't be read, or has no end
 * within @size bytes. */
bool copy_string_from_user(char *dst, const void *src, size_t size);

#endif
