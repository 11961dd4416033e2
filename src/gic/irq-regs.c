/* SPDX-License-Identifier: MIT */
/*
 * The registers with a field per interrupt that GICv2's distributor, GICv3's
 * distributor and its redistributors share, and what else their rows share.
 *
 * gic->lock is taken by gic_level_info() and held in the handlers of rows.
 */
#include <errno.h>

#include "base/refuse.h"
#include "gic/gic-internal.h"

uint64_t gic_read_raz(struct mmio_access *m)
{
	return 0;
}

uint64_t gic_read_rao(struct mmio_access *m)
{
	return gic_extract(~UINT64_C(0), 0, m->len);
}

void gic_write_wi(struct mmio_access *m, uint64_t val)
{
}

int gic_uwrite_wi(struct mmio_access *m, uint64_t val)
{
	return 0;
}

/* Interrupts @i of a register with @bits per interrupt, as far as they are. */
#define for_each_irq(a, bits, i, irq)                                     \
	for (i = 0;                                                       \
	     i < (a)->m.len * 8 / (bits) &&                               \
	     (irq = gic_irq_find((a)->gic, (a)->vcpu, (a)->m.index + i)); \
	     i++)

#define read_bits(a, expr)                                               \
	do {                                                             \
		struct gic_irq *irq;                                     \
		uint64_t val = 0;                                        \
		unsigned int i;                                          \
                                                                         \
		for_each_irq(a, 1, i, irq) val |= (uint64_t)(expr) << i; \
		return val;                                              \
	} while (0)

uint64_t gic_read_group(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	read_bits(a, irq->group != 0);
}

void gic_write_group(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	struct gic_irq *irq;
	unsigned int i;

	for_each_irq(a, 1, i, irq)
	{
		irq->group = val >> i & 1;
		gic_irq_event(a->gic, irq);
	}
}

uint64_t gic_read_enable(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	read_bits(a, irq->enabled);
}

void gic_write_senable(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	struct gic_irq *irq;
	unsigned int i;

	for_each_irq(a, 1, i, irq)
	{
		if (!(val >> i & 1))
			continue;
		/* The source may have changed while nobody listened. */
		if (a->actor)
			gic_irq_sample(a->gic, a->vcpu, irq);
		irq->enabled = true;
		gic_irq_event(a->gic, irq);
	}
}

void gic_write_cenable(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	struct gic_irq *irq;
	unsigned int i;

	for_each_irq(a, 1, i, irq)
	{
		if (!(val >> i & 1))
			continue;
		irq->enabled = false;
		gic_irq_changed(a->gic, irq);
	}
}

static bool guest_pending(struct gic_access *a, struct gic_irq *irq)
{
	bool level;

	/* Of a mapped source only the level counts. */
	if (gic_irq_mapped(a->gic, a->vcpu, irq, &level))
		return level;
	return gic_irq_pending(irq);
}

uint64_t gic_read_pending(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	read_bits(a, guest_pending(a, irq));
}

/* GICv3: the latch alone, LEVEL_INFO has the line. GICv2: the pending state. */
uint64_t gic_uread_pending(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	read_bits(a, a->gic->model == 3 ? irq->latch : gic_irq_pending(irq));
}

static void set_pending(struct gic_access *a, uint64_t val, bool on)
{
	struct gic_irq *irq;
	unsigned int i;

	for_each_irq(a, 1, i, irq)
	{
		bool v2_sgi = a->gic->model == 2 && irq->intid < GIC_NR_SGIS;

		if (!(val >> i & 1))
			continue;
		/* GICv2's SGI bits are read-only for the guest; userspace
		 * can't say who sent one, so the vCPU itself did. */
		if (v2_sgi && a->actor)
			continue;
		if (v2_sgi)
			irq->source =
				on ? irq->source | 1u << gic_vcpu_id(a->vcpu)
				   : 0;
		irq->latch = on;
		if (on)
			gic_irq_event(a->gic, irq);
		else
			gic_irq_changed(a->gic, irq);
	}
}

void gic_write_spending(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	set_pending(a, val, true);
}

void gic_write_cpending(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	set_pending(a, val, false);
}

int gic_uwrite_latch(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	set_pending(a, val, true);
	set_pending(a, ~val, false);
	return 0;
}

uint64_t gic_read_active(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);

	read_bits(a, irq->active);
}

