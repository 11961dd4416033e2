/* SPDX-License-Identifier: MIT */
/*
 * GICv3 as its guest sees it: delivery scenarios and what each step costs.
 * Registers, GICv2, the device attributes and the ITS have files of their own
 * beside this one; main() is here.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>

#include "gic-fake.h"
#include "gic/gic-internal.h"
#include "its-fake.h"
#include "tests/check-main.h"

static int line(struct fake_vm *f, unsigned int id, bool level)
{
	return gic_set_line(f->gic, 0, id, level, NULL);
}

static uint32_t pending(struct fake_vm *f, unsigned int id)
{
	return GICD(f, 0, GICD_ISPENDR + id / 32 * 4) >> id % 32 & 1;
}

static uint32_t active(struct fake_vm *f, unsigned int id)
{
	return GICD(f, 0, GICD_ISACTIVER + id / 32 * 4) >> id % 32 & 1;
}

START_TEST(edge)
{
	struct fake_vm *f = fake_v3(2);

	spi_setup(f, SPI, 0xa0, true);
	ck_assert_int_eq(line(f, SPI, true), 0);
	ck_assert(f->irq[0] && !f->fiq[0] && !f->irq[1]);
	ck_assert_int_eq(line(f, SPI, false), 0); /* an edge stays */
	ck_assert(f->irq[0]);
	ck_assert_uint_eq(pending(f, SPI), 1);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_HPPIR1), SPI);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0xff);

	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), SPI);
	ck_assert(!f->irq[0]);
	ck_assert_uint_eq(pending(f, SPI), 0);
	ck_assert_uint_eq(active(f, SPI), 1);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0xa0);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_AP1R0), 1u << (0xa0 >> 3));
	ck_assert_uint_eq(icc_rd(f, 0, ICC_AP0R0), 0);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 1023);

	/* Again while active: pending and active, taken after the EOI. */
	line(f, SPI, true);
	ck_assert(!f->irq[0]);
	ck_assert_uint_eq(pending(f, SPI), 1);
	icc_wr(f, 0, ICC_EOIR1, SPI);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0xff);
	ck_assert_uint_eq(active(f, SPI), 0);
	ck_assert(f->irq[0]);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), SPI);
	icc_wr(f, 0, ICC_EOIR1, SPI);
	ck_assert(!f->irq[0]);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 1023);
	ck_assert_int_eq(f->acked_calls, 0); /* level interrupts only */
	fake_free(f);
}
END_TEST

START_TEST(level)
{
	struct fake_vm *f = fake_v3(1);

	spi_setup(f, SPI, 0xa0, false);
	line(f, SPI, true);
	ck_assert(f->irq[0]);
	line(f, SPI, false); /* gone before it was taken */
	ck_assert(!f->irq[0]);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 1023);

	line(f, SPI, true);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), SPI);
	ck_assert_uint_eq(pending(f, SPI), 1); /* the line is still up */
	ck_assert(!f->irq[0]);
	icc_wr(f, 0, ICC_EOIR1, SPI);
	ck_assert_uint_eq(f->acked_calls, 1);
	ck_assert_int_eq(f->acked, SPI - 32);
	ck_assert(f->irq[0]); /* and pends again */
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), SPI);
	line(f, SPI, false);
	icc_wr(f, 0, ICC_EOIR1, SPI);
	ck_assert(!f->irq[0]);

	/* Pending by register: until it was handled, or ICPENDR. */
	GICD_W(f, 0, GICD_ISPENDR + 4, 1u << (SPI - 32));
	ck_assert(f->irq[0]);
	GICD_W(f, 0, GICD_ICPENDR + 4, 1u << (SPI - 32));
	ck_assert(!f->irq[0]);
	GICD_W(f, 0, GICD_ISPENDR + 4, 1u << (SPI - 32));
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), SPI);
	icc_wr(f, 0, ICC_EOIR1, SPI);
	ck_assert_uint_eq(pending(f, SPI), 0);
	ck_assert(!f->irq[0]);

	/* ICPENDR doesn't lower a line. */
	line(f, SPI, true);
	GICD_W(f, 0, GICD_ICPENDR + 4, 1u << (SPI - 32));
	ck_assert(f->irq[0]);
	fake_free(f);
}
END_TEST

