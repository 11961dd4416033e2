/* SPDX-License-Identifier: MIT */
/*
 * What a translation keeps beside its code (jit/records.h): accesses and edges
 * fill the area from both its ends and do not meet.
 */
#include <string.h>

#include "jit/records.h"
#include "tests/check-main.h"

/* A multiple of both sizes. */
#define SIZE (192 << 10)
#define LEFT 16 /* accesses that edges leave room for */

static struct jit_records r;

static void setup(void)
{
	ck_assert_int_eq(records_new(&r, SIZE), 0);
}

static void teardown(void)
{
	records_free(&r);
}

static void note(size_t n)
{
	for (size_t k = 0; k < n; k++, r.nr_accesses++)
		r.accesses[r.nr_accesses].at = (uint32_t)r.nr_accesses;
}

static size_t edges_until_full(void)
{
	struct jit_edge *e;
	size_t n = 0;

	while ((e = edge_new(&r, LEFT))) {
		memset(e, 0xff, sizeof(*e));
		n++;
	}
	return n;
}

START_TEST(both_ends)
{
	size_t edges;

	note(1000);
	edges = edges_until_full();
	ck_assert_uint_eq(edges,
			  (SIZE - (1000 + LEFT) * sizeof(struct jit_access)) /
				  sizeof(struct jit_edge));
	ck_assert(records_room(&r, LEFT, 0));
	ck_assert(!records_room(&r, LEFT, 1));
	ck_assert(!records_room(&r, LEFT + 2, 0));
	note(LEFT);
	for (size_t k = 0; k < 1000 + LEFT; k++)
		ck_assert_uint_eq(r.accesses[k].at, k);
}
END_TEST

START_TEST(again)
{
	struct jit_edge *a = edge_new(&r, LEFT), *b = edge_new(&r, LEFT);
	size_t edges = edges_until_full();

	edge_unused(&r, a);
	edge_unused(&r, b);
	ck_assert_ptr_eq(edge_new(&r, LEFT), b);
	ck_assert_ptr_eq(edge_new(&r, LEFT), a);
	ck_assert_ptr_null(edge_new(&r, LEFT));
	records_empty(&r);
	ck_assert_uint_eq(edges_until_full(), edges + 2);
	/* The host has it back, but for what is kept. */
	records_empty(&r);
	note(SIZE / sizeof(struct jit_access));
	ck_assert(!records_room(&r, 1, 0));
	ck_assert_ptr_null(edge_new(&r, 0));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jit-records");
	TCase *tc = tcase_create("records");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, both_ends);
	tcase_add_test(tc, again);
	suite_add_tcase(suite, tc);
	return check_run(srunner_create(suite));
}
