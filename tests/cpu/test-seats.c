/* SPDX-License-Identifier: MIT */
/*
 * More PEs than seats: how many execute at a time, that each comes to execute,
 * that whoever waits can be asked to leave, and that a DSB waits for no more
 * than execute.
 */
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "cpu-env.h"
#include "base/fence.h"
#include "cpu/domain-internal.h"
#include "tests/check-main.h"

#define NR_CPUS 4

static struct cpu_domain *dom;
static struct env *e[NR_CPUS];
static struct cpu_env ops;

/* ---- waiting: one condition for all -------------------------------------- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t woken = PTHREAD_COND_INITIALIZER;
static _Atomic unsigned int naps;

static void park(struct cpu *cpu, uint64_t ns, bool (*ready)(struct cpu *))
{
	struct timespec ts;

	pthread_mutex_lock(&lock);
	if (!ready(cpu) && !(atomic_load(&cpu->req) & CPU_REQ_KICK)) {
		clock_gettime(CLOCK_REALTIME, &ts);
		ts.tv_nsec += ns;
		ts.tv_sec += ts.tv_nsec / 1000000000;
		ts.tv_nsec %= 1000000000;
		atomic_fetch_add(&naps, 1);
		pthread_cond_timedwait(&woken, &lock, &ts);
	}
	pthread_mutex_unlock(&lock);
}

static void unpark(struct cpu *cpu)
{
	pthread_mutex_lock(&lock);
	pthread_cond_broadcast(&woken);
	pthread_mutex_unlock(&lock);
}

static void kick(struct cpu *cpu)
{
	cpu_request(cpu, CPU_REQ_KICK);
	unpark(cpu);
}

/* ---- the guests ---------------------------------------------------------- */

static uint64_t *count_of(unsigned int k)
{
	return ram_at(e[0], DATA_PA + 64 * k);
}

static uint64_t count(unsigned int k)
{
	return __atomic_load_n(count_of(k), __ATOMIC_RELAXED);
}

static void setup(void)
{
	dom = cpu_domain_new();
	ops = env_ops;
	ops.park = park;
	ops.unpark = unpark;
	for (unsigned int k = 0; k < NR_CPUS; k++) {
		e[k] = env_new(dom);
		e[k]->cpu.env = &ops;
		e[k]->cpu.x[0] = DATA_PA + 64 * k;
	}
	/* counts for ever */
	CODE(e[0], CODE_PA, ASM_ADD_IMM(1, 1, 1), ASM_STR(1, 0), ASM_B(-2));
	/* sleeps */
	CODE(e[0], CODE_PA + 0x100, ASM_WFI);
	/* broadcasts 50 times */
	CODE(e[0], CODE_PA + 0x200, ASM_MOVZ(2, 50, 0), ASM_TLBI_VMALLE1IS,
	     ASM_DSB, ASM_SUB_IMM(2, 2, 1), ASM_CBNZ(2, -3), ASM_HVC(0));
}

static void teardown(void)
{
	for (unsigned int k = 0; k < NR_CPUS; k++)
		env_free(e[k]);
	cpu_domain_free(dom);
}

static void *counts(void *arg)
{
	return (void *)(uintptr_t)run_at(arg, CODE_PA);
}

static pthread_t thread[NR_CPUS];

static void counts_from(unsigned int first, unsigned int end)
{
	for (unsigned int k = first; k < end; k++)
		ck_assert_int_eq(pthread_create(&thread[k], NULL, counts, e[k]),
				 0);
}

/* By a kick, whether it has a seat or waits for one. */
static void ends(unsigned int k)
{
	void *reason;

	kick(&e[k]->cpu);
	pthread_join(thread[k], &reason);
	ck_assert_int_eq((int)(uintptr_t)reason, CPU_EXIT_REQUEST);
	atomic_store(&e[k]->cpu.req, 0);
}

static void await_count(unsigned int k)
{
	uint64_t n = count(k);

	while (count(k) == n)
		sched_yield();
}

static enum place place(unsigned int k)
{
	return atomic_load(&e[k]->cpu.inbox->place);
}

/* ---- tests --------------------------------------------------------------- */

