/* SPDX-License-Identifier: MIT */
/*
 * A vCPU's thread in KVM_RUN and its turn: it comes, waits, has it, and goes, see
 * turns.h. As long as a turn lasts that costs no lock. Then the turn goes to whoever
 * is picked; the thread waits on vcpu->wake, as in any sleep of a vCPU's, so kicks
 * and signals reach it.
 */
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>

#include "base/host.h"
#include "base/log.h"
#include "kernel/turns-internal.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

static void tell_presence(struct vcpu *vcpu, enum input_kind kind)
{
	struct input input = {.kind = kind, .vcpu = vcpu->index};

	if (!input_hook || !input_hook->entered)
		return;
	input_point_now(vcpu->vm, &input.at);
	input_hook->entered(input_hook, vcpu->vm, &input);
}

/* The VMM brings @vcpu. If others went on without it, it takes part from the
 * next window on. */
static void come_in(struct vcpu *vcpu)
{
	struct vcpu_turn *v = &vcpu->turn;
	struct turns *t = vcpu->vm->turns;
	struct vcpu *owner = t->owner;

	v->in = true;
	if (!t->begun)
		t->missed_since = host_ns();
	t->begun = true;
	if (t->missed == vcpu)
		t->missed = NULL;
	t->moves++;
	if (v->away) {
		t->returning++;
		if (!t->running && !t->inside)
			turn_come_back(vcpu);
	}
	if (owner && owner != vcpu && turn_is_parked(owner)) {
		owner->turn.keeps = false;
		owner->turn.away = owner->turn.parked = true;
		t->owner = owner = NULL;
	}
	if (!owner)
		turns_pick(vcpu->vm);
}

/* Is there a vCPU that can go on without @owner? */
static bool others_can(struct vcpu *owner)
{
	uint64_t when;
	bool idle, can;

	owner->turn.away = true;
	can = turns_earliest(owner->vm, &when, &idle);
	owner->turn.away = false;
	return can;
}

/* The others go on without @owner. */
static void leave(struct vcpu *owner)
{
	struct turns *t = owner->vm->turns;

	tell_presence(owner, INPUT_AWAY);
	owner->turn.keeps = false;
	owner->turn.away = true;
	t->owner = NULL;
	turns_pick(owner->vm);
}

/* It did so when this run was recorded, and has come this time. */
static bool leaves(struct vcpu *owner)
{
	struct turns *t = owner->vm->turns;
	struct input_point at;

	if (!input_hook || !input_hook->leaves)
		return false;
	input_point_now(owner->vm, &at);
	if (!input_hook->leaves(input_hook, owner->vm, &at, owner->index))
		return false;
	t->returning++;
	leave(owner);
	return true;
}

/* The owner may be one who is not in KVM_RUN. */
void turns_look_for_owner(struct vm *vm)
{
	struct turns *t = vm->turns;
	struct vcpu *owner = t->owner;
	int away = -1;

	if (!owner || owner->turn.in || t->inside || !t->begun)
		return;
	if (input_hook && input_hook->away) {
		struct input_point at;

		input_point_now(vm, &at);
		away = input_hook->away(input_hook, vm, &at, owner->index);
	}
	if (!away || (away < 0 && (host_ns() - t->missed_since < t->wait_ns ||
				   !others_can(owner))))
		return;
	log_info("vCPU %u did not come for %lu ms: the others go on without it",
		 owner->id, t->wait_ns / 1000000);
	leave(owner);
}

static void wait_for_wake(struct vcpu *vcpu, uint32_t seq)
{
	struct turns *t = vcpu->vm->turns;
	uint64_t ns = t->awaits ? 1000000 : max_u64(t->wait_ns, 1000000);
	struct timespec ts = {.tv_sec = ns / NS_PER_S,
			      .tv_nsec = ns % NS_PER_S};

	pthread_mutex_unlock(&t->lock);
	host_raw(SYS_futex, &vcpu->wake, FUTEX_WAIT_PRIVATE, seq, &ts);
	pthread_mutex_lock(&t->lock);
}

/* lock held. True: the vCPU executes. */
static bool turn_wait(struct vcpu *vcpu)
{
	struct turns *t = vcpu->vm->turns;
	bool has = false;

	while (!has) {
		uint32_t seq;

		atomic_store(&vcpu->sleeping, 1);
		seq = atomic_load(&vcpu->wake);
		if (vcpu_kicked(vcpu))
			break;
		if (t->owner != vcpu || t->inside) {
			turns_look_for_owner(vcpu->vm);
			if (t->owner != vcpu || t->inside)
				wait_for_wake(vcpu, seq);
			if (!t->owner && t->awaits)
				turns_pick(vcpu->vm);
		} else if (leaves(vcpu)) {
			continue;
		} else if (turn_has_to_stand(vcpu)) {
			turn_stand(vcpu);
		} else {
			turn_begin(vcpu);
			has = turn_goes_on(vcpu);
			if (!has)
				turn_end(vcpu);
		}
	}
	atomic_store(&vcpu->sleeping, 0);
	return has;
}

bool turn_take(struct vcpu *vcpu)
{
	struct turns *t = vcpu->vm->turns;
	bool has;

	if (vcpu->turn.running && turn_goes_on(vcpu))
		return true;
	pthread_mutex_lock(&t->lock);
	if (vcpu->turn.running)
		turn_end(vcpu);
	else if (!vcpu->turn.in)
		come_in(vcpu);
	has = turn_wait(vcpu);
	pthread_mutex_unlock(&t->lock);
	return has;
}

void turn_out(struct vcpu *vcpu, long ret)
{
	struct vcpu_turn *v = &vcpu->turn;
	struct turns *t = vcpu->vm->turns;

	pthread_mutex_lock(&t->lock);
	if (v->running) {
		turn_pause(vcpu);
		v->keeps = true;
	}
	if (ret != -EINTR) {
		v->output = true;
		t->exits++;
	}
	t->returning -= v->away;
	v->in = false;
	t->moves++;
	if (!t->running && !t->inside)
		turns_come_back_all(vcpu->vm);
	/* One that is off has no turn, whether or not it comes back before
	 * anything enters. */
	if (t->owner == vcpu && turn_is_off(vcpu)) {
		turns_pick(vcpu->vm);
	} else if (t->owner == vcpu) {
		turn_miss(t, vcpu);
		gate_admit(vcpu->vm);
	}
	pthread_mutex_unlock(&t->lock);
}
