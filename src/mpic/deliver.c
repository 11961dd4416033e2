/* SPDX-License-Identifier: MIT */
/*
 * Sources of an MPIC and their way to a CPU: pending, active, raised at each
 * CPU that the source names, INT. The order of what is done, and which state a
 * decision looks at, is Linux's (docs/mpic.md).
 *
 * Where time is counted a source that becomes active is on its way to a CPU
 * first: until then IACK does not find it, and INT does not rise for it.
 *
 * Locks: mpic->lock is held.
 */
#include <string.h>

#include "mpic/mpic-internal.h"

/* ---- sets of sources ----------------------------------------------------- */

void mpic_set_add(struct mpic_set *s, unsigned int source, unsigned int prio)
{
	s->member[prio][source / 64] |= BIT(source % 64);
	s->levels |= 1u << prio;
}

void mpic_set_del(struct mpic_set *s, unsigned int source, unsigned int prio)
{
	uint64_t left = 0;

	s->member[prio][source / 64] &= ~BIT(source % 64);
	for (unsigned int i = 0; i < ARRAY_SIZE(s->member[0]); i++)
		left |= s->member[prio][i];
	if (!left)
		s->levels &= ~(1u << prio);
}

bool mpic_set_has(const struct mpic_set *s, unsigned int source,
		  unsigned int prio)
{
	return s->member[prio][source / 64] >> (source % 64) & 1;
}

int mpic_set_look(struct mpic_set *s)
{
	const uint64_t *word;
	unsigned int i = 0;

	s->next = -1;
	s->priority = -1;
	if (s->levels) {
		s->priority = 31 - __builtin_clz(s->levels);
		word = s->member[s->priority];
		while (!word[i])
			i++;
		s->next = i * 64 + __builtin_ctzll(word[i]);
	}
	return s->next;
}

/* ---- INT ----------------------------------------------------------------- */

static void ask_for_due(struct mpic *m, unsigned int cpu)
{
	const struct mpic_cpu *c = &m->cpu[cpu];
	uint64_t when = c->rise;

	if (c->nr_flights && c->flight[0].arrival < when)
		when = c->flight[0].arrival;
	if (when != UINT64_MAX && c->vcpu >= 0)
		m->vm->ops->due_at(m->vm, c->vcpu, when);
}

static void drive(struct mpic *m, unsigned int cpu, bool level)
{
	struct mpic_cpu *c = &m->cpu[cpu];

	c->rise = UINT64_MAX;
	if (c->vcpu < 0)
		return;
	if (c->asserted != level)
		mpic_step(m, c->vcpu, IRQ_STEP_SIGNAL, IRQ_NONE, false);
	c->asserted = level;
	m->vm->ops->set_pins(m->vm, c->vcpu, level ? MPIC_PIN_INT : 0);
}

void mpic_raise(struct mpic *m, unsigned int cpu)
{
	struct mpic_cpu *c = &m->cpu[cpu];

	if (!m->vm->counted || c->asserted || c->vcpu < 0) {
		drive(m, cpu, true);
	} else if (c->rise == UINT64_MAX) {
		c->rise = m->vm->ops->now(m->vm) + m->cycles[IRQ_STEP_CHOOSE] +
			  m->cycles[IRQ_STEP_SIGNAL];
		ask_for_due(m, cpu);
	}
}

void mpic_lower(struct mpic *m, unsigned int cpu)
{
	drive(m, cpu, false);
}

/* ---- from a source to a CPU ---------------------------------------------- */

/* It is in the raised set now. */
static void deliver_active(struct mpic *m, unsigned int cpu,
			   unsigned int source)
{
	struct mpic_cpu *c = &m->cpu[cpu];
	int prio = IVPR_PRIORITY(m->source[source].ivpr);

	mpic_set_look(&c->raised);
	mpic_set_look(&c->serving);
	if (prio <= (int)c->ctpr) {
		if (c->raised.priority <= (int)c->ctpr ||
		    c->raised.priority <= c->serving.priority)
			mpic_lower(m, cpu);
	} else if (c->serving.next < 0 || prio > c->serving.priority) {
		drive(m, cpu, true);
	}
}

