/* SPDX-License-Identifier: MIT */
/*
 * Capabilities of arm64's own, or that it answers otherwise than the core's
 * caps.c. Source: Linux 6.12 arm64.
 */
#include <errno.h>

#include "base/refuse.h"
#include "kernel/arm64/arm64.h"
#include "kernel/memslot.h"

static long rule_irqchip(struct vm *vm)
{
	return host_profile->gicv3 || host_profile->gicv2;
}

static long rule_nr_vcpus(struct vm *vm)
{
	unsigned int cpus =
		host_profile->cpus ? host_profile->cpus : host_online_cpus();

	return min_u64(cpus, host_max_vcpus());
}

static long rule_max_vcpus(struct vm *vm)
{
	return vm ? atomic_load(&vm->max_vcpus) : host_max_vcpus();
}

static long rule_msi_devid(struct vm *vm)
{
	if (!vm)
		return refuse(EINVAL, FKVM_CAP_DESCRIPTOR,
			      "MSI_DEVID is a VM's: ask its "
			      "descriptor");
	return gic_has_its(vm_arm64(vm)->gic);
}

static long rule_ipa_size(struct vm *vm)
{
	return host_ipa_bits();
}

static long dfr0_field(unsigned int shift)
{
	const struct cpu_sysreg_info *row = cpu_sysreg_find(ENC_ID_AA64DFR0);

	return row ? (long)((host_id(row) >> shift) & 15) + 1 : 0;
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
	return host_has_aarch32(1);
}

static long rule_pmu(struct vm *vm)
{
	return host_has_pmu();
}

static long rule_ras(struct vm *vm)
{
	return host_has_ras();
}

static long rule_sve(struct vm *vm)
{
	return host_has_sve();
}

static long rule_pauth(struct vm *vm)
{
	return host_has_pauth();
}

static long rule_mte(struct vm *vm)
{
	return host_has_mte();
}

static long rule_steal(struct vm *vm)
{
	return steal_supported(vm);
}

static long rule_eager_split(struct vm *vm)
{
	return vm ? (long)vm_arm64(vm)->eager_split : 0;
}

static long enable_nisv(struct vm *vm, const struct kvm_enable_cap *cap)
{
	atomic_store(&vm_arm64(vm)->nisv_to_user, true);
	return 0;
}

static long enable_system_suspend(struct vm *vm,
				  const struct kvm_enable_cap *cap)
{
	atomic_store(&vm_arm64(vm)->system_suspend, true);
	return 0;
}

#define SUPPORTED_BLOCK_SIZES 0x40201000 /* 1 GiB, 2 MiB, 4 KiB */

static long enable_eager_split(struct vm *vm, const struct kvm_enable_cap *cap)
{
	uint64_t size = cap->args[0];
	long ret = 0;

	if (size && ((size & (size - 1)) || !(size & SUPPORTED_BLOCK_SIZES)))
		return refuse(EINVAL, FKVM_CAP_BLOCK_SIZE,
			      "args[0] %#lx is no block size, those are %#x",
			      size, SUPPORTED_BLOCK_SIZES);
	pthread_mutex_lock(&vm->slots_lock);
	if (memslots_any(vm)) {
		ret = refuse(EINVAL, FKVM_CAP_SLOTS, "the VM has memory slots");
	} else {
		vm_arm64(vm)->eager_split = size;
	}
	pthread_mutex_unlock(&vm->slots_lock);
	return ret;
}

static const struct cap_row cap_rows[] = {
	CAP(IRQCHIP, .rule = rule_irqchip),
	CAP_NO(SET_TSS_ADDR),
	CAP(NR_VCPUS, .rule = rule_nr_vcpus),
	CAP_YES(MP_STATE),
	CAP_NO(USER_NMI),
	CAP_YES(SET_GUEST_DEBUG),
	CAP_NO(IRQ_INJECT_STATUS),
	CAP_NO(SET_IDENTITY_MAP_ADDR),
	CAP_YES(VCPU_EVENTS),
	CAP_NO(S390_PSW),
	CAP_NO(ENABLE_CAP),
	CAP(MAX_VCPUS, .rule = rule_max_vcpus),
	CAP_NO(SYNC_REGS),
	CAP_YES(READONLY_MEM),
	CAP_YES(IRQFD_RESAMPLE),
	CAP_YES(ARM_PSCI),
	CAP_YES(ARM_SET_DEVICE_ADDR),
	CAP_NO(IRQ_MPIC),
	CAP(ARM_EL1_32BIT, .rule = rule_aarch32_el1),
	CAP_NO(IOEVENTFD_NO_LENGTH),
	CAP_NO(VM_ATTRIBUTES),
	CAP_YES(ARM_PSCI_0_2),
	CAP(GUEST_DEBUG_HW_BPS, .rule = rule_hw_bps),
	CAP(GUEST_DEBUG_HW_WPS, .rule = rule_hw_wps),
	CAP(ARM_PMU_V3, .rule = rule_pmu),
	CAP_YES(VCPU_ATTRIBUTES),
	CAP(MAX_VCPU_ID, .rule = rule_max_vcpus),
	CAP(MSI_DEVID, .rule = rule_msi_devid),
	CAP_YES(ARM_USER_IRQ),
	CAP(ARM_INJECT_SERROR_ESR, .rule = rule_ras),
	CAP(ARM_VM_IPA_SIZE, .rule = rule_ipa_size),
	CAP(ARM_SVE, .rule = rule_sve),
	CAP(ARM_PTRAUTH_ADDRESS, .rule = rule_pauth),
	CAP(ARM_PTRAUTH_GENERIC, .rule = rule_pauth),
	CAP_YES(ARM_IRQ_LINE_LAYOUT_2),
	CAP(ARM_NISV_TO_USER, .value = 1, .enable = enable_nisv),
	CAP_YES(ARM_INJECT_EXT_DABT),
	CAP(STEAL_TIME, .rule = rule_steal),
	CAP(SET_GUEST_DEBUG2,
	    .value = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP |
		     KVM_GUESTDBG_USE_SW_BP | KVM_GUESTDBG_USE_HW),
	CAP_YES(PTP_KVM),
	CAP_NO(EXIT_HYPERCALL),
	CAP(ARM_MTE, .rule = rule_mte, .enable = mte_enable),
	CAP_NO(SYS_ATTRIBUTES),
	CAP(ARM_SYSTEM_SUSPEND, .value = 1, .enable = enable_system_suspend),
	CAP_NO(VM_DISABLE_NX_HUGE_PAGES),
	CAP(DIRTY_LOG_RING_ACQ_REL, .value = DIRTY_RING_MAX_BYTES,
	    .enable = dirty_ring_enable, .any_flags = true, .since = "6.3"),
	CAP(DIRTY_LOG_RING_WITH_BITMAP, .value = 1,
	    .enable = dirty_ring_enable_bitmap, .since = "6.3"),
	CAP(COUNTER_OFFSET, .value = 1, .since = "6.4"),
	CAP(ARM_EAGER_SPLIT_CHUNK_SIZE, .rule = rule_eager_split,
	    .enable = enable_eager_split, .since = "6.5"),
	CAP(ARM_SUPPORTED_BLOCK_SIZES, .value = SUPPORTED_BLOCK_SIZES,
	    .since = "6.5"),
	CAP(ARM_SUPPORTED_REG_MASK_RANGES, .value = 1, .since = "6.7"),
};

const struct cap_table arm64_caps = {cap_rows, ARRAY_SIZE(cap_rows)};
