/* SPDX-License-Identifier: MIT */
/*
 * Eventfds that the VMM hands over for irqfds and ioeventfds: our duplicates
 * of them. Linux keeps a reference on the eventfd itself, whatever becomes of
 * the number; a duplicate is numbered high, so that the VMM's own descriptor
 * numbers come out as without us.
 */
#include "kernel/irq.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/host.h"
#include "base/log.h"

#define HIGH_FD 512

/* The "eventfd-id" line of the descriptor's fdinfo, which only eventfds have:
 * it is the same for every descriptor of one eventfd. */
static int eventfd_id(int fd, uint64_t *id)
{
	char path[48], text[512];
	const char *line;
	ssize_t n;
	int info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = host_open(path, O_RDONLY | O_CLOEXEC, 0);
	if (info < 0)
		return errno == EMFILE ? -EMFILE : -EBADF;
	n = host_read(info, text, sizeof(text) - 1);
	host_close(info);
	if (n <= 0)
		return -EINVAL;
	text[n] = 0;
	line = strstr(text, "eventfd-id:");
	if (!line) {
		explain("descriptor %d is no eventfd", fd);
		return -EINVAL;
	}
	*id = strtoull(line + strlen("eventfd-id:"), NULL, 10);
	return 0;
}

static int dup_high(int fd)
{
	int saved = errno;
	int ret = host_fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);

	/* A low limit on descriptors: then low it is. */
	if (ret < 0 && errno == EINVAL)
		ret = host_fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (ret < 0)
		ret = -errno;
	errno = saved;
	return ret;
}

int eventfd_dup(int fd, uint64_t *id)
{
	int saved = errno, ret;
	int copy = dup_high(fd);

	if (copy < 0) {
		explain("descriptor %d: %s", fd, strerror(-copy));
		return copy;
	}
	ret = eventfd_id(copy, id);
	if (ret) {
		host_close(copy);
		copy = ret;
	}
	errno = saved;
	return copy;
}

static bool eventfd_is(int fd, short event)
{
	struct pollfd p = {.fd = fd, .events = event};

	return poll(&p, 1, 0) == 1 && (p.revents & event);
}

bool eventfd_signalled(int fd)
{
	int saved = errno;
	bool is = eventfd_is(fd, POLLIN);

	errno = saved;
	return is;
}

bool eventfd_blocks(int fd)
{
	return !(host_fcntl(fd, F_GETFL, 0) & O_NONBLOCK);
}

void eventfd_signal(int fd)
{
	uint64_t one = 1;
	int saved = errno;

	while (host_write(fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
	errno = saved;
}

/*
 * Linux's own signal never waits: a counter at its limit stays there. write()
 * does if the VMM made the eventfd so, and then we look first. The lock is
 * for the signals of others of us: there may be room for only one.
 */
void eventfd_signal_blocking(int fd, pthread_mutex_t *lock)
{
	uint64_t one = 1;
	int saved = errno;

	pthread_mutex_lock(lock);
	while (eventfd_is(fd, POLLOUT) &&
	       host_write(fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
	pthread_mutex_unlock(lock);
	errno = saved;
}

bool eventfd_drain(int fd)
{
	uint64_t value;
	struct iovec iov = {&value, sizeof(value)};
	int saved = errno;
	ssize_t n;

	/* The VMM may have made it blocking and be reading it too. */
	do {
		n = preadv2(fd, &iov, 1, -1, RWF_NOWAIT);
	} while (n < 0 && errno == EINTR);
	errno = saved;
	return n == sizeof(value);
}
