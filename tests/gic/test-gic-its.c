/* SPDX-License-Identifier: MIT */
/* The ITS: commands on real tables, MSIs, LPIs, migration tables, errnos. */
#include <errno.h>

#include "gic-fake.h"
#include "its-fake.h"

#define ADDR    KVM_DEV_ARM_VGIC_GRP_ADDR
#define CTRL    KVM_DEV_ARM_VGIC_GRP_CTRL
#define REGS    KVM_DEV_ARM_VGIC_GRP_ITS_REGS
#define SAVE    KVM_DEV_ARM_ITS_SAVE_TABLES
#define RESTORE KVM_DEV_ARM_ITS_RESTORE_TABLES
#define RESET   KVM_DEV_ARM_ITS_CTRL_RESET

/* LPI @lpi is what vCPU @v takes now. */
static void takes(struct fake_vm *f, unsigned int v, uint32_t lpi)
{
	ck_assert(f->irq[v]);
	ck_assert_uint_eq(icc_rd(f, v, ICC_IAR1), lpi);
	icc_wr(f, v, ICC_EOIR1, lpi);
}

START_TEST(delivery)
{
	struct fake_vm *f = its_mapped(1);

	ck_assert(!f->irq[0]);
	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	ck_assert(f->irq[0]);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_HPPIR1), 8200);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 8200);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0xa0);
	ck_assert(!f->irq[0]);
	ck_assert_int_eq(its_msi(f, 2, 1), 1); /* again meanwhile */
	ck_assert(!f->irq[0]);
	icc_wr(f, 0, ICC_EOIR1, 8200);
	takes(f, 0, 8200);
	ck_assert(!f->irq[0]);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0xff);
	/* With EOImode 1 an LPI needs no DIR. */
	icc_wr(f, 0, ICC_CTLR, 2);
	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	takes(f, 0, 8200);
	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	takes(f, 0, 8200);
	/* A vCPU's own store to GITS_TRANSLATER is nobody's MSI. */
	mmio_wr(f, 0, DOORBELL, 4, 1);
	ck_assert(!f->irq[0]);
	fake_free(f);
}
END_TEST

/* An LPI is pending or not, never active: nothing the guest does between
 * IAR and EOIR keeps the next one away. */
START_TEST(an_lpi_is_never_active)
{
	struct fake_vm *f = its_mapped(1);

	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 8200);
	/* Another binary point: the priority dropped isn't the LPI's. */
	icc_wr(f, 0, ICC_BPR1, 7);
	icc_wr(f, 0, ICC_EOIR1, 8200);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0xff);
	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	takes(f, 0, 8200);
	fake_free(f);
}
END_TEST

START_TEST(msi_errnos)
{
	struct fake_vm *f = fake_new(1);

	fails(EINVAL, fake_msi(f, DOORBELL, 2, true, 1)); /* no GIC */
	fake_free(f);
	f = fake_v2(1);
	fails(ENODEV, fake_msi(f, DOORBELL, 2, true, 1));
	fake_free(f);
	f = fake_v3(1);
	fails(ENODEV, fake_msi(f, DOORBELL, 2, false, 1));
	fake_free(f);

	f = its_mapped(1);
	/* Before the first translation every check applies. */
	fails(EINVAL, fake_msi(f, DOORBELL, 2, false, 1));
	fails(EINVAL, fake_msi(f, FAKE_ITS - 1, 2, true, 1));
	fails(EINVAL, fake_msi(f, FAKE_ITS + 0x20000, 2, true, 1));
	ck_assert_int_eq(its_msi(f, 2, 2), 0); /* no such event */
	ck_assert_int_eq(its_msi(f, 3, 1), 0); /* no such device */
	ck_assert(!f->irq[0]);
	its_reg_w(f, GITS_CTLR, 0);
	fails(EBUSY, its_msi(f, 2, 1));
	fails(EBUSY, its_msi(f, 3, 1));
	its_reg_w(f, GITS_CTLR, 1);
	GICR_W(f, 0, GICR_CTLR, 0);
	fails(EBUSY, its_msi(f, 2, 1));
	GICR_W(f, 0, GICR_CTLR, 1);
	/* Anywhere in the frame will do. */
	ck_assert_int_eq(fake_msi(f, FAKE_ITS, 2, true, 1), 1);
	takes(f, 0, 8200);
	/* Translated before: the flag isn't looked at any more. */
	ck_assert_int_eq(fake_msi(f, DOORBELL, 2, false, 1), 1);
	takes(f, 0, 8200);
	GICR_W(f, 0, GICR_CTLR, 0); /* forgotten */
	fails(EBUSY, its_msi(f, 2, 1));
	GICR_W(f, 0, GICR_CTLR, 1);
	fails(EINVAL, fake_msi(f, DOORBELL, 2, false, 1));
	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	takes(f, 0, 8200);
	its_reg_w(f, GITS_CTLR, 0); /* and again */
	its_reg_w(f, GITS_CTLR, 1);
	fails(EINVAL, fake_msi(f, DOORBELL, 2, false, 1));
	fake_free(f);
}
END_TEST

