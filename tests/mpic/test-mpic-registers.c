/* SPDX-License-Identifier: MIT */
/*
 * Registers and attributes of the MPIC where the client of tests/ppc, which is
 * held to the real kernel's answers, can't come: the tables themselves, and the
 * guest's accesses.
 */
#include <errno.h>

#include "mpic-fake.h"
#include "mpic/mpic-internal.h"

static const struct device_type *const types[] = {&mpic_20_type, &mpic_42_type};

START_TEST(tables)
{
	const char *fault;
	unsigned int nr;

	for (unsigned int i = 0; i < mpic_nr_blocks; i++) {
		const struct mpic_block *b = &mpic_blocks[i];

		fault = b->regs ? mmio_regs_fault(b->regs, &nr) : NULL;
		ck_assert_msg(!fault, "block %#x, row %u: %s", b->off, nr,
			      fault);
		ck_assert(!b->regs || b->regs->off == b->off);
		ck_assert(!i || b[-1].off + b[-1].size <= b->off);
	}
	for (unsigned int i = 0; i < 2; i++) {
		fault = attr_table_fault(types[i]->attrs, &nr);
		ck_assert_msg(!fault, "attribute row %u: %s", nr, fault);
	}
}
END_TEST

/* Every width everywhere, which must change nothing but what it says. */
START_TEST(widths)
{
	struct fake_vm *f = fake_new(types[_i], 2, false);
	uint64_t val = 0x5afe;

	ck_assert(guest_read(f, 1, FRR, 4, &val));
	ck_assert_uint_eq(val, reg(f, FRR));
	/* The first byte is right, the others are no register. */
	ck_assert(guest_read(f, 1, FRR + 1, 1, &val));
	ck_assert_uint_eq(val, 0xff);
	set_reg(f, IVPR, 0x80051234);
	ck_assert(guest_read(f, 0, IVPR, 1, &val));
	ck_assert_uint_eq(val, 0x80);
	ck_assert(guest_read(f, 0, IVPR + 3, 1, &val));
	ck_assert_uint_eq(val, 0xff);
	/* Nothing is in the summary block, in every byte. */
	ck_assert(guest_read(f, 0, 0x3803, 1, &val));
	ck_assert_uint_eq(val, 0);
	val = 0x5afe;
	ck_assert(!guest_read(f, 0, MSIR + 1, 1, &val));
	ck_assert(!guest_read(f, 0, FRR, 2, &val));
	ck_assert(!guest_read(f, 0, FRR, 8, &val));
	ck_assert(!guest_read(f, 0, FRR + 2, 4, &val));
	ck_assert(!guest_read(f, 0, 0x2000, 4, &val));
	ck_assert_uint_eq(val, 0x5afe);
	for (unsigned int len = 1; len <= 8; len *= 2)
		ck_assert(guest_write(f, 0, IVPR, len, 0x9999) == (len == 4));
	ck_assert(!guest_write(f, 0, IVPR + 2, 4, 0));
	ck_assert(!guest_write(f, 0, PIR, 4, 0));
	ck_assert(!guest_write(f, 0, 0x12000, 4, 0));
	ck_assert_uint_eq(reg(f, IVPR), 0x9999);
	fake_free(f);
}
END_TEST

START_TEST(refused_reads_have_read)
{
	struct fake_vm *f = fake_new(types[_i], 1, false);
	uint64_t val;

	source(f, 1, 5, 1);
	line(f, 1, 1);
	ck_assert(!guest_read(f, 0, IACK + 1, 2, &val)); /* unaligned: not */
	ck_assert(!guest_read(f, 0, IACK, 2, &val));
	ck_assert_uint_eq(iack(f, 0), SPURIOUS);
	set_reg(f, MSIIR, 0x01000000);
	ck_assert(!guest_read(f, 0, MSIR, 8, &val));
	ck_assert_uint_eq(reg(f, MSIR), 0);
	line(f, 1, 1);
	ck_assert(guest_read(f, 0, IACK, 1, &val));
	ck_assert_uint_eq(val, 0);
	ck_assert_uint_eq(iack(f, 0), SPURIOUS);
	fake_free(f);
}
END_TEST

