/* SPDX-License-Identifier: MIT */
/*
 * The rows of device attributes: that what each says of itself (payload, when
 * it may be set) is what it does, and that a table's check of itself sees every
 * fault.
 */
#include <errno.h>
#include <string.h>

#include "gic-fake.h"

#define FILLED 0xa5

static unsigned int payload_size(const struct attr_row *row)
{
	switch (row->payload) {
	case ATTR_NO_PAYLOAD: return 0;
	case ATTR_U32:
	case ATTR_S32: return 4;
	case ATTR_U64: return 8;
	default: return row->size;
	}
}

/* An attribute of the row that the device has. */
static uint64_t any_attr(struct device *d, const struct attr_row *row)
{
	uint64_t attr = row->first;

	while (fake_has(d, row->group, attr)) {
		ck_assert_msg(attr < row->last && attr < 0x10000, "%s: %s",
			      row->group_name, row->name);
		attr++;
	}
	return attr;
}

static void check_get(struct device *d, const struct attr_row *row,
		      uint64_t attr)
{
	unsigned int i, size = payload_size(row);
	uint8_t buf[16];

	if (!row->get) {
		ck_assert_int_eq(fake_get(d, row->group, attr, buf), -ENXIO);
		return;
	}
	memset(buf, FILLED, sizeof(buf));
	memset(buf, 0, size);
	ck_assert_msg(!fake_get(d, row->group, attr, buf), "%s", row->name);
	for (i = size; i < sizeof(buf); i++)
		ck_assert_uint_eq(buf[i], FILLED);
	ck_assert_int_eq(fake_get(d, row->group, attr, BAD_POINTER), -EFAULT);
}

static void check_set(struct fake_vm *f, struct device *d,
		      const struct attr_row *row, uint64_t attr)
{
	uint64_t val[2] = {0, 0};
	int ret;

	if (!row->set) {
		ck_assert_int_eq(fake_set(d, row->group, attr, val), -ENXIO);
		return;
	}
	ret = fake_set(d, row->group, attr, BAD_POINTER);
	ck_assert_msg((ret == -EFAULT) == (payload_size(row) != 0), "%s: %d",
		      row->name, ret);
	/* A value that stands already. */
	if (row->get)
		fake_get(d, row->group, attr, val);
	if (row->set_when & ATTR_ONCE)
		ck_assert_int_lt(fake_set(d, row->group, attr, val), 0);
	f->vcpu_busy = true;
	ret = fake_set(d, row->group, attr, val);
	f->vcpu_busy = false;
	if (!(row->set_when & ATTR_BEFORE_INIT))
		ck_assert_msg((ret == -EBUSY) ==
				      !!(row->set_when & ATTR_STOPPED),
			      "%s: %d", row->name, ret);
}

/* Of a device that is initialised and whose addresses are set. */
static void check_rows(struct fake_vm *f, struct device *d)
{
	const struct attr_table *t = d->type->attrs;
	const char *fault;
	unsigned int i;

	fault = attr_table_fault(t, &i);
	ck_assert_msg(!fault, "%s: row %u: %s", d->type->name, i, fault);
	for (i = 0; i < t->nr; i++) {
		const struct attr_row *row = &t->row[i];
		uint64_t attr;

		if (row->absent) {
			ck_assert_int_eq(fake_has(d, row->group, row->last),
					 -ENXIO);
			continue;
		}
		attr = any_attr(d, row);
		check_get(d, row, attr);
		check_set(f, d, row, attr);
	}
}

/* Of a device that is not: what can't be set yet isn't. */
static void check_before_init(struct device *d)
{
	const struct attr_table *t = d->type->attrs;
	unsigned int i;

	for (i = 0; i < t->nr; i++) {
		const struct attr_row *row = &t->row[i];
		uint64_t val = 64;

		if (row->absent)
			continue;
		if (row->set_when & ATTR_AFTER_INIT)
			ck_assert_int_lt(
				fake_set(d, row->group, any_attr(d, row), &val),
				0);
		if (row->set_when & ATTR_BEFORE_INIT)
			ck_assert_int_eq(
				fake_set(d, row->group, any_attr(d, row), &val),
				0);
	}
}

