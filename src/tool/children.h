/* SPDX-License-Identifier: MIT */
/*
 * Programs of the host that a command of ours needs the work of. They end when
 * we do, whatever we die of.
 */
#ifndef FAUXKVM_TOOL_CHILDREN_H
#define FAUXKVM_TOOL_CHILDREN_H

#include <stdbool.h>

#define CHILD_FROM_NOTHING (-1)
#define CHILD_PROGRESS_FD  3 /* where apt is told to report it */

struct child {
	const char *const *argv; /* looked for in PATH; ends with NULL */
	const char *cwd;         /* NULL: ours */
	int in;                  /* its input, or CHILD_FROM_NOTHING */
	int log;                 /* for what it says and nobody reads */
	int heard_fd;            /* which of its descriptors line() hears */
	/* A line without its end. NULL: all it writes goes to the log. */
	void (*line)(char *line, void *arg);
	void *arg;
};

/* Run it to its end. True: its status is 0. */
bool child_run(const struct child *child);

/* Start it with its output, a pipe, in @out; wait for it. */
int child_start_pipe(const struct child *child, int *out);
bool child_wait(int pid);

#endif
