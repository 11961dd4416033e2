/* SPDX-License-Identifier: MIT */
/*
 * Several CPUs: PSCI CPU_ON and CPU_OFF, spinlocks with exclusives and with
 * LSE, atomics, message passing with acquire and release, broadcast TLB and
 * instruction cache maintenance. Needs --smp 2 or more.
 */
#include "gic.h"
#include "guest.h"

#define ROUNDS 20000

static volatile unsigned int online, phase, done;
static uint64_t counter_llsc, counter_lse, counter_locked, counter_cas;
static uint32_t lock_llsc, lock_lse;
static volatile uint64_t locked_pair[2];

static uint64_t add_llsc(uint64_t *p, uint64_t v)
{
	uint64_t old, sum;
	uint32_t fail;

	__asm__ volatile("1: ldaxr %0, %3\n"
			 "add %1, %0, %4\n"
			 "stlxr %w2, %1, %3\n"
			 "cbnz %w2, 1b"
			 : "=&r"(old), "=&r"(sum), "=&r"(fail), "+Q"(*p)
			 : "r"(v)
			 : "memory");
	return old;
}

static uint64_t add_lse(uint64_t *p, uint64_t v)
{
	uint64_t old;

	__asm__ volatile("ldaddal %1, %0, %2"
			 : "=&r"(old)
			 : "r"(v), "Q"(*p)
			 : "memory");
	return old;
}

static void add_cas(uint64_t *p, uint64_t v)
{
	uint64_t old = *(volatile uint64_t *)p, seen;

	for (;;) {
		seen = old;
		__asm__ volatile("casal %0, %1, %2"
				 : "+r"(seen)
				 : "r"(old + v), "Q"(*p)
				 : "memory");
		if (seen == old)
			return;
		old = seen;
	}
}

static void lock_with_llsc(uint32_t *l)
{
	uint32_t v, one = 1;

	__asm__ volatile("sevl\n"
			 "1: wfe\n"
			 "2: ldaxr %w0, %1\n"
			 "cbnz %w0, 1b\n"
			 "stxr %w0, %w2, %1\n"
			 "cbnz %w0, 2b"
			 : "=&r"(v), "+Q"(*l)
			 : "r"(one)
			 : "memory");
}

static void lock_with_lse(uint32_t *l)
{
	uint32_t v, one = 1;

	do
		__asm__ volatile("swpa %w2, %w0, %1"
				 : "=&r"(v), "+Q"(*l)
				 : "r"(one)
				 : "memory");
	while (v);
}

static void unlock(uint32_t *l)
{
	__asm__ volatile("stlr wzr, %0" : "=Q"(*l)::"memory");
}

/* The pair is equal whenever the lock is free. */
static bool bump_pair(void)
{
	bool ok = locked_pair[0] == locked_pair[1];

	locked_pair[0]++;
	for (volatile unsigned int i = 0; i < 3; i++)
		;
	locked_pair[1]++;
	return ok;
}

static volatile unsigned int torn;

static void hammer(void)
{
	for (unsigned int i = 0; i < ROUNDS; i++) {
		add_llsc(&counter_llsc, 1);
		add_lse(&counter_lse, 3);
		add_cas(&counter_cas, 5);
	}
	for (unsigned int i = 0; i < ROUNDS / 4; i++) {
		lock_with_llsc(&lock_llsc);
		lock_with_lse(&lock_lse);
		if (!bump_pair())
			torn++;
		counter_locked++;
		unlock(&lock_lse);
		unlock(&lock_llsc);
	}
}

/* ---- maintenance is broadcast -------------------------------------------- */

static uint64_t table[512] __attribute__((aligned(4096)));
static uint64_t pages[2][512] __attribute__((aligned(4096)));
static uint64_t l2_table[512] __attribute__((aligned(4096)));
static uint32_t shared_code[2] __attribute__((aligned(64)));
#define SHARED_VA 0xc0000000ul

static uint64_t load_release(volatile uint64_t *p)
{
	uint64_t v;

	__asm__ volatile("ldar %0, [%1]" : "=r"(v) : "r"(p) : "memory");
	return v;
}

static void store_release(volatile uint64_t *p, uint64_t v)
{
	__asm__ volatile("stlr %1, [%0]" ::"r"(p), "r"(v) : "memory");
}

static volatile uint64_t ask, answer, code_ask, code_answer;

