/* SPDX-License-Identifier: MIT */
/*
 * The end of `main` in every program made with Check: run the suites and say
 * the outcome. CK_VERBOSITY in the environment says how much is printed,
 * CK_RUN_SUITE and CK_RUN_CASE what is run. CK_DEFAULT_TIMEOUT is how many seconds a
 * test has that says nothing of it, and CK_TIMEOUT_MULTIPLIER how many times that
 * or what it says: Check's own 4 and 1 are for a machine that does nothing else.
 */
#ifndef FAUXKVM_TESTS_CHECK_MAIN_H
#define FAUXKVM_TESTS_CHECK_MAIN_H

#include <check.h>
#include <stdlib.h>

/*
 * Check writes the line of each assertion that holds to a file, to say where a test
 * was that is killed. Where millions hold in a loop that is most of a test's time:
 * they are written when it is another line than the one before.
 */
static inline void check_mark(const char *file, int line)
{
	static _Thread_local int last;

	if (line != last)
		_mark_point(file, line);
	last = line;
}
#define _mark_point check_mark

/* Before a TCase is made. */
__attribute__((constructor)) static void check_set_limit(void)
{
	setenv("CK_DEFAULT_TIMEOUT", "30", 0);
	setenv("CK_TIMEOUT_MULTIPLIER", "5", 0);
}

static inline int check_run(SRunner *runner)
{
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
