/* SPDX-License-Identifier: MIT */
/*
 * Locks in the child of a fork(): free again, whoever held them. The thread
 * that forks takes each before, so that what it protects is whole; but it is
 * another thread in the child, other readers are not there, and a child that
 * nobody prepared finds what it finds. So a lock begins anew, and is not
 * unlocked.
 */
#ifndef FAUXKVM_BASE_FORK_LOCK_H
#define FAUXKVM_BASE_FORK_LOCK_H

#include <pthread.h>

/*
 * ThreadSanitizer's runtime takes the thread of the child for the one that
 * forked and knows what that holds: it has to see it released.
 */
#ifdef __SANITIZE_THREAD__
#define FORK_LOCK_RELEASE 1
#else
#define FORK_LOCK_RELEASE 0
#endif

static inline void fork_mutex_reset(pthread_mutex_t *lock)
{
	if (FORK_LOCK_RELEASE) {
		pthread_mutex_trylock(lock); /* if nobody prepared */
		pthread_mutex_unlock(lock);
	}
	*lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
}

static inline void fork_rwlock_reset(pthread_rwlock_t *lock)
{
	if (FORK_LOCK_RELEASE)
		pthread_rwlock_unlock(lock);
	*lock = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
}

#endif
