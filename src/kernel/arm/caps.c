/* SPDX-License-Identifier: MIT */
/*
 * Capabilities of 32-bit Arm's KVM, Linux 5.6: its own and those that the core
 * answers otherwise today; and its attributes of vCPUs.
 */
#include <errno.h>

#include "base/refuse.h"
#include "kernel/arm/arm.h"

/* As for a kernel that has GICv3, whatever the machine's is. */
#define MOST_VCPUS 512

static long rule_nr_vcpus(struct vm *vm)
{
	return host_profile->cpus ? host_profile->cpus : host_online_cpus();
}

static long rule_irqchip(struct vm *vm)
{
	return host_profile->gicv2 || host_profile->gicv3;
}

static long rule_msi_devid(struct vm *vm)
{
	if (!vm)
		return refuse(EINVAL, FKVM_CAP_DESCRIPTOR,
			      "MSI_DEVID is a VM's: ask its descriptor");
	return gic_has_its(vm_arm64(vm)->gic);
}

static long enable_manual_protect(struct vm *vm,
				  const struct kvm_enable_cap *cap)
{
	if (cap->args[0] & ~(uint64_t)KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE)
		return refuse(EINVAL, FKVM_CAP_ARGS,
			      "args[0] %#lx is neither 0 nor 1", cap->args[0]);
	vm->manual_protect = cap->args[0];
	return 0;
}

static long enable_nisv(struct vm *vm, const struct kvm_enable_cap *cap)
{
	atomic_store(&vm_arm64(vm)->nisv_to_user, true);
	return 0;
}

static const struct cap_row cap_rows[] = {
	CAP(IRQCHIP, .rule = rule_irqchip),
	CAP(NR_VCPUS, .rule = rule_nr_vcpus),
	CAP(NR_MEMSLOTS, .value = 32),
	CAP_YES(MP_STATE),
	CAP_NO(SET_GUEST_DEBUG),
	CAP_YES(VCPU_EVENTS),
	CAP(MAX_VCPUS, .value = MOST_VCPUS),
	CAP_YES(READONLY_MEM),
	CAP_YES(IRQFD_RESAMPLE),
	CAP_YES(ARM_PSCI),
	CAP_YES(ARM_SET_DEVICE_ADDR),
	CAP_YES(ARM_PSCI_0_2),
	CAP(MAX_VCPU_ID, .value = MOST_VCPUS),
	CAP(MSI_DEVID, .rule = rule_msi_devid),
	CAP_YES(ARM_USER_IRQ),
	CAP(MANUAL_DIRTY_LOG_PROTECT2,
	    .value = KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE,
	    .enable = enable_manual_protect),
	CAP_YES(ARM_IRQ_LINE_LAYOUT_2),
	CAP(ARM_NISV_TO_USER, .value = 1, .enable = enable_nisv),
	CAP_YES(ARM_INJECT_EXT_DABT),
	/* Later ones of every KVM's. */
	CAP_NO(HALT_POLL),
	CAP_NO(BINARY_STATS_FD),
	CAP_NO(SYSTEM_EVENT_DATA),
};

const struct cap_table arm_caps = {cap_rows, ARRAY_SIZE(cap_rows)};

#define TIMER                                                     \
	ATTR_GROUP(KVM_ARM_VCPU_TIMER_CTRL),                      \
		.payload = ATTR_S32, .set_when = ATTR_BEFORE_RUN, \
		.since = "base", .set = arm64_timer_irq_set,      \
		.get = arm64_timer_irq_get

static const struct attr_row vcpu_rows[] = {
	{TIMER, ATTR_ONE(KVM_ARM_VCPU_TIMER_IRQ_VTIMER)},
	{TIMER, ATTR_ONE(KVM_ARM_VCPU_TIMER_IRQ_PTIMER)},
	{ATTR_GROUP(KVM_ARM_VCPU_TIMER_CTRL), .name = "(others)", .first = 2,
	 .last = UINT64_MAX, .absent = true, .set = arm64_timer_irq_set},
};

const struct attr_table arm_vcpu_attrs = {vcpu_rows, ARRAY_SIZE(vcpu_rows)};
