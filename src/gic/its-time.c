/* SPDX-License-Identifier: MIT */
/*
 * What the ITS takes of counted time: translations, by what its three caches
 * hold (device, event, collection; GIC-600 TRM 100336, "Interrupt translation
 * service"), and commands. A translation that is forgotten in Linux's sense
 * (its_forget_cache()) is out of the caches with all others.
 */
#include "gic/its-internal.h"

static void caches_ready(struct its *its)
{
	const uint32_t *costs = its->gic->costs;

	if (likely(its->caches_gen == its->cache_gen))
		return;
	if (!its->caches_gen) {
		tag_cache_init(&its->device_cache,
			       costs[GIC_COST_ITS_DEVICE_ENTRIES]);
		tag_cache_init(&its->event_cache,
			       costs[GIC_COST_ITS_EVENT_ENTRIES]);
		tag_cache_init(&its->collection_cache,
			       costs[GIC_COST_ITS_COLLECTION_ENTRIES]);
	} else {
		tag_cache_drop_all(&its->device_cache);
		tag_cache_drop_all(&its->event_cache);
		tag_cache_drop_all(&its->collection_cache);
	}
	its->caches_gen = its->cache_gen;
}

void its_caches_free(struct its *its)
{
	tag_cache_free(&its->device_cache);
	tag_cache_free(&its->event_cache);
	tag_cache_free(&its->collection_cache);
}

/* A table is read on the way of LPI @irq. */
static uint32_t read_table(struct its *its, const struct gic_irq *irq,
			   enum irq_step step, enum gic_cost row)
{
	if (irq->target)
		gic_step(its->gic, irq->target->index, step, irq->intid);
	return its->gic->costs[row];
}

static uint64_t translation(struct its *its, const struct its_device *d,
			    const struct its_event *e)
{
	uint64_t cycles = its->gic->costs[GIC_COST_ITS_TRANSLATE];
	uint32_t collection =
		e->collection ? its->collections[e->collection - 1].id : 0;
	unsigned int levels = its->baser_device & GITS_BASER_INDIRECT ? 2 : 1;

	caches_ready(its);
	if (!tag_cache_use(&its->event_cache, (uint64_t)d->id << 32 | e->id)) {
		if (!tag_cache_use(&its->device_cache, d->id))
			for (; levels; levels--)
				cycles += read_table(its, e->irq,
						     IRQ_STEP_ITS_DEVICE_READ,
						     GIC_COST_ITS_DEVICE_READ);
		cycles += read_table(its, e->irq, IRQ_STEP_ITS_EVENT_READ,
				     GIC_COST_ITS_EVENT_READ);
	}
	if (!tag_cache_use(&its->collection_cache, collection))
		cycles += read_table(its, e->irq, IRQ_STEP_ITS_COLLECTION_READ,
				     GIC_COST_ITS_COLLECTION_READ);
	if (!tag_cache_use(&its->gic->lpi_cache, e->irq->intid))
		cycles += read_table(its, e->irq, IRQ_STEP_LPI_CONFIG_READ,
				     GIC_COST_LPI_CONFIG_READ);
	return cycles;
}

void its_pend(struct its *its, struct its_device *d, struct its_event *e)
{
	if (e->irq->target)
		gic_step(its->gic, e->irq->target->index,
			 IRQ_STEP_ITS_TRANSLATE, e->irq->intid);
	if (unlikely(its->gic->counted))
		e->irq->late = translation(its, d, e);
	e->irq->latch = true;
	gic_irq_event(its->gic, e->irq);
}

/*
 * Each command is read, and then the table entry that it reads or changes, if
 * any. INT's translation is on the interrupt's way.
 */
uint32_t its_command_cycles(const struct its *its, unsigned int code)
{
	const uint32_t *costs = its->gic->costs;
	uint32_t cycles = costs[GIC_COST_ITS_COMMAND];

	switch (code) {
	case ITS_CMD_MAPD: return cycles + costs[GIC_COST_ITS_DEVICE_READ];
	case ITS_CMD_MAPC: return cycles + costs[GIC_COST_ITS_COLLECTION_READ];
	case ITS_CMD_MAPTI:
	case ITS_CMD_MAPI:
		return cycles + costs[GIC_COST_ITS_EVENT_READ] +
		       costs[GIC_COST_LPI_CONFIG_READ] +
		       costs[GIC_COST_LPI_PENDING_READ];
	case ITS_CMD_MOVI:
	case ITS_CMD_CLEAR:
	case ITS_CMD_DISCARD: return cycles + costs[GIC_COST_ITS_EVENT_READ];
	case ITS_CMD_INV: return cycles + costs[GIC_COST_LPI_CONFIG_READ];
	default: return cycles; /* INT, SYNC, INVALL, MOVALL, unknown ones */
	}
}
