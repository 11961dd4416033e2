/* SPDX-License-Identifier: MIT */
/*
 * The interfaces that came before the device API: KVM_CREATE_IRQCHIP and
 * KVM_ARM_SET_DEVICE_ADDR, each errno in order, and that they and the device
 * API see one and the same GICv2.
 */
#include "abi.h"

#define DIST  0
#define CPU   1
#define UNSET UINT64_MAX /* what the device API reads of no address */

/* @ipa_bits: 0: what every host has. */
static int new_vm(unsigned int ipa_bits)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm;

	NEED(kvm >= 0);
	vm = ipa_bits ? ioctl(kvm, KVM_CREATE_VM, (unsigned long)ipa_bits)
		      : abi_create_vm(kvm);
	NEED(vm >= 0);
	return vm;
}

static bool host_has(int vm, uint32_t type)
{
	struct kvm_create_device dev = {
		.type = type,
		.flags = KVM_CREATE_DEVICE_TEST,
	};

	return ioctl(vm, KVM_CREATE_DEVICE, &dev) == 0;
}

static int new_v2_vm(unsigned int ipa_bits)
{
	int vm = new_vm(ipa_bits);

	if (!host_has(vm, KVM_DEV_TYPE_ARM_VGIC_V2))
		abi_skip("no GICv2");
	return vm;
}

static int addr_set(int vm, uint64_t id, uint64_t addr)
{
	struct kvm_arm_device_addr a = {.id = id, .addr = addr};

	return ioctl(vm, KVM_ARM_SET_DEVICE_ADDR, &a);
}

/* Every host: what is looked at before the VM's GIC. */
static void addr_without_gic(void)
{
	int vm = new_vm(0);

	REFUSED(ioctl(vm, KVM_ARM_SET_DEVICE_ADDR, NULL), EFAULT);
	REFUSED(addr_set(vm, 1ull << 16 | DIST, 0), ENODEV);
	REFUSED(addr_set(vm, 0xffffull << 16 | DIST, 0), ENODEV);
	REFUSED(addr_set(vm, DIST, 0x1001), ENODEV);
	REFUSED(addr_set(vm, CPU, UNSET), ENODEV);
	REFUSED(addr_set(vm, 2, 0), ENODEV);
	REFUSED(addr_set(vm, 0xffff, 0), ENODEV);
}

static void addr_with_v3(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_GICV3);
	REFUSED(addr_set(v.vm, DIST, 0x10000), ENODEV);
	REFUSED(addr_set(v.vm, CPU, 0x10000), ENODEV);
	REFUSED(addr_set(v.vm, 3, 0x10000), ENODEV);
	if (host_has(v.vm, KVM_DEV_TYPE_ARM_VGIC_V2))
		REFUSED(ioctl(v.vm, KVM_CREATE_IRQCHIP, 0), EEXIST);
	else
		REFUSED(ioctl(v.vm, KVM_CREATE_IRQCHIP, 0), ENODEV);
}

static void irqchip_without_v2(void)
{
	int vm = new_vm(0);

	if (host_has(vm, KVM_DEV_TYPE_ARM_VGIC_V2))
		abi_skip("the host has a GICv2");
	REFUSED(ioctl(vm, KVM_CREATE_IRQCHIP, 0), ENODEV);
	REFUSED(ioctl(vm, KVM_CREATE_IRQCHIP, 1), ENODEV);
	REFUSED(addr_set(vm, DIST, 0x10000), ENODEV);
}

static void addr_errnos(void)
{
	uint64_t end = 1ull << 36;
	int vm = new_v2_vm(36);

	/* The argument is ignored. */
	OK(ioctl(vm, KVM_CREATE_IRQCHIP, -1ul));
	REFUSED(ioctl(vm, KVM_CREATE_IRQCHIP, 0), EEXIST);
	REFUSED(addr_set(vm, 2, 0x10000), ENODEV);
	for (uint64_t type = DIST; type <= CPU; type++) {
		uint64_t size = type == DIST ? 0x1000 : 0x2000;

		REFUSED(addr_set(vm, type, 0x10800), EINVAL);
		/* Alignment comes before the limit, and so does wrapping. */
		REFUSED(addr_set(vm, type, end + 1), EINVAL);
		REFUSED(addr_set(vm, type, UNSET & ~0xfffull), EINVAL);
		REFUSED(addr_set(vm, type, end), E2BIG);
		REFUSED(addr_set(vm, type, 1ull << 63), E2BIG);
		REFUSED(addr_set(vm, type, end - size + 0x1000), E2BIG);
		/* Nothing looks at bits 63-32. */
		OK(addr_set(vm, type | 0xabcd1234ull << 32, end - size));
		REFUSED(addr_set(vm, type, 0x10000), EEXIST);
		/* Set already comes first. */
		REFUSED(addr_set(vm, type, 0x10001), EEXIST);
		REFUSED(addr_set(vm, type, UNSET), EEXIST);
	}
}

