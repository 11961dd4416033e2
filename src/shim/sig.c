/* SPDX-License-Identifier: MIT */
/*
 * Wrapping the VMM's signal handlers, see sig.h.
 *
 * Why no wake-up is lost. KVM_RUN has to return EINTR when a signal becomes
 * pending for its thread after the VMM looked for work. The VMM's protocol is
 * that the handler sets immediate_exit, or that the signal is blocked and
 * KVM_SET_SIGNAL_MASK unblocks it inside KVM_RUN.
 *
 * 1. Without a mask. The kernel model marks the thread as "in KVM_RUN", calls
 *    run_begin, looks at immediate_exit, runs. A signal is delivered to the
 *    thread at some instruction:
 *    - before run_begin cleared `arrived`: the VMM's handler has run to its
 *      end (it runs on this thread, before the next instruction), so
 *      immediate_exit is set and is read later: KVM_RUN leaves;
 *    - after that: the wrapper calls kernel_signal_arrived() on this thread,
 *      which sets the request the vCPU checks before it enters the guest, at
 *      block ends, and as the futex word it sleeps on: KVM_RUN leaves.
 *    Under QEMU ("two steps") the guest's handler does not run where the host
 *    signal hits but at the next exit of the guest's CPU loop. So `arrived` is
 *    cleared by an earlier system call of its own: a signal before the end of
 *    that call has its guest handler run before the guest issues the second
 *    call, a signal after it leaves `arrived` set, and run_begin says EINTR.
 *
 * 2. With a mask. run_begin blocks everything (B), notes the VMM's mask,
 *    clears `arrived`, sets `masked`, and installs KVM's mask (M). A signal
 *    - pending at M and let through by the mask is delivered inside M: the
 *      wrapper sets `arrived`, run_begin returns EINTR;
 *    - later: as in 1.
 *    A signal the VMM's own mask lets through but KVM's does not stays pending
 *    until run_end, as in Linux.
 *    The wrapper gives the interrupted code the VMM's mask back (in uc_sigmask,
 *    which sigreturn installs), so after the first signal the rest of KVM_RUN
 *    runs with the VMM's mask. A signal which that mask blocks must not reach
 *    the VMM's handler: the wrapper sends it to itself again, with the same
 *    siginfo; it is blocked from here on, so it stays pending after EINTR and
 *    sigtimedwait() finds it. Nothing is lost in between, since the signal is
 *    blocked in the handler of itself, and then by uc_sigmask.
 *    run_end blocks everything before it decides what to restore, so that a
 *    last signal either is handled before (and its uc_sigmask holds) or after.
 *
 *    Several signals at once are delivered as a stack of frames: the inner one
 *    interrupts the first instruction of the outer handler. The frame at the
 *    bottom is the one whose uc_sigmask is exactly KVM's mask.
 */
#include "shim/sig.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/types.h"
#include "kernel/kernel.h"

#define SIG_COUNT       65
#define SA_RESTORER_BIT 0x04000000

/* What the VMM asked for. The wrapper only reads handler. */
static struct sig_slot {
	void *handler; /* atomic: sa_handler or sa_sigaction */
	int flags;     /* as given; under sig_lock */
	bool wrapped;  /* the kernel has our wrapper */
} sig_slots[SIG_COUNT];

/* A spin lock, taken with all signals blocked: sigaction() is safe to call in
 * a signal handler, so this must be too. */
static bool sig_lock_taken;

bool sig_two_step;
uint64_t (*sig_translate_mask)(uint64_t mask);

static __thread struct sig_self {
	volatile bool arrived;  /* a signal since the last clear */
	volatile bool masked;   /* in KVM_RUN with a mask */
	volatile bool restored; /* a wrapper gave the VMM's mask back */
	uint64_t kvm_mask, vmm_mask;
} sig_self __attribute__((tls_model("initial-exec")));

static bool sig_is_fault(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS;
}

/* ---- masks, in the kernel's form (bit n-1 = signal n) -------------------- */

static uint64_t mask_swap(int how, const uint64_t *set)
{
	uint64_t old = 0;

	host_raw(SYS_rt_sigprocmask, how, set, &old, sizeof(old));
	return old;
}

static uint64_t uc_mask(const ucontext_t *uc)
{
	uint64_t mask;

	memcpy(&mask, &uc->uc_sigmask, sizeof(mask));
	return mask;
}

static void uc_mask_set(ucontext_t *uc, uint64_t mask)
{
	memcpy(&uc->uc_sigmask, &mask, sizeof(mask));
}

static void sig_lock(uint64_t *old)
{
	static const uint64_t all = ~UINT64_C(0);

	*old = mask_swap(SIG_SETMASK, &all);
	while (__atomic_test_and_set(&sig_lock_taken, __ATOMIC_ACQUIRE))
		host_raw(SYS_sched_yield);
}

static void sig_unlock(const uint64_t *old)
{
	__atomic_clear(&sig_lock_taken, __ATOMIC_RELEASE);
	mask_swap(SIG_SETMASK, old);
}

/* ---- delivery ------------------------------------------------------------ */