START_TEST(configuration)
{
	struct fake_vm *f = its_mapped(2);

	/* The table is read when told to, not before. */
	lpi_prop(f, 8200, 0xa0);
	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	ck_assert(f->irq[0]);
	its_cmd(f, DEV(2) | ITS_INV, 1, 0, 0); /* INV */
	ck_assert(!f->irq[0]);
	lpi_prop(f, 8200, 0x40 | 1);
	its_mapc(f, 1, 1);
	its_cmd(f, ITS_INVALL, 0, 1, 0); /* INVALL of vCPU 1's: not this one */
	ck_assert(!f->irq[0]);
	its_cmd(f, ITS_INVALL, 0, 0, 0); /* INVALL */
	ck_assert(f->irq[0]);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IAR1), 8200);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_RPR), 0x40);
	icc_wr(f, 0, ICC_EOIR1, 8200);
	/* The same by the redistributor. */
	lpi_prop(f, 8200, 0x40);
	mmio_wr(f, 0, REDIST(0) + GICR_INVLPIR, 8, 8200);
	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	ck_assert(!f->irq[0]);
	lpi_prop(f, 8200, 0x40 | 1);
	mmio_wr(f, 0, REDIST(0) + GICR_INVALLR, 8, 0);
	ck_assert_uint_eq(GICR(f, 0, GICR_SYNCR), 0);
	takes(f, 0, 8200);
	fake_free(f);
}
END_TEST

START_TEST(commands)
{
	struct fake_vm *f = its_mapped(2);

	lpi_prop(f, 8201, 0x80 | 1);
	its_mapc(f, 1, 1);
	its_mapti(f, 2, 2, 8201, 1);
	its_cmd(f, DEV(2) | ITS_INT, 2, 0, 0); /* INT */
	takes(f, 1, 8201);
	its_cmd(f, DEV(2) | ITS_INT, 3, 0, 0); /* INT of nothing */
	ck_assert(!f->irq[0] && !f->irq[1]);

	its_cmd(f, DEV(2) | ITS_INT, 1, 0, 0);
	ck_assert(f->irq[0]);
	its_cmd(f, DEV(2) | ITS_CLEAR, 1, 0, 0); /* CLEAR */
	ck_assert(!f->irq[0]);

	its_msi(f, 2, 1);
	its_cmd(f, DEV(2) | ITS_MOVI, 1, 1, 0); /* MOVI, pending */
	ck_assert(!f->irq[0] && f->irq[1]);
	its_cmd(f, DEV(2) | ITS_MOVI, 1, 7, 0); /* to no collection */
	ck_assert(f->irq[1]);
	takes(f, 1, 8200);

	its_msi(f, 2, 1);
	its_msi(f, 2, 2);
	its_cmd(f, ITS_MOVALL, 0, UINT64_C(1) << 16, 0); /* MOVALL 1 to 0 */
	ck_assert(!f->irq[1]);
	takes(f, 0, 8201);
	takes(f, 0, 8200);
	its_mapc(f, 1, 0); /* the collection itself */
	its_msi(f, 2, 1);
	takes(f, 0, 8200);
	its_mapc(f, 1, 5); /* no such vCPU: ignored */
	its_msi(f, 2, 1);
	takes(f, 0, 8200);

	its_cmd(f, ITS_SYNC, 0, 0, 0); /* SYNC */
	its_cmd(f, 0x77, 0, 0, 0);     /* unknown: skipped */

	/* A second MAPTI of the event changes nothing. */
	its_mapti(f, 2, 1, 8201, 1);
	its_msi(f, 2, 1);
	takes(f, 0, 8200);

	ram_put(f, ITT(0) + 8, 8, 0x1234);
	its_msi(f, 2, 1);
	its_cmd(f, DEV(2) | ITS_DISCARD, 1, 0, 0); /* DISCARD, pending */
	ck_assert_int_eq(its_msi(f, 2, 1), 0);
	takes(f, 0, 8200); /* what was on its way comes */
	ck_assert(!f->irq[0]);
	ck_assert_uint_eq(ram_get(f, ITT(0) + 8, 8), 0);

	ram_put(f, DEVICES + 2 * 8, 8, 0x1234);
	its_cmd(f, DEV(2) | ITS_MAPD, 4, 0, 0); /* MAPD, V=0 */
	ck_assert_int_eq(its_msi(f, 2, 2), 0);
	ck_assert_uint_eq(ram_get(f, DEVICES + 2 * 8, 8), 0);

	/* MAPI: the event is the LPI. */
	lpi_prop(f, 9000, 1);
	its_mapd(f, 4, ITT(1), 16);
	its_cmd(f, DEV(4) | ITS_MAPI, 9000, 0, 0);
	ck_assert_int_eq(its_msi(f, 4, 9000), 1);
	takes(f, 0, 9000);

	its_mapti(f, 4, 1, 9001, 1);
	its_cmd(f, ITS_MAPC, 0, 0, 0); /* MAPC, V=0 */
	ck_assert_int_eq(its_msi(f, 4, 9000), 0);
	/* The other collection's are still where they were. */
	lpi_prop(f, 9001, 1);
	its_cmd(f, DEV(4) | ITS_INV, 1, 0, 0);
	its_mapc(f, 5, 0);
	its_mapc(f, 1, 1);
	ck_assert_int_eq(its_msi(f, 4, 1), 1);
	takes(f, 1, 9001);
	fake_free(f);
}
END_TEST

