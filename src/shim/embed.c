/* SPDX-License-Identifier: MIT */
/*
 * The kernel model in somebody else's process, see embed.h.
 */
#include "shim/embed.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/host.h"
#include "base/log.h"
#include "kernel/kernel.h"
#include "shim/fdtab.h"
#include "shim/sig.h"

#define KVMIO       0xae /* the type byte of KVM's commands */
#define SYSTEM_NAME "kvm"

static void embed_fork_child(void)
{
	kernel_forked_child();
	fdtab_fork_child(); /* last: from here on signals are handled */
}

void embed_init(void)
{
	static const struct kernel_host host = {
		.install = fdtab_install,
		.free_pages = fdtab_free_pages,
		.lookup = fdtab_lookup,
		.run_begin = sig_run_begin,
		.run_end = sig_run_end,
	};

	kernel_set_host(&host);
	sig_init();
	pthread_atfork(fdtab_fork_prepare, fdtab_fork_parent, embed_fork_child);
}

static long system_open(void)
{
	struct kobj *obj = kernel_open();
	long fd;

	if (!obj)
		return -ENOMEM;
	/* foreign_ioctl() knows it by this name. */
	strcpy(obj->name, SYSTEM_NAME);
	fd = fdtab_install(obj);
	if (fd < 0)
		kobj_put(obj);
	return fd;
}

long embed_open(int flags)
{
	int saved = errno;
	long fd;

	sig_hold();
	fd = system_open();
	if (fd >= 0 && !(flags & O_CLOEXEC))
		host_fcntl((int)fd, F_SETFD, 0);
	if (fd >= 0 && (flags & O_NONBLOCK))
		host_fcntl((int)fd, F_SETFL, O_NONBLOCK);
	errno = saved;
	sig_release();
	return fd;
}

/*
 * A descriptor from another process, or from before exec. /dev/kvm itself
 * works there as in Linux: it gets a model of this process. A VM belongs to
 * the memory of its maker.
 */
static bool foreign_ioctl(int fd, unsigned int cmd, unsigned long arg,
			  long *ret)
{
	char name[64];
	struct kobj *obj;

	if (((cmd >> 8) & 0xff) != KVMIO ||
	    !fdtab_is_foreign(fd, name, sizeof(name)))
		return false;
	if (strcmp(name, SYSTEM_NAME)) {
		explain("%s: its VM belongs to another process", name);
		*ret = -EIO;
		return true;
	}
	obj = fdtab_adopt(fd);
	*ret = -ENOMEM;
	if (!obj)
		return true;
	*ret = kobj_ioctl(obj, cmd, arg);
	kobj_put(obj);
	return true;
}

bool embed_ioctl(int fd, unsigned int cmd, unsigned long arg, long *ret)
{
	struct kobj *obj;
	int saved = errno;
	bool ours = true;

	sig_hold();
	obj = fdtab_lookup(fd);
	if (obj) {
		*ret = kobj_ioctl(obj, cmd, arg);
		kobj_put(obj);
	} else {
		ours = foreign_ioctl(fd, cmd, arg, ret);
	}
	errno = saved;
	sig_release();
	return ours;
}

bool embed_is_system(int fd)
{
	struct kobj *obj;
	bool is;

	sig_hold();
	obj = fdtab_lookup(fd);
	is = obj && obj->kind == KOBJ_SYSTEM;
	if (obj)
		kobj_put(obj);
	sig_release();
	return is;
}

void embed_memory_changed(unsigned long addr, size_t len)
{
	int saved = errno;

	if (!fdtab_in_use() || !len)
		return;
	sig_hold();
	kernel_host_memory_changed((const void *)addr, len);
	errno = saved;
	sig_release();
}

void embed_eventfd_used(void)
{
	int saved = errno;

	kernel_eventfd_used();
	errno = saved;
}
