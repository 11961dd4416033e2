/* SPDX-License-Identifier: MIT */
/*
 * The registry of KVM descriptors, see fdtab.h.
 *
 * Lock: fdtab_lock, a leaf; nothing of the kernel model is called under it
 * but kobj_get(). It is taken for writing with all signals blocked, since a
 * VMM may call ioctl() in a signal handler.
 *
 * A request takes neither the lock nor a reference (fdtab_begin()): its thread
 * announces the object (fd-users.h) and looks whether the descriptor is still
 * its.
 */
#include "shim/fdtab.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "base/fork-lock.h"
#include "base/host.h"
#include "base/log.h"
#include "base/refuse.h"
#include "shim/fd-users.h"
#include "shim/sig.h"

#define MEMFD_PREFIX "anon_inode:" /* Linux's link is anon_inode:kvm-vm */

struct fdtab_entry {
	struct fd_closed closed; /* first, who ends it frees it */
	struct fdtab_key key;
	struct kobj *obj;
	bool inherited; /* by fork: the parent's, dead here */
	UT_hash_handle hh;
};

struct kobj *fdtab_cache[CACHED_FDS];

static pthread_rwlock_t fdtab_lock = PTHREAD_RWLOCK_INITIALIZER;
static volatile bool fdtab_changing; /* under fdtab_lock, for writing */
static struct fdtab_entry *fdtab;
static unsigned int fdtab_count; /* atomic; changes under fdtab_lock */
/* A vfork child shares our memory but not our descriptors. */
static pid_t fdtab_pid; /* atomic */

static void fdtab_write_lock(sigset_t *old)
{
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, old);
	pthread_rwlock_wrlock(&fdtab_lock);
	fdtab_changing = true;
}

static void fdtab_write_unlock(const sigset_t *old)
{
	fdtab_changing = false;
	pthread_rwlock_unlock(&fdtab_lock);
	pthread_sigmask(SIG_SETMASK, old, NULL);
}

bool fdtab_in_use(void)
{
	return __atomic_load_n(&fdtab_count, __ATOMIC_RELAXED) != 0;
}

static bool fdtab_is_our_process(void)
{
	return __atomic_load_n(&fdtab_pid, __ATOMIC_RELAXED) == getpid();
}

/* False: @fd is not open. */
static bool fd_key(int fd, struct fdtab_key *key)
{
	struct stat st;

	if (host_raw(SYS_fstat, fd, &st) < 0)
		return false;
	memset(key, 0, sizeof(*key));
	key->dev = st.st_dev;
	key->ino = st.st_ino;
	return true;
}

/* Under fdtab_lock. */
static struct fdtab_entry *fdtab_find(const struct fdtab_key *key)
{
	struct fdtab_entry *e;

	HASH_FIND(hh, fdtab, key, sizeof(*key), e);
	return e;
}

/* ---- making a descriptor ------------------------------------------------- */

void fdtab_limit(int fd, int mode)
{
	char path[32];
	long again;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = host_raw(SYS_openat, AT_FDCWD, path, mode | O_CLOEXEC);
	if (again < 0)
		return; /* no descriptor free, or no /proc */
	host_raw(SYS_dup3, again, fd, O_CLOEXEC);
	host_raw(SYS_close, again);
}

static int refuse_memory(const struct kobj *obj)
{
	return refuse(ENOMEM, FKVM_NO_MEMORY,
		      "no memory for the descriptor of %s", obj->name);
}

