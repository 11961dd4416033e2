/* SPDX-License-Identifier: MIT */
/*
 * Code that changes under running blocks: branches within a page are linked
 * block to block (cpu/branch.c), so instruction cache maintenance must reach
 * what is linked, on this PE and on another.
 */
#include "cpu-crew.h"
#include "engines.h"

/* x0: the word to replace, x1: the new word, x5: result. Twice: four rounds
 * through the word, then replace it. */
static const uint32_t patch_self[] = {
	0xd2800005, /* movz x5, #0 */
	0xd2800046, /* movz x6, #2 */
	0xd2800087, /* movz x7, #4 */
	0x1400000c, /* b .+48 */
	0xf10004e7, /* subs x7, x7, #1 */
	0x54ffffc1, /* b.ne .-8 */
	0xb9000001, /* str w1, [x0] */
	0xd50b7b20, /* dc cvau, x0 */
	0xd5033b9f, /* dsb ish */
	0xd50b7520, /* ic ivau, x0 */
	0xd5033b9f, /* dsb ish */
	0xd5033fdf, /* isb */
	0xf10004c6, /* subs x6, x6, #1 */
	0x54fffea1, /* b.ne .-44 */
	0xd4000002, /* hvc #0 */
	0x910004a5, /* add x5, x5, #1 */
	0x17fffff4, /* b .-48 */
};

/* x2 = 0: count at x4 for ever. Else wait for a thousand, then put x1 where
 * the loop begins (x0). */
static const uint32_t patch_other[] = {
	0xb4000142, /* cbz x2, .+40 */
	0xf9400083, /* ldr x3, [x4] */
	0xf10fa07f, /* cmp x3, #1000 */
	0x54ffffa3, /* b.cc .-12 */
	0xb9000001, /* str w1, [x0] */
	0xd50b7b20, /* dc cvau, x0 */
	0xd5033b9f, /* dsb ish */
	0xd50b7520, /* ic ivau, x0 */
	0xd5033b9f, /* dsb ish */
	0xd4000002, /* hvc #0 */
	0xf9400083, /* ldr x3, [x4] */
	0x91000463, /* add x3, x3, #1 */
	0xf9000083, /* str x3, [x4] */
	0x17fffffd, /* b .-12 */
};

#define HVC         0xd4000002
#define ADD_X5_16   0x910040a5
#define SELF_TARGET (CODE + 15 * 4)
#define OTHER_SPIN  (CODE + 10 * 4)

START_TEST(own_code_changes)
{
	for (unsigned int k = 0; k < 2; k++) {
		crew_cpus[k]->x[0] = SELF_TARGET;
		crew_cpus[k]->x[1] = ADD_X5_16;
	}
	/* The second would start with what the first has patched. */
	crew_run_one(0, patch_self, sizeof(patch_self));
	ck_assert_uint_eq(crew_cpus[0]->x[5], 4 * 1 + 4 * 16);
	crew_run_one(1, patch_self, sizeof(patch_self));
	ck_assert_uint_eq(crew_cpus[1]->x[5], 4 * 1 + 4 * 16);
}
END_TEST

START_TEST(code_of_another_changes)
{
	for (unsigned int k = 0; k < 2; k++) {
		crew_cpus[k]->x[0] = OTHER_SPIN;
		crew_cpus[k]->x[1] = HVC;
		crew_cpus[k]->x[2] = k;
		crew_cpus[k]->x[4] = DATA;
	}
	crew_run(patch_other, sizeof(patch_other));
	ck_assert_uint_ge(*crew_data(0), 1000);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cpu-code");
	TCase *tc = tcase_create("links");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, crew_setup, crew_teardown);
	tcase_add_test(tc, own_code_changes);
	tcase_add_test(tc, code_of_another_changes);
	suite_add_tcase(s, tc);
	return check_run_engines(srunner_create(s));
}
