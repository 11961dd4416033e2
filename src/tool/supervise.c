/* SPDX-License-Identifier: MIT */
/*
 * Waiting for a command that is watched for warnings, see supervise.h. Signals
 * sent to us are passed on; those of the terminal reach the child as well, so
 * of these we only survive. If it stops, we stop.
 */
#include "tool/supervise.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/types.h"
#include "tool/tool.h"

static volatile pid_t child;

static void pass_on(int sig, siginfo_t *info, void *context)
{
	/* The terminal's go to the whole group. */
	if (info->si_code <= 0)
		kill(child, sig);
}

static const int passed[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
			     SIGUSR1, SIGUSR2, SIGCONT, SIGWINCH};

static void signals_pass_on(void)
{
	struct sigaction act = {.sa_sigaction = pass_on,
				.sa_flags = SA_SIGINFO | SA_RESTART};

	for (size_t i = 0; i < ARRAY_SIZE(passed); i++)
		sigaction(passed[i], &act, NULL);
}

int supervise_end(int ended)
{
	/* A second core file would be ours. */
	const struct rlimit none = {0, 0};
	sigset_t set;
	int sig;

	if (!WIFSIGNALED(ended))
		return WEXITSTATUS(ended);
	sig = WTERMSIG(ended);
	setrlimit(RLIMIT_CORE, &none);
	signal(sig, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(sig);
	return 128 + sig;
}

/* How the child ended, as waitpid() has it. */
static int child_wait(void)
{
	int status;

	for (;;) {
		if (waitpid(child, &status, WUNTRACED) < 0) {
			if (errno == EINTR)
				continue;
			return 0;
		}
		if (!WIFSTOPPED(status))
			return status;
		raise(SIGSTOP);
		kill(child, SIGCONT);
	}
}

pid_t supervise_child(bool descendants, int *ended)
{
	sigset_t all, old;

	if (descendants)
		prctl(PR_SET_CHILD_SUBREAPER, 1);
	/* None is lost between fork() and the handlers. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	child = fork();
	if (child > 0)
		signals_pass_on();
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (child < 0)
		tool_fail("cannot fork: %s", strerror(errno));
	if (child <= 0)
		return child;
	*ended = child_wait();
	while (descendants && (wait(NULL) > 0 || errno == EINTR))
		;
	return child;
}

void *supervise_share(const char *env, size_t size)
{
	char path[64];
	void *at;
	int fd = memfd_create("fauxkvm", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)size))
		return tool_fail("no memory: %s", strerror(errno)), NULL;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return tool_fail("no memory: %s", strerror(errno)), NULL;
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getpid(), fd);
	return setenv(env, path, 1) ? (tool_fail("no memory"), NULL) : at;
}

int supervise(int status)
{
	_Atomic uint32_t *warned = supervise_share(WARNED_ENV, WARNED_SIZE);
	int ended;
	pid_t pid;

	if (!warned)
		return EXIT_USAGE;
	pid = supervise_child(false, &ended);
	if (pid == 0)
		return 0;
	if (pid < 0)
		return EXIT_USAGE;
	exit(WIFSIGNALED(ended) || !atomic_load(warned) ? supervise_end(ended)
							: status);
}
