/* SPDX-License-Identifier: MIT */
/*
 * Statistics of a VM; see irq-stats.h.
 *
 * All that concerns an interrupt is under the irqchip's lock, so that there is
 * one writer. What is not in the file is only the way to it: by vCPU and INTID
 * in two steps, made when needed.
 */
#include "kernel/irq-stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/irqchip.h"
#include "base/log.h"
#include "kernel/stat-guest.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

#define LEAF_INTIDS 256
#define MAX_INTID   65536

/* ---- windows on the host's time ------------------------------------------ */

#define WINDOW 16 /* acknowledges */
/* What taking an interrupt's times costs, ns, with what it evicts from caches;
 * and the part of a guest's time that it may cost: 1/1000. */
#define COST_NS    500
#define COST_PARTS 1000
#define MAX_RATIO  8192
/* Time that may be spent at once, ns: short runs are measured as a whole. */
#define CREDIT_NS 1000000
/* A vCPU gets idle: a window is open again after this time. None does: after
 * this one, at which every so many irq_stats_due() look. */
#define REOPEN_NS      UINT64_C(5000000)
#define REOPEN_BUSY_NS UINT64_C(100000000)
#define REOPEN_LOOK    16

/* An idle vCPU may open a window at any time; all else is done with the
 * irqchip's lock held. */
enum window_state { WINDOW_CLOSED, WINDOW_OPENS, WINDOW_OPEN };

struct leaf {
	struct stat_irq *irq[LEAF_INTIDS];
};

struct irq_stats {
	struct stat_vm *shown;
	struct stat_event *events;
	bool no_events; /* there is no room for them */
	struct leaf **tree[MAX_VCPUS];
	_Atomic(struct stat_irq *) of_vcpu[MAX_VCPUS]; /* a list */

	_Atomic(enum window_state) state;
	uint32_t window; /* number of the one that is or was open, from 1 */
	uint32_t window_left; /* acknowledges until it ends */
	uint32_t gap_left;    /* irq_stats_due()s until the next one */
	uint32_t random;
	bool gap;               /* since the last event */
	int64_t credit;         /* ns that times may cost yet */
	_Atomic uint64_t since; /* when the window or the gap began */
};

static uint32_t random_next(struct irq_stats *s)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 17;
	return s->random ^= s->random << 5;
}

static bool window_is_open(const struct irq_stats *s)
{
	return atomic_load(&s->state) == WINDOW_OPEN;
}

/* How long the window or the gap was; time gives credit. */
static uint64_t part_ends(struct vm *vm)
{
	struct irq_stats *s = vm->irq_stats;
	uint64_t now = clock_now(&vm->clock);
	uint64_t passed = now - atomic_load(&s->since);

	atomic_store(&s->since, now);
	s->credit += (int64_t)(passed / COST_PARTS);
	if (s->credit > CREDIT_NS)
		s->credit = CREDIT_NS;
	return passed;
}

/*
 * @planned: as many interrupts came as a gap was to have, which paid for the
 * last window. Time that others had meanwhile on the host gives no credit then.
 */
static void window_open(struct vm *vm, bool planned)
{
	struct irq_stats *s = vm->irq_stats;
	enum window_state closed = WINDOW_CLOSED;

	if (!atomic_compare_exchange_strong(&s->state, &closed, WINDOW_OPENS))
		return;
	part_ends(vm);
	if (planned)
		s->credit = 0;
	s->window++;
	s->window_left = WINDOW;
	s->gap = true;
	atomic_store(&s->state, WINDOW_OPEN);
	vm_hear_steps_of(vm);
}

/*
 * After a window: how many of its like pass until the next one, so that
 * interrupts that come at @mean ns, in windows, pay 1/COST_PARTS. Not quite a
 * fixed number, lest it be the rhythm of the guest. In irq_stats_due()s.
 */
static uint32_t gap_length(struct irq_stats *s, uint64_t mean)
{
	uint64_t ratio = COST_NS * COST_PARTS / (mean ? mean : 1);
	uint32_t gap;

	if (ratio > MAX_RATIO)
		ratio = MAX_RATIO;
	if (ratio <= 1)
		return 0;
	gap = (uint32_t)(ratio - 1) * WINDOW / IRQ_TALLY_PERIOD;
	return gap - gap / 4 + random_next(s) % (gap / 2 + 1);
}

/* As many interrupts were acknowledged as a window has: it is closed, if they
 * come too fast to go on. */
