/* SPDX-License-Identifier: MIT */
/*
 * Stolen time: what the vCPU's thread waited for a CPU before KVM_RUN is in
 * the guest's structure when the guest runs.
 */
#include "abi.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

#define STOLEN_AT  0x10000ull
#define PV_TIME_ST 0xc5000021ull
#define ENOUGH_NS  200000
#define ROUNDS     50

static uint64_t run_delay(void)
{
	unsigned long long on_cpu, delay = 0;
	FILE *f = fopen("/proc/thread-self/schedstat", "r");

	NEED(f && fscanf(f, "%llu %llu", &on_cpu, &delay) == 2);
	fclose(f);
	return delay;
}

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void *spin(void *arg)
{
	while (cpu_ns() < 2 * ENOUGH_NS)
		;
	return NULL;
}

/* Wait for the CPU that another thread has. */
static void be_robbed(void)
{
	uint64_t before = run_delay();

	while (run_delay() - before < ENOUGH_NS) {
		pthread_t thread;

		NEED(!pthread_create(&thread, NULL, spin, NULL));
		sched_yield();
		pthread_join(thread, NULL);
	}
}

static void stay_on_this_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	NEED(!sched_setaffinity(0, sizeof(set), &set));
}

/* What the guest asks for once, to have its time counted. */
static void guest_asks(struct abi_vm *v)
{
	uint64_t gpa = GUEST_BASE + STOLEN_AT, at;

	if (abi_attr(v->vcpu, KVM_HAS_DEVICE_ATTR, KVM_ARM_VCPU_PVTIME_CTRL,
		     KVM_ARM_VCPU_PVTIME_IPA, NULL))
		abi_skip("the host does not count stolen time");
	OK(abi_attr(v->vcpu, KVM_SET_DEVICE_ATTR, KVM_ARM_VCPU_PVTIME_CTRL,
		    KVM_ARM_VCPU_PVTIME_IPA, &gpa));
	GUEST(v, 0, ASM_HVC(0), ASM_STR(0, 2), ASM_STR(0, 2), ASM_B(-1));
	reg_set(v->vcpu, REG_X(0), PV_TIME_ST);
	reg_set(v->vcpu, REG_X(2), GUEST_MMIO);
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	memcpy(&at, v->run->mmio.data, sizeof(at));
	EQUAL(at, gpa);
}

static uint64_t stolen(struct abi_vm *v)
{
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	return *(volatile uint64_t *)(v->ram + STOLEN_AT + 8);
}

static void right_at_once(void)
{
	struct abi_vm v;

	if (abi_counted())
		abi_skip("nobody steals counted time");
	abi_vm_open(&v, ABI_NO_GIC);
	stay_on_this_cpu();
	guest_asks(&v);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		uint64_t counted = stolen(&v), delay = run_delay();

		be_robbed();
		delay = run_delay() - delay;
		CHECK(stolen(&v) - counted >= delay);
	}
}

#define SLOT_FLAGS(v, what)                              \
	OK(ioctl((v)->vm, KVM_SET_USER_MEMORY_REGION,    \
		 (&(struct kvm_userspace_memory_region){ \
			 .flags = (what),                \
			 .guest_phys_addr = GUEST_BASE,  \
			 .memory_size = GUEST_SIZE,      \
			 .userspace_addr = (uintptr_t)(v)->ram})))

/* The first 64 pages that were written since the last time. */
static uint64_t dirty(struct abi_vm *v)
{
	static uint64_t bits[GUEST_SIZE / 4096 / 64];
	struct kvm_dirty_log log = {.dirty_bitmap = bits};

	OK(ioctl(v->vm, KVM_GET_DIRTY_LOG, &log));
	return bits[0];
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* What a KVM_RUN writes that a signal ends; it slept before, one time or
 * another. */
static uint64_t sleep_writes(struct abi_vm *v)
{
	const struct itimerval soon = {{0, 20000}, {0, 20000}}, never = {0};
	struct sigaction sa = {.sa_handler = on_alarm};
	uint64_t bits = 0;

	sigaction(SIGALRM, &sa, NULL);
	for (unsigned int i = 0; i < ROUNDS && !bits; i++) {
		setitimer(ITIMER_REAL, &soon, NULL);
		REFUSED(ioctl(v->vcpu, KVM_RUN, 0), EINTR);
		setitimer(ITIMER_REAL, &never, NULL);
		bits = dirty(v);
	}
	return bits;
}

/* Every KVM_RUN that comes as far writes the number, as it may be. The guest
 * need not have asked, nor run. */
static void run_writes(void)
{
	const uint64_t page = 1ull << STOLEN_AT / 4096;
	struct kvm_mp_state stopped = {KVM_MP_STATE_STOPPED};
	uint64_t gpa = GUEST_BASE + STOLEN_AT;
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	if (abi_attr(v.vcpu, KVM_HAS_DEVICE_ATTR, KVM_ARM_VCPU_PVTIME_CTRL,
		     KVM_ARM_VCPU_PVTIME_IPA, NULL))
		abi_skip("the host does not count stolen time");
	GUEST(&v, 0, ASM_STR(0, 2), ASM_B(-1));
	reg_set(v.vcpu, REG_X(2), GUEST_MMIO);
	SLOT_FLAGS(&v, KVM_MEM_LOG_DIRTY_PAGES);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	EQUAL(dirty(&v), 0);
	OK(abi_attr(v.vcpu, KVM_SET_DEVICE_ATTR, KVM_ARM_VCPU_PVTIME_CTRL,
		    KVM_ARM_VCPU_PVTIME_IPA, &gpa));
	EQUAL(dirty(&v), 0);
	for (unsigned int i = 0; i < ROUNDS; i++) {
		EQUAL(abi_run(&v), KVM_EXIT_MMIO);
		EQUAL(dirty(&v), page);
		abi_run_nothing(&v);
		EQUAL(dirty(&v), 0);
	}
	OK(ioctl(v.vcpu, KVM_SET_MP_STATE, &stopped));
	/* Where time is counted there is nothing to write: it has no turn. */
	EQUAL(sleep_writes(&v), abi_counted() ? 0 : page);
	SLOT_FLAGS(&v, 0);
	EQUAL(reg_get(v.vcpu, REG_X(0)), 0);
}

/* The guest's structure is nowhere: nothing is written, and the guest runs. */
static void memory_gone(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	guest_asks(&v);
	OK(munmap(v.ram + STOLEN_AT, 4096));
	SLOT_FLAGS(&v, KVM_MEM_LOG_DIRTY_PAGES);
	for (unsigned int i = 0; i < 3; i++)
		EQUAL(abi_run(&v), KVM_EXIT_MMIO);
}

const struct abi_case cases_steal[] = {
	{"steal/right-at-once", right_at_once},
	{"steal/run-writes", run_writes},
	{"steal/memory-gone", memory_gone},
	{NULL},
};