START_TEST(current_cpu)
{
	struct fake_vm *f = fake_new(types[_i], 0, false);
	uint64_t val;

	ok(mpic_connect(f->dev, &f->vm, 3, 9));
	ok(mpic_connect(f->dev, &f->vm, 4, 0));
	ck_assert(guest_read(f, 3, WHOAMI, 4, &val));
	ck_assert_uint_eq(val, 9);
	ck_assert(guest_read(f, 4, WHOAMI, 4, &val));
	ck_assert_uint_eq(val, 0);
	/* One that is not connected. */
	ck_assert(guest_read(f, 7, WHOAMI, 4, &val));
	ck_assert_uint_eq(val, 0);
	ck_assert(guest_write(f, 3, CTPR, 4, 6));
	ck_assert_uint_eq(reg(f, OF_CPU(9) + CTPR), 6);
	ck_assert_uint_eq(reg(f, CTPR), UINT32_MAX);
	set_reg(f, CTPR, 3);
	ck_assert_uint_eq(reg(f, OF_CPU(9) + CTPR), 6);
	ck_assert_uint_eq(reg(f, OF_CPU(0) + CTPR), 15);
	fake_free(f);
}
END_TEST

START_TEST(connect)
{
	struct fake_vm *f = fake_new(types[_i], 2, false);
	struct fake_vm *other = fake_new(types[!_i], 0, false);
	const struct device_type no_mpic = {.name = "none"};
	struct device dev = {&no_mpic, &f->vm};

	fails(EPERM, mpic_connect(&dev, &f->vm, 2, 2));
	fails(EPERM, mpic_connect(other->dev, &f->vm, 2, 2));
	fails(EPERM, mpic_connect(f->dev, &f->vm, 0, MPIC_NR_CPUS));
	fails(EEXIST, mpic_connect(f->dev, &f->vm, 0, 1));
	fails(EBUSY, mpic_connect(f->dev, &f->vm, 0, 2));
	ok(mpic_connect(f->dev, &f->vm, 39, 31));
	ck_assert_uint_eq(reg(f, FRR) >> 8 & 31, 31);
	fails(EINVAL, types[0]->create(types[0], &f->vm, &f->dev));
	ck_assert_ptr_eq(types[_i]->find(&f->vm), f->dev);
	ck_assert_ptr_null(types[!_i]->find(&f->vm));
	fake_free(f);
	fake_free(other);
}
END_TEST

START_TEST(base_address)
{
	struct fake_vm *f = fake_new(types[_i], 1, false);
	uint64_t base = FAKE_BASE, got;

	ck_assert_uint_eq(f->frame->base, FAKE_BASE);
	ck_assert_uint_eq(f->frame->size, 0x40000);
	ok(attr_set(f, KVM_DEV_MPIC_GRP_MISC, 0, &base));
	base = 0x80000;
	ok(attr_set(f, KVM_DEV_MPIC_GRP_MISC, 0, &base));
	ck_assert_uint_eq(f->frame->base, 0x80000);
	base = 0;
	ok(attr_set(f, KVM_DEV_MPIC_GRP_MISC, 0, &base));
	ck_assert_ptr_null(f->frame);
	/* A full bus is no error, as in Linux. */
	f->mmio_add_error = -ENOSPC;
	base = FAKE_BASE;
	ok(attr_set(f, KVM_DEV_MPIC_GRP_MISC, 0, &base));
	ck_assert_ptr_null(f->frame);
	ok(attr_get(f, KVM_DEV_MPIC_GRP_MISC, 0, &got));
	ck_assert_uint_eq(got, FAKE_BASE);
	f->mmio_add_error = 0;
	base = 0x40000;
	ok(attr_set(f, KVM_DEV_MPIC_GRP_MISC, 0, &base));
	ck_assert_uint_eq(f->frame->base, 0x40000);
	fails(EFAULT, attr_set(f, KVM_DEV_MPIC_GRP_MISC, 0, BAD_POINTER));
	fails(ENXIO, attr_has(f, KVM_DEV_MPIC_GRP_MISC, 1));
	fake_free(f);
}
END_TEST

Suite *mpic_registers_suite(void)
{
	Suite *s = suite_create("mpic-registers");
	TCase *t = tcase_create("registers");

	tcase_add_test(t, tables);
	tcase_add_loop_test(t, widths, 0, 2);
	tcase_add_loop_test(t, refused_reads_have_read, 0, 2);
	tcase_add_loop_test(t, current_cpu, 0, 2);
	tcase_add_loop_test(t, connect, 0, 2);
	tcase_add_loop_test(t, base_address, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
