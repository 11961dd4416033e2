/* SPDX-License-Identifier: MIT */
/*
 * System calls of 32-bit Arm about sockets whose structures have addresses and longs:
 * messages with their control messages, and options.
 */
#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/held-fd.h"
#include "base/types.h"
#include "user/arm-vector.h"
#include "user/arm.h"
#include "user/syscall.h"
#include "user/thread.h"

struct msghdr_arm {
	uint32_t name;
	int32_t namelen;
	uint32_t iov, iovlen, control, controllen, flags;
};

struct mmsghdr_arm {
	struct msghdr_arm hdr;
	uint32_t len;
};

struct cmsghdr_arm {
	uint32_t len;
	int32_t level, type;
};

/* Of control messages: more is ENOBUFS to a sender, and not filled for a receiver. */
#define CONTROL_MAX   16384
#define ARM_ALIGN(n)  ALIGN_UP(n, 4u)
#define HOST_ALIGN(n) ALIGN_UP(n, 8u)

struct message {
	struct msghdr host;
	struct msghdr_arm arm;
	struct iovec iov[ARM_IOVECS];
	uint8_t control[2 * CONTROL_MAX] __attribute__((aligned(8)));
};

/* ---- control messages ---------------------------------------------------- */

/* The program's to the host's. 0 or -errno. */
static long control_in(struct message *m)
{
	const uint32_t size = m->arm.controllen;
	uint8_t from[CONTROL_MAX];
	struct cmsghdr_arm c;
	size_t at = 0, to = 0;

	if (size > CONTROL_MAX)
		return -ENOBUFS;
	if (copy_from_user(from, (void *)(uint64_t)m->arm.control, size))
		return -EFAULT;
	while (at + sizeof(c) <= size) {
		struct cmsghdr *h = (struct cmsghdr *)(m->control + to);

		memcpy(&c, from + at, sizeof(c));
		if (c.len < sizeof(c) || c.len > size - at)
			return -EINVAL;
		if (to + HOST_ALIGN(c.len + 4u) > sizeof(m->control))
			return -ENOBUFS;
		h->cmsg_len = c.len - sizeof(c) + sizeof(*h);
		h->cmsg_level = c.level;
		h->cmsg_type = c.type;
		memcpy(h + 1, from + at + sizeof(c), c.len - sizeof(c));
		to += HOST_ALIGN(h->cmsg_len);
		at += ARM_ALIGN(c.len);
	}
	m->host.msg_control = to ? m->control : NULL;
	m->host.msg_controllen = to;
	return 0;
}

/* Times in a control message are of longs: how many bytes are left of @len. */
static size_t times_narrow(int level, int type, uint8_t *data, size_t len)
{
	int64_t wide[2];
	int32_t narrow[2];

	if (level != SOL_SOCKET || len != sizeof(wide) ||
	    (type != SO_TIMESTAMP && type != SO_TIMESTAMPNS))
		return len;
	memcpy(wide, data, sizeof(wide));
	narrow[0] = (int32_t)wide[0];
	narrow[1] = (int32_t)wide[1];
	memcpy(data, narrow, sizeof(narrow));
	return sizeof(narrow);
}

/* Descriptors that there is no room to tell of. */
static void rights_close(const struct cmsghdr *h, const uint8_t *data,
			 size_t told, size_t len)
{
	int fd;

	if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
		return;
	for (told &= ~(size_t)3; told + sizeof(fd) <= len; told += sizeof(fd)) {
		memcpy(&fd, data + told, sizeof(fd));
		user_host_call(SYS_close, (uint64_t[6]){(uint64_t)fd});
	}
}

/* The host's to the program's @room bytes, as many as fit: how many there are, and
 * MSG_CTRUNC in *@flags. */
static size_t control_out(const struct message *m, uint8_t *to, size_t room,
			  uint32_t *flags)
{
	size_t at = 0, used = 0;

	while (at + sizeof(struct cmsghdr) <= m->host.msg_controllen) {
		struct cmsghdr *h = (struct cmsghdr *)(m->control + at);
		uint8_t *data = (uint8_t *)(h + 1);
		size_t len = h->cmsg_len - sizeof(*h), fits;
		struct cmsghdr_arm c = {.level = h->cmsg_level,
					.type = h->cmsg_type};

		if (h->cmsg_len < sizeof(*h) ||
		    h->cmsg_len > m->host.msg_controllen - at)
			break;
		at += HOST_ALIGN(h->cmsg_len);
		len = times_narrow(h->cmsg_level, h->cmsg_type, data, len);
		if (used + sizeof(c) > room) {
			*flags |= MSG_CTRUNC;
			rights_close(h, data, 0, len);
			continue;
		}
		fits = min_u64(len, room - used - sizeof(c));
		if (fits < len) {
			*flags |= MSG_CTRUNC;
			rights_close(h, data, fits, len);
		}
		c.len = (uint32_t)(sizeof(c) + fits);
		memcpy(to + used, &c, sizeof(c));
		memcpy(to + used + sizeof(c), data, fits);
		used = min_u64(used + ARM_ALIGN(c.len), room);
	}
	return used;
}

