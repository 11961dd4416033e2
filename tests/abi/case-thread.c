/* SPDX-License-Identifier: MIT */
/*
 * What happens to a thread of the VMM in the middle of a request: it is
 * cancelled, or timers of its own interrupt it all the time. Linux leaves the
 * request first, and afterwards nothing is left of it: no lock, no mask.
 */
#include "abi.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <time.h>

#define COUNTER 0x8000 /* where the guest counts, in vm.ram */

static struct abi_vm vm;

static uint64_t counter(void)
{
	return *(volatile uint64_t *)(vm.ram + COUNTER);
}

/* A guest that counts in its memory for ever. */
static void guest_make(void)
{
	abi_vm_open(&vm, ABI_NO_GIC);
	GUEST(&vm, 0, 0x58000101, /* ldr x1, =GUEST_BASE + COUNTER */
	      ASM_LDR(0, 1), ASM_ADD_IMM(0, 0, 1), ASM_STR(0, 1), ASM_B(-3),
	      ASM_NOP, ASM_NOP, ASM_NOP, (uint32_t)GUEST_BASE + COUNTER, 0);
}

static void wait_for_guest(void)
{
	uint64_t before = counter();

	while (counter() == before)
		sched_yield();
}

static void slot_change(uint64_t size)
{
	struct kvm_userspace_memory_region slot = {
		.slot = 2,
		.guest_phys_addr = GUEST_BASE + 2 * GUEST_SIZE,
		.memory_size = size,
		.userspace_addr = (uintptr_t)vm.ram,
	};

	ioctl(vm.vm, KVM_SET_USER_MEMORY_REGION, &slot);
}

/* ---- cancelled ----------------------------------------------------------- */

/* The VM is whole, all its locks are free. */
static void vm_is_usable(void)
{
	reg_get(vm.vcpu, REG_PC);
	slot_change(0x1000);
	slot_change(0);
	vm.run->immediate_exit = 1;
	REFUSED(ioctl(vm.vcpu, KVM_RUN, 0), EINTR);
	vm.run->immediate_exit = 0;
}

static void *run_for_ever(void *arg)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	for (;;)
		ioctl(vm.vcpu, KVM_RUN, 0);
	return NULL;
}

static void case_cancel_run(void)
{
	pthread_t thread;
	void *end;

	guest_make();
	for (int i = 0; i < 20; i++) {
		NEED(!pthread_create(&thread, NULL, run_for_ever, NULL));
		wait_for_guest();
		EQUAL(pthread_cancel(thread), 0);
		pthread_join(thread, &end);
		CHECK(end == PTHREAD_CANCELED);
		vm_is_usable();
	}
}

static void *requests_for_ever(void *arg)
{
	uint64_t val;

	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	for (;;) {
		abi_reg_get(vm.vcpu, REG_PC, &val);
		slot_change(0x1000);
		slot_change(0);
		ioctl(vm.kvm, KVM_CREATE_VM, 4096); /* no such type */
	}
	return NULL;
}

static void case_cancel_request(void)
{
	struct timespec pause = {0};
	pthread_t thread;
	void *end;

	guest_make();
	for (int i = 0; i < 200; i++) {
		NEED(!pthread_create(&thread, NULL, requests_for_ever, NULL));
		pause.tv_nsec = 200000 + i % 50 * 7000;
		nanosleep(&pause, NULL);
		EQUAL(pthread_cancel(thread), 0);
		pthread_join(thread, &end);
		CHECK(end == PTHREAD_CANCELED);
		vm_is_usable();
	}
}

/* Without that type no request is where a cancellation takes effect. */
static void *cancel_myself(void *arg)
{
	EQUAL(pthread_cancel(pthread_self()), 0);
	vm_is_usable();
	*(int *)arg = 1;
	pthread_testcancel();
	*(int *)arg = 2;
	return NULL;
}

static void case_cancel_deferred(void)
{
	int progress = 0;
	pthread_t thread;
	void *end;

	guest_make();
	NEED(!pthread_create(&thread, NULL, cancel_myself, &progress));
	pthread_join(thread, &end);
	CHECK(end == PTHREAD_CANCELED);
	EQUAL(progress, 1);
}

/* ---- two timers ---------------------------------------------------------- */

static atomic_uint alarms, ticks;

static void on_alarm(int sig)
{
	int saved = errno;

	atomic_fetch_add(&alarms, 1);
	reg_get(vm.vcpu, REG_PC);
	ioctl(vm.vm, KVM_CHECK_EXTENSION, KVM_CAP_NR_VCPUS);
	errno = saved;
}

/* The value that the timer was made with, each time. */
static void on_tick(int sig, siginfo_t *info, void *context)
{
	int saved = errno;

	atomic_fetch_add(&ticks, 1);
	EQUAL(info->si_code, SI_TIMER);
	EQUAL(info->si_value.sival_int, sig);
	reg_get(vm.vcpu, REG_PC);
	errno = saved;
}

static void handlers_install(void)
{
	struct sigaction alarm = {.sa_handler = on_alarm};
	struct sigaction tick = {
		.sa_sigaction = on_tick,
		.sa_flags = SA_SIGINFO,
	};

	OK(sigaction(SIGALRM, &alarm, NULL));
	OK(sigaction(SIGRTMIN, &tick, NULL));
	OK(sigaction(SIGRTMIN + 1, &tick, NULL));
}

/* Real-time signal @sig every @ns. */
static void timer_begin(int sig, long ns)
{
	const struct itimerspec every = {{0, ns}, {0, ns}};
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = sig,
		.sigev_value.sival_int = sig,
	};
	timer_t timer;

	OK(timer_create(CLOCK_MONOTONIC, &event, &timer));
	OK(timer_settime(timer, 0, &every, NULL));
}

/* Signals in each other's handlers, before these have begun and after. */
static void case_storms(void)
{
	const struct itimerval every = {{0, 100}, {0, 100}};
	/* The moment that matters is 300 ns long. */
	const time_t end = time(NULL) + (time_t)abi_times(2, 10);
	sigset_t mask;

	guest_make();
	handlers_install();
	timer_begin(SIGRTMIN, 70000);
	timer_begin(SIGRTMIN + 1, 80000);
	OK(setitimer(ITIMER_REAL, &every, NULL));
	while (time(NULL) < end) {
		unsigned int before = atomic_load(&alarms);

		/* None of them is blocked for good. */
		while (atomic_load(&alarms) == before)
			REFUSED(ioctl(vm.vcpu, KVM_RUN, 0), EINTR);
		before = atomic_load(&ticks);
		while (atomic_load(&ticks) == before) {
			slot_change(0x1000);
			slot_change(0);
			close(open("/dev/kvm", O_RDWR));
		}
		pthread_sigmask(SIG_BLOCK, NULL, &mask);
		EQUAL(sigismember(&mask, SIGALRM), 0);
		EQUAL(sigismember(&mask, SIGRTMIN), 0);
		EQUAL(sigismember(&mask, SIGRTMIN + 1), 0);
	}
}

const struct abi_case cases_thread[] = {
	{"thread/cancelled-in-kvm-run", case_cancel_run},
	{"thread/cancelled-in-any-request", case_cancel_request, 60},
	{"thread/cancelled-later", case_cancel_deferred},
	{"thread/storms-of-timers", case_storms, 60},
	{NULL},
};