/* Commands the ITS has to skip. */
START_TEST(bad_commands)
{
	struct fake_vm *f = its_new(1);

	its_mapc(f, 0, 0);
	its_mapti(f, 2, 1, 8200, 0); /* device unknown */
	ck_assert_int_eq(its_msi(f, 2, 1), 0);
	its_mapd(f, 8192, ITT(0), 5); /* beyond the table */
	its_mapti(f, 8192, 1, 8200, 0);
	ck_assert_int_eq(its_msi(f, 8192, 1), 0);
	its_mapd(f, 8191, ITT(0), 5);
	its_mapti(f, 8191, 1, 8200, 0);
	ck_assert_int_eq(its_msi(f, 8191, 1), 1);
	its_mapd(f, 2, ITT(1), 17); /* event bits */
	its_mapti(f, 2, 1, 8201, 0);
	ck_assert_int_eq(its_msi(f, 2, 1), 0);
	its_mapd(f, 2, ITT(1), 1);
	its_mapti(f, 2, 2, 8201, 0); /* event beyond the ITT */
	ck_assert_int_eq(its_msi(f, 2, 2), 0);
	its_mapti(f, 2, 1, 8191, 0); /* not an LPI */
	its_mapti(f, 2, 1, 65536, 0);
	ck_assert_int_eq(its_msi(f, 2, 1), 0);
	GICR_W(f, 0, GICR_CTLR, 0);
	mmio_wr(f, 0, REDIST(0) + GICR_PROPBASER, 8,
		PROPS | 13); /* 14 bits of INTID */
	GICR_W(f, 0, GICR_CTLR, 1);
	its_mapti(f, 2, 1, 16384, 0);
	ck_assert_int_eq(its_msi(f, 2, 1), 0);
	GICR_W(f, 0, GICR_CTLR, 0);
	mmio_wr(f, 0, REDIST(0) + GICR_PROPBASER, 8, PROPS | 15);
	GICR_W(f, 0, GICR_CTLR, 1);
	its_mapti(f, 2, 1, 65535, 8192); /* collection beyond the table */
	ck_assert_int_eq(its_msi(f, 2, 1), 0);
	its_mapti(f, 2, 1, 65535, 9); /* collection without a vCPU yet */
	ck_assert_int_eq(its_msi(f, 2, 1), 0);
	its_mapc(f, 9, 0);
	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	its_mapd(f, 3, FAKE_RAM + FAKE_RAM_SIZE, 5); /* ITT outside memory */
	its_mapti(f, 3, 1, 8300, 0);
	ck_assert_int_eq(its_msi(f, 3, 1), 0);
	fake_free(f);
}
END_TEST

START_TEST(shared_lpi)
{
	struct fake_vm *f = its_mapped(1);

	its_mapd(f, 3, ITT(1), 1);
	its_mapti(f, 3, 0, 8200, 0); /* the same LPI a second time */
	its_cmd(f, DEV(2) | ITS_DISCARD, 1, 0, 0);
	ck_assert_int_eq(its_msi(f, 2, 1), 0);
	ck_assert_int_eq(its_msi(f, 3, 0), 1);
	takes(f, 0, 8200);
	fake_free(f);
}
END_TEST