static int fd_make(const struct kobj *obj, void **pages)
{
	char name[sizeof(MEMFD_PREFIX) + sizeof(obj->name)];
	long seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
	void *p = NULL;
	int fd;

	snprintf(name, sizeof(name), MEMFD_PREFIX "%s", obj->name);
	fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return refuse(errno, FKVM_NO_FD, "no descriptor for %s: %s",
			      obj->name, strerror(errno));
	if (obj->size) {
		if (host_raw_quiet(SYS_ftruncate, fd, (long)obj->size, 0, 0) <
		    0)
			goto fail;
		p = host_mmap(NULL, obj->size, PROT_READ | PROT_WRITE,
			      MAP_SHARED, fd, 0);
		if (p == MAP_FAILED)
			goto fail;
	}
	host_raw(SYS_fchmod, fd, 0600);
	/* The pages we use must not vanish by an ftruncate of the VMM's. */
	if (obj->kind == KOBJ_STATS)
		seals |= F_SEAL_FUTURE_WRITE;
	host_fcntl(fd, F_ADD_SEALS, seals);
	/* Linux gives a reader of statistics nothing to write to; if this
	 * fails it is the seal's doing. */
	if (obj->kind == KOBJ_STATS)
		fdtab_limit(fd, O_RDONLY);
	*pages = p;
	return fd;

fail:
	host_close(fd);
	return refuse_memory(obj);
}

/* False: no memory. */
_Static_assert(HASH_NONFATAL_OOM, "else HASH_ADD() ends the process then");
static bool fdtab_add(struct fdtab_entry *e, int fd)
{
	sigset_t mask;
	bool added;

	fdtab_write_lock(&mask);
	HASH_ADD(hh, fdtab, key, sizeof(e->key), e);
	added = e->hh.tbl;
	if (added) {
		if (fd < CACHED_FDS)
			__atomic_store_n(&fdtab_cache[fd], e->obj,
					 __ATOMIC_RELEASE);
		__atomic_store_n(&fdtab_pid, getpid(), __ATOMIC_RELAXED);
		__atomic_add_fetch(&fdtab_count, 1, __ATOMIC_RELAXED);
	}
	fdtab_write_unlock(&mask);
	return added;
}

int fdtab_install(struct kobj *obj)
{
	struct fdtab_entry *e;
	int saved = errno;
	int fd;

	e = calloc(1, sizeof(*e));
	if (!e) {
		errno = saved;
		return refuse_memory(obj);
	}
	fd = fd_make(obj, &obj->pages);
	if (fd < 0) {
		free(e);
		errno = saved;
		return fd;
	}
	bug_on(!fd_key(fd, &e->key), "descriptor %d vanished", fd);
	e->obj = obj;
	if (!fdtab_add(e, fd)) {
		fdtab_free_pages(obj);
		host_close(fd);
		free(e);
		fd = refuse_memory(obj);
	}
	errno = saved;
	return fd;
}

struct kobj *fdtab_adopt(int fd)
{
	struct fdtab_entry *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->obj = kernel_open();
	if (!e->obj)
		goto fail;
	kobj_get(e->obj); /* the caller's */
	if (fd_key(fd, &e->key) && fdtab_add(e, fd))
		return e->obj;
	kobj_put(e->obj);
	kobj_put(e->obj);

fail:
	free(e);
	return NULL;
}

void fdtab_free_pages(struct kobj *obj)
{
	int saved = errno;

	if (obj->pages)
		host_munmap(obj->pages, obj->size);
	obj->pages = NULL;
	errno = saved;
}

/* Under fdtab_lock. No reference is taken. */
static COLD struct kobj *fdtab_lookup_slow(int fd)
{
	struct fdtab_entry *e;
	struct fdtab_key key;

	if (!fd_key(fd, &key))
		return NULL;
	e = fdtab_find(&key);
	if (!e)
		return NULL;
	/* Numbers of a vfork child are not the parent's, whose cache it is. */
	if (fd < CACHED_FDS && fdtab_is_our_process())
		__atomic_store_n(&fdtab_cache[fd], e->obj, __ATOMIC_RELEASE);
	return e->obj;
}

struct kobj *fdtab_lookup(int fd)
{
	struct kobj *obj = NULL;

