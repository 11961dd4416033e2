/* SPDX-License-Identifier: MIT */
/*
 * Waits for descriptors where a run is recorded or replayed (shim/wake.h): what
 * others make ready is told when the model says so, all else at once, and an
 * epoll is afterwards as it was.
 */
#include "test-shim.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/host.h"
#include "shim/wake.h"

/* ---- the stand-in for kernel/wake.c --------------------------------------- */

static atomic_int admits = -1; /* the descriptor that may be told */

struct kernel_wait {
	int control, fd;
	unsigned int events;
	bool told;
};
static struct kernel_wait the_wait;
static int waits_begun;

const struct kernel_clock_options *kernel_clock(void)
{
	static const struct kernel_clock_options opts = {.idle_wait_ms = 100};

	return &opts;
}

struct kernel_wait *kernel_wait_begin(void)
{
	the_wait = (struct kernel_wait){.control = eventfd(0, EFD_NONBLOCK),
					.fd = -1};
	waits_begun++;
	return &the_wait;
}

int kernel_wait_fd(const struct kernel_wait *w)
{
	return w->control;
}

bool kernel_wait_ready(struct kernel_wait *w, int fd, unsigned int events)
{
	if (w->fd >= 0 && w->fd != fd)
		return true; /* the first is enough here */
	w->fd = fd;
	w->events |= events;
	return true;
}

bool kernel_wait_ask(struct kernel_wait *w, uint64_t waited_ns)
{
	w->told |= w->fd >= 0 && w->fd == admits;
	return w->told;
}

bool kernel_wait_end(struct kernel_wait *w, int *fd, unsigned int *events)
{
	close(w->control);
	waits_begun--;
	*fd = w->fd;
	*events = w->events;
	return w->told;
}

/* ---- help ---------------------------------------------------------------- */

static int outer, peer; /* datagram sockets: others could have sent it */
static int event;       /* the VMM's own */

static int udp_socket(struct sockaddr_in *at)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t len = sizeof(*at);

	*at = (struct sockaddr_in){.sin_family = AF_INET,
				   .sin_addr = {htonl(INADDR_LOOPBACK)}};
	ck_assert_int_eq(bind(fd, (void *)at, sizeof(*at)), 0);
	ck_assert_int_eq(getsockname(fd, (void *)at, &len), 0);
	return fd;
}

static void wake_setup(void)
{
	struct sockaddr_in at, unused;

	admits = -1;
	outer = udp_socket(&at);
	peer = udp_socket(&unused);
	ck_assert_int_eq(connect(peer, (void *)&at, sizeof(at)), 0);
	event = eventfd(0, EFD_NONBLOCK);
}

static void wake_teardown(void)
{
	ck_assert_int_eq(waits_begun, 0);
	close(outer);
	close(peer);
	close(event);
}

static void send_one(void)
{
	ck_assert_int_eq(send(peer, "x", 1, 0), 1);
}

static long really_poll(void *ctx, struct pollfd *fds, unsigned int nr,
			uint64_t ns)
{
	struct timespec ts = {.tv_sec = (time_t)(ns / 1000000000),
			      .tv_nsec = (long)(ns % 1000000000)};

	return host_raw(SYS_ppoll, fds, nr, ns == WAKE_NO_END ? NULL : &ts,
			NULL, 8);
}

#define MS 1000000ull

static long poll_one(int fd, short events, uint64_t ns, short *revents)
{
	struct pollfd p[2] = {{fd, events, -1}, {event, POLLIN, -1}};
	long ret = wake_poll(p, 2, ns, really_poll, NULL);

	*revents = p[0].revents;
	ck_assert_int_eq(ret, !!p[0].revents + !!p[1].revents);
	return ret;
}

static void *admit_later(void *arg)
{
	usleep(30000);
	admits = outer;
	return NULL;
}

/* ---- poll ---------------------------------------------------------------- */

START_TEST(others_are_told_when_admitted)
{
	uint64_t start = wake_now();
	pthread_t thread;
	short revents;

	ck_assert_int_eq(poll_one(outer, POLLIN, 1 * MS, &revents), 0);
	send_one();
	ck_assert_int_eq(poll_one(outer, POLLIN, 30 * MS, &revents), 0);
	ck_assert_uint_ge(wake_now() - start, 30 * MS);
	/* What is not waited for is not there. */
	ck_assert_int_eq(poll_one(outer, POLLOUT, 1 * MS, &revents), 0);
	ck_assert_int_eq(poll_one(outer, POLLIN, 0, &revents), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, admit_later, NULL), 0);
	ck_assert_int_eq(poll_one(outer, POLLIN, WAKE_NO_END, &revents), 1);
	ck_assert_int_eq(revents, POLLIN);
	pthread_join(thread, NULL);
	/* Only looking it is not, unless for long. */
	start = wake_now();
	while (!poll_one(outer, POLLIN, 0, &revents))
		ck_assert_uint_lt(wake_now() - start, 10000 * MS);
	ck_assert_uint_ge(wake_now() - start, 100 * MS);
}
END_TEST