/* CPU 1 answers each question with what it sees at SHARED_VA, and with what
 * the shared function returns. */
static void serve(void)
{
	uint64_t last = 0, last_code = 0, q;

	while ((q = load_release(&ask)) != ~0ul) {
		if (q != last) {
			uint64_t v = *(volatile uint64_t *)SHARED_VA;

			last = q;
			store_release(&answer, v << 32 | q);
		}
		q = load_release(&code_ask);
		if (q != last_code) {
			uint64_t v;

			isb();
			v = ((uint64_t(*)(void))shared_code)();
			last_code = q;
			store_release(&code_answer, v << 32 | q);
		}
	}
}

static void test_maintenance(void)
{
	bool ok = true;

	pages[0][0] = 100;
	pages[1][0] = 200;
	for (unsigned int i = 1; i <= 300 && ok; i++) {
		unsigned int k = i & 1;

		/* break before make */
		table[0] = 0;
		__asm__ volatile(
			"dsb ishst\n tlbi vaae1is, %0\n dsb ish\n isb" ::"r"(
				SHARED_VA >> 12)
			: "memory");
		table[0] = (uint64_t)pages[k] | PTE_PAGE | PTE_NORMAL |
			   PTE_INNER | PTE_AF;
		dsb();
		store_release(&ask, i);
		ok = WAIT_FOR((uint32_t)load_release(&answer) == i, 20000) &&
		     load_release(&answer) >> 32 == pages[k][0];
	}
	CHECK(ok);
	for (unsigned int i = 1; i <= 300 && ok; i++) {
		shared_code[0] = 0xd2800000 | i << 5; /* mov x0, #i */
		shared_code[1] = 0xd65f03c0;          /* ret */
		sync_code(shared_code, 8);
		store_release(&code_ask, i);
		ok = WAIT_FOR((uint32_t)load_release(&code_answer) == i,
			      20000) &&
		     load_release(&code_answer) >> 32 == i;
	}
	CHECK(ok);
	store_release(&ask, ~0ul);
}

static void count_up(volatile unsigned int *p)
{
	__asm__ volatile("stadd %w1, %0" : "+Q"(*p) : "r"(1) : "memory");
}

void guest_cpu(unsigned int index)
{
	count_up(&online);
	while (phase < 1)
		;
	hammer();
	count_up(&done);
	while (phase < 2)
		;
	if (index == 1)
		serve();
}

void guest_main(void)
{
	unsigned int n = boot.cpus;

	if (n < 2) {
		print("needs --smp 2 or more\n");
		finish(2);
	}
	identity_l1[3] = (uint64_t)l2_table | PTE_TABLE;
	l2_table[0] = (uint64_t)table | PTE_TABLE;
	dsb();
	CHECK_EQ(hvc(PSCI_AFFINITY_INFO, 1, 0, 0), 1); /* off */
	for (unsigned int i = 1; i < n; i++)
		CHECK_EQ(cpu_on(i), 0);
	CHECK(WAIT_FOR(online == n - 1, 20000));
	CHECK_EQ(cpu_on(1), -4ul); /* already on */
	CHECK_EQ(hvc(PSCI_AFFINITY_INFO, 1, 0, 0), 0);
	CHECK_EQ(cpu_on(77), -2ul); /* invalid parameters */
	phase = 1;
	dsb();
	hammer();
	count_up(&done);
	CHECK(WAIT_FOR(done == n, 60000));
	CHECK_EQ(counter_llsc, (uint64_t)n * ROUNDS);
	CHECK_EQ(counter_lse, 3ul * n * ROUNDS);
	CHECK_EQ(counter_cas, 5ul * n * ROUNDS);
	CHECK_EQ(counter_locked, (uint64_t)n * (ROUNDS / 4));
	CHECK_EQ(locked_pair[0], (uint64_t)n * (ROUNDS / 4));
	CHECK_EQ(torn, 0);
	phase = 2;
	dsb();
	test_maintenance();
	/* each powers itself off, and can be started again */
	for (unsigned int i = 1; i < n; i++)
		CHECK(WAIT_FOR(hvc(PSCI_AFFINITY_INFO, i, 0, 0) == 1, 20000));
	online = 0;
	CHECK_EQ(cpu_on(n - 1), 0);
	CHECK(WAIT_FOR(online == 1, 20000));
	CHECK(WAIT_FOR(hvc(PSCI_AFFINITY_INFO, n - 1, 0, 0) == 1, 20000));
}
