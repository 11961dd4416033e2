/* SPDX-License-Identifier: MIT */
/*
 * Signals of the process we live in: its handlers, wrapped. Every handler the
 * VMM installs (for the bridge: every handler QEMU installs) is wrapped, so
 * that a delivered signal makes KVM_RUN leave before the handler runs, and so
 * that SIGSEGV and SIGBUS reach our guards first. Why no wake-up is lost stands
 * in sig.c.
 */
#ifndef FAUXKVM_SHIM_SIG_H
#define FAUXKVM_SHIM_SIG_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Take over SIGSEGV and SIGBUS and wrap the handlers that exist. */
void sig_init(void);

/*
 * sigaction() as the VMM means it: @old is its own view. 0 or -errno.
 */
int sig_action(int sig, const struct sigaction *act, struct sigaction *old);

/*
 * struct kernel_host's run_begin and run_end. With sig_two_step, what
 * run_begin forgets are not the signals before itself but those before the
 * last sig_run_clear() of this thread.
 */
int sig_run_begin(const uint64_t *mask);
void sig_run_end(void);
void sig_run_clear(void);
extern bool sig_two_step;

/*
 * Rewrites a KVM_SET_SIGNAL_MASK mask before it is used (the bridge: guest
 * signal numbers to host ones), NULL: no change.
 */
extern uint64_t (*sig_translate_mask)(uint64_t mask);

#endif
