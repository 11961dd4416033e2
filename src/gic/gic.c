/* SPDX-License-Identifier: MIT */
/*
 * The life of a VM's interrupt controller: made with the VM, given a model and
 * vCPUs, initialised. Follows Linux's arch/arm64/kvm/vgic/vgic-init.c in what
 * is checked and when.
 *
 * Locks: each function takes what it needs; gic-internal.h has the order.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/refuse.h"
#include "gic/gic-internal.h"

static void mutex_init(pthread_mutex_t *m, int type)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, type);
	pthread_mutex_init(m, &attr);
	pthread_mutexattr_destroy(&attr);
}

struct gic *gic_vm_new(struct device_vm *vm, const struct gic_vm_ops *ops)
{
	struct gic *gic = calloc(1, sizeof(*gic));

	if (!gic)
		return NULL;
	gic->chip.ops = &gic_irqchip_ops;
	gic->vm = vm;
	gic->vm_ops = ops;
	gic->dist_base = GIC_ADDR_UNDEF;
	gic->cpu_base = GIC_ADDR_UNDEF;
	mutex_init(&gic->config, PTHREAD_MUTEX_DEFAULT);
	/* Held for a few dozen instructions: spin a little before sleeping. */
	mutex_init(&gic->lock, PTHREAD_MUTEX_ADAPTIVE_NP);
	vm->irqchip = &gic->chip;
	return gic;
}

void gic_vm_free(struct gic *gic)
{
	struct gic_region *r;
	unsigned int i;

	gic_lpi_free_all(gic);
	tag_cache_free(&gic->lpi_cache);
	while ((r = gic->regions)) {
		gic->regions = r->next;
		free(r);
	}
	for (i = 0; i < GIC_MAX_VCPUS; i++)
		free(gic->vcpus[i]);
	free(gic->spis);
	pthread_mutex_destroy(&gic->lock);
	pthread_mutex_destroy(&gic->config);
	free(gic);
}

int gic_model(struct gic *gic)
{
	return gic->model;
}

bool gic_has_its(struct gic *gic)
{
	return gic->has_its;
}

/* vCPUs */

struct gic_vcpu *gic_vcpu_get(struct gic *gic, unsigned int index)
{
	struct gic_vcpu *v;
	unsigned int i;

	if (index >= GIC_MAX_VCPUS)
		return NULL;
	if (gic->vcpus[index])
		return gic->vcpus[index];
	v = calloc(1, sizeof(*v));
	if (!v)
		return NULL;
	v->gic = gic;
	v->index = index;
	v->rises = GIC_NEVER;
	gic_cpu_user_ctlr(v);
	for (i = 0; i < GIC_NR_PRIVATE; i++) {
		v->priv[i].intid = i;
		v->priv[i].target = v;
		v->priv[i].edge = i < GIC_NR_SGIS;
		v->priv[i].enabled = i < GIC_NR_SGIS;
	}
	gic_lock(gic);
	gic->vcpus[index] = v;
	if (gic->nr_vcpus <= index)
		gic->nr_vcpus = index + 1;
	gic_unlock(gic);
	return v;
}

int gic_vcpu_created(struct gic *gic, unsigned int index)
{
	struct gic_vcpu *v;
	int ret = 0;

	pthread_mutex_lock(&gic->config);
	v = gic_vcpu_get(gic, index);
	if (!v)
		ret = refuse(ENOMEM, FKVM_NO_MEMORY,
			     "no memory for the vCPU's interrupts");
	else if (gic->model == 3)
		/* Linux doesn't count the vCPU in the making here. */
		ret = gic_redist_register(gic, v, index);
	pthread_mutex_unlock(&gic->config);
	return ret;
}

/* Linux does not give the place of the redistributor back. */
void gic_vcpu_gone(struct gic *gic, unsigned int index)
{
	struct gic_vcpu *v = index < GIC_MAX_VCPUS ? gic->vcpus[index] : NULL;

	pthread_mutex_lock(&gic->config);
	if (v)
		gic_redist_unregister(gic, v);
	pthread_mutex_unlock(&gic->config);
}

void gic_vcpu_reset(struct gic *gic, unsigned int index)
{
	struct gic_vcpu *v = index < GIC_MAX_VCPUS ? gic->vcpus[index] : NULL;
	unsigned int i;
	bool level;

	if (!v)
		return;
	/* Linux resets nothing but the interrupts of mapped sources. */
	gic_lock(gic);
	for (i = GIC_NR_SGIS; i < GIC_NR_PRIVATE; i++) {
		struct gic_irq *irq = &v->priv[i];

		if (!gic_irq_mapped(gic, v, irq, &level))
			continue;
		irq->active = false;
		irq->active_on = NULL;
		irq->latch = false;
		irq->line = false;
		gic_irq_changed(gic, irq);
	}
	gic_unlock(gic);
}

