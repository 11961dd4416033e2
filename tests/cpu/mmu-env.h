/* SPDX-License-Identifier: MIT */
/*
 * For the tests of stage 1 in AArch64 state: a PE with its MMU off, or on with two
 * spaces of translations.
 */
#ifndef FAUXKVM_TESTS_CPU_MMU_ENV_H
#define FAUXKVM_TESTS_CPU_MMU_ENV_H

#include "cpu-env.h"

static struct env *e;
static struct cpu_domain *dom;
static struct space lo, hi;

static void setup(void)
{
	dom = cpu_domain_new();
	e = env_new(dom);
}

static inline void setup_on(void)
{
	setup();
	mmu_on(e, &lo, &hi);
}

static void teardown(void)
{
	env_free(e);
	cpu_domain_free(dom);
}

#endif
