/* SPDX-License-Identifier: MIT */
/*
 * Signals: handlers and what they are given, masks, restarts.
 */
#include "tests/user/machine.h"
#include "tests/user/noted.h"
#include "tests/user/user.h"

#include <pthread.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

/* ---- sent ---------------------------------------------------------------- */

static void sent(void)
{
	union sigval val = {.sival_int = 4711};

	install(SIGUSR1, note, 0);
	install(SIGRTMIN, note, 0);
	CHECK_EQ(kill(getpid(), SIGUSR1), 0);
	CHECK_EQ(hits, 1);
	CHECK_EQ(seen.si_signo, SIGUSR1);
	CHECK_EQ(seen.si_code, SI_USER);
	CHECK_EQ(seen.si_pid, getpid());
	CHECK_EQ(raise(SIGUSR1), 0);
	CHECK_EQ(hits, 2);
	CHECK_EQ(seen.si_code, SI_TKILL);
	CHECK_EQ(sigqueue(getpid(), SIGRTMIN, val), 0);
	CHECK_EQ(hits, 3);
	CHECK_EQ(seen.si_code, SI_QUEUE);
	CHECK_EQ(seen.si_value.sival_int, 4711);
}

/* Lowest number first, its frame below: the highest runs first. Those of a
 * number in the order they were sent. */
static void queue_order(void)
{
	const int rt = SIGRTMIN + 1;
	sigset_t set;

	sigfillset(&set);
	install(SIGUSR1, note, 0);
	install(rt, note, 0);
	CHECK_EQ(sigprocmask(SIG_SETMASK, &set, NULL), 0);
	for (int k = 0; k < 5; k++) {
		union sigval val = {.sival_int = k};

		CHECK_EQ(sigqueue(getpid(), rt, val), 0);
	}
	raise(SIGUSR1);
	raise(SIGUSR1);
	CHECK_EQ(hits, 0);
	CHECK_EQ(sigpending(&set), 0);
	CHECK(sigismember(&set, SIGUSR1) && sigismember(&set, rt) &&
	      !sigismember(&set, SIGUSR2));
	sigemptyset(&set);
	CHECK_EQ(sigprocmask(SIG_SETMASK, &set, NULL), 0);
	CHECK_EQ(hits, 6);
	for (int k = 0; k < 5; k++)
		CHECK_EQ(order[k], rt);
	CHECK_EQ(order[5], SIGUSR1);
}