static void window_ends(struct vm *vm)
{
	struct irq_stats *s = vm->irq_stats;
	struct vcpu *vcpu = vcpu_running(vm);
	uint64_t passed;

	s->window_left = WINDOW;
	if (vcpu)
		irq_stats_publish(vcpu);
	if (s->shown->counted)
		return;
	passed = part_ends(vm);
	s->credit -= WINDOW * COST_NS;
	s->gap_left = s->credit < 0 ? gap_length(s, passed / WINDOW) : 0;
	if (!s->gap_left)
		return;
	atomic_store(&s->state, WINDOW_CLOSED);
	vm_hear_steps_of(vm);
}

/* Interrupts do not come as fast any more as when the gap began. */
static bool gap_is_long(struct vm *vm)
{
	struct irq_stats *s = vm->irq_stats;

	return s->gap_left % REOPEN_LOOK == 0 &&
	       clock_now(&vm->clock) > atomic_load(&s->since) + REOPEN_BUSY_NS;
}

/* Each interrupt has its turn to say so: over some of them that is as often as
 * IRQ_TALLY_PERIOD acknowledges, whatever they are. */
void irq_stats_due(struct device_vm *dev)
{
	struct vm *vm = vm_of_dev(dev);
	struct irq_stats *s = vm->irq_stats;

	if (atomic_load(&s->state) != WINDOW_CLOSED ||
	    (--s->gap_left && !gap_is_long(vm)))
		return;
	if (vcpu_running(vm))
		irq_stats_publish(vcpu_running(vm));
	window_open(vm, !s->gap_left);
}

/* The sum of what the vCPU acknowledged, which KVM_GET_STATS_FD shows. */
void irq_stats_publish(struct vcpu *vcpu)
{
	struct irq_stats *s = vcpu->vm->irq_stats;
	const struct stat_irq *irq;
	uint64_t sum = 0;

	if (likely(!s))
		return;
	irq = atomic_load_explicit(&s->of_vcpu[vcpu->index],
				   memory_order_acquire);
	for (; irq; irq = (void *)(uintptr_t)irq->own.vcpu_next)
		sum += atomic_load_explicit(&irq->tally.count,
					    memory_order_relaxed);
	stat_set(&vcpu->stats[STAT_IRQS], sum);
}

void irq_stats_idle(struct vcpu *vcpu, uint64_t now)
{
	struct vm *vm = vcpu->vm;
	struct irq_stats *s = vm->irq_stats;

	irq_stats_publish(vcpu);
	if (vcpu->shown)
		stat_guest_course(vcpu, now);
	if (s && !window_is_open(s) && now > atomic_load(&s->since) + REOPEN_NS)
		window_open(vm, false);
}

bool irq_stats_hears(const struct vm *vm)
{
	return vm->irq_stats && window_is_open(vm->irq_stats);
}

/* ---- the places of interrupts -------------------------------------------- */

static struct stat_irq *irq_find(struct irq_stats *s, unsigned int index,
				 uint32_t intid)
{
	struct leaf **tree = s->tree[index];
	struct leaf *leaf;

	if (!tree || intid >= MAX_INTID)
		return NULL;
	leaf = tree[intid / LEAF_INTIDS];
	return leaf ? leaf->irq[intid % LEAF_INTIDS] : NULL;
}

static struct stat_irq **irq_place(struct irq_stats *s, unsigned int index,
				   uint32_t intid)
{
	struct leaf **leaf;

	if (intid >= MAX_INTID)
		return NULL;
	if (!s->tree[index])
		s->tree[index] =
			calloc(MAX_INTID / LEAF_INTIDS, sizeof(struct leaf *));
	if (!s->tree[index])
		return NULL;
	leaf = &s->tree[index][intid / LEAF_INTIDS];
	if (!*leaf)
		*leaf = calloc(1, sizeof(**leaf));
	return *leaf ? &(*leaf)->irq[intid % LEAF_INTIDS] : NULL;
}

/* In the file the last that came is the first. */
static struct stat_irq *irq_make(struct irq_stats *s, unsigned int index,
				 uint32_t intid)
{
	struct stat_irq *irq = irq_find(s, index, intid);
	struct stat_irq **place;
	uint64_t at;

	if (irq)
		return irq;
	place = irq_place(s, index, intid);
	irq = place ? stat_file_alloc(sizeof(*irq), &at) : NULL;
	if (!irq)
		return NULL;
	irq->tally.vcpu = index;
	irq->tally.intid = intid;
	irq->own.vcpu_next = (uintptr_t)atomic_load(&s->of_vcpu[index]);
	atomic_store_explicit(&s->of_vcpu[index], irq, memory_order_release);
	atomic_store(&irq->next, atomic_load(&s->shown->first_irq));
	atomic_store(&s->shown->first_irq, at);
	return *place = irq;
}