START_TEST(v2_rows)
{
	struct fake_vm *f = fake_v2(1);

	check_rows(f, f->dev);
	fake_free(f);
	f = fake_new(1);
	check_before_init(fake_device(f, &gic_v2_type));
	fake_free(f);
}
END_TEST

START_TEST(v3_rows)
{
	struct fake_vm *f = fake_v3(1);

	check_rows(f, f->dev);
	fake_free(f);
	f = fake_new(1);
	check_before_init(fake_device(f, &gic_v3_type));
	fake_free(f);
}
END_TEST

START_TEST(its_rows)
{
	struct fake_vm *f = fake_v3_its(1);

	check_rows(f, f->its);
	fake_free(f);
}
END_TEST

#define DIST_REGS   KVM_DEV_ARM_VGIC_GRP_DIST_REGS
#define REDIST_REGS KVM_DEV_ARM_VGIC_GRP_REDIST_REGS
#define SYSREGS     KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS
#define ITS_REGS    KVM_DEV_ARM_VGIC_GRP_ITS_REGS

/* NULL: it has no name. */
static const struct name_case {
	const struct device_type *type;
	uint32_t group;
	uint64_t attr;
	const char *name;
} name_cases[] = {
	{&gic_v2_type, DIST_REGS, 0x0, "GICD_CTLR"},
	{&gic_v2_type, DIST_REGS, 0x100000104, "GICD_ISENABLER1/cpu1"},
	{&gic_v2_type, DIST_REGS, 0xffc, NULL},
	{&gic_v2_type, DIST_REGS, UINT64_C(1) << 40, NULL},
	{&gic_v2_type, KVM_DEV_ARM_VGIC_GRP_CPU_REGS, 0x4, "GICC_PMR"},
	{&gic_v3_type, DIST_REGS, 0x8, "GICD_IIDR"},
	{&gic_v3_type, DIST_REGS, 0x100, "GICD_ISENABLER0"},
	{&gic_v3_type, DIST_REGS, 0x108, "GICD_ISENABLER2"},
	{&gic_v3_type, DIST_REGS, 0x424, "GICD_IPRIORITYR9"},
	{&gic_v3_type, DIST_REGS, 0x6104, "GICD_IROUTER32+0x4"},
	{&gic_v3_type, DIST_REGS, 0xffe8, "GICD_IDREGS+0x18"},
	{&gic_v3_type, REDIST_REGS, 0x0102030400010100,
	 "GICR_ISENABLER0/1.2.3.4"},
	{&gic_v3_type, REDIST_REGS, 0x10404, "GICR_IPRIORITYR1/0.0.0.0"},
	{&gic_v3_type, SYSREGS, 0x10000c230, "ICC_PMR_EL1/0.0.0.1"},
	{&gic_v3_type, SYSREGS, 0x1c230, NULL},
	{&gic_v3_type, SYSREGS, 0xc231, NULL},
	{&gic_its_type, ITS_REGS, 0x108, "GITS_BASER1"},
	{&gic_its_type, ITS_REGS, 0x84, "GITS_CBASER+0x4"},
};

START_TEST(names)
{
	const struct name_case *c = &name_cases[_i];
	const struct attr_row *row =
		attr_row_find(c->type->attrs, c->group, c->attr);
	char name[64];
	bool has;

	ck_assert_ptr_nonnull(row);
	ck_assert_ptr_nonnull(row->describe);
	has = row->describe(c->attr, name, sizeof(name));
	ck_assert_msg(has == !!c->name, "%#lx", c->attr);
	if (has)
		ck_assert_str_eq(name, c->name);
}
END_TEST

static int op_ok(void *owner, const struct device_attr *attr)
{
	return 0;
}

