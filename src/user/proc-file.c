/* SPDX-License-Identifier: MIT */
/*
 * Files of /proc that are the program's, see proc-file.h: which path is one, and
 * their texts, in a memfd as the host's kernel would give them.
 */
#include "user/proc-file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/host.h"
#include "base/types.h"
#include "user/memory.h"
#include "user/proc-text.h"

/* ---- which path ---------------------------------------------------------- */

static const struct {
	const char *name;
	enum proc_file file;
} own[] = {
	{"exe", PROC_FILE_EXE},     {"maps", PROC_FILE_MAPS},
	{"smaps", PROC_FILE_SMAPS}, {"cmdline", PROC_FILE_CMDLINE},
	{"auxv", PROC_FILE_AUXV},   {"status", PROC_FILE_STATUS},
};

/* Past a component and the slashes behind it; NULL: it is another, or the
 * last. */
static const char *past(const char *path, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(path, name, len) || path[len] != '/')
		return NULL;
	return path + len + strspn(path + len, "/");
}

static const char *past_number(const char *path, long number)
{
	char name[24];

	snprintf(name, sizeof(name), "%ld", number);
	return past(path, name);
}

/* "task/TID/" of a thread of ours, which has the same files. */
static const char *past_task(const char *path)
{
	const char *at = past(path, "task");
	char *end;
	long tid;

	if (!at)
		return path;
	tid = strtol(at, &end, 10);
	if (end == at || *end != '/' || tid <= 0 || tid > INT_MAX ||
	    host_raw(SYS_tgkill, getpid(), tid, 0) < 0)
		return NULL;
	return end + strspn(end, "/");
}

static bool is_number(const char *text, long *number)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	*number = strtol(text, &end, 10);
	return !*end && *number <= INT_MAX;
}

/* What follows /proc/self/ or the like. Another thread's status is the host's. */
static enum proc_file own_file(const char *in, bool thread, long *number)
{
	const char *path = past_task(in);
	const char *of = path ? past(path, "fdinfo") : NULL;
	enum proc_file file = PROC_FILE_NONE;

	if (of)
		return is_number(of, number) ? PROC_FILE_FDINFO
					     : PROC_FILE_NONE;
	for (unsigned int k = 0; path && k < ARRAY_SIZE(own); k++)
		if (!strcmp(path, own[k].name))
			file = own[k].file;
	if (file == PROC_FILE_STATUS && path != in)
		return PROC_FILE_NONE;
	/* The program may have changed them since. */
	if (file == PROC_FILE_CMDLINE && proc_file_is_told())
		return PROC_FILE_NONE;
	return file == PROC_FILE_STATUS && thread ? PROC_FILE_THREAD_STATUS
						  : file;
}

/* Of another process, of which only the program is not the host's. */
static enum proc_file of_other(const char *path, long *pid)
{
	const char *task;
	char *end;

	*pid = strtol(path, &end, 10);
	if (*end != '/' || *pid > INT_MAX)
		return PROC_FILE_NONE;
	path = end + strspn(end, "/");
	task = past(path, "task");
	if (task && strtol(task, &end, 10) > 0 && *end == '/')
		path = end + strspn(end, "/");
	return strcmp(path, "exe") ? PROC_FILE_NONE : PROC_FILE_EXE_OF_OTHER;
}

static enum proc_file absolute(const char *path, long *number)
{
	const char *at = past(path + strspn(path, "/"), "proc"), *in;
	bool thread = false;

	if (!at)
		return PROC_FILE_NONE;
	if (!strcmp(at, "cpuinfo"))
		return PROC_FILE_CPUINFO;
	in = past(at, "self");
	if (!in) {
		in = past(at, "thread-self");
		thread = in;
	}
	if (!in && *at >= '1' && *at <= '9') {
		in = past_number(at, getpid());
		if (!in)
			return of_other(at, number);
	}
	return in ? own_file(in, thread, number) : PROC_FILE_NONE;
}

/* Below a descriptor, which may be of a folder of /proc. */
static enum proc_file relative(int dir, const char *path, long *number)
{
	char link[32], name[PATH_MAX];
	bool may = !strcmp(path, "cpuinfo");
	const char *last = strrchr(path, '/');
	long n;

	last = last ? last + 1 : path;
	for (unsigned int k = 0; k < ARRAY_SIZE(own); k++)
		may |= !strcmp(last, own[k].name);
	may |= is_number(last, number);
	if (!may)
		return PROC_FILE_NONE;
	if (dir == AT_FDCWD)
		snprintf(link, sizeof(link), "/proc/self/cwd");
	else
		snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	n = host_raw(SYS_readlinkat, AT_FDCWD, link, name, sizeof(name));
	if (n < 5 || strncmp(name, "/proc", 5) ||
	    (size_t)n + strlen(path) + 2 > sizeof(name))
		return PROC_FILE_NONE;
	name[n] = '/';
	strcpy(name + n + 1, path);
	return absolute(name, number);
}

enum proc_file proc_file_of(int dir, const char *path, long *number)
{
	if (!path[0])
		return PROC_FILE_NONE;
	return path[0] == '/' ? absolute(path, number)
			      : relative(dir, path, number);
}

/* ---- what is in it ------------------------------------------------------- */

/* 0 or -errno. */
static long put_text(FILE *f, enum proc_file file, long number)
{
	switch (file) {
	case PROC_FILE_FDINFO: return proc_text_fdinfo(f, number) ? 0 : -ENOENT;
	case PROC_FILE_MAPS: proc_text_maps(f, false); break;
	case PROC_FILE_SMAPS: proc_text_maps(f, true); break;
	case PROC_FILE_STATUS: proc_text_status(f, false); break;
	case PROC_FILE_THREAD_STATUS: proc_text_status(f, true); break;
	case PROC_FILE_CMDLINE: proc_text_cmdline(f); break;
	case PROC_FILE_AUXV: proc_text_auxv(f); break;
	case PROC_FILE_CPUINFO: proc_text_cpuinfo(f); break;
	default: break;
	}
	return 0;
}

/* All of it may be written where the memfd is mapped or not: through write(). */
static long fill(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = host_write(fd, text, len);

		if (n <= 0)
			return n ? -errno : -EIO;
		text += n;
		len -= (size_t)n;
	}
	return host_raw(SYS_lseek, fd, 0, SEEK_SET);
}

/* The file as the program opened it may not be written to. */
static long reopen(int fd, int flags)
{
	char link[32];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return host_raw(SYS_openat, AT_FDCWD, link,
			flags & ~(O_CREAT | O_EXCL | O_NOFOLLOW | O_TRUNC), 0);
}

long proc_file_open(enum proc_file file, int flags, long number)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f;
	long fd, ret;

	if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC))
		return -EACCES;
	if (flags & O_DIRECTORY)
		return -ENOTDIR;
	if ((flags & O_CREAT) && (flags & O_EXCL))
		return -EEXIST;
	f = open_memstream(&text, &len);
	if (!f)
		return -ENOMEM;
	ret = put_text(f, file, number);
	if (fclose(f))
		ret = -ENOMEM;
	if (ret) {
		free(text);
		return ret;
	}
	fd = memfd_create("proc", MFD_CLOEXEC);
	if (fd < 0) {
		ret = -errno;
	} else {
		ret = fill((int)fd, text, len);
		if (!ret)
			ret = reopen((int)fd, flags);
		host_raw(SYS_close, fd);
	}
	free(text);
	return ret;
}
