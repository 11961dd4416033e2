/* SPDX-License-Identifier: MIT */
/*
 * The reference GIC's distributor and redistributors: a register is looked at
 * field by field. IHI 0048B 4.3, IHI 0069H 12.9, 12.11.
 */
#include "ref-gic.h"
#include "tests/gic/gic-regs.h"

/* The interrupt of field @i of an array whose @frame may hold private ones,
 * or NULL: RAZ/WI. */
static struct ref_irq *field(struct ref_gic *g, unsigned int owner,
			     unsigned int i, bool redistributor)
{
	/* With affinity routing a distributor has no private interrupts, and a
	 * redistributor nothing else. */
	if (g->version == 3 && (i < 32) != redistributor)
		return NULL;
	return i < REF_LPI ? ref_irq(g, owner, i) : NULL;
}

struct access {
	struct ref_gic *g;
	unsigned int owner;
	bool redistributor;
};

/* ---- one bit an interrupt ------------------------------------------------ */

static bool bit_read(const struct ref_irq *irq, unsigned int array)
{
	switch (array) {
	case GICD_IGROUPR: return irq->group;
	case GICD_ISENABLER:
	case GICD_ICENABLER: return irq->enabled;
	case GICD_ISPENDR:
	case GICD_ICPENDR: return ref_pending(irq);
	case GICD_ISACTIVER:
	case GICD_ICACTIVER: return irq->active;
	}
	return false;
}

static void bit_write(const struct access *a, struct ref_irq *irq,
		      unsigned int array, bool bit)
{
	bool sgi2 = a->g->version == 2 && irq->intid < 16;
	bool event = true;

	if (array == GICD_IGROUPR) {
		irq->group = bit;
	} else if (!bit) {
		return;
	} else if (array == GICD_ISENABLER || array == GICD_ICENABLER) {
		irq->enabled = event = array == GICD_ISENABLER;
	} else if (array == GICD_ISPENDR || array == GICD_ICPENDR) {
		/* IHI 0048B 4.3.7: an SGI's bits are read-only. */
		if (sgi2)
			return;
		irq->latch = event = array == GICD_ISPENDR;
	} else {
		if (!irq->active)
			irq->taken_by = irq->held && irq->listed >= 0
						? irq->listed
						: irq->target;
		irq->active = event = array == GICD_ISACTIVER;
		/* The manual has no place for the sender; Linux takes the
		 * vCPU that writes. */
		if (sgi2 && irq->active)
			irq->active_source = a->owner;
	}
	if (event)
		ref_event(a->g, irq);
	else
		ref_changed(a->g, irq);
}

static bool is_bits(uint32_t off)
{
	return off >= GICD_IGROUPR && off < GICD_IPRIORITYR;
}

/* ---- the trigger --------------------------------------------------------- */

static void trigger_write(struct ref_gic *g, struct ref_irq *irq, bool edge)
{
	/* Linux: fixed for SGIs and PPIs. */
	if (irq->intid < 32)
		return;
	irq->edge = edge;
	ref_changed(g, irq);
}

/* ---- a byte an interrupt ------------------------------------------------- */

static void targets_write(struct ref_gic *g, struct ref_irq *irq, uint8_t val)
{
	if (irq->intid < 32)
		return;
	irq->targets = val & ((1u << g->vcpus) - 1);
	irq->target = 0; /* Linux: also if there is none */
	for (int v = (int)g->vcpus - 1; v >= 0; v--)
		if (irq->targets >> v & 1)
			irq->target = v;
	ref_changed(g, irq);
}

static uint8_t byte_read(struct ref_gic *g, unsigned int owner, uint32_t off,
			 bool redistributor)
{
	struct ref_irq *irq;

	if (off >= GICD_CPENDSGIR && off < GICD_SPENDSGIR + 16)
		return g->cpu[owner].priv[off % 16].source;
	irq = field(g, owner, off % 0x400, redistributor);
	if (!irq)
		return 0;
	return off < GICD_ITARGETSR ? irq->prio : irq->targets;
}

static void byte_write(struct ref_gic *g, unsigned int owner, uint32_t off,
		       bool redistributor, uint8_t val)
{
	struct ref_irq *irq;

	if (off >= GICD_CPENDSGIR && off < GICD_SPENDSGIR + 16) {
		irq = &g->cpu[owner].priv[off % 16];
		if (off >= GICD_SPENDSGIR)
			irq->source |= val;
		else
			irq->source &= ~val;
		if (off < GICD_SPENDSGIR || irq->source)
			irq->latch = irq->source != 0;
		if (off >= GICD_SPENDSGIR && irq->source)
			ref_event(g, irq);
		else
			ref_changed(g, irq);
		return;
	}
	irq = field(g, owner, off % 0x400, redistributor);
	if (!irq)
		return;
	if (off >= GICD_ITARGETSR) {
		targets_write(g, irq, val);
	} else {
		irq->prio = val & 0xf8;
		ref_changed(g, irq);
	}
}

static bool is_bytes(const struct ref_gic *g, uint32_t off)
{
	if (off >= GICD_IPRIORITYR && off < GICD_ITARGETSR)
		return true;
	return g->version == 2 &&
	       ((off >= GICD_ITARGETSR && off < GICD_ICFGR) ||
		(off >= GICD_CPENDSGIR && off < GICD_SPENDSGIR + 16));
}

/* ---- both frames --------------------------------------------------------- */

