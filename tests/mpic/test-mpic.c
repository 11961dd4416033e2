/* SPDX-License-Identifier: MIT */
/*
 * The MPIC where time is counted: what its steps cost and who pays, and what is
 * on its way to a CPU. The suites of the other files are run from here.
 */
#include "mpic-fake.h"
#include "tests/check-main.h"

static uint32_t cost(const char *row)
{
	int i = cost_row_find(&mpic_costs, row);

	ck_assert_int_ge(i, 0);
	return mpic_costs.rows[i].cycles;
}

/* From a source that becomes active to INT. */
static uint32_t flight(void)
{
	return cost("pend") + cost("choose") + cost("signal");
}

START_TEST(prices)
{
	struct fake_vm *f = fake_new(&mpic_42_type, 2, true);
	uint64_t val;

	/* fake_new() is userspace. */
	ck_assert_uint_eq(f->charged[0] + f->charged[1], 0);
	ck_assert(guest_read(f, 1, FRR, 4, &val));
	ck_assert_uint_eq(f->charged[1], cost("mmio-read"));
	ck_assert(guest_write(f, 1, CTPR, 4, 0));
	ck_assert_uint_eq(f->charged[1],
			  cost("mmio-read") + cost("mmio-write"));
	source(f, 3, 5, 2);
	f->charged[1] = 0;
	line(f, 3, 1);
	time_is(f, 1000);
	ck_assert_uint_eq(f->charged[1], 0);
	ck_assert_uint_eq(f->steps[1][IRQ_STEP_PEND], 1);
	ck_assert_uint_eq(f->steps[1][IRQ_STEP_CHOOSE], 1);
	ck_assert_uint_eq(f->steps[1][IRQ_STEP_SIGNAL], 1);
	ck_assert_uint_eq(iack(f, 1), 3);
	ck_assert_uint_eq(f->charged[1],
			  cost("mmio-read") + cost("acknowledge"));
	f->charged[1] = 0;
	eoi(f, 1);
	ck_assert_uint_eq(f->charged[1], cost("mmio-write") + cost("eoi"));
	ck_assert_uint_eq(f->steps[1][IRQ_STEP_ACKNOWLEDGE], 1);
	ck_assert_uint_eq(f->steps[1][IRQ_STEP_EOI], 1);
	ck_assert_uint_eq(f->steps[1][IRQ_STEP_DEACTIVATE], 1);
	/* The VMM's accesses are steps, and cost no guest anything. */
	f->charged[1] = 0;
	reg(f, OF_CPU(1) + IACK);
	set_reg(f, OF_CPU(1) + EOI, 0);
	ck_assert_uint_eq(f->charged[0] + f->charged[1], 0);
	ck_assert_uint_eq(f->steps[1][IRQ_STEP_ACKNOWLEDGE], 2);
	fake_free(f);
}
END_TEST

START_TEST(on_its_way)
{
	struct fake_vm *f = fake_new(&mpic_20_type, 1, true);

	source(f, 3, 5, 1);
	f->now = 100;
	line(f, 3, 1);
	ck_assert_uint_eq(f->due[0], 100 + flight());
	ck_assert_uint_eq(reg(f, IVPR + OF_SOURCE(3)) & ACTIVITY, ACTIVITY);
	time_is(f, 99 + flight());
	ck_assert(!f->pin[0]);
	ck_assert_uint_eq(iack(f, 0), SPURIOUS);
	time_is(f, 100 + flight());
	ck_assert(f->pin[0]);
	ck_assert_uint_eq(f->due[0], UINT64_MAX);
	ck_assert_uint_eq(iack(f, 0), 3);
	fake_free(f);
}
END_TEST

START_TEST(never_arrives)
{
	struct fake_vm *f = fake_new(&mpic_20_type, 1, true);

	source(f, 20, 5, 1);
	source(f, 3, 5, 1);
	line(f, 20, 1);
	line(f, 20, 0);
	time_is(f, 1000);
	ck_assert(!f->pin[0]);
	line(f, 3, 1);
	set_reg(f, IVPR + OF_SOURCE(3), MASK | PRIORITY(5) | 3);
	time_is(f, 2000);
	ck_assert(!f->pin[0]);
	/* Unmasked it starts again: it is still pending. */
	set_reg(f, IVPR + OF_SOURCE(3), PRIORITY(5) | 3);
	time_is(f, 1999 + flight());
	ck_assert(!f->pin[0]);
	set_reg(f, GCR, GCR_RST);
	time_is(f, 3000);
	ck_assert(!f->pin[0]);
	ck_assert_uint_eq(iack(f, 0), SPURIOUS);
	fake_free(f);
}
END_TEST

