/* SPDX-License-Identifier: MIT */
/*
 * System calls that wait for descriptors: those with a mask of signals for as long
 * as they wait, and those of epoll, whose event is packed on x86-64 only.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/held-fd.h"
#include "user/signal.h"
#include "user/syscall.h"

/* ---- masks --------------------------------------------------------------- */

/* As Linux has pselect6's last argument, and that of asynchronous I/O. */
struct mask_arg {
	uint64_t set, size;
};

/* The call with the program's mask at @set, which argument @k points to. */
static long call_with_mask(struct user_thread *t, long nr,
			   const uint64_t args[6], unsigned int k, uint64_t set,
			   uint64_t size)
{
	uint64_t host[6], mask, host_mask;
	long ret;

	if (!set)
		return user_host_call(nr, args);
	ret = signal_mask_in(set, size, &mask);
	if (ret)
		return ret;
	memcpy(host, args, sizeof(host));
	host[k] = (uint64_t)&host_mask;
	return signal_masked_call(t, nr, host, mask, &host_mask);
}

/* Likewise, by a struct mask_arg that the last argument points to. */
static long call_with_mask_arg(struct user_thread *t, long nr,
			       const uint64_t args[6])
{
	uint64_t host[6], mask, host_mask;
	struct mask_arg arg;
	long ret;

	if (!args[5])
		return user_host_call(nr, args);
	if (copy_from_user(&arg, (const void *)args[5], sizeof(arg)))
		return -EFAULT;
	if (!arg.set)
		return user_host_call(nr, args);
	ret = signal_mask_in(arg.set, arg.size, &mask);
	if (ret)
		return ret;
	arg.set = (uint64_t)&host_mask;
	memcpy(host, args, sizeof(host));
	host[5] = (uint64_t)&arg;
	return signal_masked_call(t, nr, host, mask, &host_mask);
}

long call_pselect6(struct user_thread *t, const uint64_t args[6])
{
	return call_with_mask_arg(t, SYS_pselect6, args);
}

long call_io_pgetevents(struct user_thread *t, const uint64_t args[6])
{
	return call_with_mask_arg(t, SYS_io_pgetevents, args);
}

long call_ppoll(struct user_thread *t, const uint64_t args[6])
{
	return call_with_mask(t, SYS_ppoll, args, 3, args[3], args[4]);
}

/* ---- epoll --------------------------------------------------------------- */

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

/* Of one call; more that are ready are the next one's. */
#define FEW  64
#define MANY (1 << 20)

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

static long epoll_wait_by(struct user_thread *t, long nr,
			  const uint64_t args[6])
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
	ret = call_with_mask(t, nr, host, 4, args[4], args[5]);
	ret = events_out(args[1], events, ret);
	if (events != few)
		free(events);
	return ret;
}

long call_epoll_pwait(struct user_thread *t, const uint64_t args[6])
{
	return epoll_wait_by(t, SYS_epoll_pwait, args);
}

long call_epoll_pwait2(struct user_thread *t, const uint64_t args[6])
{
	return epoll_wait_by(t, SYS_epoll_pwait2, args);
}
