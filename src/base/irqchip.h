/* SPDX-License-Identifier: MIT */
/*
 * An interrupt controller as the VM that holds it sees it: what every kind
 * (GIC, MPIC) can do. What only one kind knows is in its own door, gic.h.
 *
 * Every function may be called from any thread, takes the controller's own
 * locks and never blocks for long, unless it says otherwise. @vcpu is the
 * index of a vCPU in order of creation.
 */
#ifndef FAUXKVM_BASE_IRQCHIP_H
#define FAUXKVM_BASE_IRQCHIP_H

#include <errno.h>
#include <stdatomic.h>

#include "base/refuse.h"
#include "base/types.h"

struct irqchip;

/*
 * What a controller does on the way of an interrupt, as device_vm_ops.step is
 * told of it. Each has a price in counted time, and can be listened to. Those of
 * the first group take the time of the vCPU that makes them; those of the second
 * go by while the interrupt is on its way.
 */
enum irq_step {
	IRQ_STEP_MMIO_READ, /* of a frame of the controller's */
	IRQ_STEP_MMIO_WRITE,
	IRQ_STEP_SYSREG_READ, /* GICv3: ICC_* */
	IRQ_STEP_SYSREG_WRITE,
	IRQ_STEP_ACKNOWLEDGE,
	IRQ_STEP_EOI, /* priority drop */
	IRQ_STEP_DEACTIVATE,
	IRQ_STEP_ITS_COMMAND,

	IRQ_STEP_PEND,          /* becomes pending and enabled */
	IRQ_STEP_CHOOSE,        /* best pending of a vCPU */
	IRQ_STEP_SIGNAL,        /* a pin changes */
	IRQ_STEP_SGI,           /* per target */
	IRQ_STEP_ITS_TRANSLATE, /* device and event to LPI */
	/* Where time is counted: the ITS reads an entry that its caches don't
	 * have, on the way of an LPI. */
	IRQ_STEP_ITS_DEVICE_READ,
	IRQ_STEP_ITS_EVENT_READ,
	IRQ_STEP_ITS_COLLECTION_READ,
	IRQ_STEP_LPI_CONFIG_READ, /* of the tables of LPIs */
	IRQ_STEP_LPI_PENDING_READ,
	NR_IRQ_STEPS
};

/* "mmio-read", "its-device-read": of @step, below NR_IRQ_STEPS (irqchip.c). */
const char *irq_step_name(unsigned int step);

/* The interrupt of a step that concerns none in particular. */
#define IRQ_NONE UINT32_MAX

/* A message-signalled interrupt, as KVM_SIGNAL_MSI has it. */
struct irqchip_msi {
	gpa_t doorbell;
	uint32_t data;
	uint32_t devid; /* valid if has_devid */
	bool has_devid;
	/* An irqfd's: if it had to wait for the controller, which may wait for
	 * the VMM, it is delivered later and this answers 1. */
	bool later;
};

struct irqchip_ops {
	/* It takes interrupts. */
	bool (*initialised)(struct irqchip *chip);
	/* Pins 0..n-1 are what KVM_SET_GSI_ROUTING and irqfds name (GIC: SPI
	 * of INTID pin + 32). 0 before it is initialised. */
	unsigned int (*nr_pins)(struct irqchip *chip);
	/* Drive a pin from userspace, 0: low. 0 or a negative errno. */
	int (*set_pin)(struct irqchip *chip, unsigned int pin, int level);
	/* Pin @pin is pending, and the guest has not enabled it. NULL: nobody
	 * can tell. */
	bool (*pin_unheard)(struct irqchip *chip, unsigned int pin);
	/* 1: delivered, 0: nobody there, or a negative errno, as
	 * KVM_SIGNAL_MSI answers. */
	int (*msi)(struct irqchip *chip, const struct irqchip_msi *msi);
	/* A vCPU was created (VM mutex held). 0, or the errno that
	 * KVM_CREATE_VCPU gives. */
	int (*vcpu_created)(struct irqchip *chip, unsigned int vcpu);
	/* Creating it failed after that; the next one has its number. NULL:
	 * nothing is to be undone. */
	void (*vcpu_gone)(struct irqchip *chip, unsigned int vcpu);
	/* The vCPU was reset by the VMM or by another vCPU. */
	void (*vcpu_reset)(struct irqchip *chip, unsigned int vcpu);
	/* Compute and set the vCPU's pins afresh (device_vm_ops.set_pins). */
	void (*vcpu_sync)(struct irqchip *chip, unsigned int vcpu);
	/* A KVM_RUN of the vCPU begins; one that may have entered the guest
	 * ends, where time is counted by an exit of the guest's. On its
	 * thread. */
	void (*vcpu_load)(struct irqchip *chip, unsigned int vcpu);
	void (*vcpu_put)(struct irqchip *chip, unsigned int vcpu);
	/* What was on its way to the vCPU until now has arrived, see
	 * device_vm_ops.due_at. NULL: nothing ever is on its way. */
	void (*vcpu_due)(struct irqchip *chip, unsigned int vcpu);
	/* First KVM_RUN of a vCPU of the VM: check and map the frames. 0, or
	 * the errno of KVM_RUN. Idempotent once it succeeded. */
	int (*first_run)(struct irqchip *chip);
	/* The VM goes; every device was destroyed, nothing runs any more. */
	void (*destroy)(struct irqchip *chip);
};