struct gic_vcpu *gic_vcpu_by_id(struct gic *gic, uint32_t id)
{
	unsigned int i, online = gic_online_vcpus(gic);

	for (i = 0; i < online && i < GIC_MAX_VCPUS; i++)
		if (gic->vm->ops->vcpu_id(gic->vm, i) == id)
			return gic->vcpus[i];
	return NULL;
}

struct gic_vcpu *gic_vcpu_by_aff(struct gic *gic, uint64_t aff)
{
	int i = gic->vm_ops->vcpu_by_mpidr(gic->vm, aff);

	return i >= 0 && i < (int)GIC_MAX_VCPUS ? gic->vcpus[i] : NULL;
}

/* Creation and initialisation */

unsigned int gic_max_vcpus(int model)
{
	return model == 2 ? GIC_V2_MAX_VCPUS : GIC_MAX_VCPUS;
}

int gic_create(struct gic *gic, int model)
{
	const struct device_vm_ops *ops = gic->vm->ops;
	unsigned int max = gic_max_vcpus(model);
	int ret;

	ret = ops->trylock_vcpus(gic->vm);
	if (ret)
		return ret;
	pthread_mutex_lock(&gic->config);
	if (gic->model) {
		ret = refuse(EEXIST, FKVM_VGIC_EXISTS, "the VM has a GICv%d",
			     gic->model);
		goto out;
	}
	if (ops->has_run(gic->vm)) {
		ret = refuse(EBUSY, FKVM_VGIC_LATE, "a vCPU has run already");
		goto out;
	}
	if (gic->vm->counted && gic->cost_model &&
	    gic_costs_version(gic->cost_model) != model) {
		ret = refuse(ENODEV, FKVM_VGIC_MODEL,
			     "the VM's GIC is a %s, which is no GICv%d",
			     gic->cost_model->name, model);
		goto out;
	}
	ops->set_max_vcpus(gic->vm, max);
	if (ops->vcpu_count(gic->vm) > max) {
		ret = refuse(E2BIG, FKVM_VGIC_VCPUS,
			     "%u vCPUs, a GICv%d has %u at most",
			     ops->vcpu_count(gic->vm), model, max);
		goto out;
	}
	gic->self.dev.type = model == 2 ? &gic_v2_type : &gic_v3_type;
	gic->self.dev.vm = gic->vm;
	gic->self.gic = gic;
	gic->model = model;
	if (gic->vm->counted)
		gic_costs_start(gic);
	atomic_store(&gic->chip.present, true);
out:
	pthread_mutex_unlock(&gic->config);
	ops->unlock_vcpus(gic->vm);
	return ret;
}

int gic_create_irqchip(struct gic *gic)
{
	return gic_create(gic, 2);
}

static void vcpu_init(struct gic *gic, struct gic_vcpu *v)
{
	unsigned int i;

	for (i = 0; i < GIC_NR_PRIVATE; i++) {
		v->priv[i].group = gic->model == 3;
		v->priv[i].targets = gic->model == 2 ? 1u << v->index : 0;
	}
	/* ICH_VMCR_EL2 is zero until the vCPU first runs. */
	v->run.raw = true;
	if (gic->model == 3) /* inner shareable, read-allocate write-back */
		v->pendbaser = BIT(10) | UINT64_C(3) << 7;
}

int gic_init(struct gic *gic)
{
	unsigned int online = gic_online_vcpus(gic), i;

	if (gic->initialised)
		return 0;
	if (gic->vm->ops->vcpu_creating(gic->vm))
		return refuse(EBUSY, FKVM_VGIC_CREATING,
			      "a vCPU is being created");
	if (!gic->nr_spis)
		gic->nr_spis = GIC_DEFAULT_IRQS - GIC_NR_PRIVATE;
	for (i = 0; i < online; i++)
		if (!gic_vcpu_get(gic, i))
			return refuse(ENOMEM, FKVM_NO_MEMORY,
				      "no memory for vCPU %u's "
				      "interrupts",
				      i);
	gic->spis = calloc(gic->nr_spis, sizeof(*gic->spis));
	if (!gic->spis)
		return refuse(ENOMEM, FKVM_NO_MEMORY, "no memory for %u SPIs",
			      gic->nr_spis);

	gic_lock(gic);
	for (i = 0; i < gic->nr_spis; i++) {
		struct gic_irq *irq = &gic->spis[i];

		irq->intid = i + GIC_NR_PRIVATE;
		irq->target = online ? gic->vcpus[0] : NULL;
		irq->group = gic->model == 3;
		irq->edge = true; /* as Linux's, until the guest says */
	}
	for (i = 0; i < online; i++)
		vcpu_init(gic, gic->vcpus[i]);
	if (!gic->revision)
		gic->revision = GIC_REV_MAX;
	gic->initialised = true;
	gic_unlock(gic);
	return 0;
}
