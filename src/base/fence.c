/* SPDX-License-Identifier: MIT */
/*
 * The costly side of a pair of fences, see fence.h.
 */
#include "base/fence.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>

#include "base/host.h"
#include "base/log.h"

bool fence_is_light;

static long membarrier(int command)
{
	return host_raw(SYS_membarrier, command, 0, 0);
}

/* ThreadSanitizer does not know what membarrier() orders. */
#ifdef __SANITIZE_THREAD__
#define FENCE_MAY_BE_LIGHT false
#else
#define FENCE_MAY_BE_LIGHT true
#endif

void fence_init(void)
{
	fence_is_light = FENCE_MAY_BE_LIGHT &&
			 !membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
}

/* The slow kind needs no registration, which a child might lack. */
void fence_heavy(void)
{
	atomic_thread_fence(memory_order_seq_cst);
	if (!fence_is_light)
		return;
	if (unlikely(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) < 0))
		bug_on(membarrier(MEMBARRIER_CMD_GLOBAL) < 0,
		       "the host no longer knows membarrier()");
	atomic_thread_fence(memory_order_seq_cst);
}
