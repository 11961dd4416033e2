/* SPDX-License-Identifier: MIT */
/*
 * 32-bit Arm as the core of src/kernel sees it: arm64's operations but for
 * where its ABI differs.
 */
#include <errno.h>

#include "kernel/arm/arm.h"
#include "kernel/ioctl-rows.h"

static const struct ioctl_row ioctl_rows[] = {
#include "kernel/arm/ioctls.def"
};

static const struct stat_row vcpu_stats[] = {
	STAT_COUNTER("hvc_exit_stat", STAT_HVC_EXIT),
	STAT_COUNTER("wfe_exit_stat", STAT_WFE_EXIT),
	STAT_COUNTER("wfi_exit_stat", STAT_WFI_EXIT),
	STAT_COUNTER("mmio_exit_user", STAT_MMIO_EXIT_USER),
	STAT_COUNTER("mmio_exit_kernel", STAT_MMIO_EXIT_KERNEL),
	STAT_COUNTER("exits", STAT_EXITS),
};

static const struct device_type *const device_types[] = {
	&gic_v2_type, &gic_v3_type, &gic_its_type, &vfio_type, NULL,
};

const struct arch arch_arm = {
	.name = "arm",
	.ioctls = ioctl_rows,
	.nr_ioctls = ARRAY_SIZE(ioctl_rows),
	.unknown_request = {[KOBJ_SYSTEM] = EINVAL,
			    [KOBJ_VM] = EINVAL,
			    [KOBJ_VCPU] = EINVAL,
			    [KOBJ_DEVICE] = ENOTTY,
			    [KOBJ_STATS] = ENOTTY},
	.caps = &arm_caps,
	.vcpu_stats = vcpu_stats,
	.nr_vcpu_stats = ARRAY_SIZE(vcpu_stats),
	.exit_name = arm64_exit_name,
	.class_name = arm64_class_name,
	.vcpu_attrs = &arm_vcpu_attrs,
	.device_types = device_types,
	.has_device = arm64_has_device,
	.cost_model = arm64_cost_model,
	.check_models = arm64_check_models,
	.exits = BIT(KVM_EXIT_UNKNOWN) | BIT(KVM_EXIT_MMIO) |
		 BIT(KVM_EXIT_INTR) | BIT(KVM_EXIT_SYSTEM_EVENT) |
		 BIT(KVM_EXIT_ARM_NISV),
	.reg_row = arm_onereg_row,
	.decode = &arm_decode,
	.set_profile = host_choose,
	.profile_name = host_id_name,
	.profile_text = host_text,
	.profile_row = arm64_profile_row,
	.profile_limit = host_limit,

	.max_vcpus = MAX_VCPUS,
	.irqchip_pins = ARM64_NR_SPIS,
	.default_routes = true,
	.is_32bit = true,
	.memslot_flags = KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY,
	.nr_memslots = 32,

	.vm_new = arm_vm_new,
	.vm_init = arm_vm_init,
	.vm_free = arm64_vm_free,
	.vm_flush = arm64_vm_flush,
	.code_gone = arm64_code_gone,
	.host_changed = arm64_host_changed,
	.irq_line = arm_irq_line,

	.vcpu_check = arm64_vcpu_check,
	.vcpu_new = arm64_vcpu_new,
	.vcpu_init = arm64_vcpu_init,
	.vcpu_free = arm64_vcpu_free,
	.vcpu_run_check = arm64_run_check,
	.vcpu_run_begin = arm64_run_begin,
	.vcpu_enter = arm64_enter,
	.vcpu_run_end = arm64_run_end,
	.vcpu_again = arm64_again,
	.vcpu_wakeup = arm64_wakeup,
	.vcpu_timer = timer_expire,
	.vcpu_set_pins = arm64_vcpu_set_pins,
	.vcpu_time = arm64_time,
	.vcpu_stop_at = arm64_stop_at,
	.vcpu_charge = arm64_charge,
	.vcpu_stopped = arm64_stopped,
	.vcpu_get_mp_state = arm64_get_mp_state,
	.vcpu_set_mp_state = arm_set_mp_state,
};
