/* SPDX-License-Identifier: MIT */
/*
 * Statistics of interrupts by the steps that an irqchip tells, with a clock of
 * the test's own: latencies, interrupts that move, ends without beginning,
 * windows, the ring of events, a file that can't grow, fork.
 */
#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fauxkvm/kvm.h>

#include "base/irqchip.h"
#include "kvm-host.h"
#include "stub-arch.h"
#include "kernel/irq-stats.h"
#include "kernel/vm.h"
#include "tests/check-main.h"

#define EVENTS 64
#define OWN    4 /* names in the descriptor */

static char path[] = "/tmp/irq-stats.XXXXXX";
static int sys, vm_fd, vcpu_fd[2];
static struct vm *vm;
static struct stat_head *head;
static _Atomic uint64_t now;

static uint64_t test_now(struct clock *clock)
{
	return now;
}

static void test_deadline(struct clock *clock, uint64_t ns)
{
}

static const struct clock_ops test_clock = {
	.name = "test",
	.now = test_now,
	.wall = test_now,
	.deadline = test_deadline,
};

static void options_set(const char *file)
{
	struct kernel_clock_options opts = KERNEL_CLOCK_DEFAULTS;

	opts.stat = file;
	opts.stat_events = EVENTS;
	ck_assert_int_eq(kernel_set_clock(&opts), 0);
}

/* As if the VM had been made with the test's clock. */
static void begin(bool counted)
{
	irq_stats_end(vm);
	vm->clock.ops = &test_clock;
	vm->dev.counted = counted;
	now = 1000;
	irq_stats_begin(vm);
	ck_assert_ptr_nonnull(vm->irq_stats);
}

static void vm_open(void)
{
	close(mkstemp(path));
	options_set(path);
	kvm_host_init();
	sys = kvm_host_open();
	vm_fd = KVM(sys, KVM_CREATE_VM, 0);
	ck_assert_int_gt(vm_fd, 0);
	for (int i = 0; i < 2; i++)
		vcpu_fd[i] = KVM(vm_fd, KVM_CREATE_VCPU, i);
	vm = vm_of(kvm_host_get(vm_fd));
	head = stat_file();
	ck_assert_ptr_nonnull(head);
}

static void vm_close(void)
{
	kobj_put(&vm->obj);
	for (int i = 0; i < 2; i++)
		kvm_host_close(vcpu_fd[i]);
	kvm_host_close(vm_fd);
	kvm_host_close(sys);
	unlink(path);
}

/* ---- what an irqchip does ------------------------------------------------ */

static void step(unsigned int index, enum irq_step what, uint32_t intid)
{
	if (atomic_load(&vm->dev.steps_heard))
		vm->dev.ops->step(&vm->dev, index, what, intid, 0);
}

static void acknowledge(unsigned int index, uint32_t intid)
{
	struct irq_tally *none = NULL;

	step(index, IRQ_STEP_ACKNOWLEDGE, intid);
	irq_tally_count(&vm->dev, &none, index, intid);
}

/* Each takes as long as it says. */
static void interrupt(unsigned int index, uint32_t intid, uint64_t wait,
		      uint64_t serve)
{
	step(index, IRQ_STEP_PEND, intid);
	now += wait;
	acknowledge(index, intid);
	now += serve;
	step(index, IRQ_STEP_EOI, intid);
	step(index, IRQ_STEP_DEACTIVATE, intid);
}

/* ---- what the file says -------------------------------------------------- */

static void *at(uint64_t offset)
{
	return offset ? (char *)head + offset : NULL;
}

static struct stat_vm *last_vm(void)
{
	struct stat_vm *v = at(head->first_vm);

	while (v->next)
		v = at(v->next);
	return v;
}

static struct stat_irq *irq_of(unsigned int index, uint32_t intid)
{
	struct stat_irq *i = at(last_vm()->first_irq);

	while (i && (i->tally.vcpu != index || i->tally.intid != intid))
		i = at(i->next);
	return i;
}

static void expect(unsigned int index, uint32_t intid, enum stat_latency which,
		   uint64_t count, uint64_t min, uint64_t max)
{
	const struct stat_irq *i = irq_of(index, intid);
	const struct histogram *h;

	ck_assert_ptr_nonnull(i);
	h = &i->latency[which];
	ck_assert_uint_eq(h->count, count);
	ck_assert_uint_eq(h->min, min);
	ck_assert_uint_eq(h->max, max);
}

/* ---- tests --------------------------------------------------------------- */

