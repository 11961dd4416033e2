/* SPDX-License-Identifier: MIT */
/*
 * Interrupts on their way, where time is counted: from being pending to the
 * vCPU's interface that can choose them, and from a choice to the pins.
 *
 * An interrupt that becomes pending at t can be chosen from t + late + pend on
 * (late: what its cause took, as a translation does), and is at the CPU
 * interface choose + route + signal later. Until then it is on the target's list
 * of flights, and neither IAR, HPPIR nor the pins know of it; the registers of
 * the distributor do. It never arrives if it is not pending, enabled and
 * inactive any more. It starts again if its target changes, and once it has
 * arrived if its group or priority does; as it does if it still is pending when
 * it becomes inactive or enabled. As it is pending already, only choose + route +
 * signal are ahead of it then.
 *
 * Pins that rise because the CPU interface changed (a mask, the end of an
 * interrupt) do so choose + signal later. Pins fall at once.
 *
 * gic->lock is held in every function but gic_vcpu_due().
 */
#include "gic/costs.h"
#include "gic/gic-internal.h"

static uint64_t time_now(struct gic *gic)
{
	return gic->vm->ops->now(gic->vm);
}

static unsigned int kind_of(const struct gic_irq *irq)
{
	if (irq->intid < GIC_NR_SGIS)
		return 0;
	if (irq->intid < GIC_NR_PRIVATE)
		return 1;
	return irq->intid < GIC_MIN_LPI ? 2 : 3;
}

static uint64_t next_event(const struct gic_vcpu *v)
{
	const struct gic_irq *first = v->flights.first;
	uint64_t at = first ? first->arrives : GIC_NEVER;

	return at < v->rises ? at : v->rises;
}

/* By arrival, then by order of start. */
static void flight_add(struct gic_vcpu *v, struct gic_irq *irq)
{
	struct gic_queue *q = &v->flights;
	struct gic_irq *before = q->last;

	while (before && before->arrives > irq->arrives)
		before = before->prev;
	gic_queue_link(q, irq, before);
	irq->flying = v;
}

void gic_flight_cancel(struct gic_irq *irq)
{
	struct gic_queue *q = &irq->flying->flights;

	gic_queue_unlink(q, irq);
	irq->flying = NULL;
}

/* What has arrived by @now is there; the pins follow. */
static void land(struct gic *gic, struct gic_vcpu *v, uint64_t now)
{
	struct gic_irq *irq;
	bool landed = false;

	while ((irq = v->flights.first) && irq->arrives <= now) {
		gic_flight_cancel(irq);
		gic_queue_add(v, irq);
		landed = true;
	}
	if (landed) /* chosen and signalled on the way */
		v->rises = now;
	if (v->rises <= now)
		gic_pins_update(gic, v);
}

static void ask_again(struct gic *gic, struct gic_vcpu *v)
{
	uint64_t at = next_event(v);

	if (at != GIC_NEVER)
		gic->vm->ops->due_at(gic->vm, v->index, at);
}

void gic_vcpu_due(struct gic *gic, unsigned int index)
{
	struct gic_vcpu *v = index < GIC_MAX_VCPUS ? gic->vcpus[index] : NULL;

	if (!v || !gic->counted)
		return;
	gic_lock(gic);
	land(gic, v, time_now(gic));
	ask_again(gic, v);
	gic_unlock(gic);
}

static void start(struct gic *gic, struct gic_vcpu *v, struct gic_irq *irq,
		  uint64_t now)
{
	unsigned int kind = kind_of(irq);

	irq->arrives = irq->ready_at > now ? irq->ready_at : now;
	irq->arrives += gic->costs[GIC_COST_CHOOSE] +
			gic->costs[GIC_COST_ROUTE_SGI + kind] +
			gic->costs[GIC_COST_SIGNAL];
	flight_add(v, irq);
	if (irq->arrives <= now)
		land(gic, v, now);
	else if (v->flights.first == irq)
		ask_again(gic, v);
}

void gic_irq_update_counted(struct gic *gic, struct gic_irq *irq,
			    struct gic_vcpu *to)
{
	struct gic_vcpu *was = irq->queued, *flew = irq->flying;
	bool pending = gic_irq_pending(irq);
	uint64_t late = irq->late;
	uint64_t now;

	irq->late = 0;
	if (!to && !was && !flew && pending == irq->was_pending)
		return;
	now = time_now(gic);
	if (pending && !irq->was_pending)
		irq->ready_at = now + late +
				gic->costs[GIC_COST_PEND_SGI + kind_of(irq)];
	irq->was_pending = pending;

	if (to == flew && !was)
		return;
	if (was && was == to && irq->slot_group == irq->group &&
	    irq->slot_level == irq->prio >> 3)
		return;
	if (flew)
		gic_flight_cancel(irq);
	if (was)
		gic_queue_remove(irq);
	if (to && !was && !flew)
		gic_step(gic, to->index, IRQ_STEP_PEND, irq->intid);
	if (to)
		start(gic, to, irq, now);
	if (was)
		gic_pins_update(gic, was);
}

uint32_t gic_pins_counted(struct gic *gic, struct gic_vcpu *v, uint32_t pins)
{
	uint64_t now;

	if (!(pins & ~v->pins)) {
		v->rises = GIC_NEVER;
		return pins;
	}
	now = time_now(gic);
	if (v->rises == GIC_NEVER) {
		v->rises = now + gic->costs[GIC_COST_CHOOSE] +
			   gic->costs[GIC_COST_SIGNAL];
		if (v->rises > now)
			ask_again(gic, v);
	}
	if (v->rises > now)
		return pins & v->pins;
	v->rises = GIC_NEVER;
	return pins;
}
