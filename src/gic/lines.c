/* SPDX-License-Identifier: MIT */
/*
 * The way in for interrupt lines: from userspace, devices and the sources
 * inside the model (timers) that own one.
 *
 * Locks: each function takes what it needs; gic-internal.h has the order.
 */
#include <errno.h>

#include "base/log.h"
#include "base/refuse.h"
#include "gic/gic-internal.h"

/* GICv2 is initialised by its first use, GICv3 by the VMM alone. */
static int lazy_init(struct gic *gic)
{
	int ret;

	if (likely(gic->initialised))
		return 0;
	if (gic->model != 2)
		return refuse(EBUSY, FKVM_VGIC_UNINIT,
			      "the GICv3 isn't initialised");
	pthread_mutex_lock(&gic->config);
	ret = gic_init(gic);
	pthread_mutex_unlock(&gic->config);
	return ret;
}

int gic_set_owner(struct gic *gic, unsigned int index, unsigned int intid,
		  const void *owner)
{
	struct gic_irq *irq;
	int ret = 0;

	if (!gic->initialised)
		return refuse(EAGAIN, FKVM_VGIC_UNINIT,
			      "the GIC isn't initialised");
	if (intid < GIC_NR_SGIS || intid >= gic_nr_irqs(gic) ||
	    index >= GIC_MAX_VCPUS)
		return refuse(EINVAL, FKVM_LINE_INTID,
			      "interrupt %u has no line", intid);
	gic_lock(gic);
	irq = gic_irq_find(gic, gic->vcpus[index], intid);
	if (!irq)
		ret = refuse(EINVAL, FKVM_LINE_VCPU,
			     "vCPU %u has no interrupts yet", index);
	else if (irq->owner && irq->owner != owner)
		ret = refuse(EEXIST, FKVM_LINE_OWNED,
			     "interrupt %u has an owner", intid);
	else
		irq->owner = owner;
	gic_unlock(gic);
	return ret;
}

static ALWAYS_INLINE int line_set(struct gic *gic, unsigned int index,
				  unsigned int intid, bool level,
				  const void *owner, bool heard)
{
	struct gic_vcpu *v = NULL;
	struct gic_irq *irq;
	int ret = lazy_init(gic);

	if (ret)
		return ret;
	if (intid < GIC_NR_SGIS)
		return refuse(EINVAL, FKVM_LINE_INTID, "interrupt %u is an SGI",
			      intid);
	gic_lock(gic);
	if (intid < GIC_NR_PRIVATE && index < GIC_MAX_VCPUS)
		v = gic->vcpus[index];
	irq = gic_irq_find(gic, v, intid);
	if (!irq) {
		ret = refuse(EINVAL, FKVM_LINE_INTID,
			     "interrupt %u is beyond the %u that the GIC has",
			     intid, gic_nr_irqs(gic));
	} else if (irq->owner != owner) {
		log_info("interrupt %u belongs to another source", intid);
	} else if (heard && irq->active && !irq->edge) {
		/* gic_irq_sample() when it no longer is. */
		if (irq->line != level)
			gic->vm_ops->ppi_stale(gic->vm, index);
	} else if (irq->edge ? level : irq->line != level) {
		if (irq->edge)
			irq->latch = true;
		else
			irq->line = level;
		gic_irq_event(gic, irq);
	}
	gic_unlock(gic);
	return ret;
}

int gic_set_line(struct gic *gic, unsigned int index, unsigned int intid,
		 bool level, const void *owner)
{
	return line_set(gic, index, intid, level, owner, false);
}

int gic_hear_line(struct gic *gic, unsigned int index, unsigned int intid,
		  bool level, const void *owner)
{
	return line_set(gic, index, intid, level, owner, true);
}

void gic_vcpu_sync(struct gic *gic, unsigned int index)
{
	struct gic_vcpu *v = index < GIC_MAX_VCPUS ? gic->vcpus[index] : NULL;
	unsigned int i;

	if (!v || !gic->initialised)
		return;
	gic_lock(gic);
	for (i = GIC_NR_SGIS; i < GIC_NR_PRIVATE; i++) {
		struct gic_irq *irq = &v->priv[i];
		bool was = irq->line;

		if (!irq->owner)
			continue;
		gic_irq_sample(gic, v, irq);
		if (irq->line && !was)
			gic_irq_event(gic, irq);
		else
			gic_irq_changed(gic, irq);
	}
	gic_pins_update(gic, v);
	gic_unlock(gic);
}

struct gic_run *gic_run_of(struct gic *gic, unsigned int index)
{
	return &gic->vcpus[index]->run;
}

void gic_vcpu_load(struct gic *gic, unsigned int index)
{
	struct gic_vcpu *v = gic->vcpus[index];

	if (likely(!v ||
		   !atomic_load_explicit(&v->run.raw, memory_order_relaxed)))
		return;
	gic_lock(gic);
	gic_cpu_load(v);
	gic_unlock(gic);
}

void gic_vcpu_put(struct gic *gic, unsigned int index)
{
	struct gic_vcpu *v = gic->vcpus[index];

	if (v)
		gic_vcpu_exited(v);
}
