/* SPDX-License-Identifier: MIT */
/*
 * Children that share the memory and are killed at any moment: their parent goes on,
 * whatever they were at.
 */
#include "tests/user/user.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/user/machine.h"

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

static void thread_runs(void)
{
	volatile int hits = 0;
	pthread_t t;

	CHECK_EQ(pthread_create(&t, NULL, touch, (void *)&hits), 0);
	CHECK_EQ(pthread_join(t, NULL), 0);
	CHECK_EQ(hits, 1);
}

static volatile int forever;

static uint32_t *code_new(void)
{
	uint32_t *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(code != MAP_FAILED);
	return code;
}

/* Code is changed, for all threads. */
static void code_change(uint32_t *code, unsigned int n)
{
	code[0] = MACHINE_SET_R0(n);
	code[1] = MACHINE_RETURN;
	__builtin___clear_cache((char *)code, (char *)(code + 2));
	CHECK_EQ(((unsigned int (*)(void))code)(), n);
}

/* Whatever it was at: the parent goes on. */
static void vfork_killed(void)
{
	uint32_t *code = code_new();
	volatile long n = 0;

	for (volatile int k = 0; k < 5; k++) {
		pid_t pid = vfork();

		if (!pid) {
			signal(SIGALRM, SIG_DFL);
			ualarm(2000, 0);
			while (!forever)
				n++;
		}
		CHECK_EQ(WTERMSIG(status_of(pid)), SIGALRM);
		/* Nobody waits for it. */
		code_change(code, (unsigned int)k);
	}
	CHECK(n);
	thread_runs();
}

/* It is killed while it changes what the engine keeps of the process, which its
 * parent changes afterwards. */
static void vfork_killed_in_calls(void)
{
	const size_t len = 65536;

	for (volatile int k = 0; k < 40; k++) {
		pid_t pid = vfork();
		void *at;

		if (!pid) {
			signal(SIGALRM, SIG_DFL);
			ualarm(300 + 17 * (useconds_t)k, 0);
			while (!forever) {
				at = mmap(NULL, len, PROT_READ,
					  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
				munmap(at, len);
				signal(SIGUSR1, SIG_IGN);
				brk(NULL);
			}
		}
		CHECK_EQ(WTERMSIG(status_of(pid)), SIGALRM);
		at = mmap(NULL, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			  0);
		CHECK(at != MAP_FAILED);
		CHECK_EQ(munmap(at, len), 0);
		signal(SIGUSR2, SIG_IGN);
		CHECK(sbrk(0) != (void *)-1);
		thread_runs();
	}
}

#define MANY 3000

static void *idle(void *arg)
{
	while (!forever)
		usleep(100);
	return arg;
}

/* It is killed while it tries to execute something, which its parent does
 * afterwards. A process with one thread has fewer locks. */
static void vfork_killed_in_execve(void)
{
	static char *argv[MANY + 1];
	pthread_t other;

	for (unsigned int k = 0; k < MANY; k++)
		argv[k] = "argument";
	CHECK_EQ(pthread_create(&other, NULL, idle, NULL), 0);
	for (volatile int k = 0; k < 100; k++) {
		pid_t pid = vfork();
		void *at;

		if (!pid) {
			signal(SIGALRM, SIG_DFL);
			ualarm(300 + 17 * (useconds_t)k, 0);
			while (!forever)
				execv("/nowhere/at/all", argv);
		}
		CHECK_EQ(WTERMSIG(status_of(pid)), SIGALRM);
		at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
		CHECK(at != MAP_FAILED);
		CHECK_EQ(munmap(at, 4096), 0);
		CHECK_EQ(execv("/nowhere/at/all", argv), -1);
		CHECK_EQ(errno, ENOENT);
	}
}

/* ---- while code is changed ----------------------------------------------- */

static volatile int over;

/* A thread that whoever changes code has to wait for. */
static void *run_on(void *arg)
{
	volatile unsigned long n = 0;

	while (!over)
		n++;
	return arg;
}

static void change_until_killed(uint32_t *code, unsigned int k)
{
	signal(SIGALRM, SIG_DFL);
	ualarm(100 + 13 * (k % 64), 0);
	while (!forever) {
		uint32_t *other = code_new();

		code_change(code, k % 100);
		code_change(other, k % 100);
		CHECK_EQ(munmap(other, 4096), 0);
	}
}

struct killing {
	unsigned int rounds;
	uint32_t *code;
};

static void *kill_children(void *arg)
{
	const struct killing *how = arg;

	for (volatile unsigned int k = 0; k < how->rounds; k++) {
		volatile pid_t pid = vfork();

		if (!pid)
			change_until_killed(how->code, k);
		CHECK_EQ(WTERMSIG(status_of(pid)), SIGALRM);
		code_change(how->code, 100 + k % 100);
	}
	return arg;
}

/* Of two children each may be killed while it waits for the other. */
static void vfork_killed_in_code(void)
{
	struct killing how[2];
	pthread_t killers[2], other;

	CHECK_EQ(pthread_create(&other, NULL, run_on, NULL), 0);
	for (unsigned int k = 0; k < 2; k++) {
		how[k].rounds = getenv("FAUXKVM_LONG") ? 3000 : 150;
		how[k].code = code_new();
		CHECK_EQ(pthread_create(&killers[k], NULL, kill_children,
					&how[k]),
			 0);
	}
	for (unsigned int k = 0; k < 2; k++)
		CHECK_EQ(pthread_join(killers[k], NULL), 0);
	over = 1;
	CHECK_EQ(pthread_join(other, NULL), 0);
}

const struct user_case killed_cases[] = {
	{"process/vfork-killed", vfork_killed, "the memory is not shared"},
	{"process/vfork-killed-in-execve", vfork_killed_in_execve,
	 "the memory is not shared"},
	{"process/vfork-killed-in-calls", vfork_killed_in_calls,
	 "the memory is not shared"},
	{"process/vfork-killed-in-code", vfork_killed_in_code,
	 "the memory is not shared"},
	{NULL, NULL, NULL},
};
