/* SPDX-License-Identifier: MIT */
/*
 * LPIs, the interrupts an ITS maps, and their tables in guest memory:
 * configuration (priority and enable, one byte each) and pending, one per
 * redistributor. IHI 0069 chapters 5.1 and 6.1. As in Linux the tables are
 * read when an LPI is mapped or invalidated and LPIs are enabled, and written
 * when the VMM asks for it.
 *
 * gic->lock is held in every function. Who accesses a table lets go of it for so
 * long: guest memory may be what the VMM has yet to provide (userfaultfd), and
 * that may take interrupts. Afterwards an LPI that the caller has no reference
 * to is looked for again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/refuse.h"
#include "gic/gic-internal.h"

#define PENDBASER_PTZ BIT(62)

/*
 * Index of LPI @intid in gic->lpis, lpi_end or above: it is not there. Those that
 * GICR_PROPBASER can't reach come by tables that are restored, where Linux takes
 * any; they are searched for behind the others.
 */
static uint32_t lpi_place(const struct gic *gic, uint32_t intid)
{
	uint32_t i = intid - GIC_MIN_LPI;

	if (likely(i < GIC_NR_LPIS))
		return i;
	for (i = GIC_NR_LPIS; i < gic->lpi_end; i++)
		if (gic->lpis[i] && gic->lpis[i]->intid == intid)
			break;
	return i;
}

static void lpi_free(struct gic *gic, struct gic_irq *irq)
{
	gic_irq_forget(gic, irq);
	gic->lpis[lpi_place(gic, irq->intid)] = NULL;
	while (gic->lpi_end && !gic->lpis[gic->lpi_end - 1])
		gic->lpi_end--;
	free(irq);
}

/*
 * LPI number @i, below gic->lpi_end. One that no event maps any more is there as
 * long as it is on a vCPU's list, as in Linux: it is still delivered.
 */
static struct gic_irq *lpi_at(struct gic *gic, uint32_t i)
{
	struct gic_irq *irq = gic->lpis[i];

	if (irq && unlikely(!irq->refs) && !gic_irq_listed(irq)) {
		lpi_free(gic, irq);
		return NULL;
	}
	return irq;
}

struct gic_irq *gic_lpi_find(struct gic *gic, uint32_t intid)
{
	uint32_t i = lpi_place(gic, intid);

	return i < gic->lpi_end ? lpi_at(gic, i) : NULL;
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

static int table_read(struct gic *gic, gpa_t at, uint8_t *byte)
{
	int ret;

	gic_unlock(gic);
	ret = gic->vm->ops->mem_read(gic->vm, at, byte, 1);
	gic_lock(gic);
	return ret;
}

static int table_write(struct gic *gic, gpa_t at, uint8_t byte)
{
	int ret;

	gic_unlock(gic);
	ret = gic->vm->ops->mem_write(gic->vm, at, &byte, 1);
	gic_lock(gic);
	return ret;
}

int gic_lpi_read_config(struct gic *gic, uint32_t intid, struct gic_vcpu *only)
{
	gpa_t table = gic->propbaser & GENMASK(51, 12);
	struct gic_irq *irq = gic_lpi_find(gic, intid);
	uint8_t byte;
	int ret;

	if (!irq)
		return 0;
	if (irq->target)
		gic_step(gic, irq->target->index, IRQ_STEP_LPI_CONFIG_READ,
			 intid);
	ret = table_read(gic, table + intid - GIC_MIN_LPI, &byte);
	if (ret)
		return ret;
	irq = gic_lpi_find(gic, intid);
	if (!irq || (only && irq->target != only))
		return 0;
	if (unlikely(gic->counted))
		tag_cache_use(&gic->lpi_cache, intid);
	irq->prio = byte & 0xfc;
	irq->enabled = byte & 1;
	gic_irq_event(gic, irq);
	return 0;
}

static gpa_t pending_byte(const struct gic_vcpu *v, uint32_t intid)
{
	return (v->pendbaser & GENMASK(51, 16)) + intid / 8;
}

/* Take the pending bit of a new LPI over from its target's table. */
static int lpi_read_pending(struct gic *gic, struct gic_irq *irq)
{
	uint8_t byte, bit = 1u << irq->intid % 8;
	struct gic_vcpu *target;
	gpa_t at;
	int ret;

	do {
		target = irq->target;
		if (!target)
			return 0;
		gic_step(gic, target->index, IRQ_STEP_LPI_PENDING_READ,
			 irq->intid);
		at = pending_byte(target, irq->intid);
		ret = table_read(gic, at, &byte);
		if (ret)
			return ret;
	} while (irq->target != target);
	irq->latch = byte & bit;
	gic_irq_event(gic, irq);
	return byte & bit ? table_write(gic, at, byte & ~bit) : 0;
}

/* Room for index @i; false: no memory. */
static bool lpis_hold(struct gic *gic, uint32_t i)
{
	uint32_t want = i < GIC_NR_LPIS ? GIC_NR_LPIS : i + i / 2;
	struct gic_irq **more;

	if (i < gic->lpi_max)
		return true;
	if (!gic->lpis) {
		gic->lpis = calloc(want, sizeof(*gic->lpis));
		gic->lpi_max = gic->lpis ? want : 0;
		return gic->lpis;
	}
	more = realloc(gic->lpis, want * sizeof(*more));
	if (!more)
		return false;
	memset(more + gic->lpi_max, 0, (want - gic->lpi_max) * sizeof(*more));
	gic->lpis = more;
	gic->lpi_max = want;
	return true;
}

struct gic_irq *gic_lpi_get(struct gic *gic, uint32_t intid,
			    struct gic_vcpu *target, int *err)
{
	struct gic_irq *irq = gic_lpi_find(gic, intid);
	uint32_t i = lpi_place(gic, intid);