static void inherit_mask(void)
{
	sigset_t set, old;

	set_of(&set, SIGUSR1, SIGKILL);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	CHECK_EQ(sigprocmask(SIG_BLOCK, NULL, &old), 0);
	CHECK(sigismember(&old, SIGUSR1) && !sigismember(&old, SIGKILL));
	CHECK_EQ(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 4), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(syscall(SYS_rt_sigprocmask, 7, &set, NULL, 8), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(syscall(SYS_rt_sigprocmask, SIG_BLOCK, 8, NULL, 8), -1);
	CHECK_EQ(errno, EFAULT);
	CHECK_EQ(sigaction(SIGKILL, &(struct sigaction){0}, NULL), -1);
	CHECK_EQ(errno, EINVAL);
}

/* ---- flags --------------------------------------------------------------- */

static volatile int depth, deepest;

static void nest(int sig, siginfo_t *info, void *context)
{
	(void)info;
	(void)context;
	depth++;
	if (depth > deepest)
		deepest = depth;
	if (++hits < 3)
		raise(sig);
	depth--;
}

static void nodefer(void)
{
	install(SIGUSR1, nest, SA_NODEFER);
	raise(SIGUSR1);
	CHECK_EQ(hits, 3);
	CHECK_EQ(deepest, 3);
	hits = deepest = 0;
	install(SIGUSR1, nest, 0);
	raise(SIGUSR1);
	CHECK_EQ(hits, 3);
	CHECK_EQ(deepest, 1);
}

static void resethand(void)
{
	struct sigaction now;
	int status;
	pid_t pid;

	install(SIGUSR1, note, (int)SA_RESETHAND);
	raise(SIGUSR1);
	CHECK_EQ(hits, 1);
	CHECK_EQ(sigaction(SIGUSR1, NULL, &now), 0);
	CHECK(now.sa_handler == SIG_DFL);
	pid = fork();
	if (!pid) {
		raise(SIGUSR1);
		_Exit(0);
	}
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
}

static void mask_of_handler(int sig, siginfo_t *info, void *context)
{
	sigset_t now;

	note(sig, info, context);
	sigprocmask(SIG_BLOCK, NULL, &now);
	CHECK(sigismember(&now, SIGUSR1) && sigismember(&now, SIGUSR2));
	raise(SIGUSR2);
	CHECK_EQ(hits, 1);
}

static void sa_mask(void)
{
	struct sigaction act = {.sa_sigaction = mask_of_handler,
				.sa_flags = SA_SIGINFO};

	sigaddset(&act.sa_mask, SIGUSR2);
	CHECK_EQ(sigaction(SIGUSR1, &act, NULL), 0);
	install(SIGUSR2, note, 0);
	raise(SIGUSR1);
	CHECK_EQ(hits, 2);
	CHECK_EQ(order[1], SIGUSR2);
}

static char alt[65536] __attribute__((aligned(16)));

static void on_alt(int sig, siginfo_t *info, void *context)
{
	stack_t now;
	char here;

	note(sig, info, context);
	CHECK(&here >= alt && &here < alt + sizeof(alt));
	CHECK_EQ(sigaltstack(NULL, &now), 0);
	CHECK_EQ(now.ss_flags, SS_ONSTACK);
	CHECK_EQ(sigaltstack(&now, NULL), -1);
	CHECK_EQ(errno, EPERM);
	if (sig == SIGUSR1)
		raise(SIGUSR2);
}

static void altstack(void)
{
	stack_t set = {.ss_sp = alt, .ss_size = sizeof(alt)}, old;

	CHECK_EQ(sigaltstack(NULL, &old), 0);
	CHECK_EQ(old.ss_flags, SS_DISABLE);
	CHECK_EQ(sigaltstack(&set, NULL), 0);
	install(SIGUSR1, on_alt, SA_ONSTACK);
	install(SIGUSR2, on_alt, SA_ONSTACK);
	raise(SIGUSR1);
	CHECK_EQ(hits, 2);
	CHECK_EQ(sigaltstack(NULL, &old), 0);
	CHECK_EQ(old.ss_flags, 0);
	CHECK(old.ss_sp == alt);
	set.ss_size = MACHINE_SMALL_STACK;
	CHECK_EQ(sigaltstack(&set, NULL), -1);
	CHECK_EQ(errno, ENOMEM);
	set.ss_flags = 0x10;
	CHECK_EQ(sigaltstack(&set, NULL), -1);
	CHECK_EQ(errno, EINVAL);
}

static volatile stack_t kept_in[2];

static void keep_stack(int sig, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;

	memcpy((void *)&kept_in[hits % 2], &uc->uc_stack, sizeof(stack_t));
	note(sig, info, context);
	if (hits == 1)
		raise(sig);
}

/* A frame has the flags that sigaltstack() was given, whether or not the stack is in use. */
static void altstack_in_frame(void)
{
	stack_t set = {.ss_sp = alt, .ss_size = sizeof(alt)};

	for (int flags = 0; flags <= SS_ONSTACK; flags++) {
		set.ss_flags = flags;
		CHECK_EQ(sigaltstack(&set, NULL), 0);
		install(SIGUSR1, keep_stack, SA_ONSTACK | SA_NODEFER);
		hits = 0;
		raise(SIGUSR1);
		CHECK_EQ(hits, 2);
		CHECK_EQ(kept_in[0].ss_flags, flags);
		CHECK_EQ(kept_in[1].ss_flags, flags);
		CHECK_EQ(kept_in[1].ss_size, sizeof(alt));
	}
	set.ss_flags = SS_DISABLE;
	CHECK_EQ(sigaltstack(&set, NULL), 0);
	raise(SIGUSR1);
	CHECK_EQ(kept_in[0].ss_flags, SS_DISABLE);
	CHECK_EQ(kept_in[0].ss_size, 0);
}

static sigjmp_buf out_of_stack;

static void on_overflow(int sig, siginfo_t *info, void *context)
{
	note(sig, info, context);
	siglongjmp(out_of_stack, 1);
}

/* More than any stack has, unless @end. */
static int deeper(const volatile bool *end)
{
	volatile char here[16384];

	here[0] = *end;
	return *end ? 0 : deeper(end) + here[0];
}

/* Where the stack ends there is nothing, as who asks whether it was the stack that ended
 * (libsigsegv) counts on. */
static void stack_overflow(void)
{
	stack_t set = {.ss_sp = alt, .ss_size = sizeof(alt)};
	volatile bool never = false;
	unsigned long start, end;
	char line[512];
	FILE *maps;

	CHECK_EQ(sigaltstack(&set, NULL), 0);
	install(SIGSEGV, on_overflow, SA_ONSTACK);
	if (!sigsetjmp(out_of_stack, 1))
		deeper(&never);
	CHECK_EQ(hits, 1);
	CHECK_EQ(seen.si_code, SEGV_MAPERR);
	maps = fopen("/proc/self/maps", "re");
	CHECK(maps);
	while (fgets(line, sizeof(line), maps)) {
		CHECK_EQ(sscanf(line, "%lx-%lx", &start, &end), 2);
		CHECK((unsigned long)seen.si_addr < start ||
		      (unsigned long)seen.si_addr >= end);
	}
	CHECK_EQ(fclose(maps), 0);
}

/* Those that Linux does not know are not there when it is asked (as for 0x400, SA_UNSUPPORTED, it
 * promises). */
static void unknown_flags(void)
{
	struct sigaction act = {.sa_handler = SIG_DFL}, now;

	act.sa_flags = 0x400 | 0x100 | SA_NODEFER | SA_NOCLDWAIT;
	CHECK_EQ(sigaction(SIGUSR1, &act, NULL), 0);
	CHECK_EQ(sigaction(SIGUSR1, NULL, &now), 0);
	CHECK_EQ(now.sa_flags & ~0x04000000 /* SA_RESTORER */,
		 SA_NODEFER | SA_NOCLDWAIT);
	act.sa_flags = 0x800; /* SA_EXPOSE_TAGBITS */
	CHECK_EQ(sigaction(SIGUSR1, &act, NULL), 0);
	CHECK_EQ(sigaction(SIGUSR1, NULL, &now), 0);
	CHECK_EQ(now.sa_flags & ~0x04000000, 0x800);
}

/* What is pending is forgotten when it is ignored, SIGSEGV like others. */
static void fault_ignored_pending(void)
{
	sigset_t set, pending;

	set_of(&set, SIGSEGV, SIGBUS);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	for (int sig = SIGBUS; sig; sig = sig == SIGBUS ? SIGSEGV : 0) {
		install(sig, note, 0);
		CHECK_EQ(raise(sig), 0);
		CHECK_EQ(sigpending(&pending), 0);
		CHECK(sigismember(&pending, sig));
		CHECK(signal(sig, SIG_IGN) != SIG_ERR);
		CHECK_EQ(sigpending(&pending), 0);
		CHECK(!sigismember(&pending, sig));
	}
}

/* ---- interrupted calls --------------------------------------------------- */

static void alarm_in(int ms)
{
	const struct itimerval t = {.it_value = {.tv_usec = ms * 1000}};

	CHECK_EQ(setitimer(ITIMER_REAL, &t, NULL), 0);
}

/* Again and again: on a busy machine the first may come before the call. */
static void alarms_begin(void)
{
	const struct itimerval t = {{0, 20000}, {0, 20000}};

	hits = 0;
	CHECK_EQ(setitimer(ITIMER_REAL, &t, NULL), 0);
}

static void alarms_end(void)
{
	alarm_in(0);
	CHECK(hits);
}

static void eintr(void)
{
	int p[2];
	char c;

	CHECK_EQ(pipe(p), 0);
	install(SIGALRM, note, 0);
	alarms_begin();
	CHECK_EQ(read(p[0], &c, 1), -1);
	CHECK_EQ(errno, EINTR);
	alarms_end();
	alarms_begin();
	CHECK_EQ(pause(), -1);
	CHECK_EQ(errno, EINTR);
	alarms_end();
}

static int write_end;

static void write_one(int sig, siginfo_t *info, void *context)
{
	note(sig, info, context);
	CHECK_EQ(write(write_end, "x", 1), 1);
}

static void restart(void)
{
	int p[2], status;
	pid_t pid;
	char c;

	CHECK_EQ(pipe(p), 0);
	write_end = p[1];
	install(SIGALRM, write_one, SA_RESTART);
	alarm_in(20);
	CHECK_EQ(read(p[0], &c, 1), 1);
	CHECK_EQ(hits, 1);
	pid = fork();
	if (!pid) {
		/* Some come while it is waited for, however late that begins. */
		for (int k = 0; k < 3; k++)
			CHECK_EQ(read(p[0], &c, 1), 1);
		_Exit(3);
	}
	alarms_begin();
	CHECK_EQ(waitpid(pid, &status, 0), pid);
	CHECK_EQ(WEXITSTATUS(status), 3);
	alarms_end();
	/* Never again, whatever the handler says. */
	alarms_begin();
	CHECK_EQ(usleep(20000000), -1);
	CHECK_EQ(errno, EINTR);
	alarms_end();
}

static void sleep_rest(void)
{
	struct timespec t = {.tv_sec = 20}, rest = {0};

	install(SIGALRM, note, SA_RESTART);
	alarms_begin();
	CHECK_EQ(nanosleep(&t, &rest), -1);
	CHECK_EQ(errno, EINTR);
	alarms_end();
	/* Less than all of it, but most. */
	CHECK(rest.tv_sec > 4 && rest.tv_sec < 20);
}

static volatile bool stop;

static void *storm(void *arg)
{
	while (!stop)
		pthread_kill(*(pthread_t *)arg, SIGUSR1);
	return NULL;
}

/* sigsuspend() sees each that comes between two looks. */
static void suspend(void)
{
	pthread_t self = pthread_self(), t;
	sigset_t block, none;

	set_of(&block, SIGUSR1, 0);
	sigemptyset(&none);
	install(SIGUSR1, note, 0);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &block, NULL), 0);
	for (int k = 0; k < 200; k++) {
		int before = hits;

		raise(SIGUSR1);
		CHECK_EQ(hits, before);
		CHECK_EQ(sigsuspend(&none), -1);
		CHECK_EQ(errno, EINTR);
		CHECK_EQ(hits, before + 1);
	}
	CHECK_EQ(pthread_create(&t, NULL, storm, &self), 0);
	for (int k = 0; k < 20; k++) {
		int before = hits;

		CHECK_EQ(sigsuspend(&none), -1);
		CHECK(hits > before);
	}
	stop = true;
	CHECK_EQ(pthread_join(t, NULL), 0);
}