static uint32_t arrays_read(const struct access *a, uint32_t off,
			    unsigned int len)
{
	struct ref_irq *irq;
	uint32_t val = 0;

	for (unsigned int i = 0; is_bits(off) && i < 8 * len; i++) {
		irq = field(a->g, a->owner, off % 0x80 * 8 + i,
			    a->redistributor);
		if (irq && bit_read(irq, off & ~0x7fu))
			val |= 1u << i;
	}
	for (unsigned int i = 0; is_bytes(a->g, off) && i < len; i++)
		val |= (uint32_t)byte_read(a->g, a->owner, off + i,
					   a->redistributor)
		       << 8 * i;
	for (unsigned int i = 0;
	     off >= GICD_ICFGR && off < GICD_ICFGR + 0x100 && i < 16; i++) {
		irq = field(a->g, a->owner, off % 0x100 * 4 + i,
			    a->redistributor);
		if (irq && irq->edge)
			val |= 2u << 2 * i;
	}
	return val;
}

static void arrays_write(const struct access *a, uint32_t off, unsigned int len,
			 uint32_t val)
{
	struct ref_irq *irq;

	for (unsigned int i = 0; is_bits(off) && i < 8 * len; i++) {
		irq = field(a->g, a->owner, off % 0x80 * 8 + i,
			    a->redistributor);
		if (irq)
			bit_write(a, irq, off & ~0x7fu, val >> i & 1);
	}
	for (unsigned int i = 0; is_bytes(a->g, off) && i < len; i++)
		byte_write(a->g, a->owner, off + i, a->redistributor,
			   val >> 8 * i);
	for (unsigned int i = 0;
	     off >= GICD_ICFGR && off < GICD_ICFGR + 0x100 && i < 16; i++) {
		irq = field(a->g, a->owner, off % 0x100 * 4 + i,
			    a->redistributor);
		if (irq)
			trigger_write(a->g, irq, val >> (2 * i + 1) & 1);
	}
}

/* ---- the distributor ----------------------------------------------------- */

static uint32_t typer(const struct ref_gic *g)
{
	uint32_t val = g->irqs / 32 - 1;

	if (g->version == 2)
		return val | (g->vcpus - 1) << 5;
	return val; /* its upper half is not the business of this model */
}

static void router_write(struct ref_gic *g, uint32_t off, uint32_t val)
{
	struct ref_irq *irq = field(g, 0, (off - GICD_IROUTER) / 8, false);

	if (!irq || off & 4) /* no Aff3 */
		return;
	irq->router = val & 0xffffff;
	irq->target = irq->router < g->vcpus ? (int)irq->router : -1;
	ref_changed(g, irq);
}

static void sgir_write(struct ref_gic *g, unsigned int from, uint32_t val)
{
	unsigned int filter = val >> 24 & 3, late = 0;

	for (unsigned int v = 0; v < g->vcpus; v++) {
		bool to = filter == 0   ? val >> (16 + v) & 1
			  : filter == 1 ? v != from
					: filter == 2 && v == from;

		if (to)
			ref_sgi(g, from, v, val & 15, late++);
	}
}

uint32_t ref_gicd_read(struct ref_gic *g, unsigned int owner, uint32_t off,
		       unsigned int len)
{
	struct access a = {g, owner, false};

	if (off == GICD_CTLR)
		return g->version == 2 ? g->enabled
				       : (g->enabled ? 0x2 : 0) | 0x50;
	if (off == GICD_TYPER)
		return typer(g);
	if (g->version == 3 && off >= GICD_IROUTER + 32 * 8) {
		struct ref_irq *irq =
			field(g, 0, (off - GICD_IROUTER) / 8, false);

		return irq && !(off & 4) ? irq->router : 0;
	}
	return arrays_read(&a, off, len);
}

void ref_gicd_write(struct ref_gic *g, unsigned int owner, uint32_t off,
		    unsigned int len, uint64_t val)
{
	struct access a = {g, owner, false};

	if (off == GICD_CTLR)
		ref_enable(g, val >> (g->version - 2) & 1);
	else if (off == GICD_SGIR && g->version == 2)
		sgir_write(g, owner, val);
	else if (g->version == 3 && off >= GICD_IROUTER + 32 * 8)
		router_write(g, off, val);
	else
		arrays_write(&a, off, len, val);
}

/* ---- redistributors ------------------------------------------------------ */

uint64_t ref_gicr_read(struct ref_gic *g, unsigned int owner, uint32_t off,
		       unsigned int len)
{
	struct access a = {g, owner, true};

	if (off == GICR_CTLR) /* CES and IR: revision 3 of Linux's */
		return g->cpu[owner].lpis | 0x6;
	if (off >= GICR_SGI)
		return arrays_read(&a, off - GICR_SGI, len);
	return 0;
}

void ref_gicr_write(struct ref_gic *g, unsigned int owner, uint32_t off,
		    unsigned int len, uint64_t val)
{
	struct access a = {g, owner, true};

	if (off == GICR_CTLR)
		ref_lpis_enable(g, owner, val & 1);
	else if (off == GICR_INVLPIR && val >= REF_LPI &&
		 val < REF_LPI + REF_LPIS && g->cpu[owner].lpis)
		ref_lpi_invalidate(g, &g->lpi[val - REF_LPI]);
	else if (off == GICR_INVALLR && g->cpu[owner].lpis)
		ref_lpi_invalidate_all(g, owner);
	else if (off >= GICR_SGI)
		arrays_write(&a, off - GICR_SGI, len, val);
}
