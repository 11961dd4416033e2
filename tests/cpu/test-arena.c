/* SPDX-License-Identifier: MIT */
/*
 * The memory of decoded blocks: what runs does not depend on how much of it
 * there is. It is emptied when full, and without any of it instructions are
 * decoded one at a time.
 */
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cpu-env.h"
#include "engines.h"

#define NR_PAGES  48 /* of code: more blocks than the arena holds */
#define PAGE_SIZE 0x1000

#define ADD_X0_1   ASM_ADD_IMM(0, 0, 1)
#define SUBS_X1_1  0xf1000421u
#define B_NE(back) (0x54000001u | ((uint32_t)(-(back)) & 0x7ffff) << 5)

static struct env *e;
static struct cpu_domain *dom;

static void setup(void)
{
	dom = cpu_domain_new();
	e = env_new(dom);
	cpu_reset(&e->cpu);
	go_el1(e);
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(dom);
}

/* Pages of ADD X0, X0, #1, each with HVC at its end. */
static void adds_put(void)
{
	uint32_t *code = ram_at(e, CODE_PA);

	for (unsigned int n = 0; n < NR_PAGES * PAGE_SIZE / 4; n++)
		code[n] = n % 1024 == 1023 ? ASM_HVC(1) : ADD_X0_1;
	block_invalidate_all(&e->cpu);
}

/* Begin at instruction @n of @page: the rest of it is added up. */
static void check_from(unsigned int page, unsigned int n)
{
	e->cpu.x[0] = 0;
	ck_assert_int_eq(run_at(e, CODE_PA + page * PAGE_SIZE + n * 4),
			 CPU_EXIT_HVC);
	ck_assert_uint_eq(e->cpu.x[0], 1023 - n);
}

/* A block of 64 instructions begins at each of 49,000 addresses: 130 MB. */
START_TEST(emptied_when_full)
{
	adds_put();
	for (unsigned int page = 0; page < NR_PAGES; page++)
		for (unsigned int n = 0; n < 1024; n++)
			check_from(page, n);
	for (unsigned int page = 0; page < NR_PAGES; page++)
		check_from(page, page);
}
END_TEST

/* Code that was decoded before is decoded anew after IC IALLU. */
START_TEST(emptied_by_the_guest)
{
	adds_put();
	for (unsigned int n = 0; n < 1024; n++)
		check_from(0, n);
	*(uint32_t *)ram_at(e, CODE_PA + 4) = ASM_HVC(1);
	check_from(0, 0);
	block_invalidate_all(&e->cpu);
	e->cpu.x[0] = 0;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	ck_assert_uint_eq(e->cpu.x[0], 1);
}
END_TEST

/* A loop within a page: branches would be linked if there were blocks. */
static void check_loop(void)
{
	CODE(e, CODE_PA, ADD_X0_1, SUBS_X1_1, B_NE(2), ASM_HVC(1));
	e->cpu.x[0] = 0;
	e->cpu.x[1] = 1000;
	ck_assert_int_eq(run_at(e, CODE_PA), CPU_EXIT_HVC);
	ck_assert_uint_eq(e->cpu.x[0], 1000);
}

static uint64_t address_space(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long long pages;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%llu", &pages), 1);
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

/* Room for @more bytes of address space. */
static struct rlimit limit_space(uint64_t more)
{
	struct rlimit old, limit;

	ck_assert_int_eq(getrlimit(RLIMIT_AS, &old), 0);
	limit = old;
	limit.rlim_cur = address_space() + more;
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
	return old;
}

/* No room for the smallest arena (1 MiB). */
START_TEST(runs_without)
{
	struct rlimit old = limit_space(512 << 10);

	check_loop();
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &old), 0);
	check_loop();
	block_invalidate_all(&e->cpu);
	check_loop();
}
END_TEST

/* Room for a small one (64 MiB is what it takes if it can). */
START_TEST(runs_with_less)
{
	uint64_t before = address_space();
	struct rlimit old = limit_space(8 << 20);

	adds_put();
	for (unsigned int page = 0; page < 4; page++)
		for (unsigned int n = 0; n < 1024; n++)
			check_from(page, n);
	ck_assert_uint_ge(address_space(), before + (1 << 20));
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &old), 0);
	check_loop();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cpu-arena");
	TCase *tc = tcase_create("arena");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, emptied_when_full);
	tcase_add_test(tc, emptied_by_the_guest);
	tcase_add_test(tc, runs_without);
	tcase_add_test(tc, runs_with_less);
	suite_add_tcase(suite, tc);
	return check_run_engines(srunner_create(suite));
}
