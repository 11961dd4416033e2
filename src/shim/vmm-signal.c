/* SPDX-License-Identifier: MIT */
/*
 * The older ways to install a signal handler, in terms of sig_action(). Flags
 * and masks are those of POSIX and of the BSD and System V manuals.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>

#include "base/types.h"
#include "shim/sig.h"
#include "shim/vmm-calls.h"

/* Signals for which siginterrupt() was asked: signal() does not restart. */
static uint64_t interrupting;

long vmm_signal(int sig, void *handler, int flags)
{
	struct sigaction act = {.sa_flags = flags}, old;
	long ret;

	if (handler == (void *)SIG_ERR || sig < 1 || sig > 64)
		return -EINVAL;
	act.sa_handler = (void (*)(int))handler;
	if (flags & SA_RESTART) {
		sigaddset(&act.sa_mask, sig);
		if (__atomic_load_n(&interrupting, __ATOMIC_RELAXED) &
		    BIT(sig - 1))
			act.sa_flags &= ~SA_RESTART;
	}
	ret = sig_action(sig, &act, &old);
	return ret < 0 ? ret : (long)old.sa_handler;
}

long vmm_sigset(int sig, void *handler)
{
	struct sigaction act = {0}, old;
	sigset_t set, before;
	long ret;

	if (handler == (void *)SIG_ERR || sig < 1 || sig > 64)
		return -EINVAL;
	sigemptyset(&set);
	sigaddset(&set, sig);
	if (handler == (void *)SIG_HOLD) {
		pthread_sigmask(SIG_BLOCK, &set, &before);
		ret = sig_action(sig, NULL, &old);
	} else {
		act.sa_handler = (void (*)(int))handler;
		ret = sig_action(sig, &act, &old);
		if (ret == 0)
			pthread_sigmask(SIG_UNBLOCK, &set, &before);
	}
	if (ret < 0)
		return ret;
	return sigismember(&before, sig) ? (long)SIG_HOLD
					 : (long)old.sa_handler;
}

long vmm_sigignore(int sig)
{
	struct sigaction act = {.sa_handler = SIG_IGN};

	return sig_action(sig, &act, NULL);
}

long vmm_siginterrupt(int sig, int on)
{
	struct sigaction act;
	long ret;

	if (sig < 1 || sig > 64)
		return -EINVAL;
	ret = sig_action(sig, NULL, &act);
	if (ret < 0)
		return ret;
	if (on) {
		__atomic_or_fetch(&interrupting, BIT(sig - 1),
				  __ATOMIC_RELAXED);
		act.sa_flags &= ~SA_RESTART;
	} else {
		__atomic_and_fetch(&interrupting, ~BIT(sig - 1),
				   __ATOMIC_RELAXED);
		act.sa_flags |= SA_RESTART;
	}
	return sig_action(sig, &act, NULL);
}
