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
#include "kernel/internal.h"

struct vm_device {
	struct kobj obj;
	struct vm *vm;
	struct device *dev; /* NULL after a release that destroyed it */
	struct vm_device *next;
};

static const struct device_type *const device_types[] = {
	&gic_v2_type,
	&gic_v3_type,
	&gic_its_type,
	&vfio_type,
};

static struct vm_device *device_of(struct kobj *obj)
{
	return container_of(obj, struct vm_device, obj);
}

struct vm *device_vm_of(struct kobj *obj)
{
	return device_of(obj)->vm;
}

/* What the host can do: the VGIC types are registered only if its GIC can. */
static const struct device_type *type_find(uint32_t type)
{
	for (unsigned int k = 0; k < ARRAY_SIZE(device_types); k++) {
		const struct device_type *t = device_types[k];

		if (t->type != type)
			continue;
		if (t == &gic_v2_type && !host_profile.gicv2)
			return NULL;
		if ((t == &gic_v3_type || t == &gic_its_type) &&
		    !host_profile.gicv3)
			return NULL;
		return t;
	}
	return NULL;
}

long device_create(struct vm *vm, struct kvm_create_device *cd)
{
	const struct device_type *type = type_find(cd->type);
	struct vm_device *d;
	int ret;

	if (!type) {
		explain("KVM_CREATE_DEVICE: no device of type %u on this host",
			cd->type);
		return -ENODEV;
	}
	if (cd->flags & KVM_CREATE_DEVICE_TEST)
		return 0;
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
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
		explain("KVM_CREATE_DEVICE %s: error %d", type->name, -ret);
		free(d);
		return ret;
	}
	kobj_get(&vm->obj);
	ret = kernel_host.install(&d->obj);
	if (ret < 0) {
		/* Without descriptor, but a VGIC stays what it is. */
		kobj_put(&d->obj);
		return ret;
	}
	cd->fd = ret;
	return 0;
}

/*
 * Nothing refers to the descriptor any more, no request in flight either
 * (which the last close does not say): VFIO dies now, a VGIC with its VM.
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

/* ---- attributes ----------------------------------------------------------- */

static long device_attr_call(struct device *dev, enum attr_op op,
			     unsigned long user)
{
	struct kvm_device_attr ka;
	struct device_attr attr;
	long ret;

	if (!attr_table_can(dev->type->attrs, op)) {
		explain("%s has no such attribute operation", dev->type->name);
		return -EPERM;
	}
	if (copy_from_user(&ka, (void *)user, sizeof(ka)))
		return -EFAULT;
	attr = (struct device_attr){ka.group, ka.attr,
				    (void *)(uintptr_t)ka.addr};
	ret = attr_dispatch(dev->type->attrs, dev, op, &attr);
	if (ret < 0)
		explain("%s: group %u attribute 0x%llx: error %ld",
			dev->type->name, ka.group, (unsigned long long)ka.attr,
			-ret);
	return ret;
}

long device_ioctl(struct kobj *obj, unsigned int cmd, unsigned long user)
{
	struct device *dev = device_of(obj)->dev;

	bug_on(!dev, "request on device %s after its release", obj->name);
	switch (cmd) {
	case KVM_SET_DEVICE_ATTR: return device_attr_call(dev, ATTR_SET, user);
	case KVM_GET_DEVICE_ATTR: return device_attr_call(dev, ATTR_GET, user);
	case KVM_HAS_DEVICE_ATTR: return device_attr_call(dev, ATTR_HAS, user);
	default:
		explain("request 0x%x is unknown on device %s", cmd, obj->name);
		return -ENOTTY;
	}
}
