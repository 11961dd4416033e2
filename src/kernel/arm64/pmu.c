/* SPDX-License-Identifier: MIT */
/*
 * The PMU as KVM hands it out: attributes of the vCPU (KVM_ARM_VCPU_PMU_V3_CTRL;
 * the order of checks is that of Linux 6.12's pmu-emul.c), the number of counters, the event
 * filter, and where the overflow interrupt goes.
 *
 * Linux has one PMU for each kind of core, and a VM has one of them; the model's
 * host has one. What the VM has of it is under the config lock until a vCPU has
 * run, and does not change afterwards.
 */
#include "kernel/arm64/pmu.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "kernel/arm64/arm64.h"

#define PMUVER_V3P5 6

#define TYPE_P       BIT(31)
#define TYPE_U       BIT(30)
#define TYPE_NSK_NSU GENMASK(29, 28)
#define TYPE_NSH     BIT(27)
#define TYPE_M       BIT(26)

static struct vcpu_pmu *pmu_of(const struct vcpu *vcpu)
{
	return &vcpu_arm64(vcpu)->pmu;
}

static bool pmu_vcpu_has(const struct vcpu *vcpu)
{
	return vm_arm64(vcpu->vm)->features & BIT(KVM_ARM_VCPU_PMU_V3);
}

unsigned int pmu_host_version(void)
{
	return FIELD(host_id(cpu_sysreg_find(ENC_ID_AA64DFR0)), 11, 8);
}

/* ---- the VM's ------------------------------------------------------------ */

/* The number of an event has 10 bits, or 16. */
static unsigned int event_bits(unsigned int version)
{
	return version == 0 ? 0 : version == 1 ? 10 : 16;
}

static unsigned int host_events(void)
{
	return 1u << event_bits(pmu_host_version());
}

static void pmu_choose(struct vm_arm64 *vm)
{
	atomic_store(&vm->pmu.model.counters, host_profile->pmu_counters);
	vm->pmu.chosen = true;
}

void pmu_vm_init(struct vm_arm64 *vm)
{
	vm->pmu.model.no_aarch32 = !host_has_aarch32(0);
	if (!vm->pmu.chosen)
		pmu_choose(vm);
}

void pmu_vm_free(struct vm_arm64 *vm)
{
	free(atomic_load(&vm->pmu.model.filter));
}

void pmu_vm_ids(struct vm_arm64 *vm, uint64_t dfr0, uint64_t pfr0)
{
	unsigned int version = FIELD(dfr0, 11, 8);
	uint32_t bits = TYPE_P | TYPE_U | (BIT(event_bits(version)) - 1);

	if (FIELD(pfr0, 11, 8))
		bits |= TYPE_NSH;
	if (FIELD(pfr0, 15, 12))
		bits |= TYPE_NSK_NSU | TYPE_M;
	atomic_store(&vm->pmu.model.type_bits, bits);
	atomic_store(&vm->pmu.model.wide, version >= PMUVER_V3P5);
}

/* ---- the vCPU's ---------------------------------------------------------- */

void pmu_vcpu_init(struct vcpu *vcpu)
{
	if (pmu_vcpu_has(vcpu))
		cpu_set_pmu(cpu_of(vcpu), &vm_arm64(vcpu->vm)->pmu.model);
}

static bool irq_is_ppi(int32_t irq)
{
	return irq >= 16 && irq < 32;
}

int pmu_vcpu_enable(struct vcpu *vcpu)
{
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);
	struct vcpu_pmu *pmu = pmu_of(vcpu);
	int ret = 0;

	if (!pmu_vcpu_has(vcpu))
		return 0;
	pthread_mutex_lock(&vm->config);
	if (!pmu->created)
		ret = refuse(EINVAL, FKVM_PMU_UNINIT,
			     "the vCPU's PMU was not initialised "
			     "(KVM_ARM_VCPU_PMU_V3_INIT)");
	else if (!vm_has_irqchip(&vm->vm) && pmu->irq)
		ret = refuse(EINVAL, FKVM_PMU_IRQCHIP,
			     "the PMU's interrupt is %d, and the VM has no "
			     "irqchip",
			     pmu->irq);
	else if (vm_has_irqchip(&vm->vm) && !pmu->irq)
		ret = refuse(EINVAL, FKVM_PMU_IRQCHIP_LATE,
			     "the VM got an irqchip after the PMU was "
			     "initialised without an interrupt");
	pthread_mutex_unlock(&vm->config);
	pmu->reload = !ret;
	return ret;
}

