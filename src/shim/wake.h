/* SPDX-License-Identifier: MIT */
/*
 * Waits of the VMM's for descriptors where a run is recorded or replayed: when
 * it is told of what others than this process make ready is an input of the
 * VM's (kernel_wait_begin()).
 */
#ifndef FAUXKVM_SHIM_WAKE_H
#define FAUXKVM_SHIM_WAKE_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "kernel/kernel.h"

/* A wait for @fds, at most @ns: as ppoll returns, or -errno. */
typedef long wake_poll_fn(void *ctx, struct pollfd *fds, unsigned int nr,
			  uint64_t ns);
#define WAKE_NO_END UINT64_MAX

/*
 * As ppoll of @fds by @poll, which is called again and again, with one
 * descriptor more. What it answers to the first call but a number is the
 * answer; later, -EINTR is.
 */
long wake_poll(struct pollfd *fds, unsigned int nr, uint64_t ns,
	       wake_poll_fn *poll, void *ctx);
/* As epoll_wait() by @poll, likewise; @max > 0. */
long wake_epoll(int epfd, struct epoll_event *events, int max, uint64_t ns,
		wake_poll_fn *poll, void *ctx);

/* ---- what the two share --------------------------------------------------- */

/* How often a thread asks whether it is told. */
#define WAKE_ASK_NS 5000000

/* CLOCK_MONOTONIC. */
uint64_t wake_now(void);
/* Do others than this process make it ready? */
bool wake_is_outer(int fd);
/*
 * A thread that never waits, but only looks, is not told while it does so: it
 * will wait once it has nothing to do. If it does not for long it is made to.
 * False: it only looks.
 */
bool wake_waits(uint64_t *ns);

#endif
