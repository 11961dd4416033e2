/* SPDX-License-Identifier: MIT */
/*
 * System calls about signals: what of them is not the host's alone (signal.h).
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/host.h"
#include "cpu/cpu.h"
#include "user/abi.h"
#include "user/frame.h"
#include "user/signal.h"
#include "user/syscall.h"
#include "user/thread.h"

#define SS_FLAGS (1u << 31) /* SS_AUTODISARM */

static bool set_out(uint64_t addr, uint64_t mask)
{
	return !copy_to_user((void *)addr, &mask, sizeof(mask));
}

long call_rt_sigaction(struct user_thread *t, const uint64_t args[6])
{
	struct user_action act, old;
	long ret;

	if (args[3] != sizeof(uint64_t))
		return -EINVAL;
	if (args[1] && copy_from_user(&act, (void *)args[1], sizeof(act)))
		return -EFAULT;
	ret = signal_action(t, (int)args[0], args[1] ? &act : NULL, &old);
	if (!ret && args[2] && copy_to_user((void *)args[2], &old, sizeof(old)))
		return -EFAULT;
	return ret;
}

long call_rt_sigprocmask(struct user_thread *t, const uint64_t args[6])
{
	const uint64_t before = t->signals.mask;
	uint64_t set, mask;
	long ret = 0;

	if (args[3] != sizeof(set))
		return -EINVAL;
	if (args[1]) {
		ret = signal_mask_in(args[1], args[3], &set);
		if (ret)
			return ret;
		switch ((int)args[0]) {
		case SIG_BLOCK: mask = before | set; break;
		case SIG_UNBLOCK: mask = before & ~set; break;
		case SIG_SETMASK: mask = set; break;
		default: return -EINVAL;
		}
		ret = signal_set_mask(t, mask);
	}
	if (!ret && args[2] && !set_out(args[2], before))
		return -EFAULT;
	return ret;
}

long call_rt_sigpending(struct user_thread *t, const uint64_t args[6])
{
	uint64_t mask = 0;
	long ret;

	if (args[1] > sizeof(mask))
		return -EINVAL;
	ret = host_raw(SYS_rt_sigpending, &mask, sizeof(mask));
	for (unsigned int k = 0; k < 2; k++)
		if (t->signals.sent[k].sig)
			mask |= signal_bit(t->signals.sent[k].sig);
	mask &= t->signals.mask;
	if (ret)
		return ret;
	return copy_to_user((void *)args[0], &mask, args[1]) ? -EFAULT : 0;
}

long call_rt_sigsuspend(struct user_thread *t, const uint64_t args[6])
{
	uint64_t mask, host;
	const uint64_t call[6] = {(uint64_t)&host, sizeof(host)};
	long ret;

	ret = signal_mask_in(args[0], args[1], &mask);
	return ret
		       ?: signal_masked_call(t, SYS_rt_sigsuspend, call, mask,
					     &host);
}

/* What is kept here comes first: it was sent before. */
long call_rt_sigtimedwait(struct user_thread *t, const uint64_t args[6])
{
	struct user_signals *s = &t->signals;
	uint64_t set;
	long ret = signal_mask_in(args[0], args[3], &set);

	if (ret)
		return ret;
	for (unsigned int k = 0; k < 2; k++) {
		int sig = s->sent[k].sig;

		if (!sig || !(set & signal_bit(sig)))
			continue;
		s->sent[k].sig = 0;
		if (args[1] && copy_to_user((void *)args[1], &s->sent[k].info,
					    sizeof(s->sent[k].info)))
			return -EFAULT;
		return sig;
	}
	return user_host_call(SYS_rt_sigtimedwait, args);
}

long call_rt_sigreturn(struct user_thread *t, const uint64_t args[6])
{
	siginfo_t segv = {.si_signo = SIGSEGV, .si_code = SEGV_MAPERR};
	long ret = frame_pop(t, signal_set_mask);

	(void)args;
	if (ret == -EFAULT) {
		segv.si_addr = (void *)t->cpu->x[user_abi->sp];
		signal_fault(t, &segv);
		ret = 0;
	}
	return ret ? ret : USER_REGISTERS_SET;
}

long call_sigaltstack(struct user_thread *t, const uint64_t args[6])
{
	struct user_altstack new, old = t->signals.alt;
	long ret = 0;

	if (args[0] && copy_from_user(&new, (void *)args[0], sizeof(new)))
		return -EFAULT;
	old.flags &= (int)SS_FLAGS;
	if (!old.size)
		old.flags |= SS_DISABLE;
	else if (frame_on_altstack(t, t->cpu->x[user_abi->sp]))
		old.flags |= SS_ONSTACK;
	if (args[0])
		ret = frame_set_altstack(t, &new);
	if (!ret && args[1] && copy_to_user((void *)args[1], &old, sizeof(old)))
		return -EFAULT;
	return ret;
}

/* The host makes its calls again itself: there is nothing of ours. */
long call_restart_syscall(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	(void)args;
	return -EINTR;
}
