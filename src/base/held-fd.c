/* SPDX-License-Identifier: MIT */
/*
 * Descriptors that the model keeps in somebody else's process, see held-fd.h.
 *
 * There is an entry per number, in pages that are made when needed and stay.
 * It is two things at once: of the handle that this number is, where the
 * descriptor is now; of the number itself, which handle's descriptor is here.
 */
#include "base/held-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/host.h"
#include "base/log.h"
#include "base/refuse.h"
#include "base/types.h"

#define HELD_LOW     512 /* the VMM's own numbers come out as without us */
#define HELD_MAX     (1 << 20)
#define PAGE_ENTRIES 256
#define MARKS        62    /* of 64 signals */
#define LEAVE_TRIES  10000 /* sched_yield() of who waits for a user */

struct held {
	/* Of the handle: the descriptor's number + 1, 0: free, LOST. */
	atomic_int place;
	atomic_uint users;
	int mark;       /* what F_GETSIG says, NO_MARK: cannot be marked */
	int origin;     /* the VMM's descriptor, -1: none */
	bool inherited; /* held_fd_inherit() */
	/* Of the number: the handle whose descriptor is here + 1, 0: none. */
	atomic_int handle;
};
enum { LOST = -1, NO_MARK = -1 };

static struct held *_Atomic held_pages[HELD_MAX / PAGE_ENTRIES];
static atomic_int held_count; /* descriptors */
static atomic_int held_top;   /* numbers in use are below it */
static bool held_seen;        /* held_fd_all_seen() */
static atomic_int held_pid;   /* a vfork child has our memory, not our files */

/* NULL: never used. */
static struct held *held_entry(int fd)
{
	struct held *page = NULL;

	if (fd >= 0 && fd < HELD_MAX)
		page = atomic_load_explicit(&held_pages[fd / PAGE_ENTRIES],
					    memory_order_acquire);
	return page ? &page[fd % PAGE_ENTRIES] : NULL;
}

static struct held *held_entry_make(int fd)
{
	struct held *page, *none = NULL;

	if (fd < 0 || fd >= HELD_MAX)
		return NULL;
	if (!held_entry(fd)) {
		page = calloc(PAGE_ENTRIES, sizeof(*page));
		if (!page)
			return NULL;
		if (!atomic_compare_exchange_strong(
			    &held_pages[fd / PAGE_ENTRIES], &none, page))
			free(page);
	}
	return held_entry(fd);
}

/* ---- marks --------------------------------------------------------------- */

/* Another holder of the same file, or the VMM, may have given it one. */
static int mark_make(int fd)
{
	static atomic_uint serial;
	long mark = host_raw(SYS_fcntl, fd, F_GETSIG);

	if (mark != 0)
		return mark < 0 ? NO_MARK : (int)mark;
	mark = 1 + atomic_fetch_add(&serial, 1) % MARKS;
	if (host_raw(SYS_fcntl, fd, F_SETSIG, mark) < 0)
		return NO_MARK;
	return (int)mark;
}

static bool mark_is(int fd, int mark)
{
	if (held_seen)
		return true;
	if (mark == NO_MARK)
		return host_raw(SYS_fcntl, fd, F_GETFD) >= 0;
	return host_raw(SYS_fcntl, fd, F_GETSIG) == mark;
}

/* ---- making and closing -------------------------------------------------- */

/* A duplicate of @fd numbered @low or higher; under a low limit on
 * descriptors as it comes. Or -errno. */
static int dup_from(int fd, int low)
{
	long ret = host_raw(SYS_fcntl, fd, F_DUPFD_CLOEXEC, low);

	if (ret == -EINVAL && low > 3)
		ret = host_raw(SYS_fcntl, fd, F_DUPFD_CLOEXEC, 3);
	return (int)ret;
}