START_TEST(several)
{
	struct fake_vm *f = fake_new(&mpic_42_type, 2, true);
	static const unsigned int order[] = {9, 4, 200, 3};

	for (unsigned int i = 0; i < 4; i++)
		source(f, order[i], 5, 1);
	/* From vCPUs whose times differ: 200 before 4. */
	f->now = 10;
	line(f, 9, 1);
	f->now = 12;
	line(f, 4, 1);
	f->now = 11;
	line(f, 200, 1);
	f->now = 12;
	line(f, 3, 1);
	/* Each alone, so that the order of arrival shows. */
	time_is(f, 10 + flight());
	ck_assert_uint_eq(iack(f, 0), 9);
	ck_assert_uint_eq(iack(f, 0), SPURIOUS);
	time_is(f, 11 + flight());
	ck_assert_uint_eq(iack(f, 0), 200);
	line(f, 200, 0);
	ck_assert_uint_eq(iack(f, 0), SPURIOUS);
	time_is(f, 12 + flight());
	ck_assert_uint_eq(iack(f, 0), 3);
	ck_assert_uint_eq(iack(f, 0), 4);
	/* Both CPUs, each its own way: the first to acknowledge ends it. */
	source(f, 9, 5, 3);
	set_reg(f, GCR, 0);
	f->now = 1000;
	for (unsigned int i = 0; i < 4; i++)
		eoi(f, 0);
	line(f, 9, 1);
	time_is(f, 1000 + flight());
	ck_assert(f->pin[0] && f->pin[1]);
	ck_assert_uint_eq(iack(f, 1), 9);
	ck_assert_uint_eq(iack(f, 0), SPURIOUS);
	fake_free(f);
}
END_TEST

START_TEST(ipi_flight)
{
	struct fake_vm *f = fake_new(&mpic_42_type, 2, true);

	set_reg(f, IPIVPR, PRIORITY(5) | 0x100);
	f->now = 50;
	ck_assert(guest_write(f, 0, IPIDR, 4, 2));
	ck_assert_uint_eq(f->due[1], 50 + flight() + cost("ipi"));
	ck_assert_uint_eq(f->steps[1][IRQ_STEP_SGI], 1);
	time_is(f, 49 + flight() + cost("ipi"));
	ck_assert(!f->pin[1]);
	time_is(f, 50 + flight() + cost("ipi"));
	ck_assert(f->pin[1]);
	ck_assert_uint_eq(iack(f, 1), 0x100);
	fake_free(f);
}
END_TEST

/* INT that EOI or CTPR makes due rises later, but IACK finds its cause. */
START_TEST(rise)
{
	struct fake_vm *f = fake_new(&mpic_42_type, 1, true);
	uint32_t again = cost("choose") + cost("signal");

	source(f, 3, 5, 1);
	source(f, 4, 5, 1);
	line(f, 3, 1);
	line(f, 4, 1);
	time_is(f, 1000);
	ck_assert_uint_eq(iack(f, 0), 3);
	eoi(f, 0);
	ck_assert(!f->pin[0]);
	ck_assert_uint_eq(f->due[0], 1000 + again);
	time_is(f, 1000 + again);
	ck_assert(f->pin[0]);
	/* Lowered by CTPR, raised by it, lowered before it has risen. */
	set_reg(f, OF_CPU(0) + CTPR, 9);
	ck_assert(!f->pin[0]);
	set_reg(f, OF_CPU(0) + CTPR, 0);
	ck_assert(!f->pin[0]);
	set_reg(f, OF_CPU(0) + CTPR, 9);
	time_is(f, 5000);
	ck_assert(!f->pin[0]);
	set_reg(f, OF_CPU(0) + CTPR, 0);
	ck_assert_uint_eq(iack(f, 0), 4);
	time_is(f, 6000);
	ck_assert(!f->pin[0]);
	fake_free(f);
}
END_TEST