static void set_active(struct gic_access *a, uint64_t val, bool on)
{
	struct gic_irq *irq;
	unsigned int i;
	bool level;

	for_each_irq(a, 1, i, irq)
	{
		if (!(val >> i & 1))
			continue;
		if (on && a->gic->model == 2 && irq->intid < GIC_NR_SGIS)
			irq->active_source =
				a->actor ? gic_vcpu_id(a->actor) : 0;
		/* Linux keeps a mapped source's activity in the physical
		 * GIC, out of userspace's reach. */
		if (!a->actor && gic_irq_mapped(a->gic, a->vcpu, irq, &level))
			continue;
		if (!on)
			gic_irq_sample(a->gic, a->vcpu, irq);
		gic_irq_set_active(a->gic, irq, on);
	}
}

void gic_write_sactive(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	set_active(a, val, true);
}

void gic_write_cactive(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);

	set_active(a, val, false);
}

uint64_t gic_read_priority(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);
	struct gic_irq *irq;
	uint64_t val = 0;
	unsigned int i;

	for_each_irq(a, 8, i, irq) val |= (uint64_t)irq->prio << (i * 8);
	return val;
}

void gic_write_priority(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	struct gic_irq *irq;
	unsigned int i;

	for_each_irq(a, 8, i, irq)
	{
		irq->prio = val >> (i * 8) & GIC_PRI_MASK;
		gic_irq_changed(a->gic, irq);
	}
}

uint64_t gic_read_config(struct mmio_access *m)
{
	struct gic_access *a = gic_access_of(m);
	struct gic_irq *irq;
	uint64_t val = 0;
	unsigned int i;

	for_each_irq(a, 2, i, irq) if (irq->edge) val |= UINT64_C(2) << (i * 2);
	return val;
}

void gic_write_config(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	struct gic_irq *irq;
	unsigned int i;

	for_each_irq(a, 2, i, irq)
	{
		/* SGIs can't change; PPIs don't because the timers' are
		 * level interrupts. */
		if (irq->intid < GIC_NR_PRIVATE)
			continue;
		irq->edge = val >> (i * 2 + 1) & 1;
		gic_irq_changed(a->gic, irq);
	}
}

/* GICD/GICR identification: only PIDR2 tells anything (a GICv3). */
uint64_t gic_read_v3_id(struct mmio_access *m)
{
	return (m->off & 0xffff) == 0xffe8 ? 0x3b : 0;
}

uint32_t gic_dist_iidr(const struct gic *gic)
{
	return GIC_PRODUCT_KVM << 24 | (uint32_t)gic->revision << 12 |
	       GIC_IMPLEMENTER;
}

int gic_uwrite_iidr(struct mmio_access *m, uint64_t val)
{
	struct gic_access *a = gic_access_of(m);
	unsigned int rev = FIELD(val, 15, 12);

	if ((gic_dist_iidr(a->gic) ^ val) & 0xffff0fff)
		return refuse(
			EINVAL, FKVM_VGIC_IIDR,
			"GICD_IIDR %#lx: only the revision may differ from %#x",
			val, gic_dist_iidr(a->gic));
	if (rev < GIC_REV_MIN || rev > GIC_REV_MAX)
		return refuse(EINVAL, FKVM_VGIC_IIDR,
			      "GICD_IIDR: revision %u is neither 2 nor 3", rev);
	a->gic->revision = rev;
	if (a->gic->model == 2)
		a->gic->v2_groups_writable = true;
	return 0;
}

int gic_level_info(struct gic *gic, struct gic_vcpu *v, uint32_t intid,
		   bool write, uint32_t *val)
{
	uint32_t levels = 0;
	unsigned int i;

	if (intid % 32)
		return refuse(EINVAL, FKVM_VGIC_LEVEL_INTID,
			      "INTID %u isn't a multiple of 32", intid);
	gic_lock(gic);
	for (i = 0; i < 32; i++) {
		struct gic_irq *irq;

		if (intid + i < GIC_NR_SGIS || intid + i >= gic_nr_irqs(gic))
			continue;
		irq = gic_irq_find(gic, v, intid + i);
		if (!irq)
			continue;
		if (write) {
			/* Whatever the trigger: ICFGR may be restored later */
			irq->line = *val >> i & 1;
			if (irq->line)
				gic_irq_event(gic, irq);
			else
				gic_irq_changed(gic, irq);
			if (irq->owner && irq->intid < GIC_NR_PRIVATE)
				gic->vm_ops->ppi_stale(gic->vm, v->index);
		} else if (!irq->edge && irq->line) {
			levels |= 1u << i;
		}
	}
	gic_unlock(gic);
	if (!write)
		*val = levels;
	return 0;
}
