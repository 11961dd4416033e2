/* SPDX-License-Identifier: MIT */
/*
 * From a pending interrupt to a vCPU's pins and back: pend, choose, signal,
 * acknowledge, priority drop, deactivate. Both GIC models and userspace
 * state changes meet here, so that each step can be charged.
 *
 * GICv3 specification (IHI 0069) chapter 4, "virtual" CPU interface with 5
 * priority bits, as a KVM guest has it. Linux keeps an interrupt on the vCPU
 * that acknowledged it until it is deactivated there, and clears the software
 * latch of a level interrupt when it is deactivated: so do we.
 *
 * gic->lock is held in every function.
 */
#include "gic/gic-internal.h"

struct gic_irq *gic_irq_find(struct gic *gic, struct gic_vcpu *v,
			     uint32_t intid)
{
	if (intid < GIC_NR_PRIVATE)
		return v ? &v->priv[intid] : NULL;
	if (intid < gic_nr_irqs(gic))
		return gic->spis ? &gic->spis[intid - GIC_NR_PRIVATE] : NULL;
	return intid >= GIC_MIN_LPI ? gic_lpi_find(gic, intid) : NULL;
}

/* Behind whom @irq's place is, if it is not at the end. One that comes back (a
 * level after its end) mostly was the first. */
static COLD struct gic_irq *queue_place(const struct gic_queue *q,
					const struct gic_irq *irq)
{
	struct gic_irq *before = q->last;

	if (q->first->place > irq->place)
		return NULL;
	while (before->place > irq->place)
		before = before->prev;
	return before;
}

static inline void queue_add(struct gic_vcpu *v, struct gic_irq *irq)
{
	unsigned int g = irq->group, level = irq->prio >> 3;
	struct gic_queue *q = &v->queue[g][level];
	struct gic_irq *before = q->last;

	if (before && unlikely(before->place > irq->place))
		before = queue_place(q, irq);
	gic_queue_link(q, irq, before);
	irq->queued = v;
	irq->slot_group = g;
	irq->slot_level = level;
	v->ready[g] |= 1u << level;
}

static inline void queue_remove(struct gic_irq *irq)
{
	struct gic_vcpu *v = irq->queued;
	unsigned int g = irq->slot_group, level = irq->slot_level;
	struct gic_queue *q = &v->queue[g][level];

	gic_queue_unlink(q, irq);
	if (!q->first)
		v->ready[g] &= ~(1u << level);
	irq->queued = NULL;
}

void gic_queue_add(struct gic_vcpu *v, struct gic_irq *irq)
{
	queue_add(v, irq);
}

void gic_queue_remove(struct gic_irq *irq)
{
	queue_remove(irq);
}

/*
 * Linux has a list for each vCPU: an interrupt comes to its end by an event of
 * its own (its line or latch, enabling, its group, becoming active), if it is
 * then active, or pending, enabled and forwarded by an enabled distributor to a
 * vCPU that there is. It leaves the list when it is none of these at an exit of
 * the guest; until then it keeps its place, and comes back to it. What is not on
 * a list is not delivered, whatever it has become since. Among equal priorities
 * the list decides, too. (The hardware takes the first of the list registers.)
 */
bool gic_irq_listed(const struct gic_irq *irq)
{
	const struct gic_vcpu *v = irq->placed_on;

	return irq->placed ||
	       (v && irq->left == atomic_load_explicit(&v->run.exits,
						       memory_order_relaxed));
}

static void irq_place_changed(struct gic *gic, struct gic_irq *irq, bool held)
{
	struct gic_vcpu *v = irq->placed_on;

	if (!held) {
		irq->placed = false;
		irq->left = atomic_load_explicit(&v->run.exits,
						 memory_order_relaxed);
		return;
	}
	if (v && v == irq->target && gic_irq_listed(irq)) {
		irq->placed = true;
		return;
	}
	irq->placed_on = irq->target;
	irq->placed = irq->target != NULL;
	irq->place = ++gic->places;
}