/* Say that @handle's descriptor is at @fd. */
static bool place_note(int handle, int fd)
{
	struct held *e = held_entry_make(fd);
	int top = atomic_load(&held_top);

	if (!e)
		return false;
	atomic_store(&e->handle, handle + 1);
	while (top <= fd &&
	       !atomic_compare_exchange_weak(&held_top, &top, fd + 1))
		;
	return true;
}

/* @fd is ours, at its place, and has @mark. */
static int held_enter(int fd, int origin, int mark)
{
	struct held *e = held_entry_make(fd);
	int unused = 0;

	if (!e || !atomic_compare_exchange_strong(&e->place, &unused, LOST))
		return refuse(ENOMEM, FKVM_NO_MEMORY,
			      "no place to keep descriptor %d in", fd);
	e->mark = mark;
	e->origin = origin;
	e->inherited = false;
	atomic_store(&held_pid, getpid());
	place_note(fd, fd);
	atomic_store(&e->place, fd + 1);
	atomic_fetch_add(&held_count, 1);
	return fd;
}

/*
 * Duplicate @fd to where its number can be its handle: one of which the
 * descriptor went elsewhere (held_fd_leave()) is taken. It is marked before: a
 * VMM that puts its own files on our numbers may have done so with this one
 * when dup_from() returns, and no file of it may get a mark.
 */
static int held_dup(int fd, int origin)
{
	const int mark = mark_make(fd);
	int low = HELD_LOW, copy, ret;

	for (;;) {
		struct held *e;
		bool ours;

		copy = dup_from(fd, low);
		if (copy < 0)
			return copy;
		e = held_entry(copy);
		ours = mark_is(copy, mark);
		if (ours && (!e || !atomic_load(&e->place)))
			break;
		if (ours)
			host_raw(SYS_close, copy);
		low = copy + 1;
	}
	ret = held_enter(copy, origin, mark);
	if (ret < 0)
		host_raw(SYS_close, copy);
	return ret;
}

int held_fd_take(int fd)
{
	int saved = errno, handle;

	if (fd < 0)
		return -saved;
	handle = held_dup(fd, -1);
	host_raw(SYS_close, fd);
	errno = saved;
	return handle;
}

int held_fd_dup(int fd)
{
	int saved = errno, handle = held_dup(fd, fd);

	errno = saved;
	return handle;
}

/* @handle's descriptor is no longer at @fd. */
static void place_forget(int handle, int fd)
{
	struct held *e = held_entry(fd);
	int holder = handle + 1;

	if (e)
		atomic_compare_exchange_strong(&e->handle, &holder, 0);
}

void held_fd_close(int handle)
{
	struct held *e = held_entry(handle);
	int fd;

	if (!e)
		return;
	fd = atomic_exchange(&e->place, LOST) - 1;
	bug_on(fd == -1, "%d is no handle", handle);
	if (fd >= 0) {
		place_forget(handle, fd);
		if (mark_is(fd, e->mark))
			host_raw(SYS_close, fd);
	}
	atomic_store(&e->place, 0);
	atomic_fetch_sub(&held_count, 1);
}

/* ---- using --------------------------------------------------------------- */

/* The VMM has closed the number @fd, -1: long ago. */
static int held_recover(struct held *e, int handle, int fd)
{
	int place = fd + 1, again = -1;

	if (e->origin >= 0 && e->mark != NO_MARK && mark_is(e->origin, e->mark))
		again = dup_from(e->origin, HELD_LOW);
	if (again >= 0 && !place_note(handle, again)) {
		host_raw(SYS_close, again);
		again = -1;
	}
	if (fd < 0)
		place = LOST;
	else
		place_forget(handle, fd);
	if (!atomic_compare_exchange_strong(&e->place, &place,
					    again < 0 ? LOST : again + 1)) {
		/* Somebody else has found it again. */
		if (again >= 0) {
			place_forget(handle, again);
			host_raw(SYS_close, again);
		}
		return place - 1;
	}
	if (fd >= 0)
		log_warn("the VMM closed descriptor %d, which the model uses%s",
			 fd, again < 0 ? "" : ": it is found again");
	return again;
}

