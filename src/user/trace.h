/* SPDX-License-Identifier: MIT */
/*
 * A line in the log for each system call of the program, as strace has it, from
 * the rows of user/syscalls.def: FAUXKVM_LOG=debug.
 */
#ifndef FAUXKVM_USER_TRACE_H
#define FAUXKVM_USER_TRACE_H

#include <stdint.h>

struct user_call;

/* Call @nr returned @ret. @call may be NULL. */
void trace_call(uint64_t nr, const struct user_call *call,
		const uint64_t args[6], long ret);
/* It begins; for calls that do not return. */
void trace_begin(const struct user_call *call, const uint64_t args[6]);

#endif