START_TEST(latencies)
{
	begin(false);
	interrupt(0, 5, 100, 30);
	interrupt(0, 5, 200, 10);
	interrupt(1, 5, 7, 1);
	interrupt(0, 8200, 50, 2);
	expect(0, 5, STAT_PEND_TO_ACK, 2, 100, 200);
	expect(0, 5, STAT_ACK_TO_EOI, 2, 10, 30);
	expect(0, 5, STAT_PEND_TO_DEACTIVATE, 2, 130, 210);
	expect(1, 5, STAT_PEND_TO_ACK, 1, 7, 7);
	expect(0, 8200, STAT_ACK_TO_EOI, 1, 2, 2);
	ck_assert_uint_eq(irq_of(0, 5)->tally.count, 2);
	ck_assert_uint_eq(irq_of(1, 5)->tally.count, 1);
	ck_assert_uint_eq(head->lost, 0);
}
END_TEST

/* Pended for one vCPU, sent to the other before that took it. */
START_TEST(moved)
{
	begin(false);
	step(0, IRQ_STEP_PEND, 40);
	now += 11;
	acknowledge(1, 40);
	now += 1;
	step(1, IRQ_STEP_EOI, 40);
	step(1, IRQ_STEP_DEACTIVATE, 40);
	expect(1, 40, STAT_PEND_TO_ACK, 1, 11, 11);
	expect(1, 40, STAT_PEND_TO_DEACTIVATE, 1, 12, 12);
	ck_assert_uint_eq(irq_of(0, 40)->tally.count, 0);
	/* A private one of the other vCPU is not taken for it. */
	step(0, IRQ_STEP_PEND, 3);
	now += 5;
	step(1, IRQ_STEP_PEND, 3);
	now += 1;
	acknowledge(1, 3);
	now += 1;
	acknowledge(0, 3);
	expect(1, 3, STAT_PEND_TO_ACK, 1, 1, 1);
	expect(0, 3, STAT_PEND_TO_ACK, 1, 7, 7);
}
END_TEST

/* A guest may end whatever it likes; that costs no memory. */
START_TEST(ends_without_beginning)
{
	uint64_t used;

	begin(false);
	interrupt(0, 1, 1, 1);
	used = head->used;
	for (uint32_t i = 0; i < 70000; i += 7) {
		step(0, IRQ_STEP_EOI, i);
		step(1, IRQ_STEP_DEACTIVATE, i);
	}
	step(0, IRQ_STEP_ACKNOWLEDGE, IRQ_NONE);
	ck_assert_uint_eq(head->used, used);
	expect(0, 1, STAT_ACK_TO_EOI, 1, 1, 1);
	/* Not a number that an irqchip has. */
	interrupt(0, 0x7fffffff, 1, 1);
	ck_assert_ptr_null(irq_of(0, 0x7fffffff));
}
END_TEST

/* Priority drop and deactivation apart, a nested interrupt between. */
START_TEST(nested)
{
	begin(false);
	step(0, IRQ_STEP_PEND, 1);
	acknowledge(0, 1);
	now += 1;
	step(0, IRQ_STEP_EOI, 1);
	interrupt(0, 2, 10, 10);
	now += 5;
	step(0, IRQ_STEP_DEACTIVATE, 1);
	expect(0, 1, STAT_ACK_TO_EOI, 1, 1, 1);
	expect(0, 1, STAT_PEND_TO_DEACTIVATE, 1, 26, 26);
	expect(0, 2, STAT_PEND_TO_ACK, 1, 10, 10);
}
END_TEST

/* Many at once are all counted; times are taken of some, and are right. */
START_TEST(windows)
{
	const unsigned int n = 200000;
	struct stat_irq *irq;
	unsigned int heard = 0;

	begin(false);
	for (unsigned int i = 0; i < n; i++) {
		interrupt(0, i % 2, 200, 50);
		heard += atomic_load(&vm->dev.steps_heard);
	}
	for (unsigned int k = 0; k < 2; k++) {
		irq = irq_of(0, k);
		ck_assert_uint_eq(irq->tally.count, n / 2);
		/* Not every window begins with the same interrupt. */
		ck_assert_uint_gt(irq->latency[STAT_PEND_TO_ACK].count, 950);
		ck_assert_uint_lt(irq->latency[STAT_PEND_TO_ACK].count, n / 16);
		for (unsigned int l = 0; l < NR_STAT_LATENCIES; l++) {
			static const unsigned int want[] = {200, 50, 250};

			ck_assert_uint_eq(irq->latency[l].min, want[l]);
			ck_assert_uint_eq(irq->latency[l].max, want[l]);
		}
	}
	ck_assert_uint_lt(heard, n / 16);
	/* After a pause all of them are timed again. */
	now += 3000000000;
	irq_stats_idle(vm->vcpus[0], now);
	ck_assert(atomic_load(&vm->dev.steps_heard));
	for (unsigned int i = 0; i < 100; i++) {
		now += 1000000;
		interrupt(0, 7, 9, 9);
	}
	expect(0, 7, STAT_PEND_TO_ACK, 100, 9, 9);
}
END_TEST