START_TEST(indirect)
{
	struct fake_vm *f = its_new(1);
	gpa_t l2 = FAKE_RAM + 0x300000;

	its_reg_w(f, GITS_CTLR, 0);
	its_reg_w(f, GITS_BASER, VALID | BIT(62) | DEVICES);
	its_reg_w(f, GITS_CTLR, 1);
	lpi_prop(f, 8200, 1);
	its_mapc(f, 0, 0);
	its_mapd(f, 8192 + 5, ITT(0), 2); /* its level 1 entry isn't valid */
	its_mapti(f, 8192 + 5, 0, 8200, 0);
	ck_assert_int_eq(its_msi(f, 8192 + 5, 0), 0);
	ram_put(f, DEVICES + 8, 8, VALID | l2);
	its_mapd(f, 8192 + 5, ITT(0), 2);
	its_mapti(f, 8192 + 5, 0, 8200, 0);
	ck_assert_int_eq(its_msi(f, 8192 + 5, 0), 1);
	takes(f, 0, 8200);

	ok(fake_set(f->its, CTRL, SAVE, NULL));
	ck_assert_uint_eq(ram_get(f, l2 + 5 * 8, 8),
			  VALID | ITT(0) >> 8 << 5 | 1);
	ck_assert_uint_eq(ram_get(f, ITT(0), 8), UINT64_C(8200) << 16);
	its_reg_w(f, GITS_CTLR, 0);
	its_reg_w(f, GITS_BASER, BIT(62) | DEVICES); /* frees the devices */
	its_reg_w(f, GITS_BASER + 8, 0);
	its_reg_w(f, GITS_BASER, VALID | BIT(62) | DEVICES);
	its_reg_w(f, GITS_BASER + 8, VALID | COLLECTIONS);
	ok(fake_set(f->its, CTRL, RESTORE, NULL));
	its_reg_w(f, GITS_CTLR, 1);
	ck_assert_int_eq(its_msi(f, 8192 + 5, 0), 1);
	takes(f, 0, 8200);
	fake_free(f);
}
END_TEST

START_TEST(registers)
{
	struct fake_vm *f = fake_v3_its(1);

	ck_assert_uint_eq(its_reg(f, GITS_IIDR), 0x4b00043b);
	ck_assert_uint_eq(its_reg(f, GITS_TYPER), 0x1ef71);
	ck_assert_uint_eq(mmio_rd(f, 0, FAKE_ITS + GITS_TYPER, 4), 0x1ef71);
	ck_assert_uint_eq(its_reg(f, GITS_CTLR), 0x80000000);
	/* Fixed fields: type, entry size, 64K pages; sane attributes. */
	ck_assert_uint_eq(its_reg(f, GITS_BASER), UINT64_C(0x1907000000000600));
	ck_assert_uint_eq(its_reg(f, GITS_BASER + 8),
			  UINT64_C(0x1c07000000000600));
	its_reg_w(f, GITS_BASER, ~UINT64_C(0));
	ck_assert_uint_eq(its_reg(f, GITS_BASER), UINT64_C(0xf907fffffffffeff));
	its_reg_w(f, GITS_BASER + 8, BIT(62));
	ck_assert_uint_eq(its_reg(f, GITS_BASER + 8),
			  UINT64_C(0x1c07000000000200));
	its_reg_w(f, 0x110, ~UINT64_C(0));
	ck_assert_uint_eq(its_reg(f, 0x110), 0);
	/* Not enabled while a table has no address. */
	its_reg_w(f, GITS_BASER, 0);
	its_reg_w(f, GITS_CTLR, 1);
	ck_assert_uint_eq(its_reg(f, GITS_CTLR), 0x80000000);
	/* Halves; GITS_CBASER resets the queue. */
	mmio_wr(f, 0, FAKE_ITS + GITS_CBASER, 4, 0x40011003);
	mmio_wr(f, 0, FAKE_ITS + GITS_CBASER + 4, 4, 0x80000000);
	ck_assert_uint_eq(its_reg(f, GITS_CBASER),
			  UINT64_C(0x9800000040010003));
	its_reg_w(f, GITS_CWRITER, 0x3ff5);
	ck_assert_uint_eq(its_reg(f, GITS_CWRITER), 0x3fe0);
	ck_assert_uint_eq(its_reg(f, GITS_CTLR), 0); /* not quiescent */
	its_reg_w(f, GITS_CWRITER, 0x4000);          /* beyond the queue */
	ck_assert_uint_eq(its_reg(f, GITS_CWRITER), 0x3fe0);
	its_reg_w(f, GITS_CREADR, 0x20); /* read-only */
	ck_assert_uint_eq(its_reg(f, GITS_CREADR), 0);
	its_reg_w(f, GITS_CBASER, 0);
	ck_assert_uint_eq(its_reg(f, GITS_CWRITER), 0);
	ck_assert_uint_eq(mmio_rd(f, 0, FAKE_ITS + GITS_PIDR2, 4), 0x3b);
	ck_assert_uint_eq(mmio_rd(f, 0, FAKE_ITS + GITS_PIDR0, 4), 0x92);
	ck_assert_uint_eq(mmio_rd(f, 0, FAKE_ITS + GITS_CIDR3, 4), 0xb1);
	/* An ITS shows in the GIC. */
	ck_assert_uint_eq(GICD(f, 0, GICD_TYPER), 15u << 19 | 1 << 17 | 7);
	ck_assert_uint_eq(GICR(f, 0, GICR_TYPER), 1 | 1 << 4);
	fake_free(f);
}
END_TEST

