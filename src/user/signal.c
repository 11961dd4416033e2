/* SPDX-License-Identifier: MIT */
/*
 * The program's signals, see signal.h.
 *
 * Why none is lost and none comes where it is blocked. Whatever changes the
 * host's mask is made by sig_syscall(), which refuses while a signal is noted
 * that the loop has not seen: so the mask is changed before a signal is noted, or
 * after it was delivered. A PE is asked to leave after the note, and the loop
 * looks for the note before it enters the PE.
 */
#include "user/signal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/types.h"
#include "cpu/cpu.h"
#include "shim/sig.h"
#include "user/abi.h"
#include "user/lock.h"
#include "user/rseq.h"
#include "user/syscall.h"
#include "user/thread.h"

#define NOT_BLOCKED (BIT(SIGSEGV - 1) | BIT(SIGBUS - 1))
#define NO_MASK     (BIT(SIGKILL - 1) | BIT(SIGSTOP - 1))
/* What the host has to know of a handler's flags. */
#define HOST_FLAGS (SA_NOCLDSTOP | SA_NOCLDWAIT | (int)SA_RESTART)

/* Linux forgets what it does not know of them, so that who asks for one learns whether it is
 * there. SA_EXPOSE_TAGBITS and SA_RESTORER are the last two. */
#define KNOWN_FLAGS                                                         \
	((uint64_t)(SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | \
		    SA_NODEFER) |                                           \
	 (uint64_t)(uint32_t)(SA_RESTART | SA_RESETHAND) | 0x800 | 0x04000000)

/* Actions are under the lock; taken with the program's signals as they are: those that come
 * are only noted. */
static struct user_action process_actions[SIGNALS + 1];

static bool is_memory_fault(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS;
}

static bool is_special(uint64_t handler)
{
	return handler == (uint64_t)SIG_DFL || handler == (uint64_t)SIG_IGN;
}

/* ---- masks --------------------------------------------------------------- */

static void host_mask(int how, uint64_t mask)
{
	host_raw(SYS_rt_sigprocmask, how, &mask, NULL, sizeof(mask));
}

void signal_block(void)
{
	host_mask(SIG_SETMASK, ~NOT_BLOCKED);
}

/* 0, or USER_AGAIN: not with a signal that is to be seen first. */
static long host_set_mask(uint64_t mask)
{
	const uint64_t host = mask & ~NOT_BLOCKED;
	const uint64_t args[6] = {SIG_SETMASK, (uint64_t)&host, 0,
				  sizeof(host)};

	return user_host_call(SYS_rt_sigprocmask, args);
}

void signal_unblock(struct user_thread *t)
{
	/* What is noted has all blocked, and its delivery comes here again. */
	while (!t->signals.arrived && host_set_mask(t->signals.mask))
		;
}

long signal_set_mask(struct user_thread *t, uint64_t mask)
{
	long ret;

	mask &= ~NO_MASK;
	ret = t->signals.arrived ? USER_AGAIN : host_set_mask(mask);
	if (!ret)
		t->signals.mask = mask;
	return ret;
}

long signal_mask_in(uint64_t addr, uint64_t size, uint64_t *mask)
{
	if (size != sizeof(*mask))
		return -EINVAL;
	return copy_from_user(mask, (const void *)addr, sizeof(*mask));
}

/* A SIGSEGV or SIGBUS that somebody sent and @mask lets through. */
static bool sent_unblocked(const struct user_signals *s, uint64_t mask)
{
	for (unsigned int k = 0; k < 2; k++)
		if (s->sent[k].sig && !(mask & signal_bit(s->sent[k].sig)))
			return true;
	return false;
}

long signal_masked_call(struct user_thread *t, long nr, const uint64_t args[6],
			uint64_t mask, uint64_t *host)
{
	struct user_signals *s = &t->signals;
	long ret;

	mask &= ~NO_MASK;
	*host = mask & ~NOT_BLOCKED;
	ret = sent_unblocked(s, mask) ? -EINTR : user_host_call(nr, args);
	if (ret == -EINTR && signal_waits(s)) {
		s->has_call_mask = true;
		s->call_mask = mask;
	}
	return ret;
}

/* ---- arrival ------------------------------------------------------------- */

static void blocked_after(ucontext_t *uc, uint64_t mask)
{
	memcpy(&uc->uc_sigmask, &mask, sizeof(mask));
}

