/* SPDX-License-Identifier: MIT */
/*
 * What a VMM reads of descriptors that woke it, see wake-call.h. In a replay a read gets as many bytes as it got then: it waits for them, and more
 * than those are left for the next. Messages come whole, so for those it only
 * waits.
 */
#include "shim/wake-call.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "base/fault.h"
#include "base/host.h"
#include "shim/sig.h"
#include "shim/wake.h"

/* How long bytes are waited for, ms. */
#define LIMIT_MS 10000

/* The call in progress is a read of such a descriptor. */
static __thread bool reading __attribute__((tls_model("initial-exec")));

/* Does it give bytes, that any read can have a part of? */
static bool is_stream(int fd)
{
	socklen_t len = sizeof(int);
	int type = 0;
	struct stat st;

	if (host_raw(SYS_fstat, fd, &st))
		return false;
	if (S_ISSOCK(st.st_mode))
		return !host_raw(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, &type,
				 &len) &&
		       type == SOCK_STREAM;
	return S_ISFIFO(st.st_mode);
}

static bool is_there(int fd, bool stream, long n)
{
	int bytes = 0;

	if (!stream)
		return true;
	if (host_raw(SYS_ioctl, fd, FIONREAD, &bytes))
		return true;
	return n ? bytes >= n : !bytes;
}

/* Until @n bytes are there: 0, -ETIMEDOUT, or what poll() answers. */
static long wait_for(int fd, bool stream, long n)
{
	struct pollfd p = {fd, POLLIN, 0};
	struct timespec ts = {0};
	const uint64_t args[6] = {(uintptr_t)&p, 1, (uintptr_t)&ts};
	long ret;

	for (unsigned int ms = 0; ms < LIMIT_MS; ms++) {
		p.revents = 0;
		ret = sig_syscall(SYS_ppoll, args);
		if (ret < 0)
			return ret;
		if (ret && is_there(fd, stream, n))
			return 0;
		ts.tv_nsec = 1000000;
		/* What is there already would end a wait for more. */
		if (ret)
			host_raw(SYS_nanosleep, &ts, NULL);
	}
	return -ETIMEDOUT;
}

/* ---- a read of at most @n bytes ------------------------------------------- */

/* The VMM's vector at @addr, cut. Its number of parts or -errno. */
static long iov_cut(uint64_t addr, uint64_t parts, long n, struct iovec *iov)
{
	uint64_t i;

	if (parts > IOV_MAX)
		return -EINVAL;
	if (copy_from_user(iov, (const void *)addr, parts * sizeof(*iov)))
		return -EFAULT;
	for (i = 0; i < parts && n; i++) {
		if (iov[i].iov_len > (size_t)n)
			iov[i].iov_len = (size_t)n;
		n -= (long)iov[i].iov_len;
	}
	return (long)i;
}

static long cut_readv(const uint64_t args[6], long n)
{
	struct iovec iov[IOV_MAX];
	long parts = iov_cut(args[1], args[2], n, iov);
	const uint64_t host[6] = {args[0], (uintptr_t)iov, (uint64_t)parts};

	return parts < 0 ? parts : sig_syscall(SYS_readv, host);
}

static long cut_recvmsg(const uint64_t args[6], long n)
{
	struct iovec iov[IOV_MAX], *vmm_iov;
	struct msghdr msg;
	const uint64_t host[6] = {args[0], (uintptr_t)&msg, args[2]};
	size_t parts;
	long ret;

	if (copy_from_user(&msg, (const void *)args[1], sizeof(msg)))
		return -EFAULT;
	vmm_iov = msg.msg_iov;
	parts = msg.msg_iovlen;
	ret = iov_cut((uintptr_t)vmm_iov, parts, n, iov);
	if (ret < 0)
		return ret;
	msg.msg_iov = iov;
	msg.msg_iovlen = (size_t)ret;
	ret = sig_syscall(SYS_recvmsg, host);
	msg.msg_iov = vmm_iov;
	msg.msg_iovlen = parts;
	if (ret >= 0 && copy_to_user((void *)args[1], &msg, sizeof(msg)))
		ret = -EFAULT;
	return ret;
}

static long cut_read(long nr, const uint64_t args[6], long n)
{
	uint64_t host[6] = {args[0], args[1], args[2],
			    args[3], args[4], args[5]};

	if (host[2] > (uint64_t)n)
		host[2] = (uint64_t)n;
	switch (nr) {
	case SYS_read: return sig_syscall(SYS_read, host);
	case SYS_readv: return cut_readv(args, n);
	case SYS_recvfrom: return sig_syscall(SYS_recvfrom, host);
	default: return cut_recvmsg(args, n);
	}
}

/* ---- the call ------------------------------------------------------------ */

static void done(int fd, long ret)
{
	sig_hold();
	kernel_read_done(fd, ret);
	sig_release();
}

static bool is_told_of(int fd)
{
	bool is;

	if (!kernel_asks_wake())
		return false;
	sig_hold();
	is = kernel_reads(fd);
	sig_release();
	return is;
}

static bool known(int fd, long *n)
{
	bool is;

	sig_hold();
	is = kernel_read_known(fd, n);
	sig_release();
	return is;
}

/* As recorded: *@ret, or false: it is to be made. */
static bool read_again(long nr, const uint64_t args[6], long n, long *ret)
{
	const int fd = (int)args[0];
	const bool stream = is_stream(fd);
	long waited;

	kernel_read_wait(true);
	waited = wait_for(fd, stream, n);
	kernel_read_wait(false);
	if (waited == -ETIMEDOUT) {
		sig_hold();
		kernel_read_missing(fd);
		sig_release();
		return false;
	}
	*ret = waited;
	if (waited < 0)
		return true;
	if (!stream || !n)
		return false;
	*ret = cut_read(nr, args, n);
	if (*ret != -SIG_RESTART)
		done(fd, *ret);
	return true;
}

bool wake_read(long nr, const uint64_t args[6], long *ret)
{
	const int fd = (int)args[0];
	long n;

	reading = is_told_of(fd);
	if (!reading || !known(fd, &n))
		return false;
	if (n < 0) {
		done(fd, n);
		*ret = n;
	} else if (!read_again(nr, args, n, ret)) {
		return false;
	}
	reading = false;
	return true;
}

void wake_call_done(const uint64_t args[6], long ret)
{
	if (!reading)
		return;
	reading = false;
	/* Else it is made again. */
	if (ret > -SIG_RESTART && ret != -EINTR)
		done((int)args[0], ret);
}