START_TEST(priorities)
{
	struct fake_vm *f = fake_v3(1);

	spi_setup(f, 33, 0xc0, true);
	spi_setup(f, 34, 0x40, true);
	spi_setup(f, 35, 0x80, true);
	line(f, 33, true);
	line(f, 34, true);
	line(f, 35, true);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 34);
	icc_wr(f, 0, ICC_EOIR1, 34);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 35);
	icc_wr(f, 0, ICC_EOIR1, 35);

	/* The mask: strictly higher priorities only. */
	icc_wr(f, 0, ICC_PMR, 0xc0);
	ck_assert(!f->irq[0]);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 1023);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_HPPIR1), 33);
	icc_wr(f, 0, ICC_PMR, 0xff);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_PMR), 0xf8);
	ck_assert(f->irq[0]);

	/* A priority changed while pending counts at once. */
	line(f, 35, true);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_HPPIR1), 35);
	mmio_wr(f, 0, FAKE_DIST + GICD_IPRIORITYR + 33, 1, 0x13);
	ck_assert_uint_eq(mmio_rd(f, 0, FAKE_DIST + GICD_IPRIORITYR + 33, 1),
			  0x10);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_HPPIR1), 33);
	/* Equal: the one that came first, whatever it was meanwhile. */
	mmio_wr(f, 0, FAKE_DIST + GICD_IPRIORITYR + 33, 1, 0x80);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_HPPIR1), 33);
	fake_free(f);
}
END_TEST

START_TEST(preemption)
{
	struct fake_vm *f = fake_v3(1);

	spi_setup(f, 33, 0xa0, true);
	spi_setup(f, 34, 0x80, true);
	spi_setup(f, 35, 0xa0, true);
	line(f, 33, true);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 33);
	line(f, 35, true); /* same priority: no */
	ck_assert(!f->irq[0]);
	line(f, 34, true); /* higher: yes */
	ck_assert(f->irq[0]);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 34);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0x80);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_AP1R0),
			  1u << (0x80 >> 3) | 1u << (0xa0 >> 3));
	icc_wr(f, 0, ICC_EOIR1, 34);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0xa0);
	ck_assert(!f->irq[0]);
	icc_wr(f, 0, ICC_EOIR1, 33);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 35);

	/* BPR1 7: bit 7 alone decides, and 0x80 and 0xa0 agree in it. */
	icc_wr(f, 0, ICC_EOIR1, 35);
	icc_wr(f, 0, ICC_BPR1, 7);
	line(f, 33, true);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 33);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0x80);
	line(f, 34, true);
	ck_assert(!f->irq[0]);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 1023);
	mmio_wr(f, 0, FAKE_DIST + GICD_IPRIORITYR + 34, 1, 0x78);
	ck_assert(f->irq[0]);
	fake_free(f);
}
END_TEST

START_TEST(wrong_eoi)
{
	struct fake_vm *f = fake_v3(2);

	spi_setup(f, 33, 0xa0, true);
	spi_setup(f, 34, 0x80, true);
	line(f, 33, true);
	icc_rd(f, 0, ICC_IAR1);
	/* Special INTIDs change nothing. */
	icc_wr(f, 0, ICC_EOIR1, 1023);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0xa0);
	/* Another interrupt's number drops the priority all the same. */
	icc_wr(f, 0, ICC_EOIR1, 34);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0xff);
	ck_assert_uint_eq(active(f, 33), 1);
	/* No active priority: ignored. */
	icc_wr(f, 0, ICC_EOIR1, 33);
	ck_assert_uint_eq(active(f, 33), 1);
	/* Out of order: priorities don't match, nothing is deactivated. */
	GICD_W(f, 0, GICD_ICACTIVER + 4, 2);
	line(f, 33, true);
	icc_rd(f, 0, ICC_IAR1);
	line(f, 34, true);
	icc_rd(f, 0, ICC_IAR1);
	icc_wr(f, 0, ICC_EOIR1, 33);
	ck_assert_uint_eq(active(f, 33), 1);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0xa0);
	/* By a vCPU that doesn't have it: not deactivated either. */
	icc_wr(f, 1, ICC_AP1R0, 1u << (0xa0 >> 3));
	icc_wr(f, 1, ICC_EOIR1, 33);
	ck_assert_uint_eq(active(f, 33), 1);
	fake_free(f);
}
END_TEST