/* Fast ones, and then slow ones to vCPUs that are never idle. */
START_TEST(slower)
{
	unsigned int i;

	begin(false);
	for (i = 0; i < 200000 || atomic_load(&vm->dev.steps_heard); i++)
		interrupt(0, 1, 200, 50);
	for (i = 0; i < 1000; i++) {
		now += 1000000;
		interrupt(0, 7, 9, 9);
	}
	ck_assert_uint_eq(irq_of(0, 7)->tally.count, 1000);
	ck_assert_uint_gt(irq_of(0, 7)->latency[STAT_PEND_TO_ACK].count, 600);
}
END_TEST

static void *idle_main(void *end)
{
	while (!atomic_load((atomic_bool *)end))
		irq_stats_idle(vm->vcpus[1], now + 1000000000);
	return NULL;
}

/* An idle vCPU opens windows at any time while another one takes interrupts. */
START_TEST(idle_and_busy)
{
	const unsigned int n = 300000;
	const struct stat_irq *irq;
	atomic_bool end = false;
	pthread_t thread;

	begin(false);
	ck_assert_int_eq(pthread_create(&thread, NULL, idle_main, &end), 0);
	for (unsigned int i = 0; i < n; i++)
		interrupt(0, 1, 200, 50);
	atomic_store(&end, true);
	pthread_join(thread, NULL);
	irq = irq_of(0, 1);
	ck_assert_uint_eq(irq->tally.count, n);
	ck_assert_uint_gt(irq->latency[STAT_PEND_TO_ACK].count, 1900);
	for (unsigned int l = 0; l < NR_STAT_LATENCIES; l++) {
		static const unsigned int want[] = {200, 50, 250};

		ck_assert_uint_eq(irq->latency[l].min, want[l]);
		ck_assert_uint_eq(irq->latency[l].max, want[l]);
	}
}
END_TEST

/* Where time is counted all of them are timed, and all steps counted. */
START_TEST(counted)
{
	begin(true);
	vm_hear_steps_of(vm);
	for (unsigned int i = 0; i < 50000; i++)
		interrupt(0, 1, 3, 2);
	step(0, IRQ_STEP_CHOOSE, IRQ_NONE);
	step(1, IRQ_STEP_PEND, 40);
	step(1, IRQ_STEP_PEND, 9000);
	expect(0, 1, STAT_PEND_TO_ACK, 50000, 3, 3);
	ck_assert_uint_eq(last_vm()->counted, 1);
	ck_assert_uint_eq(last_vm()->steps[STAT_RANGE_OTHER][IRQ_STEP_CHOOSE],
			  1);
	ck_assert_uint_eq(last_vm()->steps[STAT_RANGE_OTHER][IRQ_STEP_PEND],
			  50000);
	ck_assert_uint_eq(last_vm()->steps[STAT_RANGE_SPI][IRQ_STEP_PEND], 1);
	ck_assert_uint_eq(last_vm()->steps[STAT_RANGE_LPI][IRQ_STEP_PEND], 1);
}
END_TEST

/* The last events, in order. */
START_TEST(events)
{
	const struct stat_event *e;
	struct stat_vm *v;

	begin(false);
	for (unsigned int i = 0; i < 100; i++)
		interrupt(0, 1, 3, 2);
	v = last_vm();
	ck_assert_uint_eq(v->nr_events, EVENTS);
	ck_assert_uint_eq(v->events_written, 400);
	e = at(v->events);
	for (unsigned int i = 400 - EVENTS; i < 400; i++) {
		static const uint8_t steps[] = {
			IRQ_STEP_PEND, IRQ_STEP_ACKNOWLEDGE, IRQ_STEP_EOI,
			IRQ_STEP_DEACTIVATE};
		static const unsigned int passed[] = {0, 3, 5, 5};

		ck_assert_uint_eq(e[i % EVENTS].step, steps[i % 4]);
		ck_assert_uint_eq(e[i % EVENTS].when,
				  1000 + i / 4 * 5 + passed[i % 4]);
		ck_assert_uint_eq(e[i % EVENTS].gap, 0);
	}
}
END_TEST

