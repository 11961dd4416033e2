/* SPDX-License-Identifier: MIT */
/*
 * Interrupts that are pending and not delivered: Linux puts one on a vCPU's list
 * when something of its own happens to it, if the distributor is enabled then and
 * its target is there. One that was not put there waits for the next such event.
 */
#include "order.h"

/* ---- the distributor is disabled ----------------------------------------- */

static void off_when_it_came(void)
{
	struct abi_vm v;

	order_open(&v);
	spis_enable(&v, SPI(40) | SPI(41));
	abi_dist_set(&v, GICD_CTLR, 0);
	spi_line(&v, 40, 1);
	abi_dist_set(&v, GICD_CTLR, 2);
	EQUAL(pending(&v), SPI(40));
	EQUAL(order_next(&v), 1023);
	/* Another one does not bring it along. */
	spi_line(&v, 41, 1);
	ORDER(&v, 41);
	EQUAL(pending(&v), SPI(40));
	/* An event of its own: one more edge, enabling. */
	spi_line(&v, 40, 1);
	ORDER(&v, 40);
	abi_dist_set(&v, GICD_CTLR, 0);
	spi_line(&v, 40, 1);
	abi_dist_set(&v, GICD_CTLR, 2);
	EQUAL(order_next(&v), 1023);
	spis_enable(&v, SPI(40));
	ORDER(&v, 40);
	/* Enabling it is no event while the distributor is off. */
	abi_dist_set(&v, GICD_CTLR, 0);
	spi_line(&v, 40, 1);
	spis_enable(&v, SPI(40));
	abi_dist_set(&v, GICD_CTLR, 2);
	EQUAL(order_next(&v), 1023);
}

static void off_when_it_came_v2(void)
{
	struct abi_vm v;

	order_open_v2(&v);
	spis_enable(&v, SPI(40));
	spi_line(&v, 40, 1);
	ORDER(&v, 40);
	abi_dist_set(&v, GICD_CTLR, 0);
	spi_line(&v, 40, 1);
	abi_dist_set(&v, GICD_CTLR, 1);
	EQUAL(pending(&v), SPI(40));
	EQUAL(order_next(&v), 1023);
	spis_enable(&v, SPI(40));
	ORDER(&v, 40);
}

/* What was on the list is off it as soon as the guest ran. */
static void off_for_a_while(void)
{
	struct abi_vm v;

	order_open(&v);
	spis_enable(&v, SPI(40));
	spi_line(&v, 40, 1);
	abi_dist_set(&v, GICD_CTLR, 0);
	abi_run_nothing(&v);
	abi_dist_set(&v, GICD_CTLR, 2);
	ORDER(&v, 40);
	spi_line(&v, 40, 1);
	abi_dist_set(&v, GICD_CTLR, 0);
	EQUAL(order_next(&v), 1023);
	abi_dist_set(&v, GICD_CTLR, 2);
	EQUAL(order_next(&v), 1023);
	EQUAL(pending(&v), SPI(40));
	spis_enable(&v, SPI(40));
	ORDER(&v, 40);
}

static void off_level(void)
{
	struct abi_vm v;

	order_open(&v);
	trigger(&v, false);
	spis_enable(&v, SPI(40));
	abi_dist_set(&v, GICD_CTLR, 0);
	spi_line(&v, 40, 1);
	abi_dist_set(&v, GICD_CTLR, 2);
	EQUAL(order_next(&v), 1023);
	spi_line(&v, 40, 1); /* it is high */
	EQUAL(order_next(&v), 1023);
	spi_line(&v, 40, 0);
	spi_line(&v, 40, 1);
	FIRST(&v, 40);
	FIRST(&v, 40);
	abi_dist_set(&v, GICD_CTLR, 0);
	EQUAL(order_next(&v), 1023);
	abi_dist_set(&v, GICD_CTLR, 2);
	EQUAL(order_next(&v), 1023);
}

static void off_sgi(void)
{
	struct abi_vm v;

	order_open(&v);
	abi_dist_set(&v, GICD_CTLR, 0);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_MOVZ(2, 1, 0),
	      ASM_MOVK(2, 0x300, 1), ASM_MSR(ICC_SGI1R, 2), ASM_ISB,
	      ASM_STR(0, 1), ASM_PAUSE(2), ASM_MRS(0, ICC_IAR1), ASM_STR(0, 1),
	      ASM_MSR(ICC_EOIR1, 0), ASM_ISB, ASM_B(-7));
	NEED(abi_run(&v) == KVM_EXIT_MMIO);
	abi_dist_set(&v, GICD_CTLR, 2);
	EQUAL(order_next(&v), 1023);
}

/* ---- its target is not there --------------------------------------------- */

static void route(const struct abi_vm *v, unsigned int intid, uint32_t aff)
{
	abi_dist_set(v, GICD_IROUTER + intid * 8, aff);
}

static void to_nobody(void)
{
	struct abi_vm v;

	order_open(&v);
	spis_enable(&v, SPI(40));
	route(&v, 40, 5);
	spi_line(&v, 40, 1);
	route(&v, 40, 0);
	EQUAL(pending(&v), SPI(40));
	EQUAL(order_next(&v), 1023);
	spis_enable(&v, SPI(40));
	ORDER(&v, 40);
	/* On the list, and off it as soon as the guest ran. */
	spi_line(&v, 40, 1);
	route(&v, 40, 5);
	route(&v, 40, 0);
	ORDER(&v, 40);
	spi_line(&v, 40, 1);
	route(&v, 40, 5);
	EQUAL(order_next(&v), 1023);
	route(&v, 40, 0);
	EQUAL(order_next(&v), 1023);
	spis_enable(&v, SPI(40));
	ORDER(&v, 40);
}

const struct abi_case cases_list[] = {
	{"list/off-when-it-came", off_when_it_came},
	{"list/off-when-it-came-v2", off_when_it_came_v2},
	{"list/off-for-a-while", off_for_a_while},
	{"list/off-level", off_level},
	{"list/off-sgi", off_sgi},
	{"list/to-nobody", to_nobody},
	{NULL},
};
