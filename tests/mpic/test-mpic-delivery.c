/* SPDX-License-Identifier: MIT */
/*
 * What an MPIC's INT does, which only a guest sees: raised and lowered by what
 * is pending, in service and masked by CTPR; the external proxy; who hears of
 * an end. Where docs/mpic.md says that this is peculiar, it is Linux's.
 */
#include <pthread.h>
#include <sched.h>

#include "mpic-fake.h"

static const struct device_type *const types[] = {&mpic_20_type, &mpic_42_type};

START_TEST(edge)
{
	struct fake_vm *f = fake_new(types[_i], 2, false);

	source(f, 3, 5, 2);
	line(f, 3, 1);
	line(f, 3, 0);
	ck_assert(!f->pin[0] && f->pin[1]);
	ck_assert_uint_eq(iack(f, 0), SPURIOUS);
	ck_assert_uint_eq(iack(f, 1), 3);
	ck_assert(!f->pin[1]);
	/* A second one during service waits for the end. */
	line(f, 3, 1);
	ck_assert(!f->pin[1]);
	eoi(f, 1);
	ck_assert(f->pin[1]);
	ck_assert_uint_eq(iack(f, 1), 3);
	eoi(f, 1);
	ck_assert(!f->pin[1]);
	ck_assert_uint_eq(iack(f, 1), SPURIOUS);
	fake_free(f);
}
END_TEST

START_TEST(level)
{
	struct fake_vm *f = fake_new(types[_i], 1, false);

	source(f, 20, 5, 1);
	line(f, 20, 7);
	ck_assert(f->pin[0]);
	line(f, 20, 0);
	ck_assert(!f->pin[0]);
	line(f, 20, 1);
	ck_assert_uint_eq(iack(f, 0), 20);
	ck_assert(!f->pin[0]);
	f->acked_calls = 0;
	eoi(f, 0);
	/* It was raised again before the listener lowered the line. */
	ck_assert_uint_eq(f->acked_calls, 1);
	ck_assert_int_eq(f->acked, 20);
	ck_assert(!f->pin[0]);
	eoi(f, 0);
	ck_assert_uint_eq(f->acked_calls, 1);
	fake_free(f);
}
END_TEST

START_TEST(preemption)
{
	struct fake_vm *f = fake_new(types[_i], 1, false);

	source(f, 1, 5, 1);
	source(f, 2, 5, 1);
	source(f, 3, 6, 1);
	line(f, 2, 1);
	ck_assert_uint_eq(iack(f, 0), 2);
	line(f, 1, 1);
	ck_assert(!f->pin[0]);
	line(f, 3, 1);
	ck_assert(f->pin[0]);
	ck_assert_uint_eq(iack(f, 0), 3);
	eoi(f, 0); /* 3: 2 is in service, not above 1 */
	ck_assert(!f->pin[0]);
	eoi(f, 0); /* 2 */
	ck_assert(f->pin[0]);
	ck_assert_uint_eq(iack(f, 0), 1);
	eoi(f, 0);
	/* Polls ask what is in service as little as for the order. */
	line(f, 3, 1);
	line(f, 1, 1);
	ck_assert_uint_eq(iack(f, 0), 3);
	ck_assert_uint_eq(iack(f, 0), 1);
	ck_assert_uint_eq(iack(f, 0), SPURIOUS);
	fake_free(f);
}
END_TEST

START_TEST(task_priority)
{
	struct fake_vm *f = fake_new(types[_i], 1, false);

	source(f, 20, 5, 1);
	set_reg(f, OF_CPU(0) + CTPR, 5);
	line(f, 20, 1);
	ck_assert(!f->pin[0]);
	set_reg(f, OF_CPU(0) + CTPR, 4);
	ck_assert(f->pin[0]);
	set_reg(f, OF_CPU(0) + CTPR, 5);
	ck_assert(!f->pin[0]);
	ck_assert_uint_eq(iack(f, 0), SPURIOUS);
	set_reg(f, OF_CPU(0) + CTPR, 0);
	ck_assert_uint_eq(iack(f, 0), 20);
	/* The end of an interrupt asks no CTPR. */
	set_reg(f, OF_CPU(0) + CTPR, 15);
	line(f, 20, 0);
	source(f, 3, 3, 1);
	line(f, 3, 1);
	ck_assert(!f->pin[0]);
	eoi(f, 0);
	ck_assert(f->pin[0]);
	fake_free(f);
}
END_TEST

