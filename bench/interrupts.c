/* SPDX-License-Identifier: MIT */
/*
 * Interrupts as fast as a guest can take them: SGIs that it sends to itself.
 * After each 4,000 it reads TEST_SCRATCH; the test VMM has nothing there, so it
 * ends after 3,000,000 with one line: name, interrupts, nanoseconds. As long as
 * something is there it goes on: tests/kernel/stat-cost.c measures with it.
 */
#include "tests/guests/gic.h"

#define BATCH   4000
#define BATCHES 750

static volatile unsigned int taken;

static void on_irq(struct frame *f)
{
	unsigned int iar = gic_ack();

	taken++;
	gic_eoi(iar);
}

static void batch(void)
{
	taken = 0;
	while (taken < BATCH)
		gic_send_sgi(1, 0);
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
	for (unsigned int left = BATCHES; left;) {
		batch();
		if (!mmio_read(BOARD_TEST + TEST_SCRATCH))
			left--;
	}
	ticks = read_sysreg(cntvct_el0) - start;
	print("interrupts %u %lu\n", BATCH * BATCHES,
	      ticks * 1000 / (f / 1000000));
	finish(0);
}
