/* SPDX-License-Identifier: MIT */
/*
 * The draft of the device API (fauxkvm/device-attr-draft.h): unknown to Linux,
 * and to us unless we are asked for it; then each errno in order, and that it
 * and the device API set the same things.
 */
#include "abi.h"

#include <fauxkvm/device-attr-draft.h>

#define V2   KVM_DRAFT_DEVICE_ARM_VGIC_V2
#define V3   KVM_DRAFT_DEVICE_ARM_VGIC_V3
#define DIST KVM_DRAFT_VGIC_DIST_ADDR
#define CPU  KVM_DRAFT_VGIC_CPU_ADDR

/* Both requests must give the same answer: which one is used in turn. */
static bool by_addr;

static int attr_set(int vm, uint32_t device, uint32_t attr, uint64_t value,
		    uint32_t size)
{
	struct kvm_device_attr_draft a = {device, attr, value};
	struct kvm_device_attr_draft_addr b = {
		.device = device,
		.attr = attr,
		.size = size,
		.addr = (uintptr_t)&value,
	};

	return by_addr ? ioctl(vm, KVM_SET_DEVICE_ATTR_DRAFT_ADDR, &b)
		       : ioctl(vm, KVM_SET_DEVICE_ATTR_DRAFT, &a);
}

static int addr_set(int vm, uint32_t device, uint32_t attr, uint64_t value)
{
	return attr_set(vm, device, attr, value, 8);
}

static int new_vm(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm;

	NEED(kvm >= 0);
	vm = abi_create_vm(kvm);
	NEED(vm >= 0);
	return vm;
}

/* As the header says one asks. */
static bool offered(int vm)
{
	bool known = addr_set(vm, UINT32_MAX, 0, 0) < 0 && errno == ENODEV;

	CHECK(known || errno == EINVAL);
	return known;
}

static int new_draft_vm(void)
{
	int vm = new_vm();

	if (!offered(vm))
		abi_skip("the draft is not asked for");
	return vm;
}

static bool device_make(int vm, uint32_t type, int *fd)
{
	struct kvm_create_device dev = {.type = type};

	if (ioctl(vm, KVM_CREATE_DEVICE, &dev))
		return false;
	*fd = dev.fd;
	return true;
}

/* Linux: nothing of the argument is looked at. */
static void unknown(void)
{
	static const unsigned long requests[] = {
		KVM_SET_DEVICE_ATTR_DRAFT,
		KVM_SET_DEVICE_ATTR_DRAFT_ADDR,
	};
	struct abi_vm v;
	int gic;

	EQUAL(KVM_SET_DEVICE_ATTR_DRAFT, 0x4010aef8);
	EQUAL(KVM_SET_DEVICE_ATTR_DRAFT_ADDR, 0x4018aef9);
	abi_vm_open(&v, ABI_NO_GIC);
	for (unsigned int i = 0; i < 2; i++) {
		char arg[24] = {5};

		if (!offered(v.vm)) {
			REFUSED(ioctl(v.vm, requests[i], NULL), EINVAL);
			REFUSED(ioctl(v.vm, requests[i], arg), EINVAL);
		}
		REFUSED(ioctl(v.kvm, requests[i], NULL), EINVAL);
		REFUSED(ioctl(v.kvm, requests[i], arg), EINVAL);
		REFUSED(ioctl(v.vcpu, requests[i], NULL), EINVAL);
		REFUSED(ioctl(v.vcpu, requests[i], arg), EINVAL);
	}
	if (device_make(v.vm, KVM_DEV_TYPE_ARM_VGIC_V3, &gic)) {
		REFUSED(ioctl(gic, requests[0], NULL), ENOTTY);
		REFUSED(ioctl(gic, requests[1], NULL), ENOTTY);
	}
}