#define GOOD                                                               \
	.group_name = "G", .name = "N", .group = 1, .first = 1, .last = 2, \
	.payload = ATTR_U32, .since = "<=6.1", .set = op_ok, .get = op_ok

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static const struct attr_row bad_rows[] = {
	{GOOD, .group_name = NULL},
	{GOOD, .name = NULL},
	{GOOD, .name = "2"},
	{GOOD, .first = 3},
	{GOOD, .set = NULL, .get = NULL},
	{GOOD, .set = NULL, .set_when = ATTR_ONCE},
	{GOOD, .payload = ATTR_STRUCT},
	{GOOD, .size = 4},
	{GOOD, .payload = ATTR_NO_PAYLOAD},
	{GOOD, .absent = true, .has = op_ok},
	{GOOD, .since = NULL},
	{GOOD, .draft = 1, .set = NULL, .set_when = 0},
	{GOOD, .draft = 1, .payload = ATTR_S32},
};
#pragma GCC diagnostic pop

START_TEST(sees_faults)
{
	static const struct attr_row good = {GOOD};
	struct attr_row row[2] = {good, good};
	struct attr_table t = {row, 1};
	unsigned int i, nr;

	ck_assert_ptr_null(attr_table_fault(&t, &nr));
	for (i = 0; i < ARRAY_SIZE(bad_rows); i++) {
		row[0] = bad_rows[i];
		ck_assert_msg(attr_table_fault(&t, &nr), "row %u", i);
	}
	row[0] = good;
	t.nr = 2;
	ck_assert_ptr_nonnull(attr_table_fault(&t, &nr));
	ck_assert_uint_eq(nr, 1);
	row[1].last = 3; /* partly hidden: what is left of the group */
	ck_assert_ptr_null(attr_table_fault(&t, &nr));
	row[1].group = 2;
	row[1].last = 2;
	ck_assert_ptr_null(attr_table_fault(&t, &nr));
	row[1].draft = 1;
	ck_assert_ptr_null(attr_table_fault(&t, &nr));
	row[0].draft = 1; /* one number for two */
	ck_assert_ptr_nonnull(attr_table_fault(&t, &nr));
	row[0].draft = row[1].draft = 0;
	t.nr = 0;
	ck_assert_ptr_nonnull(attr_table_fault(&t, &nr));
}
END_TEST

START_TEST(dispatches)
{
	static const struct attr_row row[] = {
		{GOOD},
		{ATTR_GROUP(1), ATTR_ALL("others"), .set = op_ok,
		 .absent = true},
	};
	static const struct attr_table t = {row, ARRAY_SIZE(row)};
	struct device_attr a = {1, 1, NULL};

	ck_assert_int_eq(attr_dispatch(&t, NULL, ATTR_HAS, &a), 0);
	ck_assert_int_eq(attr_dispatch(&t, NULL, ATTR_GET, &a), 0);
	a.attr = 3;
	ck_assert_int_eq(attr_dispatch(&t, NULL, ATTR_HAS, &a), -ENXIO);
	ck_assert_int_eq(attr_dispatch(&t, NULL, ATTR_GET, &a), -ENXIO);
	ck_assert_int_eq(attr_dispatch(&t, NULL, ATTR_SET, &a), 0);
	a.group = 2;
	ck_assert_int_eq(attr_dispatch(&t, NULL, ATTR_SET, &a), -ENXIO);
	ck_assert_int_eq(attr_dispatch(&t, NULL, ATTR_HAS, &a), -ENXIO);
	ck_assert(attr_table_can(&t, ATTR_GET));
}
END_TEST

Suite *attr_rows_suite(void)
{
	Suite *s = suite_create("attr-rows");
	TCase *t = tcase_create("rows");

	tcase_add_test(t, v2_rows);
	tcase_add_test(t, v3_rows);
	tcase_add_test(t, its_rows);
	tcase_add_loop_test(t, names, 0, ARRAY_SIZE(name_cases));
	tcase_add_test(t, sees_faults);
	tcase_add_test(t, dispatches);
	suite_add_tcase(s, t);
	return s;
}
