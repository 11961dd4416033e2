/* SPDX-License-Identifier: MIT */
/*
 * What happens to a guest that runs, from outside: its writes are in the dirty
 * log whatever it writes with, memory that is gone is not accessed, and a
 * kick ends any loop soon.
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

#define TABLE_AT   0x1000
#define COUNTER_AT 0x2000
#define VECTORS_AT 0x3000

#define REG_SYS(enc) (0x6030000000130000ull | (enc))

/* 39-bit input, 1 GiB blocks of Normal memory, VA = PA; FP and SIMD. */
static void mmu_on(void)
{
	uint64_t *table = (uint64_t *)(t.ram + TABLE_AT);

	table[0] = 0x0ull | 1 | 3 << 8 | 1 << 10;
	table[1] = GUEST_BASE | 1 | 3 << 8 | 1 << 10;
	reg_set(REG_SYS(SYSREG_ENC(3, 0, 10, 2, 0)), 0xff); /* MAIR_EL1 */
	reg_set(REG_SYS(SYSREG_ENC(3, 0, 2, 0, 2)),         /* TCR_EL1 */
		25 | 1 << 8 | 1 << 10 | 3 << 12 | BIT(23) | BIT(33));
	reg_set(REG_SYS(SYSREG_ENC(3, 0, 2, 0, 0)), GUEST_BASE + TABLE_AT);
	reg_set(REG_SYS(SYSREG_ENC(3, 0, 12, 0, 0)), GUEST_BASE + VECTORS_AT);
	reg_set(REG_SYS(SYSREG_ENC(3, 0, 1, 0, 2)), 3 << 20); /* CPACR_EL1 */
	reg_set(REG_SYS(SYSREG_ENC(3, 0, 1, 0, 0)),           /* SCTLR_EL1 */
		0x30d00800 | 1 | BIT(2) | BIT(12));
}

static long slot(uint32_t id, uint32_t flags, uint64_t gpa, uint64_t size,
		 void *host)
{
	struct kvm_userspace_memory_region r = {id, flags, gpa, size,
						(uintptr_t)host};

	return KVM(t.vm, KVM_SET_USER_MEMORY_REGION, &r);
}

static uint64_t counter(void)
{
	return __atomic_load_n((uint64_t *)(t.ram + COUNTER_AT),
			       __ATOMIC_ACQUIRE);
}

/* ---- dirty log ----------------------------------------------------------- */

#define HARVESTS   300 /* or FAUXKVM_HARVESTS */
#define REGIONS    7
#define PER_REGION 32
#define FIRST_PAGE 16
#define LOG_WORDS  (GUEST_SIZE / 4096 / 64)

/* ADD x3, @region, x2, LSL #12 */
#define PAGE_OF(region) (0x8b023003u | (region) << 5)

/*
 * x0 counts. Its low bits choose a page of each region; one is written by each
 * kind of store. x10 to x16 are the regions, x9 is where the count is
 * published when all have been written.
 */
static void load_writer(void)
{
	GUEST(0, 0x92401002u, /* and x2, x0, #31 */
	      PAGE_OF(10), ASM_STR(0, 3), PAGE_OF(11), ASM_STP(0, 0, 3),
	      PAGE_OF(12), ASM_LDADD(0, 4, 3), PAGE_OF(13),
	      0xc85f7c64u,              /* ldxr x4, [x3] */
	      0xc8057c60u,              /* stxr w5, x0, [x3] */
	      0x35ffffc5u,              /* cbnz w5, -2 */
	      PAGE_OF(14), 0x39001c60u, /* strb w0, [x3, #7] */
	      PAGE_OF(15), 0x3d800060u, /* str q0, [x3] */
	      PAGE_OF(16), 0xd50b7423u, /* dc zva, x3 */
	      ASM_STR(0, 9), ASM_ADD_IMM(0, 0, 1), ASM_B(-19));
}

static void log_take(bool manual, uint64_t bits[LOG_WORDS])
{
	struct kvm_dirty_log log = {.slot = 0, .dirty_bitmap = bits};
	struct kvm_clear_dirty_log clear = {.num_pages = 64 * LOG_WORDS,
					    .dirty_bitmap = bits};

	ASK(0, t.vm, KVM_GET_DIRTY_LOG, &log);
	if (manual)
		ASK(0, t.vm, KVM_CLEAR_DIRTY_LOG, &clear);
}

/* What was counted from @from to @to is in @bits. */
static void check_log(const uint64_t bits[LOG_WORDS], uint64_t from,
		      uint64_t to)
{
	if (to - from >= PER_REGION)
		from = to - PER_REGION + 1;
	for (uint64_t n = from; n <= to; n++)
		for (unsigned int r = 0; r < REGIONS; r++) {
			unsigned int page =
				FIRST_PAGE + r * PER_REGION + n % PER_REGION;

			ck_assert_msg(bits[page / 64] >> page % 64 & 1,
				      "page %u, by store %u of %llu: lost",
				      page, r, (unsigned long long)n);
		}
}

/* The guest gets on by @n. */
static void wait_for(uint64_t n)
{
	while (counter() < n)
		sched_yield();
}

/*
 * What the guest has begun after one harvest and ended before the next is in
 * the next. It publishes a count when its writes are done, so the one after
 * what was seen published may have begun before.
 */
