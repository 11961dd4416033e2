/* SPDX-License-Identifier: MIT */
/*
 * The generic timers: counter, virtual and physical timer, their interrupts
 * through the GIC (PPIs 27 and 30), WFI (Arm ARM D11).
 */
#include "gic.h"
#include "guest.h"

#define CTL_ENABLE  1
#define CTL_IMASK   2
#define CTL_ISTATUS 4

static volatile unsigned int virtual_irqs, physical_irqs, other_irqs;

static void on_irq(struct frame *f)
{
	unsigned int intid = gic_ack();

	if (intid == 27) {
		virtual_irqs++;
		write_sysreg(cntv_ctl_el0, CTL_ENABLE | CTL_IMASK);
	} else if (intid == 30) {
		physical_irqs++;
		write_sysreg(cntp_ctl_el0, CTL_ENABLE | CTL_IMASK);
	} else {
		other_irqs++;
	}
	isb();
	gic_eoi(intid);
}

static uint64_t count(void)
{
	isb();
	return read_sysreg(cntvct_el0);
}

static void test_counter(void)
{
	uint64_t a = count(), b, ms = read_sysreg(cntfrq_el0) / 1000;

	CHECK(ms > 0);
	for (unsigned int i = 0; i < 1000; i++) {
		b = count();
		if (b < a)
			break;
		a = b;
		if (i == 999)
			passed++;
	}
	CHECK(read_sysreg(cntpct_el0) >= a);
	/* TVAL is a signed 32-bit view of CVAL - count */
	write_sysreg(cntv_cval_el0, count() + 1000000000);
	CHECK((int32_t)read_sysreg(cntv_tval_el0) > 0);
	CHECK(read_sysreg(cntv_tval_el0) <= 1000000000);
	write_sysreg(cntv_tval_el0, 0xffffff00ul); /* negative */
	CHECK(read_sysreg(cntv_cval_el0) < count());
}

static void test_status(void)
{
	write_sysreg(cntv_ctl_el0, CTL_IMASK);
	write_sysreg(cntv_cval_el0, 0);
	isb();
	/* ISTATUS is unknown while disabled; enabled and past: set */
	write_sysreg(cntv_ctl_el0, CTL_ENABLE | CTL_IMASK);
	isb();
	CHECK_EQ(read_sysreg(cntv_ctl_el0),
		 CTL_ENABLE | CTL_IMASK | CTL_ISTATUS);
	write_sysreg(cntv_cval_el0, ~0ul >> 1);
	isb();
	CHECK_EQ(read_sysreg(cntv_ctl_el0), CTL_ENABLE | CTL_IMASK);
	write_sysreg(cntv_ctl_el0, 0);
}

/* Sleep in WFI until the timer's interrupt. */
static void test_wfi(void)
{
	uint64_t t0, ms = read_sysreg(cntfrq_el0) / 1000;

	for (unsigned int i = 1; i <= 20; i++) {
		t0 = count();
		write_sysreg(cntv_cval_el0, t0 + 2 * ms);
		write_sysreg(cntv_ctl_el0, CTL_ENABLE);
		isb();
		while (virtual_irqs < i) {
			irq_off();
			if (virtual_irqs < i)
				wfi();
			irq_on();
			isb();
		}
		if (count() < t0 + 2 * ms) {
			CHECK(!"an interrupt before its time");
			return;
		}
	}
	CHECK_EQ(virtual_irqs, 20);
	CHECK_EQ(other_irqs, 0);
}

/* By all that tells: the interrupt has come before the guest can know that it is due.
 * (From a host's own timer, and QEMU's, it comes some instructions later; in counted
 * time, whose counter is of 1 GHz, after the way that it has.) */
static bool is_due(unsigned int way, uint64_t cval)
{
	switch (way) {
	case 0: return read_sysreg(cntvct_el0) >= cval;
	case 1: return (int32_t)read_sysreg(cntv_tval_el0) <= 0;
	default: return read_sysreg(cntv_ctl_el0) & CTL_ISTATUS;
	}
}

static void test_polls(void)
{
	uint64_t cval, us = read_sysreg(cntfrq_el0) / 1000000;
	unsigned int came = 0, before;

	if (boot.tcg || us == 1000)
		return;
	for (unsigned int i = 0; i < 300; i++) {
		before = virtual_irqs;
		cval = count() + 50 * us;
		write_sysreg(cntv_cval_el0, cval);
		write_sysreg(cntv_ctl_el0, CTL_ENABLE);
		isb();
		while (!is_due(i % 3, cval))
			;
		came += virtual_irqs == before + 1;
	}
	CHECK_EQ(came, 300);
	write_sysreg(cntv_ctl_el0, 0);
}

static void test_physical(void)
{
	uint64_t t0 = count(), ms = read_sysreg(cntfrq_el0) / 1000;

	isb();
	write_sysreg(cntp_cval_el0, read_sysreg(cntpct_el0) + 3 * ms);
	write_sysreg(cntp_ctl_el0, CTL_ENABLE);
	isb();
	CHECK(WAIT_FOR(physical_irqs, 20000));
	CHECK(count() >= t0 + 3 * ms);
	CHECK_EQ(physical_irqs, 1);
	write_sysreg(cntp_ctl_el0, 0);
}

/* The line stays up while the condition holds: again after each EOI. */
static volatile unsigned int level_irqs;

static void on_level_irq(struct frame *f)
{
	unsigned int intid = gic_ack();

	if (++level_irqs == 5)
		write_sysreg(cntv_ctl_el0, 0);
	isb();
	gic_eoi(intid);
}

static void test_level(void)
{
	irq_hook = on_level_irq;
	write_sysreg(cntv_cval_el0, 0);
	write_sysreg(cntv_ctl_el0, CTL_ENABLE);
	isb();
	CHECK(WAIT_FOR(level_irqs >= 5, 20000));
	CHECK(!WAIT_FOR(level_irqs > 5, 20));
	irq_hook = on_irq;
}

static void test_masked(void)
{
	unsigned int n = virtual_irqs;

	write_sysreg(cntv_cval_el0, 0);
	write_sysreg(cntv_ctl_el0, CTL_ENABLE | CTL_IMASK);
	isb();
	CHECK(!WAIT_FOR(virtual_irqs != n, 20));
	irq_off();
	write_sysreg(cntv_ctl_el0, CTL_ENABLE);
	isb();
	CHECK(WAIT_FOR(read_sysreg(isr_el1) & 0x80, 20000));
	CHECK_EQ(virtual_irqs, n);
	wfi(); /* wakes although masked */
	irq_on();
	CHECK(WAIT_FOR(virtual_irqs == n + 1, 20000));
	write_sysreg(cntv_ctl_el0, 0);
}

void guest_main(void)
{
	gic_init();
	gic_init_cpu();
	gic_enable(27);
	gic_enable(30);
	irq_hook = on_irq;
	test_counter();
	test_status();
	irq_on();
	test_wfi();
	test_polls();
	test_physical();
	test_level();
	test_masked();
}
