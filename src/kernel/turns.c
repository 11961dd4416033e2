/* SPDX-License-Identifier: MIT */
/*
 * What happens in a vCPU's turn, and what time it is, see turns.h.
 */
#include "kernel/turns-internal.h"

#include <stdlib.h>
#include <time.h>

#include "kernel/vcpu.h"
#include "kernel/vm.h"

struct input_hook *input_hook;

uint64_t host_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

struct turns *turns_new(uint64_t quantum, unsigned int wait_ms)
{
	struct turns *t = calloc(1, sizeof(*t));
	pthread_condattr_t attr;

	if (!t)
		return NULL;
	t->quiet = quiet_new();
	if (!t->quiet) {
		free(t);
		return NULL;
	}
	t->quantum = quantum;
	t->wait_ns = t->patience_ns = (uint64_t)wait_ms * 1000000;
	t->last = &t->first;
	pthread_mutex_init(&t->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&t->gate, &attr);
	pthread_condattr_destroy(&attr);
	return t;
}

void turns_free(struct turns *t)
{
	if (!t)
		return;
	quiet_free(t->quiet);
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->gate);
	free(t);
}

void turn_init(struct vcpu *vcpu)
{
	vcpu->turn.due = NO_DEADLINE;
	vcpu->turn.since = NO_DEADLINE;
	vcpu->turn.as_of = NO_DEADLINE;
	vcpu->turn.local = 0;
}

/* ---- what happens at a time ---------------------------------------------- */

static struct vcpu *executing(const struct vm *vm)
{
	struct vcpu *vcpu = vcpu_running(vm);

	return vcpu && vcpu->turn.running ? vcpu : NULL;
}

static uint64_t local_time(struct vcpu *vcpu)
{
	return vcpu->vm->arch->vcpu_time(vcpu);
}

/* On the thread of @vcpu, which executes: everything that was to happen at or
 * before @now does, in order of its time. */
static void run_events(struct vcpu *vcpu, uint64_t now)
{
	struct vcpu_turn *v = &vcpu->turn;
	struct vm *vm = vcpu->vm;

	for (;;) {
		uint64_t deadline = atomic_load(&vcpu->deadline);
		uint64_t due = atomic_load(&v->due);
		uint64_t ns = min_u64(deadline, due);

		if (ns > now)
			break;
		v->as_of = max_u64(ns, v->floor);
		if (due == ns) {
			atomic_store(&v->due, NO_DEADLINE);
			irqchip_vcpu_due(vm->dev.irqchip, vcpu->index);
		} else {
			vm->arch->vcpu_timer(vcpu);
		}
		v->as_of = NO_DEADLINE;
	}
}

/* When the guest has to be left again. */
static void set_stop(struct vcpu *vcpu)
{
	struct vcpu_turn *v = &vcpu->turn;
	uint64_t ns =
		min_u64(atomic_load(&vcpu->deadline), atomic_load(&v->due));

	vcpu->vm->arch->vcpu_stop_at(vcpu,
				     min_u64(ns, min_u64(v->end, v->input)));
}

/* The turn of @vcpu, which executes, ends at @ns at the latest. */
static void turn_cut(struct vcpu *vcpu, uint64_t ns)
{
	if (ns >= vcpu->turn.end)
		return;
	vcpu->turn.end = ns;
	set_stop(vcpu);
}

/* Counted as vcpu_halt() does: it never polls, so it always waited. */
static void halt_over(struct vcpu *vcpu, uint64_t now)
{
	uint64_t ns = now - vcpu->turn.floor;

	vcpu->turn.halted = false;
	stat_set(&vcpu->stats[STAT_BLOCKING], 0);
	stat_add(&vcpu->stats[STAT_HALT_WAKEUP], 1);
	stat_add(&vcpu->stats[STAT_HALT_WAIT_NS], ns);
	stat_hist_add(&vcpu->stats[STAT_HALT_WAIT_HIST], ns);
}

bool turn_goes_on(struct vcpu *vcpu)
{
	struct vcpu_turn *v = &vcpu->turn;
	uint64_t now = local_time(vcpu);

	run_events(vcpu, now);
	if (v->halted && vcpu->vm->arch->vcpu_wakeup(vcpu)) {
		v->since = NO_DEADLINE;
		halt_over(vcpu, now);
	}
	if (v->halted || v->output || turn_is_off(vcpu) ||
	    now >= min_u64(v->end, v->input))
		return false;
	set_stop(vcpu);
	return true;
}

/* When the first of the other vCPUs that are halted will go on, as far as it is
 * known. */
static uint64_t others_wake(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	uint64_t first = NO_DEADLINE - 1;

	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		if (vm->vcpus[i] != vcpu && vm->vcpus[i]->turn.halted)
			first = min_u64(first, turn_next(vm->vcpus[i]));
	return first;
}

