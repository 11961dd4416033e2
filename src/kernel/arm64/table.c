/* SPDX-License-Identifier: MIT */
/*
 * Every request, one row: name, number, what is copied, since when, who
 * handles it. Requests that an arm64 kernel refuses have a row too, so that a
 * trace can name them; they answer as refused (after reading the argument
 * where Linux does so first). The order of checks common to all requests is in
 * kobj_ioctl(), system.c.
 */
#include "kernel/internal.h"

#define ROW(kind_, fd_, name_, cmd_, copy_, since_, impl_, fn_, ...)   \
	{                                                              \
		.pub = {.name = name_,                                 \
			.fd = fd_,                                     \
			.cmd = cmd_,                                   \
			.size = ((cmd_) >> 16) & 0x3fff,               \
			.since = since_,                               \
			.implemented = impl_},                         \
		.kind = kind_, .copy = copy_, .fn = fn_, ##__VA_ARGS__ \
	}
#define SYS(n, copy, since, fn) \
	ROW(KOBJ_SYSTEM, "system", #n, n, copy, since, true, fn)
#define VM(n, copy, since, fn) ROW(KOBJ_VM, "vm", #n, n, copy, since, true, fn)
#define VCPU(n, copy, since, fn) \
	ROW(KOBJ_VCPU, "vcpu", #n, n, copy, since, true, fn)
#define VCPU_INITED(n, copy, since, fn) \
	ROW(KOBJ_VCPU, "vcpu", #n, n, copy, since, true, fn, .needs_init = true)
#define DEV(n) ROW(KOBJ_DEVICE, "device", #n, n, COPY_NONE, "<=6.1", true, NULL)
/* Rejected with EINVAL: only a number and a name, and what is read first. */
#define REJECT(kind, fd, n, cmd, copy) \
	ROW(kind, fd, n, cmd, copy, "-", false, NULL)
#define NO_VM(n, cmd)   REJECT(KOBJ_VM, "vm", n, cmd, COPY_NONE)
#define NO_VCPU(n, cmd) REJECT(KOBJ_VCPU, "vcpu", n, cmd, COPY_NONE)
#define NO_SYS(n, cmd)  REJECT(KOBJ_SYSTEM, "system", n, cmd, COPY_NONE)

/* Device requests are device.c's: EPERM is decided before the argument is
 * read. Their rows are for the list. */
static const struct ioctl_row ioctl_rows[] = {
	SYS(KVM_GET_API_VERSION, COPY_NONE, "base", sys_get_api_version),
	SYS(KVM_CREATE_VM, COPY_NONE, "base", sys_create_vm),
	SYS(KVM_CHECK_EXTENSION, COPY_NONE, "base", sys_check_extension),
	SYS(KVM_GET_VCPU_MMAP_SIZE, COPY_NONE, "base", sys_get_vcpu_mmap_size),
	NO_SYS("KVM_TRACE_PAUSE", 0xae07),
	NO_SYS("KVM_TRACE_DISABLE", 0xae08),
	NO_SYS("KVM_HAS_DEVICE_ATTR", KVM_HAS_DEVICE_ATTR),
	NO_SYS("KVM_GET_DEVICE_ATTR", KVM_GET_DEVICE_ATTR),

	VM(KVM_CREATE_VCPU, COPY_NONE, "base", vm_ioctl_create_vcpu),
	VM(KVM_CHECK_EXTENSION, COPY_NONE, "<=6.1", vm_ioctl_check_extension),
	VM(KVM_ENABLE_CAP, COPY_IN, "<=6.1", vm_ioctl_enable_cap),
	VM(KVM_SET_USER_MEMORY_REGION, COPY_IN, "<=6.1",
	   vm_ioctl_set_memory_region),
	VM(KVM_SET_USER_MEMORY_REGION2, COPY_IN, "6.8",
	   vm_ioctl_set_memory_region2),
	VM(KVM_GET_DIRTY_LOG, COPY_IN, "base", vm_ioctl_get_dirty_log),
	VM(KVM_CLEAR_DIRTY_LOG, COPY_IN, "<=6.1", vm_ioctl_clear_dirty_log),
	VM(KVM_RESET_DIRTY_RINGS, COPY_NONE, "6.3", vm_ioctl_reset_dirty_rings),
	VM(KVM_REGISTER_COALESCED_MMIO, COPY_IN, "<=6.1",
	   vm_ioctl_register_coalesced),
	VM(KVM_UNREGISTER_COALESCED_MMIO, COPY_IN, "<=6.1",
	   vm_ioctl_unregister_coalesced),
	VM(KVM_IRQFD, COPY_IN, "<=6.1", vm_ioctl_irqfd),
	VM(KVM_IOEVENTFD, COPY_IN, "<=6.1", vm_ioctl_ioeventfd),
	VM(KVM_SIGNAL_MSI, COPY_IN, "<=6.1", vm_ioctl_signal_msi),
	VM(KVM_IRQ_LINE, COPY_IN, "<=6.1", vm_ioctl_irq_line),
	VM(KVM_IRQ_LINE_STATUS, COPY_IO, "<=6.1", vm_ioctl_irq_line),
	VM(KVM_SET_GSI_ROUTING, COPY_IN, "<=6.1", vm_ioctl_set_gsi_routing),
	VM(KVM_CREATE_IRQCHIP, COPY_NONE, "<=6.1", vm_ioctl_create_irqchip),
	VM(KVM_CREATE_DEVICE, COPY_IO, "<=6.1", vm_ioctl_create_device),
	VM(KVM_ARM_SET_DEVICE_ADDR, COPY_IN, "<=6.1", vm_ioctl_set_device_addr),
	VM(KVM_ARM_PREFERRED_TARGET, COPY_OUT, "base",
	   vm_ioctl_preferred_target),
	VM(KVM_ARM_MTE_COPY_TAGS, COPY_IN, "<=6.1", vm_ioctl_mte_copy_tags),
	VM(KVM_ARM_SET_COUNTER_OFFSET, COPY_IN, "6.4",
	   vm_ioctl_set_counter_offset),
	VM(KVM_ARM_GET_REG_WRITABLE_MASKS, COPY_IN, "6.7",
	   vm_ioctl_get_reg_masks),
	VM(KVM_HAS_DEVICE_ATTR, COPY_IN, "6.4", vm_ioctl_has_attr),
	VM(KVM_SET_DEVICE_ATTR, COPY_IN, "6.4", vm_ioctl_set_attr),
	VM(KVM_GET_STATS_FD, COPY_NONE, "<=6.1", obj_ioctl_stats_fd),
	NO_VM("KVM_GET_DEVICE_ATTR", KVM_GET_DEVICE_ATTR),
	NO_VM("KVM_CREATE_GUEST_MEMFD", 0xc040aed4),
	NO_VM("KVM_SET_MEMORY_ATTRIBUTES", 0x4020aed2),
	NO_VM("KVM_SET_TSS_ADDR", 0xae47),
	NO_VM("KVM_SET_IDENTITY_MAP_ADDR", 0x4008ae48),
	NO_VM("KVM_SET_NR_MMU_PAGES", 0xae44),
	NO_VM("KVM_GET_NR_MMU_PAGES", 0xae45),
	NO_VM("KVM_GET_IRQCHIP", 0xc208ae62),
	NO_VM("KVM_SET_IRQCHIP", 0x8208ae63),
	NO_VM("KVM_CREATE_PIT", 0xae64),
	NO_VM("KVM_CREATE_PIT2", 0x4040ae77),
	NO_VM("KVM_REINJECT_CONTROL", 0xae71),
	NO_VM("KVM_SET_BOOT_CPU_ID", 0xae78),
	NO_VM("KVM_GET_CLOCK", 0x8030ae7c),
	NO_VM("KVM_SET_CLOCK", 0x4030ae7b),
	NO_VM("KVM_SET_PMU_EVENT_FILTER", 0x4008aeb2),
	NO_VM("KVM_MEMORY_ENCRYPT_OP", 0xc008aeba),
	NO_VM("KVM_MEMORY_ENCRYPT_REG_REGION", 0x8010aebb),
	NO_VM("KVM_MEMORY_ENCRYPT_UNREG_REGION", 0x8010aebc),
	NO_VM("KVM_XEN_HVM_EVTCHN_SEND", 0x400caed0),

	VCPU(KVM_RUN, COPY_NONE, "base", vcpu_ioctl_run),
	VCPU(KVM_ARM_VCPU_INIT, COPY_IN, "base", vcpu_ioctl_init),
	VCPU_INITED(KVM_ARM_VCPU_FINALIZE, COPY_IN, "<=6.1",
		    vcpu_ioctl_finalize),
	VCPU_INITED(KVM_GET_ONE_REG, COPY_IN, "<=6.1", vcpu_ioctl_get_one_reg),
	VCPU_INITED(KVM_SET_ONE_REG, COPY_IN, "<=6.1", vcpu_ioctl_set_one_reg),
	VCPU_INITED(KVM_GET_REG_LIST, COPY_IN, "base", vcpu_ioctl_get_reg_list),
	VCPU(KVM_GET_MP_STATE, COPY_OUT, "<=6.1", vcpu_ioctl_get_mp_state),
	VCPU(KVM_SET_MP_STATE, COPY_IN, "<=6.1", vcpu_ioctl_set_mp_state),
	VCPU_INITED(KVM_GET_VCPU_EVENTS, COPY_OUT, "<=6.1",
		    vcpu_ioctl_get_events),
	VCPU_INITED(KVM_SET_VCPU_EVENTS, COPY_IN, "<=6.1",
		    vcpu_ioctl_set_events),
	VCPU(KVM_SET_GUEST_DEBUG, COPY_IN, "<=6.1", vcpu_ioctl_set_guest_debug),
	VCPU(KVM_SET_SIGNAL_MASK, COPY_NONE, "base",
	     vcpu_ioctl_set_signal_mask),
	VCPU(KVM_SET_DEVICE_ATTR, COPY_IN, "<=6.1", vcpu_ioctl_set_attr),
	VCPU(KVM_GET_DEVICE_ATTR, COPY_IN, "<=6.1", vcpu_ioctl_get_attr),
	VCPU(KVM_HAS_DEVICE_ATTR, COPY_IN, "<=6.1", vcpu_ioctl_has_attr),
	VCPU(KVM_GET_STATS_FD, COPY_NONE, "<=6.1", obj_ioctl_stats_fd),
	NO_VCPU("KVM_GET_REGS", KVM_GET_REGS),
	REJECT(KOBJ_VCPU, "vcpu", "KVM_SET_REGS", KVM_SET_REGS, COPY_IN),
	NO_VCPU("KVM_GET_SREGS", KVM_GET_SREGS),
	NO_VCPU("KVM_SET_SREGS", KVM_SET_SREGS),
	NO_VCPU("KVM_GET_FPU", KVM_GET_FPU),
	NO_VCPU("KVM_SET_FPU", KVM_SET_FPU),
	REJECT(KOBJ_VCPU, "vcpu", "KVM_TRANSLATE", KVM_TRANSLATE, COPY_IN),
	NO_VCPU("KVM_ENABLE_CAP", KVM_ENABLE_CAP),
	NO_VCPU("KVM_PRE_FAULT_MEMORY", 0xc040aed5),
	NO_VCPU("KVM_INTERRUPT", 0x4004ae86),
	NO_VCPU("KVM_NMI", 0xae9a),
	NO_VCPU("KVM_SMI", 0xaeb7),
	NO_VCPU("KVM_KVMCLOCK_CTRL", 0xaead),
	NO_VCPU("KVM_SET_TSC_KHZ", 0xaea2),
	NO_VCPU("KVM_GET_TSC_KHZ", 0xaea3),
	NO_VCPU("KVM_TPR_ACCESS_REPORTING", 0xc028ae92),
	NO_VCPU("KVM_SET_VAPIC_ADDR", 0x4008ae93),
	NO_VCPU("KVM_X86_SETUP_MCE", 0x4008ae9c),
	NO_VCPU("KVM_X86_GET_MCE_CAP_SUPPORTED", 0x8008ae9d),
	NO_VCPU("KVM_DIRTY_TLB", 0x4010aeaa),
	NO_VCPU("KVM_S390_INITIAL_RESET", 0xae97),
	NO_VCPU("KVM_S390_NORMAL_RESET", 0xaec3),
	NO_VCPU("KVM_S390_CLEAR_RESET", 0xaec4),
	NO_VCPU("KVM_S390_STORE_STATUS", 0x4008ae95),

	DEV(KVM_SET_DEVICE_ATTR),
	DEV(KVM_GET_DEVICE_ATTR),
	DEV(KVM_HAS_DEVICE_ATTR),
};

const struct ioctl_row *ioctl_find(enum kobj_kind kind, unsigned int cmd)
{
	for (size_t i = 0; i < ARRAY_SIZE(ioctl_rows); i++)
		if (ioctl_rows[i].kind == kind && ioctl_rows[i].pub.cmd == cmd)
			return &ioctl_rows[i];
	return NULL;
}

const struct kernel_ioctl_row *kernel_ioctl_row(unsigned int n)
{
	return n < ARRAY_SIZE(ioctl_rows) ? &ioctl_rows[n].pub : NULL;
}

#define ATTR(dev, type, grp, nr, pay)   \
	{                               \
		dev, type, grp, nr, pay \
	}

static const struct kernel_device_row device_rows[] = {
	ATTR("kvm-vfio", 4, "FILE", 1, "s32 file descriptor"),
	ATTR("kvm-arm-vgic-v2", 5, "ADDR", 0, "u64 address"),
	ATTR("kvm-arm-vgic-v2", 5, "DIST_REGS", 1, "u32"),
	ATTR("kvm-arm-vgic-v2", 5, "CPU_REGS", 2, "u32"),
	ATTR("kvm-arm-vgic-v2", 5, "NR_IRQS", 3, "u32"),
	ATTR("kvm-arm-vgic-v2", 5, "CTRL", 4, "none"),
	ATTR("kvm-arm-vgic-v3", 7, "ADDR", 0, "u64 address or region"),
	ATTR("kvm-arm-vgic-v3", 7, "DIST_REGS", 1, "u32"),
	ATTR("kvm-arm-vgic-v3", 7, "NR_IRQS", 3, "u32"),
	ATTR("kvm-arm-vgic-v3", 7, "CTRL", 4, "none"),
	ATTR("kvm-arm-vgic-v3", 7, "REDIST_REGS", 5, "u32"),
	ATTR("kvm-arm-vgic-v3", 7, "CPU_SYSREGS", 6, "u64"),
	ATTR("kvm-arm-vgic-v3", 7, "LEVEL_INFO", 7, "u32"),
	ATTR("kvm-arm-vgic-its", 8, "ADDR", 0, "u64 address"),
	ATTR("kvm-arm-vgic-its", 8, "CTRL", 4, "none"),
	ATTR("kvm-arm-vgic-its", 8, "ITS_REGS", 8, "u64"),
};

const struct kernel_device_row *kernel_device_row(unsigned int n)
{
	return n < ARRAY_SIZE(device_rows) ? &device_rows[n] : NULL;
}