/* ---- messages ------------------------------------------------------------ */

static long message_in(struct message *m, uint64_t addr, bool sends)
{
	long ret;

	if (copy_from_user(&m->arm, (void *)addr, sizeof(m->arm)))
		return -EFAULT;
	m->host = (struct msghdr){
		.msg_name = (void *)(uint64_t)m->arm.name,
		.msg_namelen = (socklen_t)m->arm.namelen,
		.msg_iov = m->iov,
		.msg_iovlen = m->arm.iovlen,
		.msg_flags = (int)m->arm.flags,
	};
	if (m->arm.iovlen > ARM_IOVECS)
		return -EMSGSIZE;
	ret = arm_iovec_in(m->arm.iov, m->arm.iovlen, m->iov);
	if (ret || !m->arm.control || !m->arm.controllen)
		return ret;
	if (sends)
		return control_in(m);
	/* More than is asked for, as its heads are larger. */
	m->host.msg_control = m->control;
	m->host.msg_controllen =
		2 * min_u64(ARM_ALIGN(m->arm.controllen), CONTROL_MAX);
	return 0;
}

/* What was received, by a call that answered @ret. */
static long message_out(struct message *m, uint64_t addr, long ret)
{
	uint8_t control[CONTROL_MAX] = {0};
	size_t used = 0;

	m->arm.namelen = (int32_t)m->host.msg_namelen;
	m->arm.flags = (uint32_t)m->host.msg_flags;
	if (m->host.msg_control)
		used = control_out(m, control,
				   min_u64(m->arm.controllen, CONTROL_MAX),
				   &m->arm.flags);
	if (used &&
	    copy_to_user((void *)(uint64_t)m->arm.control, control, used))
		return -EFAULT;
	m->arm.controllen = (uint32_t)used;
	return copy_to_user((void *)addr, &m->arm, sizeof(m->arm)) ? -EFAULT
								   : ret;
}

long arm_sendmsg(struct user_thread *t, const uint64_t args[7])
{
	struct message m;
	long ret;

	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	ret = message_in(&m, args[1], true);
	if (ret)
		return ret;
	return user_host_call(
		SYS_sendmsg,
		(uint64_t[6]){args[0], (uint64_t)&m.host, args[2]});
}

long arm_recvmsg(struct user_thread *t, const uint64_t args[7])
{
	struct message m;
	long ret;

	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	ret = message_in(&m, args[1], false);
	if (ret)
		return ret;
	ret = user_host_call(
		SYS_recvmsg,
		(uint64_t[6]){args[0], (uint64_t)&m.host, args[2]});
	return ret < 0 ? ret : message_out(&m, args[1], ret);
}

/* ---- several ------------------------------------------------------------- */

static uint64_t message_at(uint64_t addr, unsigned int k)
{
	return (uint64_t)((struct mmsghdr_arm *)addr + k);
}

static bool length_out(uint64_t message, long len)
{
	const uint32_t n = (uint32_t)len;

	return !copy_to_user(
		(void *)(message + offsetof(struct mmsghdr_arm, len)), &n,
		sizeof(n));
}

/* One after the other, as Linux does it: an error after the first is the next
 * call's. */
long arm_sendmmsg(struct user_thread *t, const uint64_t args[7])
{
	const unsigned int n = (unsigned int)min_u64(args[2], ARM_IOVECS);
	long ret = 0;

	for (unsigned int k = 0; k < n; k++) {
		const uint64_t at = message_at(args[1], k);

		ret = arm_sendmsg(t, (uint64_t[7]){args[0], at, args[3]});
		if (ret < 0 || !length_out(at, ret))
			return k ? (long)k : ret < 0 ? ret : -EFAULT;
	}
	return n;
}

/* @until: a time of the monotonic clock, in nanoseconds; 0: none. It is looked at
 * after a message, as Linux does it. */
