/* SPDX-License-Identifier: MIT */
/*
 * The arm64 VM: its type, what it gives the PEs and the GIC, and the requests
 * of its descriptor that only arm64 has.
 */
#include "kernel/arm64/arm64.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "base/since.h"
#include "kernel/arm64/smccc.h"
#include "kernel/memslot.h"
#include "kernel/stat-guest.h"

#define DEFAULT_IPA_BITS 40
#define MIN_IPA_BITS     32

/* ---- what a PE asks of the VM -------------------------------------------- */

static int env_page(struct cpu *cpu, gpa_t gpa, bool write,
		    struct cpu_page *page)
{
	struct vcpu *vcpu = cpu->opaque;

	return memslot_page(vcpu, gpa, write, &page->host, &page->writable);
}

static void env_wrote(struct cpu *cpu, gpa_t gpa)
{
	memslot_wrote(cpu->opaque, gpa);
}

static void env_look(struct cpu *cpu)
{
	timer_look(cpu->opaque);
}

/* Somebody wants to know where the guest is. */
static void env_sample(struct cpu *cpu)
{
	cpu_sample_at(cpu, cpu->cycles + stat_guest_sample(cpu->opaque, cpu->pc,
							   cpu->el == 1,
							   cpu->sys.vbar_el1));
}

static void env_spin(struct cpu *cpu)
{
	sched_yield();
}

static enum cpu_sysreg_result env_sysreg_read(struct cpu *cpu, uint32_t enc,
					      uint64_t *val)
{
	struct vcpu *vcpu = cpu->opaque;

	if (timer_sysreg(vcpu, enc, false, val) ||
	    gic_icc_read(vm_arm64(vcpu->vm)->gic, vcpu->index, enc, val))
		return CPU_SYSREG_OK;
	return trng_sysreg(vcpu, enc, val);
}

static enum cpu_sysreg_result env_sysreg_write(struct cpu *cpu, uint32_t enc,
					       uint64_t val)
{
	struct vcpu *vcpu = cpu->opaque;

	if (timer_sysreg(vcpu, enc, true, &val) ||
	    gic_icc_write(vm_arm64(vcpu->vm)->gic, vcpu->index, enc, val))
		return CPU_SYSREG_OK;
	return CPU_SYSREG_UNDEF;
}

/* ---- what a GIC asks of the VM ------------------------------------------- */

static uint64_t gic_op_mpidr(struct device_vm *dev, unsigned int index)
{
	return atomic_load(&vcpu_arm64(vm_of_dev(dev)->vcpus[index])->mpidr);
}

static int gic_op_vcpu_by_mpidr(struct device_vm *dev, uint64_t mpidr)
{
	const struct vcpu *vcpu = vcpu_by_mpidr(vm_of_dev(dev), mpidr);

	return vcpu ? (int)vcpu->index : -1;
}

static bool gic_op_ppi_level(struct device_vm *dev, unsigned int index,
			     unsigned int intid, bool *known)
{
	return timer_ppi_level(vm_of_dev(dev)->vcpus[index], intid, known);
}

static void gic_op_ppi_stale(struct device_vm *dev, unsigned int index)
{
	vcpu_unload(vm_of_dev(dev)->vcpus[index]);
}

static const struct gic_vm_ops vm_gic_ops = {
	.vcpu_mpidr = gic_op_mpidr,
	.vcpu_by_mpidr = gic_op_vcpu_by_mpidr,
	.ppi_level = gic_op_ppi_level,
	.ppi_stale = gic_op_ppi_stale,
};

_Static_assert((int)GIC_PIN_IRQ == CPU_PIN_IRQ &&
		       (int)GIC_PIN_FIQ == CPU_PIN_FIQ &&
		       (int)GIC_PIN_WAKE == CPU_PIN_WAKE,
	       "the GIC's pins are the PE's");

/* ---- life ---------------------------------------------------------------- */

