/* SPDX-License-Identifier: MIT */
/*
 * Capabilities: one row each with the value KVM_CHECK_EXTENSION gives or the
 * rule for it, and what KVM_ENABLE_CAP on the VM does. Here is also the
 * profile of the host that we pretend to be. Source: Linux 6.12 arm64.
 */
#include <errno.h>
#include <unistd.h>

#include "base/log.h"
#include "kernel/internal.h"

const struct host_profile host_profile = {
	.ipa_bits = 48,
	.gicv3 = true,
	.gicv2 = true,
	.target = KVM_ARM_TARGET_GENERIC_V8,
	.counter_hz = 62500000,
	/* Nothing speculates here: no workaround is required. */
	.workaround = {KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED,
		       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_REQUIRED,
		       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3_NOT_REQUIRED},
};

struct cap_row {
	const char *name;
	unsigned int number;
	long value;                  /* when rule is NULL */
	long (*rule)(struct vm *vm); /* vm NULL: system fd */
	long (*enable)(struct vm *vm, const struct kvm_enable_cap *cap);
};

unsigned int host_online_cpus(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n > 0 ? n : 1;
}

static long rule_irqchip(struct vm *vm)
{
	return host_profile.gicv3 || host_profile.gicv2;
}

static long rule_nr_vcpus(struct vm *vm)
{
	return min_u64(host_online_cpus(), MAX_VCPUS);
}

static long rule_max_vcpus(struct vm *vm)
{
	return vm ? atomic_load(&vm->max_vcpus) : MAX_VCPUS;
}

static long rule_msi_devid(struct vm *vm)
{
	if (!vm)
		return -EINVAL;
	return gic_has_its(vm->gic);
}

static long rule_ipa_size(struct vm *vm)
{
	return host_profile.ipa_bits;
}

static long dfr0_field(unsigned int shift)
{
	const struct cpu_sysreg_info *row =
		cpu_sysreg_find(SYSREG_ENC(3, 0, 0, 5, 0));

	return row ? (long)((row->reset >> shift) & 15) + 1 : 0;
}

static long rule_hw_bps(struct vm *vm)
{
	return dfr0_field(12);
}

static long rule_hw_wps(struct vm *vm)
{
	return dfr0_field(20);
}

static long rule_aarch32_el1(struct vm *vm)
{
	return host_profile.aarch32_el1;
}

static long rule_pmu(struct vm *vm)
{
	return host_profile.pmu;
}

static long rule_ras(struct vm *vm)
{
	return host_profile.ras;
}

static long rule_sve(struct vm *vm)
{
	return host_profile.sve;
}

static long rule_pauth(struct vm *vm)
{
	return host_profile.pauth;
}

static long rule_mte(struct vm *vm)
{
	return host_profile.mte;
}

static long rule_steal(struct vm *vm)
{
	return steal_supported();
}

static long rule_eager_split(struct vm *vm)
{
	return vm ? (long)vm->eager_split : 0;
}

static long enable_manual_protect(struct vm *vm,
				  const struct kvm_enable_cap *cap)
{
	uint64_t allowed = KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE;

	if (cap->args[0] & KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE)
		allowed |= KVM_DIRTY_LOG_INITIALLY_SET;
	if (cap->args[0] & ~allowed) {
		explain("MANUAL_DIRTY_LOG_PROTECT2: bits 0x%llx of args[0]",
			(unsigned long long)(cap->args[0] & ~allowed));
		return -EINVAL;
	}
	vm->manual_protect = cap->args[0] & KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE;
	vm->initially_set = cap->args[0] & KVM_DIRTY_LOG_INITIALLY_SET;
	return 0;
}

static long enable_nisv(struct vm *vm, const struct kvm_enable_cap *cap)
{
	atomic_store(&vm->nisv_to_user, true);
	return 0;
}

static long enable_system_suspend(struct vm *vm,
				  const struct kvm_enable_cap *cap)
{
	atomic_store(&vm->system_suspend, true);
	return 0;
}

