/* SPDX-License-Identifier: MIT */
/*
 * The thread of a VM that waits for eventfds of irqfds and for the earliest
 * timer of a vCPU. It is started when first needed; all its signals are
 * blocked. Its descriptors are held ones (base/held-fd.h), and made again when
 * the VMM closes them.
 */
#include "kernel/irq.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/held-fd.h"
#include "base/host.h"
#include "base/log.h"
#include "base/refuse.h"
#include "kernel/time.h"
#include "kernel/turns.h"
#include "kernel/vm.h"

#define KEY_TIMER UINT64_MAX
#define KEY_STOP  (UINT64_MAX - 1)
/* How long the thread may sleep on descriptors that the VMM has closed behind
 * our back, and how many events of nobody, in a row, are taken as late ones. */
#define LOOK_MS    1000
#define MAX_STRAYS 8

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
	int fd = held_fd_begin(t->timer_fd);
	ssize_t n = -1;
	uint64_t count;

	if (fd >= 0)
		n = host_read(fd, &count, sizeof(count));
	held_fd_end(t->timer_fd);
	if (n < 0)
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

static bool is_lost(int handle)
{
	bool lost = held_fd_begin(handle) < 0;

	held_fd_end(handle);
	return lost;
}

static int watch(const struct event_thread *t, int op, int handle, uint64_t key,
		 uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.u64 = key};
	int epoll_fd = held_fd_begin(t->epoll_fd), fd = held_fd_begin(handle);
	int saved = errno, ret = 0;

	if (epoll_fd < 0 || fd < 0)
		ret = refuse(EBADF, FKVM_EVENTFD_WATCH,
			     "the VMM closed a descriptor of ours");
	else if (epoll_ctl(epoll_fd, op, fd, &ev))
		ret = refuse(errno, FKVM_EVENTFD_WATCH,
			     "the eventfd can't be watched: %s",
			     strerror(errno));
	held_fd_end(handle);
	held_fd_end(t->epoll_fd);
	errno = saved;
	return ret;
}

static int refuse_thread(void)
{
	return refuse(ENOMEM, FKVM_NO_MEMORY,
		      "no memory for the VM's event thread");
}

