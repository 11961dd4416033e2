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

/*
 * Folders that newer distributions have in /usr only, with links to there in the
 * root, which are nobody's package but base-files's: a sysroot of unpacked
 * packages is without.
 */
static struct {
	const char *name;
	bool in_usr; /* the sysroot has only /usr/@name */
} merged[] = {
	{"bin", false}, {"sbin", false}, {"lib", false}, {"lib64", false}};

static bool exists(const char *dir, const char *path)
{
	char buf[PATH_MAX];

	return snprintf(buf, sizeof(buf), "%s/%s", dir, path) < PATH_MAX &&
	       host_raw(SYS_faccessat, AT_FDCWD, buf, F_OK) == 0;
}

void path_set_sysroot(const char *dir)
{
	sysroot = dir;
	if (!dir)
		return;
	root_handle = held_fd_take(
		host_open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC, 0));
	held_fd_inherit(root_handle);
	for (unsigned int k = 0; k < ARRAY_SIZE(merged); k++)
		merged[k].in_usr = !exists(dir, merged[k].name);
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

/* Is @path, absolute, @dir of the root or below? */
static bool is_below(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	path += strspn(path, "/");
	return !strncmp(path, dir, len) && (path[len] == '/' || !path[len]);
}

/* Never the sysroot's? */
static bool is_hosts(const char *path)
{
	static const char *const dirs[] = {
		"dev", "proc", "sys", "run", "tmp", "home", "root",
	};

	if (!path[strspn(path, "/")])
		return true;
	for (unsigned int k = 0; k < ARRAY_SIZE(dirs); k++)
		if (is_below(path, dirs[k]))
			return true;
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

/* Where a link of the root to /usr would lead. */
static bool find_in_usr(const char *path, bool follow, char *buf)
{
	char usr[PATH_MAX];

	for (unsigned int k = 0; k < ARRAY_SIZE(merged); k++)
		if (merged[k].in_usr && is_below(path, merged[k].name))
			return snprintf(usr, PATH_MAX, "/usr/%s", path) <
				       PATH_MAX &&
			       find_in_root(usr, follow, buf);
	return false;
}

const char *path_find(const char *path, bool follow, char *buf)
{
	long pid;

	if (path[0] != '/')
		return path;
	if (follow) {
		switch (proc_file_of(AT_FDCWD, path, &pid)) {
		case PROC_FILE_EXE: return exe;
		case PROC_FILE_EXE_OF_OTHER:
			return proc_exe_of(pid, buf) ? buf : path;
		default: break;
		}
	}
	if (!sysroot || is_hosts(path))
		return path;
	if (find_in_root(path, follow, buf) || find_in_usr(path, follow, buf))
		return buf;
	return path;
}

const char *path_on_host(const char *path, char *buf)
{
	return path_find(path, true, buf);
}
