/* SPDX-License-Identifier: MIT */
/*
 * The reference ITS: what commands and messages do to LPIs. IHI 0069H 5.3 and
 * 6. A command that makes no sense is skipped. Where the manual leaves a choice
 * it is Linux's: LPIs have no lists of their own but share the vCPU's, a
 * collection without a target keeps its events, MAPD starts a device afresh,
 * a second MAPTI of an event does nothing, MSIs that were translated before are
 * taken without a look at the redistributor.
 */
#include "ref-gic.h"
#include "tests/gic/gic-regs.h"

static void lpi_config(struct ref_gic *g, struct ref_irq *lpi)
{
	uint8_t c = g->config[lpi->intid - REF_LPI];

	lpi->prio = c & 0xfc;
	lpi->enabled = c & 1;
	ref_event(g, lpi);
}

static void caches_forget(struct ref_gic *g)
{
	for (unsigned int d = 0; d < REF_DEVICES; d++)
		for (unsigned int e = 0; e < REF_EVENTS; e++)
			g->its.device[d].event[e].cached = false;
}

void ref_its_enable(struct ref_gic *g, bool enable)
{
	g->its.enabled = enable;
	if (!enable)
		caches_forget(g);
}

void ref_lpis_enable(struct ref_gic *g, unsigned int v, bool enable)
{
	struct ref_cpu *c = &g->cpu[v];

	if (c->lpis == enable)
		return;
	c->lpis = enable;
	for (unsigned int i = 0; i < REF_LPIS; i++) {
		struct ref_irq *lpi = &g->lpi[i];

		if (!lpi->exists)
			continue;
		/* Linux forgets what is on the list, and nothing else. */
		if (!enable && lpi->listed == (int)v) {
			lpi->latch = false;
			ref_changed(g, lpi);
			ref_unlist(g, lpi);
			if (lpi->orphan)
				ref_gone(g, lpi);
		}
		if (!enable)
			continue;
		if (lpi->target == (int)v)
			lpi->latch = c->pending[i / 8] >> i % 8 & 1;
		ref_event(g, lpi);
	}
	if (!enable)
		caches_forget(g);
}

void ref_lpi_invalidate(struct ref_gic *g, struct ref_irq *lpi)
{
	if (lpi->exists)
		lpi_config(g, lpi);
}

void ref_lpi_invalidate_all(struct ref_gic *g, unsigned int v)
{
	for (unsigned int i = 0; i < REF_LPIS; i++)
		if (g->lpi[i].exists && g->lpi[i].target == (int)v)
			lpi_config(g, &g->lpi[i]);
}

/* ---- mappings ------------------------------------------------------------ */

static int coll_target(const struct ref_gic *g, int coll)
{
	return coll >= 0 && g->its.coll[coll].exists && g->its.coll[coll].mapped
		       ? (int)g->its.coll[coll].target
		       : -1;
}

static void event_unmap(struct ref_gic *g, struct ref_event *e)
{
	if (!e->mapped)
		return;
	e->mapped = e->cached = false;
	for (unsigned int d = 0; d < REF_DEVICES; d++)
		for (unsigned int i = 0; i < REF_EVENTS; i++) {
			struct ref_event *o = &g->its.device[d].event[i];

			if (o->mapped && o->lpi == e->lpi)
				return;
		}
	/* Linux: what is on a list is still delivered. */
	if (e->lpi->listed >= 0)
		e->lpi->orphan = true;
	else
		ref_gone(g, e->lpi);
}

static void mapd(struct ref_gic *g, unsigned int device, bool valid,
		 unsigned int bits)
{
	if (valid && bits > 16)
		return;
	for (unsigned int e = 0; e < REF_EVENTS; e++)
		event_unmap(g, &g->its.device[device].event[e]);
	if (g->its.device[device].mapped)
		caches_forget(g);
	g->its.device[device].mapped = valid;
	g->its.device[device].bits = bits;
}

static void retarget(struct ref_gic *g, struct ref_irq *lpi, int target)
{
	lpi->target = target;
	ref_changed(g, lpi);
}

static void mapc(struct ref_gic *g, unsigned int coll, bool valid,
		 uint32_t target)
{
	if (valid && target >= g->vcpus)
		return;
	g->its.coll[coll].exists = valid;
	g->its.coll[coll].mapped = valid;
	g->its.coll[coll].target = target;
	if (!valid)
		caches_forget(g);
	for (unsigned int d = 0; d < REF_DEVICES; d++)
		for (unsigned int i = 0; i < REF_EVENTS; i++) {
			struct ref_event *e = &g->its.device[d].event[i];

			if (!e->mapped || e->coll != (int)coll)
				continue;
			if (valid)
				retarget(g, e->lpi, (int)target);
			else
				e->coll = -1;
		}
}

