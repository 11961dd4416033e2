/* SPDX-License-Identifier: MIT */
/*
 * Registers of GICv3 as its guest sees them, and that the register tables of
 * all GICs are sound.
 */
#include "gic-fake.h"
#include "gic/its-internal.h"

START_TEST(dist_registers)
{
	struct fake_vm *f = fake_v3(1);

	ck_assert_uint_eq(GICD(f, 0, GICD_CTLR), 0x52);
	ck_assert_uint_eq(GICD(f, 0, GICD_TYPER), 9u << 19 | 7);
	ck_assert_uint_eq(GICD(f, 0, GICD_IIDR), 0x4b00343b);
	ck_assert_uint_eq(GICD(f, 0, GICD_TYPER2), 0);
	ck_assert_uint_eq(GICD(f, 0, GICD_STATUSR), 0xffffffff);
	ck_assert_uint_eq(GICD(f, 0, GICD_PIDR2), 0x3b);
	ck_assert_uint_eq(GICD(f, 0, GICD_PIDR4), 0);
	/* SGIs and PPIs aren't here, ids past the end neither. */
	GICD_W(f, 0, GICD_ISENABLER, ~0u);
	ck_assert_uint_eq(GICD(f, 0, GICD_ISENABLER), 0);
	GICD_W(f, 0, GICD_ISENABLER + 28, ~0u);
	ck_assert_uint_eq(GICD(f, 0, GICD_ISENABLER + 28), ~0u);
	GICD_W(f, 0, GICD_ISENABLER + 32, ~0u);
	ck_assert_uint_eq(GICD(f, 0, GICD_ISENABLER + 32), 0);
	/* Groups: all 1 from the start. */
	ck_assert_uint_eq(GICD(f, 0, GICD_IGROUPR + 4), ~0u);
	GICD_W(f, 0, GICD_ITARGETSR + 32, 0x01010101);
	ck_assert_uint_eq(GICD(f, 0, GICD_ITARGETSR + 32), 0);
	GICD_W(f, 0, GICD_IGRPMODR + 4, ~0u);
	ck_assert_uint_eq(GICD(f, 0, GICD_IGRPMODR + 4), 0);
	/* Only the trigger bit of ICFGR is there. */
	GICD_W(f, 0, GICD_ICFGR + 8, 0xffffffff);
	ck_assert_uint_eq(GICD(f, 0, GICD_ICFGR + 8), 0xaaaaaaaa);
	GICD_W(f, 0, GICD_IPRIORITYR + 32, 0xffffffff);
	ck_assert_uint_eq(GICD(f, 0, GICD_IPRIORITYR + 32), 0xf8f8f8f8);
	/* Widths and alignment. */
	ck_assert_uint_eq(mmio_rd(f, 0, FAKE_DIST + GICD_IPRIORITYR + 33, 1),
			  0xf8);
	ck_assert_uint_eq(mmio_rd(f, 0, FAKE_DIST + GICD_IPRIORITYR + 32, 2),
			  0);
	ck_assert_uint_eq(mmio_rd(f, 0, FAKE_DIST + GICD_IPRIORITYR + 32, 8),
			  0);
	ck_assert_uint_eq(mmio_rd(f, 0, FAKE_DIST + GICD_IGROUPR + 4, 1), 0);
	ck_assert_uint_eq(mmio_rd(f, 0, FAKE_DIST + GICD_IGROUPR + 6, 4), 0);
	ck_assert_uint_eq(GICD(f, 0, GICD_NSACR), 0); /* GICD_NSACR: none */
	fake_free(f);
}
END_TEST

