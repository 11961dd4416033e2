/* SPDX-License-Identifier: MIT */
/*
 * VMs and vCPUs of 32-bit Arm: their types, targets and features, what a reset
 * leaves, and interrupt lines.
 */
#include <errno.h>

#include "base/refuse.h"
#include "kernel/arm/arm.h"
#include "kernel/arm64/smccc.h"

/* ---- VM ------------------------------------------------------------------ */

long arm_vm_new(unsigned long type, struct vm **vm)
{
	if (type)
		return refuse(EINVAL, FKVM_VM_TYPE,
			      "type %#lx, 32-bit Arm has only 0", type);
	return arm64_vm_new(0, vm);
}

/* Registers of VFP are those of the first KVM_ARM_VCPU_INIT: switched off. */
static void reset_port(struct vcpu *vcpu)
{
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);

	arm_cp15_reset(vcpu);
	cpu_sysreg_set(&a->cpu, SYSREG_ENC(3, 4, 5, 3, 0), 0);
	a->orig_r0 = 0;
}

/* PSCI 1.0 was the newest; services have no bitmap, but those that came later
 * are not there. */
int arm_vm_init(struct vm *vm)
{
	struct vm_arm64 *a = vm_arm64(vm);
	int ret = arm64_vm_init(vm);

	a->reset_port = reset_port;
	a->psci_version = PSCI_V1_0;
	a->fw_bmap[BMAP_STD] = 0;
	a->fw_bmap[BMAP_VENDOR_HYP] = 0;
	return ret;
}

/* vCPUs are found by the order in which they were made. */
long arm_irq_line(struct vm *vm, struct kvm_irq_level *args)
{
	unsigned int type = FIELD(args->irq, 27, 24);
	unsigned int index =
		FIELD(args->irq, 31, 28) * 256 + FIELD(args->irq, 23, 16);
	struct kvm_irq_level line = *args;
	unsigned int id;

	if (type != KVM_ARM_IRQ_TYPE_SPI && index < vm_vcpu_count(vm)) {
		id = vm->vcpus[index]->id;
		line.irq = (args->irq & GENMASK(27, 24)) |
			   (args->irq & GENMASK(15, 0)) | (id & 0xff) << 16 |
			   id >> 8 << 28;
	} else if (type == KVM_ARM_IRQ_TYPE_CPU ||
		   type == KVM_ARM_IRQ_TYPE_PPI) {
		/* None has it, whatever the ids are. */
		line.irq |= GENMASK(31, 28) | GENMASK(23, 16);
	}
	return arm64_irq_line(vm, &line);
}

/* ---- vCPU ---------------------------------------------------------------- */

/* A vCPU keeps the features of the first time. */
static long init_check(const struct vcpu *vcpu,
		       const struct kvm_vcpu_init *init)
{
	const uint32_t known = BIT(ARM_NR_FEATURES) - 1;
	uint32_t now = vcpu_arm64(vcpu)->port_features;

	if (init->target != host_profile->target)
		return refuse(EINVAL, FKVM_VCPU_TARGET,
			      "target %u, this host takes %u", init->target,
			      host_profile->target);
	if (vcpu->initialised && (init->features[0] ^ now) & known)
		return refuse(EINVAL, FKVM_VCPU_FEATURES_DIFFER,
			      "features %#x, they were %#x", init->features[0],
			      now);
	if (init->features[0] & ~known)
		return refuse(ENOENT, FKVM_VCPU_FEATURES,
			      "features %#x, known are %#x", init->features[0],
			      known);
	for (unsigned int i = 1; i < ARRAY_SIZE(init->features); i++)
		if (init->features[i])
			return refuse(ENOENT, FKVM_VCPU_FEATURES,
				      "features[%u] is %#x, not 0", i,
				      init->features[i]);
	return 0;
}

long arm_vcpu_ioctl_init(struct kobj *obj, void *arg, unsigned long user)
{
	const struct kvm_vcpu_init *init = arg;
	struct vcpu *vcpu = vcpu_of(obj);
	uint32_t features = BIT(KVM_ARM_VCPU_EL1_32BIT);
	long ret = init_check(vcpu, init);

	if (ret)
		return ret;
	if (init->features[0] & BIT(ARM_VCPU_PSCI_0_2))
		features |= BIT(KVM_ARM_VCPU_PSCI_0_2);
	ret = vcpu_initialise(vcpu, features,
			      init->features[0] & BIT(ARM_VCPU_POWER_OFF));
	if (!ret)
		vcpu_arm64(vcpu)->port_features = init->features[0];
	return ret;
}

long arm_set_mp_state(struct vcpu *vcpu, const struct kvm_mp_state *state)
{
	if (state->mp_state == KVM_MP_STATE_SUSPENDED)
		return refuse(EINVAL, FKVM_MP_STATE,
			      "mp_state %u is neither RUNNABLE nor STOPPED",
			      state->mp_state);
	return arm64_set_mp_state(vcpu, state);
}
