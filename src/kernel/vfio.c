/* SPDX-License-Identifier: MIT */
/*
 * The KVM-VFIO device. This machine has no device that could be assigned to
 * an Arm guest, so no descriptor is a VFIO file; the answers are those.
 */
#include "kernel/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/host.h"
#include "base/log.h"

static struct vm *vfio_vm(struct device_vm *dev)
{
	return container_of(dev, struct vm, dev);
}

static int vfio_create(const struct device_type *type, struct device_vm *vm,
		       struct device **out)
{
	struct device *dev;

	if (vfio_vm(vm)->has_vfio) {
		explain("the VM has a VFIO device");
		return -EBUSY;
	}
	dev = calloc(1, sizeof(*dev));
	if (!dev)
		return -ENOMEM;
	dev->type = type;
	dev->vm = vm;
	vfio_vm(vm)->has_vfio = true;
	*out = dev;
	return 0;
}

static int vfio_set_attr(struct device *dev, const struct device_attr *attr)
{
	int saved = errno, ret;
	int32_t fd;

	if (attr->group != KVM_DEV_VFIO_FILE ||
	    (attr->attr != KVM_DEV_VFIO_FILE_ADD &&
	     attr->attr != KVM_DEV_VFIO_FILE_DEL))
		return -ENXIO;
	if (copy_from_user(&fd, attr->addr, sizeof(fd)))
		return -EFAULT;
	ret = host_fcntl(fd, F_GETFD, 0);
	errno = saved;
	if (ret < 0)
		return -EBADF;
	explain("descriptor %d is no VFIO file", fd);
	return attr->attr == KVM_DEV_VFIO_FILE_ADD ? -EINVAL : -ENOENT;
}

static int vfio_has_attr(struct device *dev, const struct device_attr *attr)
{
	if (attr->group == KVM_DEV_VFIO_FILE &&
	    (attr->attr == KVM_DEV_VFIO_FILE_ADD ||
	     attr->attr == KVM_DEV_VFIO_FILE_DEL))
		return 0;
	return -ENXIO;
}

static void vfio_release(struct device *dev)
{
	vfio_vm(dev->vm)->has_vfio = false;
}

static void vfio_destroy(struct device *dev)
{
	free(dev);
}

const struct device_type vfio_type = {
	.name = "kvm-vfio",
	.type = KVM_DEV_TYPE_VFIO,
	.create = vfio_create,
	.set_attr = vfio_set_attr,
	.has_attr = vfio_has_attr,
	.release = vfio_release,
	.destroy = vfio_destroy,
};
