/* SPDX-License-Identifier: MIT */
/*
 * Room for our own descriptors when the VMM's limit leaves none. Linux holds
 * on to an eventfd without a descriptor, so KVM_IRQFD and KVM_IOEVENTFD work
 * for a process that has no descriptor free; ours are numbers of the same
 * table. The soft limit is raised while they are made, and put back: numbers
 * above a limit stay valid. Where the hard limit is in the way, too, and we may
 * not raise it, the request fails with EMFILE.
 */
#include "kernel/irq.h"

#include <errno.h>
#include <sys/resource.h>

#include "base/fork-lock.h"
#include "base/log.h"
#include "base/refuse.h"

#define ROOM 64

/* Held while the limit is raised: two that put it back in the wrong order
 * would leave it raised. */
static pthread_mutex_t room_lock = PTHREAD_MUTEX_INITIALIZER;
static struct rlimit room_was;
static bool room_raised;

static bool room_raise(void)
{
	struct rlimit more;

	if (getrlimit(RLIMIT_NOFILE, &room_was))
		return false;
	more = room_was;
	more.rlim_cur += ROOM;
	if (more.rlim_cur > more.rlim_max)
		more.rlim_max = more.rlim_cur;
	return !setrlimit(RLIMIT_NOFILE, &more);
}

long fd_room_call(long (*make)(struct vm *vm, const void *arg), struct vm *vm,
		  const void *arg)
{
	int saved = errno;
	long ret = make(vm, arg);

	if (ret != -EMFILE)
		return ret;
	pthread_mutex_lock(&room_lock);
	room_raised = room_raise();
	if (room_raised) {
		ret = make(vm, arg);
		setrlimit(RLIMIT_NOFILE, &room_was);
		room_raised = false;
	} else {
		ret = refuse(EMFILE, FKVM_NO_FD,
			     "no descriptor is free, and the limit of %lu "
			     "can't be raised",
			     room_was.rlim_cur);
	}
	pthread_mutex_unlock(&room_lock);
	errno = saved;
	return ret;
}

void fd_room_fork_prepare(void)
{
	pthread_mutex_lock(&room_lock);
}

void fd_room_forked_parent(void)
{
	pthread_mutex_unlock(&room_lock);
}

void fd_room_forked_child(void)
{
	fork_mutex_reset(&room_lock);
	if (room_raised)
		setrlimit(RLIMIT_NOFILE, &room_was);
	room_raised = false;
}
