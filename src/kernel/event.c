/* SPDX-License-Identifier: MIT */
/*
 * The event tap's list of listeners; see event.h.
 *
 * listeners_lock is a leaf: it is taken with any lock of the model held, and
 * a listener takes none of them.
 */
#include "kernel/event.h"

#include <pthread.h>

#include "base/fork-lock.h"
#include "kernel/vm.h"

/* Changed and walked with the lock; event_wanted() looks without. */
struct event_listener *_Atomic event_listeners;

static pthread_rwlock_t listeners_lock = PTHREAD_RWLOCK_INITIALIZER;

void event_listen(struct event_listener *listener)
{
	pthread_rwlock_wrlock(&listeners_lock);
	listener->next = atomic_load(&event_listeners);
	atomic_store(&event_listeners, listener);
	pthread_rwlock_unlock(&listeners_lock);
	vm_hear_steps();
}

void event_unlisten(struct event_listener *listener)
{
	struct event_listener *l;

	pthread_rwlock_wrlock(&listeners_lock);
	l = atomic_load(&event_listeners);
	if (l == listener)
		atomic_store(&event_listeners, listener->next);
	for (; l; l = l->next)
		if (l->next == listener)
			l->next = listener->next;
	pthread_rwlock_unlock(&listeners_lock);
	vm_hear_steps();
}

void event_fork_prepare(void)
{
	pthread_rwlock_rdlock(&listeners_lock);
}

void event_forked_parent(void)
{
	pthread_rwlock_unlock(&listeners_lock);
}

void event_forked_child(void)
{
	fork_rwlock_reset(&listeners_lock);
}

void event_send(struct event *event)
{
	pthread_rwlock_rdlock(&listeners_lock);
	for (struct event_listener *l = atomic_load(&event_listeners); l;
	     l = l->next)
		l->event(l, event);
	pthread_rwlock_unlock(&listeners_lock);
}
