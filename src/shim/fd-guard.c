/* SPDX-License-Identifier: MIT */
/*
 * System calls that close or fill descriptors, past those that the model
 * holds, see fd-guard.h.
 */
#include "shim/fd-guard.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/syscall.h>

#include "base/held-fd.h"
#include "base/host.h"
#include "base/log.h"

#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE 2
#endif

long fd_guard_close(int fd)
{
	if (held_fd_is(fd))
		return -EBADF;
	return host_raw(SYS_close, fd);
}

long fd_guard_close_range(unsigned int first, unsigned int last, int flags)
{
	int held = -1;
	long ret = 0;

	if (first <= last && !(flags & ~(int)CLOSE_RANGE_UNSHARE))
		held = held_fd_next(first, last);
	while (held >= 0 && !ret) {
		if ((unsigned int)held > first)
			ret = host_raw(SYS_close_range, first, held - 1, flags);
		first = (unsigned int)held + 1;
		held = first <= last ? held_fd_next(first, last) : -1;
		if (held < 0 && first > last)
			return ret;
	}
	return ret ? ret : host_raw(SYS_close_range, first, last, flags);
}

long fd_guard_dup3(int from, int to, int flags)
{
	bool leaves = from != to && held_fd_is(to);
	long ret;

	if (held_fd_is(from))
		return -EBADF;
	if (leaves && !held_fd_leave(to)) {
		log_info("descriptor %d is in use by the model", to);
		return -EBUSY;
	}
	ret = host_raw(SYS_dup3, from, to, flags);
	/* Ours is elsewhere now. */
	if (ret < 0 && leaves)
		host_raw(SYS_close, to);
	return ret;
}