START_TEST(masked)
{
	struct fake_vm *f = fake_new(types[_i], 1, false);

	source(f, 20, 5, 1);
	line(f, 20, 1);
	set_reg(f, IVPR + OF_SOURCE(20), MASK | PRIORITY(5) | 20);
	ck_assert(!f->pin[0]);
	set_reg(f, IVPR + OF_SOURCE(20), PRIORITY(5) | 20);
	ck_assert(f->pin[0]);
	/* A priority that changes while it is raised and while it is served. */
	set_reg(f, IVPR + OF_SOURCE(20), PRIORITY(9) | 20);
	ck_assert_uint_eq(iack(f, 0), 20);
	set_reg(f, IVPR + OF_SOURCE(20), PRIORITY(2) | 20);
	source(f, 1, 3, 1);
	line(f, 1, 1);
	ck_assert(f->pin[0]);
	ck_assert_uint_eq(iack(f, 0), 1);
	eoi(f, 0);
	ck_assert_uint_eq(f->acked_calls, 1);
	ck_assert_int_eq(f->acked, 1);
	eoi(f, 0);
	ck_assert_int_eq(f->acked, 20);
	fake_free(f);
}
END_TEST

/* CTPR's decision rests on what was best before the acknowledge. */
START_TEST(remembered_best)
{
	struct fake_vm *f = fake_new(types[_i], 1, false);

	source(f, 3, 5, 1);
	line(f, 3, 1);
	ck_assert_uint_eq(iack(f, 0), 3);
	ck_assert(!f->pin[0]);
	set_reg(f, OF_CPU(0) + CTPR, 5);
	ck_assert(!f->pin[0]);
	set_reg(f, OF_CPU(0) + CTPR, 4);
	ck_assert(f->pin[0]);
	ck_assert_uint_eq(iack(f, 0), SPURIOUS);
	fake_free(f);
}
END_TEST

START_TEST(reset_keeps_int)
{
	struct fake_vm *f = fake_new(types[_i], 1, false);

	source(f, 20, 5, 1);
	line(f, 20, 1);
	ck_assert(f->pin[0]);
	set_reg(f, GCR, GCR_RST);
	ck_assert(f->pin[0]);
	ck_assert_uint_eq(iack(f, 0), SPURIOUS);
	ck_assert(!f->pin[0]);
	/* The line is still high. */
	set_reg(f, OF_CPU(0) + CTPR, 0);
	set_reg(f, IVPR + OF_SOURCE(20), PRIORITY(5) | 20);
	ck_assert(f->pin[0]);
	fake_free(f);
}
END_TEST

/* INT is driven low even if it is: that takes back what KVM_INTERRUPT left. */
START_TEST(every_drive_is_told)
{
	struct fake_vm *f = fake_new(types[_i], 1, false);
	unsigned int before = f->driven[0];

	ck_assert_uint_eq(iack(f, 0), SPURIOUS);
	ck_assert_uint_eq(f->driven[0], before + 1);
	irqchip_vcpu_sync(f->vm.irqchip, 0);
	ck_assert_uint_eq(f->driven[0], before + 2);
	ck_assert(!f->pin[0]);
	fake_free(f);
}
END_TEST

START_TEST(ipis)
{
	struct fake_vm *f = fake_new(types[_i], 3, false);

	set_reg(f, IPIVPR, PRIORITY(9) | 0x100);
	ck_assert(guest_write(f, 0, IPIDR, 4, 6));
	ck_assert(f->pin[0] && f->pin[1] && f->pin[2]); /* 0: first of a kind */
	for (unsigned int i = 0; i < 3; i++) {
		ck_assert_uint_eq(iack(f, i), 0x100);
		eoi(f, i);
		ck_assert(!f->pin[i]);
	}
	/* Nobody waits for the end of an IPI. */
	ck_assert_uint_eq(f->acked_calls, 0);
	ck_assert(guest_write(f, 0, IPIDR, 4, 2));
	ck_assert(!f->pin[0] && f->pin[1] && !f->pin[2]);
	ck_assert_uint_eq(iack(f, 1), 0x100);
	fake_free(f);
}
END_TEST

/* Outputs that no vCPU has: none of them raises INT, whatever ILR says. */
START_TEST(other_outputs)
{
	struct fake_vm *f = fake_new(&mpic_42_type, 2, false);

	source(f, 20, 5, 3);
	for (unsigned int ilr = 1; ilr < 0x100; ilr++) {
		set_reg(f, ILR + OF_SOURCE(20), ilr);
		line(f, 20, 1);
		line(f, 20, 0);
		line(f, 20, 1);
		ck_assert_uint_eq(reg(f, ILR + OF_SOURCE(20)), ilr);
		ck_assert(!f->pin[0] && !f->pin[1]);
		ck_assert_uint_eq(iack(f, 0), SPURIOUS);
		ck_assert_uint_eq(iack(f, 1), SPURIOUS);
	}
	/* CPU 1 is still there to be connected to, as it is in no Linux. */
	line(f, 20, 0);
	set_reg(f, ILR + OF_SOURCE(20), 0);
	line(f, 20, 1);
	ck_assert(f->pin[0] && f->pin[1]);
	fake_free(f);
}
END_TEST

