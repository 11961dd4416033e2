/* SPDX-License-Identifier: MIT */
/*
 * The mutex of a vCPU, for those who don't own it; see vcpu-lock.h.
 *
 * `owner` is NULL before the first KVM_RUN and after it was another thread's
 * once; between these it never changes, so that a thread which still believes
 * that it is the owner is the only one that writes `held`. It looks at `wanted`
 * and then at `owner` again before it believes it holds the lock.
 */
#include "kernel/vcpu-lock.h"

#include <linux/futex.h>
#include <sys/syscall.h>

#include "base/host.h"

__thread char vcpu_lock_self __attribute__((tls_model("initial-exec")));

void vcpu_lock_init(struct vcpu_lock *l)
{
	pthread_mutex_init(&l->mutex, NULL);
	atomic_init(&l->owner, NULL);
	atomic_init(&l->held, 0);
	atomic_init(&l->wanted, false);
	l->had_owner = false;
}

void vcpu_lock_destroy(struct vcpu_lock *l)
{
	pthread_mutex_destroy(&l->mutex);
}

COLD void vcpu_lock_slow(struct vcpu_lock *l)
{
	const void *owner;

	pthread_mutex_lock(&l->mutex);
	owner = atomic_load(&l->owner);
	if (!owner || owner == &vcpu_lock_self)
		return;
	atomic_store(&l->wanted, true);
	fence_heavy();
	while (atomic_load_explicit(&l->held, memory_order_acquire))
		host_raw(SYS_futex, &l->held, FUTEX_WAIT_PRIVATE, 1, NULL);
}

COLD void vcpu_lock_wake(struct vcpu_lock *l)
{
	host_raw(SYS_futex, &l->held, FUTEX_WAKE_PRIVATE, 1);
}

bool vcpu_lock_try_begin(struct vcpu_lock *l)
{
	if (pthread_mutex_trylock(&l->mutex))
		return false;
	atomic_store(&l->wanted, true);
	return true;
}

bool vcpu_lock_try_end(const struct vcpu_lock *l)
{
	return !atomic_load_explicit(&l->held, memory_order_acquire);
}
