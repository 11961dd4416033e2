/* SPDX-License-Identifier: MIT */
/*
 * Attributes of devices by a request of the VM descriptor: the draft of the
 * device API and its reviewed variant (fauxkvm/device-attr-draft.h), which are
 * offered only if the VMM's user asked for them. They end at the same rows as
 * KVM_SET_DEVICE_ATTR: a row with a number in the draft (attr_row.draft) of a
 * type whose device a VM can have once (device_type.find) is reached.
 */
#include <errno.h>

#include <fauxkvm/device-attr-draft.h>

#include "base/refuse.h"
#include "kernel/arch.h"
#include "kernel/device.h"
#include "kernel/ioctl.h"
#include "kernel/irq.h"
#include "kernel/vm.h"

static bool wanted;

void kernel_offer_draft_attrs(bool offer)
{
	wanted = offer;
}

bool device_draft_offered(void)
{
	return wanted;
}

/* Devices that the draft names, whatever this host has. */
static bool id_known(uint32_t id)
{
	return id < 32 && KVM_DRAFT_DEVICES >> id & 1;
}

static int device_find(struct vm *vm, uint32_t id, struct device **dev)
{
	const struct device_type *type;

	if (!id_known(id))
		return refuse(ENODEV, FKVM_DRAFT_DEVICE,
			      "draft attribute: no device has the id %u", id);
	type = device_type_find(vm->arch, id);
	if (!type || !type->find)
		return refuse(ENXIO, FKVM_DRAFT_DEVICE,
			      "draft attribute: no device %u on this host", id);
	*dev = type->find(&vm->dev);
	if (!*dev)
		return refuse(ENODEV, FKVM_DRAFT_DEVICE,
			      "draft attribute: the VM has no %s", type->name);
	return 0;
}

/* How many bytes the attribute has; those that have a number have some. */
static uint32_t row_size(const struct attr_row *row)
{
	return row->payload == ATTR_U64 ? sizeof(uint64_t) : sizeof(uint32_t);
}

static long attr_find(struct vm *vm, uint32_t id, uint32_t number,
		      struct device **dev, const struct attr_row **row)
{
	int ret = device_find(vm, id, dev);

	if (ret)
		return ret;
	*row = attr_draft_find((*dev)->type->attrs, number);
	if (!*row)
		return refuse(EINVAL, FKVM_DRAFT_ATTR,
			      "draft attribute: a %s has no attribute %u",
			      (*dev)->type->name, number);
	return 0;
}

static long attr_set(struct vm *vm, struct device *dev,
		     const struct attr_row *row, void *addr)
{
	const struct device_attr attr = {row->group, row->first, addr};

	irqfd_sync(vm);
	return row->set(dev, &attr);
}

long vm_ioctl_attr_draft(struct kobj *obj, void *arg, unsigned long user)
{
	const struct kvm_device_attr_draft *a = arg;
	const struct attr_row *row;
	uint64_t value = a->value;
	uint32_t value32 = (uint32_t)value;
	struct device *dev;
	long ret = attr_find(vm_of(obj), a->device, a->attr, &dev, &row);

	if (ret)
		return ret;
	if (row_size(row) == sizeof(value))
		return attr_set(vm_of(obj), dev, row, &value);
	if (value != value32)
		return refuse(EINVAL, FKVM_DRAFT_ATTR,
			      "draft attribute: %s has 32 bits", row->name);
	return attr_set(vm_of(obj), dev, row, &value32);
}

long vm_ioctl_attr_draft_addr(struct kobj *obj, void *arg, unsigned long user)
{
	const struct kvm_device_attr_draft_addr *a = arg;
	const struct attr_row *row;
	struct device *dev;
	long ret;

	if (a->pad)
		return refuse(EINVAL, FKVM_DRAFT_ATTR,
			      "draft attribute: pad is not 0");
	ret = attr_find(vm_of(obj), a->device, a->attr, &dev, &row);
	if (ret)
		return ret;
	if (a->size != row_size(row))
		return refuse(EINVAL, FKVM_DRAFT_ATTR,
			      "draft attribute: %s has %u bytes, not %u",
			      row->name, row_size(row), a->size);
	return attr_set(vm_of(obj), dev, row, (void *)(uintptr_t)a->addr);
}