static long enable_halt_poll(struct vm *vm, const struct kvm_enable_cap *cap)
{
	/* We never poll: the time limit changes nothing the VMM can see. */
	return cap->args[0] > UINT32_MAX ? -EINVAL : 0;
}

#define SUPPORTED_BLOCK_SIZES 0x40201000 /* 1 GiB, 2 MiB, 4 KiB */

static long enable_eager_split(struct vm *vm, const struct kvm_enable_cap *cap)
{
	uint64_t size = cap->args[0];
	long ret = 0;

	if (size && !(size & SUPPORTED_BLOCK_SIZES)) {
		explain("EAGER_SPLIT_CHUNK_SIZE: 0x%llx is no block size",
			(unsigned long long)size);
		return -EINVAL;
	}
	pthread_mutex_lock(&vm->slots_lock);
	if (atomic_load(&vm->slots)->count) {
		explain("EAGER_SPLIT_CHUNK_SIZE: the VM has memory slots");
		ret = -EINVAL;
	} else {
		vm->eager_split = size;
	}
	pthread_mutex_unlock(&vm->slots_lock);
	return ret;
}

#define CAP(n, ...)                                                       \
	{                                                                 \
		.name = "KVM_CAP_" #n, .number = KVM_CAP_##n, __VA_ARGS__ \
	}
#define YES(n) CAP(n, .value = 1)
#define NO(n)  CAP(n, .value = 0)

static const struct cap_row cap_rows[] = {
	CAP(IRQCHIP, .rule = rule_irqchip),
	YES(USER_MEMORY),
	NO(SET_TSS_ADDR),
	CAP(NR_VCPUS, .rule = rule_nr_vcpus),
	CAP(NR_MEMSLOTS, .value = MAX_MEMSLOTS),
	YES(MP_STATE),
	CAP(COALESCED_MMIO, .value = KVM_COALESCED_MMIO_PAGE_OFFSET),
	YES(SYNC_MMU),
	YES(DESTROY_MEMORY_REGION_WORKS),
	NO(USER_NMI),
	YES(SET_GUEST_DEBUG),
	CAP(IRQ_ROUTING, .value = MAX_GSI),
	NO(IRQ_INJECT_STATUS),
	YES(JOIN_MEMORY_REGIONS_WORKS),
	YES(IRQFD),
	YES(IOEVENTFD),
	NO(SET_IDENTITY_MAP_ADDR),
	YES(INTERNAL_ERROR_DATA),
	YES(VCPU_EVENTS),
	NO(S390_PSW),
	NO(ENABLE_CAP),
	CAP(MAX_VCPUS, .rule = rule_max_vcpus),
	YES(ONE_REG),
	NO(SYNC_REGS),
	YES(SIGNAL_MSI),
	YES(READONLY_MEM),
	YES(IRQFD_RESAMPLE),
	YES(ARM_PSCI),
	YES(ARM_SET_DEVICE_ADDR),
	YES(DEVICE_CTRL),
	NO(IRQ_MPIC),
	CAP(ARM_EL1_32BIT, .rule = rule_aarch32_el1),
	YES(ENABLE_CAP_VM),
	NO(IOEVENTFD_NO_LENGTH),
	NO(VM_ATTRIBUTES),
	YES(ARM_PSCI_0_2),
	YES(CHECK_EXTENSION_VM),
	NO(MULTI_ADDRESS_SPACE),
	CAP(GUEST_DEBUG_HW_BPS, .rule = rule_hw_bps),
	CAP(GUEST_DEBUG_HW_WPS, .rule = rule_hw_wps),
	YES(IOEVENTFD_ANY_LENGTH),
	CAP(ARM_PMU_V3, .rule = rule_pmu),
	YES(VCPU_ATTRIBUTES),
	CAP(MAX_VCPU_ID, .rule = rule_max_vcpus),
	CAP(MSI_DEVID, .rule = rule_msi_devid),
	YES(IMMEDIATE_EXIT),
	YES(ARM_USER_IRQ),
	CAP(ARM_INJECT_SERROR_ESR, .rule = rule_ras),
	YES(COALESCED_PIO),
	CAP(ARM_VM_IPA_SIZE, .rule = rule_ipa_size),
	CAP(MANUAL_DIRTY_LOG_PROTECT2,
	    .value = KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE |
		     KVM_DIRTY_LOG_INITIALLY_SET,
	    .enable = enable_manual_protect),
	CAP(ARM_SVE, .rule = rule_sve),
	CAP(ARM_PTRAUTH_ADDRESS, .rule = rule_pauth),
	CAP(ARM_PTRAUTH_GENERIC, .rule = rule_pauth),
	YES(ARM_IRQ_LINE_LAYOUT_2),
	CAP(ARM_NISV_TO_USER, .value = 1, .enable = enable_nisv),
	YES(ARM_INJECT_EXT_DABT),
	CAP(HALT_POLL, .value = 1, .enable = enable_halt_poll),
	CAP(STEAL_TIME, .rule = rule_steal),
	NO(DIRTY_LOG_RING),
	CAP(SET_GUEST_DEBUG2,
	    .value = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP |
		     KVM_GUESTDBG_USE_SW_BP | KVM_GUESTDBG_USE_HW),
	YES(PTP_KVM),
	NO(EXIT_HYPERCALL),
	YES(BINARY_STATS_FD),
	CAP(ARM_MTE, .rule = rule_mte),
	NO(SYS_ATTRIBUTES),
	YES(SYSTEM_EVENT_DATA),
	CAP(ARM_SYSTEM_SUSPEND, .value = 1, .enable = enable_system_suspend),
	NO(VM_DISABLE_NX_HUGE_PAGES),
	/* Linux has rings on arm64; we do not (docs/coverage.md). */
	NO(DIRTY_LOG_RING_ACQ_REL),
	NO(DIRTY_LOG_RING_WITH_BITMAP),
	YES(COUNTER_OFFSET),
	CAP(ARM_EAGER_SPLIT_CHUNK_SIZE, .rule = rule_eager_split,
	    .enable = enable_eager_split),
	CAP(ARM_SUPPORTED_BLOCK_SIZES, .value = SUPPORTED_BLOCK_SIZES),
	YES(ARM_SUPPORTED_REG_MASK_RANGES),
	YES(USER_MEMORY2),
	NO(MEMORY_FAULT_INFO),
	NO(MEMORY_ATTRIBUTES),
	NO(GUEST_MEMFD),
	NO(VM_TYPES),
	NO(PRE_FAULT_MEMORY),
};