	if (!fdtab_in_use() || fd < 0)
		return NULL;
	pthread_rwlock_rdlock(&fdtab_lock);
	if (fd < CACHED_FDS)
		obj = __atomic_load_n(&fdtab_cache[fd], __ATOMIC_RELAXED);
	if (!obj)
		obj = fdtab_lookup_slow(fd);
	if (obj)
		kobj_get(obj);
	pthread_rwlock_unlock(&fdtab_lock);
	return obj;
}

/* ---- requests ------------------------------------------------------------ */

COLD struct kobj *fdtab_begin_slow(struct fdtab_use *use, int fd)
{
	use->user = NULL;
	use->obj = fdtab_lookup(fd);
	if (use->obj && !fd_user_self)
		fd_user_join();
	return use->obj;
}

COLD void fdtab_end_slow(const struct fdtab_use *use)
{
	kobj_put(use->obj);
}

/* ---- what a descriptor is ------------------------------------------------ */

bool fdtab_was_ours(int fd)
{
	return fdtab_in_use() && fd >= 0 && fd < CACHED_FDS &&
	       __atomic_load_n(&fdtab_cache[fd], __ATOMIC_RELAXED);
}

int fdtab_kind(int fd)
{
	struct fdtab_entry *e;
	struct fdtab_key key;
	int kind = -1;

	if (!fdtab_in_use() || !fd_key(fd, &key))
		return -1;
	pthread_rwlock_rdlock(&fdtab_lock);
	e = fdtab_find(&key);
	if (e)
		kind = (int)e->obj->kind;
	pthread_rwlock_unlock(&fdtab_lock);
	return kind;
}

bool fdtab_is_foreign(int fd, char *name, size_t size)
{
	static const char prefix[] = "/memfd:" MEMFD_PREFIX;
	char path[32], link[128];
	char *end;
	long n;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = host_raw(SYS_readlinkat, AT_FDCWD, path, link, sizeof(link) - 1);
	if (n < 0)
		return false;
	link[n] = '\0';
	if (strncmp(link, prefix, sizeof(prefix) - 1) ||
	    strncmp(link + sizeof(prefix) - 1, "kvm", 3))
		return false;
	end = strstr(link, " (deleted)");
	if (end)
		*end = '\0';
	snprintf(name, size, "%s", link + sizeof(prefix) - 1);
	return true;
}

/* ---- closing ------------------------------------------------------------- */

static bool closing_has(const struct fdtab_closing *c,
			const struct fdtab_key *key)
{
	for (unsigned int i = 0; i < c->count; i++)
		if (!memcmp(&c->keys[i], key, sizeof(*key)))
			return true;
	return false;
}

static void closing_add(struct fdtab_closing *c, const struct fdtab_key *key)
{
	struct fdtab_key *more;

	if (c->count >= ARRAY_SIZE(c->few)) {
		more = c->keys == c->few ? NULL : c->keys;
		more = realloc(more, (c->count + 1) * sizeof(*more));
		if (!more) {
			c->lost = true;
			return;
		}
		if (c->keys == c->few)
			memcpy(more, c->few, sizeof(c->few));
		c->keys = more;
	}
	c->keys[c->count++] = *key;
}

/* Remember the object behind @fd if it is one of ours. */
static void closing_note(struct fdtab_closing *c, int fd)
{
	struct fdtab_key key;
	bool ours;

	if (!fd_key(fd, &key))
		return;
	pthread_rwlock_rdlock(&fdtab_lock);
	ours = fdtab_find(&key) != NULL;
	pthread_rwlock_unlock(&fdtab_lock);
	if (ours && !closing_has(c, &key))
		closing_add(c, &key);
}

/*
 * Call @fn for every open descriptor of this process. Without /proc, or with
 * no descriptor free to read it, tries all numbers.
 */
