/* SPDX-License-Identifier: MIT */
/*
 * Requests of the VM descriptor: mostly the way from a row of ioctls.def to
 * the file that does the work.
 */
#include "kernel/ioctl.h"

#include <errno.h>
#include <string.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "kernel/bus.h"
#include "kernel/caps.h"
#include "kernel/device.h"
#include "kernel/irq.h"
#include "kernel/memslot.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

long vm_ioctl_create_vcpu(struct kobj *obj, void *arg, unsigned long user)
{
	return vcpu_create(vm_of(obj), user);
}

long vm_ioctl_check_extension(struct kobj *obj, void *arg, unsigned long user)
{
	struct vm *vm = vm_of(obj);

	return user > UINT32_MAX ? 0 : cap_check(vm->arch, vm, user);
}

long vm_ioctl_enable_cap(struct kobj *obj, void *arg, unsigned long user)
{
	return cap_enable(vm_of(obj), arg);
}

long vm_ioctl_set_memory_region(struct kobj *obj, void *arg, unsigned long user)
{
	struct kvm_userspace_memory_region2 r = {0};

	/* The newer structure begins with the older one. */
	memcpy(&r, arg, sizeof(struct kvm_userspace_memory_region));
	return memslot_set(vm_of(obj), &r);
}

long vm_ioctl_set_memory_region2(struct kobj *obj, void *arg,
				 unsigned long user)
{
	return memslot_set(vm_of(obj), arg);
}

long vm_ioctl_get_dirty_log(struct kobj *obj, void *arg, unsigned long user)
{
	return dirty_log_get(vm_of(obj), arg);
}

long vm_ioctl_clear_dirty_log(struct kobj *obj, void *arg, unsigned long user)
{
	return dirty_log_clear(vm_of(obj), arg);
}

long vm_ioctl_reset_dirty_rings(struct kobj *obj, void *arg, unsigned long user)
{
	return dirty_rings_reset(vm_of(obj));
}

long vm_ioctl_register_coalesced(struct kobj *obj, void *arg,
				 unsigned long user)
{
	return coalesced_register(vm_of(obj), arg);
}

long vm_ioctl_unregister_coalesced(struct kobj *obj, void *arg,
				   unsigned long user)
{
	return coalesced_unregister(vm_of(obj), arg);
}

long vm_ioctl_irqfd(struct kobj *obj, void *arg, unsigned long user)
{
	return irqfd_set(vm_of(obj), arg);
}

long vm_ioctl_ioeventfd(struct kobj *obj, void *arg, unsigned long user)
{
	return ioeventfd_set(vm_of(obj), arg);
}

long vm_ioctl_signal_msi(struct kobj *obj, void *arg, unsigned long user)
{
	irqfd_sync(vm_of(obj));
	return msi_signal(vm_of(obj), arg);
}

long vm_ioctl_irq_line(struct kobj *obj, void *arg, unsigned long user)
{
	struct vm *vm = vm_of(obj);

	irqfd_sync(vm);
	return vm->arch->irq_line(vm, arg);
}

long vm_ioctl_set_gsi_routing(struct kobj *obj, void *arg, unsigned long user)
{
	irqfd_sync(vm_of(obj));
	return routing_set(vm_of(obj), arg,
			   ((struct kvm_irq_routing *)user)->entries);
}

long vm_ioctl_create_device(struct kobj *obj, void *arg, unsigned long user)
{
	return device_create(vm_of(obj), arg);
}
