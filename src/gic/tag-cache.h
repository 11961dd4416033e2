/* SPDX-License-Identifier: MIT */
/*
 * Which entries of a table a cache of the hardware's would hold: tags without
 * data, two ways, the older one goes. Only time depends on it.
 */
#ifndef FAUXKVM_GIC_TAG_CACHE_H
#define FAUXKVM_GIC_TAG_CACHE_H

#include "base/types.h"

struct tag_cache {
	/* Pairs, the one used last first; 0: free, else a key + 1. */
	uint64_t (*sets)[2];
	uint32_t nr_sets;
};

/* Room for @entries; none, or no memory: it never holds anything. */
void tag_cache_init(struct tag_cache *c, uint32_t entries);
void tag_cache_free(struct tag_cache *c);
/* Is @key held? From now on it is. */
bool tag_cache_use(struct tag_cache *c, uint64_t key);
void tag_cache_drop(struct tag_cache *c, uint64_t key);
void tag_cache_drop_all(struct tag_cache *c);

#endif
