/* SPDX-License-Identifier: MIT */
/*
 * The translator in lock-step with the interpreter: random programs (mixed.h),
 * compared after each block, at random times, and as a whole; with counted time,
 * counters, little memory for code, and blocks that begin in the interpreter.
 *
 * FAUXKVM_LOCKSTEP in the environment is the number of instructions of each
 * group, FAUXKVM_LOCKSTEP_SEED names the series.
 */
#include <stdio.h>

#include "jit/jit.h"
#include "tests/check-main.h"
#include "twins.h"

static struct twins t;
static uint64_t instructions = 30000;

static void setup_with(size_t memory, unsigned int threshold)
{
	const char *seed = getenv("FAUXKVM_LOCKSTEP_SEED");
	const char *count = getenv("FAUXKVM_LOCKSTEP");

	gen_seed(seed ? strtoull(seed, NULL, 0) : 1);
	if (count)
		instructions = strtoull(count, NULL, 0);
	jit_set_memory(memory);
	jit_set_threshold(threshold);
	twins_new(&t);
}

static void setup(void)
{
	setup_with(JIT_MEMORY_DEFAULT, 1);
}

static void setup_little_memory(void)
{
	setup_with(JIT_MEMORY_MIN, 1);
}

static void setup_threshold(void)
{
	setup_with(JIT_MEMORY_DEFAULT, 16);
}

static void teardown(void)
{
	twins_free(&t);
}

/* Each mode in turn, until there have been enough instructions. */
static void run_group(enum gen_group group)
{
	static struct mixed m;

	t.instructions = 0;
	for (unsigned int k = 0; t.instructions < instructions; k++) {
		mixed_make(&m, group);
		twins_run(&t, &m, k % 3);
	}
}

START_TEST(groups)
{
	run_group(_i);
}
END_TEST

START_TEST(everything)
{
	run_group(NR_GEN_GROUPS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jit-lockstep");
	TCase *tc = tcase_create("lockstep");
	const char *missing = jit_missing();

	if (missing) {
		printf("skipped: %s\n", missing);
		return 77;
	}
	tcase_set_timeout(tc, 3000);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, groups, 0, NR_GEN_GROUPS + 1);
	suite_add_tcase(suite, tc);
	tc = tcase_create("little memory");
	tcase_set_timeout(tc, 3000);
	tcase_add_checked_fixture(tc, setup_little_memory, teardown);
	tcase_add_test(tc, everything);
	suite_add_tcase(suite, tc);
	tc = tcase_create("threshold");
	tcase_set_timeout(tc, 3000);
	tcase_add_checked_fixture(tc, setup_threshold, teardown);
	tcase_add_test(tc, everything);
	suite_add_tcase(suite, tc);
	return check_run(srunner_create(suite));
}