int held_fd_begin(int handle)
{
	struct held *e = held_entry(handle);
	int fd;

	if (!e)
		return -1;
	atomic_fetch_add(&e->users, 1);
	fd = atomic_load(&e->place) - 1;
	if (unlikely(fd < 0 || !mark_is(fd, e->mark)))
		fd = held_recover(e, handle, fd < 0 ? -1 : fd);
	return fd < 0 ? -1 : fd;
}

void held_fd_end(int handle)
{
	struct held *e = held_entry(handle);

	if (e)
		atomic_fetch_sub(&e->users, 1);
}

int held_fd_number(int handle)
{
	struct held *e = held_entry(handle);
	int fd = e ? atomic_load(&e->place) - 1 : -1;

	return fd < 0 ? -1 : fd;
}

/* ---- for the shim -------------------------------------------------------- */

void held_fd_all_seen(void)
{
	held_seen = true;
}

bool held_fd_is(int fd)
{
	struct held *e;

	if (!atomic_load_explicit(&held_count, memory_order_relaxed))
		return false;
	e = held_entry(fd);
	return e && atomic_load(&e->handle) &&
	       atomic_load(&held_pid) == getpid();
}

int held_fd_next(unsigned int first, unsigned int last)
{
	int top = atomic_load(&held_top);

	if (!atomic_load(&held_count) || atomic_load(&held_pid) != getpid())
		return -1;
	for (unsigned int fd = first; fd <= last && fd < (unsigned int)top;
	     fd++) {
		const struct held *e = held_entry((int)fd);

		if (e && atomic_load(&e->handle))
			return (int)fd;
	}
	return -1;
}

static bool users_wait(struct held *e)
{
	for (int i = 0; i < LEAVE_TRIES; i++) {
		if (!atomic_load(&e->users))
			return true;
		sched_yield();
	}
	return false;
}

bool held_fd_leave(int fd)
{
	struct held *here = held_entry(fd), *e;
	int handle = here ? atomic_load(&here->handle) - 1 : -1;
	int place = fd + 1, copy;

	if (handle < 0)
		return true;
	e = held_entry(handle);
	copy = dup_from(fd, HELD_LOW);
	if (copy < 0)
		return false;
	if (!place_note(handle, copy) ||
	    !atomic_compare_exchange_strong(&e->place, &place, copy + 1)) {
		/* It was closed meanwhile. */
		place_forget(handle, copy);
		host_raw(SYS_close, copy);
		return true;
	}
	place_forget(handle, fd);
	return users_wait(e);
}

void held_fd_inherit(int handle)
{
	struct held *e = held_entry(handle);

	if (e)
		e->inherited = true;
}

static bool is_inherited(int handle)
{
	const struct held *e = held_entry(handle);

	return e && e->inherited && atomic_load(&e->place);
}

void held_fd_forked_child(void)
{
	int top = atomic_load(&held_top), kept = 0;

	for (int fd = 0; fd < top; fd++) {
		struct held *e = held_entry(fd);
		int place = e ? atomic_load(&e->place) - 1 : -1;

		if (is_inherited(fd))
			kept++;
		else if (place >= 0 && mark_is(place, e->mark))
			host_raw(SYS_close, place);
	}
	for (int fd = 0; fd < top; fd++) {
		struct held *e = held_entry(fd);

		if (!e)
			continue;
		if (!is_inherited(atomic_load(&e->handle) - 1))
			atomic_store(&e->handle, 0);
		if (!is_inherited(fd))
			atomic_store(&e->place, 0);
		atomic_store(&e->users, 0);
	}
	atomic_store(&held_count, kept);
	atomic_store(&held_top, kept ? top : 0);
	atomic_store(&held_pid, getpid());
}
