/* SPDX-License-Identifier: MIT */
/*
 * Runs the cases of tests/user, see user.h.
 *
 *   cases [--qemu] [--here] [PATTERN...]   part of a name
 *
 * --qemu leaves out what qemu-aarch64 does not answer as Linux; --here runs them
 * in this process, for a debugger. The last line is "N passed, M failed".
 */
#include "tests/user/user.h"

#include <sys/wait.h>
#include <unistd.h>

static const struct user_case *const areas[] = {
	first_cases,   ipc_cases,    clone3_cases,         exec_cases,
	file_cases,    memory_cases, proc_cases,           process_cases,
	signal_cases,  fault_cases,  seccomp_listen_cases, thread_cases,
	seccomp_cases, socket_cases, killed_cases,
#ifdef __aarch64__
	code_cases,    rseq_cases,
#else
	arm_cases,
#endif
};

/* Of 32-bit Arm: what the engine has not of it, then what is said in arm64's code or
 * numbers. */
#ifdef __arm__
static const char *const left_out[] = {
	"ipc/aio",
	"seccomp-listen/",
	"clone3/set-tid",
};
#else
static const char *const left_out[] = {"none"};
#endif

static bool is_left_out(const char *name)
{
	for (size_t k = 0; k < sizeof(left_out) / sizeof(*left_out); k++)
		if (!strncmp(name, left_out[k], strlen(left_out[k])))
			return true;
	return false;
}

static bool wanted(const char *name, char **patterns)
{
	bool any = false;

	for (; *patterns; patterns++) {
		if (**patterns == '-')
			continue;
		any = true;
		if (strstr(name, *patterns))
			return true;
	}
	return !any;
}

static bool has_option(char **argv, const char *option)
{
	for (; *argv; argv++)
		if (!strcmp(*argv, option))
			return true;
	return false;
}

static bool run_case(const struct user_case *c, bool here)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = here ? 0 : fork();
	if (pid < 0) {
		perror("fork");
		return false;
	}
	if (!pid) {
		/* Time of the machine's, which may be busy with others. */
		alarm(here ? 0 : 300);
		c->run();
		if (!here)
			_Exit(0);
		return true;
	}
	if (waitpid(pid, &status, 0) != pid)
		return false;
	if (status)
		printf("not ok %s: status %#x\n", c->name, status);
	else
		printf("ok %s\n", c->name);
	return !status;
}

int main(int argc, char **argv)
{
	bool qemu = has_option(argv, "--qemu"),
	     here = has_option(argv, "--here");
	unsigned int passed = 0, failed = 0;

	if (argc > 1 && !strcmp(argv[1], "--executed"))
		return exec_child(argc, argv);
	if (argc > 1 && !strcmp(argv[1], "--waits"))
		return wait_to_be_killed();

	for (unsigned int k = 0; k < sizeof(areas) / sizeof(areas[0]); k++) {
		for (const struct user_case *c = areas[k]; c->name; c++) {
			if (!wanted(c->name, argv + 1) || (qemu && c->qemu) ||
			    is_left_out(c->name))
				continue;
			if (run_case(c, here))
				passed++;
			else
				failed++;
		}
	}
	printf("%u passed, %u failed\n", passed, failed);
	return failed || !passed;
}