START_TEST(redist_registers)
{
	struct fake_vm *f = fake_v3(3);

	/* Affinity, number, and Last at the end of the region. */
	ck_assert_uint_eq(mmio_rd(f, 0, REDIST(0) + 8, 8), 0);
	ck_assert_uint_eq(mmio_rd(f, 0, REDIST(1) + 8, 8),
			  UINT64_C(1) << 32 | 1 << 8);
	ck_assert_uint_eq(mmio_rd(f, 0, REDIST(2) + 8, 8),
			  UINT64_C(2) << 32 | 2 << 8 | 1 << 4);
	ck_assert_uint_eq(GICR(f, 2, GICR_TYPER), 2 << 8 | 1 << 4);
	ck_assert_uint_eq(GICR(f, 2, GICR_TYPER + 4), 2);
	ck_assert_uint_eq(GICR(f, 0, GICR_CTLR), 6); /* CES, IR */
	ck_assert_uint_eq(GICR(f, 0, GICR_IIDR), 0x4b00043b);
	ck_assert_uint_eq(GICR(f, 0, GICR_STATUSR), 0);
	GICR_W(f, 0, GICR_WAKER, 2);
	ck_assert_uint_eq(GICR(f, 0, GICR_WAKER), 0); /* WAKER: always awake */
	ck_assert_uint_eq(GICR(f, 0, GICR_PIDR2), 0x3b);
	ck_assert_uint_eq(GICR(f, 0, GICR_ISENABLER0), 0xffff);
	GICR_W(f, 0, GICR_ICENABLER0, 0xff);
	ck_assert_uint_eq(GICR(f, 0, GICR_ISENABLER0), 0xff00);
	ck_assert_uint_eq(GICR(f, 1, GICR_ISENABLER0), 0xffff);
	ck_assert_uint_eq(GICR(f, 0, GICR_ICFGR0), 0xaaaaaaaa);
	GICR_W(f, 0, GICR_ICFGR1, ~0u);
	ck_assert_uint_eq(GICR(f, 0, GICR_ICFGR1), 0);
	GICR_W(f, 0, GICR_IPRIORITYR + 28, 0x12345678);
	ck_assert_uint_eq(GICR(f, 0, GICR_IPRIORITYR + 28), 0x10305078);
	/* No ITS: LPIs can't be enabled. */
	GICR_W(f, 0, GICR_CTLR, 1);
	ck_assert_uint_eq(GICR(f, 0, GICR_CTLR), 6);
	/* PENDBASER: sanitised, PTZ reads 0; one PROPBASER for all. */
	mmio_wr(f, 0, REDIST(0) + GICR_PENDBASER, 8, ~UINT64_C(0));
	ck_assert_uint_eq(mmio_rd(f, 0, REDIST(0) + GICR_PENDBASER, 8),
			  UINT64_C(0x000fffffffff0f80));
	mmio_wr(f, 0, REDIST(0) + GICR_PROPBASER, 8, UINT64_C(0x40001000) | 15);
	ck_assert_uint_eq(mmio_rd(f, 0, REDIST(1) + GICR_PROPBASER, 8),
			  UINT64_C(0x40001000) | 15 | 3 << 7);
	fake_free(f);
}
END_TEST

START_TEST(icc_registers)
{
	struct fake_vm *f = fake_v3(1), *v2 = fake_v2(1);
	uint64_t val;

	ck_assert_uint_eq(icc_rd(f, 0, ICC_SRE), 7);
	icc_wr(f, 0, ICC_SRE, 0);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_SRE), 7);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_CTLR), 0x8c00);
	icc_wr(f, 0, ICC_CTLR, ~UINT64_C(0));
	ck_assert_uint_eq(icc_rd(f, 0, ICC_CTLR), 0x8c03);
	icc_wr(f, 0, ICC_CTLR, 0);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_BPR0), 2);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_BPR1), 3);
	icc_wr(f, 0, ICC_BPR0, 0);
	icc_wr(f, 0, ICC_BPR1, 1);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_BPR0), 2);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_BPR1), 3);
	icc_wr(f, 0, ICC_BPR0, 5);
	icc_wr(f, 0, ICC_BPR1, 4);
	icc_wr(f, 0, ICC_CTLR, 1); /* CBPR: BPR0 + 1, read-only */
	ck_assert_uint_eq(icc_rd(f, 0, ICC_BPR1), 6);
	icc_wr(f, 0, ICC_BPR1, 7);
	icc_wr(f, 0, ICC_CTLR, 0);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_BPR1), 4);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IGRPEN0), 1);
	ck_assert_uint_eq(icc_rd(f, 0, ICC_IGRPEN1), 1);

	/* UNDEFINED: the wrong direction, other registers, no GICv3. */
	ck_assert(!gic_icc_read(f->gic, 0, ICC_EOIR1, &val));
	ck_assert(!gic_icc_read(f->gic, 0, ICC_SGI1R, &val));
	ck_assert(!gic_icc_read(f->gic, 0, ICC_DIR, &val));
	ck_assert(!gic_icc_write(f->gic, 0, ICC_IAR1, 0));
	ck_assert(!gic_icc_write(f->gic, 0, ICC_RPR, 0));
	ck_assert(!gic_icc_read(f->gic, 0, ICC_AP1R1, &val));
	ck_assert(!gic_icc_write(f->gic, 0, ICC_AP1R1, 0));
	ck_assert(!gic_icc_read(f->gic, 0, SYSREG_ENC(3, 0, 4, 12, 4), &val));
	ck_assert(!gic_icc_read(f->gic, 0, SYSREG_ENC(3, 0, 12, 1, 0), &val));
	ck_assert(!gic_icc_read(f->gic, 0, SYSREG_ENC(3, 4, 12, 12, 4), &val));
	ck_assert(!gic_icc_read(f->gic, 1, ICC_CTLR, &val));
	ck_assert(!gic_icc_read(v2->gic, 0, ICC_CTLR, &val));
	ck_assert(!gic_icc_write(v2->gic, 0, ICC_PMR, 0));
	fake_free(f);
	fake_free(v2);
}
END_TEST