static void deliver_inactive(struct mpic *m, unsigned int cpu)
{
	struct mpic_cpu *c = &m->cpu[cpu];

	mpic_set_look(&c->raised);
	mpic_set_look(&c->serving);
	if (c->raised.priority <= (int)c->ctpr ||
	    c->raised.priority <= c->serving.priority)
		mpic_lower(m, cpu);
}

static void flight_remove(struct mpic_cpu *c, unsigned int i)
{
	c->nr_flights--;
	memmove(&c->flight[i], &c->flight[i + 1],
		(c->nr_flights - i) * sizeof(c->flight[0]));
}

static int flight_find(const struct mpic_cpu *c, unsigned int source)
{
	for (unsigned int i = 0; i < c->nr_flights; i++)
		if (c->flight[i].source == source)
			return (int)i;
	return -1;
}

/* In order of arrival; of equals, the first to be pending first. */
static void flight_begin(struct mpic *m, unsigned int cpu, unsigned int source)
{
	struct mpic_cpu *c = &m->cpu[cpu];
	unsigned int i = c->nr_flights;
	uint64_t when;

	if (flight_find(c, source) >= 0)
		return;
	when = m->vm->ops->now(m->vm) + m->cycles[IRQ_STEP_PEND] +
	       m->cycles[IRQ_STEP_CHOOSE] + m->cycles[IRQ_STEP_SIGNAL];
	if (source >= MPIC_IPI0 && source < MPIC_TIMER0)
		when += m->cycles[IRQ_STEP_SGI];
	for (; i && c->flight[i - 1].arrival > when; i--)
		c->flight[i] = c->flight[i - 1];
	c->flight[i] = (struct mpic_flight){when, source};
	c->nr_flights++;
	ask_for_due(m, cpu);
}

static void flight_end(struct mpic *m, unsigned int cpu)
{
	struct mpic_cpu *c = &m->cpu[cpu];
	unsigned int source = c->flight[0].source;

	flight_remove(c, 0);
	mpic_step(m, c->vcpu, IRQ_STEP_CHOOSE, source, false);
	mpic_set_add(&c->raised, source, IVPR_PRIORITY(m->source[source].ivpr));
	deliver_active(m, cpu, source);
}

void mpic_cpu_due(struct mpic *m, unsigned int cpu)
{
	struct mpic_cpu *c = &m->cpu[cpu];
	uint64_t now = m->vm->ops->now(m->vm);

	for (;;) {
		bool flies = c->nr_flights && c->flight[0].arrival <= now;

		if (flies && c->flight[0].arrival <= c->rise)
			flight_end(m, cpu);
		else if (c->rise <= now)
			drive(m, cpu, true);
		else
			break;
	}
	ask_for_due(m, cpu);
}

/* The activity of @source changed from @was, or is to be looked at again. */
static void deliver(struct mpic *m, unsigned int cpu, unsigned int source,
		    bool active, bool was)
{
	struct mpic_cpu *c = &m->cpu[cpu];
	unsigned int prio = IVPR_PRIORITY(m->source[source].ivpr);
	int i;

	/* Linux counts sources that drive another output, and no vCPU and no
	 * register ever hears of the count. */
	if (m->source[source].output != MPIC_INT)
		return;
	if (active && !was) {
		mpic_step(m, c->vcpu, IRQ_STEP_PEND, source, false);
		if (source >= MPIC_IPI0)
			mpic_step(m, c->vcpu, IRQ_STEP_SGI, source, false);
	}
	if (active && m->vm->counted && c->vcpu >= 0 &&
	    !mpic_set_has(&c->raised, source, prio)) {
		flight_begin(m, cpu, source);
	} else if (active) {
		mpic_set_add(&c->raised, source, prio);
		deliver_active(m, cpu, source);
	} else {
		i = flight_find(c, source);
		if (i >= 0)
			flight_remove(c, i);
		mpic_set_del(&c->raised, source, prio);
		deliver_inactive(m, cpu);
	}
}