static void wait_info(void)
{
	struct timespec t = {.tv_nsec = 1000000};
	siginfo_t info;
	sigset_t set;

	set_of(&set, SIGUSR1, SIGSEGV);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	CHECK_EQ(sigtimedwait(&set, &info, &t), -1);
	CHECK_EQ(errno, EAGAIN);
	raise(SIGUSR1);
	CHECK_EQ(sigwaitinfo(&set, &info), SIGUSR1);
	kill(getpid(), SIGSEGV);
	CHECK_EQ(sigwaitinfo(&set, &info), SIGSEGV);
	CHECK_EQ(info.si_pid, getpid());
}

static void blocked_now(int sig, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;
	sigset_t now;

	note(sig, info, context);
	/* What was let through is so for the handler, and not after it. */
	sigprocmask(SIG_BLOCK, NULL, &now);
	CHECK(sigismember(&now, SIGUSR2) && !sigismember(&now, SIGHUP));
	CHECK(sigismember(&uc->uc_sigmask, SIGHUP) &&
	      sigismember(&uc->uc_sigmask, SIGALRM));
}

/* ppoll(), pselect() and epoll_pwait() with what comes only meanwhile. */
static void masked_waits(void)
{
	sigset_t outside, inside;
	int ep = epoll_create1(0);
	struct epoll_event ev;

	set_of(&outside, SIGALRM, SIGHUP);
	set_of(&inside, SIGUSR2, SIGSEGV);
	install(SIGALRM, blocked_now, 0);
	CHECK_EQ(sigprocmask(SIG_SETMASK, &outside, NULL), 0);
	raise(SIGALRM);
	CHECK_EQ(ppoll(NULL, 0, NULL, &inside), -1);
	CHECK_EQ(errno, EINTR);
	CHECK_EQ(hits, 1);
	alarm_in(10);
	CHECK_EQ(pselect(0, NULL, NULL, NULL, NULL, &inside), -1);
	CHECK_EQ(errno, EINTR);
	CHECK_EQ(hits, 2);
	alarm_in(10);
	CHECK_EQ(epoll_pwait(ep, &ev, 1, -1, &inside), -1);
	CHECK_EQ(errno, EINTR);
	CHECK_EQ(hits, 3);
	sigprocmask(SIG_BLOCK, NULL, &inside);
	CHECK(sigismember(&inside, SIGHUP) && !sigismember(&inside, SIGUSR2));
}

