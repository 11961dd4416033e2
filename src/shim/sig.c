/* SPDX-License-Identifier: MIT */
/*
 * Wrapping the VMM's signal handlers, see sig.h.
 *
 * Why no handler runs inside the model. In Linux a handler runs when the
 * request was left; it may do anything, jump out included. Here the thread may
 * hold locks of the model, so between sig_hold() and sig_release() the wrapper
 * does not call the handler. It sends the signal to its thread again with the
 * same siginfo, tells the model (kernel_signal_arrived()), and gives the
 * interrupted code a mask that blocks all signals (in uc_sigmask, which
 * sigreturn installs); sig_release() gives the thread its own mask back, and
 * there the signal is delivered. The mask to go back to is that of the frame
 * at the bottom: an inner signal interrupts the outer wrapper before that has
 * blocked all (or, of several at once, at its first instruction), so the bottom
 * one is the last to note it. A queued real-time signal would come
 * behind others of its number that way: its siginfo is kept and a token is
 * sent, and each of them that is delivered changes places with what is kept,
 * until the token comes. Faults cannot wait, see sig_waits().
 *
 * Why no wake-up is lost. KVM_RUN has to return EINTR when a signal becomes
 * pending for its thread after the VMM looked for work. The VMM's protocol is
 * that the handler sets immediate_exit, or that the signal is blocked and
 * KVM_SET_SIGNAL_MASK unblocks it inside KVM_RUN.
 *
 * 1. Without a mask. The shim calls sig_hold(), the kernel model marks the
 *    thread as "in KVM_RUN", calls run_begin, looks at immediate_exit, runs. A
 *    signal is delivered to the thread at some instruction:
 *    - before sig_hold(): the VMM's handler has run to its end (it runs on
 *      this thread, before the next instruction), so immediate_exit is set and
 *      is read later: KVM_RUN leaves;
 *    - before run_begin looks at `deferred`: that says EINTR;
 *    - after that: kernel_signal_arrived() sets the request the vCPU checks
 *      before it enters the guest, at block ends, and as the futex word it
 *      sleeps on: KVM_RUN leaves.
 *    Under QEMU ("two steps") the guest's handler does not run where the host
 *    signal hits but at the next exit of the guest's CPU loop. So a signal also
 *    sets `arrived` and `queued`. KVM_RUN clears the one, then looks at the
 *    other: if it is set, KVM_RUN ends at once and is made again (by the thunk,
 *    or by QEMU as a system call to restart), as before that QEMU runs the
 *    handlers of all that had come. A signal that comes behind that look leaves
 *    `arrived` set, and run_begin says EINTR.
 *
 * 2. With a mask. run_begin blocks everything, notes the VMM's mask, sets
 *    `masked`, and installs KVM's mask (M). A signal
 *    - pending at M and let through by the mask is delivered inside M: the
 *      wrapper sets `deferred`, run_begin returns EINTR;
 *    - later: as in 1.
 *    A signal the VMM's own mask lets through but KVM's does not stays pending
 *    until run_end, as in Linux. One that KVM's mask lets through but the VMM's
 *    does not must not reach the VMM's handler: it is sent again and stays
 *    pending after EINTR, as the mask that sig_release() restores is the VMM's;
 *    sigtimedwait() finds it.
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
#include "shim/host-syscall.h"
#include "shim/process.h"

#define SIG_COUNT       65
#define SA_RESTORER_BIT 0x04000000

/* What the VMM asked for: written under sig_lock, the first two atomically, as
 * the wrapper reads them without. */
static struct sig_slot {
	void *handler; /* sa_handler or sa_sigaction */
	int flags;     /* as given */
	bool wrapped;  /* the kernel has our wrapper */
} sig_slots[SIG_COUNT];

/* Whoever sees the handler sees its flags. */
static void slot_fill(struct sig_slot *slot, void *handler, int flags)
{
	__atomic_store_n(&slot->flags, flags, __ATOMIC_RELAXED);
	__atomic_store_n(&slot->handler, handler, __ATOMIC_RELEASE);
}

/* A spin lock, taken with all signals blocked: sigaction() is safe to call in
 * a signal handler, so this must be too. */
static bool sig_lock_taken;

bool sig_two_step;
uint64_t (*sig_translate_mask)(uint64_t mask);

__thread struct sig_self sig_self __attribute__((tls_model("initial-exec")));

