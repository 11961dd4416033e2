/* SPDX-License-Identifier: MIT */
/*
 * The dispatcher of register rows (base/mmio-regs.h): which row an access
 * finds, and that a table's check of itself sees every fault. The device of
 * this test is spread as an MPIC is: 32-bit registers at strides, a set for
 * each CPU, some refused.
 */
#include <errno.h>

#include "base/mmio-regs.h"
#include "gic-fake.h"

static uint64_t last;

static uint64_t read_where(struct mmio_access *a)
{
	return (uint64_t)a->bank << 32 | a->index << 16 | a->off;
}

static void write_last(struct mmio_access *a, uint64_t val)
{
	last = val;
}

static uint64_t uread_two(struct mmio_access *a)
{
	return 2;
}

static int uwrite_busy(struct mmio_access *a, uint64_t val)
{
	return -EBUSY;
}

static const struct mmio_reg cpu_rows[] = {
	{0x40, 0x40, 0, MMIO_W32, read_where, write_last, .name = "IPIDR",
	 .stride = 0x10},
	{0x80, 4, 0, MMIO_W32 | MMIO_NO_WRITE, read_where, NULL,
	 .name = "CTPR"},
	{0x90, 4, 0, MMIO_W32 | MMIO_NO_READ, NULL, write_last, .name = "EOI"},
	{0xa0, 4, 0, MMIO_W32 | MMIO_GUEST_ONLY, read_where, write_last,
	 .name = "IACK"},
	{0xb0, 4, 0, MMIO_W32 | MMIO_USER_ONLY, read_where, write_last,
	 .uread = uread_two, .uwrite = uwrite_busy, .name = "SAVED"},
	{0x100, 8, 1, MMIO_W32 | MMIO_W8, read_where, write_last,
	 .name = "BITS", .first = 32},
	{0x110, 8, 0, MMIO_W16 | MMIO_W64, read_where, write_last,
	 .name = "odd widths"},
	{0x120, 16, 64, MMIO_W64 | MMIO_W32, read_where, write_last,
	 .name = "WORDS"},
};

static const struct mmio_regs cpu_regs = {
	.name = "CPU",
	.row = cpu_rows,
	.nr = ARRAY_SIZE(cpu_rows),
	.off = 0x20000,
	.stride = 0x1000,
	.count = 4,
};

static const struct mmio_reg *find(uint32_t off, unsigned int len, bool user,
				   struct mmio_access *a)
{
	*a = (struct mmio_access){
		.off = off, .len = len, .user = user, .limit = 64};
	return mmio_reg_find(&cpu_regs, a);
}

START_TEST(finds)
{
	struct mmio_access a;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		ck_assert_ptr_eq(find(0x40 + i * 0x10, 4, false, &a), cpu_rows);
		ck_assert_uint_eq(a.index, i);
		/* The gap, a width, an alignment. */
		ck_assert_ptr_null(find(0x44 + i * 0x10, 4, false, &a));
		ck_assert_ptr_null(find(0x40 + i * 0x10, 1, false, &a));
		ck_assert_ptr_null(find(0x40 + i * 0x10, 8, false, &a));
		ck_assert_ptr_null(find(0x42 + i * 0x10, 4, false, &a));
	}
	ck_assert_ptr_null(find(0x3c, 4, false, &a));
	ck_assert_ptr_null(find(0x84, 4, false, &a));
	ck_assert_ptr_null(find(0x1000, 4, false, &a));
	ck_assert_ptr_nonnull(find(0xa0, 4, false, &a));
	ck_assert_ptr_null(find(0xa0, 4, true, &a));
	ck_assert_ptr_null(find(0xb0, 4, false, &a));
	ck_assert_ptr_nonnull(find(0xb0, 4, true, &a));
	ck_assert_ptr_nonnull(find(0x110, 2, false, &a));
	ck_assert_ptr_null(find(0x110, 4, false, &a));
}
END_TEST

START_TEST(elements)
{
	struct mmio_access a;

	ck_assert_ptr_nonnull(find(0x100, 4, false, &a));
	ck_assert_uint_eq(a.index, 32);
	ck_assert_ptr_nonnull(find(0x103, 1, false, &a));
	ck_assert_uint_eq(a.index, 56);
	ck_assert_ptr_null(find(0x104, 4, false, &a)); /* 64, the limit */
	a.limit = 65;
	ck_assert_ptr_nonnull(mmio_reg_find(&cpu_regs, &a));
	ck_assert_uint_eq(a.index, 64);
	ck_assert_ptr_nonnull(find(0x128, 8, false, &a));
	ck_assert_uint_eq(a.index, 1);
	ck_assert_ptr_nonnull(find(0x12c, 4, false, &a));
	ck_assert_uint_eq(a.index, 1);
}
END_TEST

START_TEST(banks)
{
	struct mmio_access a = {.len = 4};
	uint64_t val = 7;

	ck_assert(!mmio_regs_enter(&cpu_regs, 0x1ffff, &a));
	ck_assert(!mmio_regs_enter(&cpu_regs, 0x24000, &a));
	ck_assert(mmio_regs_enter(&cpu_regs, 0x23060, &a));
	ck_assert(mmio_regs_read(&cpu_regs, &a, &val));
	ck_assert_uint_eq(val, UINT64_C(3) << 32 | 2 << 16 | 0x60);
	ck_assert(mmio_regs_enter(&cpu_regs, 0x20040, &a));
	ck_assert(mmio_regs_write(&cpu_regs, &a, UINT64_C(0x123456789)));
	ck_assert_uint_eq(last, 0x23456789); /* no more than its width */
}
END_TEST

