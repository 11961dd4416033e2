/* SPDX-License-Identifier: MIT */
/*
 * How long a PE goes on after it was asked to leave: no loop of the guest's
 * keeps it for more than 100 us, however long or short it is. Measured in CPU
 * time of the PE's thread, so that it does not matter whether the host runs it;
 * what interrupts the thread is left out by taking the median.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <time.h>

#include "cpu-env.h"
#include "tests/check-main.h"

#define TRIES    61
#define LIMIT_NS 100000
/* Of a loop before the request; translated by then, if it ever is. */
#define WARM_NS 200000

#define LOOP   DATA_PA
#define TOUCH  (RAM_BASE + 0x800000) /* pages to load from */
#define PAGES  2048
#define ADD_X5 ASM_ADD_IMM(5, 5, 1)

static struct env *e;
static struct cpu_domain *dom;
static clockid_t clock_of_pe;
static _Atomic unsigned int entered, asked; /* tries */
static _Atomic uint64_t enter_ns, ask_ns;

static void setup(void)
{
	dom = cpu_domain_new();
	e = env_new(dom);
	entered = asked = 0;
	ck_assert_int_eq(pthread_getcpuclockid(pthread_self(), &clock_of_pe),
			 0);
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(dom);
}

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(clock_of_pe, &t);
	return t.tv_sec * UINT64_C(1000000000) + t.tv_nsec;
}

/* ---- the loops ----------------------------------------------------------- */

/* @n additions and a branch back. */
static void put_straight(unsigned int n)
{
	uint32_t *p = ram_at(e, LOOP);

	for (unsigned int i = 0; i < n; i++)
		p[i] = ADD_X5;
	p[n] = ASM_B(-n);
}

static void put_self(unsigned int n)
{
	CODE(e, LOOP, ASM_B_SELF);
}

static void put_conditional(unsigned int n)
{
	CODE(e, LOOP, ADD_X5, ASM_CBZ(31, -1));
}

static void put_indirect(unsigned int n)
{
	CODE(e, LOOP, ADD_X5, ASM_BR(0));
}

/* To the next page and back. */
static void put_pages(unsigned int n)
{
	CODE(e, LOOP, ADD_X5, ASM_B(1023));
	CODE(e, LOOP + 0x1000, ADD_X5, ASM_B(-1025));
}

static void put_calls(unsigned int n)
{
	CODE(e, LOOP, ASM_BLR(1), ASM_B(-1));
	CODE(e, LOOP + 0x1000, ADD_X5, ASM_RET);
}

/* A loop within a loop; each page once in each round of the outer. */
static void put_loads(unsigned int n)
{
	CODE(e, LOOP, ASM_MOV(2, 3), ASM_MOV(4, 6), ASM_LDR(7, 2),
	     ASM_ADD_PAGE(2, 2), ASM_SUB_IMM(4, 4, 1), ASM_CBNZ(4, -3),
	     ASM_B(-6));
}

static void put_tlbi(unsigned int n)
{
	CODE(e, LOOP, ASM_TLBI_VMALLE1IS, ASM_DSB, ASM_ISB, ASM_LDR(7, 3),
	     ASM_B(-4));
}

static void put_exceptions(unsigned int n)
{
	uint32_t eret = ASM_ERET;

	CODE(e, LOOP, ADD_X5, ASM_SVC(0), ASM_B(-2));
	memcpy(ram_at(e, VECTORS + 0x200), &eret, sizeof(eret));
	e->cpu.sys.vbar_el1 = VECTORS;
}

static const struct {
	const char *name;
	void (*put)(unsigned int n);
	unsigned int n;
} loops[] = {
	{"branch to itself", put_self, 0},
	{"conditional", put_conditional, 0},
	{"indirect", put_indirect, 0},
	{"two pages", put_pages, 0},
	{"calls", put_calls, 0},
	{"8 instructions", put_straight, 7},
	{"1,000 instructions", put_straight, 999},
	{"100,000 instructions", put_straight, 99999},
	{"loads", put_loads, 0},
	{"TLBI", put_tlbi, 0},
	{"exceptions", put_exceptions, 0},
};

/* ---- measuring ----------------------------------------------------------- */

static void *ask(void *arg)
{
	for (unsigned int i = 1; i <= TRIES; i++) {
		while (entered != i || cpu_ns() - enter_ns < WARM_NS)
			sched_yield();
		ask_ns = cpu_ns();
		cpu_request(&e->cpu, CPU_REQ_KICK);
		asked = i;
	}
	return NULL;
}

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

START_TEST(no_loop_keeps_the_pe)
{
	struct cpu *cpu = &e->cpu;
	uint64_t took[TRIES];
	pthread_t other;

	loops[_i].put(loops[_i].n);
	block_invalidate_all(cpu);
	cpu->pc = LOOP;
	cpu->x[0] = LOOP;
	cpu->x[1] = LOOP + 0x1000;
	cpu->x[3] = TOUCH;
	cpu->x[6] = PAGES;
	pthread_create(&other, NULL, ask, NULL);
	for (unsigned int i = 1; i <= TRIES; i++) {
		const uint64_t before = cpu->cycles;

		enter_ns = cpu_ns();
		entered = i;
		ck_assert_int_eq(cpu_run(cpu), CPU_EXIT_REQUEST);
		took[i - 1] = cpu_ns();
		while (asked != i)
			sched_yield();
		took[i - 1] -= ask_ns;
		atomic_fetch_and(&cpu->req, ~(uint32_t)CPU_REQ_KICK);
		/* The first time all is new. */
		if (i > 1)
			ck_assert_uint_gt(cpu->cycles, before + 100);
	}
	pthread_join(other, NULL);
	qsort(took, TRIES, sizeof(took[0]), compare);
	printf("%s: median %.1f us, of %.1f to %.1f\n", loops[_i].name,
	       took[TRIES / 2] / 1e3, took[0] / 1e3, took[TRIES - 1] / 1e3);
	ck_assert_msg(took[TRIES / 2] < LIMIT_NS, "%s: %lu ns", loops[_i].name,
		      took[TRIES / 2]);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("cpu-leave");
	TCase *t = tcase_create("leave");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, no_loop_keeps_the_pe, 0, ARRAY_SIZE(loops));
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return check_run(srunner_create(suite()));
}