static void lpi_new(struct ref_gic *g, struct ref_irq *lpi, int target)
{
	lpi->orphan = false;
	if (lpi->exists)
		return;
	lpi->exists = true;
	lpi->latch = lpi->active = false;
	lpi->enabled = false;
	lpi->held = false;
	lpi->listed = -1;
	lpi->group = 1;
	lpi->target = target;
	lpi_config(g, lpi);
	if (target >= 0) {
		unsigned int i = lpi->intid - REF_LPI;
		uint8_t *p = &g->cpu[target].pending[i / 8], bit = 1 << i % 8;

		/* The redistributor's table gives it up. */
		lpi->latch = *p & bit;
		*p &= ~bit;
	}
	ref_event(g, lpi);
}

static void mapti(struct ref_gic *g, unsigned int device, unsigned int event,
		  uint32_t intid, unsigned int coll)
{
	struct ref_event *e = &g->its.device[device].event[event];

	if (!g->its.device[device].mapped || e->mapped ||
	    event >= 1u << g->its.device[device].bits || intid < REF_LPI ||
	    intid >= REF_LPI + REF_LPIS)
		return;
	/* The collection is there from now on, though nowhere. */
	g->its.coll[coll].mapped &= g->its.coll[coll].exists;
	g->its.coll[coll].exists = true;
	e->mapped = true;
	e->cached = false;
	e->coll = (int)coll;
	e->lpi = &g->lpi[intid - REF_LPI];
	lpi_new(g, e->lpi, coll_target(g, (int)coll));
}

static void movi(struct ref_gic *g, struct ref_event *e, unsigned int coll)
{
	if (coll_target(g, e->coll) < 0 || coll_target(g, (int)coll) < 0)
		return;
	e->coll = (int)coll;
	caches_forget(g);
	retarget(g, e->lpi, coll_target(g, (int)coll));
}

static void movall(struct ref_gic *g, uint32_t from, uint32_t to)
{
	if (from >= g->vcpus || to >= g->vcpus || from == to)
		return;
	for (unsigned int i = 0; i < REF_LPIS; i++)
		if (g->lpi[i].exists && g->lpi[i].target == (int)from)
			retarget(g, &g->lpi[i], (int)to);
	caches_forget(g);
}

/* ---- messages ------------------------------------------------------------ */

static void lpi_set(struct ref_gic *g, struct ref_irq *lpi)
{
	lpi->latch = true;
	ref_event(g, lpi);
}

/* 0, or -EBUSY; 1: nothing is mapped there. */
static int trigger(struct ref_gic *g, unsigned int device, unsigned int event)
{
	struct ref_event *e;
	int target;

	if (!g->its.enabled)
		return -16;
	if (device >= REF_DEVICES || event >= REF_EVENTS)
		return 1;
	e = &g->its.device[device].event[event];
	target = e->mapped ? coll_target(g, e->coll) : -1;
	if (target < 0)
		return 1;
	if (!g->cpu[target].lpis)
		return -16;
	e->cached = true;
	lpi_set(g, e->lpi);
	return 0;
}

int ref_msi(struct ref_gic *g, unsigned int device, unsigned int event)
{
	int ret;

	if (device < REF_DEVICES && event < REF_EVENTS &&
	    g->its.device[device].event[event].cached) {
		lpi_set(g, g->its.device[device].event[event].lpi);
		return 1;
	}
	ret = trigger(g, device, event);
	return ret < 0 ? ret : !ret;
}

void ref_its_command(struct ref_gic *g, const uint64_t cmd[4])
{
	unsigned int device = cmd[0] >> 32, event = (uint32_t)cmd[1];
	unsigned int coll = cmd[2] & 0xffff;
	uint32_t target = (uint32_t)(cmd[2] >> 16);
	bool valid = cmd[2] >> 63;
	struct ref_event *e = NULL;

	if (device < REF_DEVICES && event < REF_EVENTS &&
	    g->its.device[device].event[event].mapped)
		e = &g->its.device[device].event[event];

	switch (cmd[0] & 0xff) {
	case ITS_MAPD: mapd(g, device, valid, (cmd[1] & 31) + 1); break;
	case ITS_MAPC: mapc(g, coll, valid, target); break;
	case ITS_MAPTI: mapti(g, device, event, cmd[1] >> 32, coll); break;
	case ITS_MOVI:
		if (e)
			movi(g, e, coll);
		break;
	case ITS_DISCARD:
		if (e && coll_target(g, e->coll) >= 0) {
			caches_forget(g);
			event_unmap(g, e);
		}
		break;
	case ITS_CLEAR:
		if (e) {
			e->lpi->latch = false;
			ref_changed(g, e->lpi);
		}
		break;
	case ITS_INT: trigger(g, device, event); break;
	case ITS_INV:
		if (e)
			lpi_config(g, e->lpi);
		break;
	case ITS_INVALL:
		if (coll_target(g, (int)coll) >= 0)
			ref_lpi_invalidate_all(g, coll_target(g, (int)coll));
		break;
	case ITS_MOVALL: movall(g, target, (uint32_t)(cmd[3] >> 16)); break;
	}
}
