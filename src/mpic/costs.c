/* SPDX-License-Identifier: MIT */
/*
 * What the steps of an MPIC cost, in cycles, and who is told of them. No manual
 * of an MPIC gives latencies: the figures are of the order of a GIC-400's.
 *
 * Reads, writes, acknowledge and end take time of the vCPU that makes them; the
 * others go by while an interrupt is on its way (deliver.c).
 */
#include "mpic/mpic-internal.h"

static const struct cost_row rows[] = {
	{"mmio-read", 60, "assumed: a read over the platform bus"},
	{"mmio-write", 40, "assumed: a posted write over the platform bus"},
	{"acknowledge", 10, "assumed: on top of the read of IACK"},
	{"eoi", 6, "assumed: on top of the write of EOI"},
	{"pend", 4, "assumed: synchroniser and edge detection"},
	{"choose", 8, "assumed: comparators over 264 sources"},
	{"signal", 3, "assumed: INT to the core's input"},
	{"ipi", 6, "assumed: from IPIDR to an IPI, each target"},
};

/* In the order of the rows. */
static const uint8_t steps[ARRAY_SIZE(rows)] = {
	IRQ_STEP_MMIO_READ, IRQ_STEP_MMIO_WRITE, IRQ_STEP_ACKNOWLEDGE,
	IRQ_STEP_EOI,       IRQ_STEP_PEND,       IRQ_STEP_CHOOSE,
	IRQ_STEP_SIGNAL,    IRQ_STEP_SGI,
};

const struct cost_model mpic_costs = {
	.name = "mpic",
	.about = "Freescale's MPIC 2.0 and 4.2",
	.rows = rows,
	.nr = ARRAY_SIZE(rows),
};

void mpic_costs_init(struct mpic *m)
{
	uint32_t cycles[ARRAY_SIZE(rows)];

	costs_fill(cycles, &mpic_costs, m->vm->costs);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		m->cycles[steps[i]] = cycles[i];
}

void mpic_step_slow(struct mpic *m, int vcpu, enum irq_step step,
		    uint32_t source, bool paid)
{
	if (vcpu >= 0)
		m->vm->ops->step(m->vm, vcpu, step, source,
				 paid && m->vm->counted ? m->cycles[step] : 0);
}