/* Each ICC register can be done what its row says, and no more. */
#define RO 1
#define WO 2
#define RW 3
#define ICC_CRN4(name, crm, op2, access, bits, ...) \
	{#name, SYSREG_ENC(3, 0, 4, crm, op2), access, bits},
#define ICC_CRN12(name, crm, op2, access, bits, ...) \
	{#name, SYSREG_ENC(3, 0, 12, crm, op2), access, bits},

static const struct {
	const char *name;
	uint32_t enc;
	unsigned int access, bits;
} icc_rows[] = {
#include "base/icc-regs.def"
};

START_TEST(icc_access)
{
	struct fake_vm *f = fake_v3(1);
	unsigned int i, n = 0;
	uint32_t enc;
	uint64_t val;

	for (i = 0; i < ARRAY_SIZE(icc_rows); i++) {
		unsigned int can =
			icc_rows[i].bits > 5 ? 0 : icc_rows[i].access;

		enc = icc_rows[i].enc;
		if (i) /* as cpu/sysregs.def wants it */
			ck_assert_uint_gt(enc, icc_rows[i - 1].enc);
		ck_assert_msg(gic_icc_read(f->gic, 0, enc, &val) == (can & RO),
			      "%s", icc_rows[i].name);
		ck_assert_msg(gic_icc_write(f->gic, 0, enc, 0) == !!(can & WO),
			      "%s", icc_rows[i].name);
	}
	for (enc = 0; enc < 1 << 16; enc++)
		n += gic_icc_read(f->gic, 0, enc, &val) ||
		     gic_icc_write(f->gic, 0, enc, 0);
	ck_assert_uint_eq(n, ARRAY_SIZE(icc_rows) - 6);
	fake_free(f);
}
END_TEST

static void check_rows(const struct mmio_regs *regs)
{
	const char *fault;
	unsigned int i;

	fault = mmio_regs_fault(regs, &i);
	ck_assert_msg(!fault, "%s: row %u: %s", regs->name, i, fault);
	for (i = 0; i < regs->nr; i++) {
		const struct mmio_reg *r = &regs->row[i];

		ck_assert_msg(r->read && r->write, "%s", r->name);
		ck_assert_msg(r->len % 4 == 0, "%s", r->name);
		ck_assert_ptr_eq(mmio_reg_at(regs, r->off), r);
		ck_assert_ptr_eq(mmio_reg_at(regs, r->off + r->len - 1), r);
	}
}

START_TEST(tables)
{
	check_rows(&gicv2_dist_regs);
	check_rows(&gicv2_cpu_regs);
	check_rows(&gicv3_dist_regs);
	check_rows(&gicv3_redist_regs);
	check_rows(&its_regs);
	ck_assert_ptr_null(mmio_reg_at(&its_regs, 0x10));
	ck_assert_ptr_null(mmio_reg_at(&its_regs, 0x10040));
}
END_TEST

Suite *gic_v3_registers_suite(void)
{
	Suite *s = suite_create("gic-v3-registers");
	TCase *t = tcase_create("registers");

	tcase_add_test(t, dist_registers);
	tcase_add_test(t, redist_registers);
	tcase_add_test(t, icc_registers);
	tcase_add_test(t, icc_access);
	tcase_add_test(t, tables);
	suite_add_tcase(s, t);
	return s;
}
