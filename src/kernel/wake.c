/* SPDX-License-Identifier: MIT */
/*
 * Wakes, see wake.h: threads of the VMM's that wait for descriptors, and what of
 * those is ready but not told yet.
 *
 * A thread is never kept from going on for another reason: what waits to be told
 * pends in its wait, and is admitted while it sleeps there. That is by the vCPU
 * whose turn it is, between two turns, when it finds the whole VMM asleep
 * (turn_stand()): so one wake is over before the next begins, and none
 * runs beside what the guest asked for. Where no vCPU would come to look, the
 * thread itself does: kernel_wait_ask().
 */
#include "kernel/wake.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/fork-lock.h"
#include "base/held-fd.h"
#include "base/host.h"
#include "base/thread-id.h"
#include "kernel/kernel.h"
#include "kernel/turns-internal.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

struct ready {
	int fd;
	unsigned int events;
};

struct kernel_wait {
	struct kernel_wait *next;
	int control; /* handle of an eventfd: something was told */
	bool told;
	struct ready what; /* that was told */
	struct ready *ready;
	unsigned int nr, room;
};

/* How often a descriptor was told before the first VM ran. */
struct before {
	struct before *next;
	int fd;
	uint64_t times;
};

static struct {
	pthread_mutex_t lock; /* a leaf but for those of input_hook */
	struct kernel_wait *first, *unused;
	struct before *before, *told; /* told of the latter: times unused */
	bool off;
	_Atomic bool started; /* after its recording is there */
} wakes = {.lock = PTHREAD_MUTEX_INITIALIZER};

static _Atomic unsigned int nr_waiting, nr_on_way;

bool wakes_wait(void)
{
	return atomic_load(&nr_waiting);
}

bool wakes_on_way(void)
{
	return atomic_load(&nr_on_way);
}

/* lock held. NULL: no memory. */
static struct before *of_fd(struct before **list, int fd)
{
	struct before *b = *list;

	while (b && b->fd != fd)
		b = b->next;
	if (b)
		return b;
	b = calloc(1, sizeof(*b));
	if (!b)
		return NULL;
	b->fd = fd;
	b->next = *list;
	*list = b;
	return b;
}

/* ---- telling ------------------------------------------------------------- */

/* lock held. */
static void tell(struct kernel_wait *w, unsigned int i, unsigned int events)
{
	const uint64_t one = 1;
	int fd = held_fd_begin(w->control);

	w->what = (struct ready){w->ready[i].fd, events};
	w->told = true;
	w->ready[i] = w->ready[--w->nr];
	atomic_fetch_sub(&nr_waiting, 1);
	atomic_fetch_add(&nr_on_way, 1);
	if (fd >= 0)
		host_write(fd, &one, sizeof(one));
	held_fd_end(w->control);
}

static bool admitted(struct vm *vm, struct input *input)
{
	if (!input_hook || !input_hook->admits)
		return true;
	return input_hook->admits(input_hook, vm, input);
}

/* One that @w has and that may be told: its place, and what is told of it. Else
 * < 0. lock held. */
static int find(struct vm *vm, const struct kernel_wait *w, struct input *input)
{
	for (unsigned int i = 0; !w->told && i < w->nr; i++) {
		*input = (struct input){
			.kind = INPUT_WAKE,
			.wake = {w->ready[i].fd, w->ready[i].events, false}};
		input_point_now(vm, &input->at);
		if (admitted(vm, input))
			return (int)i;
	}
	return -1;
}

/* Likewise of all that wait. */
static struct kernel_wait *find_any(struct vm *vm, struct input *input, int *i)
{
	struct kernel_wait *w = wakes.first;

	while (w && (*i = find(vm, w, input)) < 0)
		w = w->next;
	return w;
}

bool wakes_may_enter(struct vm *vm)
{
	struct input input;
	bool may;
	int i;

	pthread_mutex_lock(&wakes.lock);
	may = find_any(vm, &input, &i);
	pthread_mutex_unlock(&wakes.lock);
	return may;
}

