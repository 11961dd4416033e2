/* SPDX-License-Identifier: MIT */
/*
 * A run whose end is waited for, to be told of (trace) or judged by the warnings
 * that were given (--error-exitcode): the command is a child here.
 */
#ifndef FAUXKVM_TOOL_SUPERVISE_H
#define FAUXKVM_TOOL_SUPERVISE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Fork. 0 in the child, which is to become the command. In the parent, when the
 * child has ended, and with @descendants all that it has left behind: its id,
 * and in @ended how it ended, as waitpid() has it. -1: said why. Signals sent to
 * the parent meanwhile are passed on.
 */
pid_t supervise_child(bool descendants, int *ended);

/* The status to end with as a child has that ended so; does not return if it
 * died of a signal. */
int supervise_end(int ended);

/*
 * Memory that the command and its children find where the variable @env says,
 * in this process's /proc, while it lives; zeroes. NULL: said why.
 */
void *supervise_share(const char *env, size_t size);

/*
 * Fork. The child returns 0 and is to become the command; WARNED_ENV tells
 * it and all that it starts where to count. The parent does not return: when
 * the child has ended it exits as the child did, with @status if the child
 * ended by itself and a warning was given by whoever inherited WARNED_ENV.
 * Else EXIT_USAGE, said.
 */
int supervise(int status);

#endif
