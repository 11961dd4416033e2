/* SPDX-License-Identifier: MIT */
/*
 * Waits and reads of a VMM under QEMU as the host's calls, see bridge-wake.h.
 */
#include "shim/bridge-wake.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

#include "kernel/kernel.h"
#include "shim/bridge-raw.h"
#include "shim/bridge-syscalls.h"
#include "shim/wake-call.h"

/* With the mask of signals that argument @k points to; -errno: QEMU says it. */
static long host_args(const uint64_t args[6], unsigned int k, uint64_t *mask,
		      uint64_t host[6])
{
	long ret = bridge_mask_translate(args[k], args[k + 1], mask);

	memcpy(host, args, 6 * sizeof(*host));
	host[k] = (uint64_t)ret;
	return ret < 0 ? ret : 0;
}

bool bridge_wake_ppoll(const uint64_t args[6], int64_t *ret)
{
	uint64_t host[6], mask;

	return kernel_asks_wake() && !host_args(args, 3, &mask, host) &&
	       wake_call(SYS_ppoll, host, ret);
}

bool bridge_wake_epoll(const uint64_t args[6], bool ts, int64_t *ret)
{
	const long nr = ts ? SYS_epoll_pwait2 : SYS_epoll_pwait;
	struct epoll_event *events;
	int max = (int)args[2];
	uint64_t host[6], mask;
	bool made;

	if (!kernel_asks_wake() || max <= 0 || host_args(args, 4, &mask, host))
		return false;
	max = max > BRIDGE_EPOLL_MAX ? BRIDGE_EPOLL_MAX : max;
	events = malloc((size_t)max * sizeof(*events));
	if (!events)
		return false;
	host[1] = (uintptr_t)events;
	host[2] = (uint64_t)max;
	made = wake_call(nr, host, ret);
	if (made)
		*ret = bridge_epoll_events(args[1], events, *ret);
	free(events);
	return made;
}

bool bridge_wake_read(int64_t num, const uint64_t args[6], int64_t *ret)
{
	static const struct {
		int64_t num;
		long nr;
	} reads[] = {
		{GUEST_READ, SYS_read},
		{GUEST_READV, SYS_readv},
		{GUEST_RECVFROM, SYS_recvfrom},
		{GUEST_RECVMSG, SYS_recvmsg},
	};

	for (unsigned int k = 0; k < sizeof(reads) / sizeof(*reads); k++)
		if (reads[k].num == num)
			return kernel_asks_wake() &&
			       wake_call(reads[k].nr, args, ret);
	return false;
}
