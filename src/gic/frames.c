/* SPDX-License-Identifier: MIT */
/*
 * Frames of a GIC's registers, from the VMM's choice of an address to an access
 * of the guest: how they come onto the bus at the first KVM_RUN, and accesses
 * to them on their way to a register's row.
 * An access that no row allows (unknown offset, width, alignment, an interrupt
 * beyond the configured number) reads as zero and is ignored on write, for the
 * guest and for userspace. Redistributors, which come earlier, are placed by
 * regions.c. Checks and their order are those of Linux's
 * arch/arm64/kvm/vgic/vgic-init.c.
 *
 * Locks: each function takes what it needs; gic-internal.h has the order.
 */
#include <errno.h>

#include "base/log.h"
#include "base/refuse.h"
#include "gic/gic-internal.h"

int gic_check_range(struct gic *gic, gpa_t now, gpa_t addr, uint64_t align,
		    uint64_t size)
{
	uint64_t limit = gic->vm->ops->gpa_limit(gic->vm);

	if (now != GIC_ADDR_UNDEF)
		return refuse(EEXIST, FKVM_VGIC_ADDR_SET,
			      "the address is set already");
	if (!IS_ALIGNED(addr, align) || !IS_ALIGNED(size, align))
		return refuse(EINVAL, FKVM_VGIC_ADDR_ALIGN,
			      "%#lx isn't aligned to %#lx", addr, align);
	if (addr + size < addr)
		return refuse(EINVAL, FKVM_VGIC_ADDR_WRAPS,
			      "%#lx+%#lx wraps around", addr, size);
	if (addr >= limit || addr + size > limit)
		return refuse(E2BIG, FKVM_VGIC_ADDR_IPA,
			      "%#lx+%#lx is beyond the VM's IPA space, %#lx",
			      addr, size, limit);
	return 0;
}

/* An access by the guest, whose vCPU is @actor. @owner: of the frame, NULL:
 * whoever accesses it. */
static struct gic_access frame_access(struct gic *gic, struct gic_vcpu *owner,
				      struct gic_vcpu *actor, uint64_t off,
				      unsigned int len)
{
	return (struct gic_access){
		.m = {.off = off, .len = len, .limit = gic_nr_irqs(gic)},
		.gic = gic,
		.vcpu = owner ? owner : actor,
		.actor = actor,
		.acked = -1,
	};
}

/* GICv2's CPU interface is the hardware's: an access is no exit. */
static void frame_exit(const struct mmio_regs *regs, struct gic_vcpu *v)
{
	if (regs != &gicv2_cpu_regs)
		gic_vcpu_exited(v);
}

bool gic_frame_read(struct gic *gic, const struct mmio_regs *regs,
		    struct gic_vcpu *owner, unsigned int vcpu, uint64_t off,
		    unsigned int len, uint64_t *val)
{
	struct gic_vcpu *v = gic->vcpus[vcpu];
	struct gic_access a = frame_access(gic, owner, v, off, len);

	frame_exit(regs, v);
	gic_lock(gic);
	gic_step(gic, vcpu, IRQ_STEP_MMIO_READ, IRQ_NONE);
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
	struct gic_access a = frame_access(gic, owner, v, off, len);

	frame_exit(regs, v);
	gic_lock(gic);
	gic_step(gic, vcpu, IRQ_STEP_MMIO_WRITE, IRQ_NONE);
	mmio_regs_write(regs, &a.m, val);
	gic_unlock(gic);
	if (a.acked >= 0)
		gic->vm->ops->irq_acked(gic->vm, a.acked);
	return true;
}

int gic_uaccess(struct gic *gic, const struct mmio_regs *regs,
		struct gic_vcpu *v, uint32_t off, bool write, uint32_t *val)
{
	struct gic_access a = {
		.m = {.off = off, .len = 4, .user = true},
		.gic = gic,
		.vcpu = v,
		.acked = -1,
	};
	const struct mmio_reg *r;
	uint64_t reg = 0;
	int ret;

	a.m.limit = gic_nr_irqs(gic);
	r = mmio_reg_find(regs, &a.m);

	if (!r) {
		if (!write)
			*val = 0;
		return 0;
	}
	gic_lock(gic);
	ret = write ? mmio_reg_uwrite(r, &a.m, *val)
		    : mmio_reg_uread(r, &a.m, &reg);
	gic_unlock(gic);
	if (!write)
		*val = reg;
	return ret;
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

	if (dist == GIC_ADDR_UNDEF || cpu == GIC_ADDR_UNDEF)
		return refuse(ENXIO, FKVM_VGIC_ADDR_UNSET,
			      "a GICv2 frame has no address");
	if (dist + GICV2_DIST_SIZE > cpu && cpu + GICV2_CPU_SIZE > dist)
		return refuse(EINVAL, FKVM_VGIC_OVERLAP,
			      "the GICv2 frames overlap");
	ret = gic_init(gic);
	if (ret)
		return ret;
	gic->cpu_frame = (struct mmio_frame){
		.base = cpu,
		.size = GICV2_CPU_SIZE,
		.hardware = true,
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

		if (!v || !v->region)
			return refuse(ENXIO, FKVM_VGIC_REDIST_NONE,
				      "vCPU %u has no redistributor", i);
	}
	if (gic->dist_base == GIC_ADDR_UNDEF)
		return refuse(ENXIO, FKVM_VGIC_ADDR_UNSET,
			      "the distributor has no address");
	if (!gic_regions_valid(gic, online))
		return refuse(EINVAL, FKVM_VGIC_OVERLAP,
			      "GICv3 frames overlap or leave the IPA "
			      "space");
	if (!gic->initialised)
		return refuse(EBUSY, FKVM_VGIC_UNINIT,
			      "the GICv3 isn't initialised");
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
		if (gic->model == 2)
			gic->vm->ops->mmio_remove(gic->vm, &gic->cpu_frame);
		goto out;
	}
	gic->ready = true;
out:
	pthread_mutex_unlock(&gic->config);
	return ret;
}
