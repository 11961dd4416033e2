/* SPDX-License-Identifier: MIT */
/* GICv2 as its guest sees it: distributor and memory-mapped CPU interface. */
#include <errno.h>

#include "gic-fake.h"

static void line(struct fake_vm *f, unsigned int id, bool level)
{
	ck_assert_int_eq(gic_set_line(f->gic, 0, id, level, NULL), 0);
}

START_TEST(spi)
{
	struct fake_vm *f = fake_v2(1);

	spi_setup(f, SPI, 0xa0, false);
	line(f, SPI, true);
	/* Group 0, and without FIQEn that is an IRQ. */
	ck_assert(f->irq[0] && !f->fiq[0]);
	ck_assert_uint_eq(GICC(f, 0, GICC_HPPIR), SPI);
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), SPI);
	ck_assert_uint_eq(GICC(f, 0, GICC_RPR), 0xa0);
	ck_assert_uint_eq(GICC(f, 0, GICC_APR), 1u << (0xa0 >> 3));
	ck_assert_uint_eq(GICC(f, 0, GICC_APR + 4), 0);
	ck_assert(!f->irq[0]);
	GICC_W(f, 0, GICC_EOIR, SPI);
	ck_assert_uint_eq(GICC(f, 0, GICC_RPR), 0xff);
	ck_assert_int_eq(f->acked, SPI - 32);
	ck_assert(f->irq[0]);
	line(f, SPI, false);
	ck_assert(!f->irq[0]);
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), 1023);

	GICC_W(f, 0, GICC_CTLR, 1 | 8); /* FIQEn */
	line(f, SPI, true);
	ck_assert(!f->irq[0] && f->fiq[0]);
	GICC_W(f, 0, GICC_CTLR, 0);
	ck_assert(!f->irq[0] && !f->fiq[0]);
	fake_free(f);
}
END_TEST

START_TEST(group1)
{
	struct fake_vm *f = fake_v2(1);

	spi_setup(f, SPI, 0xa0, true);
	GICD_W(f, 0, GICD_IGROUPR + 4, 1u << (SPI - 32));
	line(f, SPI, true);
	ck_assert(!f->irq[0]); /* EnableGrp1 is clear */
	GICC_W(f, 0, GICC_CTLR, 3);
	ck_assert(f->irq[0]);
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), 1022);
	ck_assert_uint_eq(GICC(f, 0, GICC_HPPIR), 1022);
	ck_assert_uint_eq(GICC(f, 0, GICC_AHPPIR), SPI);
	ck_assert_uint_eq(GICC(f, 0, GICC_AIAR), SPI);
	ck_assert_uint_eq(GICC(f, 0, GICC_AIAR), 1023);
	GICC_W(f, 0, GICC_AEOIR, SPI);
	ck_assert_uint_eq(GICC(f, 0, GICC_RPR), 0xff);
	ck_assert_uint_eq(GICD(f, 0, GICD_ISACTIVER + 4), 0);
	GICC_W(f, 0, GICC_CTLR, 7); /* AckCtl */
	line(f, SPI, true);
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), SPI);
	GICC_W(f, 0, GICC_EOIR, SPI);
	ck_assert_uint_eq(GICD(f, 0, GICD_ISACTIVER + 4), 0);
	fake_free(f);
}
END_TEST

