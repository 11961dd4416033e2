/* SPDX-License-Identifier: MIT */
/*
 * The embedder of the unit tests, see kvm-host.h.
 */
#include "kvm-host.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/refuse.h"

#define MAX_FDS 4096

static struct kobj *objects[MAX_FDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool fail_next, signal_pending;

static int host_install(struct kobj *obj)
{
	int fd;

	if (atomic_exchange(&fail_next, false))
		return refuse(EMFILE, FKVM_NO_FD, "the test wants it so");
	fd = memfd_create(obj->name, MFD_CLOEXEC);
	if (fd < 0 || fd >= MAX_FDS)
		abort();
	if (obj->size) {
		if (ftruncate(fd, obj->size))
			abort();
		obj->pages = mmap(NULL, obj->size, PROT_READ | PROT_WRITE,
				  MAP_SHARED, fd, 0);
		if (obj->pages == MAP_FAILED)
			abort();
	}
	pthread_mutex_lock(&lock);
	objects[fd] = obj;
	pthread_mutex_unlock(&lock);
	return fd;
}

static void host_free_pages(struct kobj *obj)
{
	munmap(obj->pages, obj->size);
	obj->pages = NULL;
}

static int host_reopen(struct kobj *obj)
{
	char path[32];
	int fd;

	for (int old = 0; old < MAX_FDS; old++) {
		if (objects[old] != obj)
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", old);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || fd >= MAX_FDS)
			abort();
		/* Here every descriptor has a reference. */
		kobj_get(obj);
		pthread_mutex_lock(&lock);
		objects[fd] = obj;
		pthread_mutex_unlock(&lock);
		return fd;
	}
	return -ENOENT;
}

static struct kobj *host_lookup(int fd)
{
	struct kobj *obj = NULL;

	pthread_mutex_lock(&lock);
	if (fd >= 0 && fd < MAX_FDS)
		obj = objects[fd];
	if (obj)
		kobj_get(obj);
	pthread_mutex_unlock(&lock);
	return obj;
}

static int host_run_begin(const uint64_t *mask)
{
	return signal_pending ? -EINTR : 0;
}

static void host_run_end(void)
{
}

void kvm_host_init(void)
{
	static const struct kernel_host host = {
		.install = host_install,
		.free_pages = host_free_pages,
		.reopen = host_reopen,
		.lookup = host_lookup,
		.run_begin = host_run_begin,
		.run_end = host_run_end,
	};

	fail_next = false;
	kernel_set_host(&host);
}

int kvm_host_open(void)
{
	return host_install(kernel_open());
}

long kvm_host_request(struct kobj *obj, int fd, unsigned int cmd,
		      unsigned long arg)
{
	struct refusal why;
	long ret;

	refusal_begin(&why);
	ret = kobj_ioctl(obj, fd, cmd, arg);
	refusal_end(&why);
	if (!refusal_explains(&why, ret)) {
		fprintf(stderr, "0x%x on %s: no explanation of %s\n", cmd,
			obj->name, strerrorname_np((int)-ret));
		abort();
	}
	return ret;
}

long kvm_host_ioctl(int fd, unsigned int cmd, unsigned long arg)
{
	struct kobj *obj = host_lookup(fd);
	long ret;

	if (!obj)
		return -EBADF;
	ret = kvm_host_request(obj, fd, cmd, arg);
	kobj_put(obj);
	return ret;
}

void kvm_host_close(int fd)
{
	struct kobj *obj;

	pthread_mutex_lock(&lock);
	obj = objects[fd];
	objects[fd] = NULL;
	pthread_mutex_unlock(&lock);
	close(fd);
	if (obj)
		kobj_close(obj);
}

struct kobj *kvm_host_get(int fd)
{
	return host_lookup(fd);
}

void *kvm_host_pages(int fd)
{
	return objects[fd]->pages;
}

const char *kvm_host_name(int fd)
{
	return objects[fd]->name;
}

unsigned int kvm_host_count(void)
{
	unsigned int n = 0;

	for (int i = 0; i < MAX_FDS; i++)
		n += objects[i] != NULL;
	return n;
}

void kvm_host_fail_next(void)
{
	fail_next = true;
}

void kvm_host_signal_pending(bool pending)
{
	signal_pending = pending;
}
