/* SPDX-License-Identifier: MIT */
/*
 * Addresses at which PEs stop, see stops.h. Of a PE, cpu->opaque is the number of
 * the change it has seen.
 */
#include "user/stops.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cpu/cpu.h"
#include "user/lock.h"
#include "user/thread.h"

_Atomic uint64_t stops_changes;

static struct {
	uint64_t *va[STOPS_NR];
	unsigned int n[STOPS_NR];
} stops;

static void ask_to_leave(struct user_thread *t, void *arg)
{
	(void)arg;
	cpu_request(t->cpu, CPU_REQ_KICK);
}

int stops_set(enum stops_for who, const uint64_t *va, unsigned int n)
{
	uint64_t *own = NULL, *old;

	if (n) {
		own = malloc(n * sizeof(*own));
		if (!own)
			return -ENOMEM;
		memcpy(own, va, n * sizeof(*own));
	}
	lock_take(LOCK_STOPS);
	/* Whoever does it may be killed: never more of them than there are. */
	old = stops.va[who];
	stops.n[who] = 0;
	atomic_signal_fence(memory_order_seq_cst);
	stops.va[who] = own;
	atomic_signal_fence(memory_order_seq_cst);
	stops.n[who] = n;
	atomic_fetch_add(&stops_changes, 1);
	lock_release(LOCK_STOPS);
	free(old);
	threads_lock();
	threads_each(ask_to_leave, NULL);
	threads_unlock();
	return 0;
}

/* Those of all, or NULL. */
static uint64_t *all_of_them(unsigned int *n)
{
	uint64_t *va;

	*n = 0;
	for (unsigned int who = 0; who < STOPS_NR; who++)
		*n += stops.n[who];
	va = malloc(*n * sizeof(*va) + 1);
	if (!va)
		return NULL;
	*n = 0;
	for (unsigned int who = 0; who < STOPS_NR; who++) {
		if (!stops.n[who])
			continue;
		memcpy(va + *n, stops.va[who], stops.n[who] * sizeof(*va));
		*n += stops.n[who];
	}
	return va;
}

void stops_update(struct cpu *cpu)
{
	unsigned int n;
	uint64_t *va;

	lock_take(LOCK_STOPS);
	cpu->opaque = (void *)(uintptr_t)stops_changes;
	va = all_of_them(&n);
	if (!va || cpu_set_stops(cpu, va, n))
		log_warn("no memory for what a thread stops at");
	lock_release(LOCK_STOPS);
	free(va);
}

void stops_fork_prepare(void)
{
	lock_take(LOCK_STOPS);
}

void stops_fork_done(void)
{
	lock_release(LOCK_STOPS);
}
