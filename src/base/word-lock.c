/* SPDX-License-Identifier: MIT */
/*
 * A lock that outlives who holds it, see word-lock.h.
 */
#include "base/word-lock.h"

#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "base/host.h"
#include "base/types.h"

#define WAITED_FOR (UINT32_C(1) << 31)

/* A number of the thread's, and of a process that has its storage. */
static uint32_t self(void)
{
	static _Atomic uint32_t last;
	static __thread uint32_t own __attribute__((tls_model("initial-exec")));

	if (unlikely(!own))
		own = (atomic_fetch_add(&last, 1) + 1) & ~WAITED_FOR;
	return own;
}

/* Who has waited does not know if others do. */
static __attribute__((noinline)) void wait_for(_Atomic uint32_t *word)
{
	uint32_t seen = atomic_load(word);

	for (;;) {
		if (!seen) {
			if (atomic_compare_exchange_weak(word, &seen,
							 self() | WAITED_FOR))
				return;
		} else if ((seen & WAITED_FOR) ||
			   atomic_compare_exchange_weak(word, &seen,
							seen | WAITED_FOR)) {
			host_raw(SYS_futex, word, FUTEX_WAIT_PRIVATE,
				 seen | WAITED_FOR, NULL);
			seen = atomic_load(word);
		}
	}
}

static void wake_one(struct word_lock *lock)
{
	host_raw(SYS_futex, &lock->word, FUTEX_WAKE_PRIVATE, 1);
}

void word_lock_take(struct word_lock *lock)
{
	uint32_t seen = 0;

	if (unlikely(!atomic_compare_exchange_strong(&lock->word, &seen,
						     self())))
		wait_for(&lock->word);
}

void word_lock_release(struct word_lock *lock)
{
	if (unlikely(atomic_exchange(&lock->word, 0) & WAITED_FOR))
		wake_one(lock);
}

bool word_lock_inherited(struct word_lock *lock)
{
	if ((atomic_load(&lock->word) & ~WAITED_FOR) == self())
		return true;
	/* That process may have been woken, and have not got to it. */
	wake_one(lock);
	return false;
}