START_TEST(masking)
{
	struct fake_vm *f = fake_v3(1);
	uint32_t bit = 1u << (SPI - 32);

	spi_setup(f, SPI, 0xa0, true);
	line(f, SPI, true);
	ck_assert(f->irq[0]);
	GICD_W(f, 0, GICD_ICENABLER + 4, bit);
	ck_assert(!f->irq[0]);
	ck_assert_uint_eq(GICD(f, 0, GICD_ISENABLER + 4) & bit, 0);
	ck_assert_uint_eq(pending(f, SPI), 1);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 1023);
	GICD_W(f, 0, GICD_ISENABLER + 4, bit);
	ck_assert(f->irq[0]);
	GICD_W(f, 0, GICD_CTLR, 0); /* the distributor */
	ck_assert(!f->irq[0]);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_HPPIR1), 1023);
	GICD_W(f, 0, GICD_CTLR, 1); /* group 0's enable does nothing in KVM */
	ck_assert(!f->irq[0]);
	ck_assert_uint_eq(GICD(f, 0, GICD_CTLR), 0x50);
	GICD_W(f, 0, GICD_CTLR, 2);
	ck_assert_uint_eq(GICD(f, 0, GICD_CTLR), 0x52);
	/* It left the list meanwhile, and comes back by an event of its own. */
	ck_assert(!f->irq[0]);
	GICD_W(f, 0, GICD_ISENABLER + 4, bit);
	ck_assert(f->irq[0]);
	icc_wr(f, 0, ICC_IGRPEN1, 0);
	ck_assert(!f->irq[0]);
	icc_wr(f, 0, ICC_IGRPEN1, 1);
	ck_assert(f->irq[0]);
	/* Disabled while active: EOI works. */
	icc_rd(f, 0, ICC_IAR1);
	GICD_W(f, 0, GICD_ICENABLER + 4, bit);
	line(f, SPI, true);
	icc_wr(f, 0, ICC_EOIR1, SPI);
	ck_assert(!f->irq[0]);
	ck_assert_uint_eq(active(f, SPI), 0);
	ck_assert_uint_eq(pending(f, SPI), 1);
	fake_free(f);
}
END_TEST

START_TEST(groups)
{
	struct fake_vm *f = fake_v3(1);

	spi_setup(f, SPI, 0x60, true);
	spi_setup(f, SPI + 1, 0x80, true);
	GICD_W(f, 0, GICD_IGROUPR + 4, ~(1u << (SPI - 32)));
	line(f, SPI + 1, true);
	ck_assert(f->irq[0] && !f->fiq[0]);
	line(f, SPI, true); /* group 0, and higher: FIQ instead */
	ck_assert(!f->irq[0] && f->fiq[0]);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 1023);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_HPPIR1), 1023);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_HPPIR0), SPI);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR0), SPI);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_AP0R0), 1u << (0x60 >> 3));
	ck_assert(!f->irq[0] && !f->fiq[0]);
	/* The other group's EOIR drops the priority, but that is all. */
	icc_wr(f, 0, ICC_EOIR1, SPI);
	ck_assert_uint_eq(active(f, SPI), 1);
	GICD_W(f, 0, GICD_ICACTIVER + 4, 1u << (SPI - 32));
	line(f, SPI, true);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR0), SPI);
	icc_wr(f, 0, ICC_EOIR0, SPI);
	ck_assert_uint_eq(active(f, SPI), 0);
	ck_assert(f->irq[0]);
	/* A disabled group hides behind nothing. */
	line(f, SPI, true);
	ck_assert(f->fiq[0]);
	icc_wr(f, 0, ICC_IGRPEN0, 0);
	ck_assert(f->irq[0] && !f->fiq[0]);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), SPI + 1);
	/* Moved to group 1 while pending. */
	GICD_W(f, 0, GICD_IGROUPR + 4, ~0u);
	ck_assert(f->irq[0]);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), SPI);
	fake_free(f);
}
END_TEST

START_TEST(eoimode)
{
	struct fake_vm *f = fake_v3(1);

	spi_setup(f, SPI, 0xa0, false);
	line(f, SPI, true);
	icc_rd(f, 0, ICC_IAR1);
	icc_wr(f, 0, ICC_DIR, SPI); /* EOImode 0: nothing */
	ck_assert_uint_eq(active(f, SPI), 1);
	line(f, SPI, false);
	icc_wr(f, 0, ICC_EOIR1, SPI);
	ck_assert_uint_eq(active(f, SPI), 0);
	f->acked_calls = 0;
	icc_wr(f, 0, ICC_CTLR, 2);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_CTLR), 0x8c02);
	line(f, SPI, true);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), SPI);
	icc_wr(f, 0, ICC_EOIR1, SPI);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0xff);
	ck_assert_uint_eq(active(f, SPI), 1);
	ck_assert(!f->irq[0]);
	ck_assert_uint_eq(f->acked_calls, 0);
	icc_wr(f, 0, ICC_DIR, SPI);
	ck_assert_uint_eq(active(f, SPI), 0);
	ck_assert_uint_eq(f->acked_calls, 1);
	ck_assert(f->irq[0]);
	fake_free(f);
}
END_TEST