/* The queue wraps. */
START_TEST(queue_wrap)
{
	struct fake_vm *f = its_mapped(1);
	unsigned int i;

	for (i = 0; i < 300; i++) {
		its_cmd(f, DEV(2) | ITS_INT, 1, 0, 0);
		takes(f, 0, 8200);
	}
	/* Several at once, across the end. */
	its_reg_w(f, GITS_CTLR, 0);
	its_reg_w(f, GITS_CBASER, VALID | QUEUE);
	ok(fake_set64(f->its, REGS, GITS_CREADR, 0xfe0));
	for (i = 0; i < 2; i++) {
		ram_put(f, QUEUE + (0xfe0 + i * 32) % 0x1000, 8,
			DEV(2) | (i ? 0x03 : 0x04));
		ram_put(f, QUEUE + (0xfe0 + i * 32) % 0x1000 + 8, 8, 1);
	}
	its_reg_w(f, GITS_CWRITER, 0x20);
	ck_assert_uint_eq(its_reg(f, GITS_CREADR), 0xfe0);
	its_reg_w(f, GITS_CTLR, 1); /* runs what is queued */
	ck_assert_uint_eq(its_reg(f, GITS_CREADR), 0x20);
	takes(f, 0, 8200);
	fake_free(f);
}
END_TEST

START_TEST(pending_tables)
{
	struct fake_vm *f = its_mapped(2);
	gpa_t byte = PENDING(0) + 8200 / 8;

	/* Saved: pending bits of mapped LPIs, and only theirs. */
	ram_put(f, byte, 1, 0x82);
	its_msi(f, 2, 1);
	ok(fake_set(f->dev, CTRL, KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES, NULL));
	ck_assert_uint_eq(ram_get(f, byte, 1), 0x83);
	takes(f, 0, 8200);
	ok(fake_set(f->dev, CTRL, KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES, NULL));
	ck_assert_uint_eq(ram_get(f, byte, 1), 0x82);

	/* MAPTI takes a bit over and consumes it. */
	its_cmd(f, DEV(2) | ITS_DISCARD, 1, 0, 0);
	ram_put(f, byte, 1, 0x83);
	its_mapti(f, 2, 1, 8200, 0);
	ck_assert_uint_eq(ram_get(f, byte, 1), 0x82);
	takes(f, 0, 8200);

	/* Disabling LPIs drops them, enabling reads the table, or not (PTZ). */
	its_msi(f, 2, 1);
	GICR_W(f, 0, GICR_CTLR, 0);
	ck_assert(!f->irq[0]);
	ck_assert_uint_eq(GICR(f, 0, GICR_CTLR), 6);
	ram_put(f, byte, 1, 0x83);
	mmio_wr(f, 0, REDIST(0) + GICR_PENDBASER, 8, PENDING(0) | BIT(62));
	GICR_W(f, 0, GICR_CTLR, 1);
	ck_assert(!f->irq[0]);
	GICR_W(f, 0, GICR_CTLR, 0);
	mmio_wr(f, 0, REDIST(0) + GICR_PENDBASER, 8, PENDING(0));
	GICR_W(f, 0, GICR_CTLR, 1);
	takes(f, 0, 8200);
	/* While enabled the bases don't change. */
	mmio_wr(f, 0, REDIST(0) + GICR_PENDBASER, 8, PENDING(1));
	ck_assert_uint_eq(mmio_rd(f, 0, REDIST(0) + GICR_PENDBASER, 8) &
				  0xffffffff0000,
			  PENDING(0));

	/* A table outside memory. */
	GICR_W(f, 0, GICR_CTLR, 0);
	mmio_wr(f, 0, REDIST(0) + GICR_PENDBASER, 8, FAKE_RAM + FAKE_RAM_SIZE);
	fails(EFAULT, fake_set(f->dev, CTRL,
			       KVM_DEV_ARM_VGIC_SAVE_PENDING_TABLES, NULL));
	fake_free(f);
}
END_TEST