/* The default action of a signal the kernel has our wrapper for. */
static void sig_default(int sig, const siginfo_t *info)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL};

	switch (sig) {
	case SIGCHLD:
	case SIGURG:
	case SIGWINCH:
	case SIGCONT: return;
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
		/* Stopped by the one signal that needs no handler gone. */
		host_raw(SYS_kill, getpid(), SIGSTOP);
		return;
	}
	host_sigaction(sig, &dfl, NULL);
	/* A fault repeats by itself when we return; others are sent again and
	 * hit when the handler's own block ends. */
	if (!sig_is_fault(sig) || info->si_code <= 0)
		host_raw(SYS_rt_tgsigqueueinfo, getpid(), gettid(), sig, info);
}

/* Leave @sig pending: for the thread, or if it was sent to the process, for
 * the process. */
static void sig_requeue(int sig, siginfo_t *info)
{
	if (info->si_code == SI_USER)
		host_raw(SYS_rt_sigqueueinfo, getpid(), sig, info);
	else
		host_raw(SYS_rt_tgsigqueueinfo, getpid(), gettid(), sig, info);
}

/* In KVM_RUN with a mask. True: the signal was put back. */
static bool sig_deliver_masked(struct sig_self *self, int sig, siginfo_t *info,
			       ucontext_t *uc)
{
	uint64_t mask = uc_mask(uc);

	if (mask == self->kvm_mask) {
		uc_mask_set(uc, self->vmm_mask);
		self->restored = true;
	} else {
		uc_mask_set(uc, mask | self->vmm_mask);
	}
	if (self->vmm_mask & BIT(sig - 1)) {
		sig_requeue(sig, info);
		return true;
	}
	mask_swap(SIG_BLOCK, &self->vmm_mask);
	return false;
}

/* What to call, SA_RESETHAND done: the kernel did its part, except for faults,
 * where our part stays. */
static void *sig_handler(int sig)
{
	struct sig_slot *slot = &sig_slots[sig];

	if (!(slot->flags & (int)SA_RESETHAND))
		return __atomic_load_n(&slot->handler, __ATOMIC_ACQUIRE);
	if (sig_is_fault(sig))
		return __atomic_exchange_n(&slot->handler, (void *)SIG_DFL,
					   __ATOMIC_ACQ_REL);
	slot->wrapped = false;
	return __atomic_load_n(&slot->handler, __ATOMIC_ACQUIRE);
}

/* The VMM's own handler. It may have interrupted a guarded region of ours:
 * its faults are not that guard's. */
static void sig_call(void (*handler)(int, siginfo_t *, void *), int sig,
		     siginfo_t *info, void *context)
{
	struct fault_guard *guard = fault_guard_top;

	fault_guard_top = NULL;
	/* A one-argument handler does not mind two more. */
	handler(sig, info, context);
	fault_guard_top = guard;
}

static void sig_wrapper(int sig, siginfo_t *info, void *context)
{
	struct sig_self *self = &sig_self;
	void (*handler)(int, siginfo_t *, void *);
	int saved = errno;

	if (sig_is_fault(sig))
		fault_dispatch(sig, info, context);
	self->arrived = true;
	kernel_signal_arrived();
	if (self->masked && sig_deliver_masked(self, sig, info, context)) {
		errno = saved;
		return;
	}
	handler = sig_handler(sig);
	if ((void *)handler == (void *)SIG_DFL ||
	    ((void *)handler == (void *)SIG_IGN && sig_is_fault(sig) &&
	     info->si_code > 0))
		sig_default(sig, info);
	else if ((void *)handler != (void *)SIG_IGN)
		sig_call(handler, sig, info, context);
	/* errno is the handler's affair, as it is without us. */
}

/* ---- sigaction ----------------------------------------------------------- */

static void *action_handler(const struct sigaction *act)
{
	return act->sa_flags & SA_SIGINFO ? (void *)act->sa_sigaction
					  : (void *)act->sa_handler;
}

static bool is_special(const void *handler)
{
	return handler == (void *)SIG_DFL || handler == (void *)SIG_IGN;
}

/* What the kernel said, as the VMM would see it without us. */
static void action_unwrap(int sig, struct sigaction *act)
{
	struct sig_slot *slot = &sig_slots[sig];

	if (action_handler(act) != (void *)sig_wrapper)
		return;
	act->sa_handler = (void (*)(int))slot->handler;
	/* The kernel adds SA_RESTORER for libc. */
	act->sa_flags = slot->flags | (act->sa_flags & SA_RESTORER_BIT);
}

