/* SPDX-License-Identifier: MIT */
/*
 * In-kernel devices of a VM: making them, their descriptors, and the dispatch
 * of device attributes. What an attribute means is the device's (src/gic,
 * vfio.c); the order of the common checks is Linux's kvm_ioctl_create_device()
 * and kvm_device_ioctl_attr().
 *
 * A struct vm_device lives as long as its VM; its kobj is the descriptor.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/refuse.h"
#include "kernel/arch.h"
#include "kernel/device.h"
#include "kernel/ioctl.h"
#include "kernel/system.h"
#include "kernel/vm.h"

struct vm_device {
	struct kobj obj;
	struct vm *vm;
	struct device *dev; /* NULL after a release that destroyed it */
	struct vm_device *next;
};

static struct vm_device *device_of(struct kobj *obj)
{
	return container_of(obj, struct vm_device, obj);
}

struct vm *device_vm_of(struct kobj *obj)
{
	return device_of(obj)->vm;
}

/* Only what the machine that we pretend to be has is registered. */
const struct device_type *device_type_find(const struct arch *arch,
					   uint32_t type)
{
	for (unsigned int k = 0; arch->device_types[k]; k++) {
		const struct device_type *t = arch->device_types[k];

		if (t->type == type)
			return !arch->has_device || arch->has_device(t) ? t
									: NULL;
	}
	return NULL;
}

long device_create(struct vm *vm, struct kvm_create_device *cd)
{
	const struct device_type *type = device_type_find(vm->arch, cd->type);
	struct vm_device *d;
	int ret;

	if (!type)
		return refuse(ENODEV, FKVM_DEVICE_TYPE,
			      "no device of type %u on this host", cd->type);
	if (cd->flags & KVM_CREATE_DEVICE_TEST)
		return 0;
	d = calloc(1, sizeof(*d));
	if (!d)
		return refuse(ENOMEM, FKVM_NO_MEMORY,
			      "no memory for the device");
	d->vm = vm;
	d->obj.kind = KOBJ_DEVICE;
	d->obj.refs = 1;
	snprintf(d->obj.name, sizeof(d->obj.name), "%s", type->name);
	pthread_mutex_lock(&vm->lock);
	ret = type->create(type, &vm->dev, &d->dev);
	if (!ret) {
		d->next = vm->devices;
		vm->devices = d;
	}
	pthread_mutex_unlock(&vm->lock);
	if (ret) {
		free(d);
		return refused_within(ret, "%s", type->name);
	}
	kobj_get(&vm->obj);
	ret = kernel_host.install(&d->obj);
	if (ret < 0) {
		/* Without descriptor, but an irqchip stays what it is. */
		kobj_put(&d->obj);
		return ret;
	}
	cd->fd = ret;
	return 0;
}

/*
 * Nothing refers to the descriptor any more, no request in flight either
 * (which the last close does not say): VFIO dies now, an irqchip with its VM.
 */
void device_release(struct kobj *obj)
{
	struct vm_device *d = device_of(obj);
	struct vm *vm = d->vm;

	pthread_mutex_lock(&vm->lock);
	if (d->dev->type->release) {
		d->dev->type->release(d->dev);
		d->dev = NULL;
	}
	pthread_mutex_unlock(&vm->lock);
	kobj_put(&vm->obj);
}

void device_destroy_all(struct vm *vm)
{
	while (vm->devices) {
		struct vm_device *d = vm->devices;

		vm->devices = d->next;
		if (d->dev && d->dev->type->destroy)
			d->dev->type->destroy(d->dev);
		free(d);
	}
}

/* ---- attributes ---------------------------------------------------------- */

static long device_attr_call(struct device *dev, enum attr_op op,
			     unsigned long user)
{
	struct kvm_device_attr ka;
	struct device_attr attr;

	if (!attr_table_can(dev->type->attrs, op))
		return refuse(EPERM, FKVM_DEVICE_ATTRS,
			      "this device has no attribute that can "
			      "be %s",
			      attr_op_name(op));
	if (copy_from_user(&ka, (void *)user, sizeof(ka)))
		return -EFAULT;
	attr = (struct device_attr){ka.group, ka.attr,
				    (void *)(uintptr_t)ka.addr};
	irqfd_sync(vm_of_dev(dev->vm));
	return attr_dispatch(dev->type->attrs, dev, op, &attr);
}

struct device *device_of_kobj(struct kobj *obj)
{
	struct device *dev = device_of(obj)->dev;

	bug_on(!dev, "request on device %s after its release", obj->name);
	return dev;
}

long device_ioctl_set_attr(struct kobj *obj, void *arg, unsigned long user)
{
	return device_attr_call(device_of_kobj(obj), ATTR_SET, user);
}

long device_ioctl_get_attr(struct kobj *obj, void *arg, unsigned long user)
{
	return device_attr_call(device_of_kobj(obj), ATTR_GET, user);
}

long device_ioctl_has_attr(struct kobj *obj, void *arg, unsigned long user)
{
	return device_attr_call(device_of_kobj(obj), ATTR_HAS, user);
}

/* ---- rows for the list --------------------------------------------------- */

/* The @n-th of @table, or *n less its rows. */
static bool attr_row_at(const struct attr_table *table, unsigned int *n,
			struct kernel_attr_row *out)
{
	unsigned int nr = table ? table->nr : 0;

	if (*n >= nr) {
		*n -= nr;
		return false;
	}
	out->row = &table->row[*n];
	return true;
}

bool kernel_attr_row(unsigned int n, struct kernel_attr_row *out)
{
	const struct arch *arch = kernel_arch();

	for (unsigned int k = 0; arch->device_types[k]; k++) {
		out->owner = arch->device_types[k]->name;
		out->type = arch->device_types[k]->type;
		out->there = !arch->has_device ||
			     arch->has_device(arch->device_types[k]);
		if (attr_row_at(arch->device_types[k]->attrs, &n, out))
			return true;
		out->row = NULL;
		if (!arch->device_types[k]->attrs && !n--)
			return true;
	}
	out->type = -1;
	out->there = true;
	out->owner = "vcpu";
	if (attr_row_at(arch->vcpu_attrs, &n, out))
		return true;
	out->owner = "vm";
	return attr_row_at(arch->vm_attrs, &n, out);
}