static long check_type(unsigned long type, unsigned int *ipa_bits)
{
	if (type & ~KVM_VM_TYPE_ARM_IPA_SIZE_MASK)
		return refuse(EINVAL, FKVM_VM_TYPE,
			      "type %#lx has bits above 7", type);
	*ipa_bits = KVM_VM_TYPE_ARM_IPA_SIZE(type);
	if (!*ipa_bits)
		*ipa_bits = DEFAULT_IPA_BITS;
	if (*ipa_bits < MIN_IPA_BITS || *ipa_bits > host_ipa_bits())
		return refuse(EINVAL, FKVM_VM_IPA,
			      "%u IPA bits, the host has %u to %u", *ipa_bits,
			      MIN_IPA_BITS, host_ipa_bits());
	return 0;
}

long arm64_vm_new(unsigned long type, struct vm **vm)
{
	unsigned int ipa_bits = 0;
	struct vm_arm64 *a;
	long ret = check_type(type, &ipa_bits);

	if (ret)
		return ret;
	a = calloc(1, sizeof(*a));
	if (!a)
		return refuse(ENOMEM, FKVM_NO_MEMORY, "no memory for the VM");
	pthread_mutex_init(&a->config, NULL);
	a->vm.gpa_limit = BIT(ipa_bits);
	*vm = &a->vm;
	return 0;
}

int arm64_vm_init(struct vm *vm)
{
	struct vm_arm64 *a = vm_arm64(vm);

	a->env.page = env_page;
	a->env.wrote = env_wrote;
	a->env.look = env_look;
	a->env.sample = env_sample;
	/* Where time is counted, one executes at a time (turns.c). */
	if (!vm->turns) {
		a->env.spin = env_spin;
		a->env.park = host_cpus_park;
		a->env.unpark = host_cpus_unpark;
	}
	a->env.pmu_level = pmu_level_changed;
	a->env.traps_ptimer = timer_traps_ptimer;
	a->env.sysreg_read = env_sysreg_read;
	a->env.sysreg_write = env_sysreg_write;
	a->env.ipa_limit = vm->gpa_limit;
	a->env.model = host_model();
	a->env.aarch32 = host_has_aarch32(0);
	vm->max_vcpus = host_max_vcpus();
	vm->clock.hz = vm->turns ? NS_PER_S : host_profile->counter_hz;
	a->psci_version = PSCI_V1_1;
	a->fw_bmap[BMAP_STD] = BMAP_STD_ALL;
	a->fw_bmap[BMAP_STD_HYP] = BMAP_STD_HYP_ALL;
	a->fw_bmap[BMAP_VENDOR_HYP] = BMAP_VENDOR_HYP_ALL;
	timer_vm_init(a);
	count_vm_init(a);
	a->domain = cpu_domain_new();
	if (a->domain)
		a->gic = gic_vm_new(&vm->dev, &vm_gic_ops);
	if (!a->gic)
		return refuse(ENOMEM, FKVM_NO_MEMORY, "no memory for the VM");
	gic_set_cost_model(a->gic, arm64_gic_chosen());
	return 0;
}

void arm64_vm_free(struct vm *vm)
{
	struct vm_arm64 *a = vm_arm64(vm);

	if (a->domain)
		cpu_domain_free(a->domain);
	free(a->filter);
	mte_vm_free(a);
	mpidr_vm_free(a);
	pmu_vm_free(a);
	pthread_mutex_destroy(&a->config);
	free(a);
}

void arm64_vm_flush(struct vm *vm, unsigned int what)
{
	uint32_t flush = 0;

	if (what & VM_FLUSH_WRITE)
		flush |= CPU_FLUSH_WRITE;
	if (what & VM_FLUSH_TLB)
		flush |= CPU_FLUSH_TLB;
	if (what & VM_FLUSH_CODE)
		flush |= CPU_FLUSH_CODE;
	if (what & VM_FLUSH_NO_WAIT)
		flush |= CPU_FLUSH_NO_WAIT;
	if (what & VM_FLUSH_PAST_FAULTS)
		flush |= CPU_FLUSH_PAST_FAULTS;
	cpu_domain_flush(vm_arm64(vm)->domain, flush);
}

