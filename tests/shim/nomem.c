/* SPDX-License-Identifier: MIT */
/*
 * Allocations that fail on purpose, see nomem.h. The linker leads each call of
 * the objects it links to the functions here; the C library's own calls are
 * not among them.
 */
#include "nomem.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/timerfd.h>

static atomic_uint seen, failed, plan_at, plan_every;
static atomic_bool armed;
static const void *_Atomic caller;

/*
 * The blocks that were asked for while armed: others, of the test and of the
 * libraries it is linked with, come and go as they like. Hashed by address;
 * what is free again leaves a mark that a search goes on after.
 */
#define MAX_BLOCKS 65536
#define WAS_BLOCK  ((void *)1)
static pthread_mutex_t blocks_lock = PTHREAD_MUTEX_INITIALIZER;
static void *blocks[MAX_BLOCKS];
static int live;

void nomem_plan(unsigned int at, unsigned int every)
{
	plan_at = at;
	plan_every = every;
	seen = failed = 0;
	caller = NULL;
}

void nomem_arm(bool on)
{
	armed = on;
}

unsigned int nomem_seen(void)
{
	return seen;
}

unsigned int nomem_failed(void)
{
	return failed;
}

const void *nomem_caller(void)
{
	return caller;
}

int nomem_live(void)
{
	int n;

	pthread_mutex_lock(&blocks_lock);
	n = live;
	pthread_mutex_unlock(&blocks_lock);
	return n;
}

static bool fails(const void *who)
{
	unsigned int n;

	if (!armed)
		return false;
	n = ++seen;
	if (n != plan_at && !(plan_every && n % plan_every == 0))
		return false;
	failed++;
	caller = who;
	errno = ENOMEM;
	return true;
}

#define FAILS() fails(__builtin_return_address(0))

static void **block_find(const void *p, bool add)
{
	uintptr_t at = (uintptr_t)p / 16;

	while (blocks[at % MAX_BLOCKS] && blocks[at % MAX_BLOCKS] != p &&
	       !(add && blocks[at % MAX_BLOCKS] == WAS_BLOCK))
		at++;
	return &blocks[at % MAX_BLOCKS];
}

static void *block_made(void *p)
{
	if (!armed || !p)
		return p;
	pthread_mutex_lock(&blocks_lock);
	*block_find(p, true) = p;
	if (++live >= MAX_BLOCKS / 2)
		abort();
	pthread_mutex_unlock(&blocks_lock);
	return p;
}

static void block_gone(const void *p)
{
	void **at;

	pthread_mutex_lock(&blocks_lock);
	at = block_find(p, false);
	if (p && *at) {
		*at = WAS_BLOCK;
		live--;
	}
	pthread_mutex_unlock(&blocks_lock);
}

/* The linker's names: nobody calls the one and defines the other. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
	return FAILS() ? NULL : block_made(__real_malloc(size));
}

void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size)
{
	return FAILS() ? NULL : block_made(__real_calloc(n, size));
}

void *__real_aligned_alloc(size_t align, size_t size);
void *__wrap_aligned_alloc(size_t align, size_t size)
{
	return FAILS() ? NULL : block_made(__real_aligned_alloc(align, size));
}

void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size)
{
	void *q;

	if (FAILS())
		return NULL;
	block_gone(p); /* before its address can be another block's */
	q = __real_realloc(p, size);
	block_made(q ? q : p);
	return q;
}

void __real_free(void *p);
void __wrap_free(void *p)
{
	block_gone(p);
	__real_free(p);
}

void *__real_host_mmap(void *addr, size_t len, int prot, int flags, int fd,
		       off_t offset);
void *__wrap_host_mmap(void *addr, size_t len, int prot, int flags, int fd,
		       off_t offset)
{
	void *p;

	if (FAILS())
		return MAP_FAILED;
	p = __real_host_mmap(addr, len, prot, flags, fd, offset);
	if (p != MAP_FAILED)
		block_made(p);
	return p;
}

int __real_host_munmap(void *addr, size_t len);
int __wrap_host_munmap(void *addr, size_t len)
{
	block_gone(addr);
	return __real_host_munmap(addr, len);
}

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
			  void *(*start)(void *), void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
			  void *(*start)(void *), void *arg)
{
	return FAILS() ? EAGAIN
		       : __real_pthread_create(thread, attr, start, arg);
}

int __real_epoll_create1(int flags);
int __wrap_epoll_create1(int flags)
{
	return FAILS() ? -1 : __real_epoll_create1(flags);
}

int __real_epoll_ctl(int epfd, int op, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
	return op == EPOLL_CTL_ADD && FAILS()
		       ? -1
		       : __real_epoll_ctl(epfd, op, fd, event);
}

int __real_timerfd_create(int clock, int flags);
int __wrap_timerfd_create(int clock, int flags)
{
	return FAILS() ? -1 : __real_timerfd_create(clock, flags);
}

int __real_eventfd(unsigned int count, int flags);
int __wrap_eventfd(unsigned int count, int flags)
{
	return FAILS() ? -1 : __real_eventfd(count, flags);
}

int __real_memfd_create(const char *name, unsigned int flags);
int __wrap_memfd_create(const char *name, unsigned int flags)
{
	return FAILS() ? -1 : __real_memfd_create(name, flags);
}