START_TEST(its_own_is_told_at_once)
{
	const uint64_t one = 1;
	short revents;
	int pair[2], pipes[2];

	send_one();
	ck_assert_int_eq(write(event, &one, 8), 8);
	/* And alone, even if the other could be told, too. */
	admits = outer;
	ck_assert_int_eq(poll_one(outer, POLLIN, WAKE_NO_END, &revents), 1);
	ck_assert_int_eq(revents, 0);
	ck_assert_int_eq(read(event, &(uint64_t){0}, 8), 8);
	admits = -1;
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	ck_assert_int_eq(poll_one(pair[0], POLLIN, WAKE_NO_END, &revents), 1);
	ck_assert_int_eq(pipe(pipes), 0);
	ck_assert_int_eq(write(pipes[1], "x", 1), 1);
	ck_assert_int_eq(poll_one(pipes[0], POLLIN, WAKE_NO_END, &revents), 1);
	/* Whose other end is elsewhere. */
	close(pipes[1]);
	ck_assert_int_eq(poll_one(pipes[0], POLLIN, 10 * MS, &revents), 0);
	admits = pipes[0];
	ck_assert_int_eq(poll_one(pipes[0], POLLIN, 10 * MS, &revents), 1);
	ck_assert_int_eq(revents, POLLIN | POLLHUP);
	close(pipes[0]);
	close(pair[0]);
	close(pair[1]);
}
END_TEST

/* ---- epoll --------------------------------------------------------------- */

static int epoll_of(int fd, uint32_t events)
{
	struct epoll_event e = {.events = events, .data.u64 = 0x123456789a};
	int epfd = epoll_create1(0);

	ck_assert_int_eq(epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e), 0);
	e = (struct epoll_event){.events = EPOLLIN, .data.u64 = 1};
	ck_assert_int_eq(epoll_ctl(epfd, EPOLL_CTL_ADD, event, &e), 0);
	return epfd;
}

static long epoll_one(int epfd, uint64_t ns, struct epoll_event *e)
{
	*e = (struct epoll_event){0};
	return wake_epoll(epfd, e, 1, ns, really_poll, NULL);
}

static const uint32_t modes[] = {0, EPOLLET, EPOLLONESHOT};

START_TEST(an_epoll_stays_what_it_was)
{
	const uint32_t mode = modes[_i];
	int epfd = epoll_of(outer, EPOLLIN | mode);
	const uint64_t one = 1;
	struct epoll_event e;

	ck_assert_int_eq(epoll_one(epfd, 1 * MS, &e), 0);
	send_one();
	ck_assert_int_eq(epoll_one(epfd, 30 * MS, &e), 0);
	ck_assert_int_eq(epoll_one(epfd, 0, &e), 0);
	/* Its own comes first. */
	ck_assert_int_eq(write(event, &one, 8), 8);
	admits = outer;
	ck_assert_int_eq(epoll_one(epfd, WAKE_NO_END, &e), 1);
	ck_assert_uint_eq(e.data.u64, 1);
	ck_assert_int_eq(read(event, &(uint64_t){0}, 8), 8);
	ck_assert_int_eq(epoll_one(epfd, WAKE_NO_END, &e), 1);
	ck_assert_uint_eq(e.data.u64, 0x123456789a);
	ck_assert_uint_eq(e.events, EPOLLIN);
	/* One shot is one. */
	ck_assert_int_eq(epoll_wait(epfd, &e, 1, 0), mode != EPOLLONESHOT);
	close(epfd);
}
END_TEST

START_TEST(an_epoll_does_not_spin)
{
	int epfd, pipes[2];
	struct epoll_event e;
	clock_t spent;

	ck_assert_int_eq(pipe(pipes), 0);
	epfd = epoll_of(pipes[0], EPOLLIN);
	close(pipes[1]);
	spent = clock();
	ck_assert_int_eq(epoll_one(epfd, 300 * MS, &e), 0);
	ck_assert_int_lt(clock() - spent, CLOCKS_PER_SEC / 10);
	admits = pipes[0];
	ck_assert_int_eq(epoll_one(epfd, 300 * MS, &e), 1);
	ck_assert_uint_eq(e.events, EPOLLHUP);
	close(pipes[0]);
	ck_assert_int_eq(epoll_one(epfd, 1 * MS, &e), 0);
	close(epfd);
	ck_assert_int_lt(epoll_one(epfd, 1 * MS, &e), 0);
}
END_TEST

TCase *wake_tests(void)
{
	TCase *c = tcase_create("wake");

	tcase_add_checked_fixture(c, wake_setup, wake_teardown);
	tcase_add_test(c, others_are_told_when_admitted);
	tcase_add_test(c, its_own_is_told_at_once);
	tcase_add_loop_test(c, an_epoll_stays_what_it_was, 0, 3);
	tcase_add_test(c, an_epoll_does_not_spin);
	return c;
}
