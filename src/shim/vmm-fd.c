/* SPDX-License-Identifier: MIT */
/*
 * Calls that close descriptors: an object goes with its last one. Between
 * begin and end no handler may jump out.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/host.h"
#include "shim/fd-guard.h"
#include "shim/fdtab.h"
#include "shim/sig.h"
#include "shim/vmm-calls.h"

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

long vmm_close(int fd)
{
	struct fdtab_closing closing;
	long ret;

	if (!fdtab_in_use())
		return fd_guard_close(fd);
	sig_hold();
	fdtab_close_begin(&closing, (unsigned int)fd, (unsigned int)fd);
	ret = fd_guard_close(fd);
	fdtab_close_end(&closing);
	sig_release();
	return ret;
}

long vmm_close_range(unsigned int first, unsigned int last, int flags)
{
	struct fdtab_closing closing;
	long ret;

	if (flags & CLOSE_RANGE_CLOEXEC || first > last)
		return fd_guard_close_range(first, last, flags);
	sig_hold();
	fdtab_close_begin(&closing, first, last);
	ret = fd_guard_close_range(first, last, flags);
	fdtab_close_end(&closing);
	sig_release();
	return ret;
}

long vmm_closefrom(int first)
{
	struct rlimit lim;
	long ret;

	if (first < 0)
		first = 0;
	ret = vmm_close_range((unsigned int)first, ~0U, 0);
	if (ret != -ENOSYS || getrlimit(RLIMIT_NOFILE, &lim) < 0)
		return ret;
	for (int fd = first; (rlim_t)fd < lim.rlim_cur; fd++)
		vmm_close(fd);
	return 0;
}

long vmm_dup2(int from, int to)
{
	if (from == to) {
		long ret = host_raw(SYS_fcntl, from, F_GETFD);

		return ret < 0 ? ret : to;
	}
	return vmm_dup3(from, to, 0);
}

long vmm_dup3(int from, int to, int flags)
{
	struct fdtab_closing closing;
	long ret;

	if (!fdtab_in_use() || from == to)
		return fd_guard_dup3(from, to, flags);
	sig_hold();
	fdtab_close_begin(&closing, (unsigned int)to, (unsigned int)to);
	ret = fd_guard_dup3(from, to, flags);
	fdtab_close_end(&closing);
	sig_release();
	return ret;
}
