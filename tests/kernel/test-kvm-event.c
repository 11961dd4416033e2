/* SPDX-License-Identifier: MIT */
/*
 * The event tap: what a listener is told of requests, exits and irqchip
 * steps, that it may answer a request, that nothing is told afterwards, fork().
 */
#include "test-kvm.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gic/gic.h"
#include "kernel/event.h"
#include "tests/gic/gic-regs.h"

struct listener {
	struct event_listener listener;
	unsigned int requests, done, exits, steps;
	struct event last_request, last_exit;
	unsigned int pended; /* steps IRQ_STEP_PEND */
	unsigned int inject; /* the request to answer, 0: none */
	long answer;
};

static void on_event(struct event_listener *listener, struct event *event)
{
	struct listener *l = container_of(listener, struct listener, listener);

	switch (event->kind) {
	case EVENT_REQUEST:
		l->requests++;
		if (event->request.cmd != l->inject)
			return;
		event->request.answered = true;
		event->request.result = l->answer;
		return;
	case EVENT_REQUEST_DONE:
		l->done++;
		l->last_request = *event;
		return;
	case EVENT_EXIT:
		l->exits++;
		l->last_exit = *event;
		return;
	case EVENT_IRQCHIP_STEP:
		l->steps++;
		l->pended += event->irqchip.step == IRQ_STEP_PEND;
		return;
	}
}

static struct listener l;

static void setup(void)
{
	test_vm_open();
	memset(&l, 0, sizeof(l));
	l.listener.event = on_event;
}

START_TEST(requests)
{
	event_listen(&l.listener);
	ASK(1, t.sys, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY);
	ck_assert_uint_eq(l.requests, 1);
	ck_assert_uint_eq(l.done, 1);
	ck_assert_str_eq(l.last_request.request.row->name,
			 "KVM_CHECK_EXTENSION");
	ck_assert_uint_eq(l.last_request.request.arg, KVM_CAP_USER_MEMORY);
	ck_assert_int_eq(l.last_request.request.result, 1);
	ck_assert_int_eq(l.last_request.request.obj->kind, KOBJ_SYSTEM);
	/* One that no row is for. */
	ASK(-EINVAL, t.vm, 0xaeff, 0);
	ck_assert_ptr_null(l.last_request.request.row);
	ck_assert_int_eq(l.last_request.request.result, -EINVAL);
	event_unlisten(&l.listener);
	ASK(1, t.sys, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY);
	ck_assert_uint_eq(l.requests, 2);
	ck_assert_uint_eq(l.done, 2);
}
END_TEST

/* A listener answers in the model's place: nothing happens but the answer. */
START_TEST(injected)
{
	int fd;

	l.inject = KVM_CREATE_VCPU;
	l.answer = -ENOMEM;
	event_listen(&l.listener);
	ASK(-ENOMEM, t.vm, KVM_CREATE_VCPU, 1);
	ck_assert_int_eq(l.last_request.request.result, -ENOMEM);
	ck_assert(l.last_request.request.answered);
	event_unlisten(&l.listener);
	/* Id 1 is still free. */
	fd = KVM(t.vm, KVM_CREATE_VCPU, 1);
	ck_assert_int_ge(fd, 0);
	kvm_host_close(fd);
}
END_TEST

START_TEST(exits)
{
	GUEST(0, ASM_MOVZ(0, 0x8400, 1), ASM_HVC(0), ASM_MOVZ(0, 0x900, 1),
	      ASM_STR_W(1, 0), ASM_B_SELF);
	event_listen(&l.listener);
	ASK(0, t.vcpu, KVM_RUN, 0);
	event_unlisten(&l.listener);
	/* The hypercall was the model's, the store is the VMM's. */
	ck_assert_uint_eq(l.exits, 2);
	ck_assert_str_eq(l.last_exit.exit.reason, "mmio");
	ck_assert_int_eq(l.last_exit.exit.result, 0);
	ck_assert_uint_eq(l.requests, 1);
	ck_assert_uint_eq(l.done, 1);
}
END_TEST