START_TEST(active_registers)
{
	struct fake_vm *f = fake_v3(1);
	uint32_t bit = 1u << (SPI - 32);

	spi_setup(f, SPI, 0xa0, false);
	line(f, SPI, true);
	GICD_W(f, 0, GICD_ISACTIVER + 4, bit);
	ck_assert_uint_eq(active(f, SPI), 1);
	ck_assert(!f->irq[0]);
	GICD_W(f, 0, GICD_ICACTIVER + 4, bit);
	ck_assert(f->irq[0]);
	/* Made active by hand it can be ended by hand: DIR and EOI. */
	GICD_W(f, 0, GICD_ISACTIVER + 4, bit);
	icc_wr(f, 0, ICC_CTLR, 2);
	icc_wr(f, 0, ICC_DIR, SPI);
	ck_assert_uint_eq(active(f, SPI), 0);
	icc_wr(f, 0, ICC_CTLR, 0);
	GICD_W(f, 0, GICD_ISACTIVER + 4, bit);
	icc_wr(f, 0, ICC_AP1R0, 1u << (0xa0 >> 3));
	icc_wr(f, 0, ICC_EOIR1, SPI);
	ck_assert_uint_eq(active(f, SPI), 0);
	fake_free(f);
}
END_TEST

START_TEST(routing)
{
	struct fake_vm *f = fake_v3(3);
	gpa_t router = FAKE_DIST + GICD_IROUTER + SPI * 8;

	spi_setup(f, SPI, 0xa0, true);
	mmio_wr(f, 0, router, 8, 1);
	line(f, SPI, true);
	ck_assert(!f->irq[0] && f->irq[1]);
	mmio_wr(f, 0, router, 4, 2); /* moves while pending */
	ck_assert(!f->irq[1] && f->irq[2]);
	mmio_wr(f, 0, router, 8, 7); /* nobody */
	ck_assert(!f->irq[2]);
	ck_assert_uint_eq(pending(f, SPI), 1);
	mmio_wr(f, 0, router + 4, 4, 1); /* Aff3: ignored, reads 0 */
	ck_assert_uint_eq(mmio_rd(f, 0, router, 8), 7);
	/* No 1 of N: the bit isn't kept. */
	mmio_wr(f, 0, router, 8, 0x80000001);
	ck_assert_uint_eq(mmio_rd(f, 0, router, 4), 1);
	ck_assert(f->irq[1]);
	/* An active one stays where it is until it is done. */
	ck_assert_uint_eq(icc_rd(f, 1, ICC_IAR1), SPI);
	mmio_wr(f, 0, router, 8, 0);
	line(f, SPI, true);
	ck_assert(!f->irq[0] && !f->irq[1]);
	icc_wr(f, 1, ICC_EOIR1, SPI);
	ck_assert(f->irq[0] && !f->irq[1]);
	fake_free(f);
}
END_TEST

/*
 * What a guest program read under Linux 6.12's KVM (a neoverse-n1
 * host), step by step: SGI 3 pending by hand, acknowledged, ended
 * in several wrong ways; a level PPI pending by hand; masks and HPPIR.
 */
START_TEST(as_linux)
{
	struct fake_vm *f = fake_v3(2);

	GICR_W(f, 0, GICR_IPRIORITYR, 0xa0a0a0a0);
	GICR_W(f, 0, GICR_IPRIORITYR + 4, 0xa0a0a0a0);
	GICR_W(f, 0, GICR_IPRIORITYR + 24, 0xa0a0a0a0);
	GICR_W(f, 0, GICR_ISPENDR0, 1 << 3);
	ck_assert(f->irq[0]);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_HPPIR1), 3);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 3);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0xa0);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_AP1R0), 0x100000);
	ck_assert_uint_eq(GICR(f, 0, GICR_ISPENDR0), 0);
	ck_assert_uint_eq(GICR(f, 0, GICR_ISACTIVER0), 8);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 0x3ff);
	icc_wr(f, 0, ICC_EOIR1, 1023);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0xa0);
	icc_wr(f, 0, ICC_EOIR1, 4);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0xff);
	ck_assert_uint_eq(GICR(f, 0, GICR_ISACTIVER0), 8);
	icc_wr(f, 0, ICC_EOIR1, 3);
	ck_assert_uint_eq(GICR(f, 0, GICR_ISACTIVER0), 8);
	GICR_W(f, 0, GICR_ICACTIVER0, 8);
	ck_assert_uint_eq(GICR(f, 0, GICR_ISACTIVER0), 0);

	GICR_W(f, 0, GICR_ISENABLER0, 1 << 25);
	GICR_W(f, 0, GICR_ISPENDR0, 1 << 25);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 25);
	ck_assert_uint_eq(GICR(f, 0, GICR_ISPENDR0), 1 << 25);
	ck_assert_uint_eq(GICR(f, 0, GICR_ISACTIVER0), 1 << 25);
	icc_wr(f, 0, ICC_EOIR1, 25);
	ck_assert_uint_eq(GICR(f, 0, GICR_ISPENDR0), 0);
	ck_assert_uint_eq(GICR(f, 0, GICR_ISACTIVER0), 0);

	GICR_W(f, 0, GICR_ISPENDR0, 8);
	icc_wr(f, 0, ICC_PMR, 0x80);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_HPPIR1), 3);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 0x3ff);
	icc_wr(f, 0, ICC_PMR, 0xf0);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_HPPIR1), 3);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_HPPIR0), 0x3ff);
	icc_wr(f, 0, ICC_IGRPEN1, 0);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_HPPIR1), 0x3ff);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 0x3ff);
	icc_wr(f, 0, ICC_IGRPEN1, 1);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 3);
	fake_free(f);
}
END_TEST