/* Pending again. It is blocked, or comes once more. */
static void send_again(int sig, siginfo_t *info)
{
	if (info->si_code == SI_USER)
		host_raw(SYS_rt_sigqueueinfo, getpid(), sig, info);
	else
		host_raw(SYS_rt_tgsigqueueinfo, getpid(), gettid(), sig, info);
}

/* The linker's: where the program's own pages begin and its code ends. */
extern const char __ehdr_start[], etext[];

static void die_of_bug(int sig, const siginfo_t *info, const ucontext_t *uc)
{
	uintptr_t pc = host_context_pc(uc), start = (uintptr_t)__ehdr_start;
	bool own = pc >= start && pc < (uintptr_t)etext;
	char text[160];
	int n = snprintf(text, sizeof(text),
			 "fauxkvm-user: internal error: signal %d, code %d, "
			 "at %s%#lx, address %p\n",
			 sig, info->si_code, own ? "fauxkvm-user+" : "",
			 own ? pc - start : pc, info->si_addr);

	host_raw(SYS_write, 2, text, n);
	host_sigaction(sig, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
}

/* Wherever it is in the engine: the kernel does it whenever the thread was preempted. */
static void die_of_rseq(siginfo_t *info)
{
	host_sigaction(SIGSEGV, &(struct sigaction){.sa_handler = SIG_DFL},
		       NULL);
	send_again(SIGSEGV, info);
}

/* The default action, which may be nothing. */
static void host_default(int sig, siginfo_t *info)
{
	const uint64_t bit = signal_bit(sig);

	sig_install(sig, &(struct sigaction){.sa_handler = SIG_DFL});
	send_again(sig, info);
	host_raw(SYS_rt_sigprocmask, SIG_UNBLOCK, &bit, NULL, sizeof(bit));
}

/* On any thread, anywhere in the engine; called by sig.c's wrapper when the
 * thread has left the model. All signals are blocked. */
static void signal_arrived(int sig, siginfo_t *info, void *context)
{
	struct user_thread *t = user_self;
	ucontext_t *uc = context;

	if (is_memory_fault(sig) && info->si_code > 0) {
		if (info->si_code == SI_KERNEL && t && rseq_kills(t))
			die_of_rseq(info);
		else
			die_of_bug(sig, info, uc);
		return;
	}
	if (unlikely(gdb_is_awaited()) &&
	    process_actions[sig].handler == (uint64_t)SIG_DFL) {
		host_default(sig, info);
		return;
	}
	if (!t || (t->signals.arrived && !is_memory_fault(sig))) {
		/* Not for this thread, or not yet. */
		blocked_after(uc, t ? ~NOT_BLOCKED : ~UINT64_C(0));
		send_again(sig, info);
		return;
	}
	if (is_memory_fault(sig)) {
		unsigned int k = sig == SIGBUS;

		if (!t->signals.sent[k].sig)
			t->signals.sent[k].info = *info;
		t->signals.sent[k].sig = sig;
	} else {
		t->signals.info = *info;
		t->signals.arrived = sig;
		blocked_after(uc, ~NOT_BLOCKED);
	}
	cpu_request(t->cpu, CPU_REQ_KICK);
}

/* ---- actions ------------------------------------------------------------- */

static int host_action(int sig, const struct user_action *act)
{
	struct sigaction host = {
		.sa_flags = (int)act->flags & HOST_FLAGS,
	};

	if (is_special(act->handler) && !is_memory_fault(sig) &&
	    !(act->handler == (uint64_t)SIG_DFL && gdb_catches(sig))) {
		host.sa_handler = (void (*)(int))act->handler;
	} else {
		host.sa_sigaction = signal_arrived;
		host.sa_flags |= SA_SIGINFO;
		if (is_special(act->handler))
			host.sa_flags |= SA_RESTART;
		memset(&host.sa_mask, 0xff, sizeof(host.sa_mask));
		sigdelset(&host.sa_mask, SIGSEGV);
		sigdelset(&host.sa_mask, SIGBUS);
	}
	return sig_install(sig, &host);
}

int signal_action(struct user_thread *t, int sig, const struct user_action *act,
		  struct user_action *old)
{
	struct user_action *actions = t->signals.actions;
	struct user_action before;
	int ret = 0;

	if (sig < 1 || sig > SIGNALS || (act && (NO_MASK & signal_bit(sig))))
		return -EINVAL;
	lock_take(LOCK_SIGNALS);
	before = actions[sig];
	if (act) {
		actions[sig] = *act;
		actions[sig].flags &= KNOWN_FLAGS;
		actions[sig].mask &= ~NO_MASK;
		ret = host_action(sig, act);
		if (ret)
			actions[sig] = before;
		else if (is_memory_fault(sig) &&
			 act->handler == (uint64_t)SIG_IGN)
			t->signals.sent[sig == SIGBUS].sig = 0;
	}
	lock_release(LOCK_SIGNALS);
	if (!ret && old)
		*old = before;
	return ret;
}

void signal_copy_actions(struct user_thread *t, struct user_action *own)
{
	lock_take(LOCK_SIGNALS);
	memcpy(own, t->signals.actions, (SIGNALS + 1) * sizeof(*own));
	lock_release(LOCK_SIGNALS);
	t->signals.actions = own;
}

void signal_clear_actions(struct user_thread *t)
{
	static const struct user_action dfl;

	for (int sig = 1; sig <= SIGNALS; sig++)
		if (!is_special(t->signals.actions[sig].handler))
			signal_action(t, sig, &dfl, NULL);
}

void signal_restore_internal(const struct user_thread *t)
{
	const struct user_action *actions = t->signals.actions;

	lock_take(LOCK_SIGNALS);
	for (int sig = 32; sig <= 33; sig++)
		if (!is_special(actions[sig].handler))
			host_action(sig, &actions[sig]);
	lock_release(LOCK_SIGNALS);
}

void signal_fork_prepare(void)
{
	lock_take(LOCK_SIGNALS);
}

void signal_fork_done(void)
{
	lock_release(LOCK_SIGNALS);
}

/* What is done about @sig; one with SA_RESETHAND is done once. */
static struct user_action action_take(struct user_thread *t, int sig)
{
	struct user_action *actions = t->signals.actions;
	static const struct user_action dfl;
	struct user_action act;

	lock_take(LOCK_SIGNALS);
	act = actions[sig];
	if ((act.flags & SA_RESETHAND) && !is_special(act.handler)) {
		actions[sig].handler = (uint64_t)SIG_DFL;
		host_action(sig, &dfl);
	}
	lock_release(LOCK_SIGNALS);
	return act;
}

void signal_init(struct user_thread *t)
{
	struct sigaction act;
	uint64_t mask = 0;

	host_raw(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, sizeof(mask));
	t->signals.mask = mask;
	t->signals.alt.flags = SS_DISABLE;
	t->signals.actions = process_actions;
	sig_set_handler(signal_arrived);
	for (int sig = 1; sig <= SIGNALS; sig++) {
		if (!is_memory_fault(sig)) {
			if (host_sigaction(sig, NULL, &act) == 0 &&
			    act.sa_handler == SIG_IGN)
				process_actions[sig].handler =
					(uint64_t)SIG_IGN;
			if (!gdb_catches(sig))
				continue;
		}
		host_action(sig, &process_actions[sig]);
	}
	host_mask(SIG_SETMASK, mask & ~NOT_BLOCKED);
}

void signal_thread_init(struct user_thread *t, const struct user_thread *of)
{
	t->signals = (struct user_signals){
		.mask = of->signals.mask,
		.actions = of->signals.actions,
		.alt = {.flags = SS_DISABLE},
	};
}

/* ---- delivery ------------------------------------------------------------ */

static const char *code_name(int sig)
{
	const char *name = sigabbrev_np(sig);

	return name ? name : "?";
}

/* " (FILE+OFFSET)" of what is mapped at @va, or nothing. */
static void name_place(uint64_t va, char *buf, size_t size)
{
	char line[512], file[256];
	uint64_t start, end, offset;
	FILE *maps = fopen("/proc/self/maps", "re");

	*buf = '\0';
	while (maps && fgets(line, sizeof(line), maps)) {
		if (sscanf(line,
			   "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64
			   " %*s %*s %255[^\n]",
			   &start, &end, &offset, file) != 4 ||
		    va < start || va >= end)
			continue;
		snprintf(buf, size, " (%s+%#" PRIx64 ")", file,
			 va - start + offset);
		break;
	}
	if (maps)
		fclose(maps);
}

/* One line, where the program made it happen. The process ends: signals are
 * blocked, SIGPIPE among them. */
static void tell_fault(const struct user_thread *t, const siginfo_t *info)
{
	const uint64_t pc = t->cpu->pc, lr = t->cpu->x[user_abi->lr];
	char text[800], pc_place[300], lr_place[300];
	int n;

	signal_block();
	name_place(pc, pc_place, sizeof(pc_place));
	name_place(lr, lr_place, sizeof(lr_place));
	n = snprintf(text, sizeof(text),
		     "fauxkvm-user: SIG%s, address %p, pc %#" PRIx64
		     "%s, called from %#" PRIx64 "%s\n",
		     code_name(info->si_signo), info->si_addr, pc, pc_place, lr,
		     lr_place);
	host_raw(SYS_write, 2, text, n);
}

static void act_by_default(int sig, siginfo_t *info)
{
	const struct user_action none = {.handler = (uint64_t)SIG_DFL};

	if (gdb_catches(sig))
		gdb_ends(sig, 0);
	/* KVM_SET_SIGNAL_MASK may have made sig.c take it over. */
	host_default(sig, info);
	if (is_memory_fault(sig))
		host_action(sig, &none);
}

/* To its end by @sig, whatever the program has said. */
_Noreturn static void die_by(int sig, siginfo_t *info)
{
	signal_block();
	act_by_default(sig, info);
	abort();
}

static void deliver(struct user_thread *t, int sig, siginfo_t *info)
{
	struct user_signals *s = &t->signals;
	uint64_t mask = s->has_call_mask ? s->call_mask : s->mask;
	struct user_action act;

	s->has_call_mask = false;
	if (unlikely(gdb_on)) {
		sig = gdb_signal(t, sig);
		if (!sig)
			return;
		info->si_signo = sig;
	}
	act = action_take(t, sig);
	if (act.handler == (uint64_t)SIG_IGN)
		return;
	if (act.handler == (uint64_t)SIG_DFL) {
		act_by_default(sig, info);
		return;
	}
	rseq_signal(t);
	if (user_abi->frame_push(t, &act, sig, info, s->mask)) {
		siginfo_t segv = {.si_signo = SIGSEGV, .si_code = SI_KERNEL};

		/* A handler of SIGSEGV that has no room won't have it now. */
		if (sig == SIGSEGV) {
			tell_fault(t, &segv);
			die_by(SIGSEGV, &segv);
		}
		signal_fault(t, &segv);
		return;
	}
	s->mask = mask | act.mask;
	if (!(act.flags & SA_NODEFER))
		s->mask |= signal_bit(sig);
}

static void deliver_sent(struct user_thread *t)
{
	struct user_signals *s = &t->signals;
	bool any = false;

	for (unsigned int k = 0; k < 2; k++) {
		int sig = s->sent[k].sig;
		siginfo_t info;

		if (!sig || (signal_bit(sig) &
			     (s->has_call_mask ? s->call_mask : s->mask)))
			continue;
		info = s->sent[k].info;
		s->sent[k].sig = 0;
		deliver(t, sig, &info);
		any = true;
	}
	if (any)
		signal_unblock(t);
}

void signal_deliver(struct user_thread *t)
{
	struct user_signals *s = &t->signals;

	deliver_sent(t);
	while (s->arrived) {
		int sig = s->arrived;
		siginfo_t info = s->info;

		/* The fault of an instruction came before it. */
		if (!s->has_call_mask && (s->mask & signal_bit(sig)))
			send_again(sig, &info);
		else
			deliver(t, sig, &info);
		s->arrived = 0;
		signal_unblock(t);
	}
	s->has_call_mask = false;
}

void signal_fault(struct user_thread *t, const siginfo_t *info)
{
	struct user_signals *s = &t->signals;
	const int sig = info->si_signo;
	siginfo_t mine = *info;
	uint64_t handler;

	lock_take(LOCK_SIGNALS);
	handler = s->actions[sig].handler;
	lock_release(LOCK_SIGNALS);
	if (is_special(handler) || (s->mask & signal_bit(sig))) {
		if (gdb_on && !gdb_signal(t, sig))
			return;
		tell_fault(t, info);
		die_by(sig, &mine);
	}
	deliver(t, sig, &mine);
	signal_unblock(t);
}

void signal_kill(struct user_thread *t, const siginfo_t *info)
{
	siginfo_t mine = *info;

	tell_fault(t, info);
	die_by(info->si_signo, &mine);
}
