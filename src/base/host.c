/* SPDX-License-Identifier: MIT */
/*
 * System calls that do not pass by an interposable symbol, see host.h.
 */
#include "base/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>

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

/* Both are the thread's own, and pending at most once each. */
static const uint64_t quiet_signals =
	UINT64_C(1) << (SIGXFSZ - 1) | UINT64_C(1) << (SIGPIPE - 1);

static uint64_t pending(void)
{
	uint64_t set = 0;

	host_raw(SYS_rt_sigpending, &set, sizeof(set));
	return set & quiet_signals;
}

/* What the call above made pending; what was so before it is the VMM's. */
static void quiet_take(uint64_t before)
{
	const struct timespec now = {0};
	uint64_t mine = pending() & ~before;

	if (mine)
		host_raw(SYS_rt_sigtimedwait, &mine, NULL, &now, sizeof(mine));
}

long host_raw_quiet(long nr, long a, long b, long c, long d)
{
	uint64_t mask = 0, before = 0;
	long ret;

	host_raw(SYS_rt_sigprocmask, SIG_BLOCK, &quiet_signals, &mask,
		 sizeof(mask));
	if (mask & quiet_signals)
		before = pending();
	ret = host_raw(nr, a, b, c, d);
	if (ret == -EFBIG || ret == -EPIPE)
		quiet_take(before);
	host_raw(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof(mask));
	return ret;
}

ssize_t host_write_quiet(int fd, const void *buf, size_t len)
{
	return edge(host_raw_quiet(SYS_write, fd, (long)buf, (long)len, 0));
}

int host_write_all_quiet(int fd, const void *buf, size_t len)
{
	const char *from = buf;

	while (len) {
		ssize_t n = host_write_quiet(fd, from, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? errno : EIO;
		from += n;
		len -= (size_t)n;
	}
	return 0;
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