static void reset(struct fake_vm *f)
{
	uint64_t b0 = its_reg(f, GITS_BASER), b1 = its_reg(f, GITS_BASER + 8);
	uint64_t cb = its_reg(f, GITS_CBASER);

	ok(fake_set(f->its, CTRL, RESET, NULL));
	ck_assert_uint_eq(its_reg(f, GITS_CTLR), 0x80000000);
	ck_assert_uint_eq(its_reg(f, GITS_BASER), b0 & ~VALID);
	ck_assert_uint_eq(its_reg(f, GITS_BASER + 8), b1 & ~VALID);
	ck_assert_uint_eq(its_reg(f, GITS_CBASER), 0);
	/* As a VMM restores: GITS_CBASER, (GITS_CREADR), GITS_CWRITER, BASERs, tables. */
	ok(fake_set64(f->its, REGS, GITS_CBASER, cb));
	ok(fake_set64(f->its, REGS, GITS_BASER, b0));
	ok(fake_set64(f->its, REGS, GITS_BASER + 8, b1));
}

START_TEST(save_restore)
{
	struct fake_vm *f = its_mapped(2);

	lpi_prop(f, 8210, 0x20 | 1);
	lpi_prop(f, 8211, 0x20 | 1);
	its_mapc(f, 3, 1);
	its_mapd(f, 40, ITT(1), 4);
	its_mapd(f, 39, ITT(2), 4); /* without events */
	its_mapti(f, 40, 9, 8211, 3);
	its_mapti(f, 40, 2, 8210, 0);
	ram_put(f, COLLECTIONS + 16, 8, VALID | 9);
	ok(fake_set(f->its, CTRL, SAVE, NULL));
	/* Documentation/virt/kvm/devices/arm-vgic-its.rst, revision 0 */
	ck_assert_uint_eq(ram_get(f, DEVICES + 2 * 8, 8),
			  VALID | UINT64_C(37) << 49 | ITT(0) >> 8 << 5 | 4);
	ck_assert_uint_eq(ram_get(f, DEVICES + 39 * 8, 8),
			  VALID | UINT64_C(1) << 49 | ITT(2) >> 8 << 5 | 3);
	ck_assert_uint_eq(ram_get(f, DEVICES + 40 * 8, 8),
			  VALID | ITT(1) >> 8 << 5 | 3);
	ck_assert_uint_eq(ram_get(f, ITT(0) + 8, 8), UINT64_C(8200) << 16);
	ck_assert_uint_eq(ram_get(f, ITT(1) + 2 * 8, 8),
			  UINT64_C(7) << 48 | UINT64_C(8210) << 16);
	ck_assert_uint_eq(ram_get(f, ITT(1) + 9 * 8, 8),
			  UINT64_C(8211) << 16 | 3);
	ck_assert_uint_eq(ram_get(f, COLLECTIONS, 8), VALID);
	ck_assert_uint_eq(ram_get(f, COLLECTIONS + 8, 8), VALID | 1 << 16 | 3);
	ck_assert_uint_eq(ram_get(f, COLLECTIONS + 16, 8), 0);

	reset(f);
	fails(EBUSY, its_msi(f, 2, 1));
	ok(fake_set(f->its, CTRL, RESTORE, NULL));
	ok(fake_set64(f->its, REGS, GITS_CTLR, 1));
	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	takes(f, 0, 8200);
	ck_assert_int_eq(its_msi(f, 40, 9), 1);
	takes(f, 1, 8211);
	ck_assert_int_eq(its_msi(f, 40, 2), 1);
	takes(f, 0, 8210);
	ck_assert_int_eq(its_msi(f, 39, 1), 0);
	/* What was restored is what would be saved. */
	ok(fake_set(f->its, CTRL, SAVE, NULL));
	ck_assert_uint_eq(ram_get(f, ITT(1) + 2 * 8, 8),
			  UINT64_C(7) << 48 | UINT64_C(8210) << 16);
	/* A second restore finds the collections there. */
	fails(EEXIST, fake_set(f->its, CTRL, RESTORE, NULL));
	fake_free(f);
}
END_TEST

/* A device that is there and in the tables is there twice, the older first. */
START_TEST(restore_over)
{
	struct fake_vm *f = its_mapped(1);

	its_mapd(f, 1, ITT(1), 4);
	its_mapd(f, 3, ITT(2), 4);
	lpi_prop(f, 8201, 0xa0 | 1);
	ok(fake_set(f->its, CTRL, SAVE, NULL));
	ram_put(f, COLLECTIONS, 8, 0);
	ram_put(f, ITT(0) + 8, 8, UINT64_C(8201) << 16);
	ok(fake_set(f->its, CTRL, RESTORE, NULL));
	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	takes(f, 0, 8200);
	its_cmd(f, DEV(2) | ITS_MAPD, 0, 0, 0);
	ck_assert_int_eq(its_msi(f, 2, 1), 1);
	takes(f, 0, 8201);
	its_cmd(f, DEV(2) | ITS_MAPD, 0, 0, 0);
	ck_assert_int_eq(its_msi(f, 2, 1), 0);
	ok(fake_set(f->its, CTRL, RESTORE, NULL));
	fake_free(f);
}
END_TEST