static void fd_for_each(void (*fn)(void *arg, int fd), void *arg)
{
	struct rlimit lim = {.rlim_cur = 1024};
	char buf[2048] __attribute__((aligned(8)));
	long dir, n, pos;

	dir = host_raw(SYS_openat, AT_FDCWD, "/proc/self/fd",
		       O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		getrlimit(RLIMIT_NOFILE, &lim);
		for (rlim_t fd = 0; fd < min_u64(lim.rlim_cur, 1 << 20); fd++)
			fn(arg, (int)fd);
		return;
	}
	while ((n = host_raw(SYS_getdents64, dir, buf, sizeof(buf))) > 0) {
		for (pos = 0; pos < n;) {
			struct dirent64 *d = (void *)(buf + pos);

			pos += d->d_reclen;
			if (d->d_name[0] != '.' && atoi(d->d_name) != dir)
				fn(arg, atoi(d->d_name));
		}
	}
	host_raw(SYS_close, dir);
}

struct reopening {
	struct fdtab_key key;
	int fd; /* -1: not found yet */
};

static void reopening_look(void *arg, int fd)
{
	struct reopening *r = arg;
	struct fdtab_key key;

	if (r->fd < 0 && fd_key(fd, &key) &&
	    !memcmp(&key, &r->key, sizeof(key)))
		r->fd = fd;
}

/* Is @obj in the registry? By which key? */
static bool fdtab_key_of(const struct kobj *obj, struct fdtab_key *key)
{
	bool found = false;

	pthread_rwlock_rdlock(&fdtab_lock);
	for (struct fdtab_entry *e = fdtab; e && !found; e = e->hh.next) {
		found = e->obj == obj && !e->inherited;
		if (found)
			*key = e->key;
	}
	pthread_rwlock_unlock(&fdtab_lock);
	return found;
}

int fdtab_reopen(struct kobj *obj)
{
	struct reopening r = {.fd = -1};
	struct fdtab_key key;
	char path[32];
	long fd = -ENOENT;

	if (!fdtab_key_of(obj, &r.key))
		return -ENOENT;
	fd_for_each(reopening_look, &r);
	if (r.fd < 0)
		return -ENOENT;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", r.fd);
	fd = host_raw(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd == -EMFILE || fd == -ENFILE || fd == -ENOMEM)
		return refuse((int)-fd, FKVM_NO_FD, "no descriptor for %s: %s",
			      obj->name, strerror((int)-fd));
	if (fd < 0)
		return -ENOENT;
	/* The number may be another file's by now, or its last close was
	 * noticed before this descriptor was there. */
	if (fd_key((int)fd, &key) && !memcmp(&key, &r.key, sizeof(key)) &&
	    fdtab_key_of(obj, &key))
		return (int)fd;
	host_raw(SYS_close, fd);
	return -ENOENT;
}

struct closing_range {
	struct fdtab_closing *c;
	unsigned int first, last;
};

static void closing_note_range(void *arg, int fd)
{
	struct closing_range *r = arg;

	if ((unsigned int)fd >= r->first && (unsigned int)fd <= r->last)
		closing_note(r->c, fd);
}

/*
 * Forget what closed numbers mean: before the close, since another thread may
 * get the number before we are back, and after it, for a lookup that came in
 * between.
 */
static void fdtab_forget(unsigned int first, unsigned int last)
{
	sigset_t mask;

	fdtab_write_lock(&mask);
	for (unsigned int fd = first; fd <= last && fd < CACHED_FDS; fd++)
		fdtab_cache[fd] = NULL;
	fdtab_write_unlock(&mask);
}

void fdtab_close_begin(struct fdtab_closing *c, unsigned int first,
		       unsigned int last)
{
	struct closing_range r = {.c = c, .first = first, .last = last};
	int saved = errno;

	c->count = 0;
	c->lost = false;
	c->keys = c->few;
	c->first = first;
	c->last = last;
	if (!fdtab_in_use())
		return;
	sig_hold();
	if (!fdtab_is_our_process()) {
		/* A vfork child's: the parent finds its own again. */
		fdtab_forget(first, last);
		errno = saved;
		sig_release();
		return;
	}
	if (first == last)
		closing_note(c, (int)first);
	else
		fd_for_each(closing_note_range, &r);
	if (c->count)
		fdtab_forget(first, last);
	errno = saved;
	sig_release();
}