static void sgi_enable(struct fake_vm *f, unsigned int v)
{
	GICR_W(f, v, GICR_ISENABLER0, 0xffff);
}

START_TEST(sgis)
{
	struct fake_vm *f = fake_v3(4);
	unsigned int v;

	f->mpidrs[3] = 0x80000102; /* Aff1 1, Aff0 2 */
	for (v = 0; v < 4; v++)
		sgi_enable(f, v);
	icc_wr(f, 0, ICC_SGI1R, UINT64_C(5) << 24 | 0x6); /* to 1 and 2 */
	ck_assert(!f->irq[0] && f->irq[1] && f->irq[2] && !f->irq[3]);
	ck_assert_uint_eq(icc_rd(f, 1, ICC_IAR1), 5);
	icc_wr(f, 1, ICC_EOIR1, 5);
	ck_assert_uint_eq(icc_rd(f, 2, ICC_IAR1), 5);
	icc_wr(f, 2, ICC_EOIR1, 5);
	icc_wr(f, 2, ICC_SGI1R, UINT64_C(6) << 24 | 1); /* and back */
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 6);
	icc_wr(f, 0, ICC_EOIR1, 6);
	/* by affinity */
	icc_wr(f, 0, ICC_SGI1R, UINT64_C(1) << 16 | UINT64_C(7) << 24 | 0x4);
	ck_assert(f->irq[3] && !f->irq[2]);
	ck_assert_uint_eq(icc_rd(f, 3, ICC_IAR1), 7);
	icc_wr(f, 3, ICC_EOIR1, 7);
	icc_wr(f, 0, ICC_SGI1R, UINT64_C(1) << 48 | UINT64_C(7) << 24 | 0xf);
	ck_assert(!f->irq[0] && !f->irq[1] && !f->irq[2]); /* Aff3 1 */
	/* all but self */
	icc_wr(f, 1, ICC_SGI1R, BIT(40) | UINT64_C(8) << 24);
	ck_assert(f->irq[0] && !f->irq[1] && f->irq[2] && f->irq[3]);
	for (v = 0; v < 4; v++) {
		if (v == 1)
			continue;
		ck_assert_uint_eq(icc_rd(f, v, ICC_IAR1), 8);
		icc_wr(f, v, ICC_EOIR1, 8);
	}
	/* SGI0R and ASGI1R reach group 0 only, SGI1R both. */
	icc_wr(f, 0, ICC_SGI0R, UINT64_C(3) << 24 | 2);
	icc_wr(f, 0, ICC_ASGI1R, UINT64_C(3) << 24 | 2);
	ck_assert(!f->irq[1] && !f->fiq[1]);
	GICR_W(f, 1, GICR_IGROUPR0, ~(1u << 3));
	icc_wr(f, 0, ICC_ASGI1R, UINT64_C(3) << 24 | 2);
	ck_assert(!f->irq[1] && f->fiq[1]);
	ck_assert_uint_eq(icc_rd(f, 1, ICC_IAR0), 3);
	icc_wr(f, 1, ICC_EOIR0, 3);
	icc_wr(f, 0, ICC_SGI1R, UINT64_C(3) << 24 | 2);
	ck_assert(f->fiq[1]);
	/* Pending bits can be set by hand in a GICv3. */
	GICR_W(f, 2, GICR_ISPENDR0, 1u << 9);
	ck_assert_uint_eq(icc_rd(f, 2, ICC_IAR1), 9);
	fake_free(f);
}
END_TEST

#define TIMER 27u

static uint32_t ppi_levels(struct fake_vm *f)
{
	uint32_t levels = 0;

	ck_assert_int_eq(
		fake_get(f->dev, KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO, 0, &levels),
		0);
	return levels;
}

