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
#include "base/refuse.h"
#include "kernel/device.h"
#include "kernel/vm.h"

static int vfio_create(const struct device_type *type, struct device_vm *dev_vm,
		       struct device **out)
{
	struct vm *vm = vm_of_dev(dev_vm);
	struct device *dev;

	if (vm->has_vfio)
		return refuse(EBUSY, FKVM_VFIO_EXISTS,
			      "the VM has a VFIO device already");
	dev = calloc(1, sizeof(*dev));
	if (!dev)
		return refuse(ENOMEM, FKVM_NO_MEMORY,
			      "no memory for the device");
	dev->type = type;
	dev->vm = dev_vm;
	vm->has_vfio = true;
	*out = dev;
	return 0;
}

static void vfio_release(struct device *dev)
{
	vm_of_dev(dev->vm)->has_vfio = false;
	free(dev);
}

/* The descriptor that the payload names; the errno if there is none. */
static int vfio_fd(const struct device_attr *attr, int32_t *fd)
{
	if (copy_from_user(fd, attr->addr, sizeof(*fd)))
		return -EFAULT;
	if (host_fcntl(*fd, F_GETFD, 0) < 0)
		return refuse(EBADF, FKVM_FD, "descriptor %d is not open", *fd);
	return 0;
}

static int vfio_file_add(void *owner, const struct device_attr *attr)
{
	int32_t fd;
	int ret = vfio_fd(attr, &fd);

	if (ret)
		return ret;
	return refuse(EINVAL, FKVM_VFIO_FILE,
		      "descriptor %d is not a VFIO file", fd);
}

static int vfio_file_del(void *owner, const struct device_attr *attr)
{
	int32_t fd;
	int ret = vfio_fd(attr, &fd);

	if (ret)
		return ret;
	return refuse(ENOENT, FKVM_VFIO_FILE, "descriptor %d was not added",
		      fd);
}

static const struct attr_row vfio_rows[] = {
	{ATTR_GROUP(KVM_DEV_VFIO_FILE), ATTR_ONE(KVM_DEV_VFIO_FILE_ADD),
	 .payload = ATTR_S32, .since = "<=6.1", .set = vfio_file_add},
	{ATTR_GROUP(KVM_DEV_VFIO_FILE), ATTR_ONE(KVM_DEV_VFIO_FILE_DEL),
	 .payload = ATTR_S32, .since = "<=6.1", .set = vfio_file_del},
};
static const struct attr_table vfio_attrs = {vfio_rows, ARRAY_SIZE(vfio_rows)};

const struct device_type vfio_type = {
	.name = "kvm-vfio",
	.type = KVM_DEV_TYPE_VFIO,
	.create = vfio_create,
	.attrs = &vfio_attrs,
	.release = vfio_release,
	.destroy = vfio_release,
};
