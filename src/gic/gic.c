/* SPDX-License-Identifier: MIT */
/*
 * The life of a VM's interrupt controller: made with the VM, given a model,
 * initialised, put on the bus; and the way in for interrupt lines. Follows
 * Linux's arch/arm64/kvm/vgic/vgic-init.c in what is checked and when.
 *
 * Locks: each function takes what it needs; gic-internal.h has the order.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "gic/gic-internal.h"

/* Every step can have its price. Nothing is priced yet. */
static const struct gic_costs gicv2_costs, gicv3_costs;

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
	vm->irqchip = &gic->chip;
	gic->costs = &gicv3_costs;
	gic->dist_base = GIC_ADDR_UNDEF;
	gic->cpu_base = GIC_ADDR_UNDEF;
	mutex_init(&gic->config, PTHREAD_MUTEX_DEFAULT);
	/* Held for a few dozen instructions: spin a little before sleeping. */
	mutex_init(&gic->lock, PTHREAD_MUTEX_ADAPTIVE_NP);
	return gic;
}

void gic_vm_free(struct gic *gic)
{
	struct gic_region *r;
	unsigned int i;

	gic_lpi_free_all(gic);
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
		ret = -ENOMEM;
	else if (gic->model == 3)
		/* Linux doesn't count the vCPU in the making here. */
		ret = gic_redist_register(gic, v, index);
	pthread_mutex_unlock(&gic->config);
	return ret;
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
		gic_irq_update(gic, irq);
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

static bool vcpu_has_aff(struct gic *gic, unsigned int index, uint64_t aff)
{
	uint64_t mpidr = gic->vm_ops->vcpu_mpidr(gic->vm, index);

	return (mpidr & GIC_AFF_MASK) == aff;
}

struct gic_vcpu *gic_vcpu_by_aff(struct gic *gic, uint64_t aff)
{
	unsigned int i, online = gic_online_vcpus(gic), guess;

	if (online > GIC_MAX_VCPUS)
		online = GIC_MAX_VCPUS;
	/* vCPUs are mostly created in the order of their affinity. */
	guess = FIELD(aff, 3, 0) | FIELD(aff, 15, 8) << 4;
	if (guess < online && vcpu_has_aff(gic, guess, aff))
		return gic->vcpus[guess];
	for (i = 0; i < online; i++)
		if (vcpu_has_aff(gic, i, aff))
			return gic->vcpus[i];
	return NULL;
}

/* Creation and initialisation */

int gic_create(struct gic *gic, int model)
{
	const struct device_vm_ops *ops = gic->vm->ops;
	unsigned int max = model == 2 ? GIC_V2_MAX_VCPUS : GIC_MAX_VCPUS;
	int ret = 0;

	if (!ops->trylock_vcpus(gic->vm)) {
		explain("GIC creation: a vCPU is inside an ioctl");
		return -EBUSY;
	}
	pthread_mutex_lock(&gic->config);
	if (gic->model) {
		explain("GIC creation: the VM has a GICv%d", gic->model);
		ret = -EEXIST;
		goto out;
	}
	if (ops->has_run(gic->vm)) {
		explain("GIC creation: a vCPU has run already");
		ret = -EBUSY;
		goto out;
	}
	ops->set_max_vcpus(gic->vm, max);
	if (ops->vcpu_count(gic->vm) > max) {
		explain("GIC creation: %u vCPUs, a GICv%d has %u at most",
			ops->vcpu_count(gic->vm), model, max);
		ret = -E2BIG;
		goto out;
	}
	gic->costs = model == 2 ? &gicv2_costs : &gicv3_costs;
	gic->model = model;
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
	v->raw = true;
	if (gic->model == 3) /* inner shareable, read-allocate write-back */
		v->pendbaser = BIT(10) | UINT64_C(3) << 7;
}

int gic_init(struct gic *gic)
{
	unsigned int online = gic_online_vcpus(gic), i;

	if (gic->initialised)
		return 0;
	if (gic->vm->ops->vcpu_creating(gic->vm)) {
		explain("GIC initialisation: a vCPU is being created");
		return -EBUSY;
	}
	if (!gic->nr_spis)
		gic->nr_spis = GIC_DEFAULT_IRQS - GIC_NR_PRIVATE;
	for (i = 0; i < online; i++)
		if (!gic_vcpu_get(gic, i))
			return -ENOMEM;
	gic->spis = calloc(gic->nr_spis, sizeof(*gic->spis));
	if (!gic->spis)
		return -ENOMEM;

	gic_lock(gic);
	for (i = 0; i < gic->nr_spis; i++) {
		struct gic_irq *irq = &gic->spis[i];

		irq->intid = i + GIC_NR_PRIVATE;
		irq->target = online ? gic->vcpus[0] : NULL;
		irq->group = gic->model == 3;
	}
	for (i = 0; i < online; i++)
		vcpu_init(gic, gic->vcpus[i]);
	if (!gic->revision)
		gic->revision = GIC_REV_MAX;
	gic->initialised = true;
	gic_unlock(gic);
	return 0;
}

/* GICv2 is initialised by its first use, GICv3 by the VMM alone. */
static int lazy_init(struct gic *gic)
{
	int ret;

	if (likely(gic->initialised))
		return 0;
	if (gic->model != 2) {
		explain("the GICv3 isn't initialised");
		return -EBUSY;
	}
	pthread_mutex_lock(&gic->config);
	ret = gic_init(gic);
	pthread_mutex_unlock(&gic->config);
	return ret;
}

/* Addresses and frames */

int gic_check_range(struct gic *gic, gpa_t now, gpa_t addr, uint64_t align,
		    uint64_t size)
{
	uint64_t limit = gic->vm->ops->ipa_limit(gic->vm);

	if (now != GIC_ADDR_UNDEF) {
		explain("the address is set already");
		return -EEXIST;
	}
	if (!IS_ALIGNED(addr, align) || !IS_ALIGNED(size, align)) {
		explain("%#llx isn't aligned to %#llx",
			(unsigned long long)addr, (unsigned long long)align);
		return -EINVAL;
	}
	if (addr + size < addr) {
		explain("the frame wraps around");
		return -EINVAL;
	}
	if (addr >= limit || addr + size > limit) {
		explain("%#llx is beyond the VM's IPA space",
			(unsigned long long)addr);
		return -E2BIG;
	}
	return 0;
}

int gic_set_legacy_addr(struct gic *gic, unsigned int type, gpa_t addr)
{
	gpa_t *base = type == 0 ? &gic->dist_base : &gic->cpu_base;
	int ret;

	if (type > 1 || gic->model != 2) {
		explain("legacy GIC address: no GICv2, or type %u", type);
		return -ENODEV;
	}
	pthread_mutex_lock(&gic->config);
	ret = gic_check_range(gic, *base, addr, 0x1000,
			      type == 0 ? GICV2_DIST_SIZE : GICV2_CPU_SIZE);
	if (!ret)
		*base = addr;
	pthread_mutex_unlock(&gic->config);
	return ret;
}

bool gic_frame_read(struct gic *gic, const struct mmio_regs *regs,
		    struct gic_vcpu *owner, unsigned int vcpu, uint64_t off,
		    unsigned int len, uint64_t *val)
{
	struct gic_vcpu *v = gic->vcpus[vcpu];
	struct gic_access a = {
		.m = {.off = off, .len = len, .limit = gic_nr_irqs(gic)},
		.gic = gic,
		.vcpu = owner ? owner : v,
		.actor = v,
		.acked = -1,
	};

	gic_lock(gic);
	gic_step(gic, vcpu, GIC_STEP_MMIO_READ);
	gic_cpu_load(v);
	if (!mmio_regs_read(regs, &a.m, val))
		*val = 0;
	gic_unlock(gic);
	return true;
}

bool gic_frame_write(struct gic *gic, const struct mmio_regs *regs,
		     struct gic_vcpu *owner, unsigned int vcpu, uint64_t off,
		     unsigned int len, uint64_t val)
{
	struct gic_vcpu *v = gic->vcpus[vcpu];
	struct gic_access a = {
		.m = {.off = off, .len = len, .limit = gic_nr_irqs(gic)},
		.gic = gic,
		.vcpu = owner ? owner : v,
		.actor = v,
		.acked = -1,
	};

	gic_lock(gic);
	gic_step(gic, vcpu, GIC_STEP_MMIO_WRITE);
	gic_cpu_load(v);
	mmio_regs_write(regs, &a.m, val);
	gic_unlock(gic);
	if (a.acked >= 0)
		gic->vm->ops->irq_acked(gic->vm, a.acked);
	return true;
}

static bool dist_read(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		      unsigned int len, uint64_t *val)
{
	struct gic *gic = container_of(f, struct gic, dist_frame);

	return gic_frame_read(
		gic, gic->model == 2 ? &gicv2_dist_regs : &gicv3_dist_regs,
		NULL, vcpu, off, len, val);
}

static bool dist_write(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		       unsigned int len, uint64_t val)
{
	struct gic *gic = container_of(f, struct gic, dist_frame);

	return gic_frame_write(
		gic, gic->model == 2 ? &gicv2_dist_regs : &gicv3_dist_regs,
		NULL, vcpu, off, len, val);
}

static bool cpu_read(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		     unsigned int len, uint64_t *val)
{
	struct gic *gic = container_of(f, struct gic, cpu_frame);

	return gic_frame_read(gic, &gicv2_cpu_regs, NULL, vcpu, off, len, val);
}

static bool cpu_write(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		      unsigned int len, uint64_t val)
{
	struct gic *gic = container_of(f, struct gic, cpu_frame);

	return gic_frame_write(gic, &gicv2_cpu_regs, NULL, vcpu, off, len, val);
}

static int map_v2(struct gic *gic)
{
	gpa_t dist = gic->dist_base, cpu = gic->cpu_base;
	int ret;

	if (dist == GIC_ADDR_UNDEF || cpu == GIC_ADDR_UNDEF) {
		explain("first run: a GICv2 frame has no address");
		return -ENXIO;
	}
	if (dist + GICV2_DIST_SIZE > cpu && cpu + GICV2_CPU_SIZE > dist) {
		explain("first run: the GICv2 frames overlap");
		return -EINVAL;
	}
	ret = gic_init(gic);
	if (ret)
		return ret;
	gic->cpu_frame = (struct mmio_frame){
		.base = cpu,
		.size = GICV2_CPU_SIZE,
		.read = cpu_read,
		.write = cpu_write,
	};
	return gic->vm->ops->mmio_add(gic->vm, &gic->cpu_frame);
}

static int map_v3(struct gic *gic)
{
	unsigned int online = gic_online_vcpus(gic), i;

	for (i = 0; i < online; i++) {
		struct gic_vcpu *v = gic_vcpu_get(gic, i);

		if (!v || !v->region) {
			explain("first run: vCPU %u has no redistributor", i);
			return -ENXIO;
		}
	}
	if (gic->dist_base == GIC_ADDR_UNDEF) {
		explain("first run: the distributor has no address");
		return -ENXIO;
	}
	if (!gic_regions_valid(gic, online)) {
		explain("first run: GICv3 frames overlap or leave the IPA "
			"space");
		return -EINVAL;
	}
	if (!gic->initialised) {
		explain("first run: the GICv3 isn't initialised");
		return -EBUSY;
	}
	return 0;
}

int gic_map_resources(struct gic *gic)
{
	int ret = 0;

	if (likely(gic->ready) || !gic->model)
		return 0;
	pthread_mutex_lock(&gic->config);
	if (gic->ready)
		goto out;
	ret = gic->model == 2 ? map_v2(gic) : map_v3(gic);
	if (ret)
		goto out;
	gic->dist_frame = (struct mmio_frame){
		.base = gic->dist_base,
		.size = gic->model == 2 ? GICV2_DIST_SIZE : GICV3_DIST_SIZE,
		.read = dist_read,
		.write = dist_write,
	};
	ret = gic->vm->ops->mmio_add(gic->vm, &gic->dist_frame);
	if (ret) {
		explain("first run: the distributor doesn't fit the bus");
		if (gic->model == 2)
			gic->vm->ops->mmio_remove(gic->vm, &gic->cpu_frame);
		goto out;
	}
	gic->ready = true;
out:
	pthread_mutex_unlock(&gic->config);
	return ret;
}

/* Lines */

int gic_set_owner(struct gic *gic, unsigned int index, unsigned int intid,
		  const void *owner)
{
	struct gic_irq *irq;
	int ret = 0;

	if (!gic->initialised)
		return -EAGAIN;
	if (intid < GIC_NR_SGIS || intid >= gic_nr_irqs(gic) ||
	    index >= GIC_MAX_VCPUS)
		return -EINVAL;
	gic_lock(gic);
	irq = gic_irq_find(gic, gic->vcpus[index], intid);
	if (!irq)
		ret = -EINVAL;
	else if (irq->owner && irq->owner != owner)
		ret = -EEXIST;
	else
		irq->owner = owner;
	gic_unlock(gic);
	return ret;
}

int gic_set_line(struct gic *gic, unsigned int index, unsigned int intid,
		 bool level, const void *owner)
{
	struct gic_vcpu *v = NULL;
	struct gic_irq *irq;
	int ret = lazy_init(gic);

	if (ret)
		return ret;
	if (intid < GIC_NR_SGIS)
		return -EINVAL;
	gic_lock(gic);
	if (intid < GIC_NR_PRIVATE && index < GIC_MAX_VCPUS)
		v = gic->vcpus[index];
	irq = gic_irq_find(gic, v, intid);
	if (!irq) {
		explain("interrupt %u is beyond the configured number", intid);
		ret = -EINVAL;
	} else if (irq->owner != owner) {
		explain("interrupt %u belongs to another source", intid);
	} else if (irq->edge ? level : irq->line != level) {
		if (irq->edge)
			irq->latch = true;
		else
			irq->line = level;
		gic_irq_update(gic, irq);
	}
	gic_unlock(gic);
	return ret;
}

void gic_vcpu_sync(struct gic *gic, unsigned int index)
{
	struct gic_vcpu *v = index < GIC_MAX_VCPUS ? gic->vcpus[index] : NULL;
	unsigned int i;

	if (!v || !gic->initialised)
		return;
	gic_lock(gic);
	gic_cpu_load(v);
	for (i = GIC_NR_SGIS; i < GIC_NR_PRIVATE; i++) {
		if (!v->priv[i].owner)
			continue;
		gic_irq_sample(gic, v, &v->priv[i]);
		gic_irq_update(gic, &v->priv[i]);
	}
	gic_pins_update(gic, v);
	gic_unlock(gic);
}