START_TEST(no_page_is_lost)
{
	struct kvm_enable_cap cap = {.cap = KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
				     .args = {1}};
	uint64_t bits[LOG_WORDS], before, after, checked = 0;
	const char *often = getenv("FAUXKVM_HARVESTS");
	unsigned int harvests = often ? atoi(often) : HARVESTS;

	if (_i)
		ASK(0, t.vm, KVM_ENABLE_CAP, &cap);
	ck_assert_int_eq(
		slot(0, KVM_MEM_LOG_DIRTY_PAGES, GUEST_BASE, GUEST_SIZE, t.ram),
		0);
	mmu_on();
	load_writer();
	for (unsigned int r = 0; r < REGIONS; r++)
		reg_set(REG_X(10 + r),
			GUEST_BASE + 4096 * (FIRST_PAGE + r * PER_REGION));
	reg_set(REG_X(9), GUEST_BASE + COUNTER_AT);
	run_start();
	wait_for(100);
	log_take(_i, bits);
	after = counter();
	for (unsigned int k = 0; k < harvests; k++) {
		wait_for(after + k % 5);
		before = counter();
		memset(bits, 0, sizeof(bits));
		log_take(_i, bits);
		if (before >= after + 2) {
			check_log(bits, after + 2, before);
			checked++;
		}
		after = counter();
	}
	ck_assert_int_eq(run_stop(), -EINTR);
	ck_assert_uint_gt(checked, harvests / 4);
}
END_TEST

/* ---- slots --------------------------------------------------------------- */

#define MOVED_AT   0x10000000ull
#define MOVED_SIZE 0x2000
#define ROUNDS     400
enum { HERE = 0x1111, STALE = 0xdead };

static atomic_uint mmio_exits;
static atomic_bool enough;

/* What is not memory answers HERE, too; writes there go nowhere. */
static void *answer_mmio(void *arg)
{
	uint64_t here = HERE;

	for (;;) {
		long ret = KVM(t.vcpu, KVM_RUN, 0);

		if (ret || t.run->exit_reason != KVM_EXIT_MMIO)
			return (void *)(ret ?: (long)t.run->exit_reason);
		ck_assert_uint_ge(t.run->mmio.phys_addr, MOVED_AT);
		if (!t.run->mmio.is_write)
			memcpy(t.run->mmio.data, &here, t.run->mmio.len);
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

/*
 * Once a slot is deleted, or is elsewhere, nobody reads what was behind it or
 * writes there: the VMM puts STALE into it, and neither does the guest see
 * that nor does the VMM see it changed.
 */
START_TEST(memory_goes)
{
	uint64_t *page = mmap(NULL, MOVED_SIZE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t thread;
	void *ret;

	ck_assert_ptr_ne(page, MAP_FAILED);
	mmu_on();
	/* x2: what must be read, stored again. */
	GUEST(0, ASM_LDR(3, 1), 0xeb02007fu /* cmp x3, x2 */,
	      0x54000101u /* b.ne hvc */, ASM_STR(2, 1), ASM_LDR(3, 4),
	      0xeb02007fu, 0x54000081u, ASM_STR(2, 4), ASM_STR(0, 9), ASM_B(-9),
	      ASM_HVC(0));
	reg_set(REG_X(1), MOVED_AT + 512);
	reg_set(REG_X(4), MOVED_AT + 0x1000 + 512);
	reg_set(REG_X(2), HERE);
	reg_set(REG_X(9), GUEST_BASE + COUNTER_AT);
	fill(page, HERE);
	ck_assert_int_eq(slot(1, 0, MOVED_AT, MOVED_SIZE, page), 0);
	atomic_store(&mmio_exits, 0);
	atomic_store(&enough, false);
	pthread_create(&thread, NULL, answer_mmio, NULL);
	for (unsigned int k = 0; k < ROUNDS; k++) {
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
	pthread_join(thread, &ret);
	ck_assert_ptr_null(ret);
	ck_assert_uint_gt(atomic_load(&mmio_exits), 10);
	munmap(page, MOVED_SIZE);
}
END_TEST

/* ---- kicks --------------------------------------------------------------- */

#define KICKS  25
#define MAX_US 100

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
	memcpy(t.ram + VECTORS_AT + 0x200, &eret, 4);
	reg_set(REG_X(8), GUEST_BASE + COUNTER_AT + 64);
	reg_set(REG_X(9), GUEST_BASE + COUNTER_AT);
	reg_set(REG_X(10), GUEST_BASE + 4);
	reg_set(REG_X(11), GUEST_BASE + 0x4000);
}

START_TEST(a_kick_ends_any_loop)
{
	const struct loop *l = &loops[_i];
	struct sigaction sa = {.sa_handler = on_kick};
	pthread_t thread;
	void *ret;

	sigaction(SIGUSR2, &sa, NULL);
	mmu_on();
	load_loop(l);
	for (unsigned int k = 0; k < KICKS; k++) {
		memset(t.ram + COUNTER_AT, 0, 8);
		reg_set(REG_PC, GUEST_BASE);
		pthread_create(&thread, NULL, kicked, &took_us[k]);
		wait_for(1);
		/* In the midst of it, soon and later. */
		for (unsigned int n = 0; n < k; n++)
			sched_yield();
		pthread_kill(thread, SIGUSR2);
		pthread_join(thread, &ret);
		ck_assert_int_eq((long)ret, -EINTR);
	}
	qsort(took_us, KICKS, sizeof(took_us[0]), by_value);
	ck_assert_msg(took_us[KICKS * 3 / 4] < MAX_US,
		      "%s: a quarter of kicks take %.0f us or more", l->name,
		      took_us[KICKS * 3 / 4]);
}
END_TEST

void add_tests_running(Suite *s)
{
	TCase *c = case_with_vm(s, "harvest");

	tcase_set_timeout(c, 3000);
	tcase_add_loop_test(c, no_page_is_lost, 0, 2);
	c = case_with_vm(s, "memory goes");
	tcase_set_timeout(c, 120);
	tcase_add_test(c, memory_goes);
	c = case_with_vm(s, "kicks");
	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, a_kick_ends_any_loop, 0, ARRAY_SIZE(loops));
}