START_TEST(restore_errors)
{
	/* clang-format off */
	static const struct {
		gpa_t at;
		uint64_t val;
		int err;
	} rows[] = {
		{ COLLECTIONS, VALID | 7 << 16, -EINVAL },    /* no vCPU 7 */
		{ COLLECTIONS, VALID | 8192, -EINVAL },	      /* too big */
		{ COLLECTIONS + 8, VALID, -EEXIST },	      /* 0 twice */
		{ DEVICES + 16, VALID | 16, -EINVAL },	      /* 17 bits */
		{ DEVICES + 16, VALID | (FAKE_RAM + FAKE_RAM_SIZE) >> 8 << 5,
		  -EFAULT },				      /* ITT */
		{ ITT(0) + 8, UINT64_C(8191) << 16, -EINVAL },/* no LPI */
		{ ITT(0) + 8, UINT64_C(8200) << 16 | 5, -EINVAL },
		{ ITT(0) + 8, UINT64_C(31) << 48 | UINT64_C(8200) << 16,
		  -EINVAL },				      /* offset */
		{ DEVICES + 16, 0, 0 },			      /* none */
	};
	/* clang-format on */
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fake_vm *f = its_mapped(1);

		ok(fake_set(f->its, CTRL, SAVE, NULL));
		reset(f);
		ram_put(f, rows[i].at, 8, rows[i].val);
		ck_assert_int_eq(fake_set(f->its, CTRL, RESTORE, NULL),
				 rows[i].err);
		/* A failed restore leaves nothing: it can be tried again. */
		if (rows[i].err) {
			ram_put(f, DEVICES + 16, 8, 0x5afe);
			ok(fake_set(f->its, CTRL, SAVE, NULL));
			ck_assert_uint_eq(ram_get(f, DEVICES + 16, 8), 0x5afe);
			ram_put(f, DEVICES + 16, 8,
				VALID | ITT(0) >> 8 << 5 | 4);
			ram_put(f, ITT(0) + 8, 8, UINT64_C(8200) << 16);
			ram_put(f, COLLECTIONS, 8, VALID);
			ram_put(f, COLLECTIONS + 8, 8, 0);
			ok(fake_set(f->its, CTRL, RESTORE, NULL));
			ok(fake_set64(f->its, REGS, GITS_CTLR, 1));
			ck_assert_int_eq(its_msi(f, 2, 1), 1);
		}
		fake_free(f);
	}
}
END_TEST

