/* SPDX-License-Identifier: MIT */
/*
 * System calls that do not pass by an interposable symbol, see host.h.
 */
#include "base/host.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

/* glibc exports it under this name too; nobody interposes that one. */
extern int __sigaction(int sig, const struct sigaction *act,
		       struct sigaction *old);

static long edge(long ret)
{
	if (ret < 0 && ret > -4096) {
		errno = (int)-ret;
		return -1;
	}
	return ret;
}

int host_open(const char *path, int flags, mode_t mode)
{
	return (int)edge(host_raw(SYS_openat, AT_FDCWD, path, flags, mode));
}

int host_close(int fd)
{
	return (int)edge(host_raw(SYS_close, fd));
}

int host_fcntl(int fd, int cmd, long arg)
{
	return (int)edge(host_raw(SYS_fcntl, fd, cmd, arg));
}

ssize_t host_read(int fd, void *buf, size_t len)
{
	return edge(host_raw(SYS_read, fd, buf, len));
}

ssize_t host_write(int fd, const void *buf, size_t len)
{
	return edge(host_raw(SYS_write, fd, buf, len));
}

void *host_mmap(void *addr, size_t len, int prot, int flags, int fd,
		off_t offset)
{
	return (void *)edge(
		host_raw(SYS_mmap, addr, len, prot, flags, fd, offset));
}

int host_munmap(void *addr, size_t len)
{
	return (int)edge(host_raw(SYS_munmap, addr, len));
}

int host_madvise(void *addr, size_t len, int advice)
{
	return (int)edge(host_raw(SYS_madvise, addr, len, advice));
}

int host_mprotect(void *addr, size_t len, int prot)
{
	return (int)edge(host_raw(SYS_mprotect, addr, len, prot));
}

int host_sigaction(int sig, const struct sigaction *act, struct sigaction *old)
{
	return __sigaction(sig, act, old);
}