/* ---- state --------------------------------------------------------------- */

static void spoil(int sig, siginfo_t *info, void *context)
{
	note(sig, info, context);
	SPOIL_STATE();
}

/* Floating-point registers, modes and flags, and the condition flags, at any
 * instruction. */
static void state(void)
{
	const struct itimerval t = {{0, 500}, {0, 500}};

	install(SIGALRM, spoil, 0);
	CHECK_EQ(setitimer(ITIMER_REAL, &t, NULL), 0);
	while (hits < 50) {
		uint64_t bad;

		WATCH_STATE(bad);
		CHECK_EQ(bad, 0);
	}
}

/* Handlers that jump out, from wherever they come. The mask is given back behind
 * the jump: before it each signal would come on top of the last one's frame. */
static void jumps(void)
{
	pthread_t self = pthread_self(), t;
	sigset_t set;

	set_of(&set, SIGUSR1, 0);
	install(SIGUSR1, jump, 0);
	if (sigsetjmp(back, 0)) {
		stop = hits > 300;
		CHECK_EQ(sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
	} else {
		CHECK_EQ(pthread_create(&t, NULL, storm, &self), 0);
	}
	while (!stop)
		getppid();
	signal(SIGUSR1, SIG_IGN);
}

static void *count_up(void *arg)
{
	volatile long *n = arg;

	while (!stop)
		(*n)++;
	return NULL;
}

/* To the process: a thread that does not block it has it. */
static void to_process(void)
{
	static volatile long n[2];
	pthread_t t[2];
	sigset_t set;

	set_of(&set, SIGUSR1, 0);
	install(SIGUSR1, note, 0);
	CHECK_EQ(pthread_create(&t[0], NULL, count_up, (void *)&n[0]), 0);
	CHECK_EQ(sigprocmask(SIG_BLOCK, &set, NULL), 0);
	CHECK_EQ(pthread_create(&t[1], NULL, count_up, (void *)&n[1]), 0);
	for (int k = 1; k <= 50; k++) {
		kill(getpid(), SIGUSR1);
		while (hits < k)
			usleep(10);
	}
	stop = true;
	CHECK_EQ(pthread_join(t[0], NULL), 0);
	CHECK_EQ(pthread_join(t[1], NULL), 0);
	CHECK_EQ(hits, 50);
}

static void timer(void)
{
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL,
			      .sigev_signo = SIGRTMIN + 2};
	struct itimerspec when = {{0, 1000000}, {0, 1000000}};
	timer_t id;

	ev.sigev_value.sival_int = 99;
	install(SIGRTMIN + 2, note, 0);
	CHECK_EQ(timer_create(CLOCK_MONOTONIC, &ev, &id), 0);
	CHECK_EQ(timer_settime(id, 0, &when, NULL), 0);
	while (hits < 10)
		;
	CHECK_EQ(seen.si_code, SI_TIMER);
	CHECK_EQ(seen.si_value.sival_int, 99);
	CHECK_EQ(timer_delete(id), 0);
}