struct irq_tally *irq_stats_tally(struct device_vm *dev, unsigned int index,
				  uint32_t intid)
{
	struct irq_stats *s = vm_of_dev(dev)->irq_stats;
	struct stat_irq *irq = irq_make(s, index, intid);

	return irq ? &irq->tally : NULL;
}

/* ---- steps --------------------------------------------------------------- */

static void event_add(struct irq_stats *s, unsigned int index,
		      unsigned int step, uint32_t intid, uint64_t now)
{
	struct stat_vm *shown = s->shown;
	uint64_t n, at;

	if (!s->events && !s->no_events) {
		s->events = stat_file_alloc(
			shown->nr_events * sizeof(*s->events), &at);
		s->no_events = !s->events;
		if (s->events)
			atomic_store(&shown->events, at);
	}
	if (!s->events)
		return;
	n = atomic_load_explicit(&shown->events_written, memory_order_relaxed);
	s->events[n % shown->nr_events] = (struct stat_event){
		.when = now,
		.intid = intid,
		.vcpu = (uint16_t)index,
		.step = (uint8_t)step,
		.gap = s->gap,
	};
	s->gap = false;
	atomic_store_explicit(&shown->events_written, n + 1,
			      memory_order_release);
}

static void latency_add(struct vm *vm, struct stat_irq *irq,
			enum stat_latency which, uint64_t from, uint64_t to)
{
	static const uint16_t hist[NR_STAT_LATENCIES] = {
		[STAT_PEND_TO_ACK] = STAT_PEND_TO_ACK_HIST,
		[STAT_ACK_TO_EOI] = STAT_ACK_TO_EOI_HIST,
		[STAT_PEND_TO_DEACTIVATE] = STAT_PEND_TO_DEACTIVATE_HIST,
	};
	/* Counted times of two vCPUs differ by what a quantum is. */
	uint64_t passed = to > from ? to - from : 0;
	struct vcpu *vcpu = vcpu_running(vm);

	histogram_add(&irq->latency[which], passed);
	/* A descriptor's counters are its vCPU's thread's. */
	if (vcpu && vcpu->index == irq->tally.vcpu)
		stat_hist_add(&vcpu->stats[hist[which]], passed);
}

static void step_pend(struct irq_stats *s, unsigned int index, uint32_t intid,
		      uint64_t now)
{
	struct stat_irq *irq = irq_make(s, index, intid);

	if (!irq)
		return;
	irq->own.waits_since = now;
	irq->own.waits_in = s->window;
}

/* Where @irq waits: it may have come to its vCPU from another one. */
static struct stat_irq *irq_waiting(struct vm *vm, struct stat_irq *irq)
{
	struct irq_stats *s = vm->irq_stats;
	struct stat_irq *found = NULL;

	if (irq->own.waits_in == s->window)
		return irq;
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++) {
		struct stat_irq *other = irq_find(s, i, irq->tally.intid);

		if (other && other->own.waits_in == s->window &&
		    (!found || other->own.waits_since > found->own.waits_since))
			found = other;
	}
	return found;
}

static void step_acknowledge(struct vm *vm, unsigned int index, uint32_t intid,
			     uint64_t now)
{
	struct irq_stats *s = vm->irq_stats;
	struct stat_irq *irq = irq_make(s, index, intid), *waiting;

	if (!irq)
		return;
	waiting = irq_waiting(vm, irq);
	irq->own.acked = now;
	irq->own.acked_in = s->window;
	irq->own.pended_in = 0;
	if (!waiting)
		return;
	irq->own.pended = waiting->own.waits_since;
	irq->own.pended_in = s->window;
	waiting->own.waits_in = 0;
	latency_add(vm, irq, STAT_PEND_TO_ACK, irq->own.pended, now);
}

/* A guest may end what never began. */
static bool step_eoi(struct vm *vm, unsigned int index, uint32_t intid,
		     uint64_t now)
{
	struct irq_stats *s = vm->irq_stats;
	struct stat_irq *irq = irq_find(s, index, intid);

	if (!irq || irq->own.acked_in != s->window)
		return false;
	irq->own.acked_in = 0;
	latency_add(vm, irq, STAT_ACK_TO_EOI, irq->own.acked, now);
	return true;
}

