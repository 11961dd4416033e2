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

#define DIR_MAX 256 /* a longer directory is not /dev */

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
	size_t len;

	/* A bad pointer is for the kernel to refuse. */
	if ((unsigned long)path < 4096)
		return false;
	len = strlen(path);
	if (len < 3 || memcmp(path + len - 3, "kvm", 3))
		return false;
	if (!strcmp(path, "/dev/kvm"))
		return true;
	if (path[0] != '/' && !dir_name(dir, full, sizeof(full)))
		return false;
	return path_join(full, sizeof(full), path) && !strcmp(full, "/dev/kvm");
}
