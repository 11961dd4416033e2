/* SPDX-License-Identifier: MIT */
/*
 * The reference GIC's CPU interface by its registers: ICC_* of GICv3 (as
 * ICV_*, IHI 0069H 12.2 and its pseudocode), GICV_* of GICv2 (IHI 0048B 5.5).
 */
#include "ref-gic.h"
#include "tests/gic/gic-fake.h" /* ICC_* */

#define SPURIOUS 1023

static uint8_t at_least(uint64_t val, unsigned int min)
{
	val &= 7;
	return val < min ? min : val;
}

/* The active interrupt that the guest of @v calls @intid. */
static struct ref_irq *active(struct ref_gic *g, unsigned int v, uint32_t intid)
{
	struct ref_irq *irq = ref_irq(g, v, intid);

	return irq && irq->active && irq->taken_by == (int)v ? irq : NULL;
}

/* ---- GICv3 --------------------------------------------------------------- */

static uint32_t v3_acknowledge(struct ref_gic *g, unsigned int v,
			       unsigned int group)
{
	struct ref_irq *irq = ref_signalled(g, v);

	if (!irq || irq->group != group)
		return SPURIOUS;
	return ref_acknowledge(g, v, irq);
}

static uint32_t v3_best(struct ref_gic *g, unsigned int v, unsigned int group)
{
	struct ref_irq *irq = ref_best(g, v);

	return irq && irq->group == group ? irq->intid : SPURIOUS;
}

/* VirtualWriteEOIR0/1: the priority is dropped whatever the INTID; it is
 * deactivated only if it is the one that had that priority. */
static void v3_eoi(struct ref_gic *g, unsigned int v, unsigned int group,
		   uint32_t intid)
{
	struct ref_irq *irq;
	unsigned int dropped;

	if (intid >= 1020 && intid < 1024)
		return;
	dropped = ref_drop(g, v);
	irq = active(g, v, intid);
	if (dropped == 0xff || !irq || g->cpu[v].eoimode)
		return;
	if (irq->group == group &&
	    ref_group_priority(g, v, irq->prio, group) == dropped)
		ref_deactivate(g, irq);
}

static void v3_deactivate(struct ref_gic *g, unsigned int v, uint32_t intid)
{
	struct ref_irq *irq = active(g, v, intid);

	if (irq && g->cpu[v].eoimode)
		ref_deactivate(g, irq);
}

/* ICC_SGI1R and ICC_ASGI1R, ICC_SGI0R, which make only group 0's. */
static void v3_sgi(struct ref_gic *g, unsigned int v, uint64_t val, bool both)
{
	unsigned int intid = val >> 24 & 15, late = 0;

	/* A trap: the guest is left. */
	ref_exit(g, v);
	for (unsigned int to = 0; to < g->vcpus; to++) {
		bool all = val >> 40 & 1;
		/* The vCPUs of this model have Aff1..3 of 0. */
		bool here = !(val & UINT64_C(0x00ff00ff00ff0000));

		if (all ? to == v : !here || !(val >> to & 1))
			continue;
		if (both || !g->cpu[to].priv[intid].group)
			ref_sgi(g, v, to, intid, late++);
	}
}

uint64_t ref_icc_read(struct ref_gic *g, unsigned int v, uint32_t enc)
{
	struct ref_cpu *c = &g->cpu[v];

	switch (enc) {
	case ICC_PMR: return c->pmr;
	case ICC_IAR0: return v3_acknowledge(g, v, 0);
	case ICC_IAR1: return v3_acknowledge(g, v, 1);
	case ICC_HPPIR0: return v3_best(g, v, 0);
	case ICC_HPPIR1: return v3_best(g, v, 1);
	case ICC_BPR0: return c->bpr0;
	case ICC_BPR1:
		if (!c->cbpr)
			return c->bpr1;
		return c->bpr0 < 7 ? c->bpr0 + 1 : 7;
	case ICC_AP0R0: return c->ap0r;
	case ICC_AP1R0: return c->ap1r;
	case ICC_RPR: return ref_running(g, v);
	/* 5 bits of priority, 24 of INTID, Aff3. */
	case ICC_CTLR: return 0x8c00 | c->eoimode << 1 | c->cbpr;
	case ICC_SRE: return 7;
	case ICC_IGRPEN0: return c->grpen0;
	case ICC_IGRPEN1: return c->grpen1;
	}
	return UINT64_MAX;
}

