/* SPDX-License-Identifier: MIT */
/*
 * Runs the cases of tests/abi, each in a process of its own, and says how each
 * ended: "ok", "FAIL" or "skip", its name, and the checks that failed.
 *
 *   cases [-l] [PATTERN...]    names as fnmatch() has them; -l only lists them
 *
 * ABI_RECORD=FILE: what they asked goes there, see record.c.
 */
#include "abi.h"

#include <fnmatch.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static const struct abi_case *const tables[] = {
#ifdef __arm__
	cases_arm32, cases_attr, cases_bus, cases_gic, cases_legacy, cases_line,
#else
	cases_aarch32,    cases_arm32,    cases_attr,         cases_bus,
	cases_busy,       cases_cap,      cases_code,         cases_counter,
	cases_crossing,   cases_crowd,    cases_debug,        cases_draft,
	cases_everything, cases_exit,     cases_family,       cases_file,
	cases_first,      cases_fork,     cases_gic,          cases_hole,
	cases_init,       cases_inject,   cases_irqfd,        cases_its,
	cases_legacy,     cases_life,     cases_line,         cases_list,
	cases_lpi,        cases_memory,   cases_mpidr,        cases_mte,
	cases_numbers,    cases_onereg,   cases_path,         cases_pauth,
	cases_pmu,        cases_pmu_regs, cases_ppi,          cases_ras,
	cases_request,    cases_ring,     cases_ring_entries, cases_ring_live,
	cases_signal,     cases_slot,     cases_stats,        cases_steal,
	cases_sve,        cases_syscalls, cases_thread,       cases_timer,
	cases_uffd,       cases_vcpu,
#endif
};

enum { CASE_OK, CASE_FAILED, CASE_SKIPPED, CASE_ENDS };

/* In the process of a case. */
static unsigned int failures;

void abi_check(const char *file, int line, bool ok, const char *what)
{
	if (ok)
		return;
	failures++;
	printf("     %s:%d: not so: %s\n", file, line, what);
}

void abi_equal(const char *file, int line, uint64_t got, uint64_t want,
	       const char *what)
{
	if (got == want)
		return;
	failures++;
	printf("     %s:%d: %s is %#llx, not %#llx\n", file, line, what,
	       (unsigned long long)got, (unsigned long long)want);
}

long abi_answers(const char *file, int line, long ret, int want,
		 const char *what)
{
	int err = ret < 0 ? errno : 0;

	if (err != want) {
		failures++;
		printf("     %s:%d: %s gives %ld (%s), not %s\n", file, line,
		       what, ret, err ? strerrorname_np(err) : "no error",
		       want ? strerrorname_np(want) : "success");
	}
	return ret;
}

static void case_end(int how)
{
	fflush(stdout);
	_exit(how);
}

void abi_give_up(const char *file, int line, const char *what)
{
	printf("     %s:%d: cannot go on without %s (%s)\n", file, line, what,
	       strerrorname_np(errno));
	case_end(CASE_FAILED);
	abort();
}

void abi_skip(const char *why)
{
	printf("     %s\n", why);
	case_end(failures ? CASE_FAILED : CASE_SKIPPED);
	abort();
}

unsigned int abi_times(unsigned int few, unsigned int many)
{
	return getenv("FAUXKVM_LONG") ? many : few;
}

bool abi_counted(void)
{
	const char *clock = getenv("FAUXKVM_CLOCK");

	return clock && !strcmp(clock, "cycles");
}

/* The status of @pid, or -1 after it was killed at the end of its time. */
static int wait_limited(pid_t pid, unsigned int seconds)
{
	struct timespec limit = {.tv_sec = seconds};
	sigset_t child;
	int status;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (sigtimedwait(&child, NULL, &limit) < 0 && errno == EAGAIN) {
			/* The whole group: a case may have forked. */
			kill(-pid, SIGKILL);
			waitpid(pid, &status, 0);
			return -1;
		}
	}
	kill(-pid, SIGKILL);
	return status;
}

static int run_case(const struct abi_case *c)
{
	/* What is busy with others has little time, as has QEMU's TCG: a case that
	 * hangs does so for longer. */
	unsigned int seconds = 3 * (c->seconds ? c->seconds : 20);
	sigset_t none;
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		c->run();
		case_end(failures ? CASE_FAILED : CASE_OK);
	}
	if (pid < 0) {
		printf("     no process: %s\n", strerror(errno));
		return CASE_FAILED;
	}
	setpgid(pid, pid);
	status = wait_limited(pid, seconds);
	if (status == -1)
		printf("     no end in %u s\n", seconds);
	else if (WIFSIGNALED(status))
		printf("     died of %s\n", strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) < CASE_ENDS)
		return WEXITSTATUS(status);
	else
		printf("     exit status %d\n", WEXITSTATUS(status));
	return CASE_FAILED;
}

static bool wanted(const char *name, char **patterns)
{
	for (char **p = patterns; *p; p++)
		if (fnmatch(*p, name, 0) == 0)
			return true;
	return !*patterns;
}

int main(int argc, char **argv)
{
	static const char *const ends[] = {"ok", "FAIL", "skip"};
	bool list = argc > 1 && strcmp(argv[1], "-l") == 0;
	const char *record = getenv("ABI_RECORD");
	FILE *recorded = NULL;
	unsigned int count[CASE_ENDS] = {0};
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	if (record && *record && !list) {
		recorded = fopen(record, "we");
		NEED(recorded);
		abi_record_open();
	}
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		for (const struct abi_case *c = tables[i]; c->name; c++) {
			int how;

			if (!wanted(c->name, argv + 1 + list))
				continue;
			if (list) {
				puts(c->name);
				continue;
			}
			how = run_case(c);
			if (recorded)
				abi_record_write(recorded, c->name);
			count[how]++;
			printf("%-4s %s\n", ends[how], c->name);
		}
	}
	if (list)
		return 0;
	printf("%u passed, %u failed, %u skipped\n", count[CASE_OK],
	       count[CASE_FAILED], count[CASE_SKIPPED]);
	return count[CASE_FAILED] || !count[CASE_OK];
}
