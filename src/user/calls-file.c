/* SPDX-License-Identifier: MIT */
/*
 * System calls about files that are not passed on by their row alone.
 */
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/host.h"
#include "user/convert.h"
#include "user/syscall.h"

long call_fstat(struct user_thread *t, const uint64_t args[6])
{
	struct stat st;
	long ret = host_raw(SYS_fstat, args[0], &st);

	(void)t;
	return ret ? ret : convert_stat_out(args[1], &st);
}

long call_newfstatat(struct user_thread *t, const uint64_t args[6])
{
	char buf[PATH_MAX];
	uint64_t path;
	struct stat st;
	long ret;

	(void)t;
	convert_path(args[1], buf, &path);
	ret = host_raw(SYS_newfstatat, args[0], path, &st, args[3]);
	return ret ? ret : convert_stat_out(args[2], &st);
}