void mpic_update(struct mpic *m, unsigned int source)
{
	struct mpic_source *s = &m->source[source];
	bool active = s->pending && (!(s->ivpr & IVPR_MASK) || s->ignore_mask);
	bool was = s->ivpr & IVPR_ACTIVITY;
	uint32_t cpus = s->dest;

	if (!active && !was)
		return;
	s->ivpr = active ? s->ivpr | IVPR_ACTIVITY : s->ivpr & ~IVPR_ACTIVITY;
	/* An IPI can name CPUs that aren't there. For CPU 0 alone Linux does
	 * not ask whether it is. */
	if (cpus != 1)
		cpus &= BIT(m->nr_cpus) - 1;
	for (; cpus; cpus &= cpus - 1)
		deliver(m, __builtin_ctz(cpus), source, active, was);
}

/* ---- what happens to sources --------------------------------------------- */

void mpic_set_source(struct mpic *m, unsigned int source, int32_t level)
{
	struct mpic_source *s = &m->source[source];

	if (s->level) {
		s->pending = level;
		mpic_update(m, source);
		return;
	}
	if (level) {
		s->pending = 1;
		mpic_update(m, source);
	}
	if (s->output != MPIC_INT) {
		/* Nobody would acknowledge it. */
		s->pending = 0;
		mpic_update(m, source);
	}
}

static void move(struct mpic_set *s, unsigned int source, unsigned int from,
		 unsigned int to)
{
	if (from == to || !mpic_set_has(s, source, from))
		return;
	mpic_set_del(s, source, from);
	mpic_set_add(s, source, to);
}

void mpic_write_ivpr(struct mpic *m, unsigned int source, uint32_t val)
{
	struct mpic_source *s = &m->source[source];
	unsigned int old = IVPR_PRIORITY(s->ivpr), new = IVPR_PRIORITY(val);
	uint32_t mask = IVPR_MASK | 15u << 16 | IVPR_VECTOR;

	if (source < MPIC_NR_PINS)
		mask |= IVPR_POLARITY;
	if (source < MPIC_NR_EXTERNAL) {
		mask |= IVPR_SENSE;
		s->level = val & IVPR_SENSE;
	}
	s->ivpr = (s->ivpr & IVPR_ACTIVITY) | (val & mask);
	for (unsigned int i = 0; i < MPIC_NR_CPUS; i++) {
		move(&m->cpu[i].raised, source, old, new);
		move(&m->cpu[i].serving, source, old, new);
	}
	mpic_update(m, source);
}

void mpic_write_idr(struct mpic *m, unsigned int source, uint32_t val)
{
	struct mpic_source *s = &m->source[source];
	unsigned int n = m->nr_cpus;
	uint32_t normal = BIT(n) - 1, critical;

	if (!m->model->idr_critical) {
		s->idr = s->dest = val & normal;
		return;
	}
	/* Bits 30 down are critical for CPU 0 up: with many CPUs the two
	 * groups share bits, and with 32 Linux's has no critical ones. */
	critical = n < MPIC_NR_CPUS ? normal << (31 - n) : 0;
	s->idr = val & (normal | critical | IDR_EXTERNAL_PIN);
	s->ignore_mask = s->idr & critical;
	s->output = s->ignore_mask ? MPIC_CRITICAL : MPIC_INT;
	s->dest = s->idr & normal;
	if (s->ignore_mask) {
		s->dest = 0;
		for (unsigned int i = 0; i < n && i < 31; i++)
			s->dest |= (s->idr >> (30 - i) & 1) << i;
	}
}

void mpic_send_msi(struct mpic *m, uint32_t msiir)
{
	unsigned int n = msiir >> 29;

	m->msir[n] |= 1u << FIELD(msiir, 28, 24);
	mpic_set_source(m, MPIC_MSI0 + n, 1);
}

void mpic_send_ipi(struct mpic *m, unsigned int ipi, uint32_t cpus)
{
	m->source[MPIC_IPI0 + ipi].dest |= cpus;
	mpic_set_source(m, MPIC_IPI0 + ipi, 1);
	mpic_set_source(m, MPIC_IPI0 + ipi, 0);
}

void mpic_cpu_reset(struct mpic_cpu *c)
{
	const struct mpic_set empty = {.next = -1};

	c->ctpr = MPIC_PRIORITIES - 1;
	c->raised = c->serving = empty;
	c->nr_flights = 0;
	c->rise = UINT64_MAX;
}
