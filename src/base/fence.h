/* SPDX-License-Identifier: MIT */
/*
 * Fences of which the one side costs nothing: for what a thread announces all
 * the time ("I use this") and another one asks about once in a while.
 *
 * Both write, pass their fence and then read what the other wrote; not both can
 * miss the other's. The frequent side passes fence_light(), no instruction as
 * long as the seldom one can have membarrier(2) interrupt the threads that run.
 * Where it can't both are full fences. Nothing else orders the two: the data
 * that is handed over needs release and acquire as ever.
 */
#ifndef FAUXKVM_BASE_FENCE_H
#define FAUXKVM_BASE_FENCE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/types.h"

/* Set by fence_init(), before it matters to anybody. */
extern atomic_bool fence_is_light;

/* Once per process, before it has threads that pass a fence. Without it all of
 * them are full fences. */
void fence_init(void);

/* The same where the caller knows that fence_is_light. */
static ALWAYS_INLINE void fence_light_known(void)
{
	atomic_signal_fence(memory_order_seq_cst);
}

static ALWAYS_INLINE void fence_light(void)
{
	atomic_signal_fence(memory_order_seq_cst);
	if (unlikely(!atomic_load_explicit(&fence_is_light,
					   memory_order_relaxed)))
		atomic_thread_fence(memory_order_seq_cst);
}

/* Some microseconds where threads of this process run. Keeps errno. */
void fence_heavy(void);

#endif
