/* SPDX-License-Identifier: MIT */
/*
 * Attributes of vCPU and VM descriptors, as rows (Linux
 * Documentation/virt/kvm/devices/{vcpu,vm}.rst and guest.c, arch_timer.c,
 * pvtime.c for the order of checks). A vCPU's are called with its
 * mutex held.
 */
#include <errno.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "base/since.h"
#include "kernel/arm64/arm64.h"
#include "kernel/arm64/smccc.h"

/* ---- timers -------------------------------------------------------------- */

/* EL2's are numbered from 6.4 on. */
static unsigned int nr_timers(void)
{
	return linux_is_since(6, 4)
		       ? ARRAY_SIZE(((struct vm_arm64 *)0)->timer_ppi)
		       : NR_TIMERS;
}

int arm64_timer_irq_set(void *owner, const struct device_attr *attr)
{
	struct vcpu *vcpu = owner;
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);
	int32_t irq;
	int ret = 0;

	if (!vm_has_irqchip(&vm->vm))
		return refuse(EINVAL, FKVM_IRQCHIP_NONE,
			      "the VM has no irqchip");
	if (copy_from_user(&irq, attr->addr, sizeof(irq)))
		return -EFAULT;
	if (irq < 16 || irq > 31)
		return refuse(EINVAL, FKVM_TIMER_PPI,
			      "interrupt %d is no PPI (16..31)", irq);
	pthread_mutex_lock(&vm->config);
	if (vm->ppis_fixed) {
		ret = refuse(EBUSY, FKVM_VM_HAS_RUN, "a vCPU has run");
	} else if (attr->attr >= nr_timers()) {
		ret = refuse(ENXIO, FKVM_TIMER_NONE, "there is no such timer");
	} else {
		vm->timer_ppi[attr->attr] = irq;
	}
	pthread_mutex_unlock(&vm->config);
	return ret;
}

int arm64_timer_irq_get(void *owner, const struct device_attr *attr)
{
	struct vcpu *vcpu = owner;
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);
	int32_t irq;

	pthread_mutex_lock(&vm->config);
	irq = vm->timer_ppi[attr->attr];
	pthread_mutex_unlock(&vm->config);
	return copy_to_user(attr->addr, &irq, sizeof(irq));
}

/* ---- the rows ------------------------------------------------------------ */

#define PMU(payload_)                                             \
	ATTR_GROUP(KVM_ARM_VCPU_PMU_V3_CTRL),                     \
		.payload = payload_, .set_when = ATTR_BEFORE_RUN, \
		.since = "<=6.1", .has = pmu_attr_has
#define TIMER(since_)                                             \
	ATTR_GROUP(KVM_ARM_VCPU_TIMER_CTRL),                      \
		.payload = ATTR_S32, .set_when = ATTR_BEFORE_RUN, \
		.since = since_, .set = arm64_timer_irq_set,      \
		.get = arm64_timer_irq_get
/* The numbers of a group that have no name, for what set() says of them. */
#define OTHERS(first_) \
	.name = "(others)", .first = first_, .last = UINT64_MAX, .absent = true

static const struct attr_row vcpu_rows[] = {
	{PMU(ATTR_S32), ATTR_ONE(KVM_ARM_VCPU_PMU_V3_IRQ), .set = pmu_irq_set,
	 .get = pmu_irq_get},
	{PMU(ATTR_NO_PAYLOAD), ATTR_ONE(KVM_ARM_VCPU_PMU_V3_INIT),
	 .set = pmu_init_set},
	{PMU(ATTR_STRUCT), ATTR_ONE(KVM_ARM_VCPU_PMU_V3_FILTER),
	 .size = sizeof(struct kvm_pmu_event_filter), .set = pmu_filter_set},
	{PMU(ATTR_S32), ATTR_ONE(KVM_ARM_VCPU_PMU_V3_SET_PMU),
	 .set = pmu_choice_set},
	{ATTR_GROUP(KVM_ARM_VCPU_PMU_V3_CTRL), OTHERS(4), .set = pmu_other_set},
	{TIMER("<=6.1"), ATTR_ONE(KVM_ARM_VCPU_TIMER_IRQ_VTIMER)},
	{TIMER("<=6.1"), ATTR_ONE(KVM_ARM_VCPU_TIMER_IRQ_PTIMER)},
	{TIMER("6.4"), ATTR_ONE(KVM_ARM_VCPU_TIMER_IRQ_HVTIMER)},
	{TIMER("6.4"), ATTR_ONE(KVM_ARM_VCPU_TIMER_IRQ_HPTIMER)},
	{ATTR_GROUP(KVM_ARM_VCPU_TIMER_CTRL), OTHERS(2),
	 .set = arm64_timer_irq_set},
	{ATTR_GROUP(KVM_ARM_VCPU_PVTIME_CTRL),
	 ATTR_ONE(KVM_ARM_VCPU_PVTIME_IPA), .payload = ATTR_U64,
	 .set_when = ATTR_ONCE, .since = "<=6.1", .set = steal_attr_set,
	 .get = steal_attr_get, .has = steal_attr_has},
};

static int smccc_filter_attr_set(void *owner, const struct device_attr *attr)
{
	return smccc_filter_set(owner, attr->addr);
}

static const struct attr_row vm_rows[] = {
	{ATTR_GROUP(KVM_ARM_VM_SMCCC_CTRL), ATTR_ONE(KVM_ARM_VM_SMCCC_FILTER),
	 .payload = ATTR_STRUCT, .size = sizeof(struct kvm_smccc_filter),
	 .set_when = ATTR_BEFORE_RUN, .since = "6.4",
	 .set = smccc_filter_attr_set},
};

const struct attr_table arm64_vcpu_attrs = {vcpu_rows, ARRAY_SIZE(vcpu_rows)};
const struct attr_table arm64_vm_attrs = {vm_rows, ARRAY_SIZE(vm_rows)};