/* The siginfo of a real-time signal that waits, and its number or 0. */
static __thread struct sig_kept {
	volatile int sig;
	siginfo_t info;
} sig_kept __attribute__((tls_model("initial-exec")));

/* What an instruction of the model may raise. */
#define SIG_SYNCHRONOUS                                         \
	(BIT(SIGSEGV - 1) | BIT(SIGBUS - 1) | BIT(SIGFPE - 1) | \
	 BIT(SIGILL - 1) | BIT(SIGTRAP - 1) | BIT(SIGSYS - 1))

/* Never blocked by us: that, and what the C library uses (but see
 * sig_wrap_internal()). */
#define SIG_UNBLOCKABLE                                                        \
	(SIG_SYNCHRONOUS | BIT(SIGKILL - 1) | BIT(SIGSTOP - 1) | BIT(32 - 1) | \
	 BIT(33 - 1))

/* sig_set_handler(); then what the C library would use is no exception. */
#define SIG_INTERNAL (BIT(32 - 1) | BIT(33 - 1))
static sig_handler_fn *sig_only;
static uint64_t sig_all = ~SIG_UNBLOCKABLE;

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

	process_check();
	*old = mask_swap(SIG_SETMASK, &all);
	while (__atomic_test_and_set(&sig_lock_taken, __ATOMIC_ACQUIRE))
		host_raw(SYS_sched_yield);
}

static void sig_unlock(const uint64_t *old)
{
	__atomic_clear(&sig_lock_taken, __ATOMIC_RELEASE);
	mask_swap(SIG_SETMASK, old);
}

/* Of the thread that forks; under sig_lock. */
static uint64_t fork_mask;

void sig_fork_prepare(void)
{
	uint64_t mask;

	sig_lock(&mask);
	fork_mask = mask;
}

void sig_fork_parent(void)
{
	uint64_t mask = fork_mask;

	sig_unlock(&mask);
}

void sig_adopt(void)
{
	/* Its token is the parent's. */
	sig_kept.sig = 0;
	__atomic_clear(&sig_lock_taken, __ATOMIC_RELEASE);
}

