/* SPDX-License-Identifier: MIT */
/*
 * What happens to a guest that runs, from outside: memory that is gone is not
 * accessed, and a kick ends any loop soon.
 */
#include "test-kvm.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/types.h"

#define COUNTER_AT 0x2000

static long slot(uint32_t id, uint32_t flags, uint64_t gpa, uint64_t size,
		 void *host)
{
	struct kvm_userspace_memory_region r = {id, flags, gpa, size,
						(uintptr_t)host};

	return KVM(t.vm, KVM_SET_USER_MEMORY_REGION, &r);
}

static uint64_t counter(unsigned int vcpu)
{
	return __atomic_load_n((uint64_t *)(t.ram + COUNTER_AT + 64 * vcpu),
			       __ATOMIC_ACQUIRE);
}

/* ---- slots --------------------------------------------------------------- */

#define MOVED_AT   0x10000000ull
#define MOVED_SIZE 0x2000
#define ROUNDS     400
enum { HERE = 0x1111, STALE = 0xdead };

static atomic_uint mmio_exits;
static atomic_bool enough;

/* What is not memory answers HERE, too; writes there go nowhere. @arg: the
 * vCPU's descriptor. */
static void *answer_mmio(void *arg)
{
	int vcpu = *(const int *)arg;
	struct kvm_run *run = kvm_host_pages(vcpu);
	uint64_t here = HERE;

	for (;;) {
		long ret = KVM(vcpu, KVM_RUN, 0);

		if (ret || run->exit_reason != KVM_EXIT_MMIO)
			return (void *)(ret ?: (long)run->exit_reason);
		ck_assert_msg(run->mmio.phys_addr >= MOVED_AT,
			      "vCPU descriptor %d has read 0x%x", vcpu,
			      *(uint32_t *)run->mmio.data);
		if (!run->mmio.is_write)
			memcpy(run->mmio.data, &here, run->mmio.len);
		atomic_fetch_add(&mmio_exits, 1);
		if (atomic_load(&enough))
			return NULL;
	}
}

static void fill(uint64_t *page, uint64_t v)
{
	for (unsigned int k = 0; k < MOVED_SIZE / 8; k += 64)
		__atomic_store_n(&page[k], v, __ATOMIC_RELEASE);
}

static void check_all(const uint64_t *page, uint64_t v)
{
	for (unsigned int k = 0; k < MOVED_SIZE / 8; k += 64)
		ck_assert_uint_eq(page[k], v);
}

/* Each at words of its own on both pages. */
static void readers_start(unsigned int number, pthread_t *threads)
{
	/* x2: what must be read, stored again; x5: who is told of another. */
	GUEST(0, ASM_LDR(3, 1), 0xeb02007fu /* cmp x3, x2 */,
	      0x54000101u /* b.ne to the last */, ASM_STR(2, 1), ASM_LDR(3, 4),
	      0xeb02007fu, 0x54000081u, ASM_STR(2, 4), ASM_STR(2, 9), ASM_B(-9),
	      ASM_STR(3, 5));
	for (unsigned int v = 0; v < number; v++) {
		int vcpu = test_vcpus[v];

		guest_mmu_on(vcpu);
		reg_set_of(vcpu, REG_PC, GUEST_BASE);
		reg_set_of(vcpu, REG_X(1), MOVED_AT + 512 * (1 + v));
		reg_set_of(vcpu, REG_X(4), MOVED_AT + 0x1000 + 512 * (1 + v));
		reg_set_of(vcpu, REG_X(2), HERE);
		reg_set_of(vcpu, REG_X(5), GUEST_MMIO);
		reg_set_of(vcpu, REG_X(9), GUEST_BASE + COUNTER_AT + 64 * v);
		pthread_create(&threads[v], NULL, answer_mmio, &test_vcpus[v]);
	}
}

/*
 * Once a slot is deleted, or is elsewhere, nobody reads what was behind it or
 * writes there: the VMM puts STALE into it, and neither does the guest see
 * that nor does the VMM see it changed.
 */