bool wakes_admit(struct vm *vm)
{
	struct turns *t = vm->turns;
	struct kernel_wait *w;
	struct input input;
	int i;

	pthread_mutex_lock(&wakes.lock);
	w = find_any(vm, &input, &i);
	if (w)
		tell(w, (unsigned int)i, input.wake.events);
	if (w && !input.wake.early)
		of_fd(&wakes.told, input.wake.fd);
	if (w && input_hook && input_hook->entered)
		input_hook->entered(input_hook, vm, &input);
	pthread_mutex_unlock(&wakes.lock);
	if (w) {
		t->woken = true;
		t->moves++;
	}
	return w;
}

/* ---- before the first VM runs -------------------------------------------- */

/* lock held. */
static bool pass_before(struct kernel_wait *w, bool all)
{
	for (unsigned int i = 0; !w->told && i < w->nr; i++) {
		struct before *b = of_fd(&wakes.before, w->ready[i].fd);

		if (!all && input_hook->early &&
		    !input_hook->early(input_hook, w->ready[i].fd,
				       b ? b->times : 0))
			continue;
		if (b)
			b->times++;
		tell(w, i, w->ready[i].events);
	}
	return w->told;
}

void wakes_start(wake_before_fn *each, void *ctx)
{
	pthread_mutex_lock(&wakes.lock);
	if (!wakes.started)
		for (struct before *b = wakes.before; b; b = b->next)
			each(ctx, b->fd, b->times);
	wakes.started = true;
	pthread_mutex_unlock(&wakes.lock);
}

/* ---- the thread that waits ------------------------------------------------ */

bool kernel_asks_wake(void)
{
	return input_hook && !wakes.off;
}

static struct kernel_wait *wait_new(void)
{
	struct kernel_wait *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->control = held_fd_take(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (w->control >= 0)
		return w;
	free(w);
	return NULL;
}

struct kernel_wait *kernel_wait_begin(void)
{
	struct kernel_wait *w;

