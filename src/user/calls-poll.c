/* SPDX-License-Identifier: MIT */
/*
 * System calls of epoll, whose event is packed on x86-64 only.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/held-fd.h"
#include "user/syscall.h"

struct event_arm64 {
	uint32_t events, pad;
	uint64_t data;
};

long call_epoll_ctl(struct user_thread *t, const uint64_t args[6])
{
	struct event_arm64 event;
	struct epoll_event ev;
	uint64_t host[6];

	(void)t;
	if (held_fd_is((int)args[0]) || held_fd_is((int)args[2]))
		return -EBADF;
	memcpy(host, args, sizeof(host));
	/* As Linux has it: before it looks at anything else. */
	if (args[1] != EPOLL_CTL_DEL) {
		if (copy_from_user(&event, (const void *)args[3],
				   sizeof(event)))
			return -EFAULT;
		ev.events = event.events;
		ev.data.u64 = event.data;
		host[3] = (uint64_t)&ev;
	}
	return user_host_call(SYS_epoll_ctl, host);
}

/* ---- waiting ------------------------------------------------------------- */

/* Of one call; more that are ready are the next one's. */
#define FEW  64
#define MANY 4096

static long events_out(uint64_t addr, const struct epoll_event *ev, long nr)
{
	for (long k = 0; k < nr; k++) {
		const struct event_arm64 event = {
			.events = ev[k].events,
			.data = ev[k].data.u64,
		};

		if (copy_to_user((struct event_arm64 *)addr + k, &event,
				 sizeof(event)))
			return k ? k : -EFAULT;
	}
	return nr;
}

static long epoll_wait_by(long nr, const uint64_t args[6])
{
	struct epoll_event few[FEW], *events = few;
	int max = (int)args[2];
	uint64_t host[6];
	long ret;

	if (max <= 0 || (size_t)max > INT_MAX / sizeof(struct event_arm64))
		return -EINVAL;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	if (max > MANY)
		max = MANY;
	if (max > FEW)
		events = malloc((size_t)max * sizeof(*events));
	if (!events)
		return -ENOMEM;
	memcpy(host, args, sizeof(host));
	host[1] = (uint64_t)events;
	host[2] = (uint64_t)max;
	ret = events_out(args[1], events, user_host_call(nr, host));
	if (events != few)
		free(events);
	return ret;
}

long call_epoll_pwait(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	return epoll_wait_by(SYS_epoll_pwait, args);
}

long call_epoll_pwait2(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	return epoll_wait_by(SYS_epoll_pwait2, args);
}
