/* SPDX-License-Identifier: MIT */
/*
 * A library to preload into a VMM: of fauxkvm's allocations in a process the
 * NOMEM_AT-th fails, or every NOMEM_EVERY-th; those of the VMM and of other
 * libraries do not. Heap, threads, and descriptors that cost the host memory.
 */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/timerfd.h>

/* Whether code at @caller is of libfauxkvm.so or fauxkvm-bridge.so. */
static bool is_ours(void *caller)
{
	struct dl_find_object o;

	return _dl_find_object(caller, &o) == 0 && o.dlfo_link_map->l_name &&
	       strstr(o.dlfo_link_map->l_name, "fauxkvm");
}

/* 0: not in the environment. */
static unsigned int plan(const char *name)
{
	const char *s = getenv(name);

	return s ? strtoul(s, NULL, 10) : 0;
}

static bool fails(void *caller)
{
	static atomic_uint count;
	unsigned int n, every;

	if (!is_ours(caller))
		return false;
	n = ++count;
	every = plan("NOMEM_EVERY");
	if (n != plan("NOMEM_AT") && (!every || n % every))
		return false;
	errno = ENOMEM;
	return true;
}

#define FAILS()  fails(__builtin_return_address(0))
#define NEXT(fn) ((typeof(&fn))dlsym(RTLD_NEXT, #fn))

/* glibc's own names: to look the others up needs memory. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t align, size_t size);

void *malloc(size_t size)
{
	return FAILS() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return FAILS() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return FAILS() ? NULL : __libc_realloc(p, size);
}

void *aligned_alloc(size_t align, size_t size)
{
	return FAILS() ? NULL : __libc_memalign(align, size);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attr,
		   void *(*start)(void *), void *arg)
{
	return FAILS() ? EAGAIN
		       : NEXT(pthread_create)(thread, attr, start, arg);
}

int epoll_create1(int flags)
{
	return FAILS() ? -1 : NEXT(epoll_create1)(flags);
}

int timerfd_create(int clock, int flags)
{
	return FAILS() ? -1 : NEXT(timerfd_create)(clock, flags);
}

int memfd_create(const char *name, unsigned int flags)
{
	return FAILS() ? -1 : NEXT(memfd_create)(name, flags);
}