/* New ones in place of what is lost; the epoll descriptor always. */
static int make_fds(struct event_thread *t)
{
	int saved = errno;

	held_fd_close(t->epoll_fd);
	t->epoll_fd = held_fd_take(epoll_create1(EPOLL_CLOEXEC));
	if (is_lost(t->timer_fd)) {
		held_fd_close(t->timer_fd);
		t->timer_fd = held_fd_take(timerfd_create(
			CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
		atomic_store(&t->armed, NO_DEADLINE);
	}
	if (is_lost(t->stop_fd)) {
		held_fd_close(t->stop_fd);
		t->stop_fd = held_fd_take(eventfd(0, EFD_CLOEXEC));
	}
	errno = saved;
	if (t->epoll_fd == -EMFILE || t->timer_fd == -EMFILE ||
	    t->stop_fd == -EMFILE)
		return refuse(EMFILE, FKVM_NO_FD, "no descriptor is free");
	if (t->epoll_fd < 0 || t->timer_fd < 0 || t->stop_fd < 0)
		return refuse_thread();
	if (watch(t, EPOLL_CTL_ADD, t->timer_fd, KEY_TIMER, EPOLLIN) ||
	    watch(t, EPOLL_CTL_ADD, t->stop_fd, KEY_STOP, EPOLLIN))
		return refuse_thread();
	return 0;
}

/*
 * The VMM closed some of our descriptors where the shim does not see it, or the
 * epoll descriptor watches what has gone. irqfd_lock is held.
 */
static int make_fds_again(struct vm *vm)
{
	struct event_thread *t = &vm->events;
	int ret;

	pthread_mutex_lock(&t->arm_lock);
	ret = make_fds(t);
	pthread_mutex_unlock(&t->arm_lock);
	t->strays = 0;
	if (!ret)
		ret = irqfd_watch_all(vm);
	atomic_store(&t->unwatched, ret != 0);
	return ret;
}

static bool wants_repair(struct event_thread *t)
{
	return atomic_load(&t->unwatched) || is_lost(t->epoll_fd) ||
	       is_lost(t->timer_fd) || is_lost(t->stop_fd);
}

/* What there is to do for @ev; true: for the timer. */
static bool dispatch(struct vm *vm, const struct epoll_event *ev)
{
	struct event_thread *t = &vm->events;

	if (ev->data.u64 == KEY_TIMER)
		return true;
	if (ev->data.u64 == KEY_STOP || irqfd_event(vm, ev->data.u64))
		t->strays = 0;
	else
		t->strays++;
	return false;
}

/*
 * Called often: the number is not looked at first. Something else than our
 * epoll descriptor is an error here, or another one with keys of nobody.
 */
bool event_thread_collect(struct vm *vm)
{
	struct event_thread *t = &vm->events;
	struct epoll_event ev[16];
	bool timer = false;
	int n;

	do {
		n = epoll_wait(held_fd_number(t->epoll_fd), ev, ARRAY_SIZE(ev),
			       0);
		for (int i = 0; i < n; i++)
			timer |= dispatch(vm, &ev[i]);
	} while (n == ARRAY_SIZE(ev));
	if ((n < 0 && errno != EINTR) || t->strays > MAX_STRAYS)
		make_fds_again(vm);
	return timer;
}

/* Until there is something to collect, or to look after. */
static void events_wait(struct event_thread *t)
{
	int handle = t->epoll_fd;
	struct pollfd p = {.fd = held_fd_begin(handle), .events = POLLIN};

	/* The kernel holds on to it while it waits. */
	held_fd_end(handle);
	if (p.fd >= 0 && !atomic_load(&t->unwatched))
		poll(&p, 1, LOOK_MS);
}

static bool collect_locked(struct vm *vm)
{
	bool timer;

	pthread_mutex_lock(&vm->irqfd_lock);
	timer = event_thread_collect(vm);
	pthread_mutex_unlock(&vm->irqfd_lock);
	return timer;
}

static bool collect_all(struct vm *vm)
{
	struct gate_pass pass = {.brief = true};
	bool timer;

	if (!vm->turns)
		return collect_locked(vm);
	gate_begin(vm, &pass);
	timer = collect_locked(vm);
	gate_end(vm, &pass);
	return timer;
}

static int event_thread_repair(struct vm *vm)
{
	int ret;

	pthread_mutex_lock(&vm->irqfd_lock);
	ret = make_fds_again(vm);
	pthread_mutex_unlock(&vm->irqfd_lock);
	if (!vm->turns)
		vm_timers_expire(vm);
	return ret;
}

/*
 * The thread sleeps in poll(), which takes no event away: who collects them
 * holds irqfd_lock until their interrupts are delivered, so nobody finds the
 * events gone and the interrupts not there yet.
 */
static void *event_thread_main(void *arg)
{
	const struct timespec pause = {.tv_nsec = 100000000};
	struct vm *vm = arg;
	struct event_thread *t = &vm->events;
	bool timer;

	while (!atomic_load(&t->stop)) {
		events_wait(t);
		/* Without a descriptor free there is nothing to wait for. */
		if (wants_repair(t) && event_thread_repair(vm))
			nanosleep(&pause, NULL);
		timer = collect_all(vm);
		if (timer)
			timer_fired(vm);
	}
	return NULL;
}

int event_thread_watch(struct vm *vm, int handle, uint64_t key)
{
	int ret = 0;

	if (is_lost(vm->events.epoll_fd))
		ret = make_fds_again(vm);
	return ret ? ret
		   : watch(&vm->events, EPOLL_CTL_ADD, handle, key,
			   EPOLLIN | EPOLLET);
}

void event_thread_unwatch(struct vm *vm, int handle)
{
	watch(&vm->events, EPOLL_CTL_DEL, handle, 0, 0);
}

static void close_fds(struct event_thread *t)
{
	held_fd_close(t->epoll_fd);
	held_fd_close(t->timer_fd);
	held_fd_close(t->stop_fd);
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
	return ret ? refuse_thread() : 0;
}

static int start_locked(struct vm *vm)
{
	struct event_thread *t = &vm->events;
	int ret;

	ret = make_fds(t);
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
	int saved = errno, fd;

	/* Without a thread the vCPU's own sleep still ends on time. */
	if (deadline >= atomic_load(&t->armed) || event_thread_start(vm))
		return;
	if (!deadline)
		its.it_value.tv_nsec = 1; /* 0 would disarm */
	pthread_mutex_lock(&t->arm_lock);
	fd = held_fd_begin(t->timer_fd);
	if (fd >= 0 && deadline < atomic_load(&t->armed)) {
		atomic_store(&t->armed, deadline);
		timerfd_settime(fd, TFD_TIMER_ABSTIME, &its, NULL);
	}
	held_fd_end(t->timer_fd);
	pthread_mutex_unlock(&t->arm_lock);
	errno = saved;
}
