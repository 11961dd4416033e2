/* SPDX-License-Identifier: MIT */
/*
 * The first KVM_RUN of a VM with a GIC: what has to be set up by then, in
 * which order it is looked at, and that a VM that fails there is dead: every
 * request of it answers EIO from then on.
 */
#include "abi.h"

#define ADDR KVM_DEV_ARM_VGIC_GRP_ADDR
#define CTL  KVM_DEV_ARM_VGIC_GRP_CTRL

static struct abi_vm v;

static void set(uint64_t type, uint64_t base)
{
	OK(abi_attr(v.gic, KVM_SET_DEVICE_ATTR, ADDR, type, &base));
}

static void gic_open(uint32_t type)
{
	abi_vm_open(&v, ABI_NO_GIC);
	v.gic = abi_device(&v, type);
	GUEST(&v, 0, ASM_MOVZ(1, 0x0900, 1), ASM_STR(0, 1), ASM_B_SELF);
}

static void gic_init(void)
{
	OK(abi_attr(v.gic, KVM_SET_DEVICE_ATTR, CTL, KVM_DEV_ARM_VGIC_CTRL_INIT,
		    NULL));
}

/* The run fails with @err, and nothing goes on. */
static void dies_of(int err)
{
	uint64_t pc;

	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), err);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 0), EIO);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 1), EIO);
	CHECK(!abi_reg_get(v.vcpu, REG_PC, &pc) && errno == EIO);
	REFUSED(ioctl(v.vcpu, 0xaeff, 0), EIO);
	REFUSED(ioctl(v.vm, KVM_CHECK_EXTENSION, 0), EIO);
	REFUSED(ioctl(v.vm, KVM_CREATE_VCPU, 1), EIO);
	REFUSED(ioctl(v.vm, 0xaeff, 0), EIO);
	REFUSED(abi_attr(v.gic, KVM_HAS_DEVICE_ATTR, ADDR, 0, NULL), EIO);
	REFUSED(ioctl(v.gic, 0xaeff, 0), EIO);
	/* /dev/kvm goes on. */
	OK(ioctl(v.kvm, KVM_CHECK_EXTENSION, 0));
}

static void lives(void)
{
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	OK(ioctl(v.vm, KVM_CHECK_EXTENSION, 0));
}

#define DIST2 KVM_VGIC_V2_ADDR_TYPE_DIST
#define CPU2  KVM_VGIC_V2_ADDR_TYPE_CPU

static void run_v2(void)
{
	gic_open(KVM_DEV_TYPE_ARM_VGIC_V2);
	dies_of(ENXIO);
	gic_open(KVM_DEV_TYPE_ARM_VGIC_V2);
	set(DIST2, GUEST_GICD);
	dies_of(ENXIO);
	gic_open(KVM_DEV_TYPE_ARM_VGIC_V2);
	gic_init();
	set(CPU2, GUEST_GICC);
	dies_of(ENXIO);
	gic_open(KVM_DEV_TYPE_ARM_VGIC_V2);
	set(DIST2, GUEST_GICD);
	set(CPU2, GUEST_GICD);
	dies_of(EINVAL);
	gic_open(KVM_DEV_TYPE_ARM_VGIC_V2);
	set(DIST2, GUEST_GICD);
	set(CPU2, GUEST_GICD - 0x1000);
	dies_of(EINVAL);
	/* It is initialised by the run; where memory is, nobody looks. */
	gic_open(KVM_DEV_TYPE_ARM_VGIC_V2);
	set(DIST2, GUEST_GICD);
	set(CPU2, GUEST_GICD + 0x1000);
	lives();
	gic_open(KVM_DEV_TYPE_ARM_VGIC_V2);
	set(DIST2, GUEST_BASE);
	set(CPU2, GUEST_BASE + 0x10000);
	lives();
}

#define DIST3  KVM_VGIC_V3_ADDR_TYPE_DIST
#define REDIST KVM_VGIC_V3_ADDR_TYPE_REDIST

static void run_v3(void)
{
	gic_open(KVM_DEV_TYPE_ARM_VGIC_V3);
	dies_of(ENXIO);
	gic_open(KVM_DEV_TYPE_ARM_VGIC_V3);
	gic_init();
	set(DIST3, GUEST_GICD);
	dies_of(ENXIO);
	gic_open(KVM_DEV_TYPE_ARM_VGIC_V3);
	gic_init();
	set(REDIST, GUEST_GICR);
	dies_of(ENXIO);
	/* The distributor over them; found out before the missing init. */
	gic_open(KVM_DEV_TYPE_ARM_VGIC_V3);
	set(REDIST, GUEST_GICR);
	set(DIST3, GUEST_GICR + 0x10000);
	dies_of(EINVAL);
	gic_open(KVM_DEV_TYPE_ARM_VGIC_V3);
	set(REDIST, GUEST_GICR);
	set(DIST3, GUEST_GICD);
	dies_of(EBUSY);
	gic_open(KVM_DEV_TYPE_ARM_VGIC_V3);
	set(REDIST, GUEST_GICR);
	set(DIST3, GUEST_GICD);
	gic_init();
	lives();
}

/* The redistributors end where the vCPUs of that time ended. */
static void run_v3_vcpus(void)
{
	const uint64_t end = abi_ipa_end();

	gic_open(KVM_DEV_TYPE_ARM_VGIC_V3);
	set(DIST3, GUEST_GICD);
	set(REDIST, end - 0x20000);
	/* One more: the region grows beyond the addresses. */
	abi_vcpu(&v, 1, NULL);
	gic_init();
	dies_of(EINVAL);
	/* A region for one, and two vCPUs. */
	gic_open(KVM_DEV_TYPE_ARM_VGIC_V3);
	set(DIST3, GUEST_GICD);
	abi_vcpu(&v, 1, NULL);
	set(KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION, 1ull << 52 | 0x20000000);
	gic_init();
	dies_of(ENXIO);
	gic_open(KVM_DEV_TYPE_ARM_VGIC_V3);
	set(DIST3, GUEST_GICD);
	abi_vcpu(&v, 1, NULL);
	set(KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION, 2ull << 52 | 0x20000000);
	gic_init();
	lives();
}

/* What is checked of every vCPU before the GIC kills the VM. */
static void before_that(void)
{
	struct abi_vm first;
	int raw;

	gic_open(abi_device_there((abi_vm_bare(&v), &v), 7) ? 7 : 5);
	raw = ioctl(v.vm, KVM_CREATE_VCPU, 1);
	NEED(raw >= 0);
	REFUSED(ioctl(raw, KVM_RUN, 0), ENOEXEC);
	REFUSED(ioctl(raw, KVM_RUN, 1), EINVAL);
	REFUSED(ioctl(v.vcpu, KVM_RUN, 1), EINVAL);
	/* Nothing of that was a first run. */
	OK(ioctl(v.vm, KVM_CHECK_EXTENSION, 0));
	/* immediate_exit comes after it. */
	v.run->immediate_exit = 1;
	dies_of(ENXIO);
	first = v;
	abi_vm_bare(&v);
	OK(ioctl(v.vm, KVM_CHECK_EXTENSION, 0));
	REFUSED(ioctl(first.vm, KVM_CHECK_EXTENSION, 0), EIO);
}

const struct abi_case cases_first[] = {
	{"first/run-v2", run_v2},
	{"first/run-v3", run_v3},
	{"first/run-v3-vcpus", run_v3_vcpus},
	{"first/before-that", before_that},
	{NULL},
};
