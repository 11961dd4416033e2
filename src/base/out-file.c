/* SPDX-License-Identifier: MIT */
/*
 * Files that a user names to be written, see out-file.h.
 */
#include "base/out-file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/stat.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/host.h"

bool out_file_is_fifo(const char *path, int flags)
{
	struct statx st;
	int how = flags & O_NOFOLLOW ? AT_SYMLINK_NOFOLLOW : 0;

	return !host_raw(SYS_statx, AT_FDCWD, path, how, STATX_TYPE, &st) &&
	       (st.stx_mode & S_IFMT) == S_IFIFO;
}

static int can_make(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	if (slash && !slash[1])
		return -EISDIR;
	if (len >= sizeof(folder))
		return -ENAMETOOLONG;
	snprintf(folder, sizeof(folder), "%.*s%s", (int)len, path,
		 !slash ? "."
		 : !len ? "/"
			: "");
	return (int)host_raw(SYS_faccessat, AT_FDCWD, folder, W_OK | X_OK);
}

int out_file_check(const char *path, int flags)
{
	int fd;

	if (out_file_is_fifo(path, flags))
		return (int)host_raw(SYS_faccessat, AT_FDCWD, path, W_OK);
	fd = (int)host_raw(SYS_openat, AT_FDCWD, path,
			   O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
				   HOST_O_LARGEFILE | flags);
	if (fd == -ENOENT && *path)
		return can_make(path);
	if (fd < 0)
		return fd;
	host_close(fd);
	return 0;
}

int out_file_open(const char *path, int flags)
{
	int fd = host_open(path,
			   O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY |
				   O_NONBLOCK | flags,
			   0666);

	if (fd >= 0)
		host_raw(SYS_fcntl, fd, F_SETFL, flags & O_APPEND);
	return fd;
}
