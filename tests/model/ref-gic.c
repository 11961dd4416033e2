/* SPDX-License-Identifier: MIT */
/*
 * The reference GIC's state and decisions: which interrupt a vCPU has to take
 * next, and what acknowledging, priority drop and deactivation do. IHI 0069H
 * 4.1, 4.8; IHI 0048B 3.2, 5.
 *
 * Among equal priorities the manuals leave the choice open. Linux has a list
 * for each vCPU: an interrupt comes to its end when something happens to it
 * and it is then held (active, or enabled, pending and forwarded to a vCPU that
 * there is); at an exit of the guest those that are not held any more leave it.
 * The first wins, and what is on no list is not delivered.
 */
#include "ref-gic.h"

#include <string.h>

static void irq_reset(struct ref_irq *irq, unsigned int intid, int version)
{
	memset(irq, 0, sizeof(*irq));
	irq->intid = intid;
	irq->exists = true;
	irq->group = version == 3;
	irq->listed = irq->way = irq->there = -1;
	/* Linux: SGIs are always enabled to begin with, SPIs edge-triggered. */
	irq->enabled = intid < 16;
	irq->edge = intid < 16 || intid >= 32;
}

void ref_init(struct ref_gic *g, int version, unsigned int vcpus,
	      unsigned int irqs)
{
	memset(g, 0, sizeof(*g));
	g->version = version;
	g->vcpus = vcpus;
	g->irqs = irqs;
	for (unsigned int v = 0; v < vcpus; v++) {
		for (unsigned int i = 0; i < 32; i++) {
			irq_reset(&g->cpu[v].priv[i], i, version);
			g->cpu[v].priv[i].target = (int)v;
			g->cpu[v].priv[i].targets = 1 << v;
		}
		g->cpu[v].bpr0 = 2;
		g->cpu[v].bpr1 = 3;
		g->cpu[v].rises = REF_NEVER;
	}
	for (unsigned int i = 32; i < irqs; i++)
		irq_reset(&g->spi[i], i, version);
	for (unsigned int i = 0; i < REF_LPIS; i++) {
		irq_reset(&g->lpi[i], REF_LPI + i, version);
		g->lpi[i].edge = true;
		g->lpi[i].exists = false;
	}
}

struct ref_irq *ref_irq(struct ref_gic *g, unsigned int v, unsigned int intid)
{
	if (intid < 32)
		return &g->cpu[v].priv[intid];
	if (intid < g->irqs)
		return &g->spi[intid];
	if (intid >= REF_LPI && intid < REF_LPI + REF_LPIS &&
	    g->lpi[intid - REF_LPI].exists)
		return &g->lpi[intid - REF_LPI];
	return NULL;
}

bool ref_pending(const struct ref_irq *irq)
{
	return irq->latch || (!irq->edge && irq->line);
}

static bool held(const struct ref_gic *g, const struct ref_irq *irq)
{
	return irq->active || (g->enabled && irq->enabled && ref_pending(irq) &&
			       irq->target >= 0);
}

/* ---- the lists ----------------------------------------------------------- */

void ref_unlist(struct ref_gic *g, struct ref_irq *irq)
{
	struct ref_cpu *c;
	unsigned int i = 0;

	if (irq->listed < 0)
		return;
	c = &g->cpu[irq->listed];
	while (c->list[i] != irq)
		i++;
	memmove(&c->list[i], &c->list[i + 1],
		(c->listed - i - 1) * sizeof(c->list[0]));
	c->listed--;
	irq->listed = -1;
}

static void list_append(struct ref_gic *g, struct ref_irq *irq, int v)
{
	struct ref_cpu *c = &g->cpu[v];

	c->list[c->listed++] = irq;
	irq->listed = v;
}