void pmu_vcpu_enter(struct vcpu *vcpu)
{
	struct vcpu_pmu *pmu = pmu_of(vcpu);

	if (pmu->reload) {
		pmu->reload = false;
		cpu_pmu_reload(cpu_of(vcpu));
	}
	cpu_pmu_update(cpu_of(vcpu));
}

/* Without a VGIC user space drives the interrupt, and hears of it at once. */
void pmu_level_changed(struct cpu *cpu, bool level)
{
	struct vcpu *vcpu = cpu->opaque;
	struct vcpu_pmu *pmu = pmu_of(vcpu);

	if (!vm_has_irqchip(vcpu->vm))
		vcpu_kick(vcpu);
	else
		gic_set_line(vm_arm64(vcpu->vm)->gic, vcpu->index, pmu->irq,
			     level, pmu);
}

uint64_t pmu_device_level(const struct vcpu *vcpu)
{
	return cpu_of(vcpu)->pmu.level ? KVM_ARM_DEV_PMU : 0;
}

/* N can be less than the host's until a vCPU has run; others are ignored. */
long pmu_pmcr_set(struct vcpu *vcpu, const struct cpu_sysreg_info *row,
		  uint64_t val)
{
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);
	unsigned int n = FIELD(val, 15, 11);

	pthread_mutex_lock(&vm->config);
	if (!atomic_load(&vm->vm.has_run) && n <= host_profile->pmu_counters)
		atomic_store(&vm->pmu.model.counters, n);
	pthread_mutex_unlock(&vm->config);
	cpu_sysreg_set(cpu_of(vcpu), row->enc, val);
	return 0;
}

/* ---- attributes ---------------------------------------------------------- */

int pmu_attr_has(void *owner, const struct device_attr *attr)
{
	return pmu_vcpu_has(owner)
		       ? 0
		       : refuse(ENXIO, FKVM_PMU_FEATURE,
				"the vCPU lacks the feature PMU_V3");
}

/* What is asked first of every attribute. config held. */
static int set_check(const struct vcpu *vcpu)
{
	if (!pmu_vcpu_has(vcpu))
		return refuse(ENODEV, FKVM_PMU_FEATURE,
			      "the vCPU lacks the feature PMU_V3");
	if (pmu_of(vcpu)->created)
		return refuse(EBUSY, FKVM_PMU_IS_INIT,
			      "the vCPU's PMU is initialised");
	return 0;
}

/* A PPI is the same for all vCPUs, an SPI for none. */
static bool irq_agrees(struct vm *vm, int32_t irq, int32_t *other)
{
	for (unsigned int k = 0; k < vm_vcpu_count(vm); k++) {
		*other = pmu_of(vm->vcpus[k])->irq;
		if (*other && (irq_is_ppi(irq) ? *other != irq : *other == irq))
			return false;
	}
	return true;
}

static int irq_set(struct vcpu *vcpu, const struct device_attr *attr)
{
	struct vcpu_pmu *pmu = pmu_of(vcpu);
	int32_t irq, other;

	if (!vm_has_irqchip(vcpu->vm))
		return refuse(EINVAL, FKVM_PMU_IRQCHIP,
			      "the VM has no irqchip");
	if (copy_from_user(&irq, attr->addr, sizeof(irq)))
		return -EFAULT;
	if (irq < 16 || irq > 1019)
		return refuse(EINVAL, FKVM_PMU_IRQ,
			      "interrupt %d is no PPI or SPI", irq);
	if (!irq_agrees(vcpu->vm, irq, &other))
		return refuse(EINVAL, FKVM_PMU_IRQ_OTHERS,
			      "interrupt %d, and a vCPU has %d: a PPI is the "
			      "same for all, an SPI for none",
			      irq, other);
	if (pmu->irq)
		return refuse(EBUSY, FKVM_PMU_IRQ_SET,
			      "the vCPU has interrupt %d already", pmu->irq);
	pmu->irq = irq;
	return 0;
}

static int init_set(struct vcpu *vcpu, const struct device_attr *attr)
{
	struct vcpu_pmu *pmu = pmu_of(vcpu);
	int ret;

	if (vm_has_irqchip(vcpu->vm)) {
		if (!irqchip_initialised(vcpu->vm->dev.irqchip))
			return refuse(ENODEV, FKVM_PMU_VGIC,
				      "the VGIC is not initialised");
		if (!pmu->irq)
			return refuse(ENXIO, FKVM_PMU_IRQ_UNSET,
				      "the PMU's interrupt is not set");
		ret = gic_set_owner(vm_arm64(vcpu->vm)->gic, vcpu->index,
				    pmu->irq, pmu);
		if (ret)
			return refuse(-ret, FKVM_PMU_IRQ_TAKEN,
				      "interrupt %d is %s", pmu->irq,
				      ret == -EEXIST ? "another device's"
						     : "beyond the VGIC's");
	}
	pmu->created = true;
	return 0;
}

