/* SPDX-License-Identifier: MIT */
/*
 * Interval trees against a list that is searched from end to end.
 */
#include <check.h>
#include <stdlib.h>

#include "kernel/itree.h"
#include "tests/check-main.h"

#define NODES  300
#define ROUNDS 20000
#define SPACE  1000

static struct itree_node node[NODES];
static bool there[NODES];
static struct itree_node *root;

static const struct itree_node *first_by_list(uint64_t start, uint64_t last)
{
	const struct itree_node *found = NULL;

	for (unsigned int i = 0; i < NODES; i++)
		if (there[i] && node[i].start <= last &&
		    node[i].last >= start &&
		    (!found || node[i].start < found->start))
			found = &node[i];
	return found;
}

static void look(void)
{
	uint64_t start = rand() % SPACE, last = start + rand() % 20;
	const struct itree_node *a = itree_first(root, start, last);
	const struct itree_node *b = first_by_list(start, last);

	ck_assert_int_eq(!a, !b);
	if (!a)
		return;
	ck_assert_uint_eq(a->start, b->start);
	ck_assert(a->start <= last && a->last >= start);
}

struct met {
	uint64_t start, last, at;
	unsigned int n;
};

static void meet(struct itree_node *n, void *arg)
{
	struct met *m = arg;

	ck_assert(there[n - node]);
	ck_assert(n->start <= m->last && n->last >= m->start);
	ck_assert_uint_ge(n->start, m->at);
	m->at = n->start;
	m->n++;
}

static void look_at_each(void)
{
	uint64_t start = rand() % SPACE, last = start + rand() % 20;
	struct met m = {.start = start, .last = last};
	unsigned int n = 0;

	for (unsigned int i = 0; i < NODES; i++)
		n += there[i] && node[i].start <= last && node[i].last >= start;
	itree_each(root, start, last, meet, &m);
	ck_assert_uint_eq(m.n, n);
}

/* Nodes may overlap, begin together, be the same range. */
START_TEST(random_changes)
{
	for (unsigned int n = 0; n < ROUNDS; n++) {
		unsigned int i = rand() % NODES;

		if (there[i]) {
			itree_remove(&root, &node[i]);
		} else {
			node[i].start = rand() % SPACE;
			node[i].last = node[i].start + rand() % (n % 7 * 9 + 1);
			itree_insert(&root, &node[i]);
		}
		there[i] = !there[i];
		look();
		look_at_each();
	}
	for (unsigned int i = 0; i < NODES; i++)
		if (there[i])
			itree_remove(&root, &node[i]);
	ck_assert_ptr_null(root);
}
END_TEST

/* As many as there are memory slots, in the worst of orders. */
START_TEST(height)
{
	static struct itree_node many[32768];

	for (unsigned int i = 0; i < 32768; i++) {
		many[i].start = many[i].last = i;
		itree_insert(&root, &many[i]);
	}
	ck_assert_uint_eq(root->height, 16);
	for (unsigned int i = 0; i < 32768; i += 2)
		itree_remove(&root, &many[i]);
	ck_assert_uint_le(root->height, 17);
	for (unsigned int i = 0; i < 32768; i++)
		ck_assert_ptr_eq(itree_at(root, i), i % 2 ? &many[i] : NULL);
	root = NULL;
}
END_TEST

int main(void)
{
	Suite *s = suite_create("itree");
	TCase *c = tcase_create("itree");

	tcase_add_test(c, random_changes);
	tcase_add_test(c, height);
	suite_add_tcase(s, c);
	return check_run(srunner_create(s));
}
