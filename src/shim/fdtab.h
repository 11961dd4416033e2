/* SPDX-License-Identifier: MIT */
/*
 * The registry of KVM descriptors: which open file of this process is which
 * kernel object. Every object is a memfd of its own, and is found by the inode
 * of the descriptor, so that dup, fcntl, SCM_RIGHTS and exec's renumbering
 * need no help. Works without interposition too (unit tests).
 */
#ifndef FAUXKVM_SHIM_FDTAB_H
#define FAUXKVM_SHIM_FDTAB_H

#include "base/types.h"
#include "kernel/kernel.h"
#include "shim/fd-users.h"

/* struct kernel_host's install, free_pages, reopen and lookup. */
int fdtab_install(struct kobj *obj);
void fdtab_free_pages(struct kobj *obj);
int fdtab_reopen(struct kobj *obj);
struct kobj *fdtab_lookup(int fd);

/*
 * Around a request: the object of @fd, NULL: none of ours, and there is no end.
 * Between them the object is there, but whoever keeps it needs a reference.
 */
struct fdtab_use {
	struct kobj *obj;
	struct fd_user *user; /* NULL: it is a reference */
};
struct kobj *fdtab_begin_slow(struct fdtab_use *use, int fd);
void fdtab_end_slow(const struct fdtab_use *use);

/*
 * What fdtab_lookup() found for a descriptor, to save the fstat() of the next
 * time. Filled under fdtab_lock (for reading); emptied under it (for
 * writing) after every close we see. A number that was closed behind our back
 * and is something else now would still lead here, but only an ioctl meant for
 * KVM comes by: that program is lost already.
 */
#define CACHED_FDS 1024
extern struct kobj *fdtab_cache[CACHED_FDS]; /* atomic; fdtab.c */

/* Told by its number alone; NULL: it is not known, or we can't announce it. */
static ALWAYS_INLINE struct kobj *fdtab_announced(struct fd_user *user, int fd)
{
	struct kobj *obj;

	if (unlikely(!user || (unsigned int)fd >= CACHED_FDS ||
		     fd_user_is_busy(user)))
		return NULL;
	obj = __atomic_load_n(&fdtab_cache[fd], __ATOMIC_ACQUIRE);
	if (unlikely(!obj))
		return NULL;
	fd_user_announce(user, obj);
	if (likely(__atomic_load_n(&fdtab_cache[fd], __ATOMIC_RELAXED) == obj))
		return obj;
	fd_user_end(user);
	return NULL;
}

static ALWAYS_INLINE struct kobj *fdtab_begin(struct fdtab_use *use, int fd)
{
	use->user = fd_user_self;
	use->obj = fdtab_announced(use->user, fd);
	return likely(use->obj) ? use->obj : fdtab_begin_slow(use, fd);
}

static ALWAYS_INLINE void fdtab_end(const struct fdtab_use *use)
{
	if (likely(use->user))
		fd_user_end(use->user);
	else
		fdtab_end_slow(use);
}

/* False: no descriptor of this process can be ours. One load. */
bool fdtab_in_use(void);

/* False: as far as we know @fd is none of ours. Two loads; a duplicate on which
 * no request was made yet is not known, nor is a number of 1024 and up. */
bool fdtab_was_ours(int fd);

/* The enum kobj_kind of what @fd is now, -1: none of ours. Remembers nothing,
 * so that the number may be closed unseen. */
int fdtab_kind(int fd);

/*
 * A KVM descriptor that came from another process or survived exec: the
 * model that made it is gone. True if @fd is one; the name ("kvm-vm") is
 * written to @name.
 */
bool fdtab_is_foreign(int fd, char *name, size_t size);

/* Give a foreign /dev/kvm descriptor a new system object of this process;
 * returned with a reference. NULL: no memory. */
struct kobj *fdtab_adopt(int fd);

/* @fd is a descriptor of ours for the access @mode (O_RDONLY, O_WRONLY) from
 * now on; close-on-exec. Stays as it is if the host has no room for that. */
void fdtab_limit(int fd, int mode);

/*
 * Around an operation that may close descriptors first..last (close(fd):
 * fd..fd). Before: remembers which objects are touched. After, whatever the
 * outcome: those that no descriptor of this process refers to any more are
 * closed (kobj_close).
 */
struct fdtab_closing {
	unsigned int first, last;
	unsigned int count;
	bool lost; /* for want of memory not all are in keys */
	struct fdtab_key {
		uint64_t dev, ino;
	} few[4], *keys; /* keys: few, or allocated */
};
void fdtab_close_begin(struct fdtab_closing *c, unsigned int first,
		       unsigned int last);
void fdtab_close_end(struct fdtab_closing *c);

/*
 * Around fork(): the table stays consistent in the child. A child that was made
 * without the first, while another thread was changing the table, has none: its
 * descriptors are foreign then.
 */
void fdtab_fork_prepare(void);
void fdtab_fork_parent(void);
void fdtab_fork_child(void);

#endif
