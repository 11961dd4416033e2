/* SPDX-License-Identifier: MIT */
/*
 * Requests of a replayed VM that nobody waits for.
 *
 * Interrupts by KVM_SIGNAL_MSI and KVM_IRQ_LINE: who sends one that came too
 * early waits as it does at the gate, so that the VMM's devices don't run ahead
 * of the guest. But it may hold a lock of the VMM's that a vCPU's thread wants
 * before it comes to the point at which the interrupt is due. Then it is told
 * that it was sent, which nobody looks at, and a thread of ours sends it.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/fault.h"
#include "kernel/replay.h"
#include "kernel/turns-internal.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

/* Host time after which a vCPU that is out may be waiting for a thread that
 * waits for it. */
#define STUCK_NS 5000000

/* A request that came before its point, by a thread that did not wait. */
struct later {
	struct later *next;
	const struct kernel_ioctl_row *row;
	uint64_t arg[8];
};

static bool can_defer(const struct input *input)
{
	const char *name;

	if (input->kind != INPUT_REQUEST)
		return false;
	name = input->request.row->name;
	return !strcmp(name, "KVM_SIGNAL_MSI") || !strcmp(name, "KVM_IRQ_LINE");
}

/* The next that may enter, taken out; lock held. */
static struct later *later_take(struct replay *r, struct vm *vm)
{
	const struct record_entry *e = replay_next_input(r);
	char what[RECORD_LINE_MAX / 2];

	for (struct later **link = &r->deferred.first; *link;
	     link = &(*link)->next) {
		struct later *l = *link;
		const struct input input = {
			.kind = INPUT_REQUEST,
			.request = {&vm->obj, l->row, (unsigned long)l->arg}};

		record_input_what(&input, what, sizeof(what));
		if (e && !r->stopped && !replay_same(e, RECORD_REQUEST, what))
			continue;
		*link = l->next;
		if (!*link)
			r->deferred.last = link;
		return l;
	}
	return NULL;
}

static void later_wait(struct replay *r)
{
	const struct timespec nap = {.tv_nsec = 100000};

	pthread_mutex_unlock(&r->lock);
	nanosleep(&nap, NULL);
	pthread_mutex_lock(&r->lock);
}

static void *later_main(void *arg)
{
	struct vm *vm = arg;
	struct replay *r = replay_of(vm);
	struct later *l = NULL;
	bool done;

	pthread_mutex_lock(&r->lock);
	while (!r->deferred.end) {
		if (!l)
			l = later_take(r, vm);
		if (!l) {
			pthread_cond_wait(&r->deferred.more, &r->lock);
			continue;
		}
		pthread_mutex_unlock(&r->lock);
		done = request_later(vm, l->row, l->arg);
		pthread_mutex_lock(&r->lock);
		if (done) {
			free(l);
			l = NULL;
		} else if (r->stopped || r->told) {
			later_wait(r);
		} else {
			/* hook_awaits() says when. */
			pthread_cond_wait(&r->deferred.more, &r->lock);
		}
	}
	pthread_mutex_unlock(&r->lock);
	free(l);
	return NULL;
}

/* lock held. */
static bool later_start(struct replay *r, struct vm *vm)
{
	sigset_t all, old;

	if (r->deferred.started)
		return true;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r->deferred.started =
		!pthread_create(&r->deferred.thread, NULL, later_main, vm);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r->deferred.started;
}

/* The VM goes. */
void replay_later_stop(struct replay *r)
{
	pthread_mutex_lock(&r->lock);
	r->deferred.end = true;
	pthread_cond_broadcast(&r->deferred.more);
	pthread_mutex_unlock(&r->lock);
	if (r->deferred.started)
		pthread_join(r->deferred.thread, NULL);
	while (r->deferred.first) {
		struct later *l = r->deferred.first;

		r->deferred.first = l->next;
		free(l);
	}
}

/* Is time standing still because a vCPU has been out in the VMM for long? */
static bool is_stuck(struct vm *vm)
{
	struct turns *t = vm->turns;
	bool stuck;

	pthread_mutex_lock(&t->lock);
	stuck = t->owner && !t->owner->turn.in &&
		host_ns() - t->missed_since > STUCK_NS;
	pthread_mutex_unlock(&t->lock);
	return stuck;
}

/* Until hook_awaits() says that it may be the time, or for STUCK_NS. */
static void point_wait(struct replay *r)
{
	const uint64_t end = host_ns() + STUCK_NS;
	const struct timespec ts = {.tv_sec = end / NS_PER_S,
				    .tv_nsec = end % NS_PER_S};

	pthread_cond_timedwait(&r->deferred.more, &r->lock, &ts);
}

/* @input is ours from now on. */
static bool later_add(struct replay *r, struct vm *vm,
		      const struct input *input)
{
	struct later *l = calloc(1, sizeof(*l));

	if (!l || input->request.row->size > sizeof(l->arg) ||
	    copy_from_user(l->arg, (const void *)input->request.arg,
			   input->request.row->size) ||
	    !later_start(r, vm)) {
		free(l);
		return false;
	}
	l->row = input->request.row;
	*r->deferred.last = l;
	r->deferred.last = &l->next;
	pthread_cond_broadcast(&r->deferred.more);
	return true;
}

int replay_defers(struct input_hook *hook, struct vm *vm,
		  const struct input *input, long *ret)
{
	struct replay *r;
	const struct record_entry *e;
	char what[RECORD_LINE_MAX / 2];
	int deferred = 0;
	bool stuck;

	if (!can_defer(input))
		return -1;
	stuck = is_stuck(vm);
	record_input_what(input, what, sizeof(what));
	r = replay_begin(vm);
	if (!r)
		return -1;
	e = replay_next_input(r);
	/* Its thread may be the one that another input is waited for from. */
	if (e && r->standing && !replay_same(e, RECORD_REQUEST, what))
		stuck = true;
	if (!e)
		deferred = -1;
	else if (stuck)
		deferred = later_add(r, vm, input) ? 1 : -1;
	else
		point_wait(r);
	replay_end(r);
	/* As if one vCPU got it. */
	*ret = !strcmp(input->request.row->name, "KVM_SIGNAL_MSI");
	return deferred;
}