void sig_fork_child(void)
{
	uint64_t mask = fork_mask;

	sig_adopt();
	mask_swap(SIG_SETMASK, &mask);
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

/* ---- in the model -------------------------------------------------------- */

/*
 * Signals that faults raise are not held back even when somebody sent them:
 * blocked, a fault of a guarded region would kill the process.
 */
static bool sig_waits(int sig)
{
	return sig_self.held && !(SIG_SYNCHRONOUS & BIT(sig - 1));
}

static bool sig_send_self(int sig, const siginfo_t *info)
{
	return host_raw(SYS_rt_tgsigqueueinfo, getpid(), gettid(), sig, info) >=
	       0;
}

/* The VMM's mask blocks @sig: pending for the thread, or if it was sent to the
 * process, for the process. */
static bool sig_put_back(int sig, siginfo_t *info)
{
	if (info->si_code != SI_USER)
		return sig_send_self(sig, info);
	return host_raw(SYS_rt_sigqueueinfo, getpid(), sig, info) >= 0;
}

static bool is_token(const siginfo_t *info)
{
	return info->si_code == SI_QUEUE &&
	       info->si_value.sival_ptr == &sig_kept &&
	       info->si_pid == getpid();
}

/* Pending again, before others of its number. @sig is blocked. */
static bool sig_send_later(int sig, const siginfo_t *info)
{
	siginfo_t token = {.si_signo = sig, .si_code = SI_QUEUE};

	if (sig < 32 || sig_kept.sig)
		return sig_send_self(sig, info);
	token.si_pid = getpid();
	token.si_uid = getuid();
	token.si_value.sival_ptr = &sig_kept;
	sig_kept.info = *info;
	sig_kept.sig = sig;
	if (sig_send_self(sig, &token))
		return true;
	sig_kept.sig = 0;
	return false;
}

/*
 * False: the kernel takes no more signals, and it must not be lost. Nothing
 * comes between: it would note the mask of this wrapper as the VMM's, and
 * sig_kept is one.
 */
static bool sig_defer(int sig, siginfo_t *info, ucontext_t *uc)
{
	struct sig_self *self = &sig_self;
	const uint64_t bit = BIT(sig - 1), all = sig_all | bit;
	uint64_t inside = mask_swap(SIG_BLOCK, &all), mask = uc_mask(uc);
	bool sent;

	if (!self->masked && (!self->deferred || mask != sig_all))
		self->vmm_mask = mask;
	sent = self->vmm_mask & bit ? sig_put_back(sig, info)
				    : sig_send_later(sig, info);
	if (!sent) {
		mask_swap(SIG_SETMASK, &inside);
		return false;
	}
	self->deferred = true;
	uc_mask_set(uc, all);
	return true;
}

/* Of several that are queued, each takes the place of the one before it. */
static void sig_swap_kept(int sig, siginfo_t *info)
{
	const uint64_t bit = BIT(sig - 1);
	uint64_t mask = mask_swap(SIG_BLOCK, &bit); /* SA_NODEFER */
	siginfo_t kept = sig_kept.info;

	if (sig_kept.sig == sig) {
		if (is_token(info))
			sig_kept.sig = 0;
		else
			sig_kept.info = *info;
		*info = kept;
	}
	mask_swap(SIG_SETMASK, &mask);
}

void sig_deliver(void)
{
	struct sig_self *self = &sig_self;
	uint64_t mask = self->vmm_mask;

	self->deferred = false;
	mask_swap(SIG_SETMASK, &mask);
}

/* ---- calling the handler ------------------------------------------------- */

/* The kernel's part of SA_RESETHAND. */
static void action_reset(int sig)
{
	static const struct sigaction dfl = {.sa_handler = SIG_DFL};
	struct sig_slot *slot = &sig_slots[sig];
	uint64_t mask;

	sig_lock(&mask);
	/* Another thread may have installed one meanwhile. */
	if (slot->wrapped && slot->handler == (void *)SIG_DFL) {
		slot->wrapped = false;
		host_sigaction(sig, &dfl, NULL);
	}
	sig_unlock(&mask);
}

/*
 * What to call. SA_RESETHAND is done here and not by the kernel: a fault has to
 * go on reaching us, and a signal that waits comes twice.
 */
static void *sig_handler(int sig)
{
	struct sig_slot *slot = &sig_slots[sig];
	void *handler;

	if (sig_only)
		return (void *)sig_only;
	if (!(__atomic_load_n(&slot->flags, __ATOMIC_RELAXED) &
	      (int)SA_RESETHAND))
		return __atomic_load_n(&slot->handler, __ATOMIC_ACQUIRE);
	handler = __atomic_exchange_n(&slot->handler, (void *)SIG_DFL,
				      __ATOMIC_ACQ_REL);
	if (!sig_is_fault(sig))
		action_reset(sig);
	return handler;
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
	void (*handler)(int, siginfo_t *, void *);
	int saved = errno;

	if (sig_is_fault(sig))
		fault_dispatch(sig, info, context);
	sig_self.arrived = true;
	sig_self.queued = true;
	syscall_window_leave_if_in(context);
	kernel_signal_arrived();
	if (sig_waits(sig) && sig_defer(sig, info, context)) {
		errno = saved;
		return;
	}
	if (unlikely(sig_kept.sig == sig))
		sig_swap_kept(sig, info);
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

/* As the kernel has it. */
struct kernel_action {
	void *handler;
	unsigned long flags;
	void *restorer;
	uint64_t mask;
};

/* The C library's sigaction() refuses its own signals; where a handler returns
 * to is what it gave the kernel for another. */
static int internal_sigaction(int sig, const struct sigaction *act)
{
	struct kernel_action mine, other;
	long ret = host_raw(SYS_rt_sigaction, SIGSEGV, NULL, &other, 8);

	if (ret)
		return (int)ret;
	mine.handler = (void *)act->sa_sigaction;
	mine.flags =
		(unsigned long)act->sa_flags | (other.flags & SA_RESTORER_BIT);
	mine.restorer = other.restorer;
	memcpy(&mine.mask, &act->sa_mask, sizeof(mine.mask));
	return (int)host_raw(SYS_rt_sigaction, sig, &mine, NULL, 8);
}

void sig_set_handler(sig_handler_fn *fn)
{
	sig_only = fn;
	sig_all |= SIG_INTERNAL;
}

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
		mine.sa_flags &= ~SA_RESETHAND; /* sig_handler() */
	}
	if (sig_is_fault(sig))
		mine.sa_flags |= SA_ONSTACK;
	/* A wrapper that runs meanwhile finds one of the two handlers. */
	__atomic_store_n(&slot->flags, act->sa_flags, __ATOMIC_RELAXED);
	if (wrap)
		__atomic_store_n(&slot->handler, handler, __ATOMIC_RELEASE);
	if (host_sigaction(sig, &mine, NULL) < 0)
		return -errno;
	if (!wrap)
		__atomic_store_n(&slot->handler, handler, __ATOMIC_RELEASE);
	slot->wrapped = wrap;
	return 0;
}