static bool step_deactivate(struct vm *vm, unsigned int index, uint32_t intid,
			    uint64_t now)
{
	struct irq_stats *s = vm->irq_stats;
	struct stat_irq *irq = irq_find(s, index, intid);

	if (!irq || irq->own.pended_in != s->window)
		return false;
	irq->own.pended_in = 0;
	latency_add(vm, irq, STAT_PEND_TO_DEACTIVATE, irq->own.pended, now);
	return true;
}

static void steps_count(struct stat_vm *shown, unsigned int step,
			uint32_t intid)
{
	enum stat_range range = intid == IRQ_NONE || intid < 32
					? STAT_RANGE_OTHER
				: intid < 8192 ? STAT_RANGE_SPI
					       : STAT_RANGE_LPI;

	if (shown->counted && step < STAT_STEPS)
		atomic_fetch_add_explicit(&shown->steps[range][step], 1,
					  memory_order_relaxed);
}

#define TIMED_STEPS                                                           \
	(BIT(IRQ_STEP_PEND) | BIT(IRQ_STEP_ACKNOWLEDGE) | BIT(IRQ_STEP_EOI) | \
	 BIT(IRQ_STEP_DEACTIVATE))

void irq_stats_step(struct vm *vm, unsigned int index, unsigned int step,
		    uint32_t intid)
{
	struct irq_stats *s = vm->irq_stats;
	bool known = true;
	uint64_t now;

	steps_count(s->shown, step, intid);
	if (!(BIT(step) & TIMED_STEPS) || intid == IRQ_NONE ||
	    !window_is_open(s))
		return;
	now = clock_now(&vm->clock);
	switch (step) {
	case IRQ_STEP_PEND: step_pend(s, index, intid, now); break;
	case IRQ_STEP_ACKNOWLEDGE:
		step_acknowledge(vm, index, intid, now);
		break;
	case IRQ_STEP_EOI: known = step_eoi(vm, index, intid, now); break;
	case IRQ_STEP_DEACTIVATE:
		known = step_deactivate(vm, index, intid, now);
		break;
	}
	if (known)
		event_add(s, index, step, intid, now);
	if (step == IRQ_STEP_ACKNOWLEDGE && !--s->window_left)
		window_ends(vm);
}

/* ---- life ---------------------------------------------------------------- */

static void name_put(char *to, const char *name)
{
	snprintf(to, STAT_NAME, "%s", name ? name : "");
}

static void names_fill(struct stat_vm *shown, const struct arch *arch)
{
	for (unsigned int i = 0; i < NR_IRQ_STEPS && i < STAT_STEPS; i++)
		name_put(shown->step_name[i], irq_step_name(i));
	for (unsigned int i = 0; arch->exit_name && i < STAT_KINDS; i++)
		name_put(shown->exit_name[i], arch->exit_name(i));
	for (unsigned int i = 0; arch->class_name && i < STAT_KINDS; i++)
		name_put(shown->class_name[i], arch->class_name(i));
}

static struct stat_vm *shown_new(struct vm *vm, struct stat_head *head)
{
	uint64_t at, none = 0;
	struct stat_vm *shown = stat_file_alloc(sizeof(*shown), &at);
	_Atomic uint64_t *link = &head->first_vm;

	if (!shown)
		return NULL;
	shown->counted = vm->dev.counted;
	shown->nr_events = kernel_clock()->stat_events;
	shown->started = clock_now(&vm->clock);
	name_put(shown->arch, vm->arch->name);
	name_put(shown->clock, vm->clock.ops->name);
	names_fill(shown, vm->arch);
	/* To the list's end, which another thread may lengthen. */
	while (!atomic_compare_exchange_strong(link, &none, at)) {
		struct stat_vm *last = (void *)((char *)head + none);

		shown->number = last->number + 1;
		link = &last->next;
		none = 0;
	}
	return shown;
}

void irq_stats_begin(struct vm *vm)
{
	struct stat_head *head = stat_file();
	struct irq_stats *s = head ? calloc(1, sizeof(*s)) : NULL;

	if (!s)
		return;
	s->shown = shown_new(vm, head);
	if (!s->shown) {
		free(s);
		return;
	}
	s->random = 0x9e3779b9;
	s->credit = CREDIT_NS;
	s->state = WINDOW_OPEN;
	s->window = 1;
	s->window_left = WINDOW;
	s->gap = true;
	s->since = s->shown->started;
	vm->irq_stats = s;
	vm->dev.tallied = true;
}

