/* SPDX-License-Identifier: MIT */
/*
 * What a VM is made of and when it may be made: vCPUs, devices, the irqchip
 * without a descriptor and its addresses, and the VM's small requests.
 */
#include "abi.h"

static struct abi_vm v;

static int device(uint32_t type, uint32_t flags)
{
	struct kvm_create_device dev = {.type = type, .fd = 77, .flags = flags};
	int ret = ioctl(v.vm, KVM_CREATE_DEVICE, &dev);

	if (ret || flags & KVM_CREATE_DEVICE_TEST)
		EQUAL(dev.fd, 77);
	return ret ? ret : (int)dev.fd;
}

static bool there(uint32_t type)
{
	return abi_device_there(&v, type);
}

/* ---- vCPUs --------------------------------------------------------------- */

static void vcpus(void)
{
	unsigned int max;
	int fd;

	abi_vm_bare(&v);
	max = ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPU_ID);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, max), EINVAL);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 512), EINVAL);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, ~0u), EINVAL);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 1ul << 32 | 512), EINVAL);
	fd = OK(ioctl(v.vm, KVM_CREATE_VCPU, max - 1));
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, max - 1), EEXIST);
	/* It lives as long as the VM. */
	OK(close(fd));
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, max - 1), EEXIST);
	OK(ioctl(v.vm, KVM_CREATE_VCPU, 0));
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 0), EEXIST);
}

static void vcpus_of_v2(void)
{
	abi_vm_bare(&v);
	abi_device(&v, KVM_DEV_TYPE_ARM_VGIC_V2);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 8), EINVAL);
	for (unsigned int id = 0; id < 8; id++)
		OK(ioctl(v.vm, KVM_CREATE_VCPU, id));
	/* No room before the id, and that before being initialised. */
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 0), EINVAL);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 9), EINVAL);
}

/* An id before the state of the GIC, that before the GIC's limit. */
static void vcpus_after_init(void)
{
	uint32_t type;
	int gic;

	abi_vm_bare(&v);
	type = there(7) ? 7 : 5;
	gic = device(type, 0);
	OK(ioctl(v.vm, KVM_CREATE_VCPU, 0));
	OK(abi_attr(gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
		    KVM_DEV_ARM_VGIC_CTRL_INIT, NULL));
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 512), EINVAL);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 1), EBUSY);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 0), EBUSY);
}

/* ---- devices ------------------------------------------------------------- */

static void devices(void)
{
	abi_vm_bare(&v);
	for (uint32_t type = 0; type < 40; type++) {
		bool known = type == KVM_DEV_TYPE_VFIO ||
			     (type == KVM_DEV_TYPE_ARM_VGIC_V2 && there(5)) ||
			     ((type == KVM_DEV_TYPE_ARM_VGIC_V3 ||
			       type == KVM_DEV_TYPE_ARM_VGIC_ITS) &&
			      there(7));

		if (known)
			OK(device(type, KVM_CREATE_DEVICE_TEST));
		else
			REFUSED(device(type, KVM_CREATE_DEVICE_TEST), ENODEV);
		if (!known)
			REFUSED(device(type, 0), ENODEV);
	}
	REFUSED(device(~0u, 0), ENODEV);
	/* One VFIO device at a time; other flags say nothing. */
	v.gic = OK(device(KVM_DEV_TYPE_VFIO, ~1u));
	REFUSED(device(KVM_DEV_TYPE_VFIO, 0), EBUSY);
	OK(device(KVM_DEV_TYPE_VFIO, KVM_CREATE_DEVICE_TEST));
	OK(close(v.gic));
	OK(device(KVM_DEV_TYPE_VFIO, 0));
}

