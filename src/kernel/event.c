/* SPDX-License-Identifier: MIT */
/*
 * The event tap's list of listeners; see event.h.
 *
 * listeners_lock is a leaf: it is taken with any lock of the model held, and
 * a listener takes none of them.
 */
#include "kernel/event.h"

#include <pthread.h>

#include "kernel/vm.h"

atomic_bool event_listened;

static pthread_rwlock_t listeners_lock = PTHREAD_RWLOCK_INITIALIZER;
static struct event_listener *listeners;

void event_listen(struct event_listener *listener)
{
	pthread_rwlock_wrlock(&listeners_lock);
	listener->next = listeners;
	listeners = listener;
	atomic_store(&event_listened, true);
	pthread_rwlock_unlock(&listeners_lock);
	vm_hear_steps();
}

void event_unlisten(struct event_listener *listener)
{
	struct event_listener **link = &listeners;

	pthread_rwlock_wrlock(&listeners_lock);
	while (*link && *link != listener)
		link = &(*link)->next;
	if (*link)
		*link = listener->next;
	atomic_store(&event_listened, listeners != NULL);
	pthread_rwlock_unlock(&listeners_lock);
	vm_hear_steps();
}

void event_forked_child(void)
{
	listeners_lock = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
}

void event_send(struct event *event)
{
	pthread_rwlock_rdlock(&listeners_lock);
	for (struct event_listener *l = listeners; l; l = l->next)
		l->event(l, event);
	pthread_rwlock_unlock(&listeners_lock);
}
