/* SPDX-License-Identifier: MIT */
/*
 * Random attributes of VGICs, and the VM that an episode begins with. See
 * random.h.
 */
#include "random.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

void attr_call(int fd, uint64_t request, uint32_t group, uint64_t attr,
	       uint64_t val, size_t size)
{
	struct kvm_device_attr a = {
		.group = group,
		.attr = attr,
		.flags = odd(10) ? wild() : 0,
	};
	void *at = in_arg2(&val, size);
	bool get = request == KVM_GET_DEVICE_ATTR;

	a.addr = (uintptr_t)at;
	say("%s %u/%#llx",
	    get                              ? "get"
	    : request == KVM_SET_DEVICE_ATTR ? "set"
					     : "has",
	    group, (unsigned long long)attr);
	if (request != KVM_HAS_DEVICE_ATTR)
		say(" %#llx",
		    size == 4 ? (unsigned int)val : (unsigned long long)val);
	if (a.flags)
		say(" flags=%#x", a.flags);
	if (answer(ioctl(fd, request, in_arg(&a, sizeof(a)))) || !args_good ||
	    !get)
		return;
	memcpy(&val, at, size);
	say(" %#llx", (unsigned long long)val);
}

static uint64_t pick_request(void)
{
	return ONE_OF(KVM_SET_DEVICE_ATTR, KVM_SET_DEVICE_ATTR,
		      KVM_GET_DEVICE_ATTR, KVM_GET_DEVICE_ATTR,
		      KVM_HAS_DEVICE_ATTR);
}

/* GICD registers that a GICv2 and a GICv3 share, and what only one has. */
static uint32_t dist_offset(void)
{
	uint32_t off;

	switch (below(8)) {
	case 0: off = ONE_OF(0, 4, 8, 0xc, 0x10, 0x40); break;
	case 1: /* groups, enables, pending, active: a bit per interrupt */
	case 2: off = 0x80 + below(10) * 0x80 + below(5) * 4; break;
	case 3: off = 0x400 + below(26) * 4; break; /* priorities */
	case 4: off = 0x800 + below(26) * 4; break; /* targets */
	case 5: off = 0xc00 + below(8) * 4; break;  /* configuration */
	case 6:
		off = ONE_OF(0xf00, 0xf10, 0xf1c, 0xf20, 0xf2c, 0xd00, 0xd80,
			     0xe00);
		break;
	default:
		off = ONE_OF(0x6000, 0x6100, 0x6104, 0x6108, 0x62f8, 0x7ff8,
			     0xffd0, 0xffe8, 0xfffc, 0xfe8, 0xffc);
	}
	if (odd(50))
		off = below(0x11000);
	return off;
}

static uint32_t redist_offset(void)
{
	uint32_t off = ONE_OF(0, 4, 8, 0x10, 0x14, 0x70, 0x74, 0x78, 0x7c,
			      0xffe8, 0x10080, 0x10100, 0x10180, 0x10200,
			      0x10280, 0x10300, 0x10380, 0x10400, 0x1041c,
			      0x10c00, 0x10c04, 0x10d00, 0x10e00);

	if (odd(80))
		off = below(0x21000);
	return off;
}

/* Of the CPU interface: those of ICC_*_EL1, and nearly. */
static uint64_t cpu_sysreg(void)
{
	uint64_t reg = ONE_OF(0xc230, 0xc643, 0xc644, 0xc645, 0xc646, 0xc647,
			      0xc648, 0xc649, 0xc64a, 0xc64b, 0xc663, 0xc664,
			      0xc665, 0xc666, 0xc667);

	if (odd(60))
		reg = 0xc600 | below(256);
	return odd(20) ? rnd() & 0x1ffff : reg;
}

static uint64_t affinity(void)
{
	uint64_t aff = below(2);

	if (odd(40))
		aff = ONE_OF(2, 3, 0x100, 0x1000000, 0xffffffff);
	return aff << 32;
}

/* Bits for an interrupt register: many, few, none. */
static uint64_t bits(void)
{
	return odd(500) ? rnd() & rnd() : wild();
}

static void set_addr(int fd, uint64_t request)
{
	uint64_t type = below(6), val;

	val = ONE_OF(GPA_GICD, GPA_GICR, GPA_GICR + 0x100000, GPA_GICC, GPA_ITS,
		     0, 1ull << 40, -0x10000ull, GPA_GICD + 0x1000,
		     GPA_GICD + 0x10);
	if (type == KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION && odd(900)) {
		val = ONE_OF(GPA_GICR, GPA_GICR + 0x40000, GPA_GICR + 0x200000,
			     GPA_GICD);
		val |= (uint64_t)below(4) << 52;
		val |= below(3);
		if (odd(50))
			val |= 1u << 12;
	}
	if (odd(40))
		type = wild();
	attr_call(fd, request, KVM_DEV_ARM_VGIC_GRP_ADDR, type, val, 8);
}

