/* SPDX-License-Identifier: MIT */
/*
 * its->lock, which commands hold while they access tables in guest memory, and
 * the MSIs of irqfds that come meanwhile. In Linux a work item waits with them;
 * here they are left to who holds the lock, so that a write() to an eventfd and
 * the event thread go on.
 *
 * None is forgotten: it is on the list before the lock is tried again, and who
 * lets go of the lock looks at the list afterwards. Whoever comes first of the
 * two to gic->lock, the other sees what it did.
 */
#include <stdlib.h>

#include "gic/its-internal.h"

void its_lock(struct its *its)
{
	pthread_mutex_lock(&its->lock);
}

static bool is_any_waiting(struct its *its)
{
	bool any;

	gic_lock(its->gic);
	any = its->waiting;
	gic_unlock(its->gic);
	return any;
}

/* its->lock held. */
static void deliver_waiting(struct its *its)
{
	struct its_msi *m, *next;

	gic_lock(its->gic);
	m = its->waiting;
	its->waiting = NULL;
	gic_unlock(its->gic);
	for (; m; m = next) {
		next = m->next;
		its_trigger(its, m->devid, m->eventid);
		free(m);
	}
}

void its_unlock(struct its *its)
{
	pthread_mutex_unlock(&its->lock);
	while (unlikely(is_any_waiting(its))) {
		if (pthread_mutex_trylock(&its->lock))
			return; /* its holder's turn */
		deliver_waiting(its);
		pthread_mutex_unlock(&its->lock);
	}
}

/* At most one of each: it makes the same LPI pending. */
static void wait_in_line(struct its *its, struct its_msi *new)
{
	struct its_msi *m;

	gic_lock(its->gic);
	for (m = its->waiting; m; m = m->next)
		if (m->devid == new->devid && m->eventid == new->eventid)
			break;
	if (!m) {
		new->next = its->waiting;
		its->waiting = new;
	}
	gic_unlock(its->gic);
	if (m)
		free(new);
}

bool its_lock_or_leave(struct its *its, uint32_t devid, uint32_t eventid)
{
	struct its_msi *m;

	if (likely(!pthread_mutex_trylock(&its->lock)))
		return true;
	m = malloc(sizeof(*m));
	if (!m) { /* late is better than lost */
		its_lock(its);
		return true;
	}
	*m = (struct its_msi){.devid = devid, .eventid = eventid};
	wait_in_line(its, m);
	if (!pthread_mutex_trylock(&its->lock))
		its_unlock(its); /* sees it in line */
	return false;
}
