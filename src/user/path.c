/* SPDX-License-Identifier: MIT */
/*
 * Where a path of the program's is on the host, see path.h.
 */
#include "user/path.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/host.h"

static const char *sysroot;

void path_set_sysroot(const char *dir)
{
	sysroot = dir;
}

const char *path_sysroot(void)
{
	return sysroot;
}

const char *path_on_host(const char *path, char *buf)
{
	if (!sysroot || path[0] != '/')
		return path;
	if (snprintf(buf, PATH_MAX, "%s%s", sysroot, path) >= PATH_MAX)
		return path;
	if (host_raw(SYS_faccessat, AT_FDCWD, buf, 0) < 0)
		return path;
	return buf;
}
