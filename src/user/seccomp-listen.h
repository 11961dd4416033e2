/* SPDX-License-Identifier: MIT */
/*
 * Who listens for the calls that a seccomp filter gives away
 * (SECCOMP_RET_USER_NOTIF).
 *
 * The descriptor is one of the host's kernel, which knows queues, polling,
 * signals, numbers of processes and descriptors that are put into another process:
 * a filter of ours on the host gives away the numbers of one range, which no call
 * has. The program's call is made there by such a number, with its arguments; what
 * the listener reads and answers is converted by the engine it runs with.
 */
#ifndef FAUXKVM_USER_SECCOMP_LISTEN_H
#define FAUXKVM_USER_SECCOMP_LISTEN_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

/* Newer than Debian 12's header. */
#define WAIT_KILLABLE_RECV (UINT64_C(1) << 5)

struct user_thread;

struct listen {
	unsigned int number; /* of those of a thread; 0: nobody listens */
};

/* A descriptor, with flags of SECCOMP_SET_MODE_FILTER, for a filter of which the
 * older ones have had numbers up to @before; or -errno. */
long listen_new(unsigned int before, uint64_t flags, struct listen *l);

/* True: the call is to be made. Else *@answer, as of a call (syscall.h). */
bool listen_ask(struct user_thread *t, struct listen l,
		const struct seccomp_data *d, long *answer);

/* Is @cmd about a listener whose answers are converted? Then it is made by
 * listen_ioctl(). */
bool listen_is_ioctl(unsigned int cmd);
long listen_ioctl(const uint64_t args[6]);

#endif
