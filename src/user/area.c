/* SPDX-License-Identifier: MIT */
/*
 * The tree of the program's mappings, see area.h.
 */
#include "user/area.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/log.h"
#include "base/types.h"

static struct itree_node *areas;

static struct area *area_of(struct itree_node *n)
{
	return n ? container_of(n, struct area, node) : NULL;
}

struct area *area_at(uint64_t va)
{
	return area_of(itree_at(areas, va));
}

struct area *area_first(uint64_t start, uint64_t end)
{
	return start < end ? area_of(itree_first(areas, start, end - 1)) : NULL;
}

uint64_t areas_cover(uint64_t start, uint64_t end)
{
	struct area *a;

	while (start < end && (a = area_at(start)))
		start = area_end(a);
	return start < end ? start : end;
}

/* ---- room ---------------------------------------------------------------- */

bool area_room_get(struct area_room *r)
{
	memset(r, 0, sizeof(*r));
	for (size_t k = 0; k < ARRAY_SIZE(r->free); k++) {
		r->free[k] = malloc(sizeof(*r->free[k]));
		if (!r->free[k]) {
			area_room_put(r);
			return false;
		}
	}
	return true;
}

void area_room_put(struct area_room *r)
{
	for (size_t k = 0; k < ARRAY_SIZE(r->free); k++) {
		free(r->free[k]);
		r->free[k] = NULL;
	}
}

static struct area *take(struct area_room *r)
{
	for (size_t k = 0; k < ARRAY_SIZE(r->free); k++) {
		struct area *a = r->free[k];

		r->free[k] = NULL;
		if (a)
			return a;
	}
	bug_on(true, "a change of the program's mappings without room");
}

/* ---- changes ------------------------------------------------------------- */

static void insert(struct area *a, uint64_t start, uint64_t end)
{
	a->node.start = start;
	a->node.last = end - 1;
	itree_insert(&areas, &a->node);
}

/* An area ends at @at, if one has it. */
static void split(uint64_t at, struct area_room *r)
{
	struct area *a = area_at(at), *rest;
	uint64_t start, end;

	if (!a || a->node.start == at)
		return;
	start = a->node.start;
	end = area_end(a);
	rest = take(r);
	*rest = *a;
	itree_remove(&areas, &a->node);
	insert(a, start, at);
	insert(rest, at, end);
}

/* Those that meet at @at become one if they are alike. */
static void join(uint64_t at)
{
	struct area *a = area_at(at - 1), *b = area_at(at);
	uint64_t start, end;

	if (!a || !b || a == b || a->prot != b->prot || a->kind != b->kind ||
	    a->attached != b->attached || a->grows != b->grows)
		return;
	start = a->node.start;
	end = area_end(b);
	itree_remove(&areas, &a->node);
	itree_remove(&areas, &b->node);
	free(b);
	insert(a, start, end);
}

void area_begins(struct area *a, uint64_t start)
{
	const uint64_t end = area_end(a);
	struct area *below;

	while ((below = area_first(start, a->node.start)))
		start = area_end(below);
	if (start >= a->node.start)
		return;
	itree_remove(&areas, &a->node);
	insert(a, start, end);
}

bool areas_remove(uint64_t start, uint64_t end, struct area_room *r)
{
	bool exec = false;
	struct area *a;

	split(start, r);
	split(end, r);
	while ((a = area_first(start, end))) {
		exec |= a->prot & PROT_EXEC;
		itree_remove(&areas, &a->node);
		free(a);
	}
	return exec;
}

bool areas_set(uint64_t start, uint64_t end, const struct area *like,
	       struct area_room *r)
{
	bool exec = areas_remove(start, end, r);
	struct area *a = take(r);

	*a = *like;
	insert(a, start, end);
	join(start);
	join(end);
	return exec;
}

bool areas_protect(uint64_t start, uint64_t end, int prot, struct area_room *r)
{
	bool exec = false;
	uint64_t at = start;
	struct area *a;

	split(start, r);
	split(end, r);
	while ((a = area_first(at, end))) {
		exec |= a->prot & ~prot & PROT_EXEC;
		a->prot = prot;
		at = area_end(a);
		join(a->node.start);
	}
	join(end);
	return exec;
}
