/* SPDX-License-Identifier: MIT */
/*
 * Recognising /dev/kvm however it is spelt. Nearly every call ends at the
 * first test, the last three characters. Also built into the thunk.
 */
#include "shim/kvm-path.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/host.h"

#define DIR_MAX   256 /* a longer directory is not /dev */
#define LINKS_MAX 8   /* links one after the other */

/* Append @path to the absolute @dir (no trailing slash), resolving dots.
 * False: too long for /dev/kvm. */
static bool path_join(char *dir, size_t size, const char *path)
{
	size_t len = strlen(dir);

	while (*path) {
		size_t n = strcspn(path, "/");

		if (n == 2 && !strncmp(path, "..", 2)) {
			while (len && dir[--len] != '/')
				;
			dir[len] = '\0';
		} else if (n && !(n == 1 && *path == '.')) {
			if (len + n + 2 > size)
				return false;
			dir[len++] = '/';
			memcpy(dir + len, path, n);
			dir[len += n] = '\0';
		}
		path += n;
		path += *path == '/';
	}
	return true;
}

static bool dir_name(int dir, char *buf, size_t size)
{
	char link[32] = "/proc/self/cwd";
	long n;

	if (dir != AT_FDCWD)
		snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	n = host_raw(SYS_readlinkat, AT_FDCWD, link, buf, size - 1);
	if (n <= 0)
		return false;
	buf[n] = '\0';
	if (!strcmp(buf, "/"))
		buf[0] = '\0';
	return true;
}

bool kvm_path_is(int dir, const char *path)
{
	char full[DIR_MAX] = "";
	size_t len = strlen(path);

	if (len < 3 || memcmp(path + len - 3, "kvm", 3))
		return false;
	if (!strcmp(path, "/dev/kvm"))
		return true;
	if (path[0] != '/' && !dir_name(dir, full, sizeof(full)))
		return false;
	return path_join(full, sizeof(full), path) && !strcmp(full, "/dev/kvm");
}

/* The length of @path's part before its last component, slash included. */
static size_t parent_len(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) + 1 : 0;
}

/* "kvm" in a folder that is /dev by another name. */
static bool parent_is_dev(int dir, char *path)
{
	size_t len = parent_len(path);
	char name[DIR_MAX];
	bool is;
	long fd;

	if (!len || strcmp(path + len, "kvm"))
		return false;
	path[len] = '\0';
	fd = host_raw(SYS_openat, dir, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	is = dir_name((int)fd, name, sizeof(name)) && !strcmp(name, "/dev");
	host_raw(SYS_close, fd);
	return is;
}

bool kvm_path_leads(int dir, const char *path, bool follow)
{
	char at[2 * DIR_MAX], target[DIR_MAX];
	size_t len = strlen(path), keep;
	long n;

	if (len >= sizeof(at))
		return false;
	memcpy(at, path, len + 1);
	for (unsigned int i = 0; follow && i < LINKS_MAX; i++) {
		n = host_raw(SYS_readlinkat, dir, at, target,
			     sizeof(target) - 1);
		if (n <= 0)
			break;
		target[n] = '\0';
		keep = target[0] == '/' ? 0 : parent_len(at);
		if (keep + (size_t)n >= sizeof(at))
			return false;
		memcpy(at + keep, target, (size_t)n + 1);
		if (kvm_path_is(dir, at))
			return true;
	}
	return parent_is_dev(dir, at);
}

bool kvm_path_host_has(void)
{
	static signed char has; /* 0: not asked yet; atomic */
	signed char known = __atomic_load_n(&has, __ATOMIC_RELAXED);

	if (!known) {
		known = host_raw(SYS_faccessat, AT_FDCWD, "/dev/kvm", 0) ? -1
									 : 1;
		__atomic_store_n(&has, known, __ATOMIC_RELAXED);
	}
	return known > 0;
}
