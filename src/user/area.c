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
#include "user/lock.h"

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

/* Areas that were made stay, for areas_recover() to find them. */
static struct area *_Atomic all;
static struct area *unused;

static void area_unused(struct area *a)
{
	a->state = AREA_UNUSED;
	a->next_unused = unused;
	unused = a;
}

static struct area *area_new(void)
{
	struct area *a = unused;

	if (a) {
		unused = a->next_unused;
		return a;
	}
	a = calloc(1, sizeof(*a));
	if (!a)
		return NULL;
	a->next = all;
	all = a;
	return a;
}

static void room_put(struct area_room *r)
{
	for (size_t k = 0; k < ARRAY_SIZE(r->free); k++) {
		if (r->free[k])
			area_unused(r->free[k]);
		r->free[k] = NULL;
	}
}

bool area_room_get(struct area_room *r)
{
	bool got = true;

	memset(r, 0, sizeof(*r));
	lock_take(LOCK_MEMORY);
	for (size_t k = 0; got && k < ARRAY_SIZE(r->free); k++) {
		r->free[k] = area_new();
		got = r->free[k];
		if (got)
			r->free[k]->state = AREA_ROOM;
	}
	if (!got)
		room_put(r);
	lock_release(LOCK_MEMORY);
	return got;
}

void area_room_put(struct area_room *r)
{
	lock_take(LOCK_MEMORY);
	room_put(r);
	lock_release(LOCK_MEMORY);
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

/* @to is as @like, but for where it is. */
static void be_like(struct area *to, const struct area *like)
{
	to->prot = like->prot;
	to->grows = like->grows;
	to->kind = like->kind;
	to->attached = like->attached;
}

static void insert(struct area *a, uint64_t start, uint64_t end)
{
	a->node.start = start;
	a->node.last = end - 1;
	a->state = AREA_MAPPED;
	itree_insert(&areas, &a->node);
}

/* An area ends at @at, if one has it. */
static void split(uint64_t at, struct area_room *r)
{
	struct area *a = area_at(at), *rest;

	if (!a || a->node.start == at)
		return;
	rest = take(r);
	be_like(rest, a);
	itree_remove(&areas, &a->node);
	insert(rest, at, area_end(a));
	insert(a, a->node.start, at);
}

/* Those that meet at @at become one if they are alike. */
static void join(uint64_t at)
{
	struct area *a = area_at(at - 1), *b = area_at(at);

	if (!a || !b || a == b || a->prot != b->prot || a->kind != b->kind ||
	    a->attached != b->attached || a->grows != b->grows)
		return;
	itree_remove(&areas, &a->node);
	itree_remove(&areas, &b->node);
	insert(a, a->node.start, area_end(b));
	area_unused(b);
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
		area_unused(a);
	}
	return exec;
}

bool areas_set(uint64_t start, uint64_t end, const struct area *like,
	       struct area_room *r)
{
	bool exec = areas_remove(start, end, r);
	struct area *a = take(r);

	be_like(a, like);
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

/* ---- after a change that was not finished --------------------------------- */

/* What of @a is no other's. */
static void insert_again(struct area *a)
{
	uint64_t start = a->node.start, end = area_end(a);
	const struct area *other;

	while ((other = area_first(start, end))) {
		if (other->node.start > start)
			end = other->node.start;
		else
			start = area_end(other);
	}
	if (start < end)
		insert(a, start, end);
	else
		area_unused(a);
}

void areas_recover(void)
{
	areas = NULL;
	unused = NULL;
	for (struct area *a = all; a; a = a->next) {
		if (a->state == AREA_MAPPED)
			insert_again(a);
		else if (a->state == AREA_UNUSED)
			area_unused(a);
	}
}