#define QUEUED 3000

static volatile int next_value;
static int storm_pipe[2];

static void in_turn(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	CHECK_EQ(info->si_value.sival_int, next_value);
	next_value++;
}

static void *queue_all(void *arg)
{
	for (int k = 0; k < QUEUED; k++) {
		union sigval val = {.sival_int = k};
		int err;

		while ((err = pthread_sigqueue(*(pthread_t *)arg, SIGRTMIN + 3,
					       val)))
			CHECK_EQ(err, EAGAIN);
	}
	stop = true;
	return NULL;
}

static void *feed(void *arg)
{
	bool last = false;

	(void)arg;
	/* Who saw that it goes on may read one more. */
	for (char c = 0; !last; c++) {
		last = stop;
		CHECK_EQ(write(storm_pipe[1], &c, 1), 1);
	}
	return NULL;
}

/* A thread that reads, computes and changes its mask gets all that is queued
 * for it, in turn, and its calls are made again. */
static void storm_in_turn(void)
{
	pthread_t self = pthread_self(), t[2];
	uint64_t sum = 0, want = 0;
	sigset_t set;
	char c;

	set_of(&set, SIGRTMIN + 3, 0);
	CHECK_EQ(pipe(storm_pipe), 0);
	install(SIGRTMIN + 3, in_turn, SA_RESTART);
	CHECK_EQ(pthread_create(&t[0], NULL, queue_all, &self), 0);
	CHECK_EQ(pthread_create(&t[1], NULL, feed, NULL), 0);
	for (char k = 0; !stop; k++) {
		CHECK_EQ(read(storm_pipe[0], &c, 1), 1);
		CHECK_EQ(c, k);
		sigprocmask(SIG_BLOCK, &set, NULL);
		for (int n = 0; n < 50; n++) {
			sum = sum * 5 + (uint64_t)n;
			want = want * 5 + (uint64_t)n;
		}
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		CHECK_EQ(sum, want);
	}
	fcntl(storm_pipe[0], F_SETFL, O_NONBLOCK);
	while (next_value < QUEUED || read(storm_pipe[0], &c, 1) == 1)
		;
	CHECK_EQ(pthread_join(t[0], NULL), 0);
	CHECK_EQ(pthread_join(t[1], NULL), 0);
	CHECK_EQ(next_value, QUEUED);
}

