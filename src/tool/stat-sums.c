/* SPDX-License-Identifier: MIT */
/*
 * What a statistics file has in tables by key and over time; see stat-view.h.
 */
#include "tool/stat-view.h"

#include <stdlib.h>
#include <string.h>

#define MAX_TABLE_BITS 24

static void sum_add(struct stat_sums *s, uint64_t key, uint64_t count)
{
	if (!(s->nr & (s->nr + 1))) {
		s->sum = realloc(s->sum,
				 (2 * s->nr + 2) * sizeof(struct stat_sum));
		if (!s->sum)
			abort();
	}
	s->sum[s->nr++] = (struct stat_sum){key, count};
}

static int by_key(const void *a, const void *b)
{
	uint64_t x = ((const struct stat_sum *)a)->key;
	uint64_t y = ((const struct stat_sum *)b)->key;

	return x < y ? -1 : x > y;
}

static void sums_merge(struct stat_sums *s)
{
	size_t n = 0;

	if (s->nr)
		qsort(s->sum, s->nr, sizeof(*s->sum), by_key);
	for (size_t i = 0; i < s->nr; i++)
		if (n && s->sum[n - 1].key == s->sum[i].key)
			s->sum[n - 1].count += s->sum[i].count;
		else
			s->sum[n++] = s->sum[i];
	s->nr = n;
}

static void sums_add(struct stat_sums *s, const struct stat_view *view,
		     const struct stat_tally *t)
{
	uint64_t at = stat_get(&t->first);
	const struct stat_table *table = stat_view_at(view, at, sizeof(*table));

	s->others += stat_get(&t->others);
	while (table && table->bits <= MAX_TABLE_BITS &&
	       stat_view_at(view, at,
			    sizeof(*table) +
				    (sizeof(table->entry[0]) << table->bits))) {
		const struct stat_table *larger = table;

		for (uint64_t i = 0; i < BIT(table->bits); i++)
			if (stat_get(&table->entry[i].key))
				sum_add(s, stat_get(&table->entry[i].key),
					stat_get(&table->entry[i].count));
		at = stat_get(&table->next);
		table = stat_view_at(view, at, sizeof(*table));
		/* Or the file is damaged. */
		if (table >= larger)
			break;
	}
}

void stat_sums_of_vm(struct stat_sums *s, const struct stat_view *view,
		     const struct stat_vm *vm, size_t member)
{
	const struct stat_vcpu **v;
	size_t n = stat_vcpus(view, vm, &v);

	*s = (struct stat_sums){0};
	for (size_t i = 0; i < n; i++)
		sums_add(s, view, (const void *)((const char *)v[i] + member));
	sums_merge(s);
	free(v);
}

void stat_sums_free(struct stat_sums *s)
{
	free(s->sum);
}

const struct stat_course *stat_course(const struct stat_view *view,
				      const struct stat_vcpu *v)
{
	const struct stat_course *c =
		stat_view_at(view, stat_get(&v->course), sizeof(*c));

	return c && stat_get(&c->width) ? c : NULL;
}

/* ---- refusals ------------------------------------------------------------ */

static int by_count(const void *a, const void *b)
{
	uint64_t x = stat_get(&((const struct stat_refusal *)a)->count);
	uint64_t y = stat_get(&((const struct stat_refusal *)b)->count);

	return x > y ? -1 : x < y;
}

/* Two threads may have made an entry each. */
static void refusal_add(struct stat_refusal *list, size_t *n,
			const struct stat_refusal *r)
{
	struct stat_refusal copy = *r;

	copy.request[sizeof(copy.request) - 1] = '\0';
	copy.object[sizeof(copy.object) - 1] = '\0';
	copy.id[sizeof(copy.id) - 1] = '\0';
	copy.why[sizeof(copy.why) - 1] = '\0';
	for (size_t i = 0; i < *n; i++)
		if (list[i].err == copy.err && !strcmp(list[i].id, copy.id) &&
		    !strcmp(list[i].request, copy.request) &&
		    !strcmp(list[i].object, copy.object)) {
			list[i].count += copy.count;
			return;
		}
	list[(*n)++] = copy;
}

#define MAX_REFUSALS 1000

size_t stat_refusals(const struct stat_view *view, struct stat_refusal **list)
{
	uint64_t at = stat_get(&view->head->first_refusal);
	const struct stat_refusal *r = stat_view_at(view, at, sizeof(*r)),
				  *next;
	size_t n = 0;

	*list = calloc(MAX_REFUSALS, sizeof(**list));
	if (!*list)
		abort();
	/* Of a list in a file that is not damaged, each was there before. */
	for (; r && n < MAX_REFUSALS; r = next && next < r ? next : NULL) {
		refusal_add(*list, &n, r);
		next = stat_view_at(view, stat_get(&r->next), sizeof(*r));
	}
	qsort(*list, n, sizeof(**list), by_count);
	return n;
}
