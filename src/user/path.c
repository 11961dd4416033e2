/* SPDX-License-Identifier: MIT */
/*
 * Where a path of the program's is on the host, see path.h. The kernel finds it
 * (the call openat2 with RESOLVE_IN_ROOT), as nobody else gets links and `..` right.
 */
#include "user/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/held-fd.h"
#include "base/host.h"
#include "base/types.h"
#include "user/proc-file.h"

static const char *sysroot;
static int root_handle = -1; /* held-fd.h: the sysroot's O_PATH */
static char exe[PATH_MAX];

void path_set_sysroot(const char *dir)
{
	sysroot = dir;
	if (dir)
		root_handle = held_fd_take(
			host_open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC, 0));
}

const char *path_sysroot(void)
{
	return sysroot;
}

void path_set_exe(const char *path)
{
	if (!realpath(path, exe))
		snprintf(exe, sizeof(exe), "%s", path);
}

const char *path_exe(void)
{
	return exe;
}

/* Never the sysroot's? */
static bool is_hosts(const char *path)
{
	static const char *const dirs[] = {
		"dev", "proc", "sys", "run", "tmp", "home", "root",
	};

	path += strspn(path, "/");
	if (!*path)
		return true;
	for (unsigned int k = 0; k < ARRAY_SIZE(dirs); k++) {
		size_t len = strlen(dirs[k]);

		if (!strncmp(path, dirs[k], len) &&
		    (path[len] == '/' || !path[len]))
			return true;
	}
	return false;
}

/* Without the kernel's help: a host before 5.6, no /proc, no descriptor. */
static bool find_plainly(const char *path, char *buf)
{
	return snprintf(buf, PATH_MAX, "%s%s", sysroot, path) < PATH_MAX &&
	       host_raw(SYS_faccessat, AT_FDCWD, buf, 0) == 0;
}

static bool name_of(int fd, char *buf)
{
	char link[32];
	long n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = host_raw(SYS_readlinkat, AT_FDCWD, link, buf, PATH_MAX - 1);
	if (n <= 0)
		return false;
	buf[n] = '\0';
	return buf[0] == '/';
}

static bool find_in_root(const char *path, bool follow, char *buf)
{
	const struct open_how how = {
		.flags = O_PATH | O_CLOEXEC |
			 (follow ? 0 : (uint64_t)O_NOFOLLOW),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	int root = held_fd_begin(root_handle);
	bool found;
	long fd;

	if (root < 0)
		return find_plainly(path, buf);
	fd = host_raw(SYS_openat2, root, path, &how, sizeof(how));
	held_fd_end(root_handle);
	if (fd < 0)
		return fd != -ENOENT && fd != -ENOTDIR &&
		       find_plainly(path, buf);
	found = name_of((int)fd, buf);
	host_raw(SYS_close, fd);
	return found || find_plainly(path, buf);
}

const char *path_find(const char *path, bool follow, char *buf)
{
	if (path[0] != '/')
		return path;
	if (follow && proc_file_of(AT_FDCWD, path) == PROC_FILE_EXE)
		return exe;
	if (!sysroot || is_hosts(path))
		return path;
	return find_in_root(path, follow, buf) ? buf : path;
}

const char *path_on_host(const char *path, char *buf)
{
	return path_find(path, true, buf);
}