/* The VMM may have closed the descriptor, or the disk be full. */
START_TEST(no_room)
{
	uint64_t n;

	begin(false);
	interrupt(0, 1, 1, 1);
	for (int fd = 3; fd < 1024; fd++)
		if (fcntl(fd, F_GETSIG) > 0)
			close(fd);
	for (uint32_t i = 0; i < 2000; i++)
		interrupt(0, 32 + i, 1, 1);
	ck_assert_uint_gt(head->lost, 0);
	n = irq_of(0, 1)->tally.count;
	interrupt(0, 1, 1, 1);
	ck_assert_uint_eq(irq_of(0, 1)->tally.count, n + 1);
}
END_TEST

/* What KVM_GET_STATS_FD shows beside Linux's, and only if it was asked for. */
START_TEST(descriptor)
{
	struct kvm_stats_header h;
	const char *page, *name;
	uint32_t with;
	int fd = KVM(vcpu_fd[0], KVM_GET_STATS_FD, 0), other;

	ck_assert_int_gt(fd, 0);
	page = kvm_host_pages(fd);
	memcpy(&h, page, sizeof(h));
	with = h.num_desc;
	name = page + h.desc_offset +
	       (with - OWN) * (sizeof(struct kvm_stats_desc) + h.name_size) +
	       sizeof(struct kvm_stats_desc);
	ck_assert_str_eq(name, "fauxkvm_irqs_acknowledged");
	for (unsigned int i = 0; i < 5; i++)
		interrupt(0, 1, 1, 1);
	irq_stats_publish(vm->vcpus[0]);
	ck_assert_uint_eq(vm->vcpus[0]->stats[STAT_IRQS], 5);
	ck_assert_ptr_eq((const char *)&vm->vcpus[0]->stats[STAT_IRQS],
			 page + h.data_offset + STAT_IRQS * sizeof(uint64_t));
	kvm_host_close(fd);

	options_set(NULL);
	other = KVM(sys, KVM_CREATE_VM, 0);
	fd = KVM(other, KVM_CREATE_VCPU, 0);
	kvm_host_close(other);
	other = KVM(fd, KVM_GET_STATS_FD, 0);
	memcpy(&h, kvm_host_pages(other), sizeof(h));
	ck_assert_uint_eq(h.num_desc, with - OWN);
	kvm_host_close(other);
	kvm_host_close(fd);
}
END_TEST

/* The child's VMs have a file of their own, as the parent's is in use. */
START_TEST(forked)
{
	struct stat_head *mine = head;
	char other[64];
	int status, fd;
	pid_t child;

	kernel_fork_prepare();
	child = fork();
	if (!child) {
		kernel_forked_child();
		fd = KVM(kvm_host_open(), KVM_CREATE_VM, 0);
		_exit(fd < 0 || stat_file() == mine || !stat_file());
	}
	kernel_forked_parent();
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	snprintf(other, sizeof(other), "%s.%d", path, (int)child);
	ck_assert_int_eq(unlink(other), 0);
	ck_assert_ptr_eq(stat_file(), mine);
	ck_assert_uint_eq(mine->pid, (uint32_t)getpid());
}
END_TEST

START_TEST(several_vms)
{
	int other = KVM(sys, KVM_CREATE_VM, 0);

	ck_assert_int_gt(other, 0);
	ck_assert_uint_eq(last_vm()->number, 1);
	ck_assert_uint_eq(last_vm()->ended, 0);
	kvm_host_close(other);
	ck_assert_uint_ne(last_vm()->ended, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("irq-stats");
	TCase *c = tcase_create("irq-stats");

	tcase_add_checked_fixture(c, vm_open, vm_close);
	tcase_add_test(c, latencies);
	tcase_add_test(c, moved);
	tcase_add_test(c, ends_without_beginning);
	tcase_add_test(c, nested);
	tcase_add_test(c, windows);
	tcase_add_test(c, slower);
	tcase_add_test(c, idle_and_busy);
	tcase_add_test(c, counted);
	tcase_add_test(c, events);
	tcase_add_test(c, no_room);
	tcase_add_test(c, descriptor);
	tcase_add_test(c, forked);
	tcase_add_test(c, several_vms);
	suite_add_tcase(s, c);
	return check_run(srunner_create(s));
}
