/* SPDX-License-Identifier: MIT */
/*
 * The KVM-VFIO device (Linux Documentation/virt/kvm/devices/vfio.rst). There
 * is no VFIO on a machine that needs this model, so no file is ever a VFIO
 * file: adding answers EINVAL, as Linux does for any other file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/log.h"
#include "kernel/internal.h"

static int vfio_create(const struct device_type *type, struct device_vm *dev_vm,
		       struct device **out)
{
	struct vm *vm = container_of(dev_vm, struct vm, dev);
	struct device *dev;

	if (vm->has_vfio) {
		explain("the VM has a VFIO device already");
		return -EBUSY;
	}
	dev = calloc(1, sizeof(*dev));
	if (!dev)
		return -ENOMEM;
	dev->type = type;
	dev->vm = dev_vm;
	vm->has_vfio = true;
	*out = dev;
	return 0;
}

static void vfio_release(struct device *dev)
{
	container_of(dev->vm, struct vm, dev)->has_vfio = false;
	free(dev);
}

static int vfio_has_attr(struct device *dev, const struct device_attr *attr)
{
	if (attr->group != KVM_DEV_VFIO_FILE)
		return -ENXIO;
	switch (attr->attr) {
	case KVM_DEV_VFIO_FILE_ADD:
	case KVM_DEV_VFIO_FILE_DEL: return 0;
	default: return -ENXIO;
	}
}

static int vfio_set_attr(struct device *dev, const struct device_attr *attr)
{
	int32_t fd;

	if (vfio_has_attr(dev, attr))
		return -ENXIO;
	if (copy_from_user(&fd, attr->addr, sizeof(fd)))
		return -EFAULT;
	if (host_fcntl(fd, F_GETFD, 0) < 0)
		return -EBADF;
	if (attr->attr == KVM_DEV_VFIO_FILE_DEL)
		return -ENOENT;
	explain("descriptor %d is not a VFIO file", fd);
	return -EINVAL;
}

const struct device_type vfio_type = {
	.name = "kvm-vfio",
	.type = KVM_DEV_TYPE_VFIO,
	.create = vfio_create,
	.set_attr = vfio_set_attr,
	.has_attr = vfio_has_attr,
	.release = vfio_release,
	.destroy = vfio_release,
};