START_TEST(mapped_ppi)
{
	struct fake_vm *f = fake_v3(2);
	int owner, other;

	f->timer_intid = TIMER;
	ck_assert_int_eq(gic_set_owner(f->gic, 0, 15, &owner), -EINVAL);
	ck_assert_int_eq(gic_set_owner(f->gic, 0, 256, &owner), -EINVAL);
	ck_assert_int_eq(gic_set_owner(f->gic, 0, TIMER, &owner), 0);
	ck_assert_int_eq(gic_set_owner(f->gic, 0, TIMER, &owner), 0);
	ck_assert_int_eq(gic_set_owner(f->gic, 0, TIMER, &other), -EEXIST);
	ck_assert_int_eq(gic_set_owner(f->gic, 1, TIMER, &other), 0);

	/* Anybody else's attempts do nothing, successfully. */
	GICR_W(f, 0, GICR_ISENABLER0, 1u << TIMER);
	ck_assert_int_eq(gic_set_line(f->gic, 0, TIMER, true, NULL), 0);
	ck_assert_int_eq(gic_set_line(f->gic, 0, TIMER, true, &other), 0);
	ck_assert(!f->irq[0]);

	f->timer_level = true;
	ck_assert_int_eq(gic_set_line(f->gic, 0, TIMER, true, &owner), 0);
	ck_assert(f->irq[0] && !f->irq[1]);
	/* While it is active the source has nothing to say. */
	ck_assert_uint_eq(ppi_levels(f), 1u << TIMER);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), TIMER);
	ck_assert_uint_eq(ppi_levels(f), 0);
	ck_assert_uint_eq(f->stale[0], 1);
	/* Still up when the guest is done: again. */
	icc_wr(f, 0, ICC_EOIR1, TIMER);
	ck_assert(f->irq[0]);
	ck_assert_uint_eq(f->acked_calls, 0);
	/* Went down without a word: seen when deactivated. */
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), TIMER);
	f->timer_level = false;
	icc_wr(f, 0, ICC_EOIR1, TIMER);
	ck_assert(!f->irq[0]);
	/* And before it was taken. */
	f->timer_level = true;
	gic_set_line(f->gic, 0, TIMER, true, &owner);
	ck_assert(f->irq[0]);
	f->timer_level = false;
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 1023);
	ck_assert(!f->irq[0]);
	GICR_W(f, 0, GICR_ISPENDR0, 1u << TIMER); /* but a latch stays */
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), TIMER);
	icc_wr(f, 0, ICC_EOIR1, TIMER);
	/* Came up without a word: seen by ISPENDR, by a sync, by enabling. */
	f->timer_level = true;
	ck_assert_uint_eq(GICR(f, 0, GICR_ISPENDR0), 1u << TIMER);
	irqchip_vcpu_sync(f->vm.irqchip, 0);
	ck_assert(f->irq[0]);
	f->timer_level = false;
	irqchip_vcpu_sync(f->vm.irqchip, 0);
	ck_assert(!f->irq[0]);
	GICR_W(f, 0, GICR_ICENABLER0, 1u << TIMER);
	f->timer_level = true;
	GICR_W(f, 0, GICR_ISENABLER0, 1u << TIMER);
	ck_assert(f->irq[0]);
	icc_rd(f, 0, ICC_IAR1);
	/* Whether it is active is not userspace's to say once it is wired. */
	ck_assert_int_eq(fake_set32(f->dev, KVM_DEV_ARM_VGIC_GRP_REDIST_REGS,
				    GICR_ICACTIVER0, ~0u),
			 0);
	ck_assert_uint_eq(GICR(f, 0, GICR_ISACTIVER0), 1u << TIMER);
	/* A reset of the vCPU takes it away; its other state stays. */
	f->timer_level = false;
	irqchip_vcpu_reset(f->vm.irqchip, 0);
	ck_assert_uint_eq(GICR(f, 0, GICR_ISACTIVER0), 0);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_PMR), 0xf0);
	fake_free(f);
}
END_TEST

START_TEST(lines)
{
	struct fake_vm *f = fake_v3(1);

	ck_assert_int_eq(gic_set_line(f->gic, 0, 255, true, NULL), 0);
	ck_assert_int_eq(gic_set_line(f->gic, 0, 256, true, NULL), -EINVAL);
	ck_assert_int_eq(gic_set_line(f->gic, 0, 15, true, NULL), -EINVAL);
	ck_assert_int_eq(gic_set_line(f->gic, 1, 16, true, NULL), -EINVAL);
	ck_assert_int_eq(gic_set_line(f->gic, 0, 16, true, NULL), 0);
	ck_assert_uint_eq(GICR(f, 0, GICR_ISPENDR0), 1u << 16);
	ck_assert_uint_eq(irqchip_nr_pins(f->vm.irqchip), 224);
	fake_free(f);

	f = fake_new(1);
	fake_device(f, &gic_v3_type);
	ck_assert_int_eq(gic_set_line(f->gic, 0, 40, true, NULL), -EBUSY);
	ck_assert_int_eq(gic_set_owner(f->gic, 0, TIMER, f), -EAGAIN);
	ck_assert_uint_eq(irqchip_nr_pins(f->vm.irqchip), 0);
	fake_free(f);
}
END_TEST