static ALWAYS_INLINE void irq_look(struct gic *gic, struct gic_irq *irq,
				   bool event)
{
	struct gic_vcpu *was = irq->queued, *to = NULL;
	bool listed = event || gic_irq_listed(irq);
	bool pending = irq->enabled && gic_irq_pending(irq) && irq->target &&
		       gic->enabled && listed;
	bool held = pending || (irq->active && listed);

	/* An active one stays where it is. */
	if (held != irq->placed ||
	    (pending && !irq->active && irq->placed_on != irq->target))
		irq_place_changed(gic, irq, held);
	if (pending && !irq->active)
		to = irq->target;
	if (unlikely(gic->counted)) {
		gic_irq_update_counted(gic, irq, to);
		return;
	}
	if (was == to && (!was || (irq->slot_group == irq->group &&
				   irq->slot_level == irq->prio >> 3)))
		return;

	if (was)
		queue_remove(irq);
	if (to) {
		queue_add(to, irq);
		if (!was)
			gic_step(gic, to->index, IRQ_STEP_PEND, irq->intid);
	}
	if (was && was != to)
		gic_pins_update(gic, was);
	if (to)
		gic_pins_update(gic, to);
}

void gic_irq_event(struct gic *gic, struct gic_irq *irq)
{
	irq_look(gic, irq, true);
}

void gic_irq_changed(struct gic *gic, struct gic_irq *irq)
{
	irq_look(gic, irq, false);
}

void gic_irq_forget(struct gic *gic, struct gic_irq *irq)
{
	struct gic_vcpu *v = irq->queued;

	if (irq->flying)
		gic_flight_cancel(irq);
	if (!v)
		return;
	queue_remove(irq);
	gic_pins_update(gic, v);
}

void gic_irq_set_active(struct gic *gic, struct gic_irq *irq, bool active)
{
	if (active && !irq->active)
		irq->active_on = irq->queued ? irq->queued : irq->target;
	else if (!active)
		irq->active_on = NULL;
	irq->active = active;
	if (active)
		gic_irq_event(gic, irq);
	else
		gic_irq_changed(gic, irq);
}

bool gic_irq_mapped(struct gic *gic, struct gic_vcpu *v,
		    const struct gic_irq *irq, bool *level)
{
	bool known = false;

	if (!irq->owner || irq->edge || irq->intid < GIC_NR_SGIS ||
	    irq->intid >= GIC_NR_PRIVATE)
		return false;
	*level = gic->vm_ops->ppi_level(gic->vm, v->index, irq->intid, &known);
	return known;
}

void gic_irq_sample(struct gic *gic, struct gic_vcpu *v, struct gic_irq *irq)
{
	bool level;

	if (gic_irq_mapped(gic, v, irq, &level))
		irq->line = level;
}

/*
 * Binary points: userspace may have written less than hardware with 5
 * priority bits can hold.
 */
static unsigned int cpu_bpr0(const struct gic_vcpu *v)
{
	return v->bpr0 < GIC_BPR0_MIN ? GIC_BPR0_MIN : v->bpr0;
}

uint8_t gic_cpu_bpr1(const struct gic_vcpu *v)
{
	unsigned int bpr;

	if (v->cbpr) {
		bpr = cpu_bpr0(v);
		return bpr < 7 ? bpr + 1 : 7;
	}
	return v->bpr1 < GIC_BPR1_MIN ? GIC_BPR1_MIN : v->bpr1;
}

/*
 * The part of a priority that decides about preemption. What BPR1 reads as
 * with CBPR is cut off at 7, this is not.
 */
static ALWAYS_INLINE unsigned int cpu_group_priority(const struct gic_vcpu *v,
						     const struct gic_irq *irq)
{
	bool own = irq->group && !v->cbpr;
	unsigned int bpr = own ? gic_cpu_bpr1(v) : cpu_bpr0(v) + 1;

	return irq->prio & GIC_PRI_MASK & (0xffu << bpr);
}

uint8_t gic_cpu_running(const struct gic_vcpu *v)
{
	uint32_t active = v->ap0r | v->ap1r;

	if (!active)
		return GIC_IDLE_PRIORITY;
	return __builtin_ctz(active) << 3;
}

/*
 * The best pending interrupt of an enabled group, whatever PMR says. Between
 * the groups it is the place, too, that decides among equal priorities.
 */
static ALWAYS_INLINE struct gic_irq *cpu_choose(const struct gic_vcpu *v)
{
	uint32_t ready0 = v->en0 ? v->ready[0] : 0;
	uint32_t ready1 = v->en1 ? v->ready[1] : 0;
	struct gic_irq *irq0, *irq1;
	unsigned int level;

	if (!(ready0 | ready1))
		return NULL;
	level = __builtin_ctz(ready0 | ready1);
	irq0 = v->queue[0][level].first;
	irq1 = v->queue[1][level].first;
	if (!(ready1 >> level & 1))
		return irq0;
	if (!(ready0 >> level & 1))
		return irq1;
	return irq0->place < irq1->place ? irq0 : irq1;
}

