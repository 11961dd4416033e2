/* SPDX-License-Identifier: MIT */
/*
 * The thread of a VM that waits for eventfds of irqfds and for the earliest
 * timer of a vCPU. It is started when first needed; all its signals are
 * blocked. Its descriptors are numbered high, out of the VMM's way.
 */
#include "kernel/irq.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/host.h"
#include "base/log.h"
#include "kernel/time.h"
#include "kernel/vm.h"

#define HIGH_FD   512
#define KEY_TIMER UINT64_MAX
#define KEY_STOP  (UINT64_MAX - 1)

/* Move @fd out of the VMM's way; -1 passes through. */
static int move_high(int fd)
{
	int high;

	if (fd < 0)
		return fd;
	high = host_fcntl(fd, F_DUPFD_CLOEXEC, HIGH_FD);
	if (high < 0)
		return fd;
	host_close(fd);
	return high;
}

void event_thread_init(struct vm *vm)
{
	struct event_thread *t = &vm->events;

	t->epoll_fd = t->timer_fd = t->stop_fd = -1;
	atomic_store(&t->armed, NO_DEADLINE);
	pthread_mutex_init(&t->start_lock, NULL);
	pthread_mutex_init(&t->arm_lock, NULL);
}

static void timer_fired(struct vm *vm)
{
	struct event_thread *t = &vm->events;
	uint64_t count;

	if (host_read(t->timer_fd, &count, sizeof(count)) < 0)
		return; /* re-armed for later in the meantime */
	/*
	 * First "nothing is armed", then look at all deadlines: a vCPU stores
	 * its deadline first, then looks at armed. One sees the other.
	 */
	pthread_mutex_lock(&t->arm_lock);
	atomic_store(&t->armed, NO_DEADLINE);
	pthread_mutex_unlock(&t->arm_lock);
	vm_timers_expire(vm);
}

bool event_thread_collect(struct vm *vm)
{
	struct epoll_event ev[16];
	bool timer = false;
	int n;

	do {
		n = epoll_wait(vm->events.epoll_fd, ev, ARRAY_SIZE(ev), 0);
		for (int i = 0; i < n; i++) {
			if (ev[i].data.u64 == KEY_TIMER)
				timer = true;
			else if (ev[i].data.u64 != KEY_STOP)
				irqfd_event(vm, ev[i].data.u64);
		}
	} while (n == ARRAY_SIZE(ev));
	return timer;
}

/*
 * The thread sleeps in poll(), which takes no event away: who collects them
 * holds irqfd_lock until their interrupts are delivered, so nobody finds the
 * events gone and the interrupts not there yet.
 */
static void *event_thread_main(void *arg)
{
	struct vm *vm = arg;
	struct event_thread *t = &vm->events;
	struct pollfd p = {.fd = t->epoll_fd, .events = POLLIN};
	bool timer;

	while (!atomic_load(&t->stop)) {
		poll(&p, 1, -1);
		pthread_mutex_lock(&vm->irqfd_lock);
		timer = event_thread_collect(vm);
		pthread_mutex_unlock(&vm->irqfd_lock);
		if (timer)
			timer_fired(vm);
	}
	return NULL;
}

static int watch(struct vm *vm, int fd, uint64_t key, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.u64 = key};
	int saved = errno, ret = 0;

	if (epoll_ctl(vm->events.epoll_fd, EPOLL_CTL_ADD, fd, &ev))
		ret = -errno;
	errno = saved;
	return ret;
}

int event_thread_watch(struct vm *vm, int fd, uint64_t key)
{
	return watch(vm, fd, key, EPOLLIN | EPOLLET);
}

void event_thread_unwatch(struct vm *vm, int fd)
{
	int saved = errno;

	epoll_ctl(vm->events.epoll_fd, EPOLL_CTL_DEL, fd, NULL);
	errno = saved;
}

static void close_fds(struct event_thread *t)
{
	if (t->epoll_fd >= 0)
		host_close(t->epoll_fd);
	if (t->timer_fd >= 0)
		host_close(t->timer_fd);
	if (t->stop_fd >= 0)
		host_close(t->stop_fd);
	t->epoll_fd = t->timer_fd = t->stop_fd = -1;
}

static int create_thread(struct vm *vm)
{
	sigset_t all, old;
	int ret;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	ret = pthread_create(&vm->events.thread, NULL, event_thread_main, vm);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (!ret)
		pthread_setname_np(vm->events.thread, "fauxkvm-events");
	/* EAGAIN: no memory for the stack, or too many threads. KVM_IRQFD says
	 * that only of an irqchip that is not ready. */
	return ret ? -ENOMEM : 0;
}

static int start_locked(struct vm *vm)
{
	struct event_thread *t = &vm->events;
	int ret;

	t->epoll_fd = move_high(epoll_create1(EPOLL_CLOEXEC));
	t->timer_fd = move_high(
		timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
	t->stop_fd = move_high(eventfd(0, EFD_CLOEXEC));
	if (t->epoll_fd < 0 || t->timer_fd < 0 || t->stop_fd < 0)
		ret = errno == EMFILE ? -EMFILE : -ENOMEM;
	else
		ret = watch(vm, t->timer_fd, KEY_TIMER, EPOLLIN);
	if (!ret)
		ret = watch(vm, t->stop_fd, KEY_STOP, EPOLLIN);
	if (!ret)
		ret = create_thread(vm);
	if (ret && ret != -EMFILE)
		log_error("can't start the VM's event thread: error %d", -ret);
	if (ret)
		close_fds(t);
	return ret;
}

int event_thread_start(struct vm *vm)
{
	struct event_thread *t = &vm->events;
	int saved = errno, ret = 0;

	if (atomic_load(&t->started))
		return 0;
	pthread_mutex_lock(&t->start_lock);
	if (!atomic_load(&t->started)) {
		ret = start_locked(vm);
		atomic_store(&t->started, !ret);
	}
	pthread_mutex_unlock(&t->start_lock);
	errno = saved;
	return ret;
}

void event_thread_stop(struct vm *vm)
{
	struct event_thread *t = &vm->events;

	if (atomic_load(&t->started)) {
		atomic_store(&t->stop, true);
		eventfd_signal(t->stop_fd);
		pthread_join(t->thread, NULL);
	}
	close_fds(t);
	pthread_mutex_destroy(&t->start_lock);
	pthread_mutex_destroy(&t->arm_lock);
}

void event_thread_deadline(struct vm *vm, uint64_t deadline)
{
	struct event_thread *t = &vm->events;
	struct itimerspec its = {.it_value = {.tv_sec = deadline / NS_PER_S,
					      .tv_nsec = deadline % NS_PER_S}};
	int saved = errno;

	/* Without a thread the vCPU's own sleep still ends on time. */
	if (deadline >= atomic_load(&t->armed) || event_thread_start(vm))
		return;
	if (!deadline)
		its.it_value.tv_nsec = 1; /* 0 would disarm */
	pthread_mutex_lock(&t->arm_lock);
	if (deadline < atomic_load(&t->armed)) {
		atomic_store(&t->armed, deadline);
		timerfd_settime(t->timer_fd, TFD_TIMER_ABSTIME, &its, NULL);
	}
	pthread_mutex_unlock(&t->arm_lock);
	errno = saved;
}
