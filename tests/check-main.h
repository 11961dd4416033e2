/* SPDX-License-Identifier: MIT */
/*
 * The end of `main` in every program made with Check: run the suites and say
 * the outcome. CK_VERBOSITY in the environment says how much is printed,
 * CK_RUN_SUITE and CK_RUN_CASE what is run.
 */
#ifndef FAUXKVM_TESTS_CHECK_MAIN_H
#define FAUXKVM_TESTS_CHECK_MAIN_H

#include <check.h>
#include <stdlib.h>

static inline int check_run(SRunner *runner)
{
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
