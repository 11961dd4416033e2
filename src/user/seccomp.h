/* SPDX-License-Identifier: MIT */
/*
 * The program's seccomp filters, run on our side of its calls: what they see are
 * arm64's numbers, and the engine's own calls are not theirs.
 *
 * A thread has its newest filter, which knows the one before it; filters are
 * never freed. What a thread makes has its filters, so has what it executes if
 * that is an arm64 program; a native one runs without (docs/user-engine.md).
 */
#ifndef FAUXKVM_USER_SECCOMP_H
#define FAUXKVM_USER_SECCOMP_H

#include <stdbool.h>
#include <stdint.h>

struct user_thread;
struct seccomp_filter;

/* May @t make call @nr? False: *@ret is the answer, USER_REGISTERS_SET if a signal
 * is. Only if it has a filter or the strict mode. */
bool seccomp_allows(struct user_thread *t, uint64_t nr, const uint64_t args[6],
		    long *ret);

/* prctl(): PR_SET_SECCOMP and PR_GET_SECCOMP. */
long seccomp_prctl_set(struct user_thread *t, uint64_t mode, uint64_t addr);
long seccomp_mode(const struct user_thread *t);
/* How many filters it has. */
unsigned int seccomp_depth(const struct user_thread *t);

/* A descriptor from which seccomp_adopt() has the filters of @t in another
 * process, and closes it. -1: there are none; or -errno, which is less. */
long seccomp_keep(const struct user_thread *t);
int seccomp_adopt(struct user_thread *t, int fd);

#endif
