/* SPDX-License-Identifier: MIT */
/*
 * The costly side of a pair of fences, see fence.h.
 */
#include "base/fence.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>

#include "base/host.h"
#include "base/log.h"

atomic_bool fence_is_light;

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

/*
 * The host no longer has membarrier(): a filter of the VMM's (seccomp) came
 * after fence_init(). Full fences for all from now on; whoever is past a light
 * one has a store on its way, which takes nanoseconds, or was interrupted,
 * which is a fence.
 */
static COLD void fence_lost(void)
{
	log_warn("membarrier() is refused since the start");
	atomic_store(&fence_is_light, false);
	for (int i = 0; i < 100000; i++)
		host_relax();
}

/* The slow kind needs no registration, which a child might lack. */
void fence_heavy(void)
{
	atomic_thread_fence(memory_order_seq_cst);
	if (!atomic_load_explicit(&fence_is_light, memory_order_relaxed))
		return;
	if (unlikely(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED) < 0 &&
		     membarrier(MEMBARRIER_CMD_GLOBAL) < 0))
		fence_lost();
	atomic_thread_fence(memory_order_seq_cst);
}