static const struct cap_row *cap_find(unsigned int number)
{
	for (size_t i = 0; i < ARRAY_SIZE(cap_rows); i++)
		if (cap_rows[i].number == number)
			return &cap_rows[i];
	return NULL;
}

long cap_check(struct vm *vm, unsigned int cap)
{
	const struct cap_row *row = cap_find(cap);

	if (!row)
		return 0;
	return row->rule ? row->rule(vm) : row->value;
}

long cap_enable(struct vm *vm, const struct kvm_enable_cap *cap)
{
	const struct cap_row *row = cap_find(cap->cap);

	if (!row || !row->enable) {
		explain("KVM_ENABLE_CAP: %s (%u) can't be enabled",
			row ? row->name : "unknown capability", cap->cap);
		return -EINVAL;
	}
	if (cap->flags) {
		explain("KVM_ENABLE_CAP: %s with flags 0x%x", row->name,
			cap->flags);
		return -EINVAL;
	}
	return row->enable(vm, cap);
}

const struct kernel_cap_row *kernel_cap_row(unsigned int n)
{
	static __thread struct kernel_cap_row out;
	const struct cap_row *row;

	if (n >= ARRAY_SIZE(cap_rows))
		return NULL;
	row = &cap_rows[n];
	out.name = row->name;
	out.number = row->number;
	out.system_value = cap_check(NULL, row->number);
	/* A VM without devices: as the system, but it may ask for MSI_DEVID. */
	out.vm_value = row->number == KVM_CAP_MSI_DEVID ? 0 : out.system_value;
	return &out;
}