/* The first filter says what holds for all other events: the opposite. */
static uint64_t *filter_new(bool allow)
{
	size_t size = host_events() / 8;
	uint64_t *filter = malloc(size);

	if (filter)
		memset(filter, allow ? 0 : 0xff, size);
	return filter;
}

static int filter_set(struct vcpu *vcpu, const struct device_attr *attr)
{
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);
	uint64_t *filter = atomic_load(&vm->pmu.model.filter);
	struct kvm_pmu_event_filter f;

	if (copy_from_user(&f, attr->addr, sizeof(f)))
		return -EFAULT;
	if ((unsigned int)f.base_event + f.nevents > host_events())
		return refuse(EINVAL, FKVM_PMU_FILTER,
			      "%u events from 0x%x, the host has 0x%x",
			      f.nevents, f.base_event, host_events());
	if (f.action > KVM_PMU_EVENT_DENY)
		return refuse(EINVAL, FKVM_PMU_FILTER, "action %u", f.action);
	if (atomic_load(&vm->vm.has_run))
		return refuse(EBUSY, FKVM_VM_HAS_RUN, "a vCPU has run");
	if (!filter) {
		filter = filter_new(f.action == KVM_PMU_EVENT_ALLOW);
		if (!filter)
			return refuse(ENOMEM, FKVM_NO_MEMORY,
				      "no memory for the filter");
		atomic_store(&vm->pmu.model.filter, filter);
	}
	for (unsigned int n = f.base_event; n < f.base_event + f.nevents; n++) {
		if (f.action == KVM_PMU_EVENT_ALLOW)
			filter[n / 64] |= BIT(n % 64);
		else
			filter[n / 64] &= ~BIT(n % 64);
	}
	return 0;
}

/* The host has one, whose number is that of its perf device. */
static int choice_set(struct vcpu *vcpu, const struct device_attr *attr)
{
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);
	int32_t id;

	if (copy_from_user(&id, attr->addr, sizeof(id)))
		return -EFAULT;
	if (id != (int32_t)host_profile->pmu_type)
		return refuse(ENXIO, FKVM_PMU_NUMBER,
			      "PMU %d, the host has only %u", id,
			      host_profile->pmu_type);
	if (atomic_load(&vm->vm.has_run))
		return refuse(EBUSY, FKVM_VM_HAS_RUN, "a vCPU has run");
	pmu_choose(vm);
	return 0;
}

static int other_set(struct vcpu *vcpu, const struct device_attr *attr)
{
	return refuse(ENXIO, FKVM_ATTR_NUMBER, "no attribute has this number");
}

static int set_locked(void *owner, const struct device_attr *attr,
		      int (*set)(struct vcpu *vcpu,
				 const struct device_attr *attr))
{
	struct vcpu *vcpu = owner;
	int ret;

	pthread_mutex_lock(&vm_arm64(vcpu->vm)->config);
	ret = set_check(vcpu);
	if (!ret)
		ret = set(vcpu, attr);
	pthread_mutex_unlock(&vm_arm64(vcpu->vm)->config);
	return ret;
}

int pmu_irq_set(void *owner, const struct device_attr *attr)
{
	return set_locked(owner, attr, irq_set);
}

int pmu_init_set(void *owner, const struct device_attr *attr)
{
	return set_locked(owner, attr, init_set);
}

int pmu_filter_set(void *owner, const struct device_attr *attr)
{
	return set_locked(owner, attr, filter_set);
}

int pmu_choice_set(void *owner, const struct device_attr *attr)
{
	return set_locked(owner, attr, choice_set);
}

int pmu_other_set(void *owner, const struct device_attr *attr)
{
	return set_locked(owner, attr, other_set);
}

int pmu_irq_get(void *owner, const struct device_attr *attr)
{
	struct vcpu *vcpu = owner;
	int32_t irq;

	if (!vm_has_irqchip(vcpu->vm))
		return refuse(EINVAL, FKVM_PMU_IRQCHIP,
			      "the VM has no irqchip");
	if (!pmu_vcpu_has(vcpu))
		return refuse(ENODEV, FKVM_PMU_FEATURE,
			      "the vCPU lacks the feature PMU_V3");
	irq = pmu_of(vcpu)->irq;
	if (!irq)
		return refuse(ENXIO, FKVM_PMU_IRQ_UNSET,
			      "the PMU's interrupt is not set");
	return copy_to_user(attr->addr, &irq, sizeof(irq));
}