/* Begins when *@arg is not 0, if there is one. */
static void *spawn_all(void *arg)
{
	while (arg && !*(volatile int *)arg)
		sched_yield();
	for (volatile int k = 0; k < 10; k++) {
		int status;
		pid_t pid = k & 1 ? vfork() : fork();

		if (!pid) {
			if (k & 2)
				execl("/bin/true", "true", NULL);
			_exit(0);
		}
		CHECK(pid > 0);
		while (waitpid(pid, &status, 0) != pid)
			CHECK_EQ(errno, EINTR);
		CHECK_EQ(status, 0);
	}
	return NULL;
}

/* Children are made while signals come: none of these is theirs. */
static void storm_of_children(void)
{
	pthread_t t[3], target;

	install(SIGUSR1, note, 0);
	CHECK_EQ(pthread_create(&target, NULL, spawn_all, (void *)&hits), 0);
	CHECK_EQ(pthread_create(&t[0], NULL, storm, &target), 0);
	CHECK_EQ(pthread_create(&t[1], NULL, spawn_all, NULL), 0);
	CHECK_EQ(pthread_join(t[1], NULL), 0);
	usleep(1000);
	stop = true;
	CHECK_EQ(pthread_join(t[0], NULL), 0);
	CHECK_EQ(pthread_join(target, NULL), 0);
}

const struct user_case signal_cases[] = {
	{"signal/sent", sent, NULL},
	{"signal/queue-order", queue_order, NULL},
	{"signal/masks", inherit_mask, NULL},
	{"signal/nodefer", nodefer, NULL},
	{"signal/resethand", resethand, NULL},
	{"signal/sa-mask", sa_mask, NULL},
	{"signal/altstack", altstack, "takes smaller stacks"},
	{"signal/altstack-in-frame", altstack_in_frame,
	 "says whether it is in use"},
	{"signal/unknown-flags", unknown_flags, "keeps them"},
	{"signal/fault-ignored-pending", fault_ignored_pending, "keeps it"},
	{"signal/stack-overflow", stack_overflow, NULL},
	{"signal/eintr", eintr, NULL},
	{"signal/restart", restart, NULL},
	{"signal/sleep-rest", sleep_rest, NULL},
	{"signal/suspend", suspend, NULL},
	{"signal/masked-waits", masked_waits, NULL},
	{"signal/wait-info", wait_info, "has no SIGSEGV to wait for"},
	{"signal/state", state, NULL},
	{"signal/jumps", jumps, NULL},
	{"signal/to-process", to_process, NULL},
	{"signal/timer", timer, NULL},
	{"signal/storm-in-turn", storm_in_turn, NULL},
	{"signal/storm-of-children", storm_of_children, NULL},
	{NULL, NULL, NULL},
};
