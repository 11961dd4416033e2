/* SPDX-License-Identifier: MIT */
/*
 * Waits of a VMM's for descriptors by system calls, see wake-call.h. What may be
 * a bad address is read and written as the kernel would.
 */
#include "shim/wake-call.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>

#include "base/fault.h"
#include "base/host.h"
#include "shim/sig.h"
#include "shim/wake.h"

struct wait_mask {
	uint64_t mask, size; /* of signals; 0: the thread's */
};

static struct timespec ns_to_ts(uint64_t ns)
{
	return (struct timespec){.tv_sec = (time_t)(ns / 1000000000),
				 .tv_nsec = (long)(ns % 1000000000)};
}

static long host_ppoll(void *ctx, struct pollfd *fds, unsigned int nr,
		       uint64_t ns)
{
	const struct wait_mask *g = ctx;
	struct timespec ts = ns_to_ts(ns);
	const uint64_t args[6] = {
		(uintptr_t)fds, nr,      ns == WAKE_NO_END ? 0 : (uintptr_t)&ts,
		g->mask,        g->size,
	};

	return sig_syscall(SYS_ppoll, args);
}

/* The VMM's timeout at @addr; -errno, as Linux judges it. */
static long timeout_read(uint64_t addr, uint64_t *ns)
{
	struct timespec ts;

	*ns = WAKE_NO_END;
	if (!addr)
		return 0;
	if (copy_from_user(&ts, (const void *)addr, sizeof(ts)))
		return -EFAULT;
	if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= 1000000000)
		return -EINVAL;
	/* Centuries are no end. */
	if ((uint64_t)ts.tv_sec < WAKE_NO_END / 2000000000)
		*ns = (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
	return 0;
}

/* Linux leaves there what remains. */
static void timeout_write(uint64_t addr, uint64_t end)
{
	const uint64_t now = wake_now();
	struct timespec ts = {0};

	if (!addr || end == WAKE_NO_END)
		return;
	if (now < end)
		ts = ns_to_ts(end - now);
	if (copy_to_user((void *)addr, &ts, sizeof(ts)))
		return;
}

static bool call_ppoll(const uint64_t args[6], long *ret)
{
	const size_t size = args[1] * sizeof(struct pollfd);
	struct wait_mask g = {.mask = args[3], .size = args[4]};
	struct rlimit limit = {0};
	struct pollfd *fds;
	uint64_t ns, end;

	getrlimit(RLIMIT_NOFILE, &limit);
	/* Whatever is wrong with it the host's kernel says. */
	if (args[1] > limit.rlim_cur || timeout_read(args[2], &ns))
		return false;
	fds = malloc(size + 1);
	if (!fds || copy_from_user(fds, (const void *)args[0], size)) {
		free(fds);
		return false;
	}
	end = ns == WAKE_NO_END ? ns : wake_now() + ns;
	*ret = wake_poll(fds, (unsigned int)args[1], ns, host_ppoll, &g);
	if (*ret >= 0 && copy_to_user((void *)args[0], fds, size))
		*ret = -EFAULT;
	if (*ret != -SIG_RESTART)
		timeout_write(args[2], end);
	free(fds);
	return true;
}

static bool is_epoll(int fd)
{
	static const char epoll[] = "anon_inode:[eventpoll]";
	char path[64], name[sizeof(epoll)];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return host_raw(SYS_readlinkat, AT_FDCWD, path, name, sizeof(name)) ==
		       sizeof(epoll) - 1 &&
	       !memcmp(name, epoll, sizeof(epoll) - 1);
}

/* @ts: its timeout is a struct timespec. */
static bool call_epoll(const uint64_t args[6], bool ts, long *ret)
{
	struct wait_mask g = {.mask = args[4], .size = args[5]};
	const int max = (int)args[2];
	uint64_t ns = WAKE_NO_END;

	/* Whatever is wrong with it the host's kernel says. */
	if (max <= 0 || !is_epoll((int)args[0]) ||
	    (ts && timeout_read(args[3], &ns)))
		return false;
	if (!ts && (int)args[3] >= 0)
		ns = (uint64_t)(int)args[3] * 1000000;
	*ret = wake_epoll((int)args[0], (struct epoll_event *)args[1], max, ns,
			  host_ppoll, &g);
	return true;
}

bool wake_call(long nr, const uint64_t args[6], long *ret)
{
	switch (nr) {
	case SYS_ppoll: return call_ppoll(args, ret);
	case SYS_epoll_pwait: return call_epoll(args, false, ret);
	case SYS_epoll_pwait2: return call_epoll(args, true, ret);
	default: return wake_read(nr, args, ret);
	}
}