void arm64_code_gone(struct vm *vm, gpa_t start, gpa_t end)
{
	cpu_domain_forget_code(vm_arm64(vm)->domain, start, end);
}

/* ---- requests ------------------------------------------------------------ */

static bool host_has_gic(void)
{
	return host_profile->gicv2 || host_profile->gicv3;
}

long vm_ioctl_create_irqchip(struct kobj *obj, void *arg, unsigned long user)
{
	struct vm *vm = vm_of(obj);
	long ret;

	if (!host_has_gic())
		return refuse(ENXIO, FKVM_HOST_GIC, "the host has no GIC");
	if (!arm64_has_gic(2))
		return refuse(ENODEV, FKVM_HOST_GIC, "the host has no GICv2");
	pthread_mutex_lock(&vm->lock);
	ret = gic_create_irqchip(vm_arm64(vm)->gic);
	pthread_mutex_unlock(&vm->lock);
	return ret;
}

long vm_ioctl_set_device_addr(struct kobj *obj, void *arg, unsigned long user)
{
	const struct kvm_arm_device_addr *a = arg;
	struct vm *vm = vm_of(obj);

	if (FIELD(a->id, 31, 16) != KVM_ARM_DEVICE_VGIC_V2)
		return refuse(ENODEV, FKVM_VGIC_ADDR_LEGACY,
			      "device %lu, there is only %u",
			      FIELD(a->id, 31, 16), KVM_ARM_DEVICE_VGIC_V2);
	if (!host_has_gic())
		return refuse(ENXIO, FKVM_HOST_GIC, "the host has no GIC");
	return gic_set_legacy_addr(vm_arm64(vm)->gic, FIELD(a->id, 15, 0),
				   a->addr);
}

long vm_ioctl_preferred_target(struct kobj *obj, void *arg, unsigned long user)
{
	struct kvm_vcpu_init *init = arg;

	init->target = linux_is_since(6, 4) ? KVM_ARM_TARGET_GENERIC_V8
					    : host_profile->target;
	return 0;
}

long vm_ioctl_set_counter_offset(struct kobj *obj, void *arg,
				 unsigned long user)
{
	const struct kvm_arm_counter_offset *a = arg;
	struct vm *vm = vm_of(obj);
	struct vm_arm64 *o = vm_arm64(vm);
	long ret;

	if (a->reserved)
		return refuse(EINVAL, FKVM_COUNTER_OFFSET,
			      "reserved is %#lx, not 0", (uint64_t)a->reserved);
	pthread_mutex_lock(&vm->lock);
	ret = vm_trylock_vcpus(vm);
	if (!ret) {
		pthread_mutex_lock(&o->config);
		o->offset_set = true;
		atomic_store(&o->voffset, a->counter_offset);
		atomic_store(&o->poffset, a->counter_offset);
		pthread_mutex_unlock(&o->config);
		timer_offset_changed(vm);
		vm_unlock_vcpus(vm);
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
		return refuse(EINVAL, FKVM_IDREG_RANGE,
			      "range %u, there is only %u", range->range,
			      KVM_ARM_FEATURE_ID_RANGE);
	for (size_t i = 0; i < ARRAY_SIZE(range->reserved); i++)
		if (range->reserved[i])
			return refuse(EINVAL, FKVM_IDREG_RANGE,
				      "reserved[%zu] is %#x, not 0", i,
				      range->reserved[i]);
	for (unsigned int n = 0; (row = cpu_sysreg_info(n)); n++)
		if (idreg_writable(row))
			masks[KVM_ARM_FEATURE_ID_RANGE_IDX(
				SYSREG_OP0(row->enc), SYSREG_OP1(row->enc),
				SYSREG_CRN(row->enc), SYSREG_CRM(row->enc),
				SYSREG_OP2(row->enc))] = idreg_writable(row);
	return copy_to_user((void *)range->addr, masks, sizeof(masks));
}
