/* SPDX-License-Identifier: MIT */
/*
 * Processes: children and what is heard of them, with threads on both sides.
 */
#include "tests/user/user.h"

#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static int status_of(pid_t pid)
{
	int status;

	CHECK_EQ(waitpid(pid, &status, 0), pid);
	return status;
}

static void *touch(void *arg)
{
	++*(volatile int *)arg;
	return NULL;
}

static void thread_in(int n)
{
	volatile int hits = 0;

	for (int k = 0; k < n; k++) {
		pthread_t t;

		CHECK_EQ(pthread_create(&t, NULL, touch, (void *)&hits), 0);
		CHECK_EQ(pthread_join(t, NULL), 0);
	}
	CHECK_EQ(hits, n);
}

static void exits(void)
{
	siginfo_t info;
	pid_t pid = fork();

	if (!pid)
		_Exit(42);
	CHECK_EQ(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	CHECK_EQ(info.si_pid, pid);
	CHECK_EQ(info.si_code, CLD_EXITED);
	CHECK_EQ(info.si_status, 42);
	CHECK_EQ(WEXITSTATUS(status_of(pid)), 42);
	CHECK_EQ(waitpid(-1, NULL, 0), -1);
	CHECK_EQ(errno, ECHILD);
}

/* The call exit of the only thread. */
static void thread_exits(void)
{
	pid_t pid = fork();

	if (!pid)
		syscall(SYS_exit, 7);
	CHECK_EQ(WEXITSTATUS(status_of(pid)), 7);
}

static volatile bool stop;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *busy(void *arg)
{
	while (!stop) {
		free(malloc(100));
		pthread_mutex_lock(&lock);
		++*(volatile int *)arg;
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

/* A child of a process with threads, with threads of its own, and so on. */
static void threads(void)
{
	static volatile int n;
	pthread_t t[3];

	for (int k = 0; k < 3; k++)
		CHECK_EQ(pthread_create(&t[k], NULL, busy, (void *)&n), 0);
	for (int k = 0; k < 20; k++) {
		pid_t pid = fork();

		if (!pid) {
			thread_in(3);
			pid = fork();
			if (!pid) {
				thread_in(2);
				exit(0);
			}
			CHECK_EQ(status_of(pid), 0);
			exit(3);
		}
		CHECK_EQ(WEXITSTATUS(status_of(pid)), 3);
	}
	stop = true;
	for (int k = 0; k < 3; k++)
		CHECK_EQ(pthread_join(t[k], NULL), 0);
}

static void *fork_here(void *arg)
{
	pid_t pid = fork();

	(void)arg;
	if (!pid) {
		CHECK_EQ(gettid(), getpid());
		thread_in(2);
		pthread_exit(NULL);
	}
	CHECK_EQ(status_of(pid), 0);
	return NULL;
}

static void from_thread(void)
{
	pthread_t t;

	CHECK_EQ(pthread_create(&t, NULL, fork_here, NULL), 0);
	CHECK_EQ(pthread_join(t, NULL), 0);
}

static void daemonizes(void)
{
	char buf[8] = "";
	int p[2];
	pid_t pid;

	CHECK_EQ(pipe(p), 0);
	thread_in(1);
	pid = fork();
	if (!pid) {
		CHECK_EQ(daemon(1, 1), 0);
		thread_in(4);
		CHECK_EQ(write(p[1], "done", 4), 4);
		_Exit(0);
	}
	CHECK_EQ(status_of(pid), 0);
	CHECK_EQ(read(p[0], buf, sizeof(buf)), 4);
	CHECK(!strcmp(buf, "done"));
}

static volatile int children;

static void on_child(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	children++;
	CHECK(info->si_code == CLD_EXITED || info->si_code == CLD_KILLED);
}

static void child_signal(void)
{
	struct sigaction act = {.sa_sigaction = on_child,
				.sa_flags = SA_SIGINFO | SA_RESTART};
	pid_t pid;

	CHECK_EQ(sigaction(SIGCHLD, &act, NULL), 0);
	pid = fork();
	if (!pid)
		pause();
	kill(pid, SIGTERM);
	CHECK_EQ(WTERMSIG(status_of(pid)), SIGTERM);
	CHECK_EQ(children, 1);
	signal(SIGCHLD, SIG_IGN);
	pid = fork();
	if (!pid)
		_Exit(0);
	CHECK_EQ(waitpid(pid, NULL, 0), -1);
	CHECK_EQ(errno, ECHILD);
}

/* The parent waits until the child is gone, and the memory is one. */
static void vforks(void)
{
	volatile int shared = 0;
	pid_t pid;

	for (int k = 1; k < 20; k++) {
		pid = vfork();
		if (!pid) {
			shared = k;
			_Exit(k);
		}
		CHECK_EQ(shared, k);
		CHECK_EQ(WEXITSTATUS(status_of(pid)), k);
	}
}

static int clone_main(void *arg)
{
	*(volatile pid_t *)arg = getpid();
	return 11;
}

static void clone_vfork(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	volatile pid_t seen = 0;
	pid_t pid = clone(clone_main, stack + sizeof(stack),
			  CLONE_VM | CLONE_VFORK | SIGCHLD, (void *)&seen);

	CHECK(pid > 0);
	CHECK_EQ(seen, pid);
	CHECK_EQ(WEXITSTATUS(status_of(pid)), 11);
}

struct beside {
	volatile int go, done;
	volatile long sum;
};

static int beside_main(void *arg)
{
	struct beside *b = arg;

	while (!b->go)
		sched_yield();
	for (int k = 0; k < 100000; k++)
		b->sum += k;
	free(malloc(1000));
	b->done = getpid();
	return 12;
}

/* A process that shares the memory and is not waited for. */
static void clone_beside(void)
{
	static char stack[65536] __attribute__((aligned(16)));

	for (int k = 0; k < 10; k++) {
		struct beside b = {0};
		pid_t pid = clone(beside_main, stack + sizeof(stack),
				  CLONE_VM | SIGCHLD, &b);

		CHECK(pid > 0);
		CHECK(!b.done);
		b.go = 1;
		while (!b.done)
			sched_yield();
		CHECK_EQ(b.done, pid);
		CHECK_EQ(b.sum, (long)4999950000);
		CHECK_EQ(WEXITSTATUS(status_of(pid)), 12);
	}
}

static int beside_exec(void *arg)
{
	execl("/bin/sh", "sh", "-c", arg, NULL);
	return 9;
}

static void clone_beside_exec(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid = clone(beside_exec, stack + sizeof(stack),
			  CLONE_VM | SIGCHLD, "exit 13");

	CHECK(pid > 0);
	CHECK_EQ(WEXITSTATUS(status_of(pid)), 13);
	thread_in(1);
}

static void clone_settid(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t parent_tid = 0, pidfd = 0, pid;

	(void)stack;
	pid = (pid_t)syscall(SYS_clone, SIGCHLD | CLONE_PARENT_SETTID, 0,
			     &parent_tid, 0, 0);
	if (!pid)
		_Exit(0);
	CHECK_EQ(parent_tid, pid);
	CHECK_EQ(status_of(pid), 0);
	pid = (pid_t)syscall(SYS_clone, SIGCHLD | CLONE_PIDFD, 0, &pidfd, 0, 0);
	if (!pid)
		_Exit(0);
	CHECK(pidfd > 2);
	CHECK_EQ(status_of(pid), 0);
}

static pid_t clone_with_pidfd(void *pidfd)
{
	return (pid_t)syscall(SYS_clone, SIGCHLD | CLONE_PIDFD, 0, pidfd, 0, 0);
}

/* Without a number for the descriptor, or memory to write it to, there is no child; and the
 * child has none of it. */
static void pidfd_refused(void)
{
	struct rlimit was, none;
	int pidfd = 77, next, status;
	pid_t pid;

	CHECK_EQ(clone_with_pidfd((void *)8), -1);
	CHECK_EQ(errno, EFAULT);
	CHECK_EQ(getrlimit(RLIMIT_NOFILE, &was), 0);
	none = was;
	none.rlim_cur = 0;
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
	CHECK_EQ(clone_with_pidfd(&pidfd), -1);
	CHECK_EQ(errno, EMFILE);
	CHECK_EQ(setrlimit(RLIMIT_NOFILE, &was), 0);
	CHECK_EQ(pidfd, 77);
	CHECK_EQ(waitpid(-1, &status, __WALL), -1);
	CHECK_EQ(errno, ECHILD);
	next = dup(1);
	CHECK_EQ(close(next), 0);
	pid = clone_with_pidfd(&pidfd);
	if (!pid)
		_Exit(pidfd != 77 || fcntl(next, F_GETFD) != -1);
	CHECK_EQ(pidfd, next);
	CHECK_EQ(fcntl(pidfd, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0), 0);
	CHECK_EQ(status_of(pid), 0);
}

/* No SIGCHLD at its end: waited for by __WCLONE or __WALL only. */
static void other_signal(void)
{
	int status;
	pid_t pid = (pid_t)syscall(SYS_clone, 0, 0, 0, 0, 0);

	if (!pid) {
		thread_in(2);
		_Exit(4);
	}
	CHECK(pid > 0);
	CHECK_EQ(waitpid(pid, &status, 0), -1);
	CHECK_EQ(errno, ECHILD);
	CHECK_EQ(waitpid(pid, &status, __WCLONE), pid);
	CHECK_EQ(WEXITSTATUS(status), 4);
}

/* CLONE_FILES without CLONE_VM: what it closes is closed. */
static void shared_files(void)
{
	int fd = dup(1);
	pid_t pid =
		(pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);

	if (!pid)
		syscall(SYS_exit_group, close(fd));
	CHECK_EQ(status_of(pid), 0);
	CHECK_EQ(close(fd), -1);
	CHECK_EQ(errno, EBADF);
}

static void on_usr2(int sig)
{
	(void)sig;
}

/* The call clone3 with CLONE_CLEAR_SIGHAND, alone and as a later posix_spawn() has it. */
static void clear_actions(void)
{
	uint64_t a[11] = {1ull << 32, [4] = SIGCHLD};
	pid_t pid;

	for (int k = 0; k < 2; k++) {
		signal(SIGUSR1, SIG_IGN);
		signal(SIGUSR2, on_usr2);
		pid = (pid_t)syscall(SYS_clone3, a, sizeof(a));
		if (!pid) {
			CHECK(signal(SIGUSR1, SIG_DFL) == SIG_IGN);
			CHECK(signal(SIGUSR2, SIG_IGN) == SIG_DFL);
			_Exit(0);
		}
		CHECK(pid > 0);
		CHECK_EQ(status_of(pid), 0);
		CHECK(signal(SIGUSR2, SIG_DFL) == on_usr2);
		a[0] |= CLONE_VM | CLONE_VFORK;
	}
}

static void by_prctl(void)
{
	char name[17] = "";

	/* Nobody moves the engine's marks. */
	CHECK_EQ(prctl(PR_SET_MM, PR_SET_MM_BRK, 0x10000, 0, 0), -1);
	CHECK_EQ(errno, EPERM);
	CHECK_EQ(prctl(PR_SET_MM, PR_SET_MM_BRK, 0x10000, 0, 1), -1);
	CHECK_EQ(errno, EINVAL);
	CHECK_EQ(prctl(PR_SET_MM, PR_SET_MM_BRK, 0x10000, 8, 0), -1);
	CHECK_EQ(errno, EINVAL);

	CHECK_EQ(prctl(PR_SET_NAME, "some-name"), 0);
	CHECK_EQ(prctl(PR_GET_NAME, name), 0);
	CHECK(!strcmp(name, "some-name"));
	CHECK_EQ(prctl(PR_GET_DUMPABLE), 1);
	CHECK_EQ(prctl(PR_SET_DUMPABLE, 0), 0);
	CHECK_EQ(prctl(PR_GET_DUMPABLE), 0);
	/* In a container it is never again 0. */
	if (!getenv("CASES_CONFINED"))
		CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
	CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	CHECK_EQ(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	CHECK_EQ(prctl(9999), -1);
	CHECK_EQ(errno, EINVAL);
}

#define MANY 3000

/* Nobody traces another process, or oneself. */
static void ptrace_missing(void)
{
	CHECK_EQ(syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0), -1);
	CHECK_EQ(errno, ENOSYS);
	CHECK_EQ(syscall(SYS_ptrace, PTRACE_ATTACH, getppid(), 0, 0), -1);
	CHECK_EQ(errno, ENOSYS);
}

#ifdef __aarch64__
/* As sanitizers stop the world: a process that shares the memory stops the threads of the one
 * that made it and reads their registers. */
struct world {
	_Atomic long turns;
	int spins, blocks, pipe[2];
	_Atomic int seen; /* line of what was not so */
};

static struct world world;

static void *world_spins(void *arg)
{
	world.spins = (int)syscall(SYS_gettid);
	for (;;) {
		__asm__ volatile("mov x20, #0x4711" : : : "x20");
		world.turns++;
	}
	return arg;
}

static void *world_blocks(void *arg)
{
	char c;

	world.blocks = (int)syscall(SYS_gettid);
	CHECK_EQ(read(world.pipe[0], &c, 1), 1);
	return arg;
}

#define SEEN(what)                             \
	do {                                   \
		if (!(what)) {                 \
			world.seen = __LINE__; \
			return 1;              \
		}                              \
	} while (0)

static int world_stops(void *arg)
{
	const int tids[] = {world.spins, world.blocks, getppid()};
	struct {
		unsigned long x[31], sp, pc, pstate;
	} r;
	struct iovec iov;
	long turns;
	int status;

	(void)arg;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int k = 0; k < 3; k++) {
		SEEN(!ptrace(PTRACE_ATTACH, tids[k], NULL, NULL));
		SEEN(waitpid(tids[k], &status, __WALL) == tids[k]);
		SEEN(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
		iov = (struct iovec){&r, sizeof(r) + 8};
		SEEN(!ptrace(PTRACE_GETREGSET, tids[k], (void *)1, &iov));
		SEEN(iov.iov_len == sizeof(r) && r.sp && r.pc);
		SEEN(k || r.x[20] == 0x4711);
	}
	iov = (struct iovec){&r, 24};
	SEEN(!ptrace(PTRACE_GETREGSET, tids[2], (void *)NT_ARM_TLS, &iov));
	SEEN(iov.iov_len == 16 && r.x[0] && !r.x[1]);
	iov.iov_len = 12;
	SEEN(ptrace(PTRACE_GETREGSET, tids[2], (void *)NT_ARM_TLS, &iov) &&
	     errno == EINVAL);
	SEEN(!ptrace(PTRACE_GETREGSET, tids[2], (void *)NT_PRFPREG, &iov) &&
	     iov.iov_len == 12);
	turns = world.turns;
	usleep(20000);
	SEEN(turns == world.turns);
	SEEN(ptrace(PTRACE_ATTACH, tids[0], NULL, NULL) && errno == EPERM);
	SEEN(ptrace(PTRACE_GETREGSET, tids[0], (void *)0x7777, &iov) &&
	     errno == EINVAL);
	SEEN(ptrace(PTRACE_ATTACH, 0x3fffffff, NULL, NULL) && errno == ESRCH);
	/* The one that is not let go goes on when its tracer is gone. */
	SEEN(!ptrace(PTRACE_DETACH, tids[1], NULL, NULL));
	SEEN(!ptrace(PTRACE_DETACH, tids[2], NULL, NULL));
	SEEN(ptrace(PTRACE_DETACH, tids[2], NULL, NULL) && errno == ESRCH);
	return 7;
}

static void stops_the_world(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	pthread_t t, blocks;
	long turns;
	int status;
	pid_t pid;

	CHECK_EQ(pipe(world.pipe), 0);
	CHECK_EQ(pthread_create(&t, NULL, world_spins, NULL), 0);
	CHECK_EQ(pthread_create(&blocks, NULL, world_blocks, NULL), 0);
	while (!world.turns || !world.blocks)
		sched_yield();
	pid = clone(world_stops, stack + sizeof(stack),
		    CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_UNTRACED, NULL);
	CHECK(pid > 0);
	/* Allowed where who traces has to be named. */
	prctl(PR_SET_PTRACER, pid, 0, 0, 0);
	CHECK_EQ(waitpid(pid, &status, __WALL), pid);
	CHECK_EQ(world.seen, 0);
	CHECK_EQ(WEXITSTATUS(status), 7);
	turns = world.turns;
	while (world.turns == turns)
		sched_yield();
	CHECK_EQ(write(world.pipe[1], "", 1), 1);
	CHECK_EQ(pthread_join(blocks, NULL), 0);
}
#endif

/* KiB of its own, counted in the tables: what statm has is behind by some pages of each
 * CPU's. Pages of files come as they are used, the engine's code among them. */
static long resident(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "r");
	char line[128];
	long kib = 0;

	CHECK(f);
	while (!kib && fgets(line, sizeof(line), f))
		sscanf(line, "Anonymous: %ld", &kib);
	CHECK(kib);
	CHECK_EQ(fclose(f), 0);
	return kib;
}

/* What a child needed to execute another program does not stay with its
 * parent. */
static void vfork_leaves_nothing(void)
{
	static char *argv[MANY + 1];
	volatile long before = 0;

	for (unsigned int k = 0; k < MANY; k++)
		argv[k] = "argument";
	for (volatile int k = 0; k < 110; k++) {
		pid_t pid = vfork();

		if (!pid) {
			execv("/bin/true", argv);
			_exit(1);
		}
		CHECK_EQ(status_of(pid), 0);
		if (k == 10)
			before = resident();
	}
	CHECK(resident() - before < 800);
}

const struct user_case process_cases[] = {
	{"process/exits", exits, NULL},
	{"process/thread-exits", thread_exits, NULL},
	{"process/threads", threads, "hangs sometimes"},
	{"process/from-thread", from_thread, NULL},
	{"process/daemonizes", daemonizes, NULL},
	{"process/child-signal", child_signal, NULL},
	{"process/vforks", vforks, "the memory is not shared"},
	{"process/clone-vfork", clone_vfork, "the memory is not shared"},
	{"process/vfork-leaves-nothing", vfork_leaves_nothing, NULL},
	{"process/clone-beside", clone_beside, "refuses CLONE_VM alone"},
	{"process/clone-beside-exec", clone_beside_exec,
	 "refuses CLONE_VM alone"},
	{"process/clone-settid", clone_settid, "CLONE_PIDFD is not known"},
	{"process/pidfd-refused", pidfd_refused, "CLONE_PIDFD is not known"},
	{"process/other-signal", other_signal, "clone() knows no other signal"},
	{"process/shared-files", shared_files, "clone() shares no files"},
	{"process/ptrace-missing", ptrace_missing, NULL},
#ifdef __aarch64__
	{"process/stops-the-world", stops_the_world, "has no ptrace"},
#endif
	{"process/clear-actions", clear_actions, "clone3 is not known"},
	{"process/prctl", by_prctl, NULL},
	{NULL, NULL, NULL},
};
