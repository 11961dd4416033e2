/* SPDX-License-Identifier: MIT */
/*
 * System calls of io_uring that are not the host's alone: rings are made without
 * the requests that differ between the architectures (shim/bridge-uring.c).
 */
#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "shim/bridge-syscalls.h"
#include "user/signal.h"
#include "user/syscall.h"

long call_io_uring_setup(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	return bridge_uring_setup(args);
}

long call_io_uring_register(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	return bridge_uring_register(args);
}

/* Newer than Debian's header: the fifth argument is no pointer. */
#define ENTER_EXT_ARG_REG (1U << 6)

/* It may wait with a mask of signals of its own. */
long call_io_uring_enter(struct user_thread *t, const uint64_t args[6])
{
	struct io_uring_getevents_arg arg = {.sigmask_sz = (uint32_t)args[5],
					     .sigmask = args[4]};
	const bool ext = args[3] & IORING_ENTER_EXT_ARG;
	uint64_t host[6], mask, host_mask;
	long ret;

	if (!args[4] || (args[3] & ENTER_EXT_ARG_REG) ||
	    (ext && args[5] != sizeof(arg)))
		return user_host_call(SYS_io_uring_enter, args);
	if (ext && copy_from_user(&arg, (const void *)args[4], sizeof(arg)))
		return -EFAULT;
	if (!arg.sigmask)
		return user_host_call(SYS_io_uring_enter, args);
	ret = signal_mask_in(arg.sigmask, arg.sigmask_sz, &mask);
	if (ret)
		return ret;
	memcpy(host, args, sizeof(host));
	arg.sigmask = (uint64_t)&host_mask;
	host[4] = ext ? (uint64_t)&arg : arg.sigmask;
	return signal_masked_call(t, SYS_io_uring_enter, host, mask,
				  &host_mask);
}
