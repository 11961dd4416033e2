/* SPDX-License-Identifier: MIT */
/*
 * Cost tables (base/costs.h): names find models and rows, a profile changes
 * what it says and nothing else, and each mistake in one has its own error.
 */
#include "base/costs.h"
#include "gic-fake.h"

static const struct cost_row rows[] = {
	{"read", 10, "assumed"},
	{"write", 20, "assumed"},
	{"wait", 0, "assumed"},
	{0},
};

static const struct cost_model one = {"one", "the first", rows, 4};
static const struct cost_model two = {"two", "the second", rows, 4};
static const struct cost_model *const models[] = {&one, &two};

static enum cost_error set(struct cost_profile *p, const char *model,
			   const char *row, const char *value)
{
	return cost_profile_set(p, models, ARRAY_SIZE(models), model, row,
				value);
}

START_TEST(names)
{
	ck_assert_ptr_eq(cost_model_find(models, 2, "two"), &two);
	ck_assert_ptr_null(cost_model_find(models, 1, "two"));
	ck_assert_ptr_null(cost_model_find(models, 2, "tw"));
	ck_assert_int_eq(cost_row_find(&one, "wait"), 2);
	ck_assert_int_eq(cost_row_find(&one, ""), -1);
}
END_TEST

START_TEST(changes)
{
	struct cost_profile p = {0};
	uint32_t cycles[5] = {[3] = 66, [4] = 77};

	costs_fill(cycles, &one, NULL);
	ck_assert_uint_eq(cycles[0], 10);
	ck_assert_uint_eq(cycles[1], 20);
	ck_assert_uint_eq(cycles[2], 0);

	ck_assert_int_eq(set(&p, "one", "write", "0"), COST_OK);
	ck_assert_int_eq(set(&p, "two", "write", "1000000000"), COST_OK);
	ck_assert_int_eq(set(&p, "two", "wait", "007"), COST_OK);
	costs_fill(cycles, &one, &p);
	ck_assert_uint_eq(cycles[0], 10);
	ck_assert_uint_eq(cycles[1], 0);
	ck_assert_uint_eq(cycles[2], 0);
	costs_fill(cycles, &two, &p);
	ck_assert_uint_eq(cycles[0], 10);
	ck_assert_uint_eq(cycles[1], COST_MAX);
	ck_assert_uint_eq(cycles[2], 7);
	ck_assert_uint_eq(cycles[3], 0);
	ck_assert_uint_eq(cycles[4], 77);
	cost_profile_free(&p);
	ck_assert_uint_eq(p.nr, 0);
}
END_TEST

START_TEST(mistakes)
{
	static const struct {
		const char *model, *row, *value;
		enum cost_error err;
	} cases[] = {
		{"three", "read", "1", COST_NO_MODEL},
		{"", "read", "1", COST_NO_MODEL},
		{"one", "reads", "1", COST_NO_ROW},
		{"one", "read", "", COST_NO_NUMBER},
		{"one", "read", "-1", COST_NO_NUMBER},
		{"one", "read", " 1", COST_NO_NUMBER},
		{"one", "read", "1 cycle", COST_NO_NUMBER},
		{"one", "read", "0x10", COST_NO_NUMBER},
		{"one", "read", "1000000001", COST_TOO_LARGE},
		{"one", "read", "4294967296", COST_TOO_LARGE},
		{"one", "read", "18446744073709551617", COST_TOO_LARGE},
		{"one", "write", "5", COST_TWICE},
	};
	struct cost_profile p = {0};
	uint32_t cycles[4];

	ck_assert_int_eq(set(&p, "one", "write", "5"), COST_OK);
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert_int_eq(
			set(&p, cases[i].model, cases[i].row, cases[i].value),
			cases[i].err);
		ck_assert_str_ne(cost_error_text(cases[i].err), "");
	}
	costs_fill(cycles, &one, &p);
	ck_assert_uint_eq(cycles[0], 10);
	ck_assert_uint_eq(cycles[1], 5);
	cost_profile_free(&p);
}
END_TEST

Suite *costs_suite(void)
{
	Suite *s = suite_create("costs");
	TCase *t = tcase_create("tables");

	tcase_add_test(t, names);
	tcase_add_test(t, changes);
	tcase_add_test(t, mistakes);
	suite_add_tcase(s, t);
	return s;
}
