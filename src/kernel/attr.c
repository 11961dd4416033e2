/* SPDX-License-Identifier: MIT */
/*
 * Attributes of vCPU descriptors (PMU, timer PPIs, stolen time) and of the VM
 * (SMCCC filter).
 */
#include "kernel/internal.h"

#include <errno.h>

#include "base/fault.h"
#include "base/log.h"

/* No host PMU, so no vCPU has the feature. */
static long pmu_attr(struct vcpu *vcpu, enum attr_op op,
		     const struct kvm_device_attr *attr)
{
	bool irq_get = op == ATTR_GET && attr->attr == KVM_ARM_VCPU_PMU_V3_IRQ;

	explain("vCPU %u has no PMU", vcpu->id);
	if (irq_get && !vm_has_irqchip(vcpu->vm))
		return -EINVAL;
	return op == ATTR_SET || irq_get ? -ENODEV : -ENXIO;
}

static long timer_set(struct vm *vm, uint64_t which, int32_t irq)
{
	long ret = 0;

	if (irq < 16 || irq > 31) {
		explain("timer attribute: %d is no PPI", irq);
		return -EINVAL;
	}
	pthread_mutex_lock(&vm->config);
	if (vm->ppis_fixed) {
		explain("timer attribute: a vCPU has run");
		ret = -EBUSY;
	} else if (which > KVM_ARM_VCPU_TIMER_IRQ_HPTIMER) {
		ret = -ENXIO;
	} else {
		vm->timer_ppi[which] = irq;
	}
	pthread_mutex_unlock(&vm->config);
	return ret;
}

static long timer_attr(struct vcpu *vcpu, enum attr_op op,
		       const struct kvm_device_attr *attr)
{
	struct vm *vm = vcpu->vm;
	int32_t irq;

	if (op == ATTR_SET) {
		if (!vm_has_irqchip(vm)) {
			explain("timer attribute: the VM has no VGIC");
			return -EINVAL;
		}
		if (copy_from_user(&irq, (void *)attr->addr, sizeof(irq)))
			return -EFAULT;
		return timer_set(vm, attr->attr, irq);
	}
	if (attr->attr > KVM_ARM_VCPU_TIMER_IRQ_HPTIMER)
		return -ENXIO;
	if (op == ATTR_HAS)
		return 0;
	pthread_mutex_lock(&vm->config);
	irq = vm->timer_ppi[attr->attr];
	pthread_mutex_unlock(&vm->config);
	return copy_to_user((void *)attr->addr, &irq, sizeof(irq));
}

long vcpu_attr(struct vcpu *vcpu, enum attr_op op,
	       const struct kvm_device_attr *attr)
{
	switch (attr->group) {
	case KVM_ARM_VCPU_PMU_V3_CTRL:
		return pmu_attr(vcpu, op, attr);
	case KVM_ARM_VCPU_TIMER_CTRL:
		return timer_attr(vcpu, op, attr);
	case KVM_ARM_VCPU_PVTIME_CTRL:
		/* KVM_CAP_STEAL_TIME is 0. */
		explain("the host has no stolen time");
		return -ENXIO;
	}
	explain("vCPU attribute group %u", attr->group);
	return -ENXIO;
}

long vm_attr(struct vm *vm, enum attr_op op, const struct kvm_device_attr *attr)
{
	if (attr->group != KVM_ARM_VM_SMCCC_CTRL ||
	    attr->attr != KVM_ARM_VM_SMCCC_FILTER) {
		explain("VM attribute group %u, attribute %llu", attr->group,
			(unsigned long long)attr->attr);
		return -ENXIO;
	}
	return op == ATTR_HAS ? 0 :
				smccc_filter_set(vm, (void *)attr->addr);
}
