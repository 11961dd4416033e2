/* SPDX-License-Identifier: MIT */
/*
 * The VM object: its life, its place in the process, and what it offers its
 * devices (struct device_vm_ops).
 */
#include "kernel/internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define DEFAULT_IPA_BITS 40
#define MIN_IPA_BITS     32

static pthread_rwlock_t vm_list_lock = PTHREAD_RWLOCK_INITIALIZER;
static struct vm *vm_list;

static void vm_link(struct vm *vm)
{
	pthread_rwlock_wrlock(&vm_list_lock);
	vm->next = vm_list;
	vm->pprev = &vm_list;
	if (vm->next)
		vm->next->pprev = &vm->next;
	vm_list = vm;
	pthread_rwlock_unlock(&vm_list_lock);
}

static void vm_unlink(struct vm *vm)
{
	pthread_rwlock_wrlock(&vm_list_lock);
	*vm->pprev = vm->next;
	if (vm->next)
		vm->next->pprev = vm->pprev;
	pthread_rwlock_unlock(&vm_list_lock);
}

static bool memslots_overlap_host(struct vm *vm, uintptr_t start, uintptr_t end)
{
	const struct memslots *slots;
	bool hit = false;

	pthread_rwlock_rdlock(&vm->slots_gate);
	slots = atomic_load(&vm->slots);
	for (unsigned int i = 0; i < slots->count && !hit; i++) {
		uintptr_t host = (uintptr_t)slots->slot[i].host;

		hit = host < end && start < host + slots->slot[i].size;
	}
	pthread_rwlock_unlock(&vm->slots_gate);
	return hit;
}

void kernel_host_memory_changed(const void *addr, size_t len)
{
	uintptr_t start = (uintptr_t)addr;

	if (!__atomic_load_n(&vm_list, __ATOMIC_ACQUIRE))
		return;
	pthread_rwlock_rdlock(&vm_list_lock);
	for (struct vm *vm = vm_list; vm; vm = vm->next) {
		if (vm->mm != kernel_mm ||
		    !memslots_overlap_host(vm, start, start + len))
			continue;
		stat_add(&vm->stats[STAT_REMOTE_TLB_FLUSH], 1);
		stat_add(&vm->stats[STAT_REMOTE_TLB_FLUSH_REQUESTS], 1);
		cpu_domain_flush(vm->domain, CPU_FLUSH_TLB | CPU_FLUSH_CODE);
	}
	pthread_rwlock_unlock(&vm_list_lock);
}

long vm_check(struct vm *vm)
{
	if (vm->mm != kernel_mm) {
		explain("%s belongs to the process before fork()",
			vm->obj.name);
		return -EIO;
	}
	if (atomic_load(&vm->dead)) {
		explain("%s is dead: a first KVM_RUN failed", vm->obj.name);
		return -EIO;
	}
	return 0;
}

void vm_set_dead(struct vm *vm)
{
	atomic_store(&vm->dead, true);
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		vcpu_kick(vm->vcpus[i]);
}

static struct vm *vm_alloc(void)
{
	struct vm *vm = calloc(1, sizeof(*vm));

	if (!vm)
		return NULL;
	vm->obj.kind = KOBJ_VM;
	vm->obj.refs = 1;
	vm->mm = kernel_mm;
	snprintf(vm->obj.name, sizeof(vm->obj.name), "kvm-vm");
	vm->dev.ops = &vm_device_ops;
	pthread_mutex_init(&vm->lock, NULL);
	pthread_mutex_init(&vm->config, NULL);
	pthread_mutex_init(&vm->slots_lock, NULL);
	pthread_mutex_init(&vm->irqfd_lock, NULL);
	pthread_mutex_init(&vm->route_lock, NULL);
	pthread_mutex_init(&vm->ring_lock, NULL);
	pthread_rwlock_init(&vm->slots_gate, NULL);
	return vm;
}

static enum cpu_sysreg_result env_sysreg_read(struct cpu *cpu, uint32_t enc,
					      uint64_t *val)
{
	struct vcpu *vcpu = cpu->opaque;

	if (timer_sysreg(vcpu, enc, false, val) ||
	    gic_icc_read(vcpu->vm->gic, vcpu->index, enc, val))
		return CPU_SYSREG_OK;
	return CPU_SYSREG_UNDEF;
}

static enum cpu_sysreg_result env_sysreg_write(struct cpu *cpu, uint32_t enc,
					       uint64_t val)
{
	struct vcpu *vcpu = cpu->opaque;

	if (timer_sysreg(vcpu, enc, true, &val) ||
	    gic_icc_write(vcpu->vm->gic, vcpu->index, enc, val))
		return CPU_SYSREG_OK;
	return CPU_SYSREG_UNDEF;
}

