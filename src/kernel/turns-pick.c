/* SPDX-License-Identifier: MIT */
/*
 * Whose turn is next, and which vCPUs the others go on without, see turns.h.
 */
#include "base/log.h"
#include "kernel/turns-internal.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

bool turn_is_off(struct vcpu *vcpu)
{
	return !vcpu->initialised || vcpu->vm->arch->vcpu_stopped(vcpu);
}

bool turn_is_parked(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;

	if (vcpu->turn.in || !vcpu->last_tid)
		return false;
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		if (vm->vcpus[i]->turn.in &&
		    vm->vcpus[i]->last_tid == vcpu->last_tid)
			return true;
	return false;
}

/* When a halted vCPU goes on. */
static uint64_t halt_end(struct vcpu *vcpu)
{
	struct vcpu_turn *v = &vcpu->turn;
	uint64_t ns =
		min_u64(atomic_load(&vcpu->deadline), atomic_load(&v->due));

	if (vcpu->vm->arch->vcpu_wakeup(vcpu))
		ns = min_u64(ns, v->since == NO_DEADLINE ? v->local : v->since);
	return ns;
}

uint64_t turn_next(struct vcpu *vcpu)
{
	struct vcpu_turn *v = &vcpu->turn;
	uint64_t ns = v->since == NO_DEADLINE ? 0 : v->since;

	if (v->away || turn_is_off(vcpu))
		return NO_DEADLINE;
	if (v->halted)
		ns = halt_end(vcpu);
	return max_u64(ns, v->local);
}

struct vcpu *turns_earliest(struct vm *vm, uint64_t *when, bool *idle)
{
	struct vcpu *best = NULL;

	*when = NO_DEADLINE;
	*idle = true;
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++) {
		struct vcpu *vcpu = vm->vcpus[i];
		uint64_t ns = turn_next(vcpu);

		if (ns == NO_DEADLINE)
			continue;
		if (turn_is_parked(vcpu)) {
			vcpu->turn.away = vcpu->turn.parked = true;
			continue;
		}
		if (!vcpu->turn.halted || vm->arch->vcpu_wakeup(vcpu))
			*idle = false;
		if (ns < *when) {
			*when = ns;
			best = vcpu;
		}
	}
	return best;
}

void turns_freeze(struct turns *t, uint64_t ns)
{
	if (ns > atomic_load(&t->frozen))
		atomic_store(&t->frozen, ns);
}

uint64_t turns_window(const struct turns *t, uint64_t ns)
{
	return ns - ns % t->quantum;
}

void turn_miss(struct turns *t, struct vcpu *vcpu)
{
	if (t->missed != vcpu)
		t->missed_since = host_ns();
	t->missed = vcpu;
}

static void owner_set(struct turns *t, struct vcpu *vcpu)
{
	t->owner = vcpu;
	t->moves++;
	if (!vcpu)
		return;
	if (vcpu->turn.in)
		vcpu_wake(vcpu);
	else
		turn_miss(t, vcpu);
}

bool turns_awaited(struct vm *vm)
{
	struct input_point at;

	if (!input_hook || !input_hook->awaits)
		return false;
	input_point_now(vm, &at);
	return input_hook->awaits(input_hook, vm, &at);
}

bool turn_come_back(struct vcpu *vcpu)
{
	struct vcpu_turn *v = &vcpu->turn;
	struct turns *t = vcpu->vm->turns;
	struct input input = {.kind = INPUT_BACK, .vcpu = vcpu->index};

	input_point_now(vcpu->vm, &input.at);
	if (!v->parked && input_hook && input_hook->admits &&
	    !input_hook->admits(input_hook, vcpu->vm, &input))
		return false;
	if (!v->parked && input_hook && input_hook->entered)
		input_hook->entered(input_hook, vcpu->vm, &input);
	v->away = v->parked = false;
	v->since = max_u64(v->since == NO_DEADLINE ? 0 : v->since,
			   t->owner ? t->start + t->quantum : t->start);
	t->returning--;
	t->moves++;
	return true;
}

bool turns_come_back_all(struct vm *vm)
{
	bool some = false;

	for (unsigned int i = 0; vm->turns->returning && i < vm_vcpu_count(vm);
	     i++) {
		struct vcpu *vcpu = vm->vcpus[i];

		if (vcpu->turn.away && vcpu->turn.in)
			some |= turn_come_back(vcpu);
	}
	return some;
}

void turns_pick(struct vm *vm)
{
	struct turns *t = vm->turns;
	struct vcpu *best;
	uint64_t when;
	bool idle, over;

	if (t->running || t->inside)
		return;
	if (t->owner && t->owner->turn.keeps && !turn_is_off(t->owner)) {
		if (!gate_admit(vm) && t->owner->turn.in)
			vcpu_wake(t->owner);
		return;
	}
	t->owner = NULL;
	t->jump = t->stood = t->awaits = false;
	best = turns_earliest(vm, &when, &idle);
	over = best && when >= t->start + t->quantum;
	if (!best || over) {
		/* Between two windows, or nobody can run at all. Who comes while
		 * others are inside waits for the next time. */
		if (over && !idle)
			turns_freeze(t, t->start + t->quantum);
		t->until = !best ? 0 : t->until ? t->until : t->passes;
		if (gate_admit(vm))
			return;
		if (turns_come_back_all(vm)) {
			turns_pick(vm);
			return;
		}
		/* Whoever waits for a turn asks again, turn_wait(). */
		t->awaits = turns_awaited(vm);
	}
	t->until = 0;
	if (t->awaits)
		return;
	if (over && !idle)
		t->start = turns_window(t, when);
	t->jump = over && idle;
	owner_set(t, best);
	gate_admit(vm);
}