START_TEST(sgis)
{
	struct fake_vm *f = fake_v2(3);

	GICD_W(f, 1, GICD_SGIR, 1u << 16 | 4); /* vCPU 1 to 0 */
	GICD_W(f, 2, GICD_SGIR, 1u << 16 | 4); /* vCPU 2 to 0, same SGI */
	ck_assert(f->irq[0] && !f->irq[1] && !f->irq[2]);
	ck_assert_uint_eq(GICD(f, 0, GICD_SPENDSGIR + 4), 0x06);
	ck_assert_uint_eq(GICD(f, 0, GICD_ISPENDR), 1u << 4);
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), 1u << 10 | 4);
	ck_assert_uint_eq(GICD(f, 0, GICD_ISPENDR), 1u << 4); /* 2's is left */
	ck_assert(!f->irq[0]);
	GICC_W(f, 0, GICC_EOIR, 1u << 10 | 4);
	ck_assert(f->irq[0]);
	ck_assert_uint_eq(GICC(f, 0, GICC_HPPIR), 2u << 10 | 4);
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), 2u << 10 | 4);
	ck_assert_uint_eq(GICD(f, 0, GICD_ISPENDR), 0);
	GICC_W(f, 0, GICC_EOIR, 2u << 10 | 4);
	ck_assert(!f->irq[0]);

	GICD_W(f, 1, GICD_SGIR, 1u << 24 | 5); /* all but self */
	ck_assert(f->irq[0] && !f->irq[1] && f->irq[2]);
	ck_assert_uint_eq(GICC(f, 2, GICC_IAR), 1u << 10 | 5);
	GICC_W(f, 2, GICC_EOIR, 1u << 10 | 5);
	GICD_W(f, 2, GICD_SGIR, 2u << 24 | 6); /* self */
	ck_assert_uint_eq(GICC(f, 2, GICC_IAR), 2u << 10 | 6);
	GICC_W(f, 2, GICC_EOIR, 2u << 10 | 6);
	GICD_W(f, 2, GICD_SGIR, 3u << 24 | 0xff << 16 | 6); /* reserved */
	ck_assert(!f->irq[1] && !f->irq[2]);

	/* ISPENDR and ICPENDR don't touch SGIs, the SGI registers do. */
	GICD_W(f, 0, GICD_ICPENDR, 1u << 5);
	ck_assert(f->irq[0]);
	GICD_W(f, 0, GICD_CPENDSGIR + 4, 0x0200);
	ck_assert(!f->irq[0]);
	GICD_W(f, 0, GICD_ISPENDR, 1u << 5);
	ck_assert(!f->irq[0]);
	mmio_wr(f, 0, FAKE_DIST + GICD_SPENDSGIR + 7, 1, 0x06);
	mmio_wr(f, 0, FAKE_DIST + GICD_CPENDSGIR + 7, 1, 0x02); /* one of two */
	ck_assert_uint_eq(GICD(f, 0, GICD_ISPENDR), 1u << 7);
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), 2u << 10 | 7);
	fake_free(f);
}
END_TEST

START_TEST(targets)
{
	struct fake_vm *f = fake_v2(3);
	gpa_t t = FAKE_DIST + GICD_ITARGETSR + SPI;

	spi_setup(f, SPI, 0xa0, true);
	ck_assert_uint_eq(GICD(f, 0, GICD_ITARGETSR), 0x01010101);
	ck_assert_uint_eq(GICD(f, 2, GICD_ITARGETSR + 28), 0x04040404);
	GICD_W(f, 0, GICD_ITARGETSR, 0x02020202);
	ck_assert_uint_eq(GICD(f, 0, GICD_ITARGETSR), 0x01010101);
	line(f, SPI, true); /* no target: vCPU 0 all the same */
	ck_assert(f->irq[0]);
	mmio_wr(f, 0, t, 1, 0xfe); /* 1 of N: the first; 3 vCPUs only */
	ck_assert_uint_eq(mmio_rd(f, 0, t, 1), 0x06);
	ck_assert(!f->irq[0] && f->irq[1] && !f->irq[2]);
	mmio_wr(f, 0, t, 1, 0x04);
	ck_assert(!f->irq[1] && f->irq[2]);
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), 1023);
	ck_assert_uint_eq(GICC(f, 2, GICC_IAR), SPI);
	fake_free(f);
}
END_TEST

START_TEST(priorities)
{
	struct fake_vm *f = fake_v2(1);

	spi_setup(f, 33, 0xa0, true);
	spi_setup(f, 34, 0x80, true);
	line(f, 33, true);
	GICC_W(f, 0, GICC_PMR, 0xa0);
	ck_assert(!f->irq[0]);
	GICC_W(f, 0, GICC_PMR, 0xff);
	ck_assert_uint_eq(GICC(f, 0, GICC_PMR), 0xf8);
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), 33);
	line(f, 34, true);
	ck_assert(f->irq[0]);
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), 34);
	ck_assert_uint_eq(GICC(f, 0, GICC_RPR), 0x80);
	GICC_W(f, 0, GICC_EOIR, 34);
	ck_assert_uint_eq(GICC(f, 0, GICC_RPR), 0xa0);
	GICC_W(f, 0, GICC_EOIR, 33);
	/* BPR 6: bit 7 alone is the group 0 preemption level. */
	GICC_W(f, 0, GICC_BPR, 6);
	line(f, 33, true);
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), 33);
	line(f, 34, true);
	ck_assert(!f->irq[0]);
	fake_free(f);
}
END_TEST

START_TEST(eoimode)
{
	struct fake_vm *f = fake_v2(1);

	spi_setup(f, SPI, 0xa0, true);
	GICC_W(f, 0, GICC_CTLR, 1 | 1 << 9);
	ck_assert_uint_eq(GICC(f, 0, GICC_CTLR), 1 | 1 << 9);
	line(f, SPI, true);
	ck_assert_uint_eq(GICC(f, 0, GICC_IAR), SPI);
	line(f, SPI, true);
	GICC_W(f, 0, GICC_EOIR, SPI);
	ck_assert_uint_eq(GICC(f, 0, GICC_RPR), 0xff);
	ck_assert(!f->irq[0]);
	GICC_W(f, 0, GICC_DIR, SPI);
	ck_assert(f->irq[0]);
	fake_free(f);
}
END_TEST

