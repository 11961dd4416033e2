/* SPDX-License-Identifier: MIT */
/*
 * Interrupts as fast as a guest can take them: a known number of SGIs that it
 * sends to itself. One line: name, interrupts, nanoseconds. What tests/slow/stat-cost
 * measures with.
 */
#include "tests/guests/gic.h"

#define INTERRUPTS 3000000

static volatile unsigned int taken;

static void on_irq(struct frame *f)
{
	unsigned int iar = gic_ack();

	taken++;
	gic_eoi(iar);
}

void guest_main(void)
{
	uint64_t f = read_sysreg(cntfrq_el0), start, ticks;

	irq_hook = on_irq;
	gic_init();
	gic_init_cpu();
	gic_enable(1);
	irq_on();
	start = read_sysreg(cntvct_el0);
	while (taken < INTERRUPTS)
		gic_send_sgi(1, 0);
	ticks = read_sysreg(cntvct_el0) - start;
	print("interrupts %u %lu\n", taken, ticks * 1000 / (f / 1000000));
	finish(0);
}