static uint64_t cpu_offset(void)
{
	return odd(100) ? below(0x2004)
			: ONE_OF(0, 4, 8, 0xc, 0x10, 0x14, 0x18, 0x1c, 0xd0,
				 0xd4, 0xdc, 0xfc, 0x1000);
}

static uint64_t level_info(void)
{
	uint64_t info = odd(50) ? below(4) << 10 : 0;

	return info | (odd(900) ? below(4) * 32 : below(1024));
}

static uint64_t low_value(void)
{
	return odd(500) ? below(256) : bits();
}

static void gic_attr(void)
{
	unsigned int vm;
	int fd = pick_dev(DEV_GIC, &vm);
	uint64_t request = pick_request(), attr, val = 0;
	uint32_t group = ONE_OF(0, 1, 1, 1, 1, 2, 3, 4, 5, 5, 6, 6, 7);
	size_t size = 4;

	if (options.gicv2 && group >= 5 && odd(700))
		group -= 4;
	attr = options.gicv2 ? (uint64_t)below(odd(50) ? 12 : 2) << 32
			     : affinity();
	say(" ");
	switch (group) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR: set_addr(fd, request); return;
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS:
		attr |= dist_offset();
		val = bits();
		break;
	case KVM_DEV_ARM_VGIC_GRP_CPU_REGS:
		attr |= cpu_offset();
		val = low_value();
		break;
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		attr = odd(50) ? wild() : 0;
		val = ONE_OF(96, 64, 63, 32, 0, 1024, 1023, 992, 70, 256);
		break;
	case KVM_DEV_ARM_VGIC_GRP_CTRL:
		attr = odd(30) ? wild() : below(5);
		break;
	case KVM_DEV_ARM_VGIC_GRP_REDIST_REGS:
		attr |= redist_offset();
		val = bits();
		break;
	case KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS:
		attr |= cpu_sysreg();
		val = low_value();
		size = 8;
		break;
	default: attr |= level_info(); val = bits();
	}
	attr_call(fd, request, group, attr, val, size);
}

static void other_attr(void)
{
	unsigned int vm;
	int fd = pick_dev(odd(500) ? DEV_VFIO : DEV_GIC, &vm);
	uint64_t request = pick_request();
	uint32_t group = odd(300) ? wild() : below(12);
	uint64_t attr = odd(300) ? wild() : below(6), val = wild();

	say(" ");
	attr_call(fd, request, group, attr, val, 8);
}

/* ---- a VM that works ----------------------------------------------------- */

int attr_quiet(int fd, uint32_t group, uint64_t attr, void *val)
{
	struct kvm_device_attr a = {
		.group = group, .attr = attr, .addr = (uintptr_t)val};

	return ioctl(fd, KVM_SET_DEVICE_ATTR, &a) ? errno : 0;
}

static int device_new(unsigned int vm, unsigned int slot, uint32_t type)
{
	struct kvm_create_device dev = {.type = type};

	if (ioctl(world.vm[vm], KVM_CREATE_DEVICE, &dev))
		return errno;
	slot_put(&world.dev[vm][slot], dev.fd);
	return 0;
}

static void setup_gic(unsigned int vm, unsigned int its)
{
	uint64_t dist = GPA_GICD, second = options.gicv2 ? GPA_GICC : GPA_GICR;
	uint64_t first = GPA_ITS, other = GPA_ITS + 0x20000;
	uint32_t irqs = 96, type = options.gicv2 ? 0 : 2;
	int gic = world.dev[vm][DEV_GIC];

	if (!odd(500))
		say(" %d", attr_quiet(gic, 3, 0, &irqs));
	say(" %d", attr_quiet(gic, 0, type, &dist));
	if (odd(200) && !options.gicv2) {
		second |= 4ull << 52;
		say(" %d", attr_quiet(gic, 0, 5, &second));
	} else {
		say(" %d", attr_quiet(gic, 0, type + 1, &second));
	}
	if (its > 0) {
		say(" %d", device_new(vm, DEV_ITS, KVM_DEV_TYPE_ARM_VGIC_ITS));
		say(" %d", attr_quiet(world.dev[vm][DEV_ITS], 0, 4, &first));
	}
	if (its > 1) {
		say(" %d", device_new(vm, DEV_ITS2, KVM_DEV_TYPE_ARM_VGIC_ITS));
		say(" %d", attr_quiet(world.dev[vm][DEV_ITS2], 0, 4, &other));
	}
	if (odd(950))
		say(" %d", attr_quiet(gic, 4, 0, NULL));
}

static uint32_t features[NR_VMS];

uint32_t vm_features(unsigned int vm)
{
	return features[vm];
}

static void pick_features(unsigned int vm)
{
	features[vm] = 0;
	if (odd(200))
		features[vm] |= 1u << KVM_ARM_VCPU_SVE;
	if (odd(200) && !(options.without & WITHOUT_PMU))
		features[vm] |= 1u << KVM_ARM_VCPU_PMU_V3;
	if (odd(150))
		features[vm] |= 1u << KVM_ARM_VCPU_PTRAUTH_ADDRESS |
				1u << KVM_ARM_VCPU_PTRAUTH_GENERIC;
	if (features[vm])
		say(" features=%#x", features[vm]);
}

