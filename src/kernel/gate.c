/* SPDX-License-Identifier: MIT */
/*
 * The one way for what comes from outside into a VM of counted time, see
 * turns.h: irqfds, and requests of the VM, its devices and its vCPUs.
 *
 * It opens while no vCPU executes and the one whose turn it is can't begin: it
 * is out in the VMM or waits for it; or nobody has the turn, between two windows
 * or because all are idle. One at a time is inside, in order of arrival.
 *
 * However many come, no vCPU is kept out: between two windows only those enter
 * that had come by then, and a vCPU stands for the others only so long
 * (turns-stand.c).
 */
#include <errno.h>
#include <time.h>

#include "base/log.h"
#include "kernel/turns-internal.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

static bool gate_open(const struct turns *t)
{
	return !t->running && !t->inside &&
	       (!t->owner || !t->owner->turn.in || t->standing == t->owner);
}

static bool may_enter(struct vm *vm, struct gate_pass *pass)
{
	struct turns *t = vm->turns;

	/* A hook that admits knows who has to enter here. */
	if (!pass->told || !input_hook || !input_hook->admits)
		return !t->until || pass->nr <= t->until;
	return input_hook->admits(input_hook, vm, &pass->input);
}

static void let_in(struct vm *vm, struct gate_pass *pass)
{
	struct turns *t = vm->turns;

	pass->admitted = true;
	t->inside = pass;
	t->moves++;
	if (pass->told && input_hook && input_hook->entered)
		input_hook->entered(input_hook, vm, &pass->input);
}

static void leave_queue(struct turns *t, struct gate_pass **link)
{
	struct gate_pass *pass = *link;

	*link = pass->next;
	if (!*link)
		t->last = link;
}

bool gate_admit(struct vm *vm)
{
	struct turns *t = vm->turns;

	if (gate_open(t)) {
		for (struct gate_pass **link = &t->first; *link;
		     link = &(*link)->next) {
			struct gate_pass *pass = *link;

			input_point_now(vm, &pass->input.at);
			if (!may_enter(vm, pass))
				continue;
			leave_queue(t, link);
			let_in(vm, pass);
			pthread_cond_broadcast(&t->gate);
			break;
		}
	}
	return t->inside;
}

/*
 * A vCPU that executes, or a request that is inside, may itself wait for this
 * thread, which is to give it a page (userfaultfd). Such a thread comes in by
 * force, and the run can't be repeated: better than to stand still for ever.
 */
static void force_in(struct vm *vm, struct gate_pass *pass)
{
	struct turns *t = vm->turns;
	struct gate_pass **link = &t->first;

	while (*link != pass)
		link = &(*link)->next;
	leave_queue(t, link);
	pass->admitted = pass->forced = true;
	log_info("neither a vCPU's turn nor a request has ended for long: what "
		 "comes from outside does not wait, and the run can't be "
		 "repeated");
}

/* How long nothing must have happened. */
#define FORCE_S 2

static void wait_inside(struct vm *vm, struct gate_pass *pass)
{
	struct turns *t = vm->turns;
	uint64_t moves = t->moves;
	unsigned int idle = 0;
	struct timespec ts;

	while (!pass->admitted) {
		clock_gettime(CLOCK_MONOTONIC, &ts);
		ts.tv_sec += FORCE_S;
		if (pthread_cond_timedwait(&t->gate, &t->lock, &ts) !=
		    ETIMEDOUT)
			continue;
		/* The hook may have another opinion now. */
		gate_admit(vm);
		idle = moves == t->moves && (t->running || t->inside) ? idle + 1
								      : 0;
		moves = t->moves;
		/* Twice: the process may have been stopped meanwhile. */
		if (!pass->admitted && idle == 2)
			force_in(vm, pass);
	}
}

void gate_begin(struct vm *vm, struct gate_pass *pass)
{
	struct turns *t = vm->turns;
	struct vcpu *vcpu = vcpu_running(vm);

	pass->admitted = pass->forced = false;
	pass->next = NULL;
	if (vcpu && vcpu->turn.running) {
		pass->forced = true;
		return;
	}
	pthread_mutex_lock(&t->lock);
	pass->nr = ++t->passes;
	*t->last = pass;
	t->last = &pass->next;
	t->moves++;
	gate_admit(vm);
	if (!pass->admitted)
		wait_inside(vm, pass);
	pthread_mutex_unlock(&t->lock);
}

/* The lock is held. */
static bool try_now(struct vm *vm, struct gate_pass *pass)
{
	pass->forced = false;
	pass->nr = 0;
	input_point_now(vm, &pass->input.at);
	pass->admitted = gate_open(vm->turns) && may_enter(vm, pass);
	if (pass->admitted)
		let_in(vm, pass);
	return pass->admitted;
}

bool gate_try(struct vm *vm, struct gate_pass *pass)
{
	bool admitted;

	pthread_mutex_lock(&vm->turns->lock);
	admitted = try_now(vm, pass);
	pthread_mutex_unlock(&vm->turns->lock);
	return admitted;
}

bool gate_try_after_brief(struct vm *vm, struct gate_pass *pass)
{
	struct turns *t = vm->turns;
	struct timespec ts;
	bool admitted;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec += FORCE_S;
	pthread_mutex_lock(&t->lock);
	/* Even that one may wait for a page which this thread is to give it. */
	while (t->inside && t->inside->brief &&
	       pthread_cond_timedwait(&t->gate, &t->lock, &ts) != ETIMEDOUT)
		;
	admitted = try_now(vm, pass);
	pthread_mutex_unlock(&t->lock);
	return admitted;
}

void gate_end(struct vm *vm, struct gate_pass *pass)
{
	struct turns *t = vm->turns;

	if (pass->forced)
		return;
	pthread_mutex_lock(&t->lock);
	t->inside = NULL;
	t->moves++;
	if (pass->brief)
		pthread_cond_broadcast(&t->gate);
	/* Those who wait for a turn may always find somebody inside. */
	turns_look_for_owner(vm);
	turns_pick(vm);
	pthread_mutex_unlock(&t->lock);
}

bool gate_input(struct vm *vm, struct input *input)
{
	bool admitted;

	if (!input_hook)
		return true;
	pthread_mutex_lock(&vm->turns->lock);
	input_point_now(vm, &input->at);
	admitted = !input_hook->admits ||
		   input_hook->admits(input_hook, vm, input);
	if (admitted && input_hook->entered)
		input_hook->entered(input_hook, vm, input);
	pthread_mutex_unlock(&vm->turns->lock);
	return admitted;
}