static void list_look(struct ref_gic *g, struct ref_irq *irq, bool event)
{
	bool was_held = irq->held;

	irq->held = held(g, irq) && (event || irq->listed >= 0);
	if (!irq->held)
		return;
	/* An active one stays on the vCPU that has it. */
	if (irq->active && was_held && irq->listed >= 0)
		return;
	if (irq->listed == irq->target)
		return;
	ref_unlist(g, irq);
	if (irq->target >= 0)
		list_append(g, irq, irq->target);
}

void ref_event(struct ref_gic *g, struct ref_irq *irq)
{
	list_look(g, irq, true);
	if (g->counted)
		ref_time_event(g, irq);
}

void ref_changed(struct ref_gic *g, struct ref_irq *irq)
{
	list_look(g, irq, false);
	if (g->counted)
		ref_time_event(g, irq);
}

void ref_enable(struct ref_gic *g, bool on)
{
	if (g->enabled == on)
		return;
	g->enabled = on;
	for (unsigned int v = 0; v < g->vcpus; v++)
		for (unsigned int i = 0; i < 32; i++)
			ref_changed(g, &g->cpu[v].priv[i]);
	for (unsigned int i = 32; i < g->irqs; i++)
		ref_changed(g, &g->spi[i]);
	for (unsigned int i = 0; i < REF_LPIS; i++)
		if (g->lpi[i].exists)
			ref_changed(g, &g->lpi[i]);
}

void ref_gone(struct ref_gic *g, struct ref_irq *irq)
{
	ref_unlist(g, irq);
	irq->exists = irq->orphan = false;
	if (g->counted)
		ref_time_gone(g, irq);
}

void ref_exit(struct ref_gic *g, unsigned int v)
{
	struct ref_cpu *c = &g->cpu[v];
	unsigned int i = 0;

	while (i < c->listed) {
		struct ref_irq *irq = c->list[i];

		if (held(g, irq)) {
			i++;
			continue;
		}
		ref_unlist(g, irq);
		if (irq->orphan)
			ref_gone(g, irq);
	}
}

/* ---- what is next -------------------------------------------------------- */

static bool group_enabled(const struct ref_cpu *c, unsigned int group)
{
	return group ? c->grpen1 : c->grpen0;
}

/* It could be taken now, but for groups and priorities. */
static bool ready(const struct ref_gic *g, const struct ref_irq *irq,
		  unsigned int v)
{
	if (g->counted && irq->there != (int)v)
		return false;
	return held(g, irq) && !irq->active && irq->target == (int)v;
}

struct ref_irq *ref_best(struct ref_gic *g, unsigned int v)
{
	struct ref_cpu *c = &g->cpu[v];
	struct ref_irq *best = NULL;

	for (unsigned int i = 0; i < c->listed; i++) {
		struct ref_irq *irq = c->list[i];

		if (ready(g, irq, v) && group_enabled(c, irq->group) &&
		    (!best || irq->prio >> 3 < best->prio >> 3))
			best = irq;
	}
	return best;
}

unsigned int ref_group_priority(struct ref_gic *g, unsigned int v,
				unsigned int prio, unsigned int group)
{
	struct ref_cpu *c = &g->cpu[v];
	unsigned int bits; /* that don't preempt */

	/* Group 1 with its own register has one bit more for the group. */
	if (group && !c->cbpr)
		bits = c->bpr1;
	else
		bits = c->bpr0 + 1u;
	return prio & 0xf8 & (0xffu << bits);
}

unsigned int ref_running(struct ref_gic *g, unsigned int v)
{
	uint32_t ap = g->cpu[v].ap0r | g->cpu[v].ap1r;

	for (unsigned int i = 0; i < 32; i++)
		if (ap >> i & 1)
			return i << 3;
	return 0xff;
}

struct ref_irq *ref_signalled(struct ref_gic *g, unsigned int v)
{
	struct ref_irq *irq = ref_best(g, v);
	unsigned int prio;

	if (!irq)
		return NULL;
	prio = irq->prio & 0xf8;
	if (prio >= g->cpu[v].pmr ||
	    ref_group_priority(g, v, prio, irq->group) >= ref_running(g, v))
		return NULL;
	return irq;
}