static int vm_init(struct vm *vm, unsigned int ipa_bits)
{
	vm->ipa_bits = ipa_bits;
	vm->max_vcpus = MAX_VCPUS;
	vm->env.page = memslot_page;
	vm->env.sysreg_read = env_sysreg_read;
	vm->env.sysreg_write = env_sysreg_write;
	vm->env.ipa_limit = BIT(ipa_bits);
	vm->clock.hz = host_profile.counter_hz;
	vm->psci_version = 0x10001;
	vm->fw_bmap[0] = 1; /* TRNG */
	vm->fw_bmap[1] = 1; /* PV time */
	vm->fw_bmap[2] = 3; /* features, PTP */
	event_thread_init(vm);
	timer_vm_init(vm);
	if (memslots_init(vm) || bus_init(vm))
		return -ENOMEM;
	vm->domain = cpu_domain_new();
	if (!vm->domain)
		return -ENOMEM;
	vm->gic = gic_vm_new(&vm->dev, &vm_gic_ops);
	return vm->gic ? 0 : -ENOMEM;
}

/* Nothing runs and nobody refers to the VM any more. */
void vm_destroy(struct vm *vm)
{
	if (vm->pprev)
		vm_unlink(vm);
	irqfd_release_all(vm);
	event_thread_stop(vm);
	device_destroy_all(vm);
	irqchip_destroy(vm->dev.irqchip);
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		vcpu_free(vm->vcpus[i]);
	if (vm->domain)
		cpu_domain_free(vm->domain);
	ioeventfd_free_all(vm);
	coalesced_free_all(vm);
	bus_free(vm);
	memslots_free(vm);
	routing_free(vm);
	free(vm->filter);
	pthread_mutex_destroy(&vm->lock);
	pthread_mutex_destroy(&vm->config);
	pthread_mutex_destroy(&vm->slots_lock);
	pthread_mutex_destroy(&vm->irqfd_lock);
	pthread_mutex_destroy(&vm->route_lock);
	pthread_mutex_destroy(&vm->ring_lock);
	pthread_rwlock_destroy(&vm->slots_gate);
	free(vm);
}

static long vm_check_type(unsigned long type, unsigned int *ipa_bits)
{
	if (type & ~KVM_VM_TYPE_ARM_IPA_SIZE_MASK) {
		explain("KVM_CREATE_VM: type 0x%lx has bits above 7", type);
		return -EINVAL;
	}
	*ipa_bits = KVM_VM_TYPE_ARM_IPA_SIZE(type);
	if (!*ipa_bits)
		*ipa_bits = DEFAULT_IPA_BITS;
	if (*ipa_bits < MIN_IPA_BITS || *ipa_bits > host_profile.ipa_bits) {
		explain("KVM_CREATE_VM: %u IPA bits, the host has %u to %u",
			*ipa_bits, MIN_IPA_BITS, host_profile.ipa_bits);
		return -EINVAL;
	}
	return 0;
}

long vm_create(unsigned long type)
{
	unsigned int ipa_bits = 0;
	struct vm *vm;
	long ret;

	ret = vm_check_type(type, &ipa_bits);
	if (ret)
		return ret;
	vm = vm_alloc();
	if (!vm)
		return -ENOMEM;
	ret = vm_init(vm, ipa_bits);
	if (!ret) {
		vm_link(vm);
		ret = kernel_host.install(&vm->obj);
	}
	if (ret < 0)
		vm_destroy(vm);
	return ret;
}

bool vm_trylock_vcpus(struct vm *vm)
{
	unsigned int n = vm_vcpu_count(vm);

	for (unsigned int i = 0; i < n; i++) {
		if (!pthread_mutex_trylock(&vm->vcpus[i]->mutex))
			continue;
		explain("vCPU %u is inside an ioctl", vm->vcpus[i]->id);
		while (i--)
			pthread_mutex_unlock(&vm->vcpus[i]->mutex);
		return false;
	}
	return true;
}

void vm_unlock_vcpus(struct vm *vm)
{
	unsigned int n = vm_vcpu_count(vm);

	for (unsigned int i = 0; i < n; i++)
		pthread_mutex_unlock(&vm->vcpus[i]->mutex);
}

/* ---- struct device_vm_ops ------------------------------------------------ */

static struct vm *vm_of_dev(struct device_vm *dev)
{
	return container_of(dev, struct vm, dev);
}

static uint64_t op_ipa_limit(struct device_vm *dev)
{
	return BIT(vm_of_dev(dev)->ipa_bits);
}