/* What has to be there before vCPUs. */
static void setup_caps(unsigned int vm)
{
	struct kvm_enable_cap mte = {.cap = KVM_CAP_ARM_MTE};
	struct kvm_enable_cap ring = {.cap = KVM_CAP_DIRTY_LOG_RING_ACQ_REL,
				      .args = {4096}};

	if (odd(150))
		say(" mte=%d",
		    ioctl(world.vm[vm], KVM_ENABLE_CAP, &mte) ? errno : 0);
	if (odd(60) && !(options.without & WITHOUT_RING))
		say(" ring=%d",
		    ioctl(world.vm[vm], KVM_ENABLE_CAP, &ring) ? errno : 0);
}

/* The lengths of SVE, and the PMU: of a vCPU that lacks it nothing happens. */
static void setup_features(unsigned int vm, unsigned int vcpus, bool gic)
{
	int sve = KVM_ARM_VCPU_SVE, irq = 23;

	for (unsigned int n = 0; n < vcpus; n++) {
		int fd = world.vcpu[vm][n];

		if (features[vm] >> KVM_ARM_VCPU_SVE & 1 && odd(800))
			say(" %d",
			    ioctl(fd, KVM_ARM_VCPU_FINALIZE, &sve) ? errno : 0);
		if (!(features[vm] >> KVM_ARM_VCPU_PMU_V3 & 1) || odd(100))
			continue;
		if (gic)
			say(" %d", attr_quiet(fd, KVM_ARM_VCPU_PMU_V3_CTRL,
					      KVM_ARM_VCPU_PMU_V3_IRQ, &irq));
		say(" %d", attr_quiet(fd, KVM_ARM_VCPU_PMU_V3_CTRL,
				      KVM_ARM_VCPU_PMU_V3_INIT, NULL));
	}
}

static int setup_vcpu(unsigned int vm, unsigned int n)
{
	struct kvm_vcpu_init init = {
		.target = KVM_ARM_TARGET_GENERIC_V8,
		.features = {1u << KVM_ARM_VCPU_PSCI_0_2 | features[vm]},
	};
	int fd = ioctl(world.vm[vm], KVM_CREATE_VCPU, n);
	void *run;

	if (n && odd(300))
		init.features[0] |= 1u << KVM_ARM_VCPU_POWER_OFF;
	if (fd < 0)
		return errno;
	slot_put(&world.vcpu[vm][n], fd);
	run = mmap(NULL, 0x2000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	world.run[vm][n] = run == MAP_FAILED ? NULL : run;
	return ioctl(fd, KVM_ARM_VCPU_INIT, &init) ? errno : 0;
}

static int setup_ram(unsigned int vm)
{
	struct kvm_userspace_memory_region slot = {
		.guest_phys_addr = RAM_GPA,
		.memory_size = RAM_SIZE,
		.userspace_addr = (uintptr_t)RAM_HVA(vm),
		.flags = odd(300),
	};

	return ioctl(world.vm[vm], KVM_SET_USER_MEMORY_REGION, &slot) ? errno
								      : 0;
}

/* The old one's descriptors go, or stay and are of a VM without one. */
static void drop(unsigned int vm)
{
	if (odd(200))
		return;
	for (unsigned int n = 0; n < NR_VCPUS; n++) {
		slot_close(&world.vcpu[vm][n]);
		world.run[vm][n] = NULL;
	}
	for (unsigned int n = 0; n < NR_DEVS; n++)
		slot_close(&world.dev[vm][n]);
}

void vm_setup(unsigned int vm)
{
	unsigned int vcpus = 1 + below(3), its = below(3);
	bool gic = odd(900), early = odd(300);
	int fd = ioctl(world.kvm, KVM_CREATE_VM, 0);
	uint32_t type = options.gicv2 ? KVM_DEV_TYPE_ARM_VGIC_V2
				      : KVM_DEV_TYPE_ARM_VGIC_V3;

	if (options.gicv2)
		its = 0;
	say("setup vm%u vcpus=%u%s%s its=%u:", vm, vcpus, gic ? " gic" : "",
	    early ? " early" : "", its);
	drop(vm);
	slot_put(&world.vm[vm], fd);
	pick_features(vm);
	setup_caps(vm);
	say(" %d", setup_ram(vm));
	if (gic && early)
		say(" %d", device_new(vm, DEV_GIC, type));
	for (unsigned int n = 0; n < vcpus; n++)
		say(" %d", setup_vcpu(vm, n));
	if (gic && !early)
		say(" %d", device_new(vm, DEV_GIC, type));
	if (gic)
		setup_gic(vm, its);
	setup_features(vm, vcpus, gic);
}

const struct op ops_gic[] = {
	{"gic attr", gic_attr, 150},
	{"attr", other_attr, 8},
	{0},
};