/* Linux ends a WFI for what is pending above the mask, whatever is running
 * and whichever groups are enabled. */
static bool wakes(struct ref_gic *g, unsigned int v)
{
	struct ref_cpu *c = &g->cpu[v];

	for (unsigned int i = 0; i < c->listed; i++)
		if (ready(g, c->list[i], v) &&
		    (c->list[i]->prio & 0xf8) < c->pmr)
			return true;
	return false;
}

unsigned int ref_pins_wanted(struct ref_gic *g, unsigned int v)
{
	struct ref_irq *irq = ref_signalled(g, v);
	unsigned int pins = 0;

	if (irq && !irq->group && (g->version == 3 || g->cpu[v].fiqen))
		pins = REF_PIN_FIQ;
	else if (irq)
		pins = REF_PIN_IRQ;
	if (pins || wakes(g, v))
		pins |= REF_PIN_WAKE;
	return pins;
}

unsigned int ref_pins(struct ref_gic *g, unsigned int v)
{
	if (!g->counted)
		return ref_pins_wanted(g, v);
	ref_time_pins(g, v);
	return g->cpu[v].pins;
}

/* ---- what the guest does with it ----------------------------------------- */

uint32_t ref_acknowledge(struct ref_gic *g, unsigned int v, struct ref_irq *irq)
{
	unsigned int pre = ref_group_priority(g, v, irq->prio, irq->group) >> 3;
	uint32_t id = irq->intid;

	if (g->version == 3 && irq->group)
		g->cpu[v].ap1r |= 1u << pre;
	else
		g->cpu[v].ap0r |= 1u << pre;
	if (irq->edge)
		irq->latch = false;
	if (g->version == 2 && id < 16) {
		unsigned int sender = 0;

		while (!(irq->source >> sender & 1))
			sender++;
		irq->source &= ~(1u << sender);
		irq->latch = irq->source != 0;
		irq->active_source = sender;
		id |= sender << 10;
	}
	/* LPIs have no active state. */
	irq->active = irq->intid < REF_LPI;
	irq->taken_by = (int)v;
	ref_changed(g, irq);
	return id;
}

unsigned int ref_drop(struct ref_gic *g, unsigned int v)
{
	struct ref_cpu *c = &g->cpu[v];

	for (unsigned int i = 0; i < 32; i++) {
		uint32_t bit = 1u << i;

		if (c->ap0r & bit && !(c->ap1r & bit)) {
			c->ap0r &= ~bit;
			return i << 3;
		}
		if (c->ap1r & bit) {
			c->ap1r &= ~bit;
			return i << 3;
		}
	}
	return 0xff;
}

void ref_deactivate(struct ref_gic *g, struct ref_irq *irq)
{
	irq->active = false;
	/* Linux: what software made pending of a level interrupt ends. */
	if (!irq->edge) {
		irq->latch = false;
		if (irq->intid >= 32)
			g->acked++;
	}
	ref_changed(g, irq);
}

/* ---- what makes it pending ----------------------------------------------- */

void ref_line(struct ref_gic *g, unsigned int v, unsigned int intid, bool level)
{
	struct ref_irq *irq = ref_irq(g, v, intid);

	/* Linux keeps the level of a line only while it is a level's. */
	if (irq->edge ? !level : irq->line == level)
		return;
	if (irq->edge)
		irq->latch = true;
	else
		irq->line = level;
	ref_event(g, irq);
}

void ref_sgi(struct ref_gic *g, unsigned int from, unsigned int to,
	     unsigned int intid, unsigned int late)
{
	struct ref_irq *irq = &g->cpu[to].priv[intid];

	irq->late = (late + 1) * g->sgi_target;
	irq->latch = true;
	if (g->version == 2)
		irq->source |= 1u << from;
	ref_event(g, irq);
}
