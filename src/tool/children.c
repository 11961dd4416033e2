/* SPDX-License-Identifier: MIT */
/*
 * Running programs of the host, see children.h. None of our descriptors but
 * what they are given is inherited.
 */
#include "tool/children.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void child_become(const struct child *c, int out, int parent)
{
	int nothing = open("/dev/null", O_RDONLY);

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(126);
	if (c->cwd && chdir(c->cwd))
		_exit(126);
	/* The heard one may be the number of another that is needed. */
	out = out < 0 ? -1 : fcntl(out, F_DUPFD, 10);
	dup2(c->in >= 0 ? c->in : nothing, 0);
	dup2(c->log, 1);
	dup2(c->log, 2);
	if (out >= 0)
		dup2(out, c->heard_fd);
	for (int fd = 3; fd < 64; fd++)
		if (out < 0 || fd != c->heard_fd)
			close(fd);
	execvp(c->argv[0], (char *const *)c->argv);
	dprintf(2, "E: %s: %s\n", c->argv[0], strerror(errno));
	_exit(127);
}

static int child_start(const struct child *c, int out)
{
	int parent = getpid();
	pid_t pid = fork();

	if (pid == 0)
		child_become(c, out, parent);
	return pid;
}

int child_start_pipe(const struct child *c, int *out)
{
	int ends[2], pid;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	pid = child_start(c, ends[1]);
	close(ends[1]);
	if (pid < 0)
		close(ends[0]);
	else
		*out = ends[0];
	return pid;
}

bool child_wait(int pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool child_run(const struct child *c)
{
	char *line = NULL;
	size_t size = 0;
	int fd, pid;
	ssize_t n;
	FILE *f;

	if (!c->line) {
		pid = child_start(c, -1);
		return pid > 0 && child_wait(pid);
	}
	pid = child_start_pipe(c, &fd);
	if (pid < 0)
		return false;
	f = fdopen(fd, "r");
	while (f && (n = getline(&line, &size, f)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		c->line(line, c->arg);
	}
	free(line);
	if (f)
		fclose(f);
	else
		close(fd);
	return child_wait(pid);
}
