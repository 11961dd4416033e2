/* SPDX-License-Identifier: MIT */
/*
 * The arm64 architecture as the core of src/kernel sees it: its tables and
 * operations, struct arch.
 */
#include <errno.h>

#include "cpu/costs.h"
#include "kernel/arm64/arm64.h"
#include "kernel/device.h"
#include "kernel/ioctl-rows.h"

static const struct ioctl_row ioctl_rows[] = {
#include "kernel/ioctls.def"
#include "kernel/arm64/ioctls.def"
};

static const struct stat_row vcpu_stats[] = {
	STAT_COUNTER("hvc_exit_stat", STAT_HVC_EXIT),
	STAT_COUNTER("wfe_exit_stat", STAT_WFE_EXIT),
	STAT_COUNTER("wfi_exit_stat", STAT_WFI_EXIT),
	STAT_COUNTER("mmio_exit_user", STAT_MMIO_EXIT_USER),
	STAT_COUNTER("mmio_exit_kernel", STAT_MMIO_EXIT_KERNEL),
	STAT_COUNTER("signal_exits", STAT_SIGNAL_EXITS),
	STAT_COUNTER("exits", STAT_EXITS),
};

static const struct device_type *const device_types[] = {
	&gic_v2_type, &gic_v3_type, &gic_its_type, &vfio_type, NULL,
};

/* The GIC that the user chose for counted time, NULL: none in particular. */
static const struct cost_model *gic_chosen(const struct kernel_clock_options *o)
{
	if (o->clock != KERNEL_CLOCK_CYCLES || !o->irqchip)
		return NULL;
	return cost_model_find(gic_cost_models, GIC_NR_COST_MODELS, o->irqchip);
}

const struct cost_model *arm64_gic_chosen(void)
{
	return gic_chosen(kernel_clock());
}

/* The VGIC types are registered only if the host's GIC can do them. */
bool arm64_has_gic(int version)
{
	const struct cost_model *gic = arm64_gic_chosen();

	if (gic && gic_costs_version(gic) != version)
		return false;
	return version == 2 ? host_profile->gicv2 : host_profile->gicv3;
}

bool arm64_has_device(const struct device_type *type)
{
	if (type == &gic_v2_type)
		return arm64_has_gic(2);
	if (type == &gic_v3_type || type == &gic_its_type)
		return arm64_has_gic(3);
	return true;
}

const struct cost_model *arm64_cost_model(unsigned int n)
{
	const struct cost_model *const *cores;
	unsigned int nr;

	if (n < GIC_NR_COST_MODELS)
		return gic_cost_models[n];
	cores = cpu_cost_models(&nr);
	n -= GIC_NR_COST_MODELS;
	return n < nr ? cores[n] : NULL;
}

int arm64_check_models(const struct kernel_clock_options *opts)
{
	const struct cost_model *gic = gic_chosen(opts);
	int version = gic ? gic_costs_version(gic) : 0;

	if (!gic || (version == 2 ? host_profile->gicv2 : host_profile->gicv3))
		return 0;
	return refuse(EINVAL, FKVM_OPTION_COMBINATION,
		      "irqchip: a %s is a GICv%d, which host %s has not",
		      gic->name, version, host_profile->name);
}

bool arm64_profile_row(unsigned int n, struct kernel_profile_row *out)
{
	const struct host_profile *host = host_row(n);

	if (host)
		*out = (struct kernel_profile_row){host->name, host->about};
	return host;
}

const struct arch arch_arm64 = {
	.name = "arm64",
	.ioctls = ioctl_rows,
	.nr_ioctls = ARRAY_SIZE(ioctl_rows),
	.unknown_request = {[KOBJ_SYSTEM] = EINVAL,
			    [KOBJ_VM] = EINVAL,
			    [KOBJ_VCPU] = EINVAL,
			    [KOBJ_DEVICE] = ENOTTY,
			    [KOBJ_STATS] = ENOTTY},
	.caps = &arm64_caps,
	.vcpu_stats = vcpu_stats,
	.nr_vcpu_stats = ARRAY_SIZE(vcpu_stats),
	.exit_name = arm64_exit_name,
	.class_name = arm64_class_name,
	.vcpu_attrs = &arm64_vcpu_attrs,
	.vm_attrs = &arm64_vm_attrs,
	.device_types = device_types,
	.has_device = arm64_has_device,
	.cost_model = arm64_cost_model,
	.check_models = arm64_check_models,
	.exits = BIT(KVM_EXIT_UNKNOWN) | BIT(KVM_EXIT_HYPERCALL) |
		 BIT(KVM_EXIT_DEBUG) | BIT(KVM_EXIT_MMIO) | BIT(KVM_EXIT_INTR) |
		 BIT(KVM_EXIT_SYSTEM_EVENT) | BIT(KVM_EXIT_ARM_NISV) |
		 BIT(KVM_EXIT_DIRTY_RING_FULL),
	.reg_row = onereg_row,
	.decode = &arm64_decode,
	.set_profile = host_choose,
	.profile_name = host_id_name,
	.profile_text = host_text,
	.profile_row = arm64_profile_row,
	.profile_limit = host_limit,
	.machine_is_32bit = host_is_32bit,

	.max_vcpus = MAX_VCPUS,
	.irqchip_pins = ARM64_NR_SPIS,
	.default_routes = true,
	.memslot_flags = KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY,

	.vm_new = arm64_vm_new,
	.vm_init = arm64_vm_init,
	.vm_free = arm64_vm_free,
	.vm_flush = arm64_vm_flush,
	.code_gone = arm64_code_gone,
	.host_changed = arm64_host_changed,
	.slot_check = arm64_slot_check,
	.irq_line = arm64_irq_line,

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
	.vcpu_set_mp_state = arm64_set_mp_state,
	.vcpu_set_guest_debug = arm64_set_guest_debug,
};