START_TEST(attributes)
{
	struct fake_vm *f = fake_new(1);
	struct device *d = fake_device(f, &gic_its_type); /* before a GIC */
	uint64_t val;

	ck_assert_uint_eq(gic_its_type.type, 8);
	ck_assert(gic_has_its(f->gic));
	ok(fake_has(d, ADDR, 4));
	fails(ENXIO, fake_has(d, ADDR, 2));
	fails(ENODEV, fake_set(d, ADDR, 2, BAD_POINTER));
	fails(ENODEV, fake_get(d, ADDR, 2, BAD_POINTER));
	fails(EFAULT, fake_set(d, ADDR, 4, BAD_POINTER));
	fails(EFAULT, fake_get(d, ADDR, 4, BAD_POINTER));
	ck_assert_uint_eq(fake_get64(d, ADDR, 4), ~UINT64_C(0));
	fails(EINVAL, fake_set64(d, ADDR, 4, 0x1000));
	fails(EINVAL, fake_set64(d, ADDR, 4, -UINT64_C(0x20000)));
	fails(E2BIG, fake_set64(d, ADDR, 4, f->ipa_limit - 0x10000));
	fails(ENXIO, fake_get(d, REGS, GITS_CTLR, &val)); /* no address */
	fails(ENXIO, fake_set64(d, REGS, GITS_CTLR, 0));
	ok(fake_set64(d, ADDR, 4, FAKE_ITS));
	fails(EEXIST, fake_set64(d, ADDR, 4, FAKE_ITS));
	ck_assert_uint_eq(fake_get64(d, ADDR, 4), FAKE_ITS);

	ok(fake_has(d, CTRL, 0));
	ok(fake_has(d, CTRL, SAVE));
	ok(fake_has(d, CTRL, RESTORE));
	ok(fake_has(d, CTRL, RESET));
	fails(ENXIO, fake_has(d, CTRL, 3));
	fails(ENXIO, fake_get(d, CTRL, 0, NULL));
	f->vcpu_busy = true;
	ok(fake_set(d, CTRL, 0, NULL));
	fails(EBUSY, fake_set(d, CTRL, SAVE, NULL));
	fails(EBUSY, fake_set(d, CTRL, 99, NULL));
	fails(EBUSY, fake_set64(d, REGS, GITS_CTLR, 0));
	fails(EBUSY, fake_get(d, REGS, 0x10, &val));
	f->vcpu_busy = false;
	ok(fake_set(d, CTRL, 99, NULL));   /* silently nothing */
	ok(fake_set(d, CTRL, SAVE, NULL)); /* no valid table: nothing to do */
	ok(fake_set(d, CTRL, RESTORE, NULL));

	fails(EINVAL, fake_has(d, REGS, 0x2));
	fails(EINVAL, fake_has(d, REGS, GITS_CBASER + 4));
	ok(fake_has(d, REGS, GITS_PIDR1));
	fails(EINVAL, fake_has(d, REGS, 0xffe2));
	fails(ENXIO, fake_has(d, REGS, 0x10));
	fails(ENXIO, fake_has(d, REGS, 0x140));
	ok(fake_has(d, REGS, GITS_BASER + 56));
	fails(EFAULT, fake_set(d, REGS, 0x2, BAD_POINTER));
	fails(EINVAL, fake_get(d, REGS, 0x2, BAD_POINTER));
	fails(ENXIO, fake_get(d, REGS, 0x10, BAD_POINTER));
	fails(EFAULT, fake_get(d, REGS, GITS_CTLR, BAD_POINTER));
	fails(ENXIO, fake_set64(d, REGS, 0x10, 0));
	ck_assert_uint_eq(fake_get64(d, REGS, GITS_TYPER), 0x1ef71);
	ok(fake_set64(d, REGS, GITS_TYPER, 0));
	ck_assert_uint_eq(fake_get64(d, REGS, GITS_TYPER), 0x1ef71);
	ck_assert_uint_eq(fake_get64(d, REGS, GITS_CTLR), 0x80000000);
	ok(fake_set64(d, REGS, GITS_IIDR, 0x4b00043b));
	fails(EINVAL, fake_set64(d, REGS, GITS_IIDR, 0x4b00143b));
	ok(fake_set64(d, REGS, GITS_CBASER, VALID | QUEUE));
	fails(EINVAL, fake_set64(d, REGS, GITS_CREADR, 0x1000));
	ok(fake_set64(d, REGS, GITS_CREADR, 0xfe0));
	ck_assert_uint_eq(fake_get64(d, REGS, GITS_CREADR), 0xfe0);
	ok(fake_set64(d, REGS, GITS_CWRITER, 0xfe0));
	ok(fake_set64(d, REGS, GITS_BASER, VALID | DEVICES));
	ok(fake_set64(d, REGS, GITS_BASER + 8, VALID | COLLECTIONS));
	ok(fake_set64(d, REGS, GITS_CTLR, 1));
	ck_assert_uint_eq(fake_get64(d, REGS, GITS_CTLR), 0x80000001);
	fails(EBUSY, fake_set64(d, REGS, GITS_CREADR, 0));
	ok(fake_set64(d, REGS, GITS_BASER, 0)); /* ignored while enabled */
	ck_assert_uint_eq(fake_get64(d, REGS, GITS_BASER) & VALID, VALID);
	fails(ENXIO, fake_set(d, 1, 0, NULL));
	fails(ENXIO, fake_get(d, 1, 0, NULL));
	fails(ENXIO, fake_has(d, 1, 0));
	fake_free(f);

	/* The bus refuses the frame: the address stays, MSIs don't work. */
	f = fake_new(1);
	fake_device(f, &gic_v3_type);
	d = fake_device(f, &gic_its_type);
	f->mmio_add_error = -ENOSPC;
	fails(ENOSPC, fake_set64(d, ADDR, 4, FAKE_ITS));
	fails(EEXIST, fake_set64(d, ADDR, 4, FAKE_ITS));
	fails(EINVAL, fake_msi(f, DOORBELL, 0, true, 0));
	fake_free(f);
}
END_TEST

Suite *gic_its_suite(void)
{
	Suite *s = suite_create("gic-its");
	TCase *t = tcase_create("its");

	tcase_add_test(t, delivery);
	tcase_add_test(t, an_lpi_is_never_active);
	tcase_add_test(t, msi_errnos);
	tcase_add_test(t, configuration);
	tcase_add_test(t, commands);
	tcase_add_test(t, bad_commands);
	tcase_add_test(t, shared_lpi);
	tcase_add_test(t, indirect);
	tcase_add_test(t, registers);
	tcase_add_test(t, queue_wrap);
	tcase_add_test(t, pending_tables);
	tcase_add_test(t, save_restore);
	tcase_add_test(t, restore_over);
	tcase_add_test(t, restore_errors);
	tcase_add_test(t, attributes);
	suite_add_tcase(s, t);
	return s;
}