static void errnos(void)
{
	int vm = new_draft_vm();

	REFUSED(ioctl(vm, KVM_SET_DEVICE_ATTR_DRAFT, NULL), EFAULT);
	REFUSED(ioctl(vm, KVM_SET_DEVICE_ATTR_DRAFT_ADDR, NULL), EFAULT);
	for (int i = 0; i < 2; i++) {
		by_addr = i;
		for (uint32_t id = 0; id < 16; id++)
			if (id != KVM_DRAFT_DEVICE_MPIC && id != V2 && id != V3)
				REFUSED(addr_set(vm, id, DIST, 0), ENODEV);
		REFUSED(addr_set(vm, KVM_DRAFT_DEVICE_MPIC,
				 KVM_DRAFT_MPIC_BASE_ADDR, 0),
			ENXIO);
	}
}

/* A host's device that the VM has not (yet), or the host has not. */
static void vm_without(void)
{
	static const uint32_t ids[] = {V2, V3};
	int vm = new_draft_vm();

	for (int i = 0; i < 4; i++) {
		struct kvm_create_device test = {
			.type = ids[i & 1],
			.flags = KVM_CREATE_DEVICE_TEST,
		};
		bool has = ioctl(vm, KVM_CREATE_DEVICE, &test) == 0;

		by_addr = i / 2;
		REFUSED(addr_set(vm, ids[i & 1], DIST, 0x10000),
			has ? ENODEV : ENXIO);
		REFUSED(addr_set(vm, ids[i & 1], 77, 0x10000),
			has ? ENODEV : ENXIO);
	}
}

static void v2_attrs(void)
{
	uint64_t end = abi_ipa_end();

	for (int i = 0; i < 2; i++) {
		int vm = new_draft_vm();

		by_addr = i;
		if (ioctl(vm, KVM_CREATE_IRQCHIP, 0))
			abi_skip("no GICv2");
		if (addr_set(vm, V3, DIST, 0) == 0 || errno != ENXIO)
			REFUSED(addr_set(vm, V3, DIST, 0), ENODEV);
		REFUSED(addr_set(vm, V2, 0, 0x10000), EINVAL);
		REFUSED(addr_set(vm, V2, KVM_DRAFT_VGIC_REDIST_ADDR, 0x10000),
			EINVAL);
		REFUSED(addr_set(vm, V2, 77, 0x10000), EINVAL);
		for (uint32_t attr = DIST; attr <= CPU; attr++) {
			REFUSED(addr_set(vm, V2, attr, 0x10800), EINVAL);
			REFUSED(addr_set(vm, V2, attr, ~0xfffull), EINVAL);
			REFUSED(addr_set(vm, V2, attr, end), E2BIG);
			OK(addr_set(vm, V2, attr, attr * 0x10000));
			REFUSED(addr_set(vm, V2, attr, 0), EEXIST);
		}
		REFUSED(attr_set(vm, V2, KVM_DRAFT_VGIC_NR_IRQS, 63, 4),
			EINVAL);
		OK(attr_set(vm, V2, KVM_DRAFT_VGIC_NR_IRQS, 96, 4));
		REFUSED(attr_set(vm, V2, KVM_DRAFT_VGIC_NR_IRQS, 96, 4), EBUSY);
	}
}

/* Sizes, and what does not fit. */
static void shapes(void)
{
	struct kvm_device_attr_draft_addr a = {
		.device = V2,
		.attr = DIST,
		.size = 8,
	};
	int vm = new_draft_vm();

	if (ioctl(vm, KVM_CREATE_IRQCHIP, 0))
		abi_skip("no GICv2");
	REFUSED(attr_set(vm, V2, KVM_DRAFT_VGIC_NR_IRQS, 96 | 1ull << 32, 4),
		EINVAL);
	REFUSED(ioctl(vm, KVM_SET_DEVICE_ATTR_DRAFT_ADDR, &a), EFAULT);
	a.size = 4;
	REFUSED(ioctl(vm, KVM_SET_DEVICE_ATTR_DRAFT_ADDR, &a), EINVAL);
	a.size = 8;
	a.pad = 1;
	REFUSED(ioctl(vm, KVM_SET_DEVICE_ATTR_DRAFT_ADDR, &a), EINVAL);
	a.device = UINT32_MAX; /* pad comes first */
	REFUSED(ioctl(vm, KVM_SET_DEVICE_ATTR_DRAFT_ADDR, &a), EINVAL);
	by_addr = true;
	for (uint32_t size = 0; size < 9; size++) {
		if (size != 4)
			REFUSED(attr_set(vm, V2, KVM_DRAFT_VGIC_NR_IRQS, 96,
					 size),
				EINVAL);
		if (size != 8)
			REFUSED(attr_set(vm, V2, DIST, 0x10000, size), EINVAL);
	}
	/* Bytes beyond the size are not looked at. */
	OK(attr_set(vm, V2, KVM_DRAFT_VGIC_NR_IRQS, 96 | 1ull << 32, 4));
}

