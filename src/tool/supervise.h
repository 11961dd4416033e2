/* SPDX-License-Identifier: MIT */
/*
 * A run that is watched for warnings (--error-exitcode): the command is a child
 * here, and its status is ours unless a warning was given.
 */
#ifndef FAUXKVM_TOOL_SUPERVISE_H
#define FAUXKVM_TOOL_SUPERVISE_H

/*
 * Fork. The child returns 0 and is to become the command; WARNED_ENV tells
 * it and all that it starts where to count. The parent does not return: when
 * the child has ended it exits as the child did, with @status if the child
 * ended by itself and a warning was given by whoever inherited WARNED_ENV.
 * Else EXIT_USAGE, said.
 */
int supervise(int status);

#endif