static unsigned int op_vcpu_count(struct device_vm *dev)
{
	return vm_vcpu_count(vm_of_dev(dev));
}

static uint32_t op_vcpu_id(struct device_vm *dev, unsigned int index)
{
	return vm_of_dev(dev)->vcpus[index]->id;
}

static uint64_t op_vcpu_mpidr(struct device_vm *dev, unsigned int index)
{
	return atomic_load(&vm_of_dev(dev)->vcpus[index]->mpidr);
}

static bool op_has_run(struct device_vm *dev)
{
	return atomic_load(&vm_of_dev(dev)->has_run);
}

static bool op_vcpu_creating(struct device_vm *dev)
{
	return atomic_load(&vm_of_dev(dev)->creating) != 0;
}

static void op_lock(struct device_vm *dev)
{
	pthread_mutex_lock(&vm_of_dev(dev)->lock);
}

static void op_unlock(struct device_vm *dev)
{
	pthread_mutex_unlock(&vm_of_dev(dev)->lock);
}

static bool op_trylock_vcpus(struct device_vm *dev)
{
	return vm_trylock_vcpus(vm_of_dev(dev));
}

static void op_unlock_vcpus(struct device_vm *dev)
{
	vm_unlock_vcpus(vm_of_dev(dev));
}

static void op_set_max_vcpus(struct device_vm *dev, unsigned int max)
{
	atomic_store(&vm_of_dev(dev)->max_vcpus, max);
}

static int op_mmio_add(struct device_vm *dev, struct mmio_frame *f)
{
	struct vm *vm = vm_of_dev(dev);
	struct bus_entry e = {f->base, f->size, BUS_FRAME, f};
	int ret;

	pthread_mutex_lock(&vm->slots_lock);
	ret = bus_add(vm, BUS_MMIO, &e);
	pthread_mutex_unlock(&vm->slots_lock);
	return ret;
}

static void op_mmio_remove(struct device_vm *dev, struct mmio_frame *f)
{
	struct vm *vm = vm_of_dev(dev);

	pthread_mutex_lock(&vm->slots_lock);
	bus_remove(vm, BUS_MMIO, f);
	pthread_mutex_unlock(&vm->slots_lock);
}

static int op_mem_read(struct device_vm *dev, gpa_t gpa, void *buf, size_t len)
{
	return vm_mem_read(vm_of_dev(dev), gpa, buf, len);
}

static int op_mem_write(struct device_vm *dev, gpa_t gpa, const void *buf,
			size_t len)
{
	return vm_mem_write(vm_of_dev(dev), gpa, buf, len);
}

_Static_assert((int)GIC_PIN_IRQ == CPU_PIN_IRQ &&
		       (int)GIC_PIN_FIQ == CPU_PIN_FIQ,
	       "the GIC's pins are the PE's");

static void op_set_pins(struct device_vm *dev, unsigned int index,
			uint32_t pins)
{
	struct vcpu *vcpu = vm_of_dev(dev)->vcpus[index];

	cpu_set_pins(&vcpu->cpu, pins);
	if (pins)
		vcpu_wake(vcpu);
}

static void op_irq_acked(struct device_vm *dev, unsigned int pin)
{
	irqfd_acked(vm_of_dev(dev), pin);
}

static bool op_ppi_level(struct device_vm *dev, unsigned int index,
			 unsigned int intid, bool *known)
{
	return timer_ppi_level(vm_of_dev(dev), index, intid, known);
}

/* Time is the host's so far: nothing to charge it to. */
static void op_charge(struct device_vm *dev, unsigned int index,
		      unsigned int step, unsigned int cycles)
{
}

const struct device_vm_ops vm_device_ops = {
	.ipa_limit = op_ipa_limit,
	.vcpu_count = op_vcpu_count,
	.vcpu_id = op_vcpu_id,
	.has_run = op_has_run,
	.vcpu_creating = op_vcpu_creating,
	.lock = op_lock,
	.unlock = op_unlock,
	.trylock_vcpus = op_trylock_vcpus,
	.unlock_vcpus = op_unlock_vcpus,
	.set_max_vcpus = op_set_max_vcpus,
	.mmio_add = op_mmio_add,
	.mmio_remove = op_mmio_remove,
	.mem_read = op_mem_read,
	.mem_write = op_mem_write,
	.set_pins = op_set_pins,
	.irq_acked = op_irq_acked,
	.charge = op_charge,
};

const struct gic_vm_ops vm_gic_ops = {
	.vcpu_mpidr = op_vcpu_mpidr,
	.ppi_level = op_ppi_level,
};
