/* SPDX-License-Identifier: MIT */
/*
 * Whose turn it is to execute, see turns.h.
 *
 * A vCPU's thread comes with turn_take() whenever it would enter the guest. As
 * long as its turn lasts that costs no lock. Then the turn goes to whoever is
 * picked; the thread waits on vcpu->wake, as in any sleep of a vCPU's, so kicks
 * and signals reach it.
 */
#include "kernel/turns.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>

#include "base/host.h"
#include "base/log.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"
#include "kernel/wake.h"

/* ns */
#define PATIENCE_MIN 100000

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

/* ---- who is next --------------------------------------------------------- */

static bool is_off(struct vcpu *vcpu)
{
	return !vcpu->initialised || vcpu->vm->arch->vcpu_stopped(vcpu);
}

/* Its thread, as far as we know it, is in KVM_RUN of another vCPU. */
static bool is_parked(struct vcpu *vcpu)
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

/* When it can execute next; NO_DEADLINE: it can't. */
static uint64_t turn_next(struct vcpu *vcpu)
{
	struct vcpu_turn *v = &vcpu->turn;
	uint64_t ns = v->since == NO_DEADLINE ? 0 : v->since;

	if (v->away || is_off(vcpu))
		return NO_DEADLINE;
	if (v->halted)
		ns = halt_end(vcpu);
	return max_u64(ns, v->local);
}

/* The vCPU that can execute first, NULL: none. *idle: all are halted. */
static struct vcpu *earliest(struct vm *vm, uint64_t *when, bool *idle)
{
	struct vcpu *best = NULL;

	*when = NO_DEADLINE;
	*idle = true;
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++) {
		struct vcpu *vcpu = vm->vcpus[i];
		uint64_t ns = turn_next(vcpu);

		if (ns == NO_DEADLINE)
			continue;
		if (is_parked(vcpu)) {
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

static void turns_freeze(struct turns *t, uint64_t ns)
{
	if (ns > atomic_load(&t->frozen))
		atomic_store(&t->frozen, ns);
}

static uint64_t window_of(const struct turns *t, uint64_t ns)
{
	return ns - ns % t->quantum;
}

/* Time stands still because @vcpu is not in KVM_RUN: since when? */
static void miss(struct turns *t, struct vcpu *vcpu)
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
		miss(t, vcpu);
}

static bool is_awaited(struct vm *vm)
{
	struct input_point at;

	if (!input_hook || !input_hook->awaits)
		return false;
	input_point_now(vm, &at);
	return input_hook->awaits(input_hook, vm, &at);
}

/* A vCPU without which others went on takes part from the next window on, unless
 * input_hook wants it later. No vCPU executes. */
static bool come_back(struct vcpu *vcpu)
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

static bool come_back_all(struct vm *vm)
{
	bool some = false;

	for (unsigned int i = 0; vm->turns->returning && i < vm_vcpu_count(vm);
	     i++) {
		struct vcpu *vcpu = vm->vcpus[i];

		if (vcpu->turn.away && vcpu->turn.in)
			some |= come_back(vcpu);
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
	if (t->owner && t->owner->turn.keeps && !is_off(t->owner)) {
		if (!gate_admit(vm) && t->owner->turn.in)
			vcpu_wake(t->owner);
		return;
	}
	t->owner = NULL;
	t->jump = t->stood = t->awaits = false;
	best = earliest(vm, &when, &idle);
	over = best && when >= t->start + t->quantum;
	if (!best || over) {
		/* Between two windows, or nobody can run at all. Who comes while
		 * others are inside waits for the next time. */
		if (over && !idle)
			turns_freeze(t, t->start + t->quantum);
		t->until = !best ? 0 : t->until ? t->until : t->passes;
		if (gate_admit(vm))
			return;
		if (come_back_all(vm)) {
			turns_pick(vm);
			return;
		}
		/* Whoever waits for a turn asks again, turn_wait(). */
		t->awaits = is_awaited(vm);
	}
	t->until = 0;
	if (t->awaits)
		return;
	if (over && !idle)
		t->start = window_of(t, when);
	t->jump = over && idle;
	owner_set(t, best);
	gate_admit(vm);
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

/* It has the turn: what has happened since? False: that is over. */
static bool turn_goes_on(struct vcpu *vcpu)
{
	struct vcpu_turn *v = &vcpu->turn;
	uint64_t now = local_time(vcpu);

	run_events(vcpu, now);
	if (v->halted && vcpu->vm->arch->vcpu_wakeup(vcpu)) {
		v->since = NO_DEADLINE;
		halt_over(vcpu, now);
	}
	if (v->halted || v->output || is_off(vcpu) ||
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

static void turn_begin(struct vcpu *vcpu)
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
		t->start = window_of(t, now);
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

/* lock held. */
static void turn_pause(struct vcpu *vcpu)
{
	struct turns *t = vcpu->vm->turns;

	vcpu->turn.local = local_time(vcpu);
	vcpu->turn.running = t->running = false;
	t->moves++;
	/* Time of the VM may be one vCPU's and then another's, that is behind. */
	atomic_store(&t->frozen, vcpu->turn.local);
}

/* It can't go on now. What it waits for is no other vCPU: it keeps its turn. */
static void turn_end(struct vcpu *vcpu)
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

/* ---- coming and waiting -------------------------------------------------- */

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
			come_back(vcpu);
	}
	if (owner && owner != vcpu && is_parked(owner)) {
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
	can = earliest(owner->vm, &when, &idle);
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

	if (t->looking || (is_awaited(vm) && !wakes_wait()))
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
static void stand(struct vcpu *vcpu)
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
		if (t->first && stands_long(t) && !is_awaited(vcpu->vm)) {
			stand_no_more(vcpu, false);
			break;
		}
		if (gate_admit(vcpu->vm))
			break;
		come_back_all(vcpu->vm);
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
			if (!is_awaited(vcpu->vm))
				break;
			t->stands_since = host_ns();
		}
		if (quiet == BUSY || is_awaited(vcpu->vm)) {
			pthread_mutex_unlock(&t->lock);
			nap(us);
			us = us < 500 ? us * 2 : 1000;
			pthread_mutex_lock(&t->lock);
		}
	}
	if (t->standing == vcpu)
		t->standing = NULL;
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

/* Does the VMM come before @vcpu, whose turn it is? */
static bool has_to_stand(struct vcpu *vcpu)
{
	struct turns *t = vcpu->vm->turns;

	if (vcpu->turn.output || t->woken || (t->jump && !t->stood))
		return true;
	return is_awaited(vcpu->vm) ||
	       (wakes_wait() && wakes_may_enter(vcpu->vm));
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
		} else if (has_to_stand(vcpu)) {
			stand(vcpu);
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
		come_back_all(vcpu->vm);
	/* One that is off has no turn, whether or not it comes back before
	 * anything enters. */
	if (t->owner == vcpu && is_off(vcpu)) {
		turns_pick(vcpu->vm);
	} else if (t->owner == vcpu) {
		miss(t, vcpu);
		gate_admit(vcpu->vm);
	}
	pthread_mutex_unlock(&t->lock);
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