void ref_icc_write(struct ref_gic *g, unsigned int v, uint32_t enc,
		   uint64_t val)
{
	struct ref_cpu *c = &g->cpu[v];

	switch (enc) {
	case ICC_PMR: c->pmr = val & 0xf8; break;
	case ICC_EOIR0: v3_eoi(g, v, 0, val & 0xffffff); break;
	case ICC_EOIR1: v3_eoi(g, v, 1, val & 0xffffff); break;
	case ICC_DIR: v3_deactivate(g, v, val & 0xffffff); break;
	case ICC_BPR0: c->bpr0 = at_least(val, 2); break;
	case ICC_BPR1:
		if (!c->cbpr)
			c->bpr1 = at_least(val, 3);
		break;
	case ICC_AP0R0: c->ap0r = val; break;
	case ICC_AP1R0: c->ap1r = val; break;
	case ICC_CTLR:
		c->cbpr = val & 1;
		c->eoimode = val >> 1 & 1;
		break;
	case ICC_IGRPEN0: c->grpen0 = val & 1; break;
	case ICC_IGRPEN1: c->grpen1 = val & 1; break;
	case ICC_SGI1R: v3_sgi(g, v, val, true); break;
	case ICC_ASGI1R:
	case ICC_SGI0R: v3_sgi(g, v, val, false); break;
	}
}

/* ---- GICv2 --------------------------------------------------------------- */

/* GICV_IAR and GICV_HPPIR name group 1's only if AckCtl is set, and say 1022
 * then; GICV_AIAR and GICV_AHPPIR nothing else. 0: it may be named. */
static uint32_t v2_refused(struct ref_gic *g, unsigned int v,
			   const struct ref_irq *irq, bool alias)
{
	if (!irq || (alias && !irq->group))
		return SPURIOUS;
	return !alias && irq->group && !g->cpu[v].ackctl ? 1022 : 0;
}

static uint32_t v2_acknowledge(struct ref_gic *g, unsigned int v, bool alias)
{
	struct ref_irq *irq = ref_signalled(g, v);
	uint32_t refused = v2_refused(g, v, irq, alias);

	return refused ? refused : ref_acknowledge(g, v, irq);
}

static uint32_t v2_best(struct ref_gic *g, unsigned int v, bool alias)
{
	struct ref_irq *irq = ref_best(g, v);
	uint32_t refused = v2_refused(g, v, irq, alias);

	if (refused)
		return refused;
	if (irq->intid < 16) /* with its sender: the lowest first */
		for (unsigned int s = 0; s < 8; s++)
			if (irq->source >> s & 1)
				return irq->intid | s << 10;
	return irq->intid;
}

static void v2_deactivate(struct ref_gic *g, unsigned int v, uint32_t id)
{
	struct ref_irq *irq = active(g, v, id & 0x3ff);

	if (irq)
		ref_deactivate(g, irq);
}

static void v2_eoi(struct ref_gic *g, unsigned int v, uint32_t id, bool alias)
{
	struct ref_irq *irq = active(g, v, id & 0x3ff);

	if ((id & 0x3ff) >= 1020)
		return;
	/* UNPREDICTABLE: without a priority to drop, or group 0's by the alias
	 * register; it is not deactivated then. */
	if (ref_drop(g, v) != 0xff && !g->cpu[v].eoimode && irq &&
	    (irq->group || !alias))
		ref_deactivate(g, irq);
}

uint32_t ref_gicc_read(struct ref_gic *g, unsigned int v, uint32_t off)
{
	struct ref_cpu *c = &g->cpu[v];

	switch (off) {
	case GICC_CTLR:
		return c->grpen0 | c->grpen1 << 1 | c->ackctl << 2 |
		       c->fiqen << 3 | c->cbpr << 4 | c->eoimode << 9;
	case GICC_PMR: return c->pmr;
	case GICC_BPR: return c->bpr0;
	case GICC_ABPR: return c->bpr1;
	case GICC_IAR: return v2_acknowledge(g, v, false);
	case GICC_AIAR: return v2_acknowledge(g, v, true);
	case GICC_HPPIR: return v2_best(g, v, false);
	case GICC_AHPPIR: return v2_best(g, v, true);
	case GICC_RPR: return ref_running(g, v);
	case GICC_APR: return c->ap0r;
	}
	return 0;
}

void ref_gicc_write(struct ref_gic *g, unsigned int v, uint32_t off,
		    uint32_t val)
{
	struct ref_cpu *c = &g->cpu[v];

	switch (off) {
	case GICC_CTLR:
		c->grpen0 = val & 1;
		c->grpen1 = val >> 1 & 1;
		c->ackctl = val >> 2 & 1;
		c->fiqen = val >> 3 & 1;
		c->cbpr = val >> 4 & 1;
		c->eoimode = val >> 9 & 1;
		break;
	case GICC_PMR: c->pmr = val & 0xf8; break;
	case GICC_BPR: c->bpr0 = at_least(val, 2); break;
	case GICC_ABPR: c->bpr1 = at_least(val, 3); break;
	case GICC_EOIR: v2_eoi(g, v, val, false); break;
	case GICC_AEOIR: v2_eoi(g, v, val, true); break;
	case GICC_DIR:
		if (c->eoimode)
			v2_deactivate(g, v, val);
		break;
	case GICC_APR: c->ap0r = val; break;
	}
}
