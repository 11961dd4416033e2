/* SPDX-License-Identifier: MIT */
/*
 * src/gic and src/mpic against reference models: random steps, no difference. The seed is printed; --model, --seed and --steps repeat what it
 * found.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model.h"
#include "tests/check-main.h"

#define ROUND 2000

static const struct {
	const struct world_type *type;
	unsigned int share; /* of the steps, in percent */
} worlds[] = {
	{&world_gicv2, 20},         {&world_gicv3, 30},
	{&world_gicv2_counted, 10}, {&world_gicv3_counted, 20},
	{&world_mpic, 20},
};
#define NR_WORLDS (sizeof(worlds) / sizeof(worlds[0]))

static uint64_t seed;
static unsigned long steps = 1000000;
static const char *only;

START_TEST(model)
{
	const struct world_type *type = worlds[_i].type;
	unsigned long n = only ? steps : steps * worlds[_i].share / 100;

	if (!only || !strcmp(only, type->name))
		ck_assert(model_check(type, seed, n, ROUND));
}
END_TEST

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"model", required_argument, NULL, 'm'},
		{"seed", required_argument, NULL, 's'},
		{"steps", required_argument, NULL, 'n'},
		{0},
	};
	Suite *s = suite_create("model");
	TCase *t = tcase_create("random steps");
	int opt;

	seed = (uint64_t)time(NULL) * 1000000;
	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (opt) {
		case 'm': only = optarg; break;
		case 's': seed = strtoull(optarg, NULL, 0); break;
		case 'n': steps = strtoul(optarg, NULL, 0); break;
		default: return 2;
		}
	printf("%lu steps, --seed %llu\n", steps, (unsigned long long)seed);
	fflush(stdout);
	tcase_set_timeout(t, 600);
	tcase_add_loop_test(t, model, 0, NR_WORLDS);
	suite_add_tcase(s, t);
	return check_run(srunner_create(s));
}
