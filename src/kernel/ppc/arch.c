/* SPDX-License-Identifier: MIT */
/*
 * The PowerPC architecture (e500v2) as the core of src/kernel sees it: its
 * tables and operations, struct arch.
 */
#include "kernel/ppc/ppc.h"

#include <errno.h>

#include "base/refuse.h"
#include "kernel/device.h"
#include "kernel/ioctl-rows.h"
#include "mpic/mpic.h"

static const struct ioctl_row ioctl_rows[] = {
#include "kernel/ioctls.def"
#include "kernel/ppc/ioctls.def"
};

/* What only a core that executes could count. */
#define STAT_NEVER STAT_ARCH_0

static const struct stat_row vcpu_stats[] = {
	STAT_COUNTER("sum_exits", STAT_EXITS),
	STAT_COUNTER("mmio_exits", STAT_MMIO_EXIT_USER),
	STAT_COUNTER("signal_exits", STAT_SIGNAL_EXITS),
	STAT_COUNTER("light_exits", STAT_NEVER),
	STAT_COUNTER("itlb_real_miss_exits", STAT_NEVER),
	STAT_COUNTER("itlb_virt_miss_exits", STAT_NEVER),
	STAT_COUNTER("dtlb_real_miss_exits", STAT_NEVER),
	STAT_COUNTER("dtlb_virt_miss_exits", STAT_NEVER),
	STAT_COUNTER("syscall_exits", STAT_NEVER),
	STAT_COUNTER("isi_exits", STAT_NEVER),
	STAT_COUNTER("dsi_exits", STAT_NEVER),
	STAT_COUNTER("emulated_inst_exits", STAT_NEVER),
	STAT_COUNTER("dec_exits", STAT_NEVER),
	STAT_COUNTER("ext_intr_exits", STAT_NEVER),
	STAT_COUNTER("halt_successful_wait", STAT_NEVER),
	STAT_COUNTER("dbell_exits", STAT_NEVER),
	STAT_COUNTER("gdbell_exits", STAT_NEVER),
	STAT_COUNTER("ld", STAT_NEVER),
	STAT_COUNTER("st", STAT_NEVER),
	STAT_COUNTER("pthru_all", STAT_NEVER),
	STAT_COUNTER("pthru_host", STAT_NEVER),
	STAT_COUNTER("pthru_bad_aff", STAT_NEVER),
};

static const struct device_type *const device_types[] = {
	&mpic_20_type,
	&mpic_42_type,
	&vfio_type,
	NULL,
};

/* What would be counted is a core's. */
static int check_models(const struct kernel_clock_options *opts)
{
	if (opts->clock != KERNEL_CLOCK_CYCLES)
		return 0;
	return refuse(EINVAL, FKVM_OPTION_COMBINATION,
		      "clock: there is no PowerPC core yet that "
		      "counts cycles");
}

static const struct cost_model *cost_model(unsigned int n)
{
	return n ? NULL : &mpic_costs;
}

const struct arch arch_ppc = {
	.name = "ppc",
	.ioctls = ioctl_rows,
	.nr_ioctls = ARRAY_SIZE(ioctl_rows),
	.unknown_request = {[KOBJ_SYSTEM] = EINVAL,
			    [KOBJ_VM] = ENOTTY,
			    [KOBJ_VCPU] = EINVAL,
			    [KOBJ_DEVICE] = ENOTTY,
			    [KOBJ_STATS] = ENOTTY},
	.caps = &ppc_caps,
	.vcpu_stats = vcpu_stats,
	.nr_vcpu_stats = ARRAY_SIZE(vcpu_stats),
	.device_types = device_types,
	.exits = BIT(KVM_EXIT_UNKNOWN) | BIT(KVM_EXIT_INTR) |
		 BIT(KVM_EXIT_INTERNAL_ERROR) | BIT(KVM_EXIT_WATCHDOG),
	.exit_name = ppc_exit_name,
	.check_models = check_models,
	.cost_model = cost_model,
	.reg_row = ppc_reg_row,
	.decode = &ppc_decode,

	.max_vcpus = PPC_MAX_VCPUS,
	.irqchip_pins = MPIC_NR_PINS,
	.msi_any_level = true,
	.irqfd_pulses = true,
	.big_endian = true,
	.memslot_flags = KVM_MEM_LOG_DIRTY_PAGES,

	.vm_new = ppc_vm_new,
	.vm_init = ppc_vm_init,
	.vm_free = ppc_vm_free,
	.vm_flush = ppc_vm_flush,
	.irq_line = ppc_irq_line,

	.vcpu_check = ppc_vcpu_check,
	.vcpu_new = ppc_vcpu_new,
	.vcpu_init = ppc_vcpu_init,
	.vcpu_free = ppc_vcpu_free,
	.vcpu_run_check = ppc_run_check,
	.vcpu_run_begin = ppc_run_begin,
	.vcpu_enter = ppc_enter,
	.vcpu_run_end = ppc_run_end,
	.vcpu_wakeup = ppc_wakeup,
	.vcpu_timer = ppc_timer_expire,
	.vcpu_set_pins = ppc_vcpu_set_pins,
	.vcpu_set_guest_debug = ppc_set_guest_debug,
};
