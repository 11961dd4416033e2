/* SPDX-License-Identifier: MIT */
/*
 * The GIC as one interrupt controller among others: base/irqchip.h. A pin of
 * the irqchip is an SPI, counted from 0.
 */
#include "base/irqchip.h"

#include "gic/gic-internal.h"

static struct gic *gic_of_chip(struct irqchip *chip)
{
	return container_of(chip, struct gic, chip);
}

struct gic *gic_of(struct device_vm *vm)
{
	return gic_of_chip(vm->irqchip);
}

void gic_step_cycles(struct gic *gic, unsigned int index, enum irq_step step,
		     uint32_t intid, uint32_t cycles)
{
	gic->vm->ops->step(gic->vm, index, step, intid, cycles);
}

/* Steps on an interrupt's way take no time of a vCPU. */
void gic_step_now(struct gic *gic, unsigned int index, enum irq_step step,
		  uint32_t intid)
{
	gic_step_cycles(gic, index, step, intid,
			step <= IRQ_STEP_ITS_COMMAND ? gic->costs[step] : 0);
}

static bool chip_initialised(struct irqchip *chip)
{
	return gic_of_chip(chip)->initialised;
}

static unsigned int chip_nr_pins(struct irqchip *chip)
{
	const struct gic *gic = gic_of_chip(chip);

	return gic->initialised ? gic->nr_spis : 0;
}

static int chip_set_pin(struct irqchip *chip, unsigned int pin, int level)
{
	return gic_set_line(gic_of_chip(chip), 0, pin + GIC_NR_PRIVATE, level,
			    NULL);
}

static int chip_msi(struct irqchip *chip, const struct irqchip_msi *msi)
{
	return gic_msi(gic_of_chip(chip), msi);
}

static int chip_vcpu_created(struct irqchip *chip, unsigned int vcpu)
{
	return gic_vcpu_created(gic_of_chip(chip), vcpu);
}

static void chip_vcpu_gone(struct irqchip *chip, unsigned int vcpu)
{
	gic_vcpu_gone(gic_of_chip(chip), vcpu);
}

static void chip_vcpu_reset(struct irqchip *chip, unsigned int vcpu)
{
	gic_vcpu_reset(gic_of_chip(chip), vcpu);
}

static void chip_vcpu_sync(struct irqchip *chip, unsigned int vcpu)
{
	gic_vcpu_sync(gic_of_chip(chip), vcpu);
}

static bool chip_pin_unheard(struct irqchip *chip, unsigned int pin)
{
	struct gic *gic = gic_of_chip(chip);
	const struct gic_irq *irq;
	bool unheard;

	gic_lock(gic);
	irq = gic_irq_find(gic, NULL, pin + GIC_NR_PRIVATE);
	unheard = irq && (irq->line || irq->latch) && !irq->enabled;
	gic_unlock(gic);
	return unheard;
}

static void chip_vcpu_load(struct irqchip *chip, unsigned int vcpu)
{
	gic_vcpu_load(gic_of_chip(chip), vcpu);
}

static void chip_vcpu_put(struct irqchip *chip, unsigned int vcpu)
{
	gic_vcpu_put(gic_of_chip(chip), vcpu);
}

static void chip_vcpu_due(struct irqchip *chip, unsigned int vcpu)
{
	gic_vcpu_due(gic_of_chip(chip), vcpu);
}

static int chip_first_run(struct irqchip *chip)
{
	return gic_map_resources(gic_of_chip(chip));
}

static void chip_destroy(struct irqchip *chip)
{
	gic_vm_free(gic_of_chip(chip));
}

const struct irqchip_ops gic_irqchip_ops = {
	.initialised = chip_initialised,
	.nr_pins = chip_nr_pins,
	.set_pin = chip_set_pin,
	.pin_unheard = chip_pin_unheard,
	.msi = chip_msi,
	.vcpu_created = chip_vcpu_created,
	.vcpu_gone = chip_vcpu_gone,
	.vcpu_reset = chip_vcpu_reset,
	.vcpu_sync = chip_vcpu_sync,
	.vcpu_load = chip_vcpu_load,
	.vcpu_put = chip_vcpu_put,
	.vcpu_due = chip_vcpu_due,
	.first_run = chip_first_run,
	.destroy = chip_destroy,
};
