/* SPDX-License-Identifier: MIT */
/*
 * The life of a VM's MPIC: made as a device, given CPUs, reset by the guest.
 * What is reset to what, and what survives, is Linux's: see docs/mpic.md.
 *
 * Locks: each function takes what it needs, unless mpic-internal.h says
 * otherwise.
 */
#include <stdlib.h>

#include "base/refuse.h"
#include "mpic/mpic-internal.h"

static const struct mpic_model models[] = {
	{&mpic_20_type, .brr1 = 0x00400200, .frr = 0x004f0002,
	 .gcr_mask = 0x20000000, .idr_critical = true},
	{&mpic_42_type, .brr1 = 0x00400402, .frr = 0x00c30002,
	 .gcr_mask = GCR_PROXY},
};

void mpic_reset(struct mpic *m)
{
	unsigned int i;

	m->gcr = 0;
	m->svr = IVPR_VECTOR;
	m->tfrr = 0;
	for (i = 0; i < MPIC_NR_TIMERS; i++)
		m->tbcr[i] = TBCR_INHIBIT;
	for (i = 0; i < MPIC_NR_CPUS; i++)
		mpic_cpu_reset(&m->cpu[i]);
	/* Pending lines stay, MSIRs and ILRs too. */
	for (i = 0; i < MPIC_NR_SOURCES; i++) {
		struct mpic_source *s = &m->source[i];

		s->ivpr = IVPR_MASK;
		if (i < MPIC_NR_EXTERNAL)
			s->level = false;
		else if (i < MPIC_NR_PINS)
			s->ivpr |= IVPR_POLARITY;
		mpic_write_idr(m, i, 1);
	}
}

int mpic_create(const struct device_type *type, struct device_vm *vm,
		struct device **out)
{
	struct mpic *m;
	unsigned int i;

	if (vm->irqchip)
		return refuse(EINVAL, FKVM_MPIC_EXISTS, "the VM has an MPIC");
	m = calloc(1, sizeof(*m));
	if (!m)
		return refuse(ENOMEM, FKVM_NO_MEMORY, "no memory for the MPIC");
	m->chip.ops = &mpic_irqchip_ops;
	m->dev.type = type;
	m->dev.vm = vm;
	m->vm = vm;
	m->model = &models[type == &mpic_42_type];
	mpic_costs_init(m);
	m->frame.size = MPIC_SIZE;
	m->frame.read = mpic_frame_read;
	m->frame.write = mpic_frame_write;
	pthread_mutex_init(&m->config, NULL);
	pthread_mutex_init(&m->lock, NULL);
	for (i = MPIC_NR_EXTERNAL; i < MPIC_NR_PINS; i++)
		m->source[i].level = true;
	for (i = 0; i < MPIC_NR_CPUS; i++)
		m->cpu[i].vcpu = -1;
	mpic_reset(m);
	atomic_store(&m->chip.present, true);
	vm->irqchip = &m->chip;
	*out = &m->dev;
	return 0;
}

struct device *mpic_find(struct device_vm *vm, const struct device_type *type)
{
	struct irqchip *chip = vm->irqchip;
	struct mpic *m = chip ? mpic_of_chip(chip) : NULL;

	return m && m->dev.type == type ? &m->dev : NULL;
}

void mpic_free(struct mpic *m)
{
	m->vm->irqchip = NULL;
	pthread_mutex_destroy(&m->lock);
	pthread_mutex_destroy(&m->config);
	free(m);
}

/* CPUs */

unsigned int mpic_cpu_of(const struct mpic *m, unsigned int vcpu)
{
	for (unsigned int i = 0; i < m->nr_cpus; i++)
		if (m->cpu[i].vcpu == (int)vcpu)
			return i;
	return 0;
}

static bool connected(const struct mpic *m, unsigned int vcpu)
{
	return m->nr_cpus && m->cpu[mpic_cpu_of(m, vcpu)].vcpu == (int)vcpu;
}

int mpic_connect(struct device *dev, struct device_vm *vm, unsigned int vcpu,
		 uint32_t cpu)
{
	struct mpic *m;
	int ret = 0;

	if (dev->type != &mpic_20_type && dev->type != &mpic_42_type)
		return refuse(EPERM, FKVM_MPIC_CPU, "the device is no MPIC");
	m = container_of(dev, struct mpic, dev);
	if (m->vm != vm)
		return refuse(EPERM, FKVM_MPIC_CPU, "the MPIC is another VM's");
	if (cpu >= MPIC_NR_CPUS)
		return refuse(EPERM, FKVM_MPIC_CPU, "CPU %u, an MPIC has %u",
			      cpu, MPIC_NR_CPUS);
	mpic_lock(m);
	if (m->cpu[cpu].vcpu >= 0)
		ret = refuse(EEXIST, FKVM_MPIC_CPU, "CPU %u is vCPU %d", cpu,
			     m->cpu[cpu].vcpu);
	else if (connected(m, vcpu))
		ret = refuse(EBUSY, FKVM_MPIC_CPU, "the vCPU is CPU %u",
			     mpic_cpu_of(m, vcpu));
	if (!ret) {
		m->cpu[cpu].vcpu = (int)vcpu;
		if (m->nr_cpus <= cpu)
			m->nr_cpus = cpu + 1;
	}
	mpic_unlock(m);
	return ret;
}

bool mpic_take_epr(struct irqchip *chip, unsigned int vcpu, uint32_t *epr)
{
	struct mpic *m;
	bool proxy;

	if (!chip || chip->ops != &mpic_irqchip_ops)
		return false;
	m = mpic_of_chip(chip);
	mpic_lock(m);
	proxy = m->gcr == GCR_PROXY && connected(m, vcpu);
	if (proxy)
		*epr = mpic_acknowledge(m, mpic_cpu_of(m, vcpu), true);
	mpic_unlock(m);
	return proxy;
}
