/* SPDX-License-Identifier: MIT */
/*
 * What each step of a GIC takes in counted time: the rows that every model's
 * table (costs-gic-400.def and others) has. A model without LPIs or without system
 * registers leaves out their rows.
 */
#ifndef FAUXKVM_GIC_COSTS_H
#define FAUXKVM_GIC_COSTS_H

#include "base/costs.h"
#include "base/irqchip.h"

enum gic_cost {
	/* Time of the vCPU; numbered as enum irq_step. */
	GIC_COST_MMIO_READ,
	GIC_COST_MMIO_WRITE,
	GIC_COST_SYSREG_READ,
	GIC_COST_SYSREG_WRITE,
	GIC_COST_ACKNOWLEDGE,
	GIC_COST_EOI,
	GIC_COST_DEACTIVATE,
	GIC_COST_ITS_COMMAND,

	/* The way of an interrupt. Of each group the kinds are in the order
	 * SGI, PPI, SPI, LPI. */
	GIC_COST_PEND_SGI, /* from its cause to being pending */
	GIC_COST_PEND_PPI,
	GIC_COST_PEND_SPI,
	GIC_COST_PEND_LPI,
	GIC_COST_CHOOSE,    /* it has the highest priority of a PE's */
	GIC_COST_ROUTE_SGI, /* to the CPU interface */
	GIC_COST_ROUTE_PPI,
	GIC_COST_ROUTE_SPI,
	GIC_COST_ROUTE_LPI,
	GIC_COST_SIGNAL,     /* from there to the PE's input */
	GIC_COST_SGI_TARGET, /* each target of an SGI waits for those before */

	/* What an LPI has before it is pended; commands pay for the entry that
	 * they change, too. */
	GIC_COST_ITS_TRANSLATE,
	GIC_COST_ITS_DEVICE_READ,
	GIC_COST_ITS_EVENT_READ,
	GIC_COST_ITS_COLLECTION_READ,
	GIC_COST_LPI_CONFIG_READ,
	GIC_COST_LPI_PENDING_READ,

	/* Sizes of caches in entries. */
	GIC_COST_ITS_DEVICE_ENTRIES,
	GIC_COST_ITS_EVENT_ENTRIES,
	GIC_COST_ITS_COLLECTION_ENTRIES,
	GIC_COST_LPI_ENTRIES,
	NR_GIC_COSTS
};

_Static_assert(GIC_COST_ITS_COMMAND == (int)IRQ_STEP_ITS_COMMAND,
	       "a vCPU's steps are the first rows");

#endif
