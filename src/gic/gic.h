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
 * called under it), ITS locks, GIC lock (set_pins() and ppi_level() are called
 * under it). irq_acked() is called with none of the GIC's held.
 *
 * What every interrupt controller can do is base/irqchip.h; here is what only
 * a GIC knows.
 */
#ifndef FAUXKVM_GIC_GIC_H
#define FAUXKVM_GIC_GIC_H

#include "base/costs.h"
#include "base/device.h"
#include "base/irqchip.h"

struct gic;

/* The pins of device_vm_ops.set_pins: a PE's nIRQ and nFIQ, and what ends a
 * wait for interrupts without being one. */
enum {
	GIC_PIN_IRQ = 1 << 0,
	GIC_PIN_FIQ = 1 << 1,
	GIC_PIN_WAKE = 1 << 2,
};

/* What a GIC asks of the VM beyond struct device_vm_ops. */
struct gic_vm_ops {
	/* MPIDR_EL1 of vCPU @index. */
	uint64_t (*vcpu_mpidr)(struct device_vm *vm, unsigned int index);
	/* Index of the vCPU with the affinity of @mpidr, -1: none has it. Of
	 * several it is the VM's choice. Device locks held; never blocks. */
	int (*vcpu_by_mpidr)(struct device_vm *vm, uint64_t mpidr);
	/* A PPI's mapped line (arch timer): the level of the source behind
	 * PPI @intid on vCPU @index right now. *known = false: no source
	 * owns that PPI. Device locks held; never blocks. */
	bool (*ppi_level)(struct device_vm *vm, unsigned int index,
			  unsigned int intid, bool *known);
	/* The line of such a PPI may be another than its source said last: it
	 * is to say it again when the vCPU next enters KVM_RUN. Likewise. */
	void (*ppi_stale)(struct device_vm *vm, unsigned int index);
};

extern const struct device_type gic_v2_type;  /* KVM_DEV_TYPE_ARM_VGIC_V2 */
extern const struct device_type gic_v3_type;  /* KVM_DEV_TYPE_ARM_VGIC_V3 */
extern const struct device_type gic_its_type; /* KVM_DEV_TYPE_ARM_VGIC_ITS */

/*
 * Per-VM interrupt state, made with the VM (empty: no model chosen), found by
 * vm->irqchip, which is set here. create() of the types above fills it.
 * irqchip_destroy() frees it. NULL: no memory.
 */
struct gic *gic_vm_new(struct device_vm *vm, const struct gic_vm_ops *ops);
/* The GIC of a VM made with gic_vm_new(). */
struct gic *gic_of(struct device_vm *vm);

/*
 * What each KVM_RUN of a vCPU has to do with the GIC, without a call; its own
 * thread, without the lock. raw: irqchip_vcpu_load() has something to do.
 * exits: how often the hypervisor had the vCPU, see irq_place() in deliver.c.
 */
struct gic_run {
	atomic_bool raw;
	_Atomic uint32_t exits;
};
/* Of a vCPU that has been made known; lives as long as the GIC. */
struct gic_run *gic_run_of(struct gic *gic, unsigned int index);

/* In place of irqchip_vcpu_put(). */
static inline void gic_run_exited(struct gic_run *run)
{
	uint32_t n = atomic_load_explicit(&run->exits, memory_order_relaxed);

	atomic_store_explicit(&run->exits, n + 1, memory_order_relaxed);
}

/* The models of GICs that have cost tables. */
#define GIC_NR_COST_MODELS 3
extern const struct cost_model *const gic_cost_models[GIC_NR_COST_MODELS];
/* The version (2, 3) that @m is a model of. */
int gic_costs_version(const struct cost_model *m);
/*
 * Where time is counted (device_vm.counted): the VM's GIC takes what @model says,
 * and creating a GIC of another version fails with ENODEV. NULL: gic-400 or
 * gic-600, as the version is. device_vm.costs changes rows. Before a GIC is
 * created.
 */
void gic_set_cost_model(struct gic *gic, const struct cost_model *model);

/* KVM_CREATE_IRQCHIP: a GICv2 without descriptor. 0 or -EEXIST/-EBUSY/-E2BIG.
 * VM mutex held. */
int gic_create_irqchip(struct gic *gic);

/* 0: none was created; else 2 or 3. */
int gic_model(struct gic *gic);
/* How many vCPUs a VM with GICv2 or GICv3 can have. */
unsigned int gic_max_vcpus(int model);
bool gic_has_its(struct gic *gic);

/*
 * Legacy KVM_ARM_SET_DEVICE_ADDR: @type 0 distributor, 1 CPU interface.
 * 0 or -ENODEV/-EEXIST/-EINVAL/-E2BIG.
 */
int gic_set_legacy_addr(struct gic *gic, unsigned int type, gpa_t addr);

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
/* The same of PPI @intid's mapped source while its vCPU is loaded: of that Linux
 * hears nothing as long as the interrupt is active: ppi_stale(). */
int gic_hear_line(struct gic *gic, unsigned int index, unsigned int intid,
		  bool level, const void *owner);

/*
 * CPU interface of GICv3 for the guest: @enc is SYSREG_ENC(op0..op2) as in
 * base/sysreg-enc.h. Returns false when the register is UNDEFINED for this VM
 * (no GICv3, or an encoding that isn't an ICC_* register).
 */
bool gic_icc_read(struct gic *gic, unsigned int index, uint32_t enc,
		  uint64_t *val);
bool gic_icc_write(struct gic *gic, unsigned int index, uint32_t enc,
		   uint64_t val);

#endif
