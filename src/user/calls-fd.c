/* SPDX-License-Identifier: MIT */
/*
 * System calls about descriptors as such. Those that the engine and the kernel
 * model hold (base/held-fd.h) are not open for the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/held-fd.h"
#include "base/types.h"
#include "user/convert.h"
#include "user/seccomp-listen.h"
#include "user/syscall.h"

long call_fcntl(struct user_thread *t, const uint64_t args[6])
{
	uint64_t host[6];
	long ret;

	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	memcpy(host, args, sizeof(host));
	if (args[1] == F_SETFL)
		host[2] = convert_open_flags(args[2]);
	ret = user_host_call(SYS_fcntl, host);
	if (args[1] == F_GETFL && ret >= 0)
		ret = (long)convert_open_flags_back((uint64_t)ret);
	return ret;
}

long call_ioctl(struct user_thread *t, const uint64_t args[6])
{
	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	if (unlikely(listen_is_ioctl((unsigned int)args[1])))
		return listen_ioctl(args);
	return user_host_call(SYS_ioctl, args);
}