/* That frames overlap is said by the first KVM_RUN, which the VM dies of. */
static void addr_overlap(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	if (!host_has(v.vm, KVM_DEV_TYPE_ARM_VGIC_V2))
		abi_skip("no GICv2");
	OK(ioctl(v.vm, KVM_CREATE_IRQCHIP, 0));
	OK(addr_set(v.vm, DIST, GUEST_GICD));
	OK(addr_set(v.vm, CPU, GUEST_GICD - 0x1000));
	GUEST(&v, 0, ASM_B_SELF);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EINVAL);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EIO);
	REFUSED(addr_set(v.vm, DIST, GUEST_GICD), EIO);
}

static void first_run_without_addr(void)
{
	struct abi_vm v;

	abi_vm_open(&v, ABI_NO_GIC);
	if (!host_has(v.vm, KVM_DEV_TYPE_ARM_VGIC_V2))
		abi_skip("no GICv2");
	OK(ioctl(v.vm, KVM_CREATE_IRQCHIP, 0));
	OK(addr_set(v.vm, CPU, GUEST_GICC));
	GUEST(&v, 0, ASM_B_SELF);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), ENXIO);
	REFUSED(addr_set(v.vm, DIST, GUEST_GICD), EIO);
}

static void irqchip_vcpus(void)
{
	struct abi_vm v;
	int vm = new_v2_vm(0);

	for (unsigned long id = 0; id < 8; id++)
		OK(ioctl(vm, KVM_CREATE_VCPU, id));
	/* Not where GICv2 is all there is. */
	if (ioctl(vm, KVM_CREATE_VCPU, 8ul) >= 0) {
		REFUSED(ioctl(vm, KVM_CREATE_IRQCHIP, 0), E2BIG);
		/* There is none, but the limit is a GICv2's. */
		REFUSED(addr_set(vm, DIST, 0x10000), ENODEV);
		REFUSED(ioctl(vm, KVM_CREATE_VCPU, 9ul), EINVAL);
	}

	/* A vCPU has run. */
	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	REFUSED(ioctl(v.vm, KVM_CREATE_IRQCHIP, 0), EBUSY);
}

static uint64_t device_addr(int dev, uint64_t type)
{
	uint64_t addr = 0;

	OK(abi_attr(dev, KVM_GET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR, type,
		    &addr));
	return addr;
}

/* What one interface sets the other sees. */
static void addr_and_device(void)
{
	struct kvm_create_device dev = {.type = KVM_DEV_TYPE_ARM_VGIC_V2};
	uint64_t addr = GUEST_GICC;
	int vm = new_v2_vm(0);

	OK(ioctl(vm, KVM_CREATE_DEVICE, &dev));
	REFUSED(ioctl(vm, KVM_CREATE_IRQCHIP, 0), EEXIST);
	EQUAL(device_addr(dev.fd, DIST), UNSET);
	OK(addr_set(vm, DIST, GUEST_GICD));
	EQUAL(device_addr(dev.fd, DIST), GUEST_GICD);
	EQUAL(device_addr(dev.fd, CPU), UNSET);
	OK(abi_attr(dev.fd, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR, CPU,
		    &addr));
	REFUSED(addr_set(vm, CPU, 0), EEXIST);
	/* After it is initialised as before. */
	OK(abi_attr(dev.fd, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
		    KVM_DEV_ARM_VGIC_CTRL_INIT, NULL));
	REFUSED(addr_set(vm, DIST, 0), EEXIST);
}

const struct abi_case cases_legacy[] = {
	{"legacy/addr-without-gic", addr_without_gic},
	{"legacy/addr-with-v3", addr_with_v3},
	{"legacy/irqchip-without-v2", irqchip_without_v2},
	{"legacy/addr-errnos", addr_errnos},
	{"legacy/addr-overlap", addr_overlap},
	{"legacy/first-run-without-addr", first_run_without_addr},
	{"legacy/irqchip-vcpus", irqchip_vcpus},
	{"legacy/addr-and-device", addr_and_device},
	{NULL},
};
