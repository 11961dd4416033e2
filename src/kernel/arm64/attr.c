/* SPDX-License-Identifier: MIT */
/*
 * Attributes of vCPU and VM descriptors (Linux
 * Documentation/virt/kvm/devices/{vcpu,vm}.rst and guest.c, arch_timer.c,
 * pmu-emul.c, pvtime.c for the order of checks). A vCPU's are called with its
 * mutex held.
 */
#include <errno.h>

#include "base/fault.h"
#include "base/log.h"
#include "kernel/internal.h"

static void *attr_user(const struct kvm_device_attr *attr)
{
	return (void *)(uintptr_t)attr->addr;
}

/* ---- PMU ------------------------------------------------------------------ */

/* The profile has no PMU, so no vCPU has the feature. */
static long pmu_attr(struct vcpu *vcpu, enum attr_op op,
		     const struct kvm_device_attr *attr)
{
	switch (op) {
	case ATTR_HAS: return -ENXIO;
	case ATTR_SET:
		explain("the vCPU lacks the feature PMU_V3");
		return -ENODEV;
	case ATTR_GET:
		if (attr->attr != KVM_ARM_VCPU_PMU_V3_IRQ)
			return -ENXIO;
		if (!vm_has_irqchip(vcpu->vm)) {
			explain("PMU interrupt: no in-kernel irqchip");
			return -EINVAL;
		}
		explain("the vCPU lacks the feature PMU_V3");
		return -ENODEV;
	}
	return -ENXIO;
}

/* ---- timers --------------------------------------------------------------- */

static long timer_attr_set(struct vcpu *vcpu,
			   const struct kvm_device_attr *attr)
{
	struct vm *vm = vcpu->vm;
	int32_t irq;
	long ret = 0;

	if (!vm_has_irqchip(vm)) {
		explain("timer interrupt: no in-kernel irqchip");
		return -EINVAL;
	}
	if (copy_from_user(&irq, attr_user(attr), sizeof(irq)))
		return -EFAULT;
	if (irq < 16 || irq > 31) {
		explain("timer interrupt %d is no PPI (16..31)", irq);
		return -EINVAL;
	}
	pthread_mutex_lock(&vm->config);
	if (vm->ppis_fixed) {
		explain("timer interrupt: a vCPU has run");
		ret = -EBUSY;
	} else if (attr->attr >= ARRAY_SIZE(vm->timer_ppi)) {
		ret = -ENXIO;
	} else {
		vm->timer_ppi[attr->attr] = irq;
	}
	pthread_mutex_unlock(&vm->config);
	return ret;
}

static long timer_attr(struct vcpu *vcpu, enum attr_op op,
		       const struct kvm_device_attr *attr)
{
	struct vm *vm = vcpu->vm;
	int32_t irq;

	if (op == ATTR_SET)
		return timer_attr_set(vcpu, attr);
	if (attr->attr >= ARRAY_SIZE(vm->timer_ppi))
		return -ENXIO;
	if (op == ATTR_HAS)
		return 0;
	pthread_mutex_lock(&vm->config);
	irq = vm->timer_ppi[attr->attr];
	pthread_mutex_unlock(&vm->config);
	return copy_to_user(attr_user(attr), &irq, sizeof(irq));
}

long vcpu_attr(struct vcpu *vcpu, enum attr_op op,
	       const struct kvm_device_attr *attr)
{
	switch (attr->group) {
	case KVM_ARM_VCPU_PMU_V3_CTRL: return pmu_attr(vcpu, op, attr);
	case KVM_ARM_VCPU_TIMER_CTRL: return timer_attr(vcpu, op, attr);
	case KVM_ARM_VCPU_PVTIME_CTRL: return steal_attr(vcpu, op, attr);
	default:
		explain("vCPU attribute group %u is unknown", attr->group);
		return -ENXIO;
	}
}

/* ---- VM ------------------------------------------------------------------- */

long vm_attr(struct vm *vm, enum attr_op op, const struct kvm_device_attr *attr)
{
	if (attr->group != KVM_ARM_VM_SMCCC_CTRL ||
	    attr->attr != KVM_ARM_VM_SMCCC_FILTER) {
		explain("VM attribute group %u attribute 0x%llx is unknown",
			attr->group, (unsigned long long)attr->attr);
		return -ENXIO;
	}
	return op == ATTR_SET ? smccc_filter_set(vm, attr_user(attr)) : 0;
}
