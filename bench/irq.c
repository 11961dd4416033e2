/* SPDX-License-Identifier: MIT */
/*
 * Interrupts from where they are caused to the end of their handler, and the
 * GIC's registers, in the measuring guest. What the VMM's irqfd and
 * KVM_SIGNAL_MSI do for an interrupt, QEMU's own devices do without a VMM.
 */
#include "bench.h"

#define SGI           5
#define TIMER         27
#define IRQFD_GSI     3
#define QEMU_V2M      0x08020000 /* virt's GICv2m, whose SPIs begin at INTID 80 */
#define QEMU_V2M_SPI  80
#define V2M_SETSPI_NS 0x40

static volatile uint64_t taken[2]; /* by each CPU */

static void on_irq(struct frame *f)
{
	unsigned int iar = gic_ack();

	if ((iar & 0xffffff) == TIMER) {
		write_sysreg(cntv_ctl_el0, 0);
		isb();
	}
	taken[cpu_index()]++;
	gic_eoi(iar);
}

static void start_cpu(void)
{
	gic_init_cpu();
	gic_set_priority(SGI, 0xa0);
	gic_enable(SGI);
	irq_on();
}

void setup_gic(void)
{
	irq_hook = on_irq;
	gic_init();
	start_cpu();
}

/* ---- from CPU to CPU ----------------------------------------------------- */

static volatile bool ready, sleep;

void guest_cpu(unsigned int index)
{
	start_cpu();
	ready = true;
	for (;;) {
		while (!sleep)
			;
		/* It wakes though it is masked, so none gets lost. */
		irq_off();
		wfi();
		irq_on();
	}
}

void setup_ipi(void)
{
	setup_gic();
	if (ready)
		return;
	CHECK_EQ(cpu_on(1), 0);
	CHECK(WAIT_FOR(ready, 20000));
}

static uint64_t send_sgis(uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		uint64_t before = taken[1];

		gic_send_sgi(SGI, 1);
		while (taken[1] == before)
			;
	}
	return n;
}

/* The other CPU executes, which the sender sees from its handler. */
uint64_t run_ipi(uint64_t n)
{
	sleep = false;
	gic_send_sgi(SGI, 1);
	return send_sgis(n);
}

/* The other CPU waits. */
uint64_t run_ipi_wfi(uint64_t n)
{
	sleep = true;
	return send_sgis(n);
}

/* ---- the timer ----------------------------------------------------------- */

void setup_timer(void)
{
	setup_gic();
	gic_set_priority(TIMER, 0xa0);
	gic_enable(TIMER);
}

/* Due as soon as it is set. */
uint64_t run_timer(uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		uint64_t before = taken[0];

		write_sysreg(cntv_cval_el0, 0);
		write_sysreg(cntv_ctl_el0, 1);
		isb();
		while (taken[0] == before)
			;
	}
	return n;
}

/* ---- registers ----------------------------------------------------------- */

/* Accesses that a driver makes to its interrupt's enables and priority. */
uint64_t run_gic_mmio(uint64_t n)
{
	uint64_t enable = gic_frame(SGI) + GICD_ISENABLER;
	uint64_t spi = BOARD_GICD + GICD_ISENABLER + 4;

	for (uint64_t i = 0; i < n; i++) {
		mmio_write(enable, mmio_read(enable));
		mmio_write(spi, 1u << (i & 7));
		gic_set_priority(40, 0xa0);
		mmio_write(spi - GICD_ISENABLER + GICD_ICENABLER,
			   1u << (i & 7));
		mmio_read(spi - GICD_ISENABLER + GICD_ISPENDR);
	}
	return n * 6;
}

/* ---- devices ------------------------------------------------------------- */

static uint64_t raise_each(uint64_t n, uint64_t where, uint32_t what)
{
	for (uint64_t i = 0; i < n; i++) {
		uint64_t before = taken[0];

		mmio_write(where, what);
		while (taken[0] == before)
			;
	}
	return n;
}

void setup_irqfd(void)
{
	unsigned int intid = on_qemu ? QEMU_V2M_SPI : 32 + IRQFD_GSI;

	setup_gic();
	gic_set_edge(intid, true);
	gic_set_priority(intid, 0xa0);
	gic_set_target(intid, 0);
	gic_enable(intid);
}

uint64_t run_irqfd(uint64_t n)
{
	if (on_qemu)
		return raise_each(n, QEMU_V2M + V2M_SETSPI_NS, QEMU_V2M_SPI);
	return raise_each(n, BOARD_TEST + TEST_IRQFD, IRQFD_GSI);
}

/* A CPU's write to GITS_TRANSLATER is device 0's under QEMU. */
void setup_lpi(void)
{
	setup_gic();
	its_on(on_qemu ? 0 : 1, 1);
}

uint64_t run_lpi(uint64_t n)
{
	if (on_qemu)
		return raise_each(n, BOARD_ITS + GITS_TRANSLATER, 0);
	return raise_each(n, BOARD_TEST + TEST_MSI, 0);
}
