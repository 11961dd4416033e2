/* SPDX-License-Identifier: MIT */
/*
 * Waits by epoll, see wake.h. A descriptor that pends would end every wait on
 * its epoll, so while the thread waits it asks there for nothing; what the VMM
 * had asked for stands in /proc and is put back. Putting it back reports again
 * what is ready, as epoll may do at any time.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "base/host.h"
#include "shim/sig.h"
#include "shim/wake.h"

/* What asks for nothing: errors, which are always reported, once. */
#define NOTHING EPOLLET

/* Linux adds these to what is asked for. */
#define ALWAYS ((uint32_t)(EPOLLERR | EPOLLHUP))

/* What it keeps of a descriptor whose one shot is over: not even ALWAYS, which
 * can't be asked for; an error may be a second shot here. */
#define PRIVATE (EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE)

#define HELD_MAX  64
#define NAMES_MAX 1024

struct name {
	int fd;
	struct epoll_event as; /* what the VMM asked for */
};

struct wait {
	int epfd;
	struct kernel_wait *kernel; /* NULL: nothing pends yet */
	struct epoll_event *events; /* the VMM's */
	int nr, max;
	struct name held[HELD_MAX]; /* that pend */
	unsigned int nr_held;
	struct name names[NAMES_MAX]; /* all of the epoll's */
	unsigned int nr_names;
	bool may_pend;
};

static void names_read(struct wait *w)
{
	char path[64], line[256];
	FILE *f = NULL;
	int fd;

	w->nr_names = 0;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", w->epfd);
	fd = host_open(path, O_RDONLY | O_CLOEXEC, 0);
	if (fd >= 0)
		f = fdopen(fd, "r");
	while (f && w->nr_names < NAMES_MAX && fgets(line, sizeof(line), f)) {
		struct name *n = &w->names[w->nr_names];
		unsigned long long data;
		unsigned int events;

		if (sscanf(line, "tfd: %d events: %x data: %llx", &n->fd,
			   &events, &data) != 3)
			continue;
		n->as.events = events;
		n->as.data.u64 = data;
		w->nr_names++;
	}
	if (f)
		fclose(f);
	else if (fd >= 0)
		host_close(fd);
}

/* The one of others' that @e is about, NULL: it is the VMM's own. */
static const struct name *name_of(const struct wait *w,
				  const struct epoll_event *e)
{
	for (unsigned int i = 0; i < w->nr_names; i++)
		if (w->names[i].as.data.u64 == e->data.u64 &&
		    !(w->names[i].as.events & EPOLLEXCLUSIVE) &&
		    wake_is_outer(w->names[i].fd))
			return &w->names[i];
	return NULL;
}

static void ask_for(const struct wait *w, const struct name *n, uint32_t events)
{
	struct epoll_event e = {.events = events, .data = n->as.data};

	host_raw(SYS_epoll_ctl, w->epfd, EPOLL_CTL_MOD, n->fd, &e);
}

/* It was reported, and is to be again. */
static void report_again(const struct wait *w, const struct name *n)
{
	if (n->as.events & (EPOLLET | EPOLLONESHOT))
		ask_for(w, n, n->as.events);
}

static bool hold(struct wait *w, const struct name *n, unsigned int events)
{
	unsigned int i = 0;

	while (i < w->nr_held && w->held[i].fd != n->fd)
		i++;
	if (!w->may_pend || i == HELD_MAX)
		return false;
	if (!w->kernel)
		w->kernel = kernel_wait_begin();
	if (!w->kernel || !kernel_wait_ready(w->kernel, n->fd, events & 0xffff))
		return false;
	if (i < w->nr_held)
		return true;
	w->held[w->nr_held++] = *n;
	ask_for(w, n, NOTHING);
	return true;
}

/* A part of what is ready: events has what is the VMM's own. Their number or
 * -errno. */
static long look_once(struct wait *w)
{
	struct epoll_event *events = w->events;
	long n;

	names_read(w);
	n = host_raw(SYS_epoll_pwait, w->epfd, events, w->max, 0, NULL, 8);
	w->nr = 0;
	/* What the VMM does by itself comes first. */
	for (long i = 0; i < n; i++)
		w->nr += !name_of(w, &events[i]);
	for (long i = 0, own = 0; i < n; i++) {
		const struct name *name = name_of(w, &events[i]);

		if (!name)
			events[own++] = events[i];
		else if (w->nr || !hold(w, name, events[i].events))
			report_again(w, name);
	}
	return n < 0 ? n : w->nr;
}

/* Until there is nothing that does not pend yet. */
static long look(struct wait *w)
{
	unsigned int nr_held;
	long nr;

	do {
		nr_held = w->nr_held;
		nr = look_once(w);
	} while (!nr && w->nr_held > nr_held);
	return nr;
}

/* The VMM may have changed it meanwhile. */
static bool asks_for_nothing(const struct wait *w, int fd)
{
	for (unsigned int i = 0; i < w->nr_names; i++)
		if (w->names[i].fd == fd)
			return (w->names[i].as.events & ~ALWAYS) == NOTHING;
	return false;
}

/* The thread goes on. */
static long finish(struct wait *w)
{
	unsigned int events = 0;
	int fd = -1;

	if (!w->kernel)
		return w->nr;
	if (!kernel_wait_end(w->kernel, &fd, &events))
		fd = -1;
	names_read(w);
	for (unsigned int i = 0; i < w->nr_held; i++) {
		const struct name *n = &w->held[i];
		const bool told = n->fd == fd;

		if (asks_for_nothing(w, n->fd))
			ask_for(w, n,
				told && (n->as.events & EPOLLONESHOT)
					? n->as.events & PRIVATE
					: n->as.events);
		if (!told)
			continue;
		w->nr -= w->nr == w->max;
		w->events[w->nr++] = (struct epoll_event){
			.events = events & (n->as.events | ALWAYS),
			.data = n->as.data};
	}
	return w->nr;
}

static long wait_on(struct wait *w, uint64_t ns, wake_poll_fn *poll, void *ctx)
{
	const uint64_t start = wake_now();
	bool first = true;

	for (;;) {
		const uint64_t spent = wake_now() - start;
		const uint64_t left = ns == WAKE_NO_END ? ns
				      : spent < ns      ? ns - spent
							: 0;
		struct pollfd fds[2] = {{w->epfd, POLLIN, 0}};
		bool told = false;
		long ret, nr;

		if (w->kernel)
			fds[1] = (struct pollfd){kernel_wait_fd(w->kernel),
						 POLLIN, 0};
		ret = poll(ctx, fds, 1 + !!w->kernel,
			   w->kernel && left > WAKE_ASK_NS ? WAKE_ASK_NS
							   : left);
		if (ret < 0 && !first)
			ret = -EINTR;
		first = false;
		sig_hold();
		if (ret > 0 && fds[0].revents)
			ret = look(w);
		if (ret >= 0 && !w->nr && w->kernel)
			told = kernel_wait_ask(w->kernel, spent);
		if (ret < 0 || w->nr || told || !left) {
			nr = finish(w);
			sig_release();
			return nr || ret >= 0 ? nr : ret;
		}
		sig_release();
	}
}

long wake_epoll(int epfd, struct epoll_event *events, int max, uint64_t ns,
		wake_poll_fn *poll, void *ctx)
{
	struct wait *w = calloc(1, sizeof(*w));
	long ret;

	if (!w)
		return -ENOMEM;
	w->epfd = epfd;
	w->events = events;
	w->max = max;
	w->may_pend = wake_waits(&ns);
	ret = wait_on(w, ns, poll, ctx);
	free(w);
	return ret;
}