START_TEST(proxy)
{
	struct fake_vm *f = fake_new(types[_i], 1, false);
	uint32_t epr = 0x5afe;

	source(f, 3, 5, 1);
	line(f, 3, 1);
	ck_assert(!mpic_take_epr(f->vm.irqchip, 0, &epr));
	set_reg(f, GCR, 0x20000000);
	ck_assert(!mpic_take_epr(f->vm.irqchip, 0, &epr));
	set_reg(f, GCR, 0x60000000);
	ck_assert(!mpic_take_epr(NULL, 0, &epr));
	ck_assert(!mpic_take_epr(f->vm.irqchip, 5, &epr));
	ck_assert_uint_eq(epr, 0x5afe);
	if (_i == 0) { /* 2.0 has none */
		ck_assert(!mpic_take_epr(f->vm.irqchip, 0, &epr));
	} else {
		ck_assert(mpic_take_epr(f->vm.irqchip, 0, &epr));
		ck_assert_uint_eq(epr, 3);
		ck_assert(!f->pin[0]);
		eoi(f, 0);
		ck_assert_int_eq(f->acked, 3);
		ck_assert(mpic_take_epr(f->vm.irqchip, 0, &epr));
		ck_assert_uint_eq(epr, SPURIOUS);
	}
	fake_free(f);
}
END_TEST

START_TEST(messages)
{
	struct fake_vm *f = fake_new(types[_i], 1, false);
	struct irqchip_msi msi = {.doorbell = 1, .data = 0x25000000};

	source(f, 225, 5, 1);
	ok(irqchip_msi(f->vm.irqchip, &msi));
	ck_assert(f->pin[0]);
	ck_assert_uint_eq(iack(f, 0), 225);
	ck_assert_uint_eq(reg(f, MSIR + 0x10), 0x20);
	eoi(f, 0);
	ck_assert(!f->pin[0]);
	ck_assert_int_eq(irqchip_set_pin(f->vm.irqchip, MPIC_NR_PINS, 1), -22);
	ck_assert_uint_eq(irqchip_nr_pins(f->vm.irqchip), MPIC_NR_PINS);
	fake_free(f);
}
END_TEST

#define THREADS 4
#define HOPS    2000

static struct fake_vm *shared;
static atomic_uint hops[4], running; /* of each IPI; IPIs on their way */

/* A vCPU that polls, and sends each IPI that it takes on to the next one. */
static void *poller(void *arg)
{
	unsigned int v = (uintptr_t)arg;

	while (running) {
		uint64_t vector;

		guest_read(shared, v, IACK, 4, &vector);
		if (vector == SPURIOUS) {
			sched_yield();
			continue;
		}
		guest_write(shared, v, EOI, 4, 0);
		vector -= 0x100;
		if (++hops[vector] == HOPS)
			running--;
		else
			guest_write(shared, v, IPIDR + 0x10 * vector, 4,
				    1u << (v + 1) % THREADS);
	}
	return NULL;
}

/* No IPI is lost and none is taken twice, while lines and masks change. */
START_TEST(threads)
{
	pthread_t thread[THREADS];

	shared = fake_new(types[_i], THREADS, false);
	source(shared, 20, 15, 0);
	for (unsigned int i = 0; i < 4; i++) {
		hops[i] = 0;
		set_reg(shared, IPIVPR + 0x10 * i, PRIORITY(5 + i) | 0x100 | i);
		set_reg(shared, OF_CPU(0) + IPIDR + 0x10 * i, 1);
	}
	running = 4;
	for (uintptr_t i = 0; i < THREADS; i++)
		ok(pthread_create(&thread[i], NULL, poller, (void *)i));
	for (unsigned int i = 0; running; i++) {
		line(shared, 20, i % 2);
		set_reg(shared, IPIVPR + 0x10 * (i % 4),
			PRIORITY(5 + i % 7) | 0x100 | i % 4);
		sched_yield();
	}
	for (unsigned int i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	for (unsigned int i = 0; i < 4; i++) {
		ck_assert_uint_eq(hops[i], HOPS);
		ck_assert_uint_eq(iack(shared, i), SPURIOUS);
	}
	fake_free(shared);
}
END_TEST

Suite *mpic_delivery_suite(void)
{
	Suite *s = suite_create("mpic-delivery");
	TCase *t = tcase_create("delivery");

	tcase_add_loop_test(t, edge, 0, 2);
	tcase_add_loop_test(t, level, 0, 2);
	tcase_add_loop_test(t, preemption, 0, 2);
	tcase_add_loop_test(t, task_priority, 0, 2);
	tcase_add_loop_test(t, masked, 0, 2);
	tcase_add_loop_test(t, remembered_best, 0, 2);
	tcase_add_loop_test(t, reset_keeps_int, 0, 2);
	tcase_add_loop_test(t, every_drive_is_told, 0, 2);
	tcase_add_loop_test(t, ipis, 0, 2);
	tcase_add_test(t, other_outputs);
	tcase_add_loop_test(t, proxy, 0, 2);
	tcase_add_loop_test(t, messages, 0, 2);
	suite_add_tcase(s, t);
	t = tcase_create("threads");
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, threads, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
