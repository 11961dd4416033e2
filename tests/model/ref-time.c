/* SPDX-License-Identifier: MIT */
/*
 * The reference GIC where time is counted: what becomes pending at t is at the
 * CPU interface when it was pended (after what its cause took), chosen, routed
 * and signalled; nothing but the distributor knows of it before. It sets out anew
 * if its target changes, and once it has arrived if its group or priority does.
 * A CPU interface that changes is chosen from and signalled anew before a pin
 * rises; pins fall at once.
 */
#include "ref-gic.h"

static unsigned int kind(const struct ref_irq *irq)
{
	return irq->intid < 16        ? 0
	       : irq->intid < 32      ? 1
	       : irq->intid < REF_LPI ? 2
				      : 3;
}

void ref_time_pins(struct ref_gic *g, unsigned int v)
{
	struct ref_cpu *c = &g->cpu[v];
	unsigned int pins = ref_pins_wanted(g, v);

	if (pins & ~c->pins && c->rises == REF_NEVER)
		c->rises = g->now + g->choose + g->signal;
	if (pins & ~c->pins && c->rises > g->now) {
		c->pins &= pins;
		return;
	}
	c->pins = pins;
	c->rises = REF_NEVER;
}

static void land(struct ref_gic *g, struct ref_irq *irq)
{
	irq->there = irq->way;
	irq->way = -1;
	irq->there_group = irq->group;
	irq->there_prio = irq->prio >> 3;
	/* Chosen and signalled on its way. */
	g->cpu[irq->there].rises = g->now;
	ref_time_pins(g, irq->there);
}

static bool pending_for(const struct ref_irq *irq, int *to)
{
	bool pending = ref_pending(irq);

	*to = irq->held && !irq->active ? irq->target : -1;
	return pending;
}

void ref_time_event(struct ref_gic *g, struct ref_irq *irq)
{
	uint64_t late = irq->late;
	int to, was = irq->there;
	bool pending = pending_for(irq, &to);

	irq->late = 0;
	if (pending && !irq->was_pending)
		irq->pended = g->now + late + g->pend[kind(irq)];
	irq->was_pending = pending;
	if (to == irq->way && was < 0)
		return;
	if (was >= 0 && was == to && irq->there_group == irq->group &&
	    irq->there_prio == irq->prio >> 3)
		return;
	irq->there = -1;
	irq->way = to;
	irq->arrives = (irq->pended > g->now ? irq->pended : g->now) +
		       g->choose + g->route[kind(irq)] + g->signal;
	if (to >= 0 && irq->arrives <= g->now)
		land(g, irq);
	if (was >= 0)
		ref_time_pins(g, was);
}

void ref_time_gone(struct ref_gic *g, struct ref_irq *irq)
{
	int was = irq->there;

	irq->there = irq->way = -1;
	irq->was_pending = false;
	irq->late = 0;
	if (was >= 0)
		ref_time_pins(g, was);
}

/* One cycle after the other. */
void ref_time_go(struct ref_gic *g, uint64_t when)
{
	while (g->now < when) {
		g->now++;
		for (unsigned int v = 0; v < g->vcpus; v++)
			for (unsigned int i = 0; i < g->cpu[v].listed; i++) {
				struct ref_irq *irq = g->cpu[v].list[i];

				if (irq->way >= 0 && irq->arrives <= g->now)
					land(g, irq);
			}
		for (unsigned int v = 0; v < g->vcpus; v++)
			if (g->cpu[v].rises <= g->now)
				ref_time_pins(g, v);
	}
}