/* Strike an object off the list when some descriptor still refers to it. */
static void closing_keep(void *arg, int fd)
{
	struct fdtab_closing *c = arg;
	struct fdtab_key key;

	if (!fd_key(fd, &key))
		return;
	for (unsigned int i = 0; i < c->count; i++)
		if (!memcmp(&c->keys[i], &key, sizeof(key)))
			c->keys[i--] = c->keys[--c->count];
}

/* It is to be closed as soon as no request uses it. */
static void fdtab_remove(const struct fdtab_key *key)
{
	struct fdtab_entry *e;
	sigset_t mask;

	fdtab_write_lock(&mask);
	e = fdtab_find(key);
	if (e) {
		HASH_DEL(fdtab, e);
		for (unsigned int fd = 0; fd < CACHED_FDS; fd++)
			if (fdtab_cache[fd] == e->obj)
				fdtab_cache[fd] = NULL;
		__atomic_sub_fetch(&fdtab_count, 1, __ATOMIC_RELAXED);
	}
	fdtab_write_unlock(&mask);
	/* A thread that is not here may have held a lock of malloc's. */
	if (e && !e->inherited)
		fd_closed_add(&e->closed, e->obj);
}

/* Close the objects of @c that no descriptor refers to; how many. */
static unsigned int closing_finish(struct fdtab_closing *c)
{
	fd_for_each(closing_keep, c);
	for (unsigned int i = 0; i < c->count; i++)
		fdtab_remove(&c->keys[i]);
	fd_closed_finish();
	return c->count;
}

/* A few of our objects, after the first @skip. */
static void closing_fill(struct fdtab_closing *c, unsigned int skip)
{
	c->count = 0;
	pthread_rwlock_rdlock(&fdtab_lock);
	for (struct fdtab_entry *e = fdtab; e && c->count < ARRAY_SIZE(c->few);
	     e = e->hh.next)
		if (skip)
			skip--;
		else
			c->few[c->count++] = e->key;
	pthread_rwlock_unlock(&fdtab_lock);
}

/*
 * There was no memory to remember all that was closed: look at every object,
 * a few at a time.
 */
static void closing_look_at_all(void)
{
	struct fdtab_closing c = {.keys = c.few};
	unsigned int skip = 0, n;

	for (;;) {
		closing_fill(&c, skip);
		n = c.count;
		if (!n)
			return;
		skip += n - closing_finish(&c);
	}
}

void fdtab_close_end(struct fdtab_closing *c)
{
	int saved = errno;

	if (c->count) {
		fdtab_forget(c->first, c->last);
		closing_finish(c);
	}
	if (c->lost)
		closing_look_at_all();
	if (c->keys != c->few)
		free(c->keys);
	errno = saved;
}

/* ---- fork ---------------------------------------------------------------- */

void fdtab_fork_prepare(void)
{
	pthread_rwlock_wrlock(&fdtab_lock);
}

void fdtab_fork_parent(void)
{
	pthread_rwlock_unlock(&fdtab_lock);
}

void fdtab_fork_child(void)
{
	struct fdtab_entry *e;

	fork_rwlock_reset(&fdtab_lock);
	fd_users_fork_child();
	if (fdtab_changing) {
		fdtab = NULL;
		memset(fdtab_cache, 0, sizeof(fdtab_cache));
		fdtab_changing = false;
	}
	/* Helper threads of the model did not come along: never close these. */
	for (e = fdtab; e; e = e->hh.next)
		e->inherited = true;
	fdtab_pid = getpid();
}