	if (irq) {
		irq->refs++;
		return irq;
	}
	irq = lpis_hold(gic, i) ? calloc(1, sizeof(*irq)) : NULL;
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

	*err = gic_lpi_read_config(gic, intid, NULL);
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
	if (!--irq->refs && !gic_irq_listed(irq))
		lpi_free(gic, irq);
}

void gic_lpi_free_all(struct gic *gic)
{
	uint32_t i;

	for (i = 0; i < gic->lpi_end; i++)
		free(gic->lpis[i]);
	free(gic->lpis);
	gic->lpis = NULL;
	gic->lpi_end = gic->lpi_max = 0;
}

void gic_lpi_invall(struct gic *gic, struct gic_vcpu *v)
{
	uint32_t i;

	for (i = 0; i < gic->lpi_end; i++) {
		struct gic_irq *irq = lpi_at(gic, i);

		if (irq)
			gic_lpi_read_config(gic, irq->intid, v);
	}
	/* The hardware only forgets what it knew. */
	if (unlikely(gic->counted))
		tag_cache_drop_all(&gic->lpi_cache);
}

void gic_lpi_move_all(struct gic *gic, struct gic_vcpu *from,
		      struct gic_vcpu *to)
{
	uint32_t i;

	for (i = 0; i < gic->lpi_end; i++) {
		struct gic_irq *irq = lpi_at(gic, i);

		if (!irq || irq->target != from)
			continue;
		irq->target = to;
		gic_irq_changed(gic, irq);
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
		struct gic_irq *irq = lpi_at(gic, i);
		uint32_t intid;
		gpa_t at;

		if (!irq)
			continue;
		intid = irq->intid;
		at = pending_byte(v, intid);
		if (at != last) {
			gic_step(gic, v->index, IRQ_STEP_LPI_PENDING_READ,
				 IRQ_NONE);
			if (table_read(gic, at, &byte))
				return;
			last = at;
			irq = gic_lpi_find(gic, intid);
			if (!irq)
				continue;
		}
		if (irq->target == v)
			irq->latch = byte >> irq->intid % 8 & 1;
		/* Linux looks at all of them. */
		gic_irq_event(gic, irq);
	}
}

void gic_lpis_disable(struct gic *gic, struct gic_vcpu *v)
{
	uint32_t i;

	for (i = 0; i < gic->lpi_end; i++) {
		struct gic_irq *irq = lpi_at(gic, i);

		if (!irq || irq->placed_on != v || !gic_irq_listed(irq))
			continue;
		irq->latch = false;
		gic_irq_changed(gic, irq);
		irq->placed_on = NULL;
	}
	its_forget_translations(gic);
	v->lpis_enabled = false;
}

/* One LPI's bit, to what it is now. */
static int lpi_save_pending(struct gic *gic, uint32_t i)
{
	struct gic_irq *irq = lpi_at(gic, i);
	uint32_t intid;
	uint8_t byte, bit;
	gpa_t at;
	int ret;

	if (!irq || !irq->target)
		return 0;
	intid = irq->intid;
	bit = 1u << intid % 8;
	gic_step(gic, irq->target->index, IRQ_STEP_LPI_PENDING_READ, intid);
	at = pending_byte(irq->target, intid);
	ret = table_read(gic, at, &byte);
	if (ret)
		return ret;
	irq = gic_lpi_find(gic, intid);
	if (!irq || !!(byte & bit) == irq->latch)
		return 0;
	return table_write(gic, at, byte ^ bit);
}

int gic_lpi_save_pending(struct gic *gic)
{
	int ret = 0;
	uint32_t i;

	for (i = 0; i < gic->lpi_end && !ret; i++)
		ret = lpi_save_pending(gic, i);
	return ret;
}
