/* SPDX-License-Identifier: MIT */
/*
 * Which entries of a table a cache of the hardware's would hold. The caller
 * locks.
 */
#include "gic/tag-cache.h"

#include <stdlib.h>
#include <string.h>

/* As many as COST_MAX would be gigabytes; no GIC has a cache of this size. */
#define MAX_SETS (1u << 20)

void tag_cache_init(struct tag_cache *c, uint32_t entries)
{
	c->nr_sets = entries / 2 < MAX_SETS ? entries / 2 : MAX_SETS;
	if (entries && !c->nr_sets)
		c->nr_sets = 1;
	c->sets = c->nr_sets ? calloc(c->nr_sets, sizeof(*c->sets)) : NULL;
	if (!c->sets)
		c->nr_sets = 0;
}

void tag_cache_free(struct tag_cache *c)
{
	free(c->sets);
	*c = (struct tag_cache){0};
}

/* The key's upper half is a device, whose low bits alone differ, too. */
static uint64_t *set_of(struct tag_cache *c, uint64_t key)
{
	return c->sets[(key ^ key >> 32) % c->nr_sets];
}

bool tag_cache_use(struct tag_cache *c, uint64_t key)
{
	uint64_t *set, tag = key + 1;
	bool held;

	if (!c->nr_sets)
		return false;
	set = set_of(c, key);
	if (set[0] == tag)
		return true;
	held = set[1] == tag;
	set[1] = set[0];
	set[0] = tag;
	return held;
}

void tag_cache_drop(struct tag_cache *c, uint64_t key)
{
	uint64_t *set;

	if (!c->nr_sets)
		return;
	set = set_of(c, key);
	if (set[0] == key + 1) {
		set[0] = set[1];
		set[1] = 0;
	} else if (set[1] == key + 1) {
		set[1] = 0;
	}
}

void tag_cache_drop_all(struct tag_cache *c)
{
	if (c->nr_sets)
		memset(c->sets, 0, c->nr_sets * sizeof(*c->sets));
}