static ALWAYS_INLINE bool cpu_can_take(const struct gic_vcpu *v,
				       const struct gic_irq *irq)
{
	return (irq->prio & GIC_PRI_MASK) < v->pmr &&
	       cpu_group_priority(v, irq) < gic_cpu_running(v);
}

/* For a listener only: whom the pins of @v are about. */
static COLD uint32_t signalled(const struct gic_vcpu *v)
{
	const struct gic_irq *best = v->pins ? cpu_choose(v) : NULL;

	return best ? best->intid : IRQ_NONE;
}

void gic_pins_update(struct gic *gic, struct gic_vcpu *v)
{
	uint32_t ready = v->ready[0] | v->ready[1], pins = 0;
	struct gic_irq *best = NULL;

	gic_step(gic, v->index, IRQ_STEP_CHOOSE, IRQ_NONE);
	/* What ends a WFI for Linux: something that PMR lets through is
	 * pending, whatever group is enabled and whatever is active. */
	if (ready && __builtin_ctz(ready) << 3 < v->pmr) {
		pins = GIC_PIN_WAKE;
		best = cpu_choose(v);
	}
	if (best && cpu_can_take(v, best))
		pins |= best->group == 0 && (gic->model == 3 || v->fiqen)
				? GIC_PIN_FIQ
				: GIC_PIN_IRQ;
	if (unlikely(gic->counted))
		pins = gic_pins_counted(gic, v, pins);
	if (pins == v->pins)
		return;
	v->pins = pins;
	gic_step(gic, v->index, IRQ_STEP_SIGNAL, signalled(v));
	gic->vm->ops->set_pins(gic->vm, v->index, pins);
}

void gic_enable(struct gic *gic, bool on)
{
	unsigned int i, n;

	if (gic->enabled == on)
		return;
	gic->enabled = on;
	for (n = 0; n < gic->nr_vcpus; n++)
		for (i = 0; gic->vcpus[n] && i < GIC_NR_PRIVATE; i++)
			gic_irq_changed(gic, &gic->vcpus[n]->priv[i]);
	for (i = 0; gic->spis && i < gic->nr_spis; i++)
		gic_irq_changed(gic, &gic->spis[i]);
	for (i = 0; i < gic->lpi_end; i++)
		if (gic->lpis[i])
			gic_irq_changed(gic, gic->lpis[i]);
}

void gic_cpu_load(struct gic_vcpu *v)
{
	v->run.raw = false;
	v->bpr0 = cpu_bpr0(v);
	if (v->bpr1 < GIC_BPR1_MIN)
		v->bpr1 = GIC_BPR1_MIN;
}

static bool is_v2_sgi(const struct gic *gic, const struct gic_irq *irq)
{
	return irq->intid < GIC_NR_SGIS && gic->model == 2;
}

/*
 * As cpu_choose(), but a mapped source is believed only if it is still up: it
 * may have gone down without a word since it was last looked at.
 */
static struct gic_irq *cpu_choose_now(struct gic *gic, struct gic_vcpu *v,
				      bool *mapped)
{
	struct gic_irq *irq = cpu_choose(v);
	bool level;

	*mapped = false;
	while (irq && irq->line &&
	       (*mapped = gic_irq_mapped(gic, v, irq, &level)) && !level) {
		irq->line = false;
		gic_irq_changed(gic, irq);
		if (irq->queued) /* the latch is set */
			break;
		irq = cpu_choose(v);
	}
	return irq;
}

uint32_t gic_cpu_acknowledge(struct gic *gic, struct gic_vcpu *v, int group)
{
	bool mapped;
	struct gic_irq *irq = cpu_choose_now(gic, v, &mapped);
	unsigned int bit;
	uint32_t id = 0;

	if (!irq || (group >= 0 && irq->group != group) ||
	    !cpu_can_take(v, irq))
		id = GIC_SPURIOUS;
	else if (group < 0 && irq->group && !v->ackctl)
		id = GIC_SPURIOUS_G1;
	gic_step(gic, v->index, IRQ_STEP_ACKNOWLEDGE,
		 id ? IRQ_NONE : irq->intid);
	if (id)
		return id;
	irq_tally_count(gic->vm, &irq->tally, v->index, irq->intid);

	bit = cpu_group_priority(v, irq) >> 3;
	if (irq->group || gic->model == 2)
		v->ap1r |= 1u << bit;
	else
		v->ap0r |= 1u << bit;

	id = irq->intid;
	if (is_v2_sgi(gic, irq) && irq->source) {
		irq->active_source = __builtin_ctz(irq->source);
		irq->source &= irq->source - 1;
		irq->latch = irq->source;
		id |= irq->active_source << 10;
	} else if (irq->edge) {
		irq->latch = false;
	} else if (mapped && irq->line) {
		/* Linux hears of a mapped line's rises only: it is low for the
		 * list register, until the vCPU is loaded or this is done. */
		irq->line = false;
		gic->vm_ops->ppi_stale(gic->vm, v->index);
	}
	/* An LPI is pending or not, it has no active state. */
	if (irq->intid < GIC_MIN_LPI) {
		irq->active = true;
		irq->active_on = v;
	}
	gic_irq_changed(gic, irq);
	/* The running priority changed even where the queue did not. */
	gic_pins_update(gic, v);
	return id;
}

