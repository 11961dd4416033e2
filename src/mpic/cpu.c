/* SPDX-License-Identifier: MIT */
/*
 * What a CPU does with an MPIC: acknowledge, end of interrupt, task priority.
 * Some decisions look at what was the best of a set the last time that anybody
 * looked; they are Linux's (docs/mpic.md).
 *
 * Locks: mpic->lock is held.
 */
#include "mpic/mpic-internal.h"

/* An IPI stays active until each of its CPUs had it. */
static void ipi_taken(struct mpic *m, unsigned int cpu, unsigned int source)
{
	struct mpic_source *s = &m->source[source];

	s->dest &= ~(1u << cpu);
	if (!s->dest || s->level)
		return;
	mpic_set_source(m, source, 1);
	mpic_set_source(m, source, 0);
	s->ivpr |= IVPR_ACTIVITY;
}

/* Is the best that was raised to be had? What is in service does not count. */
static bool can_take(const struct mpic_source *s, const struct mpic_cpu *c)
{
	return s->ivpr & IVPR_ACTIVITY && IVPR_PRIORITY(s->ivpr) > c->ctpr;
}

uint32_t mpic_acknowledge(struct mpic *m, unsigned int cpu, bool paid)
{
	struct mpic_cpu *c = &m->cpu[cpu];
	struct mpic_source *s;
	uint32_t vector = m->svr;
	int source;
	bool taken;

	mpic_lower(m, cpu);
	source = mpic_set_look(&c->raised);
	s = source < 0 ? NULL : &m->source[source];
	taken = s && can_take(s, c);
	mpic_step(m, c->vcpu, IRQ_STEP_ACKNOWLEDGE,
		  taken ? (uint32_t)source : IRQ_NONE, paid);
	if (!s)
		return vector;
	if (taken) {
		if (c->vcpu >= 0)
			irq_tally_count(m->vm, &s->tally, c->vcpu, source);
		mpic_set_add(&c->serving, source, IVPR_PRIORITY(s->ivpr));
		vector = s->ivpr & IVPR_VECTOR;
	} else {
		mpic_update(m, source);
	}
	/* Taken or not: an edge is lost then. */
	if (!s->level) {
		s->ivpr &= ~IVPR_ACTIVITY;
		s->pending = 0;
		mpic_set_del(&c->raised, source, IVPR_PRIORITY(s->ivpr));
	}
	if (source >= MPIC_IPI0 && source < MPIC_TIMER0)
		ipi_taken(m, cpu, source);
	return vector;
}

int mpic_end(struct mpic *m, unsigned int cpu, bool paid)
{
	struct mpic_cpu *c = &m->cpu[cpu];
	int ended = mpic_set_look(&c->serving);

	mpic_step(m, c->vcpu, IRQ_STEP_EOI,
		  ended < 0 ? IRQ_NONE : (uint32_t)ended, paid);
	if (ended < 0)
		return -1;
	/* One write is both, as a GIC's is without EOImode. */
	mpic_step(m, c->vcpu, IRQ_STEP_DEACTIVATE, ended, paid);
	mpic_set_del(&c->serving, ended, IVPR_PRIORITY(m->source[ended].ivpr));
	/* What is still up waits again, as a GIC's level does. */
	if (mpic_set_has(&c->raised, ended,
			 IVPR_PRIORITY(m->source[ended].ivpr)))
		mpic_step(m, c->vcpu, IRQ_STEP_PEND, ended, false);
	/* CTPR isn't asked. */
	mpic_set_look(&c->serving);
	if (mpic_set_look(&c->raised) >= 0 &&
	    c->raised.priority > c->serving.priority)
		mpic_raise(m, cpu);
	return ended;
}

void mpic_write_ctpr(struct mpic *m, unsigned int cpu, uint32_t val)
{
	struct mpic_cpu *c = &m->cpu[cpu];

	c->ctpr = val & (MPIC_PRIORITIES - 1);
	if (c->raised.priority <= (int)c->ctpr)
		mpic_lower(m, cpu);
	else if (c->raised.priority > c->serving.priority)
		mpic_raise(m, cpu);
}