/* Of two listeners one goes: the other stays. */
START_TEST(two)
{
	struct listener other = {.listener.event = on_event};

	event_listen(&l.listener);
	event_listen(&other.listener);
	event_unlisten(&l.listener);
	ASK(1, t.sys, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY);
	ck_assert_uint_eq(l.requests, 0);
	ck_assert_uint_eq(other.requests, 1);
	event_unlisten(&other.listener);
	ck_assert(!event_wanted());
}
END_TEST

START_TEST(irqchip_steps)
{
	struct kvm_irq_level line = {.irq = 1 << 24 | 40, .level = 1};
	uint32_t enable = 1 << 40 % 32;
	struct kvm_device_attr attr = {
		.group = KVM_DEV_ARM_VGIC_GRP_DIST_REGS,
		.attr = GICD_ISENABLER + 40 / 32 * 4,
		.addr = (uintptr_t)&enable,
	};
	int gic = test_vm_gicv3();

	ASK(0, gic, KVM_SET_DEVICE_ATTR, &attr);
	attr.attr = GICD_CTLR;
	enable = 2;
	ASK(0, gic, KVM_SET_DEVICE_ATTR, &attr);
	attr.attr = GICD_ICFGR + 40 / 16 * 4; /* level */
	enable = 0;
	ASK(0, gic, KVM_SET_DEVICE_ATTR, &attr);
	kvm_host_close(gic);
	ASK(0, t.vm, KVM_IRQ_LINE, &line);
	ck_assert_uint_eq(l.steps, 0);
	line.level = 0;
	ASK(0, t.vm, KVM_IRQ_LINE, &line);
	event_listen(&l.listener);
	line.level = 1;
	ASK(0, t.vm, KVM_IRQ_LINE, &line);
	event_unlisten(&l.listener);
	ck_assert_uint_eq(l.pended, 1);
	l.steps = 0;
	line.level = 0;
	ASK(0, t.vm, KVM_IRQ_LINE, &line);
	ck_assert_uint_eq(l.steps, 0);
}
END_TEST

struct slow_listener {
	struct event_listener listener;
	atomic_bool inside, go;
};

static void slow_event(struct event_listener *listener, struct event *event)
{
	struct slow_listener *s =
		container_of(listener, struct slow_listener, listener);

	atomic_store(&s->inside, true);
	while (!atomic_load(&s->go))
		sched_yield();
}

static void *one_request(void *arg)
{
	ASK(1, t.sys, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY);
	return NULL;
}

/* fork() while another thread is inside a listener: the child's tap works. */
START_TEST(forked_inside_a_listener)
{
	struct slow_listener slow = {.listener.event = slow_event};
	pthread_t thread;
	int status;
	pid_t pid;

	event_listen(&slow.listener);
	ck_assert_int_eq(pthread_create(&thread, NULL, one_request, NULL), 0);
	while (!atomic_load(&slow.inside))
		sched_yield();
	pid = fork();
	if (!pid) {
		alarm(100); /* a lock that nobody gives back */
		kernel_forked_child();
		event_unlisten(&slow.listener);
		_exit(event_wanted());
	}
	atomic_store(&slow.go, true);
	pthread_join(thread, NULL);
	event_unlisten(&slow.listener);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

void add_tests_event(Suite *s)
{
	TCase *tc = tcase_create("event");

	tcase_add_checked_fixture(tc, setup, test_vm_close);
	tcase_add_test(tc, requests);
	tcase_add_test(tc, injected);
	tcase_add_test(tc, exits);
	tcase_add_test(tc, two);
	tcase_add_test(tc, irqchip_steps);
	tcase_add_test(tc, forked_inside_a_listener);
	suite_add_tcase(s, tc);
}
