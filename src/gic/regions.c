/* SPDX-License-Identifier: MIT */
/*
 * GICv3 redistributor regions: where the VMM puts them, and which vCPU's
 * frames fall where. Regions fill in the order of their index, vCPUs in the
 * order of creation. Checks and their order are Linux's (arm-vgic-v3.rst,
 * KVM_VGIC_V3_ADDR_TYPE_REDIST and _REDIST_REGION).
 *
 * gic->config is held; gic->lock is not.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/refuse.h"
#include "gic/gic-internal.h"

static uint64_t region_size(const struct gic_region *r, unsigned int online)
{
	return (uint64_t)(r->count ? r->count : online) * GICV3_REDIST_SIZE;
}

static bool regions_overlap(struct gic *gic, gpa_t base, uint64_t size,
			    unsigned int online)
{
	struct gic_region *r;

	for (r = gic->regions; r; r = r->next)
		if (base + size > r->base &&
		    base < r->base + region_size(r, online))
			return true;
	return false;
}

bool gic_regions_valid(struct gic *gic, unsigned int online)
{
	struct gic_region *r;

	if (gic->dist_base != GIC_ADDR_UNDEF &&
	    gic->dist_base + GICV3_DIST_SIZE < gic->dist_base)
		return false;
	for (r = gic->regions; r; r = r->next)
		if (gic_check_range(gic, GIC_ADDR_UNDEF, r->base, 0x10000,
				    region_size(r, online)))
			return false;
	return gic->dist_base == GIC_ADDR_UNDEF ||
	       !regions_overlap(gic, gic->dist_base, GICV3_DIST_SIZE, online);
}

struct gic_region *gic_region_find(struct gic *gic, uint32_t index)
{
	struct gic_region *r;

	for (r = gic->regions; r && r->index != index; r = r->next)
		;
	return r;
}

bool gic_redist_is_last(const struct gic_vcpu *v)
{
	const struct gic_region *r = v->region, *next;
	gpa_t end;

	if (!r || v->region_slot + 1 < r->used)
		return false;
	if (!r->count || v->region_slot + 1 != r->count)
		return true;
	/* The end of a full region: last unless another one continues it. */
	end = r->base + (uint64_t)r->count * GICV3_REDIST_SIZE;
	for (next = v->gic->regions; next; next = next->next)
		if (next->base == end && next->used)
			return false;
	return true;
}

static bool redist_read(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
			unsigned int len, uint64_t *val)
{
	struct gic_vcpu *v = container_of(f, struct gic_vcpu, rd_frame);

	return gic_frame_read(v->gic, &gicv3_redist_regs, v, vcpu, off, len,
			      val);
}

static bool redist_write(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
			 unsigned int len, uint64_t val)
{
	struct gic_vcpu *v = container_of(f, struct gic_vcpu, rd_frame);

	return gic_frame_write(v->gic, &gicv3_redist_regs, v, vcpu, off, len,
			       val);
}

int gic_redist_register(struct gic *gic, struct gic_vcpu *v,
			unsigned int online)
{
	struct gic_region *r;
	int ret;

	if (v->region)
		return 0;
	for (r = gic->regions; r; r = r->next)
		if (!r->count || r->used < r->count)
			break;
	if (!r) /* none yet, or all full: map_resources finds out */
		return 0;
	if (!gic_regions_valid(gic, online))
		return refuse(EINVAL, FKVM_VGIC_REGION_PLACE,
			      "a redistributor region leaves the IPA space, is "
			      "misaligned or covers the distributor");
	v->region = r;
	v->region_slot = r->used++;
	v->rd_frame = (struct mmio_frame){
		.base = r->base + (uint64_t)v->region_slot * GICV3_REDIST_SIZE,
		.size = GICV3_REDIST_SIZE,
		.read = redist_read,
		.write = redist_write,
	};
	ret = gic->vm->ops->mmio_add(gic->vm, &v->rd_frame);
	if (ret) {
		r->used--;
		v->region = NULL;
	}
	return ret;
}

void gic_redist_unregister(struct gic *gic, struct gic_vcpu *v)
{
	if (!v->region)
		return;
	gic->vm->ops->mmio_remove(gic->vm, &v->rd_frame);
	v->region = NULL;
}

static int region_check(struct gic *gic, uint32_t index, gpa_t base,
			uint32_t count, uint64_t size, unsigned int online)
{
	struct gic_region *last = gic->regions;

	while (last && last->next)
		last = last->next;

	if (base + size < base)
		return refuse(EINVAL, FKVM_VGIC_ADDR_WRAPS,
			      "%#lx+%#lx wraps around", base, size);
	if (!last && index)
		return refuse(EINVAL, FKVM_VGIC_REGION_INDEX,
			      "the first region has index %u, not 0", index);
	if (last && !count)
		return refuse(last->count ? EINVAL : EEXIST,
			      FKVM_VGIC_REGION_LEGACY,
			      "a redistributor region exists already");
	if (last && index != last->index + 1)
		return refuse(EINVAL, FKVM_VGIC_REGION_INDEX,
			      "region index %u, the next is %u", index,
			      last->index + 1);
	if (!count && gic->dist_base != GIC_ADDR_UNDEF &&
	    base + size > gic->dist_base &&
	    base < gic->dist_base + GICV3_DIST_SIZE)
		return refuse(EINVAL, FKVM_VGIC_OVERLAP,
			      "%#lx+%#lx overlaps the distributor at %#lx",
			      base, size, gic->dist_base);
	if (regions_overlap(gic, base, size, online))
		return refuse(EINVAL, FKVM_VGIC_OVERLAP,
			      "%#lx+%#lx overlaps another region", base, size);
	return gic_check_range(gic, GIC_ADDR_UNDEF, base, 0x10000, size);
}

static void region_remove(struct gic *gic, struct gic_region *gone)
{
	struct gic_region **link = &gic->regions;
	unsigned int i;

	for (i = 0; i < gic->nr_vcpus; i++) {
		struct gic_vcpu *v = gic->vcpus[i];

		if (v && v->region == gone)
			gic_redist_unregister(gic, v);
	}
	while (*link != gone)
		link = &(*link)->next;
	*link = gone->next;
	free(gone);
}

int gic_region_set(struct gic *gic, uint32_t index, gpa_t base, uint32_t count)
{
	unsigned int online = gic_online_vcpus(gic), i;
	uint64_t size = (uint64_t)(count ? count : online) * GICV3_REDIST_SIZE;
	struct gic_region *r, **link = &gic->regions;
	int ret;

	ret = region_check(gic, index, base, count, size, online);
	if (ret)
		return ret;
	r = calloc(1, sizeof(*r));
	if (!r)
		return refuse(ENOMEM, FKVM_NO_MEMORY,
			      "no memory for the region");
	r->index = index;
	r->base = base;
	r->count = count;
	while (*link)
		link = &(*link)->next;
	*link = r;

	for (i = 0; i < online && !ret; i++) {
		struct gic_vcpu *v = gic_vcpu_get(gic, i);

		ret = v ? gic_redist_register(gic, v, online)
			: refuse(ENOMEM, FKVM_NO_MEMORY,
				 "no memory for vCPU %u's interrupts", i);
	}
	if (ret)
		region_remove(gic, r);
	return ret;
}
