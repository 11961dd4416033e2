/* SPDX-License-Identifier: MIT */
/*
 * The engine's locks, see lock.h.
 *
 * A lock is a word that says who holds it: a change of the word is all there is to
 * taking it, so that nobody dies between the two. The C library's mutexes write
 * down their owner afterwards.
 */
#include "user/lock.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "base/host.h"
#include "base/types.h"
#include "user/area.h"

#define WAITED_FOR (UINT32_C(1) << 31)

/* 0: free; else a thread's number, and whether others wait. */
static _Atomic uint32_t locks[USER_LOCKS];

/* A number of the thread's, and of a process that has its storage. */
static uint32_t self(void)
{
	static _Atomic uint32_t last;
	static __thread uint32_t own;

	if (unlikely(!own))
		own = (atomic_fetch_add(&last, 1) + 1) & ~WAITED_FOR;
	return own;
}

/* Who has waited does not know if others do. */
static __attribute__((noinline)) void wait_for(_Atomic uint32_t *lock)
{
	uint32_t seen = atomic_load(lock);

	for (;;) {
		if (!seen) {
			if (atomic_compare_exchange_weak(lock, &seen,
							 self() | WAITED_FOR))
				return;
		} else if ((seen & WAITED_FOR) ||
			   atomic_compare_exchange_weak(lock, &seen,
							seen | WAITED_FOR)) {
			host_raw(SYS_futex, lock, FUTEX_WAIT_PRIVATE,
				 seen | WAITED_FOR, NULL);
			seen = atomic_load(lock);
		}
	}
}

void lock_take(enum user_lock which)
{
	uint32_t seen = 0;

	if (unlikely(!atomic_compare_exchange_strong(&locks[which], &seen,
						     self())))
		wait_for(&locks[which]);
}

void lock_release(enum user_lock which)
{
	if (unlikely(atomic_exchange(&locks[which], 0) & WAITED_FOR))
		host_raw(SYS_futex, &locks[which], FUTEX_WAKE_PRIVATE, 1);
}

void locks_give_back(void)
{
	for (unsigned int k = 0; k < USER_LOCKS; k++) {
		if ((atomic_load(&locks[k]) & ~WAITED_FOR) == self()) {
			if (k == LOCK_MEMORY)
				areas_recover();
			lock_release((enum user_lock)k);
		} else {
			/* It may have been woken, and have not got to it. */
			host_raw(SYS_futex, &locks[k], FUTEX_WAKE_PRIVATE, 1);
		}
	}
}
