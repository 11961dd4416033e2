/* SPDX-License-Identifier: MIT */
/*
 * System calls about files that are not passed on by their row alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/fault.h"
#include "base/held-fd.h"
#include "base/host.h"
#include "shim/guest-abi.h"
#include "user/convert.h"
#include "user/path.h"
#include "user/proc-file.h"
#include "user/syscall.h"

/* ---- open() -------------------------------------------------------------- */

/* The program's file may not be written to while it runs, whoever may else. */
static long exe_refused(uint64_t flags, const char *exe)
{
	long ret;

	if ((flags & O_PATH) ||
	    ((flags & O_ACCMODE) == O_RDONLY && !(flags & O_TRUNC)))
		return 0;
	ret = host_raw(SYS_faccessat2, AT_FDCWD, exe, W_OK, AT_EACCESS);
	return ret == -EACCES || ret == -EROFS ? ret : -ETXTBSY;
}

/* A file of /proc's that is the program's: true, *@ret is the answer. @path is
 * what the program named, if it could be read. */
static bool open_proc_file(int dir, const char *path, uint64_t flags, long *ret)
{
	long number;
	enum proc_file file = proc_file_of(dir, path, &number);

	if (file == PROC_FILE_EXE)
		return (*ret = exe_refused(flags, path_exe())) != 0;
	if (file == PROC_FILE_NONE || file == PROC_FILE_EXE_OF_OTHER ||
	    (flags & O_PATH))
		return false;
	*ret = proc_file_open(file, (int)flags, number);
	return true;
}

static long open_by(long nr, const uint64_t args[6], uint64_t flags)
{
	char path[PATH_MAX], buf[PATH_MAX];
	uint64_t host[6];
	long ret;

	memcpy(host, args, sizeof(host));
	if (copy_string_from_user(path, (const void *)args[1], sizeof(path))) {
		if (open_proc_file((int)args[0], path, flags, &ret))
			return ret;
		host[1] = (uint64_t)path_find(path, !(flags & O_NOFOLLOW), buf);
	}
	return user_host_call(nr, host);
}

long call_openat(struct user_thread *t, const uint64_t args[6])
{
	const uint64_t flags = convert_open_flags(args[2]);
	const uint64_t host[6] = {args[0], args[1], flags, args[3]};

	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	return open_by(SYS_openat, host, flags);
}

long call_openat2(struct user_thread *t, const uint64_t args[6])
{
	union guest_how h;
	const uint64_t host[6] = {args[0], args[1], (uint64_t)&h, args[3]};
	long ret;

	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	ret = guest_how_read(&guest_open_arm64, args[2], args[3], &h);
	if (ret)
		return ret;
	/* Who restricts where a path may lead means the host's paths. */
	if (h.how.resolve)
		return user_host_call(SYS_openat2, host);
	return open_by(SYS_openat2, host, h.how.flags);
}

/* ---- what a file is ------------------------------------------------------ */

long call_fstat(struct user_thread *t, const uint64_t args[6])
{
	struct stat st;
	const uint64_t host[6] = {args[0], (uint64_t)&st};
	long ret;

	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	ret = user_host_call(SYS_fstat, host);
	return ret ? ret : guest_stat_write(args[1], &st);
}

long call_newfstatat(struct user_thread *t, const uint64_t args[6])
{
	char buf[PATH_MAX];
	struct stat st;
	uint64_t host[6] = {args[0], 0, (uint64_t)&st, args[3]};
	long ret;

	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	convert_path_link(args[1], !(args[3] & AT_SYMLINK_NOFOLLOW), buf,
			  &host[1]);
	ret = user_host_call(SYS_newfstatat, host);
	return ret ? ret : guest_stat_write(args[2], &st);
}

/* /proc/self/exe leads to the program @exe. */
static long read_exe(const char *exe, uint64_t addr, int size)
{
	size_t len = strlen(exe);

	if (size <= 0)
		return -EINVAL;
	if (len > (size_t)size)
		len = (size_t)size;
	return copy_to_user((void *)addr, exe, len) ? -EFAULT : (long)len;
}

long call_readlinkat(struct user_thread *t, const uint64_t args[6])
{
	char path[PATH_MAX], buf[PATH_MAX];
	uint64_t host[6] = {args[0], args[1], args[2], args[3]};
	enum proc_file file;
	long pid;

	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	if (copy_string_from_user(path, (const void *)args[1], sizeof(path))) {
		file = proc_file_of((int)args[0], path, &pid);
		if (file == PROC_FILE_EXE)
			return read_exe(path_exe(), args[2], (int)args[3]);
		if (file == PROC_FILE_EXE_OF_OTHER && proc_exe_of(pid, buf))
			return read_exe(buf, args[2], (int)args[3]);
		host[1] = (uint64_t)path_find(path, false, buf);
	}
	return user_host_call(SYS_readlinkat, host);
}

/* The host's folder, where what is made by a relative path belongs; one that only
 * the sysroot has rather than none. */
long call_chdir(struct user_thread *t, const uint64_t args[6])
{
	char buf[PATH_MAX];
	uint64_t host[6] = {args[0]};
	long ret = user_host_call(SYS_chdir, host);

	(void)t;
	if (ret == -ENOENT && convert_path_link(args[0], true, buf, &host[0]))
		return user_host_call(SYS_chdir, host);
	return ret;
}

/* The sysroot is not below the new root, or means something else there. */
long call_chroot(struct user_thread *t, const uint64_t args[6])
{
	long ret = host_raw(SYS_chroot, args[0]);

	(void)t;
	if (!ret)
		path_set_sysroot(NULL);
	return ret;
}
