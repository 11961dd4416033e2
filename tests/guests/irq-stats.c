/* SPDX-License-Identifier: MIT */
/*
 * Known numbers of interrupts and exits, for tests/tool/check-stat, which has
 * them, too. For two CPUs; with three it never ends.
 */
#include "gic.h"
#include "guest.h"

#define VTIMER 27

static volatile unsigned int got[2];
static volatile bool ready;

static void on_irq(struct frame *f)
{
	unsigned int iar = gic_ack();

	if ((iar & 0x3ff) == INTID_NONE)
		return;
	if ((iar & 0x3ff) == VTIMER)
		write_sysreg(cntv_ctl_el0, 0);
	gic_eoi(iar);
	dsb();
	got[cpu_index()]++;
}

static void setup(unsigned int intid, unsigned int cpu)
{
	gic_set_priority(intid, 0xa0);
	if (intid >= 32) {
		gic_set_edge(intid, true);
		gic_set_target(intid, cpu);
	}
	gic_enable(intid);
}

/* One after the other, or they would be one. */
static void wait_got(unsigned int cpu, unsigned int n)
{
	if (!WAIT_FOR(got[cpu] == n, 20000))
		CHECK(!"an interrupt is lost");
}

static void sgis(unsigned int sgi, unsigned int cpu, unsigned int n)
{
	unsigned int before = got[cpu];

	for (unsigned int i = 1; i <= n; i++) {
		gic_send_sgi(sgi, cpu);
		wait_got(cpu, before + i);
	}
}

static void spis(unsigned int intid, unsigned int cpu, unsigned int n)
{
	unsigned int before = got[cpu];

	setup(intid, cpu);
	for (unsigned int i = 1; i <= n; i++) {
		mmio_write(BOARD_GICD + GICD_ISPENDR + intid / 32 * 4,
			   1u << intid % 32);
		wait_got(cpu, before + i);
	}
}

static void timers(unsigned int n)
{
	unsigned int before = got[0];

	setup(VTIMER, 0);
	for (unsigned int i = 1; i <= n; i++) {
		write_sysreg(cntv_cval_el0, read_sysreg(cntvct_el0) + 1000);
		write_sysreg(cntv_ctl_el0, 1);
		wait_got(0, before + i);
	}
}

void guest_cpu(unsigned int index)
{
	gic_init_cpu();
	setup(2, 1);
	irq_on();
	ready = true;
	dsb();
	for (;;)
		__asm__ volatile("yield");
}

void guest_main(void)
{
	irq_hook = on_irq;
	gic_init();
	gic_init_cpu();
	setup(1, 0);
	irq_on();
	CHECK_EQ(cpu_on(1), 0);
	CHECK(WAIT_FOR(ready, 20000));
	sgis(1, 0, 500);
	sgis(2, 1, 200);
	spis(40, 0, 300);
	spis(45, 1, 7);
	timers(20);
	for (unsigned int i = 0; i < 122; i++)
		hvc(PSCI_VERSION, 0, 0, 0);
	CHECK_EQ(got[0], 820);
	CHECK_EQ(got[1], 207);
	if (boot.cpus == 3)
		print("waits\n");
	while (boot.cpus == 3)
		wfi();
	report();
}