void irq_stats_end(struct vm *vm)
{
	struct irq_stats *s = vm->irq_stats;
	uint64_t now;

	if (!s)
		return;
	now = clock_now(&vm->clock);
	atomic_store(&s->shown->ended, now);
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		if (vm->vcpus[i]->shown)
			stat_guest_end(vm->vcpus[i], now);
	for (unsigned int i = 0; i < MAX_VCPUS; i++) {
		for (unsigned int k = 0;
		     s->tree[i] && k < MAX_INTID / LEAF_INTIDS; k++)
			free(s->tree[i][k]);
		free(s->tree[i]);
	}
	free(s);
	vm->irq_stats = NULL;
}

struct stat_vm *irq_stats_vm(struct vm *vm)
{
	return vm->irq_stats ? vm->irq_stats->shown : NULL;
}

/* vm->lock held. */
void irq_stats_vcpu(struct vcpu *vcpu)
{
	struct irq_stats *s = vcpu->vm->irq_stats;
	struct stat_vcpu *shown;
	uint64_t at;

	shown = s ? stat_file_alloc(sizeof(*shown), &at) : NULL;
	if (!shown)
		return;
	shown->index = vcpu->index;
	shown->id = vcpu->id;
	shown->own.until = 1;
	shown->own.started = s->shown->started;
	atomic_store(&shown->next, atomic_load(&s->shown->first_vcpu));
	atomic_store(&s->shown->first_vcpu, at);
	vcpu->shown = shown;
	stat_guest_begin(vcpu);
}

/* ---- how long exits take ------------------------------------------------- */

/* As with interrupts: what the clock takes, ns, is to be 1/COST_PARTS of the
 * time. The first ones are timed whatever that costs. */
#define EXIT_COST_NS 200
#define FIRST_EXITS  1000
#define MAX_EVERY    4096

void irq_stats_left(struct vcpu *vcpu, unsigned int kind)
{
	struct stat_vcpu *s = vcpu->shown;
	uint64_t now = clock_now(&vcpu->vm->clock);

	stat_guest_course(vcpu, now);
	/* Where time is counted the host's says nothing, and to look at the
	 * clock is no dearer than anything else. */
	if (vcpu->vm->turns || kind >= STAT_KINDS) {
		s->own.until = 1;
		return;
	}
	s->own.kind = kind;
	s->own.left = now;
}

/* The loop of KVM_RUN looks at who was kicked anyway, just before it enters the
 * guest: nobody else has to ask whether an exit is timed. */
void irq_stats_handled(struct vcpu *vcpu)
{
	if (vcpu->shown->own.left)
		atomic_fetch_or(vcpu->requests, VCPU_REQ_KICK);
}

static void count(_Atomic uint64_t *n, uint64_t more)
{
	atomic_store_explicit(
		n, atomic_load_explicit(n, memory_order_relaxed) + more,
		memory_order_relaxed);
}

/* How many exits pass until one is timed again. */
static uint32_t exits_until(struct stat_vcpu *s, uint64_t now)
{
	uint64_t mean =
		(now - s->own.went_on) / (s->own.every ? s->own.every : 1);
	uint64_t every = EXIT_COST_NS * COST_PARTS / (mean ? mean : 1);

	if (s->own.taken < FIRST_EXITS || every < 1)
		every = 1;
	if (every > MAX_EVERY)
		every = MAX_EVERY;
	/* Lest it be the rhythm of the guest. */
	if (every > 4)
		every = every - every / 4 + now % (every / 2);
	return (uint32_t)every;
}

void irq_stats_go_on(struct vcpu *vcpu)
{
	struct stat_vcpu *s = vcpu->shown;
	struct stat_time *t = &s->time[s->own.kind];
	uint64_t now, ns;

	if (!s->own.left)
		return;
	now = clock_now(&vcpu->vm->clock);
	ns = now - s->own.left;
	if (!atomic_load(&t->timed) || ns < atomic_load(&t->min))
		atomic_store(&t->min, ns);
	if (ns > atomic_load(&t->max))
		atomic_store(&t->max, ns);
	count(&t->sum, ns);
	count(&t->timed, 1);
	s->own.left = 0;
	s->own.taken++;
	s->own.every = s->own.until = exits_until(s, now);
	s->own.went_on = now;
}