void turn_begin(struct vcpu *vcpu)
{
	struct vcpu_turn *v = &vcpu->turn;
	struct turns *t = vcpu->vm->turns;
	uint64_t when = turn_next(vcpu), now = local_time(vcpu);
	uint64_t next = NO_DEADLINE;

	now += atomic_load(&v->owed);
	vcpu->vm->arch->vcpu_charge(vcpu, atomic_exchange(&v->owed, 0));
	v->floor = now;
	if (when != NO_DEADLINE && when > now)
		vcpu->vm->arch->vcpu_charge(vcpu, when - now);
	now = local_time(vcpu);
	if (t->jump)
		t->start = turns_window(t, now);
	v->since = NO_DEADLINE;
	v->keeps = v->output = false;
	v->end = min_u64(t->start + t->quantum,
			 max_u64(others_wake(vcpu), now) + 1);
	if (input_hook && input_hook->stop)
		next = input_hook->stop(input_hook, vcpu->vm, vcpu->index);
	v->input = max_u64(next, now + 1);
	t->running = v->running = true;
	t->jump = t->stood = false;
	t->stands_since = 0;
	t->moves++;
}

void turn_pause(struct vcpu *vcpu)
{
	struct turns *t = vcpu->vm->turns;

	vcpu->turn.local = local_time(vcpu);
	vcpu->turn.running = t->running = false;
	t->moves++;
	/* Time of the VM may be one vCPU's and then another's, that is behind. */
	atomic_store(&t->frozen, vcpu->turn.local);
}

void turn_end(struct vcpu *vcpu)
{
	struct vcpu_turn *v = &vcpu->turn;

	turn_pause(vcpu);
	/* That input_hook is asked must not change whose turn it is. */
	v->keeps = v->output ||
		   (v->local >= v->input && v->local < v->end && !v->halted);
	if (!v->keeps)
		vcpu->vm->turns->owner = NULL;
	turns_pick(vcpu->vm);
}

/* ---- what the others do -------------------------------------------------- */

void turn_halt(struct vcpu *vcpu)
{
	if (vcpu->vm->arch->vcpu_wakeup(vcpu))
		return;
	vcpu->turn.halted = true;
	stat_set(&vcpu->stats[STAT_BLOCKING], 1);
}

void turn_spin(struct vcpu *vcpu)
{
	uint64_t now = local_time(vcpu), end = vcpu->turn.end;

	if (end > now)
		vcpu->vm->arch->vcpu_charge(vcpu, end - now);
}

void turn_output(struct vm *vm)
{
	struct vcpu *vcpu = executing(vm);

	if (!vcpu)
		return;
	vcpu->turn.output = true;
	turn_cut(vcpu, 0);
}

/* @vcpu can go on at @ns: if the one that executes now is further, it is past
 * its place. */
static void turn_wakes(struct vcpu *vcpu, uint64_t ns)
{
	struct vcpu *now = executing(vcpu->vm);

	if (now && now != vcpu)
		turn_cut(now, max_u64(ns, vcpu->turn.local) + 1);
}

void turn_pins(struct vcpu *vcpu)
{
	struct vcpu_turn *v = &vcpu->turn;
	uint64_t now;

	if (!v->halted)
		return;
	now = turns_now(vcpu->vm);
	v->since = min_u64(v->since, now);
	turn_wakes(vcpu, now);
}

void turn_start(struct vcpu *vcpu)
{
	uint64_t now = turns_now(vcpu->vm);

	turn_changed(vcpu);
	vcpu->turn.since = now;
	turn_wakes(vcpu, now);
}

void turn_changed(struct vcpu *vcpu)
{
	if (!vcpu->turn.halted)
		return;
	vcpu->turn.halted = false;
	stat_set(&vcpu->stats[STAT_BLOCKING], 0);
}

void turn_deadline(struct vm *vm)
{
	struct vcpu *vcpu = executing(vm);

	if (vcpu && vcpu->turn.as_of == NO_DEADLINE)
		set_stop(vcpu);
}

void turn_due(struct vcpu *vcpu, uint64_t ns)
{
	struct vcpu_turn *v = &vcpu->turn;

	if (ns >= atomic_load(&v->due))
		return;
	atomic_store(&v->due, ns);
	if (executing(vcpu->vm) == vcpu)
		set_stop(vcpu);
	else if (v->halted)
		turn_wakes(vcpu, ns);
}

void turn_charge(struct vcpu *vcpu, uint64_t cycles)
{
	if (executing(vcpu->vm) == vcpu)
		vcpu->vm->arch->vcpu_charge(vcpu, cycles);
	else
		atomic_fetch_add(&vcpu->turn.owed, cycles);
}

/* ---- time ---------------------------------------------------------------- */

uint64_t turns_now(struct vm *vm)
{
	struct vcpu *vcpu = executing(vm);

	if (!vcpu)
		return atomic_load(&vm->turns->frozen);
	return vcpu->turn.as_of == NO_DEADLINE ? local_time(vcpu)
					       : vcpu->turn.as_of;
}

uint64_t turns_count(struct vm *vm, bool see)
{
	struct turns *t = vm->turns;
	uint64_t now = turns_now(vm), seen = atomic_load(&t->seen);

	if (now <= seen)
		return seen;
	if (see && executing(vm))
		atomic_store(&t->seen, now);
	return now;
}

void input_point_now(struct vm *vm, struct input_point *at)
{
	const struct turns *t = vm->turns;

	at->owner = t->owner ? (int)t->owner->index : INPUT_NOBODY;
	at->cycle = t->owner ? t->owner->turn.local : atomic_load(&t->frozen);
	at->exits = t->exits;
}
