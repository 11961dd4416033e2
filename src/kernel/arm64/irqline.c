/* SPDX-License-Identifier: MIT */
/*
 * KVM_IRQ_LINE: SPIs and PPIs of the VGIC, or without one the IRQ and FIQ
 * inputs of a vCPU (the fields: KVM_ARM_IRQ_ in fauxkvm/kvm-arm64.h).
 */
#include "kernel/arm64/arm64.h"

#include <errno.h>

#include "base/refuse.h"

static long cpu_line(struct vcpu *vcpu, unsigned int number, bool level)
{
	uint32_t bit =
		number == KVM_ARM_IRQ_CPU_IRQ ? CPU_PIN_IRQ : CPU_PIN_FIQ;

	if (level)
		atomic_fetch_or(&vcpu_arm64(vcpu)->irq_lines, bit);
	else
		atomic_fetch_and(&vcpu_arm64(vcpu)->irq_lines, ~bit);
	cpu_set_pins(cpu_of(vcpu), atomic_load(&vcpu_arm64(vcpu)->irq_lines));
	vcpu_wake(vcpu);
	return 0;
}

long arm64_irq_line(struct vm *vm, struct kvm_irq_level *args)
{
	unsigned int type = FIELD(args->irq, 27, 24);
	unsigned int id =
		FIELD(args->irq, 31, 28) * 256 + FIELD(args->irq, 23, 16);
	unsigned int number = FIELD(args->irq, 15, 0);
	struct vcpu *vcpu = NULL;

	if (type > KVM_ARM_IRQ_TYPE_PPI)
		return refuse(EINVAL, FKVM_IRQLINE_TYPE,
			      "irq %#x: type %u is above %u", args->irq, type,
			      KVM_ARM_IRQ_TYPE_PPI);
	if ((type == KVM_ARM_IRQ_TYPE_CPU) == vm_has_irqchip(vm))
		return refuse(ENXIO, FKVM_IRQLINE_IRQCHIP,
			      "irq %#x: type %u %s an in-kernel VGIC",
			      args->irq, type, type ? "without" : "with");
	if (type != KVM_ARM_IRQ_TYPE_SPI) {
		vcpu = vcpu_by_id(vm, id);
		if (!vcpu)
			return refuse(EINVAL, FKVM_IRQLINE_VCPU,
				      "irq %#x: the VM has no vCPU %u",
				      args->irq, id);
	}
	if ((type == KVM_ARM_IRQ_TYPE_CPU && number > KVM_ARM_IRQ_CPU_FIQ) ||
	    (type == KVM_ARM_IRQ_TYPE_PPI && (number < 16 || number > 31)) ||
	    (type == KVM_ARM_IRQ_TYPE_SPI && number < 32))
		return refuse(EINVAL, FKVM_IRQLINE_NUMBER,
			      "irq %#x: type %u has no number %u", args->irq,
			      type, number);
	if (type == KVM_ARM_IRQ_TYPE_CPU)
		return cpu_line(vcpu, number, args->level);
	return gic_set_line(vm_arm64(vm)->gic, vcpu ? vcpu->index : 0, number,
			    args->level, NULL);
}
