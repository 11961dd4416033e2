/* SPDX-License-Identifier: MIT */
/*
 * The program's mappings as a tree of areas, for memory.c and its likes: where they are,
 * what the program may do there, and what they are for. Neighbours that agree in
 * all are one. Who calls holds the lock of memory.c.
 *
 * Who holds it may be killed amid a change (vfork.h), and the memory lives on. So the tree is only
 * the way to find areas: each says itself what it is, they overlap at most in what
 * is the same, and areas_recover() makes the tree anew.
 */
#ifndef FAUXKVM_USER_AREA_H
#define FAUXKVM_USER_AREA_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/itree.h"

#define PAGE_SIZE UINT64_C(4096)
#define VA_END    (UINT64_C(1) << 47)

enum area_kind {
	AREA_PLAIN,
	AREA_HEAP,
	AREA_STACK,
	AREA_GUARD, /* below the stack: nothing, which the host keeps free */
	AREA_VDSO,
	AREA_VECTORS, /* 32-bit Arm's page of helpers */
	AREA_SHM,     /* by shmat() */
};

enum area_state {
	AREA_UNUSED,
	AREA_ROOM, /* in a struct area_room */
	AREA_MAPPED,
};

struct area {
	struct itree_node node;
	_Atomic enum area_state state;
	struct area *next, *next_unused; /* of all that were ever made */
	int prot;                        /* as the program sees it */
	bool grows; /* downwards, by the host: memory-grow.c */
	enum area_kind kind;
	uint64_t attached; /* of AREA_SHM: where its segment was attached */
};

/* Memory for the nodes that one change may need, so that it can't fail. Got and
 * put without the lock. */
struct area_room {
	struct area *free[3];
};
/* False: there is none. */
bool area_room_get(struct area_room *r);
void area_room_put(struct area_room *r);

/* The one that has @va; the first of those that overlap @start to @end; NULL. */
struct area *area_at(uint64_t va);
struct area *area_first(uint64_t start, uint64_t end);
static inline uint64_t area_end(const struct area *a)
{
	return a->node.last + 1;
}

/* @a begins at @start now, below where it did, down to where no other is. */
void area_begins(struct area *a, uint64_t start);

/* How far it is without a hole from @start on, up to @end. */
uint64_t areas_cover(uint64_t start, uint64_t end);

/* Each needs room; true: something of it could be executed, and can't be any
 * more, or may be something else now. */
bool areas_remove(uint64_t start, uint64_t end, struct area_room *r);
bool areas_set(uint64_t start, uint64_t end, const struct area *like,
	       struct area_room *r);
/* All of it is there. */
bool areas_protect(uint64_t start, uint64_t end, int prot, struct area_room *r);

/* Whoever held the lock is gone. */
void areas_recover(void);

#endif
