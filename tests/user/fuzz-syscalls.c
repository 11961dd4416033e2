/* SPDX-License-Identifier: MIT */
/*
 * System calls with random arguments, by an arm64 or armhf program: what runs it survives
 * what Linux survives.
 *
 *   fuzz-syscalls SEED CHILDREN
 *
 * Each child makes some hundred calls and may die of them by signals that a
 * program of Linux's may die of, but nothing else: SIGABRT, or the exit code of
 * an engine that gave up, is a failure, and so is a child that nobody can kill.
 * To be run as a user that owns nothing, in a folder of its own. Calls that reach
 * beyond the process are left out.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

#define CALLS    300
#define LAST     463
#define AREA     (64 << 10)
#define PASSED   7
#define WATCH_MS 20000

static uint64_t state;

static uint64_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Beyond the process, for ever, or slow for everybody. */
static bool left_out(long nr)
{
	switch (nr) {
	case SYS_exit:
	case SYS_exit_group:
	case SYS_clone:
	case SYS_clone3:
	case SYS_kill:
	case SYS_tkill:
	case SYS_tgkill:
	case SYS_rt_sigqueueinfo:
	case SYS_rt_tgsigqueueinfo:
	case SYS_pidfd_send_signal:
	case SYS_prlimit64:
	case SYS_setpriority:
	case SYS_reboot:
	case SYS_sync:
	case SYS_syncfs:
	case SYS_msgget:
	case SYS_semget:
	case SYS_shmget:
	case SYS_shmctl:
	case SYS_semctl:
	case SYS_msgctl:
	case SYS_mq_open:
	case SYS_add_key:
	case SYS_request_key:
	case SYS_keyctl:
	case SYS_memfd_create:
	case SYS_memfd_secret:
	case SYS_rt_sigsuspend:
	case SYS_rt_sigreturn:
	case SYS_execve:
	case SYS_execveat: return true;
	}
#ifdef __arm__
	switch (nr) {
	case SYS_fork:
	case SYS_vfork:
	case SYS_pause:
	case SYS_sigreturn:
	case SYS_sigsuspend: return true;
	}
	return false;
#else
	return (nr >= 244 && nr < 260) || (nr > 294 && nr < 424);
#endif
}

static uint64_t argument(char *area)
{
	static const uint64_t edges[] = {
		0,
		1,
		8,
		4095,
		4096,
		4097,
		0x7fffffff,
		0x80000000,
		0xffffffff,
		1ULL << 46,
		(1ULL << 47) - 8,
		1ULL << 47,
		1ULL << 63,
		~0ULL,
		~0ULL - 4095,
		~0ULL - 99, /* AT_FDCWD */
	};

	switch (rnd() % 8) {
	case 0: return rnd() % 16;
	case 1: return edges[rnd() % (sizeof(edges) / sizeof(edges[0]))];
	case 2: return (uint64_t)area + rnd() % AREA;
	case 3: return ((uint64_t)area + rnd() % AREA) & ~4095ULL;
	case 4: return 1ULL << rnd() % 64;
	case 5: return rnd() % 4096;
	case 6: return (uint64_t)area + AREA - rnd() % 16; /* then nothing */
	default: return rnd() >> rnd() % 64;
	}
}

static void limit(int what, rlim_t val)
{
	const struct rlimit lim = {val, val};

	setrlimit(what, &lim);
}

static void child(uint64_t seed)
{
	char *area = mmap(NULL, AREA + 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	state = seed * 0x9e3779b97f4a7c15 + 1;
	limit(RLIMIT_FSIZE, 1 << 20);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_MEMLOCK, 1 << 20);
	limit(RLIMIT_NOFILE, 256);
	munmap(area + AREA, 4096);
	for (size_t k = 0; k < AREA; k += 8)
		*(uint64_t *)(area + k) =
			rnd() % 4 ? rnd() >> rnd() % 64 : (uint64_t)area;
	strcpy(area + 4096, "file");
	alarm(4);
	for (unsigned int k = 0; k < CALLS; k++) {
		long nr;

		do
			nr = (long)(rnd() % LAST);
		while (left_out(nr));
		syscall(nr, argument(area), argument(area), argument(area),
			argument(area), argument(area), argument(area));
	}
	_exit(PASSED);
}

/* Its status, or -1: it can't be killed. */
static int wait_for(pid_t pid)
{
	int status;

	for (unsigned int ms = 0; ms < 2 * WATCH_MS; ms++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		if (ms == WATCH_MS)
			kill(pid, SIGKILL);
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	}
	return -1;
}

/* 125 to 127 are an engine's. */
static bool is_failure(int status)
{
	if (status == -1)
		return true;
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGABRT ||
		       WTERMSIG(status) == SIGTRAP;
	return WEXITSTATUS(status) >= 125 && WEXITSTATUS(status) <= 127;
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 0) : 10;
	unsigned int failed = 0, died = 0;

	if (!getuid()) {
		fputs("not as root\n", stderr);
		return 77;
	}
	for (uint64_t k = 0; k < count; k++) {
		pid_t pid = fork();
		int status;

		if (pid < 0) {
			perror("fork");
			return 1;
		}
		if (!pid) {
			/* What is sent to its group is its own. */
			setsid();
			child(seed + k);
		}
		status = wait_for(pid);
		died += WIFSIGNALED(status);
		if (is_failure(status)) {
			printf("seed %llu: status %#x\n",
			       (unsigned long long)(seed + k),
			       (unsigned int)status);
			fflush(stdout);
			failed++;
		}
	}
	printf("%llu children, %u died of signals, %u failed\n",
	       (unsigned long long)count, died, failed);
	return failed != 0;
}
