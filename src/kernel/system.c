/* SPDX-License-Identifier: MIT */
/*
 * /dev/kvm itself, the life of objects and the one dispatcher. Checks that
 * every request of a kind shares come first, in Linux's order, then the row's
 * own (table.c).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "kernel/internal.h"

uint32_t kernel_mm;
struct kernel_host kernel_host;

void kernel_set_host(const struct kernel_host *host)
{
	kernel_host = *host;
}

struct kobj *kernel_open(void)
{
	struct kobj *obj = calloc(1, sizeof(*obj));

	if (!obj)
		return NULL;
	fault_init();
	obj->kind = KOBJ_SYSTEM;
	obj->refs = 1;
	snprintf(obj->name, sizeof(obj->name), "kvm");
	return obj;
}

void kernel_forked_child(void)
{
	kernel_mm++;
}

void kobj_get(struct kobj *obj)
{
	__atomic_add_fetch(&obj->refs, 1, __ATOMIC_RELAXED);
}

static void kobj_release(struct kobj *obj)
{
	struct vcpu *vcpu;

	switch (obj->kind) {
	case KOBJ_SYSTEM: free(obj); break;
	case KOBJ_VM: vm_destroy(vm_of(obj)); break;
	case KOBJ_VCPU:
		/* The vCPU lives as long as its VM. */
		vcpu = vcpu_of(obj);
		kobj_put(&vcpu->vm->obj);
		break;
	case KOBJ_DEVICE: device_release(obj); break;
	case KOBJ_STATS: stats_release(obj); break;
	}
}

/* The VM that @obj belongs to; NULL for the system object. */
static struct vm *kobj_vm(struct kobj *obj)
{
	switch (obj->kind) {
	case KOBJ_VM: return vm_of(obj);
	case KOBJ_VCPU: return vcpu_of(obj)->vm;
	case KOBJ_DEVICE: return device_vm_of(obj);
	case KOBJ_STATS: return kobj_vm(stats_owner(obj));
	default: return NULL;
	}
}

/* Made by this process image, not inherited over fork(). */
static bool kobj_is_ours(struct kobj *obj)
{
	struct vm *vm = kobj_vm(obj);

	return !vm || vm->mm == kernel_mm;
}

void kobj_put(struct kobj *obj)
{
	/*
	 * After fork() the copy in the child has no threads and locks in
	 * unknown states: it is left alone, its memory goes with the process.
	 */
	if (!kobj_is_ours(obj))
		return;
	if (!__atomic_sub_fetch(&obj->refs, 1, __ATOMIC_ACQ_REL))
		kobj_release(obj);
}

void kobj_close(struct kobj *obj)
{
	if (obj->kind == KOBJ_VM && kobj_is_ours(obj))
		irqfd_release_all(vm_of(obj));
	kobj_put(obj);
}

static long ioctl_row_call(struct kobj *obj, const struct ioctl_row *row,
			   unsigned long user)
{
	union {
		char bytes[1024];
		uint64_t align;
	} arg;
	size_t size = row->pub.size;
	long ret;

	bug_on(size > sizeof(arg), "%s takes %zu bytes", row->pub.name, size);
	if (row->needs_init && !vcpu_of(obj)->initialised) {
		explain("%s: KVM_ARM_VCPU_INIT comes first", row->pub.name);
		return -ENOEXEC;
	}
	if (row->copy == COPY_IN || row->copy == COPY_IO) {
		if (copy_from_user(arg.bytes, (void *)user, size))
			return -EFAULT;
	} else {
		memset(arg.bytes, 0, size);
	}
	if (!row->fn) {
		explain("%s is not answered by an arm64 kernel", row->pub.name);
		return -EINVAL;
	}
	ret = row->fn(obj, arg.bytes, user);
	if (ret >= 0 && (row->copy == COPY_OUT || row->copy == COPY_IO) &&
	    copy_to_user((void *)user, arg.bytes, size))
		return -EFAULT;
	return ret;
}

long kobj_ioctl(struct kobj *obj, unsigned int cmd, unsigned long arg)
{
	const struct ioctl_row *row = ioctl_find(obj->kind, cmd);
	int saved = errno;
	struct vm *vm = obj->kind == KOBJ_STATS ? NULL : kobj_vm(obj);
	long ret = vm ? vm_check(vm) : 0;

	if (ret)
		goto out;
	if (obj->kind == KOBJ_DEVICE) {
		ret = device_ioctl(obj, cmd, arg);
	} else if (obj->kind == KOBJ_STATS) {
		ret = -ENOTTY;
	} else if (!row) {
		explain("request 0x%x is unknown on %s", cmd, obj->name);
		ret = -EINVAL;
	} else if (obj->kind == KOBJ_VCPU) {
		struct vcpu *vcpu = vcpu_of(obj);

		pthread_mutex_lock(&vcpu->mutex);
		ret = ioctl_row_call(obj, row, arg);
		pthread_mutex_unlock(&vcpu->mutex);
	} else {
		ret = ioctl_row_call(obj, row, arg);
	}
out:
	if (log_enabled(LOG_DEBUG))
		log_write(LOG_DEBUG, "%s: %s(0x%lx) = %ld", obj->name,
			  row ? row->pub.name : "ioctl", arg, ret);
	errno = saved;
	return ret;
}

long kobj_read(struct kobj *obj, void *buf, size_t len, int64_t *pos)
{
	if (obj->kind != KOBJ_STATS)
		return -EINVAL;
	return stats_read(obj, buf, len, pos);
}

/* ---- requests of the system descriptor ---------------------------------- */

long sys_get_api_version(struct kobj *obj, void *arg, unsigned long user)
{
	return user ? -EINVAL : KVM_API_VERSION;
}

long sys_create_vm(struct kobj *obj, void *arg, unsigned long user)
{
	return vm_create(user);
}

long sys_check_extension(struct kobj *obj, void *arg, unsigned long user)
{
	return user > UINT32_MAX ? 0 : cap_check(NULL, user);
}

long sys_get_vcpu_mmap_size(struct kobj *obj, void *arg, unsigned long user)
{
	/* struct kvm_run's page and the coalesced MMIO ring's. */
	return user ? -EINVAL : (long)(2 * GUEST_PAGE_SIZE);
}