uint32_t gic_cpu_highest(struct gic *gic, struct gic_vcpu *v, int group)
{
	const struct gic_irq *irq = cpu_choose(v);
	uint32_t id;

	if (!irq || (group >= 0 && irq->group != group))
		return GIC_SPURIOUS;
	if (group < 0 && irq->group && !v->ackctl)
		return GIC_SPURIOUS_G1;
	id = irq->intid;
	if (is_v2_sgi(gic, irq) && irq->source)
		id |= __builtin_ctz(irq->source) << 10;
	return id;
}

static int cpu_finish(struct gic *gic, struct gic_vcpu *v, struct gic_irq *irq)
{
	int acked = -1;

	gic_step(gic, v->index, IRQ_STEP_DEACTIVATE, irq->intid);
	irq->active = false;
	irq->active_on = NULL;
	if (!irq->edge) {
		bool was_up = irq->line;

		irq->latch = false;
		gic_irq_sample(gic, v, irq);
		/* Low since it was taken (gic_cpu_acknowledge()), though its source was
		 * not: it is not pended anew. */
		if (irq->line && !was_up)
			irq->was_pending = true;
		if (irq->intid >= GIC_NR_PRIVATE && irq->intid < GIC_MIN_LPI)
			acked = irq->intid - GIC_NR_PRIVATE;
	}
	gic_irq_changed(gic, irq);
	return acked;
}

/* Clear the highest active priority: that priority, or idle. */
static unsigned int cpu_drop(struct gic_vcpu *v)
{
	uint32_t active = v->ap0r | v->ap1r;
	unsigned int bit;

	if (!active)
		return GIC_IDLE_PRIORITY;
	bit = __builtin_ctz(active);
	if (v->ap1r >> bit & 1)
		v->ap1r &= ~(1u << bit);
	else
		v->ap0r &= ~(1u << bit);
	return bit << 3;
}

static struct gic_irq *cpu_active_irq(struct gic *gic, struct gic_vcpu *v,
				      uint32_t id)
{
	struct gic_irq *irq = gic_irq_find(gic, v, id);

	return irq && irq->active && irq->active_on == v ? irq : NULL;
}

int gic_cpu_eoi(struct gic *gic, struct gic_vcpu *v, uint32_t id, int group)
{
	struct gic_irq *irq;
	unsigned int dropped;
	int acked = -1;

	id &= gic->model == 2 ? 0x3ff : 0xffffff;
	if (id >= 1020 && id <= GIC_SPURIOUS)
		return -1;
	dropped = cpu_drop(v);
	gic_step(gic, v->index, IRQ_STEP_EOI,
		 dropped == GIC_IDLE_PRIORITY ? IRQ_NONE : id);
	if (dropped == GIC_IDLE_PRIORITY)
		return -1;

	irq = cpu_active_irq(gic, v, id);
	/* A group that doesn't match leaves the interrupt active, with GICv3
	 * also a priority that is not what was dropped. */
	if (irq && !v->eoimode && (group < 0 || irq->group == group) &&
	    (gic->model == 2 || cpu_group_priority(v, irq) == dropped))
		acked = cpu_finish(gic, v, irq);
	gic_pins_update(gic, v);
	return acked;
}

int gic_cpu_deactivate(struct gic *gic, struct gic_vcpu *v, uint32_t id)
{
	struct gic_irq *irq;

	id &= gic->model == 2 ? 0x3ff : 0xffffff;
	if (!v->eoimode || id >= GIC_MIN_LPI)
		return -1;
	irq = cpu_active_irq(gic, v, id);
	return irq ? cpu_finish(gic, v, irq) : -1;
}
