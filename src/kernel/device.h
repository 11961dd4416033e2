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

struct vm;

long device_create(struct vm *vm, struct kvm_create_device *cd);
struct vm *device_vm_of(struct kobj *obj);
void device_release(struct kobj *obj);
void device_destroy_all(struct vm *vm);
extern const struct device_type vfio_type;

#endif