START_TEST(registers)
{
	struct fake_vm *f = fake_v2(2);

	ck_assert_uint_eq(GICD(f, 0, GICD_CTLR), 1);
	ck_assert_uint_eq(GICD(f, 0, GICD_TYPER), 1 << 5 | 7);
	ck_assert_uint_eq(GICD(f, 0, GICD_IIDR), 0x4b00343b);
	ck_assert_uint_eq(GICD(f, 0, GICD_IGROUPR), 0); /* group 0 */
	GICD_W(f, 0, GICD_CTLR, 2);
	ck_assert_uint_eq(GICD(f, 0, GICD_CTLR), 0);
	/* Banked per vCPU. */
	GICD_W(f, 0, GICD_ICENABLER, 0xffff);
	ck_assert_uint_eq(GICD(f, 0, GICD_ISENABLER), 0);
	ck_assert_uint_eq(GICD(f, 1, GICD_ISENABLER), 0xffff);
	ck_assert_uint_eq(GICD(f, 0, 0xfe8), 0); /* no ID registers in KVM */
	ck_assert_uint_eq(GICC(f, 0, GICC_BPR), 2);
	ck_assert_uint_eq(GICC(f, 0, GICC_ABPR), 3);
	GICC_W(f, 0, GICC_ABPR, 0);
	ck_assert_uint_eq(GICC(f, 0, GICC_ABPR), 3);
	GICC_W(f, 0, GICC_ABPR, 5);
	ck_assert_uint_eq(GICC(f, 0, GICC_ABPR), 5);
	ck_assert_uint_eq(GICC(f, 0, GICC_IIDR), 0x0202143b);
	ck_assert_uint_eq(mmio_rd(f, 0, FAKE_CPU + GICC_IIDR, 1), 0);
	fake_free(f);
}
END_TEST

/* KVM_CREATE_IRQCHIP and KVM_ARM_SET_DEVICE_ADDR, initialised by first use. */
START_TEST(legacy)
{
	struct fake_vm *f = fake_new(1);

	ck_assert_int_eq(gic_set_legacy_addr(f->gic, 0, FAKE_DIST), -ENODEV);
	ck_assert_int_eq(gic_create_irqchip(f->gic), 0);
	ck_assert_int_eq(gic_model(f->gic), 2);
	ck_assert_int_eq(gic_create_irqchip(f->gic), -EEXIST);
	ck_assert_uint_eq(f->max_vcpus, 8);
	ck_assert_int_eq(gic_set_legacy_addr(f->gic, 2, FAKE_DIST), -ENODEV);
	ck_assert_int_eq(gic_set_legacy_addr(f->gic, 0, FAKE_DIST + 4),
			 -EINVAL);
	ck_assert_int_eq(gic_set_legacy_addr(f->gic, 0, -UINT64_C(0x2000)),
			 -E2BIG);
	ck_assert_int_eq(gic_set_legacy_addr(f->gic, 1, -UINT64_C(0x1000)),
			 -EINVAL); /* wraps */
	ck_assert_int_eq(gic_set_legacy_addr(f->gic, 1, UINT64_C(1) << 40),
			 -E2BIG);
	ck_assert_int_eq(gic_set_legacy_addr(f->gic, 0, FAKE_DIST), 0);
	ck_assert_int_eq(gic_set_legacy_addr(f->gic, 0, FAKE_DIST), -EEXIST);
	ck_assert_int_eq(irqchip_first_run(f->vm.irqchip), -ENXIO);
	ck_assert_int_eq(gic_set_legacy_addr(f->gic, 1, FAKE_DIST), 0);
	ck_assert_int_eq(irqchip_first_run(f->vm.irqchip), -EINVAL);
	ck_assert(!irqchip_initialised(f->vm.irqchip));
	f->creating = true;
	ck_assert_int_eq(gic_set_line(f->gic, 0, 40, true, NULL), -EBUSY);
	f->creating = false;
	ck_assert_int_eq(gic_set_line(f->gic, 0, 40, true, NULL), 0);
	ck_assert(irqchip_initialised(f->vm.irqchip));
	ck_assert_uint_eq(irqchip_nr_pins(f->vm.irqchip), 256 - 32);
	fake_free(f);
}
END_TEST

Suite *gic_v2_suite(void)
{
	Suite *s = suite_create("gic-v2");
	TCase *t = tcase_create("guest");

	tcase_add_test(t, spi);
	tcase_add_test(t, group1);
	tcase_add_test(t, sgis);
	tcase_add_test(t, targets);
	tcase_add_test(t, priorities);
	tcase_add_test(t, eoimode);
	tcase_add_test(t, registers);
	tcase_add_test(t, legacy);
	suite_add_tcase(s, t);
	return s;
}