	pthread_mutex_lock(&wakes.lock);
	w = wakes.unused;
	if (w)
		wakes.unused = w->next;
	else
		w = wait_new();
	if (w) {
		w->next = wakes.first;
		wakes.first = w;
	}
	pthread_mutex_unlock(&wakes.lock);
	return w;
}

int kernel_wait_fd(const struct kernel_wait *w)
{
	return held_fd_number(w->control);
}

bool kernel_wait_ready(struct kernel_wait *w, int fd, unsigned int events)
{
	struct ready *more;
	bool ok = true;

	pthread_mutex_lock(&wakes.lock);
	for (unsigned int i = 0; i < w->nr; i++)
		if (w->ready[i].fd == fd) {
			w->ready[i].events |= events;
			goto unlock;
		}
	if (w->nr == w->room) {
		more = realloc(w->ready, (w->room + 8) * sizeof(*more));
		ok = more;
		if (!ok)
			goto unlock;
		w->ready = more;
		w->room += 8;
	}
	w->ready[w->nr++] = (struct ready){fd, events};
	atomic_fetch_add(&nr_waiting, 1);
unlock:
	pthread_mutex_unlock(&wakes.lock);
	return ok;
}

/* Does this thread ask, as no vCPU will? Nobody has the turn, or the one who has
 * is out: it may be this thread, or sleep for what this thread does. */
#define OUT_NS 5000000

static bool nobody_looks(struct vm *vm)
{
	const struct turns *t = vm->turns;
	struct vcpu *owner = t->owner;

	if (t->running || t->inside || t->looking || t->standing)
		return false;
	if (!owner)
		return true;
	return !owner->turn.in && (owner->last_tid == thread_id() ||
				   host_ns() - t->missed_since > OUT_NS);
}

static void ask(struct vm *vm)
{
	struct turns *t = vm->turns;
	uint64_t moves;
	bool quiet;

	pthread_mutex_lock(&t->lock);
	if (nobody_looks(vm)) {
		moves = t->moves;
		t->looking = true;
		pthread_mutex_unlock(&t->lock);
		quiet = quiet_look(t->quiet);
		pthread_mutex_lock(&t->lock);
		t->looking = false;
		if (quiet && moves == t->moves && nobody_looks(vm))
			wakes_admit(vm);
	}
	pthread_mutex_unlock(&t->lock);
}

bool kernel_wait_ask(struct kernel_wait *w, uint64_t waited_ns)
{
	const bool long_enough =
		waited_ns / 1000000 >= kernel_clock()->idle_wait_ms;
	const bool started = atomic_load(&wakes.started);
	struct vm *vm = vm_recorded();
	bool told;

	if (vm) {
		ask(vm);
		kobj_put(&vm->obj);
	}
	pthread_mutex_lock(&wakes.lock);
	/* Without a VM yet somebody may wait for an answer to what he sent, as
	 * the command that starts it. */
	if (!vm && started == wakes.started)
		pass_before(w, started || long_enough);
	told = w->told;
	pthread_mutex_unlock(&wakes.lock);
	return told;
}

bool kernel_wait_end(struct kernel_wait *w, int *fd, unsigned int *events)
{
	struct kernel_wait **link = &wakes.first;
	uint64_t count;
	bool told;
	int number;

	pthread_mutex_lock(&wakes.lock);
	while (*link != w)
		link = &(*link)->next;
	*link = w->next;
	atomic_fetch_sub(&nr_waiting, w->nr);
	w->nr = 0;
	told = w->told;
	*fd = w->what.fd;
	*events = w->what.events;
	if (told) {
		w->told = false;
		atomic_fetch_sub(&nr_on_way, 1);
		number = held_fd_begin(w->control);
		if (number >= 0)
			host_read(number, &count, sizeof(count));
		held_fd_end(w->control);
	}
	w->next = wakes.unused;
	wakes.unused = w;
	pthread_mutex_unlock(&wakes.lock);
	return told;
}

/* ---- what it reads then ----------------------------------------------------- */

bool kernel_reads(int fd)
{
	const struct before *b;

	pthread_mutex_lock(&wakes.lock);
	b = wakes.told;
	while (b && b->fd != fd)
		b = b->next;
	pthread_mutex_unlock(&wakes.lock);
	return b;
}

static bool will_read(int fd, bool late, long *n)
{
	struct vm *vm = vm_recorded();
	struct input_point at;
	bool known = false;

	if (!vm)
		return false;
	pthread_mutex_lock(&vm->turns->lock);
	input_point_now(vm, &at);
	if (input_hook->will_read)
		known = input_hook->will_read(input_hook, vm, &at, fd, late, n);
	pthread_mutex_unlock(&vm->turns->lock);
	kobj_put(&vm->obj);
	return known;
}

bool kernel_read_known(int fd, long *n)
{
	return will_read(fd, false, n);
}

void kernel_read_missing(int fd)
{
	long n;

	will_read(fd, true, &n);
}

/* The thread sleeps, and has something to do. */
void kernel_read_wait(bool begins)
{
	if (begins)
		atomic_fetch_add(&nr_on_way, 1);
	else
		atomic_fetch_sub(&nr_on_way, 1);
}

void kernel_read_done(int fd, long ret)
{
	struct vm *vm = vm_recorded();
	struct input_point at;

	if (!vm)
		return;
	pthread_mutex_lock(&vm->turns->lock);
	input_point_now(vm, &at);
	if (input_hook->was_read)
		input_hook->was_read(input_hook, vm, &at, fd, ret);
	pthread_mutex_unlock(&vm->turns->lock);
	kobj_put(&vm->obj);
}

/* ---- fork ---------------------------------------------------------------- */

void wake_fork_prepare(void)
{
	pthread_mutex_lock(&wakes.lock);
}

void wake_forked_parent(void)
{
	pthread_mutex_unlock(&wakes.lock);
}

/* The waits were other threads', their eventfds are closed. A VM that ran is the
 * parent's. */
void wake_forked_child(void)
{
	fork_mutex_reset(&wakes.lock);
	wakes.first = wakes.unused = NULL;
	wakes.off = wakes.started;
	atomic_store(&nr_waiting, 0);
	atomic_store(&nr_on_way, 0);
}
