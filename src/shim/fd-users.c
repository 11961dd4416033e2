/* SPDX-License-Identifier: MIT */
/*
 * The threads that make requests, and the objects that wait for the end of one;
 * see fd-users.h.
 *
 * An object is taken off the table, put on the list here, and closed when there
 * was a fence_heavy() since and nobody announces it. Who
 * announces it later finds it no more; who announced it before either is seen or
 * sees fd_nr_closed when it ends, and looks itself.
 *
 * The places are a fixed number: a thread's first request may come in a signal
 * handler, where memory can't be had. One is given back when others have none
 * and its thread is found gone, so no thread needs a destructor.
 */
#include "shim/fd-users.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fork-lock.h"
#include "base/host.h"
#include "kernel/kernel.h"
#include "shim/sig.h"

#define NR_USERS 256

static struct fd_user users[NR_USERS];
static _Atomic unsigned int nr_used; /* those behind were never anybody's */

__thread struct fd_user *fd_user_self
	__attribute__((tls_model("initial-exec")));
static __thread bool joined __attribute__((tls_model("initial-exec")));

static bool is_gone(pid_t tid)
{
	return host_raw(SYS_tgkill, getpid(), tid, 0) == -ESRCH;
}

static bool take(struct fd_user *u, pid_t from)
{
	if (!atomic_compare_exchange_strong(&u->tid, &from,
					    (pid_t)host_raw(SYS_gettid)))
		return false;
	u->error = &errno;
	fd_user_self = u;
	return true;
}

void fd_user_join(void)
{
	unsigned int n;

	if (joined)
		return;
	joined = true;
	n = atomic_load(&nr_used);
	while (n < NR_USERS)
		if (atomic_compare_exchange_weak(&nr_used, &n, n + 1)) {
			take(&users[n], 0);
			return;
		}
	for (unsigned int i = 0; i < NR_USERS; i++) {
		pid_t tid = atomic_load(&users[i].tid);

		/* One that ended within a request keeps what it used. */
		if (!atomic_load(&users[i].obj) && (!tid || is_gone(tid)) &&
		    take(&users[i], tid))
			return;
	}
}

static bool is_used(const struct kobj *obj)
{
	unsigned int n = atomic_load(&nr_used);

	for (unsigned int i = 0; i < n; i++)
		if (atomic_load_explicit(&users[i].obj, memory_order_acquire) ==
		    obj)
			return true;
	return false;
}

/* ---- closed objects ------------------------------------------------------ */

/* Taken within sig_hold(): handlers make requests, which end here. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct fd_closed *closed;
static uint64_t nr_added;
static uint64_t nr_unfound;        /* of these: since before a fence_heavy() */
_Atomic unsigned int fd_nr_closed; /* written under the lock */

static void closed_lock(void)
{
	sig_hold();
	pthread_mutex_lock(&lock);
}

static void closed_unlock(void)
{
	pthread_mutex_unlock(&lock);
	sig_release();
}

void fd_closed_add(struct fd_closed *c, struct kobj *obj)
{
	closed_lock();
	c->obj = obj;
	c->number = nr_added++;
	c->next = closed;
	closed = c;
	fd_nr_closed++;
	closed_unlock();
}

/* Those that nobody uses, off the list. */
static struct fd_closed *take_unused(void)
{
	struct fd_closed **p = &closed, *c, *unused = NULL;

	closed_lock();
	while ((c = *p)) {
		if (c->number >= nr_unfound || is_used(c->obj)) {
			p = &c->next;
			continue;
		}
		*p = c->next;
		c->next = unused;
		unused = c;
		fd_nr_closed--;
	}
	closed_unlock();
	return unused;
}

COLD void fd_closed_reap(void)
{
	int saved = errno;
	struct fd_closed *c = take_unused();

	while (c) {
		struct fd_closed *next = c->next;

		kobj_close(c->obj);
		free(c);
		c = next;
	}
	errno = saved;
}

void fd_closed_finish(void)
{
	uint64_t upto;

	if (!atomic_load(&fd_nr_closed))
		return;
	closed_lock();
	upto = nr_added;
	closed_unlock();
	fence_heavy();
	closed_lock();
	nr_unfound = max_u64(nr_unfound, upto);
	closed_unlock();
	fd_closed_reap();
}

void fd_users_fork_child(void)
{
	fork_mutex_reset(&lock);
	closed = NULL;
	fd_nr_closed = 0;
	for (unsigned int i = 0; i < NR_USERS; i++) {
		bool mine = &users[i] == fd_user_self;

		if (!mine)
			atomic_store(&users[i].obj, NULL);
		atomic_store(&users[i].tid,
			     mine ? (pid_t)host_raw(SYS_gettid) : 0);
	}
}
