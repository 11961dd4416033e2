/* SPDX-License-Identifier: MIT */
/*
 * Seats: of a VM with more PEs than host CPUs, as many execute for long at a time
 * as there are host CPUs. Host threads beyond that would only take CPUs from each
 * other, anywhere in guest code: a DSB then waits until the host has come round
 * to each, and a guest's locks are held by threads that don't run. A PE gives its
 * seat away where it is outside for a DSB.
 *
 * A PE keeps its seat when it leaves cpu_run(), and needs no lock to come back.
 * It loses it in WFI; when others wait and it spins, has had it for SLICE_NS
 * (it looks itself, run.c), or is outside and has had it for OUT_NS. One that
 * does not get to look (the host runs others, or memory is waited for) is
 * left alone with OVERDUE_NS, and another executes beside it.
 *
 * One that comes out of WFI, or has an interrupt, needs no seat for EXTRA_NS:
 * most are done by then, and the host knows better than we whom to run first.
 *
 * Waiting is the environment's: what ends WFI ends it, and a kick.
 */
#include <time.h>

#include "cpu/domain-internal.h"
#include "cpu/exec.h"

#define SLICE_NS   2000000
#define OUT_NS     500000
#define OVERDUE_NS 10000000
#define EXTRA_NS   300000
/* From one to the next, for one that does not sleep. */
#define EXTRA_APART_NS 1000000

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* ---- the queue: with the lock -------------------------------------------- */

static void enqueue(struct seats *s, struct cpu *cpu)
{
	struct cpu **p = &s->queue;

	if (cpu->inbox->seat.queued)
		return;
	while (*p)
		p = &(*p)->inbox->seat.next;
	cpu->inbox->seat.next = NULL;
	cpu->inbox->seat.queued = true;
	*p = cpu;
	atomic_store(&s->wanted, true);
}

static void dequeue(struct seats *s, struct cpu *cpu)
{
	struct seat_wait *w = &cpu->inbox->seat;
	struct cpu **p = &s->queue;

	if (!w->queued)
		return;
	while (*p != cpu)
		p = &(*p)->inbox->seat.next;
	*p = w->next;
	w->queued = false;
	atomic_store(&s->wanted, s->queue != NULL);
}

/* Any thread, without the lock. */
static bool take_free(struct seats *s)
{
	int n = atomic_load(&s->free);

	while (n > 0)
		if (atomic_compare_exchange_weak(&s->free, &n, n - 1))
			return true;
	return false;
}

/* Free seats to those who wait. */
static void give(struct seats *s)
{
	while (s->queue && take_free(s)) {
		struct cpu *to = s->queue;

		dequeue(s, to);
		atomic_store(&to->inbox->seat.since, now_ns());
		atomic_store(&to->inbox->place, PLACE_OUT);
		to->env->unpark(to);
	}
}

/* It is not at the place @from any more? Then nothing happens. */
static void take_away(struct seats *s, struct cpu_inbox *box, uint32_t from,
		      uint32_t to)
{
	if (atomic_compare_exchange_strong(&box->place, &from, to))
		atomic_fetch_add(&s->free, 1);
}

/* One has waited since @then: take seats from those who have had theirs for long
 * and don't use it, or don't look. */
static void press(struct cpu_domain *dom, uint64_t then)
{
	uint64_t now = now_ns(), waited = now - then;

	for (struct cpu *m = dom->members; m; m = m->inbox->next) {
		struct cpu_inbox *box = m->inbox;
		uint64_t both =
			min_u64(waited, now - atomic_load(&box->seat.since));

		if (both >= OUT_NS)
			take_away(&dom->seats, box, PLACE_OUT, PLACE_NONE);
		if (both >= OVERDUE_NS)
			take_away(&dom->seats, box, PLACE_IN, PLACE_EXTRA);
	}
}

/* ---- a PE ---------------------------------------------------------------- */

static bool seat_given(struct cpu *cpu)
{
	return atomic_load(&cpu->inbox->place) != PLACE_NONE;
}

static bool asked_to_leave(struct cpu *cpu)
{
	return atomic_load(&cpu->req) & CPU_REQ_KICK;
}

/* It executes without a seat. */
static bool take_extra(struct cpu *cpu)
{
	struct seat_wait *w = &cpu->inbox->seat;
	uint64_t now = now_ns();

	if (w->slept ||
	    (now >= w->extra_end + EXTRA_APART_NS && cpu_wakeup_pending(cpu)))
		w->extra_end = now + EXTRA_NS;
	w->slept = false;
	if (now >= w->extra_end)
		return false;
	atomic_store(&cpu->inbox->place, PLACE_EXTRA);
	return true;
}

/* With the lock. True: no seat so far, so the PE has to wait. */
static bool must_wait(struct cpu *cpu)
{
	struct seats *s = &cpu->domain->seats;

	if (seat_given(cpu))
		return false;
	enqueue(s, cpu);
	give(s);
	return !seat_given(cpu) && !asked_to_leave(cpu) && !take_extra(cpu);
}