static void gics(void)
{
	uint32_t type;
	int fd;

	abi_vm_bare(&v);
	type = there(7) ? 7 : 5;
	fd = OK(device(type, 0));
	REFUSED(device(type, 0), EEXIST);
	/* Its descriptor is not it. */
	OK(close(fd));
	REFUSED(device(type, 0), EEXIST);
	REFUSED(ioctl(v.vm, KVM_CREATE_IRQCHIP, 0), there(5) ? EEXIST : ENODEV);
	OK(device(type, KVM_CREATE_DEVICE_TEST));
	if (type == 7) {
		OK(device(KVM_DEV_TYPE_ARM_VGIC_ITS, 0));
		OK(device(KVM_DEV_TYPE_ARM_VGIC_ITS, 0));
	}
	/* Not after a vCPU has run. */
	abi_vm_open(&v, ABI_NO_GIC);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	REFUSED(device(type, 0), EBUSY);
	REFUSED(ioctl(v.vm, KVM_CREATE_IRQCHIP, 0), there(5) ? EBUSY : ENODEV);
}

static void too_many_for_v2(void)
{
	abi_vm_bare(&v);
	if (!there(5) || !there(7))
		abi_skip("not both GICs");
	for (unsigned int id = 0; id < 9; id++)
		OK(ioctl(v.vm, KVM_CREATE_VCPU, id));
	REFUSED(device(KVM_DEV_TYPE_ARM_VGIC_V2, 0), E2BIG);
	EQUAL(ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS), 8);
	REFUSED(ioctl(v.vm, KVM_CREATE_IRQCHIP, 0), E2BIG);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 9), EINVAL);
	OK(device(KVM_DEV_TYPE_ARM_VGIC_V3, 0));
	OK(ioctl(v.vm, KVM_CREATE_VCPU, 9));
}

/* ---- KVM_CREATE_IRQCHIP and its addresses -------------------------------- */

static int address(uint64_t id, uint64_t addr)
{
	struct kvm_arm_device_addr a = {.id = id, .addr = addr};

	return ioctl(v.vm, KVM_ARM_SET_DEVICE_ADDR, &a);
}

static void addresses_of_none(void)
{
	REFUSED(address(1 << 16, 0x1000), ENODEV);
	REFUSED(address(0xffff0000, 0x1000), ENODEV);
	for (uint64_t type = 0; type < 6; type++)
		REFUSED(address(type, 0x1000), ENODEV);
	REFUSED(address(0, 1), ENODEV);
}

static void addresses(void)
{
	const uint64_t end = abi_ipa_end();

	abi_vm_bare(&v);
	addresses_of_none();
	if (there(7)) {
		device(7, 0);
		addresses_of_none();
		abi_vm_bare(&v);
	}
	if (!there(5)) {
		REFUSED(ioctl(v.vm, KVM_CREATE_IRQCHIP, 0), ENODEV);
		REFUSED(ioctl(v.vm, KVM_CREATE_IRQCHIP, 5), ENODEV);
		return;
	}
	OK(ioctl(v.vm, KVM_CREATE_IRQCHIP, 12345));
	REFUSED(ioctl(v.vm, KVM_CREATE_IRQCHIP, 0), EEXIST);
	REFUSED(device(5, 0), EEXIST);
	REFUSED(address(2, 0x1000), ENODEV);
	REFUSED(address(0xffff, 1), ENODEV);
	REFUSED(address(0x10001, 0x1000), ENODEV);
	for (uint64_t type = 0; type < 2; type++) {
		uint64_t size = 0x1000 << type;

		REFUSED(address(type, 0x800), EINVAL);
		REFUSED(address(type, end + 1), EINVAL);
		REFUSED(address(type, -0x1000ull), EINVAL);
		REFUSED(address(type, end), E2BIG);
		/* The high half of the id is nobody's. */
		OK(address(0xdead00000000 | type, end - size));
		REFUSED(address(type, end - size), EEXIST);
		REFUSED(address(type, 1), EEXIST);
	}
}

/* ---- small requests ------------------------------------------------------ */

