/* SPDX-License-Identifier: MIT */
/*
 * For tests that hold for any engine: each runs with the interpreter and, if the
 * host can, with the translator, every block of which is translated at once.
 * FAUXKVM_CPU in the environment (interp, jit) is the choice of one.
 */
#ifndef FAUXKVM_TESTS_CPU_ENGINES_H
#define FAUXKVM_TESTS_CPU_ENGINES_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/cpu.h"
#include "jit/jit.h"
#include "tests/check-main.h"

/* After cpu_init(). */
static inline void engine_choose(struct cpu *cpu)
{
	const char *name = getenv("FAUXKVM_CPU");

	if (!name || strcmp(name, "jit"))
		return;
	jit_set_threshold(1);
	ck_assert_int_eq(cpu_set_engine(cpu, &jit_engine), 0);
}

/* In place of check_run(). */
static inline int check_run_engines(SRunner *runner)
{
	static const char *const engines[] = {"interp", "jit"};
	unsigned int n = jit_missing() ? 1 : 2;
	int failed;

	if (getenv("FAUXKVM_CPU")) {
		srunner_run_all(runner, CK_ENV);
		n = 0;
	}
	for (unsigned int k = 0; k < n; k++) {
		printf("%s: ", engines[k]);
		fflush(stdout);
		setenv("FAUXKVM_CPU", engines[k], 1);
		srunner_run_all(runner, CK_ENV);
	}
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
