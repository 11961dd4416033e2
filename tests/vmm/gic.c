/* SPDX-License-Identifier: MIT */
/*
 * The VM's GICv2 or GICv3 with ITS, made and placed by the device API, by the
 * requests before it, or by the draft of it (docs/device-attr.md): a client of
 * each.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <fauxkvm/device-attr-draft.h>

#include "vmm.h"

static void set_attr(int dev, uint32_t group, uint64_t attr, void *addr)
{
	struct kvm_device_attr a = {
		.group = group, .attr = attr, .addr = (uintptr_t)addr};

	if (ioctl(dev, KVM_SET_DEVICE_ATTR, &a)) {
		fprintf(stderr, "vmm: attribute %u:%llu: %s\n", group,
			(unsigned long long)attr, strerror(errno));
		exit(1);
	}
}

static int create_device(struct vm *vm, uint32_t type)
{
	struct kvm_create_device d = {.type = type};

	if (ioctl(vm->fd, KVM_CREATE_DEVICE, &d))
		die("KVM_CREATE_DEVICE");
	return d.fd;
}

static void set_addr(int dev, uint64_t which, uint64_t addr)
{
	set_attr(dev, KVM_DEV_ARM_VGIC_GRP_ADDR, which, &addr);
}

/* ---- the ways of --gic-by ------------------------------------------------ */

/* A frame's place: its type in the device API and in the draft. */
struct frame {
	uint64_t type;
	uint32_t draft;
	uint64_t base;
};

static const struct frame frames[][2] = {
	[2] = {{KVM_VGIC_V2_ADDR_TYPE_DIST, KVM_DRAFT_VGIC_DIST_ADDR,
		BOARD_GICD},
	       {KVM_VGIC_V2_ADDR_TYPE_CPU, KVM_DRAFT_VGIC_CPU_ADDR,
		BOARD_GICC}},
	[3] = {{KVM_VGIC_V3_ADDR_TYPE_DIST, KVM_DRAFT_VGIC_DIST_ADDR,
		BOARD_GICD},
	       {KVM_VGIC_V3_ADDR_TYPE_REDIST, KVM_DRAFT_VGIC_REDIST_ADDR,
		BOARD_GICR}},
};

static void place_by_device(struct vm *vm, const struct frame *f)
{
	set_addr(vm->gic, f->type, f->base);
}

static void place_by_legacy(struct vm *vm, const struct frame *f)
{
	struct kvm_arm_device_addr a = {
		.id = (uint64_t)KVM_ARM_DEVICE_VGIC_V2
			      << KVM_ARM_DEVICE_ID_SHIFT |
		      f->type << KVM_ARM_DEVICE_TYPE_SHIFT,
		.addr = f->base,
	};

	if (ioctl(vm->fd, KVM_ARM_SET_DEVICE_ADDR, &a))
		die("KVM_ARM_SET_DEVICE_ADDR");
}

static uint32_t draft_device(const struct vm *vm)
{
	return vm->gic_version == 2 ? KVM_DRAFT_DEVICE_ARM_VGIC_V2
				    : KVM_DRAFT_DEVICE_ARM_VGIC_V3;
}

static void place_by_draft(struct vm *vm, const struct frame *f)
{
	struct kvm_device_attr_draft a = {
		.device = draft_device(vm),
		.attr = f->draft,
		.value = f->base,
	};

	if (ioctl(vm->fd, KVM_SET_DEVICE_ATTR_DRAFT, &a))
		die("KVM_SET_DEVICE_ATTR_DRAFT");
}

static void place_by_draft_addr(struct vm *vm, const struct frame *f)
{
	uint64_t base = f->base;
	struct kvm_device_attr_draft_addr a = {
		.device = draft_device(vm),
		.attr = f->draft,
		.size = sizeof(base),
		.addr = (uintptr_t)&base,
	};

	if (ioctl(vm->fd, KVM_SET_DEVICE_ATTR_DRAFT_ADDR, &a))
		die("KVM_SET_DEVICE_ATTR_DRAFT_ADDR");
}

static const struct way {
	const char *name;
	void (*place)(struct vm *vm, const struct frame *f);
	bool irqchip; /* a GICv2 by KVM_CREATE_IRQCHIP, without descriptor */
} ways[] = {
	{"device", place_by_device, false},
	{"legacy", place_by_legacy, true},
	{"draft", place_by_draft, true},
	{"draft-addr", place_by_draft_addr, true},
	{0},
};

#define NR_IRQS         128
#define DEFAULT_NR_IRQS 256 /* of a GIC that nobody asked for less */

static const struct way *way_of(const char *name)
{
	for (const struct way *w = ways; w->name; w++)
		if (!name || !strcmp(w->name, name))
			return w;
	fprintf(stderr, "vmm: --gic-by %s?\n", name);
	exit(2);
}

static bool by_irqchip(const struct vm *vm)
{
	return vm->gic_version == 2 && way_of(vm->gic_by)->irqchip;
}

unsigned int gic_irqs(const struct vm *vm)
{
	return by_irqchip(vm) ? DEFAULT_NR_IRQS : NR_IRQS;
}

void make_gic(struct vm *vm)
{
	const struct way *way = way_of(vm->gic_by);
	uint32_t irqs = NR_IRQS;

	if (!vm->gic_version)
		return;
	vm->gic = -1;
	if (by_irqchip(vm)) {
		if (ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0))
			die("KVM_CREATE_IRQCHIP");
	} else {
		vm->gic = create_device(vm, vm->gic_version == 2
						    ? KVM_DEV_TYPE_ARM_VGIC_V2
						    : KVM_DEV_TYPE_ARM_VGIC_V3);
	}
	for (unsigned int i = 0; i < 2; i++)
		way->place(vm, &frames[vm->gic_version][i]);
	/* Without a descriptor it is initialised by the first KVM_RUN. */
	if (vm->gic < 0)
		return;
	set_attr(vm->gic, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &irqs);
	set_attr(vm->gic, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT,
		 NULL);
	if (!vm->with_its)
		return;
	vm->its = create_device(vm, KVM_DEV_TYPE_ARM_VGIC_ITS);
	set_addr(vm->its, KVM_VGIC_ITS_ADDR_TYPE, BOARD_ITS);
	set_attr(vm->its, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT,
		 NULL);
}