static void small_requests(void)
{
	static uint64_t masks[192];
	struct kvm_arm_copy_mte_tags tags = {0};
	struct kvm_arm_counter_offset off = {.counter_offset = 1000};
	struct reg_mask_range range = {.addr = (uintptr_t)masks};
	struct kvm_vcpu_init init;
	bool mte;

	abi_vm_open(&v, ABI_NO_GIC);
	OK(ioctl(v.vm, KVM_ARM_PREFERRED_TARGET, &init));
	EQUAL(init.target, KVM_ARM_TARGET_GENERIC_V8);
	mte = ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_MTE);
	/* It is the VM that must have tags, not the host. */
	REFUSED(ioctl(v.vm, KVM_ARM_MTE_COPY_TAGS, &tags), EINVAL);
	tags.length = 4096;
	REFUSED(ioctl(v.vm, KVM_ARM_MTE_COPY_TAGS, &tags), EINVAL);
	CHECK(mte == 0 || mte == 1);
	if (!ioctl(v.vm, KVM_CHECK_EXTENSION, KVM_CAP_DIRTY_LOG_RING_ACQ_REL))
		REFUSED(abi_enable(v.vm, KVM_CAP_DIRTY_LOG_RING_ACQ_REL, 0,
				   4096),
			EINVAL);
	REFUSED(ioctl(v.vm, KVM_RESET_DIRTY_RINGS, 0), EINVAL);
	REFUSED(ioctl(v.vm, KVM_RESET_DIRTY_RINGS, 77), EINVAL);
	off.reserved = 1;
	REFUSED(ioctl(v.vm, KVM_ARM_SET_COUNTER_OFFSET, &off), EINVAL);
	off.reserved = 0;
	OK(ioctl(v.vm, KVM_ARM_SET_COUNTER_OFFSET, &off));
	OK(ioctl(v.vm, KVM_ARM_SET_COUNTER_OFFSET, &off));
	OK(ioctl(v.vm, KVM_ARM_GET_REG_WRITABLE_MASKS, &range));
	for (int i = 0; i < 13; i++) {
		range.reserved[i] = 1;
		REFUSED(ioctl(v.vm, KVM_ARM_GET_REG_WRITABLE_MASKS, &range),
			EINVAL);
		range.reserved[i] = 0;
	}
	range.range = 1;
	range.addr = (uintptr_t)abi_bad_pointer(0, 8);
	REFUSED(ioctl(v.vm, KVM_ARM_GET_REG_WRITABLE_MASKS, &range), EINVAL);
	range.range = 0;
	REFUSED(ioctl(v.vm, KVM_ARM_GET_REG_WRITABLE_MASKS, &range), EFAULT);
	range.addr = (uintptr_t)abi_bad_pointer(4, sizeof(masks));
	REFUSED(ioctl(v.vm, KVM_ARM_GET_REG_WRITABLE_MASKS, &range), EFAULT);

	EQUAL(OK(ioctl(v.kvm, KVM_GET_API_VERSION, 0)), 12);
	REFUSED(ioctl(v.kvm, KVM_GET_API_VERSION, 1), EINVAL);
	EQUAL(OK(ioctl(v.kvm, KVM_GET_VCPU_MMAP_SIZE, 0)), 0x2000);
	REFUSED(ioctl(v.kvm, KVM_GET_VCPU_MMAP_SIZE, 1), EINVAL);
	REFUSED(ioctl(v.kvm, KVM_GET_VCPU_MMAP_SIZE, 1ul << 32), EINVAL);
}

/* Nothing but a vCPU can be mapped. */
static void mappings(void)
{
	int vfio;

	abi_vm_open(&v, ABI_NO_GIC);
	vfio = abi_device(&v, KVM_DEV_TYPE_VFIO);
#define MAP(fd, off)                                                        \
	(mmap(NULL, 4096, PROT_READ, MAP_SHARED, (fd), (off)) == MAP_FAILED \
		 ? -1                                                       \
		 : 0)
	REFUSED(MAP(v.kvm, 0), ENODEV);
	REFUSED(MAP(v.vm, 0), ENODEV);
	REFUSED(MAP(vfio, 0), ENODEV);
	OK(MAP(v.vcpu, 0));
	OK(MAP(v.vcpu, 4096));
}

const struct abi_case cases_life[] = {
	{"life/vcpus", vcpus},
	{"life/vcpus-of-v2", vcpus_of_v2},
	{"life/vcpus-after-init", vcpus_after_init},
	{"life/devices", devices},
	{"life/gics", gics},
	{"life/too-many-for-v2", too_many_for_v2},
	{"life/addresses", addresses},
	{"life/small-requests", small_requests},
	{"life/mappings", mappings},
	{NULL},
};