/* Install @act behind the wrapper. Under sig_lock. */
static int action_install(int sig, const struct sigaction *act)
{
	struct sig_slot *slot = &sig_slots[sig];
	void *handler = action_handler(act);
	struct sigaction mine = *act;
	bool wrap = sig_is_fault(sig) || !is_special(handler);

	if (wrap) {
		mine.sa_sigaction = sig_wrapper;
		mine.sa_flags |= SA_SIGINFO;
	}
	if (sig_is_fault(sig)) {
		/* One-shot is done by hand: our part must stay. */
		mine.sa_flags &= ~SA_RESETHAND;
		mine.sa_flags |= SA_ONSTACK;
	}
	/* A wrapper that runs meanwhile finds one of the two handlers. */
	slot->flags = act->sa_flags;
	if (wrap)
		__atomic_store_n(&slot->handler, handler, __ATOMIC_RELEASE);
	if (host_sigaction(sig, &mine, NULL) < 0)
		return -errno;
	if (!wrap)
		__atomic_store_n(&slot->handler, handler, __ATOMIC_RELEASE);
	slot->wrapped = wrap;
	return 0;
}

int sig_action(int sig, const struct sigaction *act, struct sigaction *old)
{
	struct sigaction before;
	int saved = errno;
	uint64_t mask;
	int ret = 0;

	if (sig <= 0 || sig >= SIG_COUNT || sig == SIGKILL || sig == SIGSTOP) {
		ret = host_sigaction(sig, act, old) < 0 ? -errno : 0;
		errno = saved;
		return ret;
	}
	sig_lock(&mask);
	if (host_sigaction(sig, NULL, &before) < 0) {
		ret = -errno;
	} else {
		action_unwrap(sig, &before);
		if (act)
			ret = action_install(sig, act);
	}
	sig_unlock(&mask);
	if (!ret && old)
		*old = before;
	errno = saved;
	return ret;
}

void sig_init(void)
{
	struct sigaction act;
	int saved = errno;

	fault_init_embedded();
	for (int sig = 1; sig < SIG_COUNT; sig++) {
		if (host_sigaction(sig, NULL, &act) < 0)
			continue;
		if (sig_is_fault(sig) || !is_special(action_handler(&act)))
			sig_action(sig, &act, NULL);
	}
	errno = saved;
}

/* ---- KVM_RUN ------------------------------------------------------------- */

/*
 * A signal without a handler that the VMM blocks (and reads by sigwait) but
 * KVM's mask lets through would kill the process when delivered: Linux only
 * returns EINTR. It needs our wrapper.
 */
static void sig_wrap_blocked(uint64_t signals)
{
	struct sigaction act;
	uint64_t mask;

	sig_lock(&mask);
	for (int sig = 1; sig < SIG_COUNT; sig++) {
		struct sig_slot *slot = &sig_slots[sig];

		if (!(signals & BIT(sig - 1)) || slot->wrapped)
			continue;
		if (host_sigaction(sig, NULL, &act) < 0 ||
		    action_handler(&act) != (void *)SIG_DFL || sig == SIGCHLD ||
		    sig == SIGURG || sig == SIGWINCH || sig == SIGCONT)
			continue;
		slot->handler = (void *)SIG_DFL;
		slot->flags = act.sa_flags;
		act.sa_sigaction = sig_wrapper;
		act.sa_flags |= SA_SIGINFO | SA_RESTART;
		slot->wrapped = host_sigaction(sig, &act, NULL) == 0;
	}
	sig_unlock(&mask);
}

void sig_run_clear(void)
{
	sig_self.arrived = false;
}

/* Never blocked by us: what the C library uses, and faults. */
#define SIG_UNBLOCKABLE                                           \
	(BIT(SIGKILL - 1) | BIT(SIGSTOP - 1) | BIT(SIGSEGV - 1) | \
	 BIT(SIGBUS - 1) | BIT(32 - 1) | BIT(33 - 1))

int sig_run_begin(const uint64_t *mask)
{
	struct sig_self *self = &sig_self;
	const uint64_t all = ~SIG_UNBLOCKABLE;

	if (!mask) {
		if (!sig_two_step)
			self->arrived = false;
		return self->arrived ? -EINTR : 0;
	}
	/* Under QEMU a signal that came is queued for the guest already and
	 * all others are blocked; keep it so. */
	if (sig_two_step && self->arrived)
		return -EINTR;
	self->kvm_mask = sig_translate_mask ? sig_translate_mask(*mask) : *mask;
	self->kvm_mask &= ~SIG_UNBLOCKABLE;
	self->vmm_mask = mask_swap(SIG_SETMASK, &all);
	if (sig_two_step && self->arrived) {
		mask_swap(SIG_SETMASK, &self->vmm_mask);
		return -EINTR;
	}
	if (self->vmm_mask & ~self->kvm_mask)
		sig_wrap_blocked(self->vmm_mask & ~self->kvm_mask);
	if (!sig_two_step)
		self->arrived = false;
	self->restored = false;
	self->masked = true;
	mask_swap(SIG_SETMASK, &self->kvm_mask);
	return self->arrived ? -EINTR : 0;
}

void sig_run_end(void)
{
	struct sig_self *self = &sig_self;
	const uint64_t all = ~SIG_UNBLOCKABLE;
	uint64_t now;

	if (!self->masked)
		return;
	now = mask_swap(SIG_SETMASK, &all);
	self->masked = false;
	if (!self->restored)
		now = self->vmm_mask;
	mask_swap(SIG_SETMASK, &now);
}
