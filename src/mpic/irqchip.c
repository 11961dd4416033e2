/* SPDX-License-Identifier: MIT */
/*
 * The MPIC as one interrupt controller among others: base/irqchip.h. It takes
 * interrupts as soon as it is there, and a pin is a source.
 *
 * Locks: each function takes what it needs; mpic-internal.h has the order.
 */
#include "base/irqchip.h"

#include "mpic/mpic-internal.h"

static bool chip_initialised(struct irqchip *chip)
{
	return true;
}

static unsigned int chip_nr_pins(struct irqchip *chip)
{
	return MPIC_NR_PINS;
}

static int chip_set_pin(struct irqchip *chip, unsigned int pin, int level)
{
	struct mpic *m = mpic_of_chip(chip);

	if (pin >= MPIC_NR_PINS)
		return refuse(EINVAL, FKVM_MPIC_PIN, "pin %u of %u", pin,
			      MPIC_NR_PINS);
	mpic_lock(m);
	mpic_set_source(m, pin, level);
	mpic_unlock(m);
	return 0;
}

/* There is one bank of MSI registers: the address is no matter. */
static int chip_msi(struct irqchip *chip, const struct irqchip_msi *msi)
{
	struct mpic *m = mpic_of_chip(chip);

	mpic_lock(m);
	mpic_send_msi(m, msi->data);
	mpic_unlock(m);
	return 0;
}

/* A vCPU is no CPU until it is connected, and a reset of one is none of the
 * MPIC's. */
static int chip_vcpu_created(struct irqchip *chip, unsigned int vcpu)
{
	return 0;
}

static void chip_vcpu_nothing(struct irqchip *chip, unsigned int vcpu)
{
}

static void chip_vcpu_sync(struct irqchip *chip, unsigned int vcpu)
{
	struct mpic *m = mpic_of_chip(chip);

	mpic_lock(m);
	for (unsigned int i = 0; i < m->nr_cpus; i++)
		if (m->cpu[i].vcpu == (int)vcpu)
			m->vm->ops->set_pins(m->vm, vcpu,
					     m->cpu[i].asserted ? MPIC_PIN_INT
								: 0);
	mpic_unlock(m);
}

static void chip_vcpu_due(struct irqchip *chip, unsigned int vcpu)
{
	struct mpic *m = mpic_of_chip(chip);

	mpic_lock(m);
	for (unsigned int i = 0; i < m->nr_cpus; i++)
		if (m->cpu[i].vcpu == (int)vcpu)
			mpic_cpu_due(m, i);
	mpic_unlock(m);
}

static int chip_first_run(struct irqchip *chip)
{
	return 0;
}

static void chip_destroy(struct irqchip *chip)
{
	mpic_free(mpic_of_chip(chip));
}

const struct irqchip_ops mpic_irqchip_ops = {
	.initialised = chip_initialised,
	.nr_pins = chip_nr_pins,
	.set_pin = chip_set_pin,
	.msi = chip_msi,
	.vcpu_created = chip_vcpu_created,
	.vcpu_reset = chip_vcpu_nothing,
	.vcpu_sync = chip_vcpu_sync,
	.vcpu_load = chip_vcpu_nothing,
	.vcpu_put = chip_vcpu_nothing,
	.vcpu_due = chip_vcpu_due,
	.first_run = chip_first_run,
	.destroy = chip_destroy,
};
