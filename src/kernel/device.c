/* SPDX-License-Identifier: MIT */
/*
 * Device descriptors: KVM_CREATE_DEVICE by type and the three attribute
 * requests. A VGIC or ITS lives until the VM goes, whoever holds its
 * descriptor; a VFIO device goes with its descriptor.
 */
#include "kernel/internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/log.h"

struct vm_device {
	struct kobj obj;	/* the descriptor */
	struct vm *vm;
	struct device *dev;	/* NULL once destroyed */
	struct vm_device *next;
};

static struct vm_device *dev_of(struct kobj *obj)
{
	return container_of(obj, struct vm_device, obj);
}

struct vm *device_vm_of(struct kobj *obj)
{
	return dev_of(obj)->vm;
}

static const struct device_type *device_type(unsigned int type)
{
	switch (type) {
	case KVM_DEV_TYPE_VFIO:
		return &vfio_type;
	case KVM_DEV_TYPE_ARM_VGIC_V2:
		return host_profile.gicv2 ? &gic_v2_type : NULL;
	case KVM_DEV_TYPE_ARM_VGIC_V3:
		return host_profile.gicv3 ? &gic_v3_type : NULL;
	case KVM_DEV_TYPE_ARM_VGIC_ITS:
		return host_profile.gicv3 ? &gic_its_type : NULL;
	}
	return NULL;
}

/* vm->lock held. */
static void device_unlink(struct vm *vm, struct vm_device *d)
{
	struct vm_device **link = &vm->devices;

	while (*link && *link != d)
		link = &(*link)->next;
	if (*link)
		*link = d->next;
}

static long device_make(struct vm *vm, const struct device_type *type,
			struct vm_device *d)
{
	long ret;

	pthread_mutex_lock(&vm->lock);
	ret = type->create(type, &vm->dev, &d->dev);
	if (!ret) {
		d->next = vm->devices;
		vm->devices = d;
	}
	pthread_mutex_unlock(&vm->lock);
	return ret;
}

long device_create(struct vm *vm, struct kvm_create_device *cd)
{
	const struct device_type *type = device_type(cd->type);
	struct vm_device *d;
	long ret;

	if (!type) {
		explain("KVM_CREATE_DEVICE: the host has no type %u", cd->type);
		return -ENODEV;
	}
	if (cd->flags & KVM_CREATE_DEVICE_TEST)
		return 0;
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	d->obj.kind = KOBJ_DEVICE;
	d->obj.refs = 1;
	d->vm = vm;
	snprintf(d->obj.name, sizeof(d->obj.name), "%s", type->name);
	ret = device_make(vm, type, d);
	if (ret) {
		free(d);
		return ret;
	}
	kobj_get(&vm->obj); /* the descriptor's */
	ret = kernel_host.install(&d->obj);
	if (ret < 0) {
		device_close(&d->obj);
		kobj_put(&d->obj);
		return ret;
	}
	cd->fd = ret;
	return 0;
}

/* The last descriptor was closed. */
void device_close(struct kobj *obj)
{
	struct vm_device *d = dev_of(obj);
	struct vm *vm = d->vm;

	pthread_mutex_lock(&vm->lock);
	if (d->dev && d->dev->type->release) {
		d->dev->type->release(d->dev);
		d->dev->type->destroy(d->dev);
		d->dev = NULL;
		device_unlink(vm, d);
	}
	pthread_mutex_unlock(&vm->lock);
}

/* Nobody refers to the descriptor's object any more. */
void device_release(struct kobj *obj)
{
	struct vm_device *d = dev_of(obj);
	struct vm *vm = d->vm;

	/* A device that stays keeps its list entry until the VM goes. */
	if (!d->dev)
		free(d);
	kobj_put(&vm->obj);
}

void device_destroy_all(struct vm *vm)
{
	struct vm_device *d;

	while ((d = vm->devices)) {
		vm->devices = d->next;
		d->dev->type->destroy(d->dev);
		free(d);
	}
}

static long device_attr_op(struct device *dev, unsigned int cmd,
			   unsigned long user)
{
	const struct device_type *type = dev->type;
	int (*op)(struct device *dev, const struct device_attr *attr) =
		cmd == KVM_SET_DEVICE_ATTR ? type->set_attr :
		cmd == KVM_GET_DEVICE_ATTR ? type->get_attr :
					     type->has_attr;
	struct kvm_device_attr a;
	struct device_attr attr;

	if (!op) {
		explain("%s has no such attribute operation", type->name);
		return -EPERM;
	}
	if (copy_from_user(&a, (void *)user, sizeof(a)))
		return -EFAULT;
	attr = (struct device_attr){a.group, a.attr, (void *)a.addr};
	return op(dev, &attr);
}

long device_ioctl(struct kobj *obj, unsigned int cmd, unsigned long user)
{
	struct vm_device *d = dev_of(obj);

	switch (cmd) {
	case KVM_SET_DEVICE_ATTR:
	case KVM_GET_DEVICE_ATTR:
	case KVM_HAS_DEVICE_ATTR:
		return d->dev ? device_attr_op(d->dev, cmd, user) : -EIO;
	}
	explain("request 0x%x is unknown on a device", cmd);
	return -ENOTTY;
}
