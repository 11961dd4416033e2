/* SPDX-License-Identifier: MIT */
/*
 * Waits for descriptors, see wake.h. Sockets, pipes and devices that others hold
 * the other end of pend until the VM's clock lets the thread be told. The
 * VMM's own eventfds, timers and pipes end a wait as ever: they are what it does
 * by itself, or what it was told by the guest.
 */
#include "shim/wake.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/host.h"
#include "shim/sig.h"

uint64_t wake_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* ---- who makes a descriptor ready? ---------------------------------------- */

/* A pipe of which the process has the other end, too. */
static bool is_own_pipe(const struct stat *pipe)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *e;
	unsigned int ends = 0;
	struct stat st;

	while (dir && (e = readdir(dir)))
		if (!host_raw(SYS_fstat, atoi(e->d_name), &st) &&
		    st.st_dev == pipe->st_dev && st.st_ino == pipe->st_ino)
			ends |= 1U << (host_fcntl(atoi(e->d_name), F_GETFL, 0) &
				       O_ACCMODE);
	if (dir)
		closedir(dir);
	return (ends & (1U << O_RDWR)) ||
	       ends == (1U << O_RDONLY | 1U << O_WRONLY);
}

/* One of a pair that the process has made. */
static bool is_own_socket(int fd)
{
	socklen_t len = sizeof(struct ucred);
	struct ucred peer = {.pid = 0};

	return !host_raw(SYS_getsockopt, fd, SOL_SOCKET, SO_PEERCRED, &peer,
			 &len) &&
	       peer.pid == (pid_t)host_raw(SYS_getpid);
}

bool wake_is_outer(int fd)
{
	struct stat st;

	if (host_raw(SYS_fstat, fd, &st))
		return false;
	switch (st.st_mode & S_IFMT) {
	case S_IFCHR: return true;
	case S_IFIFO: return !is_own_pipe(&st);
	case S_IFSOCK: return !is_own_socket(fd);
	}
	return false;
}

/* ---- a wait -------------------------------------------------------------- */

/* Reported whether asked for or not: what has one of these is not waited for any
 * more, as it would not stop. */
#define ALWAYS (POLLERR | POLLHUP | POLLNVAL)

struct wait {
	struct kernel_wait *kernel; /* NULL: nothing pends yet */
	struct pollfd *set;         /* what is still waited for, and control */
	short *pends;               /* bits of each that are not told yet */
	unsigned int nr;
	uint64_t start, end;
};

static uint64_t left(const struct wait *w, uint64_t now)
{
	return w->end == WAKE_NO_END ? WAKE_NO_END
	       : now < w->end        ? w->end - now
				     : 0;
}

static void set_make(struct wait *w, const struct pollfd *fds)
{
	for (unsigned int i = 0; i < w->nr; i++) {
		w->set[i] = fds[i];
		w->set[i].events &= (short)~w->pends[i];
		w->set[i].revents = 0;
		if ((w->pends[i] & ALWAYS) ||
		    (w->pends[i] && !w->set[i].events))
			w->set[i].fd = -1;
	}
	if (w->kernel)
		w->set[w->nr] =
			(struct pollfd){kernel_wait_fd(w->kernel), POLLIN, 0};
}

/* What is ready: taken out of set if others made it so. True: the thread is told
 * of something. */
static bool look(struct wait *w, const struct pollfd *fds, bool may_pend)
{
	bool told = w->kernel && w->set[w->nr].revents;

	for (unsigned int i = 0; i < w->nr; i++)
		told |= w->set[i].revents && !wake_is_outer(fds[i].fd);
	for (unsigned int i = 0; i < w->nr; i++) {
		struct pollfd *p = &w->set[i];

		if (!p->revents || !wake_is_outer(fds[i].fd))
			continue;
		/* What the VMM does by itself comes first. */
		if (!told && may_pend && !w->kernel)
			w->kernel = kernel_wait_begin();
		if (!told && w->kernel &&
		    kernel_wait_ready(w->kernel, fds[i].fd,
				      (unsigned short)p->revents))
			w->pends[i] |= p->revents;
		p->revents = 0;
	}
	return told;
}

/* The thread goes on: fds with what it is told. */
static long finish(struct wait *w, struct pollfd *fds)
{
	unsigned int events = 0;
	int fd = -1;
	long ready = 0;

	if (w->kernel && !kernel_wait_end(w->kernel, &fd, &events))
		fd = -1;
	for (unsigned int i = 0; i < w->nr; i++) {
		fds[i].revents = w->set[i].revents;
		if (fd >= 0 && fds[i].fd == fd)
			fds[i].revents |=
				(short)events & (fds[i].events | ALWAYS);
		ready += !!fds[i].revents;
	}
	return ready;
}

static long wait_on(struct wait *w, struct pollfd *fds, bool may_pend,
		    wake_poll_fn *poll, void *ctx)
{
	bool first = true, told = false;
	uint64_t now = w->start;

	do {
		const uint64_t ns = w->kernel && left(w, now) > WAKE_ASK_NS
					    ? WAKE_ASK_NS
					    : left(w, now);
		long ret;

		set_make(w, fds);
		ret = poll(ctx, w->set, w->nr + !!w->kernel, ns);
		if (ret < 0 && !first && ret != -EFAULT)
			ret = -EINTR;
		sig_hold();
		if (ret >= 0) {
			told = look(w, fds, may_pend);
			now = wake_now();
			if (!told && w->kernel)
				told = kernel_wait_ask(w->kernel,
						       now - w->start);
		}
		/* Told in the very moment: that counts. */
		if (told || ret < 0 || !left(w, now)) {
			long ready = finish(w, fds);

			sig_release();
			return ready || ret >= 0 ? ready : ret;
		}
		sig_release();
		first = false;
	} while (true);
}

bool wake_waits(uint64_t *ns)
{
	static __thread uint64_t since
		__attribute__((tls_model("initial-exec")));
	const uint64_t now = wake_now();

	if (*ns) {
		since = 0;
		return true;
	}
	if (!since)
		since = now;
	if ((now - since) / 1000000 < kernel_clock()->idle_wait_ms)
		return false;
	*ns = 4 * WAKE_ASK_NS;
	return true;
}

long wake_poll(struct pollfd *fds, unsigned int nr, uint64_t ns,
	       wake_poll_fn *poll, void *ctx)
{
	const bool may_pend = wake_waits(&ns);
	struct wait w = {.nr = nr, .start = wake_now(), .end = WAKE_NO_END};
	long ret = -ENOMEM;

	if (ns != WAKE_NO_END)
		w.end = w.start + ns;
	w.set = calloc(nr + 1, sizeof(*w.set));
	w.pends = calloc(nr + 1, sizeof(*w.pends));
	if (w.set && w.pends)
		ret = wait_on(&w, fds, may_pend, poll, ctx);
	free(w.set);
	free(w.pends);
	return ret;
}
