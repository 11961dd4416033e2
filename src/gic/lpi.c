/* SPDX-License-Identifier: MIT */
/*
 * LPIs, the interrupts an ITS maps, and their tables in guest memory:
 * configuration (priority and enable, one byte each) and pending, one per
 * redistributor. IHI 0069 chapters 5.1 and 6.1. As in Linux the tables are
 * read when an LPI is mapped or invalidated and LPIs are enabled, and written
 * when the VMM asks for it.
 *
 * gic->lock is held in every function.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/refuse.h"
#include "gic/gic-internal.h"

#define PENDBASER_PTZ BIT(62)

struct gic_irq *gic_lpi_find(struct gic *gic, uint32_t intid)
{
	uint32_t i = intid - GIC_MIN_LPI;

	return i < gic->lpi_end ? gic->lpis[i] : NULL;
}

uint32_t gic_lpi_limit(const struct gic *gic)
{
	unsigned int bits = (gic->propbaser & 0x1f) + 1;

	return 1u << (bits < GIC_LPI_ID_BITS ? bits : GIC_LPI_ID_BITS);
}

uint64_t gic_sanitise_cache(uint64_t reg, unsigned int share,
			    unsigned int inner, unsigned int outer)
{
	/* Outer shareable becomes inner shareable. */
	if (FIELD(reg, share + 1, share) == 2)
		reg ^= UINT64_C(3) << share;
	/* Device and non-cacheable become read-allocate write-back. */
	if (FIELD(reg, inner + 2, inner) < 2)
		reg |= UINT64_C(3) << inner;
	/* Non-cacheable or else "same as inner". */
	if (FIELD(reg, outer + 2, outer) != 1)
		reg &= ~(UINT64_C(7) << outer);
	return reg;
}

int gic_lpi_read_config(struct gic *gic, struct gic_irq *irq,
			struct gic_vcpu *only)
{
	gpa_t table = gic->propbaser & GENMASK(51, 12);
	uint8_t byte;
	int ret;

	if (irq->target)
		gic_step(gic, irq->target->index, IRQ_STEP_LPI_CONFIG_READ,
			 irq->intid);
	ret = gic->vm->ops->mem_read(gic->vm, table + irq->intid - GIC_MIN_LPI,
				     &byte, 1);
	if (ret)
		return ret;
	if (only && irq->target != only)
		return 0;
	if (unlikely(gic->counted))
		tag_cache_use(&gic->lpi_cache, irq->intid);
	irq->prio = byte & 0xfc;
	irq->enabled = byte & 1;
	gic_irq_event(gic, irq);
	return 0;
}

static gpa_t pending_byte(const struct gic_irq *irq)
{
	return (irq->target->pendbaser & GENMASK(51, 16)) + irq->intid / 8;
}

/* Take the pending bit of a new LPI over from its target's table. */
static int lpi_read_pending(struct gic *gic, struct gic_irq *irq)
{
	struct device_vm *vm = gic->vm;
	uint8_t byte, bit = 1u << irq->intid % 8;
	int ret;

	if (!irq->target)
		return 0;
	gic_step(gic, irq->target->index, IRQ_STEP_LPI_PENDING_READ,
		 irq->intid);
	ret = vm->ops->mem_read(vm, pending_byte(irq), &byte, 1);
	if (ret)
		return ret;
	irq->latch = byte & bit;
	gic_irq_event(gic, irq);
	if (!irq->latch)
		return 0;
	byte &= ~bit;
	return vm->ops->mem_write(vm, pending_byte(irq), &byte, 1);
}

struct gic_irq *gic_lpi_get(struct gic *gic, uint32_t intid,
			    struct gic_vcpu *target, int *err)
{
	struct gic_irq *irq = gic_lpi_find(gic, intid);
	uint32_t i = intid - GIC_MIN_LPI;

	if (irq) {
		irq->refs++;
		return irq;
	}
	if (i >= GIC_NR_LPIS) {
		*err = refuse(ENOMEM, FKVM_LPI_RANGE,
			      "LPI %u is none of %u to %u", intid, GIC_MIN_LPI,
			      GIC_MIN_LPI + GIC_NR_LPIS - 1);
		return NULL;
	}
	if (!gic->lpis)
		gic->lpis = calloc(GIC_NR_LPIS, sizeof(*gic->lpis));
	irq = gic->lpis ? calloc(1, sizeof(*irq)) : NULL;
	if (!irq) {
		*err = refuse(ENOMEM, FKVM_NO_MEMORY, "no memory for LPI %u",
			      intid);
		return NULL;
	}
	irq->intid = intid;
	irq->edge = true;
	irq->group = 1;
	irq->target = target;
	irq->refs = 1;
	gic->lpis[i] = irq;
	if (gic->lpi_end <= i)
		gic->lpi_end = i + 1;