static uint64_t device_addr(int dev, uint64_t type)
{
	uint64_t addr = 0;

	OK(abi_attr(dev, KVM_GET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR, type,
		    &addr));
	return addr;
}

/* What each of the three sets the others see. */
static void one_attribute(void)
{
	struct kvm_arm_device_addr legacy = {
		.id = KVM_VGIC_V2_ADDR_TYPE_CPU,
		.addr = GUEST_GICC,
	};
	int vm = new_draft_vm(), dev;
	uint32_t irqs = 0;

	if (!device_make(vm, KVM_DEV_TYPE_ARM_VGIC_V2, &dev))
		abi_skip("no GICv2");
	OK(addr_set(vm, V2, DIST, GUEST_GICD));
	EQUAL(device_addr(dev, KVM_VGIC_V2_ADDR_TYPE_DIST), GUEST_GICD);
	OK(ioctl(vm, KVM_ARM_SET_DEVICE_ADDR, &legacy));
	REFUSED(addr_set(vm, V2, CPU, 0), EEXIST);
	legacy.id = KVM_VGIC_V2_ADDR_TYPE_DIST;
	REFUSED(ioctl(vm, KVM_ARM_SET_DEVICE_ADDR, &legacy), EEXIST);
	by_addr = true;
	OK(attr_set(vm, V2, KVM_DRAFT_VGIC_NR_IRQS, 128, 4));
	OK(abi_attr(dev, KVM_GET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0,
		    &irqs));
	EQUAL(irqs, 128);
}

static void v3_attrs(void)
{
	uint64_t region;
	int vm, dev;

	for (int i = 0; i < 2; i++) {
		vm = new_draft_vm();
		by_addr = i;
		if (!device_make(vm, KVM_DEV_TYPE_ARM_VGIC_V3, &dev))
			abi_skip("no GICv3");
		REFUSED(addr_set(vm, V3, CPU, 0x10000), EINVAL);
		REFUSED(addr_set(vm, V3, DIST, 0x8000), EINVAL);
		OK(addr_set(vm, V3, DIST, GUEST_GICD));
		EQUAL(device_addr(dev, KVM_VGIC_V3_ADDR_TYPE_DIST), GUEST_GICD);
		if (i) {
			OK(addr_set(vm, V3, KVM_DRAFT_VGIC_REDIST_ADDR,
				    GUEST_GICR));
			EQUAL(device_addr(dev, KVM_VGIC_V3_ADDR_TYPE_REDIST),
			      GUEST_GICR);
			continue;
		}
		region = 4ull << 52 | GUEST_GICR;
		OK(addr_set(vm, V3, KVM_DRAFT_VGIC_REDIST_REGION, region));
		REFUSED(addr_set(vm, V3, KVM_DRAFT_VGIC_REDIST_ADDR, 0),
			EINVAL);
	}
	/* The VM goes on without the descriptor. */
	close(dev);
	REFUSED(addr_set(vm, V3, DIST, 0), EEXIST);
}

const struct abi_case cases_draft[] = {
	{"draft/unknown", unknown},
	{"draft/errnos", errnos},
	{"draft/vm-without", vm_without},
	{"draft/v2-attrs", v2_attrs},
	{"draft/v3-attrs", v3_attrs},
	{"draft/shapes", shapes},
	{"draft/one-attribute", one_attribute},
	{NULL},
};