/* Nobody hears of steps, time does not count: nothing is on its way. */
START_TEST(host_clock)
{
	struct fake_vm *f = fake_new(&mpic_42_type, 1, false);

	source(f, 3, 5, 1);
	line(f, 3, 1);
	ck_assert(f->pin[0]);
	f->vm.steps_heard = true;
	ck_assert_uint_eq(iack(f, 0), 3);
	ck_assert_uint_eq(f->charged[0], 0);
	ck_assert_uint_eq(f->steps[0][IRQ_STEP_ACKNOWLEDGE], 1);
	eoi(f, 0);
	line(f, 3, 1);
	ck_assert(f->pin[0]);
	ck_assert_uint_eq(f->steps[0][IRQ_STEP_PEND], 1);
	fake_free(f);
}
END_TEST

static struct irq_tally counts[4];
static unsigned int dues;

static struct irq_tally *tally(struct device_vm *vm, unsigned int index,
			       uint32_t intid)
{
	struct irq_tally *t = &counts[index * 2 + (intid == 3)];

	ck_assert(intid == 3 || intid == 20);
	t->vcpu = index;
	t->intid = intid;
	return t;
}

static void tally_due(struct device_vm *vm)
{
	dues++;
}

/* Acknowledges are counted where they happen; a spurious one is none. */
START_TEST(tallies)
{
	struct fake_vm *f = fake_new(&mpic_42_type, 2, false);
	struct device_vm_ops ops = *f->vm.ops;

	ops.tally = tally;
	ops.tally_due = tally_due;
	f->vm.ops = &ops;
	f->vm.tallied = true;
	counts[0].count = counts[1].count = IRQ_TALLY_PERIOD - 3;
	source(f, 3, 5, 1);
	source(f, 20, 5, 3);
	for (unsigned int i = 0; i < 3; i++) {
		line(f, 3, 1);
		iack(f, 0);
		iack(f, 0);
		eoi(f, 0);
	}
	line(f, 20, 1);
	iack(f, 1);
	iack(f, 0);
	ck_assert_uint_eq(counts[1].count, IRQ_TALLY_PERIOD);
	ck_assert_uint_eq(counts[0].count, IRQ_TALLY_PERIOD - 2);
	ck_assert_uint_eq(counts[2].count, 1);
	ck_assert_uint_eq(dues, 1);
	fake_free(f);
}
END_TEST

/* A user's profile changes what an MPIC is made with. */
START_TEST(profile)
{
	struct cost_profile p = {0};
	const struct cost_model *models[] = {&mpic_costs};
	struct fake_vm *f;
	uint64_t val;

	ck_assert_int_eq(cost_profile_set(&p, models, 1, "mpic", "pend", "500"),
			 COST_OK);
	ck_assert_int_eq(
		cost_profile_set(&p, models, 1, "mpic", "mmio-read", "7"),
		COST_OK);
	f = fake_new_profiled(&mpic_42_type, 1, true, &p);
	source(f, 3, 5, 1);
	line(f, 3, 1);
	ck_assert_uint_eq(f->due[0], 500 + cost("choose") + cost("signal"));
	ck_assert(guest_read(f, 0, FRR, 4, &val));
	ck_assert_uint_eq(f->charged[0], 7);
	fake_free(f);
	cost_profile_free(&p);
}
END_TEST

Suite *mpic_time_suite(void)
{
	Suite *s = suite_create("mpic-time");
	TCase *t = tcase_create("time");

	tcase_add_test(t, prices);
	tcase_add_test(t, on_its_way);
	tcase_add_test(t, never_arrives);
	tcase_add_test(t, several);
	tcase_add_test(t, ipi_flight);
	tcase_add_test(t, rise);
	tcase_add_test(t, host_clock);
	tcase_add_test(t, tallies);
	tcase_add_test(t, profile);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	SRunner *r = srunner_create(mpic_registers_suite());

	srunner_add_suite(r, mpic_delivery_suite());
	srunner_add_suite(r, mpic_time_suite());
	srunner_add_suite(r, mpic_walks_suite());
	return check_run(r);
}