START_TEST(refuses)
{
	struct mmio_access a = {.off = 0x80, .len = 4};
	const struct mmio_reg *r;
	uint64_t val = 7;

	last = 0;
	ck_assert(mmio_regs_read(&cpu_regs, &a, &val));
	ck_assert(!mmio_regs_write(&cpu_regs, &a, 1));
	a.off = 0x90;
	val = 7;
	ck_assert(!mmio_regs_read(&cpu_regs, &a, &val));
	ck_assert_uint_eq(val, 7);
	ck_assert_uint_eq(last, 0);
	ck_assert(mmio_regs_write(&cpu_regs, &a, 1));
	ck_assert_uint_eq(last, 1);

	r = find(0x80, 4, true, &a);
	ck_assert_int_eq(mmio_reg_uread(r, &a, &val), 0);
	ck_assert_uint_eq(val, 0x80);
	ck_assert_int_eq(mmio_reg_uwrite(r, &a, 2), -ENXIO);
	r = find(0x90, 4, true, &a);
	ck_assert_int_eq(mmio_reg_uread(r, &a, &val), -ENXIO);
	ck_assert_int_eq(mmio_reg_uwrite(r, &a, 2), 0);
	ck_assert_uint_eq(last, 2);
	r = find(0xb0, 4, true, &a);
	ck_assert_int_eq(mmio_reg_uread(r, &a, &val), 0);
	ck_assert_uint_eq(val, 2);
	ck_assert_int_eq(mmio_reg_uwrite(r, &a, 3), -EBUSY);
	ck_assert_uint_eq(last, 2);
}
END_TEST

/* A good row; each fault below is one field of it, or of its table, wrong. */
#define GOOD                                                          \
	.off = 0x10, .len = 8, .flags = MMIO_W32, .read = read_where, \
	.write = write_last, .name = "OK"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const struct mmio_reg bad_rows[] = {
	{GOOD, .name = NULL},
	{GOOD, .read = NULL},
	{GOOD, .write = NULL},
	{GOOD, .flags = MMIO_W32 | MMIO_NO_READ},
	{GOOD, .flags = MMIO_W32 | MMIO_NO_WRITE},
	{GOOD, .flags = MMIO_W32 | MMIO_GUEST_ONLY, .uread = uread_two},
	{GOOD, .flags = MMIO_W32 | MMIO_GUEST_ONLY, .uwrite = uwrite_busy},
	{GOOD, .flags = MMIO_W32 | MMIO_GUEST_ONLY | MMIO_USER_ONLY},
	{GOOD, .flags = 0},
	{GOOD, .len = 0},
	{GOOD, .len = 6},
	{GOOD, .len = UINT32_MAX - 3},
	{GOOD, .off = 0x12},
	{GOOD, .stride = 2},
	{GOOD, .stride = 5},
	{GOOD, .stride = 4, .bits = 1},
	{GOOD, .bits = 3},
	{GOOD, .bits = 12},
};
#pragma GCC diagnostic pop

START_TEST(sees_faults)
{
	static const struct mmio_reg good = {GOOD};
	struct mmio_reg row[2] = {good, good};
	struct mmio_regs regs = {.name = "T", .row = row, .nr = 1};
	unsigned int i, nr;

	ck_assert_ptr_null(mmio_regs_fault(&regs, &nr));
	for (i = 0; i < ARRAY_SIZE(bad_rows); i++) {
		row[0] = bad_rows[i];
		ck_assert_msg(mmio_regs_fault(&regs, &nr), "row %u", i);
	}

	row[0] = good;
	regs.nr = 2;
	for (i = 0; i <= 0x20; i += 4) {
		row[1].off = i;
		ck_assert_int_eq(!mmio_regs_fault(&regs, &nr), i >= 0x18);
	}
	row[1].name = NULL;
	ck_assert_ptr_nonnull(mmio_regs_fault(&regs, &nr));
	ck_assert_uint_eq(nr, 1);

	regs.nr = 1;
	regs.stride = 0x18;
	ck_assert_ptr_nonnull(mmio_regs_fault(&regs, &nr));
	regs.count = 2;
	ck_assert_ptr_null(mmio_regs_fault(&regs, &nr));
	regs.stride = 0x14;
	ck_assert_ptr_nonnull(mmio_regs_fault(&regs, &nr));
	regs.stride = 0;
	ck_assert_ptr_nonnull(mmio_regs_fault(&regs, &nr));
	regs.count = 0;
	regs.name = NULL;
	ck_assert_ptr_nonnull(mmio_regs_fault(&regs, &nr));
	regs.name = "T";
	regs.nr = 0;
	ck_assert_ptr_nonnull(mmio_regs_fault(&regs, &nr));

	ck_assert_ptr_null(mmio_regs_fault(&cpu_regs, &nr));
}
END_TEST

Suite *mmio_regs_suite(void)
{
	Suite *s = suite_create("mmio-regs");
	TCase *t = tcase_create("rows");

	tcase_add_test(t, finds);
	tcase_add_test(t, elements);
	tcase_add_test(t, banks);
	tcase_add_test(t, refuses);
	tcase_add_test(t, sees_faults);
	suite_add_tcase(s, t);
	return s;
}
