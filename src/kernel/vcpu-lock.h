/* SPDX-License-Identifier: MIT */
/*
 * A vCPU's mutex, which costs its own thread next to nothing.
 *
 * Linux's vcpu->mutex is held for the whole of every vCPU ioctl, and nearly all
 * of them are the thread's that runs the vCPU. That one owns the lock from its
 * first KVM_RUN on: it says that it holds it by a plain store and looks whether
 * somebody else wants it (base/fence.h). Everybody else takes the mutex, says so,
 * has the fence and waits until the owner does not hold it. A vCPU that another
 * thread comes to run has no owner any more, for good.
 */
#ifndef FAUXKVM_KERNEL_VCPU_LOCK_H
#define FAUXKVM_KERNEL_VCPU_LOCK_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fence.h"
#include "base/types.h"

struct vcpu_lock {
	pthread_mutex_t mutex;
	_Atomic(const void *) owner; /* a thread; changes under the mutex */
	_Atomic uint32_t held;       /* by the owner without the mutex */
	atomic_bool wanted;          /* by who has the mutex */
	bool had_owner;
};

void vcpu_lock_init(struct vcpu_lock *l);
void vcpu_lock_destroy(struct vcpu_lock *l);

void vcpu_lock_slow(struct vcpu_lock *l);
void vcpu_lock_wake(struct vcpu_lock *l);

/* Whose address stands for a thread. */
extern __thread char vcpu_lock_self __attribute__((tls_model("initial-exec")));

static inline bool vcpu_lock_is_owner(const struct vcpu_lock *l)
{
	return atomic_load_explicit(&l->owner, memory_order_relaxed) ==
	       &vcpu_lock_self;
}

static inline void vcpu_lock_end_held(struct vcpu_lock *l)
{
	atomic_store_explicit(&l->held, 0, memory_order_release);
	fence_light();
	if (unlikely(atomic_load_explicit(&l->wanted, memory_order_relaxed)))
		vcpu_lock_wake(l);
}

/* True: this thread owns the lock, and has it now. */
static inline bool vcpu_lock_owned(struct vcpu_lock *l)
{
	const void *owner =
		atomic_load_explicit(&l->owner, memory_order_relaxed);

	if (unlikely(owner != &vcpu_lock_self))
		return false;
	atomic_store_explicit(&l->held, 1, memory_order_relaxed);
	fence_light();
	/* In this order: who takes the ownership wants it first. */
	if (likely(!atomic_load_explicit(&l->wanted, memory_order_acquire) &&
		   atomic_load_explicit(&l->owner, memory_order_relaxed) ==
			   owner))
		return true;
	vcpu_lock_end_held(l);
	return false;
}

static inline void vcpu_lock(struct vcpu_lock *l)
{
	if (unlikely(!vcpu_lock_owned(l)))
		vcpu_lock_slow(l);
}

static inline void vcpu_unlock(struct vcpu_lock *l)
{
	if (likely(vcpu_lock_is_owner(l) &&
		   atomic_load_explicit(&l->held, memory_order_relaxed))) {
		vcpu_lock_end_held(l);
		return;
	}
	atomic_store_explicit(&l->wanted, false, memory_order_release);
	pthread_mutex_unlock(&l->mutex);
}

/* This thread, which holds it, runs the vCPU. */
static inline void vcpu_lock_own(struct vcpu_lock *l)
{
	if (likely(vcpu_lock_is_owner(l)))
		return;
	atomic_store_explicit(&l->owner, l->had_owner ? NULL : &vcpu_lock_self,
			      memory_order_relaxed);
	l->had_owner = true;
}

/*
 * Several at once, without waiting: vcpu_lock_try_begin() for each until one
 * fails, then a fence_heavy(), then vcpu_lock_try_end() for each. False: it is
 * held by another thread. Those that were begun are unlocked by vcpu_unlock().
 */
bool vcpu_lock_try_begin(struct vcpu_lock *l);
bool vcpu_lock_try_end(const struct vcpu_lock *l);

#endif