START_TEST(memory_goes)
{
	uint64_t *page = mmap(NULL, MOVED_SIZE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int number = 1u << _i;
	pthread_t threads[TEST_VCPUS];
	void *ret;

	ck_assert_ptr_ne(page, MAP_FAILED);
	test_vcpus_open(number);
	fill(page, HERE);
	ck_assert_int_eq(slot(1, 0, MOVED_AT, MOVED_SIZE, page), 0);
	atomic_store(&mmio_exits, 0);
	atomic_store(&enough, false);
	readers_start(number, threads);
	for (unsigned int v = 0; v < number; v++)
		while (!counter(v))
			sched_yield();
	/* Until somebody was there when it was gone. */
	for (unsigned int k = 0; k < ROUNDS || atomic_load(&mmio_exits) <= 10;
	     k++) {
		if (k & 1)
			ck_assert_int_eq(slot(1, 0, MOVED_AT + 0x100000,
					      MOVED_SIZE, page),
					 0);
		else
			ck_assert_int_eq(slot(1, 0, MOVED_AT, 0, page), 0);
		fill(page, STALE);
		sched_yield();
		check_all(page, STALE);
		fill(page, HERE);
		ck_assert_int_eq(slot(1, 0, MOVED_AT, MOVED_SIZE, page), 0);
	}
	ck_assert_int_eq(slot(1, 0, MOVED_AT, 0, page), 0);
	atomic_store(&enough, true);
	for (unsigned int v = 0; v < number; v++) {
		pthread_join(threads[v], &ret);
		ck_assert_ptr_null(ret);
	}
	test_vcpus_close();
	munmap(page, MOVED_SIZE);
}
END_TEST

/* ---- kicks --------------------------------------------------------------- */

#define KICKS  25
#define MAX_US 100
#define SETS   20 /* of kicks, on a host that has no time for its guests */

static const struct loop {
	const char *name;
	uint32_t words[80]; /* behind a store to x9 that says: here */
	uint32_t other[8];  /* on page 4 */
} loops[] = {
	{"a branch to itself", {ASM_B_SELF}, {0}},
	{"a conditional one", {0xb5000009u /* cbnz x9, . */}, {0}},
	{"two blocks",
	 {ASM_ADD_IMM(1, 1, 1), ASM_B(2), ASM_UDF, ASM_SUB_IMM(1, 1, 1),
	  ASM_B(-4)},
	 {0}},
	{"both ways of a branch",
	 {0x92400020u /* and x0, x1, #1 */, ASM_ADD_IMM(1, 1, 1), ASM_CBZ(0, 2),
	  ASM_ADD_IMM(2, 2, 1), ASM_B(-4)},
	 {0}},
	{"loads and stores", {ASM_LDR(3, 8), ASM_STR(3, 8), ASM_B(-2)}, {0}},
	{"an indirect branch", {ASM_BR(10)}, {0}},
	{"a call to another page", {ASM_BLR(11), ASM_B(-1)}, {ASM_RET}},
	{"another page and back", {ASM_BR(11)}, {ASM_BR(10)}},
	{"a system call", {ASM_SVC(0), ASM_B(-1)}, {0}},
	{"a long block",
	 {[0 ... 58] = ASM_ADD_IMM(1, 1, 1), [59] = ASM_B(-59)},
	 {0}},
};

static double kicked_at, took_us[KICKS];

static double thread_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * 1e6 + ts.tv_nsec / 1e3;
}

/* The vCPU thread's own time, since others use the host as well. */
static void on_kick(int sig)
{
	kicked_at = thread_us();
	kernel_signal_arrived();
}

static void *kicked(void *arg)
{
	long ret = KVM(t.vcpu, KVM_RUN, 0);

	*(double *)arg = thread_us() - kicked_at;
	return (void *)ret;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void load_loop(const struct loop *l)
{
	static const uint32_t here = ASM_STR(9, 9), eret = ASM_ERET;

	memcpy(t.ram, &here, 4);
	memcpy(t.ram + 4, l->words, sizeof(l->words));
	memcpy(t.ram + 0x4000, l->other, sizeof(l->other));
	memcpy(t.ram + GUEST_VECTORS + 0x200, &eret, 4);
	reg_set(REG_X(8), GUEST_BASE + COUNTER_AT + 64);
	reg_set(REG_X(9), GUEST_BASE + COUNTER_AT);
	reg_set(REG_X(10), GUEST_BASE + 4);
	reg_set(REG_X(11), GUEST_BASE + 0x4000);
}

/* What three quarters of the kicks take at most. */
static double kick_us(void)
{
	pthread_t thread;
	void *ret;

	for (unsigned int k = 0; k < KICKS; k++) {
		memset(t.ram + COUNTER_AT, 0, 8);
		reg_set(REG_PC, GUEST_BASE);
		pthread_create(&thread, NULL, kicked, &took_us[k]);
		while (!counter(0))
			sched_yield();
		/* In the midst of it, soon and later. */
		for (unsigned int n = 0; n < k; n++)
			sched_yield();
		pthread_kill(thread, SIGUSR2);
		pthread_join(thread, &ret);
		ck_assert_int_eq((long)ret, -EINTR);
	}
	qsort(took_us, KICKS, sizeof(took_us[0]), by_value);
	return took_us[KICKS * 3 / 4];
}

START_TEST(a_kick_ends_any_loop)
{
	const struct loop *l = &loops[_i];
	struct sigaction sa = {.sa_handler = on_kick};
	double us = MAX_US;

	sigaction(SIGUSR2, &sa, NULL);
	guest_mmu_on(t.vcpu);
	load_loop(l);
	for (unsigned int n = 0; n < SETS && us >= MAX_US; n++)
		us = kick_us();
	ck_assert_msg(us < MAX_US,
		      "%s: a quarter of kicks take %.0f us or more", l->name,
		      us);
}
END_TEST

void add_tests_running(Suite *s)
{
	TCase *c = case_with_vm(s, "memory goes");

	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, memory_goes, 0, 3);
	c = case_with_vm(s, "kicks");
	tcase_set_timeout(c, 240);
	tcase_add_loop_test(c, a_kick_ends_any_loop, 0, ARRAY_SIZE(loops));
}
