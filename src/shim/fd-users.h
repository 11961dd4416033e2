/* SPDX-License-Identifier: MIT */
/*
 * Which objects requests are under way for, told without counting: a thread
 * announces the object that it uses in a place of its own (a hazard pointer),
 * and who closes an object looks at all of them. A request takes no lock and
 * writes nothing that another thread writes.
 */
#ifndef FAUXKVM_SHIM_FD_USERS_H
#define FAUXKVM_SHIM_FD_USERS_H

#include <stdatomic.h>
#include <sys/types.h>

#include "base/fence.h"
#include "base/types.h"

struct kobj;

struct fd_user {
	_Atomic(struct kobj *) obj;
	_Atomic pid_t tid; /* whose it is; 0: nobody's */
	int *error;        /* where that thread has its errno */
} __attribute__((aligned(64)));

/* This thread's; NULL: it has none, perhaps yet. */
extern __thread struct fd_user *fd_user_self
	__attribute__((tls_model("initial-exec")));

/* Give this thread one. May find none free: it goes without. Safe in a signal
 * handler. */
void fd_user_join(void);

/* A request within another's, in the handler of a signal that can't wait. */
static inline bool fd_user_is_busy(const struct fd_user *user)
{
	return atomic_load_explicit(&user->obj, memory_order_relaxed);
}

/* It may have been closed meanwhile: @obj must be found once more behind this,
 * or fd_user_end() follows at once. */
static inline void fd_user_announce(struct fd_user *user, struct kobj *obj)
{
	atomic_store_explicit(&user->obj, obj, memory_order_relaxed);
	fence_light();
}

/* Of fd_closed_add() without end; for fd_user_end(). */
extern _Atomic unsigned int fd_nr_closed;
void fd_closed_reap(void);

static inline void fd_user_end(struct fd_user *user)
{
	atomic_store_explicit(&user->obj, NULL, memory_order_release);
	fence_light();
	if (unlikely(atomic_load_explicit(&fd_nr_closed, memory_order_relaxed)))
		fd_closed_reap();
}

/*
 * Nobody finds @obj any more. Its last user, or fd_closed_finish(), closes it
 * (kobj_close) and frees @closed.
 */
struct fd_closed {
	struct kobj *obj;
	struct fd_closed *next;
	uint64_t number;
};
void fd_closed_add(struct fd_closed *closed, struct kobj *obj);
/* After some of these. */
void fd_closed_finish(void);

/* The child's one thread is the only user. */
void fd_users_fork_child(void);

#endif
