/* SPDX-License-Identifier: MIT */
/*
 * The cost tables of the GIC's models, and which one a GIC has.
 */
#include "gic/costs.h"

#include "gic/gic-internal.h"

#define ROW(row, name, cycles, source) \
	[GIC_COST_##row] = {name, cycles, source},

static const struct cost_row gic_400_rows[NR_GIC_COSTS] = {
#include "gic/costs-gic-400.def"
};

static const struct cost_row gic_500_rows[NR_GIC_COSTS] = {
#include "gic/costs-gic-500.def"
};

static const struct cost_row gic_600_rows[NR_GIC_COSTS] = {
#include "gic/costs-gic-600.def"
};

static const struct cost_model gic_400 = {
	"gic-400", "GICv2 with memory-mapped CPU interfaces", gic_400_rows,
	NR_GIC_COSTS};
static const struct cost_model gic_500 = {"gic-500",
					  "GICv3 in one block, with an ITS",
					  gic_500_rows, NR_GIC_COSTS};
static const struct cost_model gic_600 = {
	"gic-600", "GICv3 in pieces, with ITS blocks and their caches",
	gic_600_rows, NR_GIC_COSTS};

const struct cost_model *const gic_cost_models[GIC_NR_COST_MODELS] = {
	&gic_400, &gic_500, &gic_600};

int gic_costs_version(const struct cost_model *m)
{
	return m == &gic_400 ? 2 : 3;
}

void gic_set_cost_model(struct gic *gic, const struct cost_model *model)
{
	gic->cost_model = model;
}

void gic_costs_start(struct gic *gic)
{
	const struct cost_model *m = gic->cost_model;

	if (!m)
		m = gic->model == 2 ? &gic_400 : &gic_600;
	costs_fill(gic->costs, m, gic->vm->costs);
	tag_cache_init(&gic->lpi_cache, gic->costs[GIC_COST_LPI_ENTRIES]);
	gic->counted = true;
}
