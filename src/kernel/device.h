/* SPDX-License-Identifier: MIT */
/*
 * Descriptors of in-kernel devices (device.c) and the device that belongs to
 * no architecture (vfio.c). What a device and its VM know of each other is
 * base/device.h.
 */
#ifndef FAUXKVM_KERNEL_DEVICE_H
#define FAUXKVM_KERNEL_DEVICE_H

#include <fauxkvm/kvm.h>

#include "base/device.h"
#include "kernel/kernel.h"

struct arch;
struct vm;

long device_create(struct vm *vm, struct kvm_create_device *cd);
struct vm *device_vm_of(struct kobj *obj);
/* The device of a descriptor's object, KOBJ_DEVICE; not NULL. */
struct device *device_of_kobj(struct kobj *obj);
void device_release(struct kobj *obj);
void device_destroy_all(struct vm *vm);
extern const struct device_type vfio_type;
/* NULL: KVM_CREATE_DEVICE has no such type on this host. */
const struct device_type *device_type_find(const struct arch *arch,
					   uint32_t type);

/* device-draft.c: does the process have the draft's requests? */
bool device_draft_offered(void);

#endif