/* At once, without the lock. Nobody else changes the place of one that has none
 * and does not wait. */
static bool take_now(struct cpu *cpu)
{
	struct cpu_inbox *box = cpu->inbox;
	struct seats *s = &cpu->domain->seats;

	if (atomic_load(&s->wanted) || !take_free(s))
		return take_extra(cpu);
	box->seat.slept = false;
	atomic_store(&box->seat.since, now_ns());
	atomic_store(&box->place, PLACE_IN);
	return true;
}

static COLD void take_in_turn(struct cpu *cpu)
{
	struct cpu_domain *dom = cpu->domain;
	struct cpu_inbox *box = cpu->inbox;
	uint64_t then = now_ns(), patience = OUT_NS;
	uint32_t out = PLACE_OUT;

	word_lock_take(&dom->lock);
	while (must_wait(cpu)) {
		word_lock_release(&dom->lock);
		cpu->env->park(cpu, patience, seat_given);
		patience = SLICE_NS;
		word_lock_take(&dom->lock);
		if (!seat_given(cpu))
			press(dom, then);
	}
	dequeue(&dom->seats, cpu);
	atomic_compare_exchange_strong(&box->place, &out, PLACE_IN);
	word_lock_release(&dom->lock);
}

void seat_take(struct cpu *cpu)
{
	if (!take_now(cpu))
		take_in_turn(cpu);
}

/* Either who comes to wait sees the seat free, or we see that it waits. */
bool seat_release(struct cpu *cpu, bool sleeps)
{
	struct cpu_domain *dom = cpu->domain;
	struct cpu_inbox *box = cpu->inbox;
	struct seats *s = &dom->seats;

	if (likely(!atomic_load_explicit(&s->scarce, memory_order_relaxed)))
		return false;
	if (!sleeps && !atomic_load(&s->wanted))
		return false;
	box->seat.slept = sleeps;
	box->seat.extra_end = min_u64(box->seat.extra_end, now_ns());
	take_away(s, box, PLACE_OUT, PLACE_NONE);
	if (atomic_load(&s->wanted)) {
		word_lock_take(&dom->lock);
		give(s);
		word_lock_release(&dom->lock);
	}
	return true;
}

/* Without the lock: nobody else changes what is read while it executes. */
static bool time_over(struct cpu_domain *dom, const struct cpu_inbox *box)
{
	if (unlikely(atomic_load_explicit(&box->place, memory_order_relaxed) ==
		     PLACE_EXTRA))
		return now_ns() >= box->seat.extra_end;
	return unlikely(atomic_load_explicit(&dom->seats.wanted,
					     memory_order_relaxed)) &&
	       now_ns() - atomic_load(&box->seat.since) >= SLICE_NS;
}

void seat_look(struct cpu *cpu)
{
	if (likely(!time_over(cpu->domain, cpu->inbox)))
		return;
	domain_leave(cpu);
	seat_release(cpu, false);
	domain_enter(cpu);
}

void cpu_rest(struct cpu *cpu)
{
	if (!seat_release(cpu, false) && cpu->env->spin)
		cpu->env->spin(cpu);
}

/* ---- all of them --------------------------------------------------------- */

/* With the lock. */
static void count_seats(struct cpu_domain *dom)
{
	bool scarce = atomic_load(&dom->nr_members) > dom->seats.number;

	atomic_store(&dom->seats.scarce, scarce);
	if (scarce)
		domain_be_exact(dom, NULL);
}

void seats_join(struct cpu_domain *dom, struct cpu *cpu)
{
	if (take_free(&dom->seats))
		atomic_store(&cpu->inbox->place, PLACE_OUT);
	count_seats(dom);
}

void seat_abandon(struct cpu *cpu)
{
	uint32_t place = atomic_exchange(&cpu->inbox->place, PLACE_NONE);

	if (place == PLACE_IN || place == PLACE_OUT)
		atomic_fetch_add(&cpu->domain->seats.free, 1);
}

void seats_part(struct cpu_domain *dom, struct cpu *cpu)
{
	take_away(&dom->seats, cpu->inbox, PLACE_OUT, PLACE_NONE);
	count_seats(dom);
	give(&dom->seats);
}

void cpu_domain_set_seats(struct cpu_domain *dom, unsigned int number)
{
	struct seats *s = &dom->seats;

	word_lock_take(&dom->lock);
	atomic_fetch_add(&s->free, (int)number - (int)s->number);
	s->number = number;
	for (struct cpu *m = dom->members; m && atomic_load(&s->free) < 0;
	     m = m->inbox->next)
		take_away(s, m->inbox, PLACE_OUT, PLACE_NONE);
	count_seats(dom);
	give(s);
	word_lock_release(&dom->lock);
}
