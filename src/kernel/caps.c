/* SPDX-License-Identifier: MIT */
/*
 * Capabilities that every KVM answers alike, and how rows are found; an
 * architecture's own are in its table. Source: Linux 6.12, virt/kvm.
 */
#include "kernel/caps.h"

#include <errno.h>
#include <unistd.h>

#include "base/refuse.h"
#include "base/since.h"
#include "kernel/arch.h"
#include "kernel/irq.h"
#include "kernel/memslot.h"
#include "kernel/vm.h"

unsigned int host_online_cpus(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? n : 1;
}

/* The limit of the VM, or of the architecture. */
static long cap_max_vcpus(struct vm *vm)
{
	return vm ? atomic_load(&vm->max_vcpus) : kernel_arch()->max_vcpus;
}

static long enable_manual_protect(struct vm *vm,
				  const struct kvm_enable_cap *cap)
{
	uint64_t allowed = KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE;

	if (cap->args[0] & KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE)
		allowed |= KVM_DIRTY_LOG_INITIALLY_SET;
	if (cap->args[0] & ~allowed)
		return refuse(EINVAL, FKVM_CAP_ARGS,
			      "bits %#lx of args[0], allowed are %#lx",
			      cap->args[0] & ~allowed, allowed);
	vm->manual_protect = cap->args[0] & KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE;
	vm->initially_set = cap->args[0] & KVM_DIRTY_LOG_INITIALLY_SET;
	return 0;
}

static long enable_halt_poll(struct vm *vm, const struct kvm_enable_cap *cap)
{
	if (cap->args[0] > UINT32_MAX)
		return refuse(EINVAL, FKVM_CAP_ARGS,
			      "args[0] %#lx has more than 32 bits",
			      cap->args[0]);
	atomic_store(&vm->max_halt_poll, cap->args[0]);
	return 0;
}

static const struct cap_row core_caps[] = {
	CAP_YES(USER_MEMORY),
	CAP(NR_MEMSLOTS, .value = MAX_MEMSLOTS),
	CAP(COALESCED_MMIO, .value = KVM_COALESCED_MMIO_PAGE_OFFSET),
	CAP_YES(SYNC_MMU),
	CAP_YES(DESTROY_MEMORY_REGION_WORKS),
	CAP(IRQ_ROUTING, .value = MAX_GSI),
	CAP_YES(JOIN_MEMORY_REGIONS_WORKS),
	CAP_YES(IRQFD),
	CAP_YES(IOEVENTFD),
	CAP_YES(INTERNAL_ERROR_DATA),
	CAP(MAX_VCPUS, .rule = cap_max_vcpus),
	CAP_YES(ONE_REG),
	CAP_YES(SIGNAL_MSI),
	CAP_YES(DEVICE_CTRL),
	CAP_YES(ENABLE_CAP_VM),
	CAP_YES(CHECK_EXTENSION_VM),
	CAP_NO(MULTI_ADDRESS_SPACE),
	CAP_YES(IOEVENTFD_ANY_LENGTH),
	CAP(MAX_VCPU_ID, .rule = cap_max_vcpus),
	CAP_YES(IMMEDIATE_EXIT),
	CAP_YES(COALESCED_PIO),
	CAP(MANUAL_DIRTY_LOG_PROTECT2,
	    .value = KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE |
		     KVM_DIRTY_LOG_INITIALLY_SET,
	    .enable = enable_manual_protect),
	CAP(HALT_POLL, .value = 1, .enable = enable_halt_poll),
	CAP_NO(DIRTY_LOG_RING),
	CAP_YES(BINARY_STATS_FD),
	CAP_YES(SYSTEM_EVENT_DATA),
	/* An architecture that has rings has rows of its own. */
	CAP_NO(DIRTY_LOG_RING_ACQ_REL),
	CAP_NO(DIRTY_LOG_RING_WITH_BITMAP),
	CAP(USER_MEMORY2, .value = 1, .since = "6.8"),
	CAP_NO(MEMORY_FAULT_INFO),
	CAP_NO(MEMORY_ATTRIBUTES),
	CAP_NO(GUEST_MEMFD),
	CAP_NO(VM_TYPES),
	CAP_NO(PRE_FAULT_MEMORY),
};

static const struct cap_table core_table = {core_caps, ARRAY_SIZE(core_caps)};

static ALWAYS_INLINE const struct cap_row *table_find(
	const struct cap_table *table, unsigned int number)
{
	const struct cap_row *row = &table->row[number];

	return number < table->nr && row->name && since_is_there(row->since)
		       ? row
		       : NULL;
}

/* The architecture's row goes before the other of the same number. */
const struct cap_row *cap_find(const struct arch *arch, unsigned int number)
{
	const struct cap_row *row = table_find(arch->caps, number);

	return row ? row : table_find(&core_table, number);
}

/* The row of the lowest number that is at least @number. */
static const struct cap_row *cap_next(const struct arch *arch,
				      unsigned int number)
{
	const struct cap_row *row = NULL;

	while (!row && (number < arch->caps->nr || number < core_table.nr))
		row = cap_find(arch, number++);
	return row;
}

static long cap_value(const struct cap_row *row, struct vm *vm)
{
	return row->rule ? row->rule(vm) : row->value;
}

long cap_check(const struct arch *arch, struct vm *vm, unsigned int cap)
{
	const struct cap_row *row = cap_find(arch, cap);

	return row ? cap_value(row, vm) : 0;
}

long cap_enable(struct vm *vm, const struct kvm_enable_cap *cap)
{
	const struct cap_row *row = cap_find(vm->arch, cap->cap);

	if (!row || !row->enable)
		return refuse(EINVAL, FKVM_CAP_NUMBER,
			      "%s (%u) can't be enabled",
			      row ? row->name : "unknown capability", cap->cap);
	if (cap->flags && !row->any_flags)
		return refuse(EINVAL, FKVM_CAP_FLAGS, "%s with flags %#x",
			      row->name, cap->flags);
	return refused_within(row->enable(vm, cap), "%s", row->name);
}

const struct kernel_cap_row *kernel_cap_row(unsigned int n)
{
	static __thread struct kernel_cap_row out
		__attribute__((tls_model("initial-exec")));
	const struct cap_row *row = cap_next(kernel_arch(), 0);

	while (row && n--)
		row = cap_next(kernel_arch(), row->number + 1);
	if (!row)
		return NULL;
	out.name = row->name;
	out.number = row->number;
	out.system_value = cap_value(row, NULL);
	/* A VM without devices: as the system, but it may ask for what is an
	 * error there. */
	out.vm_value = out.system_value < 0 ? 0 : out.system_value;
	return &out;
}
