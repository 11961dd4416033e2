/* SPDX-License-Identifier: MIT */
/*
 * What the files of the program's memory share. The lock is held over the host's
 * call, too, so that what is in the tree is mapped; no code is told to be gone
 * under it, since who fetches code takes it.
 */
#ifndef FAUXKVM_USER_MEMORY_INTERNAL_H
#define FAUXKVM_USER_MEMORY_INTERNAL_H

#include "user/area.h"
#include "user/memory.h"

static inline bool is_error(long ret)
{
	return ret < 0 && ret > -4096;
}

/* memory-grow.c: a mapping may grow downwards from now on; the areas become as they are
 * on the host. Under the lock. */
void memory_grows(void);
void memory_follow_growth(void);

/* As memory_confine() said. */
extern uint64_t memory_end, memory_top;

/* Where in confined memory @len bytes of nobody's are, below @top and as far up as can be:
 * 0: nowhere. What the host or the engine may have there is not looked at. */
uint64_t memory_gap(uint64_t len, uint64_t top);
static inline bool memory_confined(void)
{
	return memory_end < VA_END;
}

void memory_enter(void);
void memory_leave(void);

/*
 * Holes of @start to @end become the program's, without access, so that a fixed
 * mapping over all of it takes nothing of the engine's: 0, or -errno and nothing
 * has changed. Undone by memory_holes_free() with the same range, as
 * long as the areas are as they were.
 */
long memory_holes_take(uint64_t start, uint64_t end);
void memory_holes_free(uint64_t start, uint64_t end);

/* @start to @end is mapped and is as @like from now on. True: memory_code_gone()
 * is to be called when the lock is free. */
bool memory_is(uint64_t start, uint64_t end, const struct area *like,
	       struct area_room *r);
bool memory_is_gone(uint64_t start, uint64_t end, struct area_room *r);
void memory_code_gone(bool gone, uint64_t start, uint64_t end);

void memory_is_heap(uint64_t addr, uint64_t len);
/* MAP_* of what is mapped while mlockall()'s MCL_FUTURE holds. */
int memory_lock_flags(void);

#endif
