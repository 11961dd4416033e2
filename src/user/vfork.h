/* SPDX-License-Identifier: MIT */
/*
 * A process that shares the program's memory, while the thread that made it waits
 * until it has executed another program or is gone: vfork(), posix_spawn().
 *
 * It is the same on the host: a process that has our memory, the engine's
 * included, and takes the place of the thread that waits: its thread-local
 * storage, and its PE, whose registers are put back afterwards. What a process
 * has beside memory is its own: files, actions of signals.
 */
#ifndef FAUXKVM_USER_VFORK_H
#define FAUXKVM_USER_VFORK_H

#include <stdbool.h>
#include <stdint.h>

struct user_thread;
struct host_clone3;

struct vfork_new {
	uint64_t flags; /* of clone(), with the signal */
	uint64_t stack; /* 0: that of the parent */
	uint64_t parent_tid, child_tid, tls;
	bool clear_actions;
	/* What only clone3 can say; NULL: nothing of it is asked for. */
	const struct host_clone3 *clone3;
};

/* The child's number, or -errno. All signals are blocked. */
long vfork_run(struct user_thread *t, const struct vfork_new *n);

/*
 * Likewise, of one that is not waited for (CLONE_VM alone): it has a PE of its own,
 * and the thread-local storage of a host thread that does nothing but wait for
 * its end.
 */
long vfork_beside(struct user_thread *t, const struct vfork_new *n);

#endif
