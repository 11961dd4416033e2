/* SPDX-License-Identifier: MIT */
/*
 * The host's call clone3, for what clone does not know: the child's numbers, its
 * control group, its time namespace. Only for that: there are containers that
 * refuse it.
 */
#ifndef FAUXKVM_USER_HOST_CLONE3_H
#define FAUXKVM_USER_HOST_CLONE3_H

#include <stdint.h>

/* Alike on both sides; of its first version, and of the one with cgroup. */
struct host_clone3 {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack,
		stack_size, tls, set_tid, set_tid_size, cgroup;
};
#define CLONE3_SIZE_FIRST  64
#define CLONE3_SIZE_CGROUP 88

/* A child begins with @fn(@arg) on the stack of @a, and exits with what that
 * returns. Its number, or -errno. */
long host_clone3_run(const struct host_clone3 *a, int (*fn)(void *), void *arg);

/* As fork(): 0 in the child. */
long host_clone3_fork(const struct host_clone3 *a);

#endif
