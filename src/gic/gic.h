/* SPDX-License-Identifier: MIT */
/*
 * The door of src/gic: GICv2, GICv3 and ITS as KVM models them.
 *
 * Sources: GIC architecture specification v2 (IHI 0048B) and v3/v4
 * (IHI 0069), Linux Documentation/virt/kvm/devices/arm-vgic*.rst.
 *
 * A VM has at most one struct gic; ITS devices attach to the VM and find it.
 * Locking: every function below takes the GIC's own locks unless it says
 * otherwise, may be called from any thread, and never blocks for long. The
 * order is: VM mutex, vCPU mutexes, GIC configuration lock (mmio_add() is
 * called under it), ITS locks, GIC lock (set_vcpu_irq() and ppi_level() are
 * called under it). irq_acked() is called with none of the GIC's held.
 */
#ifndef FAUXKVM_GIC_GIC_H
#define FAUXKVM_GIC_GIC_H

#include "base/device.h"

struct gic;

extern const struct device_type gic_v2_type;  /* KVM_DEV_TYPE_ARM_VGIC_V2 */
extern const struct device_type gic_v3_type;  /* KVM_DEV_TYPE_ARM_VGIC_V3 */
extern const struct device_type gic_its_type; /* KVM_DEV_TYPE_ARM_VGIC_ITS */

/*
 * Per-VM interrupt state, made with the VM (empty: no model chosen) and kept
 * by the VM. create() of the types above fills it: they find it through
 * gic_of(). gic_vm_free() is called after every device was destroyed.
 */
struct gic *gic_vm_new(struct device_vm *vm);
void gic_vm_free(struct gic *gic);
/* The struct gic that belongs to @vm: the VM stores it in vm->gic. */
static inline struct gic *gic_of(struct device_vm *vm)
{
	return vm->gic;
}

/* KVM_CREATE_IRQCHIP: a GICv2 without descriptor. 0 or -EEXIST/-EBUSY/-E2BIG.
 * VM mutex held. */
int gic_create_irqchip(struct gic *gic);

/* 0: none was created; else 2 or 3. */
int gic_model(struct gic *gic);
bool gic_initialised(struct gic *gic);
bool gic_has_its(struct gic *gic);
/* Number of SPIs, 0 before init. */
unsigned int gic_nr_spis(struct gic *gic);

/*
 * Legacy KVM_ARM_SET_DEVICE_ADDR: @type 0 distributor, 1 CPU interface.
 * 0 or -ENODEV/-EEXIST/-EINVAL/-E2BIG.
 */
int gic_set_legacy_addr(struct gic *gic, unsigned int type, gpa_t addr);

/*
 * A vCPU was created (VM mutex held): prepares its banked state and, with
 * GICv3 regions set, its redistributor. 0 or the errno KVM_CREATE_VCPU gives.
 */
int gic_vcpu_created(struct gic *gic, unsigned int index);
/* KVM_ARM_VCPU_INIT again. As in Linux that touches only the PPIs of mapped
 * sources (timers), which become inactive and low; CPU interface registers
 * and all else are the VMM's to reset. */
void gic_vcpu_reset(struct gic *gic, unsigned int index);

/*
 * First KVM_RUN of the VM: checks and maps the frames (Linux:
 * kvm_vgic_map_resources). 0, or the errno of exits.tsv, in which case the
 * caller marks the VM dead. Idempotent once it succeeded.
 */
int gic_map_resources(struct gic *gic);

/* Claim PPI or SPI @intid of vCPU @index for an in-kernel source. 0, -EEXIST
 * (claimed by another), -EAGAIN (not initialised) or -EINVAL (an SGI, or
 * beyond the configured number). @owner: any non-NULL token (timer, PMU). */
int gic_set_owner(struct gic *gic, unsigned int index, unsigned int intid,
		  const void *owner);

/*
 * Drive an interrupt line. @intid 16..31: PPI of vCPU @index; 32..: SPI
 * (@index ignored). @owner: NULL for userspace, else the owner token; a line
 * owned by somebody else is left alone and 0 returned, as Linux does.
 * GICv2 is initialised on the spot; -EBUSY: GICv3 not initialised;
 * -EINVAL: beyond the configured number.
 */
int gic_set_line(struct gic *gic, unsigned int index, unsigned int intid,
		 bool level, const void *owner);

/* An MSI write: 1 delivered, 0 not mapped, or -errno as KVM_SIGNAL_MSI. Flags
 * other than "@devid is valid" (@has_devid) are the caller's to refuse. */
int gic_msi(struct gic *gic, gpa_t doorbell, uint32_t devid, bool has_devid,
	    uint32_t data);

/*
 * CPU interface of GICv3 for the guest: @enc is SYSREG_ENC(op0..op2) as in
 * base/sysreg-enc.h. Returns false when the register is UNDEFINED for this VM
 * (no GICv3, or an encoding that isn't an ICC_* register).
 */
bool gic_icc_read(struct gic *gic, unsigned int index, uint32_t enc,
		  uint64_t *val);
bool gic_icc_write(struct gic *gic, unsigned int index, uint32_t enc,
		   uint64_t val);

/* Recompute a vCPU's pins (after its mapped PPI sources changed). */
void gic_vcpu_sync(struct gic *gic, unsigned int index);

#endif
