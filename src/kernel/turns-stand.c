/* SPDX-License-Identifier: MIT */
/*
 * Time stands still for the VMM: until it sleeps, or has been waited for long
 * enough, see turns.h.
 */
#include <time.h>

#include "kernel/turns-internal.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"
#include "kernel/wake.h"

/* ns */
#define PATIENCE_MIN 100000

static void nap(unsigned int us)
{
	const struct timespec ts = {.tv_nsec = us * 1000};

	nanosleep(&ts, NULL);
}

/* input_hook may let in now what it held back. No lock held. */
static bool look_again(struct vm *vm)
{
	struct gate_pass pass = {.told = false};
	bool entered;

	if (!input_hook || !gate_try(vm, &pass))
		return false;
	entered = irqfd_look_again(vm);
	gate_end(vm, &pass);
	return entered;
}

static bool stands_long(const struct turns *t)
{
	return host_ns() - t->stands_since > t->patience_ns;
}

enum quiet_state { BUSY, BUSY_FOR_LONG, QUIET };

/*
 * Is the VMM asleep, or has it been waited for long enough, from @since on? A
 * VMM that is always busy is waited for less and less: to stand still at each
 * exit helps nobody, once the run can't be repeated. No lock held; t->looking.
 */
static enum quiet_state is_quiet(struct vm *vm, uint64_t since)
{
	struct turns *t = vm->turns;

	if (!wakes_on_way() && quiet_look(t->quiet)) {
		t->patience_ns = min_u64(t->patience_ns * 2, t->wait_ns);
		return QUIET;
	}
	return host_ns() - since > t->patience_ns ? BUSY_FOR_LONG : BUSY;
}

/*
 * The same; lock held, but not in between. What comes in meanwhile may give the
 * turn to another vCPU, which then stands, too: one looks at a time.
 */
static enum quiet_state ask_quiet(struct vm *vm)
{
	struct turns *t = vm->turns;
	uint64_t since = t->stands_since;
	enum quiet_state quiet;

	if (t->looking || (turns_awaited(vm) && !wakes_wait()))
		return BUSY;
	t->looking = true;
	pthread_mutex_unlock(&t->lock);
	quiet = is_quiet(vm, since);
	pthread_mutex_lock(&t->lock);
	t->looking = false;
	return quiet;
}

/* The VMM sleeps, or has been waited for long enough. lock held; it may be given
 * up in between. */
static void stand_no_more(struct vcpu *vcpu, bool quiet)
{
	struct turns *t = vcpu->vm->turns;

	vcpu->turn.output = t->woken = false;
	if (t->owner == vcpu)
		t->stood = true;
	if (quiet)
		return;
	t->patience_ns =
		max_u64(t->patience_ns / 4, min_u64(t->wait_ns, PATIENCE_MIN));
	if (t->looking)
		return;
	t->looking = true;
	pthread_mutex_unlock(&t->lock);
	quiet_give_up(vcpu->vm, t->quiet);
	pthread_mutex_lock(&t->lock);
	t->looking = false;
}

/*
 * It is @vcpu's turn, but the VMM comes first: what it was told may make it send
 * something, or time is about to jump. Until it sleeps, time stands still, at
 * most as long as was said, and the gate is open. lock held; it was given up in
 * between: look at everything again.
 */
void turn_stand(struct vcpu *vcpu)
{
	struct turns *t = vcpu->vm->turns;
	unsigned int us = 10;

	t->standing = vcpu;
	if (!t->stands_since)
		t->stands_since = host_ns();
	turns_freeze(t, vcpu->turn.local);
	while (t->owner == vcpu && !vcpu_kicked(vcpu)) {
		enum quiet_state quiet;
		uint64_t moves;

		/* There may always be one who wants to be let in. */
		if (t->first && stands_long(t) && !turns_awaited(vcpu->vm)) {
			stand_no_more(vcpu, false);
			break;
		}
		if (gate_admit(vcpu->vm))
			break;
		turns_come_back_all(vcpu->vm);
		pthread_mutex_unlock(&t->lock);
		if (look_again(vcpu->vm))
			us = 10;
		pthread_mutex_lock(&t->lock);
		moves = t->moves;
		quiet = ask_quiet(vcpu->vm);
		if (t->owner != vcpu)
			break;
		if (quiet == QUIET && moves != t->moves)
			continue;
		if (quiet == QUIET && wakes_admit(vcpu->vm)) {
			t->stands_since = host_ns();
			us = 10;
			continue;
		}
		if (quiet != BUSY) {
			stand_no_more(vcpu, quiet == QUIET);
			if (!turns_awaited(vcpu->vm))
				break;
			t->stands_since = host_ns();
		}
		if (quiet == BUSY || turns_awaited(vcpu->vm)) {
			pthread_mutex_unlock(&t->lock);
			nap(us);
			us = us < 500 ? us * 2 : 1000;
			pthread_mutex_lock(&t->lock);
		}
	}
	if (t->standing == vcpu)
		t->standing = NULL;
}

bool turn_has_to_stand(struct vcpu *vcpu)
{
	struct turns *t = vcpu->vm->turns;

	if (vcpu->turn.output || t->woken || (t->jump && !t->stood))
		return true;
	return turns_awaited(vcpu->vm) ||
	       (wakes_wait() && wakes_may_enter(vcpu->vm));
}