struct irqchip {
	const struct irqchip_ops *ops;
	/* A model was chosen: the VM has this controller, for ever. (No call:
	 * asked several times in each KVM_RUN.) */
	atomic_bool present;
};

/* A VM's irqchip pointer may be NULL: these answer for it. */

static inline bool irqchip_present(struct irqchip *chip)
{
	return chip &&
	       atomic_load_explicit(&chip->present, memory_order_acquire);
}

static inline bool irqchip_initialised(struct irqchip *chip)
{
	return chip && chip->ops->initialised(chip);
}

static inline unsigned int irqchip_nr_pins(struct irqchip *chip)
{
	return chip ? chip->ops->nr_pins(chip) : 0;
}

static inline int irqchip_set_pin(struct irqchip *chip, unsigned int pin,
				  int level)
{
	return chip ? chip->ops->set_pin(chip, pin, level)
		    : refuse(ENODEV, FKVM_IRQCHIP_NONE,
			     "the VM has no irqchip");
}

static inline bool irqchip_pin_unheard(struct irqchip *chip, unsigned int pin)
{
	return chip && chip->ops->pin_unheard &&
	       chip->ops->pin_unheard(chip, pin);
}

static inline int irqchip_msi(struct irqchip *chip,
			      const struct irqchip_msi *msi)
{
	return chip ? chip->ops->msi(chip, msi)
		    : refuse(ENODEV, FKVM_IRQCHIP_NONE,
			     "the VM has no irqchip");
}

static inline int irqchip_vcpu_created(struct irqchip *chip, unsigned int vcpu)
{
	return chip ? chip->ops->vcpu_created(chip, vcpu) : 0;
}

static inline void irqchip_vcpu_gone(struct irqchip *chip, unsigned int vcpu)
{
	if (chip && chip->ops->vcpu_gone)
		chip->ops->vcpu_gone(chip, vcpu);
}

static inline void irqchip_vcpu_reset(struct irqchip *chip, unsigned int vcpu)
{
	if (chip)
		chip->ops->vcpu_reset(chip, vcpu);
}

static inline void irqchip_vcpu_sync(struct irqchip *chip, unsigned int vcpu)
{
	if (chip)
		chip->ops->vcpu_sync(chip, vcpu);
}

static inline void irqchip_vcpu_due(struct irqchip *chip, unsigned int vcpu)
{
	if (chip && chip->ops->vcpu_due)
		chip->ops->vcpu_due(chip, vcpu);
}

static inline void irqchip_vcpu_load(struct irqchip *chip, unsigned int vcpu)
{
	if (chip)
		chip->ops->vcpu_load(chip, vcpu);
}

static inline void irqchip_vcpu_put(struct irqchip *chip, unsigned int vcpu)
{
	if (chip)
		chip->ops->vcpu_put(chip, vcpu);
}

static inline int irqchip_first_run(struct irqchip *chip)
{
	return chip ? chip->ops->first_run(chip) : 0;
}

static inline void irqchip_destroy(struct irqchip *chip)
{
	if (chip)
		chip->ops->destroy(chip);
}

#endif
