/* SPDX-License-Identifier: MIT */
/*
 * The soak's guest program: workers without end, each checking itself.
 *
 *	soak SEED SECONDS WORKERS [KIND]	so many at a time, for so long
 *	soak shell			an interactive shell for ^C on a console
 *
 * The last line of a run is "guest: soak done, N workers, M failed".
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/soak/soak.h"

#define WORK_MS   1500
#define REPORT_MS 10000
/* A worker that is not through after so long never will be. */
#define STUCK_MS    120000
#define MAX_WORKERS 64

static const struct kind {
	const char *name;
	void (*work)(struct rng *rng);
} kinds[] = {
	{"copy-on-write", work_copy_on_write},
	{"advise", work_advise},
	{"remap", work_remap},
	{"file", work_file},
	{"shootdown", work_shootdown},
	{"code", work_code},
	{"atomics", work_atomics},
	{"registers", work_registers},
	{"malloc", work_malloc},
	{"exec", work_exec},
};

#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const char *kind_name = "soak";
static uint64_t kind_seed;
static uint64_t deadline_ms;

/* ---- what the workers use ------------------------------------------------ */

uint64_t rng_next(struct rng *rng)
{
	uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

unsigned int rng_below(struct rng *rng, unsigned int n)
{
	return (rng_next(rng) >> 32) * n >> 32;
}

bool rng_one_in(struct rng *rng, unsigned int n)
{
	return !rng_below(rng, n);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

bool more(void)
{
	return now_ms() < deadline_ms;
}

void hop(struct rng *rng)
{
	unsigned int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned int where = rng_below(rng, cpus + 1);
	cpu_set_t set;

	CPU_ZERO(&set);
	for (unsigned int cpu = 0; cpu < cpus; cpu++)
		if (cpu == where || where == cpus)
			CPU_SET(cpu, &set);
	must(sched_setaffinity(0, sizeof(set), &set));
}

void fail(const char *format, ...)
{
	char text[512];
	int len = snprintf(
		text, sizeof(text),
		"guest: FAIL %s (seed 0x%llx, pid %d, cpu %d): ", kind_name,
		(unsigned long long)kind_seed, getpid(), sched_getcpu());
	va_list ap;

	va_start(ap, format);
	len += vsnprintf(text + len, sizeof(text) - len - 1, format, ap);
	va_end(ap);
	if (len > (int)sizeof(text) - 2)
		len = sizeof(text) - 2;
	text[len++] = '\n';
	if (write(STDOUT_FILENO, text, len) != len)
		_exit(2);
	_exit(1);
}

void reap(int pid)
{
	int status;

	must(waitpid(pid, &status, 0));
	if (status)
		fail("child %d ended with status 0x%x", pid, status);
}

/* ---- the supervisor ------------------------------------------------------ */

struct worker {
	pid_t pid;
	uint64_t seed, since_ms;
};

static const char *only;

static const struct kind *kind_of(uint64_t seed)
{
	for (unsigned int k = 0; only && k < NR_KINDS; k++)
		if (!strcmp(kinds[k].name, only))
			return &kinds[k];
	return &kinds[seed % NR_KINDS];
}

static void worker_start(struct worker *w, uint64_t seed)
{
	const struct kind *kind = kind_of(seed);

	w->seed = seed;
	w->since_ms = now_ms();
	w->pid = must(fork());
	if (w->pid)
		return;
	struct rng rng = {seed};

	kind_name = kind->name;
	kind_seed = seed;
	deadline_ms = now_ms() + WORK_MS;
	kind->work(&rng);
	_exit(0);
}

/* False: nobody has ended. */
static bool worker_ended(struct worker *workers, unsigned int n,
			 unsigned int *failed)
{
	int status;
	pid_t pid = waitpid(-1, &status, WNOHANG);

	if (pid <= 0)
		return false;
	for (unsigned int k = 0; k < n; k++) {
		struct worker *w = &workers[k];

		if (w->pid != pid)
			continue;
		w->pid = 0;
		if (!status)
			return true;
		printf("guest: FAIL worker %s (seed 0x%llx, pid %d): status "
		       "0x%x\n",
		       kind_of(w->seed)->name, (unsigned long long)w->seed, pid,
		       status);
		++*failed;
	}
	return true;
}

static void stuck(const struct worker *w)
{
	printf("guest: FAIL worker %s (seed 0x%llx, pid %d): stuck\n",
	       kind_of(w->seed)->name, (unsigned long long)w->seed, w->pid);
	exit(1);
}

static int supervise(uint64_t seed, uint64_t seconds, unsigned int n)
{
	struct worker workers[MAX_WORKERS] = {0};
	uint64_t start = now_ms(), end = start + seconds * 1000;
	uint64_t report = start + REPORT_MS;
	unsigned int started = 0, running = 0, failed = 0;
	struct rng rng = {seed};

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (running || now_ms() < end) {
		uint64_t now = now_ms();

		for (unsigned int k = 0; k < n; k++) {
			struct worker *w = &workers[k];

			if (!w->pid && now < end) {
				worker_start(w, rng_next(&rng));
				started++;
				running++;
			} else if (w->pid && now > w->since_ms + STUCK_MS) {
				stuck(w);
			}
		}
		while (worker_ended(workers, n, &failed))
			running--;
		if (now > report) {
			printf("guest: soak at %llu s, %u workers, %u failed\n",
			       (unsigned long long)(now - start) / 1000,
			       started, failed);
			report += REPORT_MS;
		}
		usleep(10000);
	}
	printf("guest: soak done, %u workers, %u failed\n", started, failed);
	return failed != 0;
}

int main(int argc, char **argv)
{
	unsigned int workers;

	page_size = sysconf(_SC_PAGESIZE);
	if (argc == 2 && !strcmp(argv[1], "shell"))
		return shell();
	if (argc > 1 && !strcmp(argv[1], "executed"))
		return executed(argc, argv);
	if (argc != 4 && argc != 5)
		return 2;
	only = argv[4];
	workers = atoi(argv[3]);
	if (workers > MAX_WORKERS)
		workers = MAX_WORKERS;
	return supervise(strtoull(argv[1], NULL, 0), strtoull(argv[2], NULL, 0),
			 workers);
}