	*err = gic_lpi_read_config(gic, irq, NULL);
	if (!*err)
		*err = lpi_read_pending(gic, irq);
	if (*err) {
		*err = refused_within(*err,
				      "LPI %u, configuration or pending "
				      "table",
				      intid);
		gic_lpi_put(gic, irq);
		return NULL;
	}
	return irq;
}

void gic_lpi_put(struct gic *gic, struct gic_irq *irq)
{
	if (--irq->refs)
		return;
	gic_irq_forget(gic, irq);
	gic->lpis[irq->intid - GIC_MIN_LPI] = NULL;
	while (gic->lpi_end && !gic->lpis[gic->lpi_end - 1])
		gic->lpi_end--;
	free(irq);
}

void gic_lpi_free_all(struct gic *gic)
{
	uint32_t i;

	for (i = 0; i < gic->lpi_end; i++)
		free(gic->lpis[i]);
	free(gic->lpis);
	gic->lpis = NULL;
	gic->lpi_end = 0;
}

void gic_lpi_invall(struct gic *gic, struct gic_vcpu *v)
{
	uint32_t i;

	for (i = 0; i < gic->lpi_end; i++)
		if (gic->lpis[i])
			gic_lpi_read_config(gic, gic->lpis[i], v);
	/* The hardware only forgets what it knew. */
	if (unlikely(gic->counted))
		tag_cache_drop_all(&gic->lpi_cache);
}

void gic_lpi_move_all(struct gic *gic, struct gic_vcpu *from,
		      struct gic_vcpu *to)
{
	uint32_t i;

	for (i = 0; i < gic->lpi_end; i++) {
		if (!gic->lpis[i] || gic->lpis[i]->target != from)
			continue;
		gic->lpis[i]->target = to;
		gic_irq_changed(gic, gic->lpis[i]);
	}
}

void gic_lpis_enable(struct gic *gic, struct gic_vcpu *v)
{
	gpa_t last = ~(gpa_t)0;
	uint8_t byte = 0;
	uint32_t i;

	v->lpis_enabled = true;
	if (v->pendbaser & PENDBASER_PTZ) /* the table is all zero */
		return;
	for (i = 0; i < gic->lpi_end; i++) {
		struct gic_irq *irq = gic->lpis[i];
		gpa_t at;

		if (!irq || irq->target != v)
			continue;
		at = pending_byte(irq);
		if (at != last) {
			gic_step(gic, v->index, IRQ_STEP_LPI_PENDING_READ,
				 IRQ_NONE);
			if (gic->vm->ops->mem_read(gic->vm, at, &byte, 1))
				return;
			last = at;
		}
		irq->latch = byte >> irq->intid % 8 & 1;
		gic_irq_event(gic, irq);
	}
}

void gic_lpis_disable(struct gic *gic, struct gic_vcpu *v)
{
	uint32_t i;

	for (i = 0; i < gic->lpi_end; i++) {
		struct gic_irq *irq = gic->lpis[i];

		if (!irq || (irq->queued != v && irq->flying != v))
			continue;
		irq->latch = false;
		gic_irq_event(gic, irq);
	}
	its_forget_translations(gic);
	v->lpis_enabled = false;
}

int gic_lpi_save_pending(struct gic *gic)
{
	struct device_vm *vm = gic->vm;
	uint32_t i;
	int ret;

	for (i = 0; i < gic->lpi_end; i++) {
		struct gic_irq *irq = gic->lpis[i];
		uint8_t byte, bit;

		if (!irq || !irq->target)
			continue;
		bit = 1u << irq->intid % 8;
		gic_step(gic, irq->target->index, IRQ_STEP_LPI_PENDING_READ,
			 irq->intid);
		ret = vm->ops->mem_read(vm, pending_byte(irq), &byte, 1);
		if (ret)
			return ret;
		if (!!(byte & bit) == irq->latch)
			continue;
		byte ^= bit;
		ret = vm->ops->mem_write(vm, pending_byte(irq), &byte, 1);
		if (ret)
			return ret;
	}
	return 0;
}
