/* SPDX-License-Identifier: MIT */
/*
 * Asks a KVM random sequences of calls, made from a seed, and prints what it
 * answers, a line each: the client of tests/slow/differ, which compares this
 * model's lines with the real kernel's.
 *
 *   random [-s SEED] [-n CALLS] [-k LIST] [-g 2|3] [-w US] [-x NAME,...] [-f]
 *     -k 3,17,20-25   only these calls
 *     -g              the GIC that VMs get
 *     -w              how long the kernel's workers are given
 *     -x pmu,ring,ras    what is not asked for
 *     -f              also VMs that are one call (gen-fresh.c)
 *
 * Calls come in episodes, each in a process of its own and with a VM that
 * should work. Every call has a time limit.
 */
#include "random.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define EPISODE    100 /* calls */
#define CALL_LIMIT 100 /* seconds */

struct options options = {.seed = 1};

/* Shared with the parent, which prints what a child could not. */
static struct line {
	unsigned int len;
	char text[8000];
} * line;

static uint64_t state;

/* ---- random numbers ------------------------------------------------------ */

/* SplitMix64. */
uint64_t rnd(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void rnd_seed(uint64_t index)
{
	state = options.seed * 0x2545f4914f6cdd1d;
	state = rnd() ^ index;
	state = rnd();
}

uint32_t below(uint32_t n)
{
	return (rnd() >> 32) * n >> 32;
}

bool odd(unsigned int n)
{
	return below(1000) < n;
}

uint64_t wild(void)
{
	switch (below(8)) {
	case 0: return below(16);
	case 1: return 1ull << below(64);
	case 2: return (1ull << below(64)) - 1;
	case 3: return -1ull << below(64);
	case 4: return ONE_OF(0, -1ull, 0x80000000, 0xffffffff, 0x7fffffff);
	case 5: return rnd() >> below(64);
	case 6: return rnd() & rnd() & rnd();
	default: return rnd();
	}
}

/* ---- the line ------------------------------------------------------------ */

void say(const char *fmt, ...)
{
	size_t left = sizeof(line->text) - line->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line->text + line->len, left, fmt, ap);
	va_end(ap);
	line->len += n < (int)left ? n : (int)left - 1;
}

long answer(long ret)
{
	if (ret < 0)
		say(" = %s", strerrorname_np(errno));
	else
		say(" = %ld", ret);
	return ret;
}

int answer_fd(int fd)
{
	if (fd < 0)
		say(" = %s", strerrorname_np(errno));
	else
		say(" = fd");
	return fd;
}

void say_bytes(const void *at, size_t size)
{
	const uint8_t *p = at;

	for (size_t i = 0; i < size; i++)
		say("%02x", p[i]);
}

static void line_end(void)
{
	size_t done = 0;

	say("\n");
	while (done < line->len) {
		ssize_t n = write(1, line->text + done, line->len - done);

		if (n <= 0)
			_exit(3);
		done += n;
	}
	line->len = 0;
}

/* ---- calls --------------------------------------------------------------- */

static const struct op *const tables[] = {
	ops_vm,  ops_memory, ops_irq,   ops_vcpu,  ops_regs,
	ops_gic, ops_its,    ops_guest, ops_fresh,
};

static const struct op *pick_op(void)
{
	static unsigned int total;
	unsigned int at;

	/* The last. */
	const size_t used = LENGTH(tables) - !options.fresh;

	if (!total)
		for (size_t i = 0; i < used; i++)
			for (const struct op *op = tables[i]; op->name; op++)
				total += op->weight;
	at = below(total);
	for (size_t i = 0; i < used; i++)
		for (const struct op *op = tables[i]; op->name; op++) {
			if (at < op->weight)
				return op;
			at -= op->weight;
		}
	abort();
}

static void call(uint64_t index)
{
	rnd_seed(index);
	args_good = true;
	say("%llu ", (unsigned long long)index);
	alarm(CALL_LIMIT);
	if (index % EPISODE == 0) {
		vm_setup(0);
	} else {
		const struct op *op = pick_op();

		say("%s ", op->name);
		op->call();
	}
	line_end();
}

/* ---- which calls --------------------------------------------------------- */

static const char *keep;

static bool kept(uint64_t index)
{
	const char *p = keep;

	while (p && *p) {
		char *end;
		uint64_t from = strtoull(p, &end, 10), to = from;

		if (*end == '-')
			to = strtoull(end + 1, &end, 10);
		if (index >= from && index <= to)
			return true;
		p = *end ? end + 1 : end;
	}
	return !keep;
}

static void episode(uint64_t first, uint64_t end)
{
	world_open();
	for (uint64_t i = first; i < end; i++)
		if (kept(i))
			call(i);
	_exit(0);
}

static void episode_run(uint64_t first, uint64_t end)
{
	bool any = false;
	pid_t pid;
	int status;

	for (uint64_t i = first; i < end && !any; i++)
		any = kept(i);
	if (!any)
		return;
	pid = fork();
	if (pid == 0)
		episode(first, end);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		exit(3);
	if (WIFSIGNALED(status))
		say(" = died of SIG%s", sigabbrev_np(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		say(" = exit status %d", WEXITSTATUS(status));
	if (line->len)
		line_end();
}

static uint32_t without(const char *names)
{
	return (strstr(names, "pmu") ? WITHOUT_PMU : 0) |
	       (strstr(names, "ring") ? WITHOUT_RING : 0) |
	       (strstr(names, "ras") ? WITHOUT_RAS : 0);
}

int main(int argc, char **argv)
{
	uint64_t calls = EPISODE;
	int c;

	while ((c = getopt(argc, argv, "s:n:k:g:w:x:f")) != -1) {
		switch (c) {
		case 's': options.seed = strtoull(optarg, NULL, 0); break;
		case 'n': calls = strtoull(optarg, NULL, 0); break;
		case 'k': keep = optarg; break;
		case 'g': options.gicv2 = atoi(optarg) == 2; break;
		case 'w': options.settle = atoi(optarg); break;
		case 'x': options.without = without(optarg); break;
		case 'f': options.fresh = true; break;
		default: return 2;
		}
	}
	line = mmap(NULL, sizeof(*line), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (line == MAP_FAILED)
		return 3;
	for (uint64_t i = 0; i < calls; i += EPISODE)
		episode_run(i, i + EPISODE < calls ? i + EPISODE : calls);
	return 0;
}