int sig_install(int sig, const struct sigaction *act)
{
	struct sigaction mine = *act;

	if (!is_special(action_handler(act))) {
		mine.sa_sigaction = sig_wrapper;
		mine.sa_flags |= SA_SIGINFO;
	}
	if (sig_is_fault(sig))
		mine.sa_flags |= SA_ONSTACK;
	if (sig == 32 || sig == 33)
		return internal_sigaction(sig, &mine);
	return host_sigaction(sig, &mine, NULL) < 0 ? -errno : 0;
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

/* The C library's sigaction() does not know its own signals. */
void sig_wrap_internal(int sig)
{
	/* The kernel's: handler, flags, restorer, mask. */
	unsigned long act[4];
	struct sig_slot *slot = &sig_slots[sig];
	uint64_t mask;

	sig_lock(&mask);
	if (host_raw(SYS_rt_sigaction, sig, NULL, act, 8) == 0 &&
	    !is_special((void *)act[0]) && !slot->wrapped) {
		slot_fill(slot, (void *)act[0], (int)act[1]);
		act[0] = (unsigned long)sig_wrapper;
		act[1] |= SA_SIGINFO;
		slot->wrapped =
			host_raw(SYS_rt_sigaction, sig, act, NULL, 8) == 0;
	}
	sig_unlock(&mask);
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
		slot_fill(slot, (void *)SIG_DFL, act.sa_flags);
		act.sa_sigaction = sig_wrapper;
		act.sa_flags |= SA_SIGINFO | SA_RESTART;
		slot->wrapped = host_sigaction(sig, &act, NULL) == 0;
	}
	sig_unlock(&mask);
}

/* A signal is on its way whose handler has not run. */
static bool sig_is_due(void)
{
	return sig_self.deferred || (sig_two_step && sig_self.arrived);
}

static COLD int run_begin_masked(const uint64_t *mask)
{
	struct sig_self *self = &sig_self;
	uint64_t kvm_mask, before;

	kvm_mask = sig_translate_mask ? sig_translate_mask(*mask) : *mask;
	kvm_mask &= sig_all;
	before = mask_swap(SIG_SETMASK, &sig_all);
	if (sig_is_due()) {
		/* A deferred one has all blocked anyway. */
		if (!self->deferred)
			mask_swap(SIG_SETMASK, &before);
		return -EINTR;
	}
	if (before & ~kvm_mask)
		sig_wrap_blocked(before & ~kvm_mask);
	self->vmm_mask = before;
	self->masked = true;
	mask_swap(SIG_SETMASK, &kvm_mask);
	return self->deferred ? -EINTR : 0;
}

int sig_run_begin(const uint64_t *mask)
{
	/* Under QEMU a signal that came is queued for the guest already and
	 * all others are blocked; keep it so. */
	if (unlikely(sig_is_due()))
		return -EINTR;
	return unlikely(mask) ? run_begin_masked(mask) : 0;
}

static COLD void run_end_masked(void)
{
	struct sig_self *self = &sig_self;

	mask_swap(SIG_SETMASK, &sig_all);
	self->masked = false;
	if (!self->deferred)
		mask_swap(SIG_SETMASK, &self->vmm_mask);
}

void sig_run_end(void)
{
	if (unlikely(sig_self.masked))
		run_end_masked();
}

/* ---- system calls for a guest of QEMU's ---------------------------------- */

/*
 * The guest's handler runs when QEMU's CPU loop comes round, so a signal that
 * came before the kernel sleeps must keep it from sleeping. Whether QEMU has
 * delivered an earlier one is not known here; being told to make the call again
 * for nothing does no harm.
 */
static bool sig_restart(void)
{
	bool queued = sig_self.queued;

	sig_self.queued = false;
	return queued;
}

/* In this order: see the head of the file, "two steps". */
bool sig_run_restart(void)
{
	sig_self.arrived = false;
	atomic_signal_fence(memory_order_seq_cst);
	return sig_restart();
}

long sig_syscall(long nr, const uint64_t args[6])
{
	long ret = syscall_unless(&sig_self.queued, nr, args);

	if (ret == -SIG_RESTART)
		sig_self.queued = false;
	return ret;
}
