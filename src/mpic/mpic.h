/* SPDX-License-Identifier: MIT */
/*
 * The door of src/mpic: Freescale's MPIC 2.0 and 4.2 as KVM for PowerPC models
 * them (Linux Documentation/virt/kvm/devices/mpic.rst; docs/mpic.md has what
 * differs from the manuals).
 *
 * A VM has at most one, made by create() of the types below, which sets
 * vm->irqchip when it is complete; it stays until irqchip_destroy(), however
 * its descriptor ends. Locking: every function takes the MPIC's own locks and
 * may be called from any thread. The order is: VM mutex, vCPU mutexes, MPIC
 * configuration lock (mmio_add() is called under it), MPIC lock (set_pins() is
 * called under it). irq_acked() is called with none of the MPIC's held.
 *
 * What every interrupt controller can do is base/irqchip.h; here is what only
 * an MPIC knows.
 */
#ifndef FAUXKVM_MPIC_MPIC_H
#define FAUXKVM_MPIC_MPIC_H

#include "base/costs.h"
#include "base/device.h"
#include "base/irqchip.h"

/* Pins of the irqchip: external sources 0-15, internal ones 16-255. */
#define MPIC_NR_PINS 256u
/* CPUs that vCPUs can be connected as. */
#define MPIC_NR_CPUS 32u

/*
 * The pin of device_vm_ops.set_pins: the vCPU's external input. The MPIC tells
 * each time it drives the input, even to the level it has: driving it low also
 * takes back what KVM_INTERRUPT left there, as in Linux.
 */
enum {
	MPIC_PIN_INT = 1 << 0,
};

extern const struct device_type mpic_20_type; /* KVM_DEV_TYPE_FSL_MPIC_20 */
extern const struct device_type mpic_42_type; /* KVM_DEV_TYPE_FSL_MPIC_42 */

/* What each step costs in counted time: the model "mpic". The VM's profile
 * (device_vm.costs) is read when the MPIC is made. */
extern const struct cost_model mpic_costs;

/*
 * KVM_CAP_IRQ_MPIC: vCPU @vcpu of @vm becomes CPU @cpu of @dev, which may be
 * any device. 0, or in this order -EPERM (no MPIC, of another VM, no such CPU),
 * -EEXIST (there is such a CPU), -EBUSY (the vCPU is connected).
 */
int mpic_connect(struct device *dev, struct device_vm *vm, unsigned int vcpu,
		 uint32_t cpu);

/*
 * External proxy: the vCPU takes the interrupt of its external input now. True:
 * the MPIC is in proxy mode, the interrupt is acknowledged, and *@epr is what
 * the vCPU's EPR holds from now on. False: EPR stays as it is, the guest
 * acknowledges by itself. @chip may be NULL or none of ours: false. No lock
 * held.
 */
bool mpic_take_epr(struct irqchip *chip, unsigned int vcpu, uint32_t *epr);

#endif