/* A listener hears of each step though none has a price; nobody else does. */
START_TEST(steps)
{
	static const struct {
		enum irq_step step;
		unsigned int times;
	} heard[] = {
		{IRQ_STEP_PEND, 1},        {IRQ_STEP_SIGNAL, 2},
		{IRQ_STEP_SYSREG_READ, 1}, {IRQ_STEP_SYSREG_WRITE, 1},
		{IRQ_STEP_ACKNOWLEDGE, 1}, {IRQ_STEP_EOI, 1},
		{IRQ_STEP_DEACTIVATE, 1},  {IRQ_STEP_SGI, 0},
		{IRQ_STEP_MMIO_READ, 1},   {IRQ_STEP_MMIO_WRITE, 0},
	};
	struct fake_vm *f = fake_v3(1);
	unsigned int i;

	spi_setup(f, SPI, 0xa0, true);
	f->vm.steps_heard = true;
	line(f, SPI, true);
	icc_rd(f, 0, ICC_IAR1);
	icc_wr(f, 0, ICC_EOIR1, SPI);
	ck_assert_uint_ne(GICD(f, 0, GICD_CTLR), 0);
	f->vm.steps_heard = false;
	line(f, SPI + 1, true);
	icc_rd(f, 0, ICC_IAR1);
	for (i = 0; i < ARRAY_SIZE(heard); i++)
		ck_assert_msg(f->steps[0][heard[i].step] == heard[i].times,
			      "step %u", heard[i].step);
	ck_assert_uint_ge(f->steps[0][IRQ_STEP_CHOOSE], 2);
	ck_assert_uint_eq(f->charged[0], 0);
	fake_free(f);
}
END_TEST

#define told(v, step, n, intid)                                           \
	do {                                                              \
		ck_assert_uint_eq(f->steps[v][step], n);                  \
		if (n)                                                    \
			ck_assert_uint_eq(f->step_intid[v][step], intid); \
	} while (0)

/* Steps of an interrupt's life name it; what is none names none. */
START_TEST(step_interrupts)
{
	struct fake_vm *f = fake_v2(2);

	f->vm.steps_heard = true;
	/* GICv2's SGI: without its source; sent again by another while active */
	GICD_W(f, 1, GICD_SGIR, 1u << 16 | 5);
	told(1, IRQ_STEP_SGI, 1, 5);
	told(0, IRQ_STEP_PEND, 1, 5);
	told(0, IRQ_STEP_SIGNAL, 1, 5);
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), 1 << 10 | 5);
	told(0, IRQ_STEP_ACKNOWLEDGE, 1, 5);
	GICD_W(f, 0, GICD_SGIR, 1u << 16 | 5);
	told(0, IRQ_STEP_PEND, 1, 5);
	GICC_W(f, 0, GICC_EOIR, 1 << 10 | 5);
	told(0, IRQ_STEP_EOI, 1, 5);
	told(0, IRQ_STEP_DEACTIVATE, 1, 5);
	told(0, IRQ_STEP_PEND, 2, 5);
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), 5);
	GICC_W(f, 0, GICC_EOIR, 5);
	told(0, IRQ_STEP_DEACTIVATE, 2, 5);
	/* spurious, masked, an end of nothing */
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), 1023);
	told(0, IRQ_STEP_ACKNOWLEDGE, 3, IRQ_NONE);
	GICC_W(f, 0, GICC_PMR, 0);
	GICD_W(f, 1, GICD_SGIR, 1u << 16 | 5);
	told(0, IRQ_STEP_PEND, 3, 5);
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), 1023);
	told(0, IRQ_STEP_ACKNOWLEDGE, 4, IRQ_NONE);
	GICC_W(f, 0, GICC_EOIR, 5);
	told(0, IRQ_STEP_EOI, 3, IRQ_NONE);
	told(0, IRQ_STEP_DEACTIVATE, 2, 5);
	fake_free(f);

	/* with EOImode 1 the end and the deactivation are two */
	f = fake_v3(1);
	spi_setup(f, SPI, 0xa0, true);
	icc_wr(f, 0, ICC_CTLR, 2);
	f->vm.steps_heard = true;
	line(f, SPI, true);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), SPI);
	icc_wr(f, 0, ICC_EOIR1, SPI);
	told(0, IRQ_STEP_EOI, 1, SPI);
	told(0, IRQ_STEP_DEACTIVATE, 0, SPI);
	icc_wr(f, 0, ICC_DIR, SPI);
	told(0, IRQ_STEP_DEACTIVATE, 1, SPI);
	told(0, IRQ_STEP_EOI, 1, SPI);
	fake_free(f);

	/* an LPI ends with its EOI */
	f = its_mapped(1);
	f->vm.steps_heard = true;
	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	told(0, IRQ_STEP_ITS_TRANSLATE, 1, 8200);
	told(0, IRQ_STEP_PEND, 1, 8200);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 8200);
	told(0, IRQ_STEP_ACKNOWLEDGE, 1, 8200);
	icc_wr(f, 0, ICC_EOIR1, 8200);
	told(0, IRQ_STEP_EOI, 1, 8200);
	told(0, IRQ_STEP_DEACTIVATE, 0, 8200);
	fake_free(f);
}
END_TEST

