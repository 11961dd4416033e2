/* SPDX-License-Identifier: MIT */
/*
 * Requests of the VM descriptor that only arm64 has.
 */
#include "kernel/internal.h"

#include <errno.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"

static bool host_has_gic(void)
{
	return host_profile.gicv2 || host_profile.gicv3;
}

long vm_ioctl_create_irqchip(struct kobj *obj, void *arg, unsigned long user)
{
	struct vm *vm = vm_of(obj);
	long ret;

	if (!host_has_gic())
		return -ENXIO;
	if (!host_profile.gicv2)
		return -ENODEV;
	pthread_mutex_lock(&vm->lock);
	ret = gic_create_irqchip(vm->gic);
	pthread_mutex_unlock(&vm->lock);
	return ret;
}

long vm_ioctl_set_device_addr(struct kobj *obj, void *arg, unsigned long user)
{
	const struct kvm_arm_device_addr *a = arg;
	struct vm *vm = vm_of(obj);

	if (FIELD(a->id, 31, 16) != KVM_ARM_DEVICE_VGIC_V2) {
		explain("KVM_ARM_SET_DEVICE_ADDR: device %llu",
			(unsigned long long)FIELD(a->id, 31, 16));
		return -ENODEV;
	}
	if (!host_has_gic())
		return -ENXIO;
	return gic_set_legacy_addr(vm->gic, FIELD(a->id, 15, 0), a->addr);
}

long vm_ioctl_preferred_target(struct kobj *obj, void *arg, unsigned long user)
{
	struct kvm_vcpu_init *init = arg;

	init->target = KVM_ARM_TARGET_GENERIC_V8;
	return 0;
}

long vm_ioctl_mte_copy_tags(struct kobj *obj, void *arg, unsigned long user)
{
	explain("KVM_ARM_MTE_COPY_TAGS: the VM has no MTE");
	return -EINVAL;
}

long vm_ioctl_set_counter_offset(struct kobj *obj, void *arg,
				 unsigned long user)
{
	const struct kvm_arm_counter_offset *a = arg;
	struct vm *vm = vm_of(obj);
	long ret = 0;

	if (a->reserved) {
		explain("KVM_ARM_SET_COUNTER_OFFSET: reserved is not 0");
		return -EINVAL;
	}
	pthread_mutex_lock(&vm->lock);
	if (vm_trylock_vcpus(vm)) {
		pthread_mutex_lock(&vm->config);
		vm->offset_set = true;
		atomic_store(&vm->voffset, a->counter_offset);
		atomic_store(&vm->poffset, a->counter_offset);
		pthread_mutex_unlock(&vm->config);
		for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
			timer_update(vm->vcpus[i]);
		vm_unlock_vcpus(vm);
	} else {
		ret = -EBUSY;
	}
	pthread_mutex_unlock(&vm->lock);
	return ret;
}

long vm_ioctl_get_reg_masks(struct kobj *obj, void *arg, unsigned long user)
{
	const struct reg_mask_range *range = arg;
	uint64_t masks[KVM_ARM_FEATURE_ID_RANGE_SIZE] = {0};
	const struct cpu_sysreg_info *row;

	if (range->range != KVM_ARM_FEATURE_ID_RANGE)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(range->reserved); i++)
		if (range->reserved[i])
			return -EINVAL;
	for (unsigned int n = 0; (row = cpu_sysreg_info(n)); n++)
		if (row->flags & SYSREG_ID)
			masks[KVM_ARM_FEATURE_ID_RANGE_IDX(
				SYSREG_OP0(row->enc), SYSREG_OP1(row->enc),
				SYSREG_CRN(row->enc), SYSREG_CRM(row->enc),
				SYSREG_OP2(row->enc))] = idreg_writable(row);
	return copy_to_user((void *)range->addr, masks, sizeof(masks));
}
