/* SPDX-License-Identifier: MIT */
/*
 * System calls about files that are not passed on by their row alone.
 */
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "user/convert.h"
#include "user/syscall.h"

long call_fstat(struct user_thread *t, const uint64_t args[6])
{
	struct stat st;
	const uint64_t host[6] = {args[0], (uint64_t)&st};
	long ret = user_host_call(SYS_fstat, host);

	(void)t;
	return ret ? ret : convert_stat_out(args[1], &st);
}

long call_newfstatat(struct user_thread *t, const uint64_t args[6])
{
	char buf[PATH_MAX];
	struct stat st;
	uint64_t host[6] = {args[0], 0, (uint64_t)&st, args[3]};
	long ret;

	(void)t;
	convert_path(args[1], buf, &host[1]);
	ret = user_host_call(SYS_newfstatat, host);
	return ret ? ret : convert_stat_out(args[2], &st);
}