static long receive(struct user_thread *t, const uint64_t args[7],
		    uint64_t until)
{
	const unsigned int n = (unsigned int)min_u64(args[2], ARM_IOVECS);
	uint64_t flags = args[3] & ~(uint64_t)MSG_WAITFORONE;
	struct timespec now;
	long ret;

	for (unsigned int k = 0; k < n; k++) {
		const uint64_t at = message_at(args[1], k);

		ret = arm_recvmsg(t, (uint64_t[7]){args[0], at, flags});
		if (ret < 0 || !length_out(at, ret))
			return k ? (long)k : ret < 0 ? ret : -EFAULT;
		if (args[3] & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (until &&
		    (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec >=
			    until)
			return k + 1;
	}
	return n;
}

static long receive_within(struct user_thread *t, const uint64_t args[7],
			   int64_t sec, int64_t nsec)
{
	struct timespec now;

	if (sec < 0 || nsec < 0 || nsec >= 1000000000)
		return -EINVAL;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return receive(t, args,
		       (uint64_t)(now.tv_sec + sec) * 1000000000 +
			       (uint64_t)(now.tv_nsec + nsec));
}

long arm_recvmmsg(struct user_thread *t, const uint64_t args[7])
{
	int32_t ts[2];

	if (!args[4])
		return receive(t, args, 0);
	if (copy_from_user(ts, (void *)args[4], sizeof(ts)))
		return -EFAULT;
	return receive_within(t, args, ts[0], ts[1]);
}

long arm_recvmmsg_time64(struct user_thread *t, const uint64_t args[7])
{
	int64_t ts[2];

	if (!args[4])
		return receive(t, args, 0);
	if (copy_from_user(ts, (void *)args[4], sizeof(ts)))
		return -EFAULT;
	return receive_within(t, args, ts[0], (uint32_t)ts[1]);
}

/* ---- options ------------------------------------------------------------- */

/* Of SOL_SOCKET, by their first numbers, which take a struct timeval of longs. */
#define RCVTIMEO 20
#define SNDTIMEO 21

static bool is_time_option(const uint64_t args[7])
{
	return args[1] == SOL_SOCKET &&
	       (args[2] == RCVTIMEO || args[2] == SNDTIMEO);
}

static bool is_filter_option(const uint64_t args[7])
{
	return args[1] == SOL_SOCKET && (args[2] == SO_ATTACH_FILTER ||
					 args[2] == SO_ATTACH_REUSEPORT_CBPF);
}

static long set_time(const uint64_t args[7], uint64_t host[6])
{
	int32_t narrow[2];
	int64_t wide[2];

	if (args[4] < sizeof(narrow))
		return -EINVAL;
	if (copy_from_user(narrow, (void *)args[3], sizeof(narrow)))
		return -EFAULT;
	wide[0] = narrow[0];
	wide[1] = narrow[1];
	host[3] = (uint64_t)wide;
	host[4] = sizeof(wide);
	return user_host_call(SYS_setsockopt, host);
}

static long set_filter(const uint64_t args[7], uint64_t host[6])
{
	struct sock_fprog fprog = {0};
	uint32_t narrow[2];

	if (args[4] != sizeof(narrow))
		return -EINVAL;
	if (copy_from_user(narrow, (void *)args[3], sizeof(narrow)))
		return -EFAULT;
	fprog.len = (uint16_t)narrow[0];
	fprog.filter = (void *)(uint64_t)narrow[1];
	host[3] = (uint64_t)&fprog;
	host[4] = sizeof(fprog);
	return user_host_call(SYS_setsockopt, host);
}

long arm_setsockopt(struct user_thread *t, const uint64_t args[7])
{
	uint64_t host[6] = {args[0], args[1], args[2], args[3], args[4]};

	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	if (is_time_option(args))
		return set_time(args, host);
	if (is_filter_option(args))
		return set_filter(args, host);
	return user_host_call(SYS_setsockopt, host);
}

static long get_time(const uint64_t args[7], uint64_t host[6])
{
	int64_t wide[2];
	int32_t narrow[2], room;
	socklen_t len = sizeof(wide);
	long ret;

	if (copy_from_user(&room, (void *)args[4], sizeof(room)))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	host[3] = (uint64_t)wide;
	host[4] = (uint64_t)&len;
	ret = user_host_call(SYS_getsockopt, host);
	if (ret)
		return ret;
	narrow[0] = (int32_t)wide[0];
	narrow[1] = (int32_t)wide[1];
	if (room > (int32_t)sizeof(narrow))
		room = sizeof(narrow);
	if (copy_to_user((void *)args[3], narrow, (size_t)room) ||
	    copy_to_user((void *)args[4], &room, sizeof(room)))
		return -EFAULT;
	return 0;
}

long arm_getsockopt(struct user_thread *t, const uint64_t args[7])
{
	uint64_t host[6] = {args[0], args[1], args[2], args[3], args[4]};

	(void)t;
	if (held_fd_is((int)args[0]))
		return -EBADF;
	return is_time_option(args) ? get_time(args, host)
				    : user_host_call(SYS_getsockopt, host);
}
