/* SPDX-License-Identifier: MIT */
/*
 * Eventfds that the VMM hands over for irqfds and ioeventfds: our duplicates
 * of them. Linux keeps a reference on the eventfd itself, whatever becomes of
 * the number; base/held-fd.h has what we do instead.
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

#include "base/held-fd.h"
#include "base/host.h"
#include "base/log.h"
#include "base/refuse.h"

/* The "eventfd-id" line of the descriptor's fdinfo, which only eventfds have:
 * it is the same for every descriptor of one eventfd. @fd: what the VMM calls
 * @copy. */
static int eventfd_id(int copy, int fd, uint64_t *id)
{
	char path[48], text[512];
	const char *line;
	ssize_t n;
	int info;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", copy);
	info = host_open(path, O_RDONLY | O_CLOEXEC, 0);
	if (info < 0 && errno == EMFILE)
		return refuse(EMFILE, FKVM_NO_FD,
			      "no descriptor is free to look at %d", fd);
	if (info < 0)
		return refuse(EBADF, FKVM_FD, "descriptor %d is not open", fd);
	n = host_read(info, text, sizeof(text) - 1);
	host_close(info);
	if (n <= 0)
		return refuse(EINVAL, FKVM_EVENTFD,
			      "descriptor %d says nothing of itself", fd);
	text[n] = 0;
	line = strstr(text, "eventfd-id:");
	if (!line)
		return refuse(EINVAL, FKVM_EVENTFD,
			      "descriptor %d is no eventfd", fd);
	*id = strtoull(line + strlen("eventfd-id:"), NULL, 10);
	return 0;
}

int eventfd_dup(int fd, uint64_t *id)
{
	int saved = errno, ret;
	int copy = held_fd_dup(fd);

	if (copy < 0)
		return refuse(-copy, FKVM_FD, "descriptor %d: %s", fd,
			      strerror(-copy));
	ret = eventfd_id(copy, fd, id);
	if (ret) {
		held_fd_close(copy);
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

bool eventfd_signalled(int handle)
{
	int saved = errno, fd = held_fd_begin(handle);
	bool is = fd >= 0 && eventfd_is(fd, POLLIN);

	held_fd_end(handle);
	errno = saved;
	return is;
}

bool eventfd_blocks(int handle)
{
	int fd = held_fd_begin(handle);
	bool blocks = !(host_fcntl(fd, F_GETFL, 0) & O_NONBLOCK);

	held_fd_end(handle);
	return blocks;
}

void eventfd_signal(int handle)
{
	int saved = errno, fd = held_fd_begin(handle);
	uint64_t one = 1;

	while (fd >= 0 && host_write(fd, &one, sizeof(one)) < 0 &&
	       errno == EINTR)
		;
	held_fd_end(handle);
	errno = saved;
}

/*
 * Linux's own signal never waits: a counter at its limit stays there. write()
 * does if the VMM made the eventfd so, and then we look first. The lock is
 * for the signals of others of us: there may be room for only one.
 */
void eventfd_signal_blocking(int handle, pthread_mutex_t *lock)
{
	int saved = errno, fd = held_fd_begin(handle);
	uint64_t one = 1;

	pthread_mutex_lock(lock);
	while (fd >= 0 && eventfd_is(fd, POLLOUT) &&
	       host_write(fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
	pthread_mutex_unlock(lock);
	held_fd_end(handle);
	errno = saved;
}

/*
 * The VMM may have made it blocking and be reading it too. A host that has not
 * heard of reading an eventfd without waiting (before Linux 5.8, or QEMU's user
 * mode) is asked first; who is overtaken by the VMM then waits for the next
 * signal.
 */
static ssize_t read_now(int fd, uint64_t *value)
{
	struct iovec iov = {value, sizeof(*value)};
	ssize_t n = preadv2(fd, &iov, 1, -1, RWF_NOWAIT);

	if (n >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS) ||
	    !eventfd_is(fd, POLLIN))
		return n;
	return host_read(fd, value, sizeof(*value));
}

bool eventfd_drain(int handle)
{
	int saved = errno, fd = held_fd_begin(handle);
	uint64_t value;
	ssize_t n;

	do {
		n = fd < 0 ? -1 : read_now(fd, &value);
	} while (n < 0 && fd >= 0 && errno == EINTR);
	held_fd_end(handle);
	errno = saved;
	return n == sizeof(value);
}
