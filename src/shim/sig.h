/* SPDX-License-Identifier: MIT */
/*
 * Signals of the process we live in: its handlers, wrapped. Every handler the
 * VMM installs (for the bridge: every handler QEMU installs) is wrapped, so
 * that a delivered signal makes KVM_RUN leave, so that the handler itself runs
 * only when its thread has left the model, and so that SIGSEGV and SIGBUS
 * reach our guards first. Why no wake-up is lost stands in sig.c.
 */
#ifndef FAUXKVM_SHIM_SIG_H
#define FAUXKVM_SHIM_SIG_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/types.h"
#include "shim/process.h"

/*
 * Around everything that takes a lock or memory of the model: handlers wait
 * until the outermost sig_release(), where they run. Nothing in between may
 * block until a signal comes. The thread's own, public for the inlines only.
 */
extern __thread struct sig_self {
	volatile unsigned int held; /* calls of sig_hold() */
	volatile bool deferred;     /* a signal waits, all are blocked */
	volatile bool arrived;      /* a signal since sig_run_restart() */
	volatile bool queued;       /* a signal since the last SIG_RESTART */
	volatile bool masked;       /* in KVM_RUN with a mask */
	uint64_t vmm_mask;          /* what to go back to when one of these */
} sig_self __attribute__((tls_model("initial-exec")));
void sig_deliver(void);

static inline void sig_hold(void)
{
	process_check();
	sig_self.held++;
	atomic_signal_fence(memory_order_seq_cst);
}

static inline void sig_release(void)
{
	atomic_signal_fence(memory_order_seq_cst);
	if (!--sig_self.held && unlikely(sig_self.deferred))
		sig_deliver();
}

/* Take over SIGSEGV and SIGBUS and wrap the handlers that exist. */
void sig_init(void);

/*
 * sigaction() as the VMM means it: @old is its own view. 0 or -errno.
 */
int sig_action(int sig, const struct sigaction *act, struct sigaction *old);
/* Wrap the handler that the C library has installed for a signal of its own,
 * if it has: this one waits, too, until its thread has left the model. */
void sig_wrap_internal(int sig);
/*
 * For an embedder all of whose handlers are @fn, and whose process knows neither
 * pthread_cancel() nor setuid() and the like: the signals that the C library
 * would use for these are as others. Before there are threads. It calls
 * sig_install() instead of sig_action(): SIG_DFL and SIG_IGN are as they are, any
 * other handler is @fn. 0 or -errno. Nothing in memory changes: a child that
 * shares it (vfork) may call this.
 */
typedef void sig_handler_fn(int sig, siginfo_t *info, void *context);
void sig_set_handler(sig_handler_fn *fn);
int sig_install(int sig, const struct sigaction *act);

/*
 * struct kernel_host's run_begin and run_end, after sig_hold(). With
 * sig_two_step, what run_begin finds are not only the signals since that but
 * those since sig_run_restart(), which comes first there. True: KVM_RUN is to be
 * begun again, by who made the call, when QEMU has delivered what it may have.
 */
int sig_run_begin(const uint64_t *mask);
void sig_run_end(void);
bool sig_run_restart(void);
extern bool sig_two_step;

/* Where it is told what sig_run_begin(NULL) finds. */
static inline const volatile bool *sig_run_due(void)
{
	return unlikely(sig_two_step) ? &sig_self.arrived : &sig_self.deferred;
}

/* Around fork(): signals are blocked from the first to the others. In a child
 * without these, with signals blocked: sig_adopt(). */
void sig_fork_prepare(void);
void sig_fork_parent(void);
void sig_fork_child(void);
void sig_adopt(void);

/*
 * A system call made for a guest of QEMU's: its value, or -SIG_RESTART if a
 * signal came to this thread since it was last told so: QEMU may have that to
 * deliver, and would not while we wait.
 */
#define SIG_RESTART 512
long sig_syscall(long nr, const uint64_t args[6]);

/*
 * Rewrites a KVM_SET_SIGNAL_MASK mask before it is used (the bridge: guest
 * signal numbers to host ones), NULL: no change.
 */
extern uint64_t (*sig_translate_mask)(uint64_t mask);

#endif