/* As many places as seats whatever happens, and each PE gets on. */
START_TEST(takes_turns)
{
	cpu_domain_set_seats(dom, _i);
	counts_from(0, NR_CPUS);
	for (unsigned int k = 0; k < NR_CPUS; k++)
		await_count(k);
	for (unsigned int k = 0; k < NR_CPUS; k++)
		await_count(k);
	ck_assert_uint_gt(atomic_load(&naps), 0);
	for (unsigned int k = 0; k < NR_CPUS; k++)
		ends(k);
	for (unsigned int k = 0; k < NR_CPUS; k++)
		ck_assert_int_le(place(k), PLACE_OUT);
	/* All seats are there again. */
	cpu_domain_set_seats(dom, NR_CPUS);
	ck_assert_int_eq(
		atomic_load(&dom->seats.free) + (place(0) == PLACE_OUT) +
			(place(1) == PLACE_OUT) + (place(2) == PLACE_OUT) +
			(place(3) == PLACE_OUT),
		NR_CPUS);
	ck_assert(!dom->seats.queue);
}
END_TEST

/* One that leaves keeps its seat until somebody wants it; in WFI it does not. */
START_TEST(who_keeps_it)
{
	cpu_domain_set_seats(dom, 1);
	CODE(e[0], CODE_PA + 0x300, ASM_HVC(0));
	ck_assert_int_eq(run_at(e[0], CODE_PA + 0x300), CPU_EXIT_HVC);
	ck_assert_int_eq(place(0), PLACE_OUT);
	ck_assert_int_eq(run_at(e[0], CODE_PA + 0x100), CPU_EXIT_WFI);
	ck_assert_int_eq(place(0), PLACE_NONE);
	ck_assert_int_eq(run_at(e[1], CODE_PA + 0x300), CPU_EXIT_HVC);
	ck_assert_int_eq(place(1), PLACE_OUT);
	ck_assert_uint_eq(atomic_load(&naps), 0);
	/* taken from PE 1, which does not come back */
	counts_from(2, 3);
	await_count(2);
	ck_assert_int_eq(place(1), PLACE_NONE);
	ends(2);
}
END_TEST

/* One that comes out of WFI executes beside the one that has the seat. */
START_TEST(out_of_wfi)
{
	cpu_domain_set_seats(dom, 1);
	ck_assert_int_eq(run_at(e[0], CODE_PA + 0x100), CPU_EXIT_WFI);
	counts_from(1, 2);
	await_count(1);
	ck_assert_int_eq(run_at(e[0], CODE_PA + 0x100), CPU_EXIT_WFI);
	ck_assert_uint_eq(atomic_load(&naps), 0);
	ends(1);
}
END_TEST

/* A DSB does not wait for those that wait for a seat: they are outside, and know
 * of it before they go on. */
START_TEST(dsb)
{
	cpu_domain_set_seats(dom, 1);
	counts_from(0, NR_CPUS - 1);
	for (unsigned int k = 0; k < NR_CPUS - 1; k++)
		await_count(k);
	ck_assert_int_eq(run_at(e[3], CODE_PA + 0x200), CPU_EXIT_HVC);
	for (unsigned int k = 0; k < NR_CPUS - 1; k++)
		ends(k);
}
END_TEST

/* While nobody can get a seat, since one who has it does not look. */
START_TEST(kick_while_waiting)
{
	cpu_domain_set_seats(dom, 1);
	domain_enter(&e[0]->cpu);
	ck_assert_int_eq(place(0), PLACE_IN);
	counts_from(1, 2);
	/* It may wait no more by the time that a busy host comes to us. */
	while (!atomic_load(&naps))
		sched_yield();
	ends(1);
	/* It is overdue, and another executes beside it. */
	counts_from(1, 2);
	await_count(1);
	ck_assert_int_eq(place(0), PLACE_EXTRA);
	ck_assert_int_eq(place(1), PLACE_IN);
	ends(1);
	domain_leave(&e[0]->cpu);
	ck_assert_int_eq(place(0), PLACE_NONE);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cpu-seats");
	TCase *t = tcase_create("seats");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, takes_turns, 1, NR_CPUS);
	tcase_add_test(t, who_keeps_it);
	tcase_add_test(t, out_of_wfi);
	tcase_add_test(t, dsb);
	tcase_add_test(t, kick_while_waiting);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	fence_init();
	return check_run(srunner_create(suite()));
}