/*
 * vCPU threads pass tokens round by SGIs while a device thread pulls at level
 * lines: no token may be lost, and none be taken twice.
 */
#define HOPS    2000u /* each takes as long as whoever else wants the host's CPU */
#define THREADS 3u

struct runner {
	struct fake_vm *f;
	pthread_t thread;
	unsigned int vcpu, tokens, lines;
	atomic_uint *running;
};

static void *vcpu_thread(void *arg)
{
	struct runner *r = arg;
	unsigned int next = (r->vcpu + 1) % THREADS;

	while (r->tokens < HOPS * THREADS || r->lines < 10) {
		uint64_t id;

		if (!r->f->irq[r->vcpu]) {
			sched_yield();
			continue;
		}
		gic_icc_read(r->f->gic, r->vcpu, ICC_IAR1, &id);
		if (id == 1023)
			continue;
		if (id < 16) {
			r->tokens++;
			if (r->tokens + THREADS <= HOPS * THREADS ||
			    r->vcpu + 1 != THREADS)
				gic_icc_write(r->f->gic, r->vcpu, ICC_SGI1R,
					      id << 24 | 1u << next);
		} else {
			r->lines++;
			gic_set_line(r->f->gic, 0, id, false, NULL);
		}
		gic_icc_write(r->f->gic, r->vcpu, ICC_EOIR1, id);
	}
	(*r->running)--;
	return NULL;
}

START_TEST(threads)
{
	struct fake_vm *f = fake_v3(THREADS);
	struct runner runners[THREADS] = {0};
	atomic_uint running = THREADS;
	unsigned int i;
	uint64_t id;

	for (i = 0; i < THREADS; i++) {
		spi_setup(f, SPI + i, 0x80, false);
		mmio_wr(f, 0, FAKE_DIST + GICD_IROUTER + (SPI + i) * 8, 8, i);
		sgi_enable(f, i);
		mmio_wr(f, 0, REDIST(i) + GICR_IPRIORITYR + i, 1, 0xa0);
	}
	/* One SGI number per token, all on their way at once. */
	for (i = 0; i < THREADS; i++)
		icc_wr(f, 0, ICC_SGI1R, (uint64_t)(i + 1) << 24 | 1);
	for (i = 0; i < THREADS; i++) {
		runners[i].f = f;
		runners[i].vcpu = i;
		runners[i].running = &running;
		ck_assert_int_eq(pthread_create(&runners[i].thread, NULL,
						vcpu_thread, &runners[i]),
				 0);
	}
	for (i = 0; running; i++) {
		line(f, SPI + i % THREADS, true);
		sched_yield();
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(runners[i].thread, NULL);
		ck_assert_uint_eq(runners[i].tokens, HOPS * THREADS);
		line(f, SPI + i, false);
		gic_icc_read(f->gic, i, ICC_IAR1, &id);
		ck_assert_uint_eq(id, 1023);
	}
	fake_free(f);
}
END_TEST

Suite *gic_v3_suite(void)
{
	Suite *s = suite_create("gic-v3");
	TCase *t = tcase_create("delivery");

	tcase_add_test(t, edge);
	tcase_add_test(t, level);
	tcase_add_test(t, priorities);
	tcase_add_test(t, preemption);
	tcase_add_test(t, wrong_eoi);
	tcase_add_test(t, masking);
	tcase_add_test(t, groups);
	tcase_add_test(t, eoimode);
	tcase_add_test(t, active_registers);
	tcase_add_test(t, routing);
	tcase_add_test(t, sgis);
	tcase_add_test(t, as_linux);
	tcase_add_test(t, mapped_ppi);
	tcase_add_test(t, lines);
	tcase_add_test(t, steps);
	tcase_add_test(t, step_interrupts);
	suite_add_tcase(s, t);
	t = tcase_create("threads");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, threads);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	SRunner *r = srunner_create(gic_v3_suite());

	srunner_add_suite(r, gic_v3_registers_suite());
	srunner_add_suite(r, gic_v2_suite());
	srunner_add_suite(r, gic_attr_suite());
	srunner_add_suite(r, gic_its_suite());
	srunner_add_suite(r, attr_rows_suite());
	srunner_add_suite(r, mmio_regs_suite());
	srunner_add_suite(r, costs_suite());
	srunner_add_suite(r, gic_flight_suite());
	srunner_add_suite(r, gic_load_suite());
	return check_run(r);
}
