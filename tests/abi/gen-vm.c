/* SPDX-License-Identifier: MIT */
/*
 * Random calls on /dev/kvm and on VMs: making VMs and devices, capabilities,
 * what a VM is told before it runs, requests of other architectures, and
 * descriptors that are closed and duplicated. See random.h.
 */
#include "random.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void create_vm(void)
{
	int fd = pick_kvm();
	unsigned int slot = 1 + below(NR_VMS - 1);
	uint64_t type = 0;

	if (odd(400))
		type = ONE_OF(31, 32, 33, 36, 39, 40, 40, 41, 42, 43, 44, 45,
			      48, 49, 52, 53, 0x100, 0x128, 1ull << 31);
	say(" -> vm%u type=%#llx", slot, (unsigned long long)type);
	fd = answer_fd(ioctl(fd, KVM_CREATE_VM, type));
	slot_put(&world.vm[slot], fd);
}

static void api_version(void)
{
	int fd = pick_kvm();
	uint64_t arg = odd(200) ? wild() : 0;

	say(" arg=%#llx", (unsigned long long)arg);
	answer(ioctl(fd, KVM_GET_API_VERSION, arg));
}

static void mmap_size(void)
{
	int fd = pick_kvm();
	uint64_t arg = odd(200) ? wild() : 0;

	say(" arg=%#llx", (unsigned long long)arg);
	answer(ioctl(fd, KVM_GET_VCPU_MMAP_SIZE, arg));
}

static void check_extension(void)
{
	unsigned int vm;
	int fd = odd(500) ? pick_kvm() : pick_vm(&vm);
	uint64_t cap = below(245);

	if (odd(50))
		cap = wild();
	say(" cap=%llu", (unsigned long long)cap);
	answer(ioctl(fd, KVM_CHECK_EXTENSION, cap));
}

void enable_cap_call(int fd)
{
	struct kvm_enable_cap cap = {
		.cap = ONE_OF(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
			      KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
			      KVM_CAP_ARM_NISV_TO_USER, KVM_CAP_HALT_POLL,
			      KVM_CAP_ARM_MTE, KVM_CAP_ARM_SYSTEM_SUSPEND,
			      KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE,
			      KVM_CAP_DIRTY_LOG_RING_ACQ_REL,
			      KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP,
			      KVM_CAP_DIRTY_LOG_RING),
	};

	if (odd(100))
		cap.cap = odd(100) ? wild() : below(245);
	if (options.without & WITHOUT_RING &&
	    (cap.cap == KVM_CAP_DIRTY_LOG_RING_ACQ_REL ||
	     cap.cap == KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP))
		cap.cap = KVM_CAP_ARM_NISV_TO_USER;
	if (odd(60))
		cap.flags = wild();
	switch (cap.cap) {
	case KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2: cap.args[0] = below(5); break;
	case KVM_CAP_HALT_POLL:
		cap.args[0] = ONE_OF(0, 1000, 100000, 1ull << 32);
		break;
	case KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE:
		cap.args[0] = ONE_OF(0, 0x1000, 0x200000, 0x40000000, 0x2000,
				     0x201000, 1ull << 39, 1);
		break;
	case KVM_CAP_DIRTY_LOG_RING_ACQ_REL:
		cap.args[0] = ONE_OF(0, 512, 1024, 4096, 65536, 0x100000,
				     0x200000, 4096 + 16, 1ull << 32);
		break;
	default: cap.args[0] = odd(300) ? wild() : 0;
	}
	say(" cap=%u flags=%#x arg0=%#llx", cap.cap, cap.flags,
	    (unsigned long long)cap.args[0]);
	answer(ioctl(fd, KVM_ENABLE_CAP, in_arg(&cap, sizeof(cap))));
}

static void enable_cap(void)
{
	unsigned int vm;

	enable_cap_call(pick_vm(&vm));
}

static void create_device(void)
{
	unsigned int vm;
	int fd = pick_vm(&vm);
	struct kvm_create_device dev = {
		.type = ONE_OF(KVM_DEV_TYPE_ARM_VGIC_V2,
			       KVM_DEV_TYPE_ARM_VGIC_V3,
			       KVM_DEV_TYPE_ARM_VGIC_ITS, KVM_DEV_TYPE_VFIO),
		.flags = odd(200) ? KVM_CREATE_DEVICE_TEST : 0,
	};
	int *slot = &world.dev[vm][DEV_VFIO];
	struct kvm_create_device *arg;

	if (odd(150))
		dev.type = odd(300) ? wild() : below(14);
	if (odd(30))
		dev.flags = wild();
	if (dev.type == KVM_DEV_TYPE_ARM_VGIC_V2 ||
	    dev.type == KVM_DEV_TYPE_ARM_VGIC_V3)
		slot = &world.dev[vm][DEV_GIC];
	else if (dev.type == KVM_DEV_TYPE_ARM_VGIC_ITS)
		slot = &world.dev[vm][DEV_ITS2];
	say(" type=%u flags=%#x", dev.type, dev.flags);
	arg = in_arg(&dev, sizeof(dev));
	if (answer(ioctl(fd, KVM_CREATE_DEVICE, arg)) == 0 && args_good &&
	    !(dev.flags & KVM_CREATE_DEVICE_TEST))
		slot_put(slot, arg->fd);
}

static void create_irqchip(void)
{
	unsigned int vm;
	int fd = pick_vm(&vm);

	answer(ioctl(fd, KVM_CREATE_IRQCHIP, 0));
}

static void device_addr(void)
{
	unsigned int vm;
	int fd = pick_vm(&vm);
	struct kvm_arm_device_addr a = {
		.id = below(2),
		.addr = ONE_OF(GPA_GICD, GPA_GICC, GPA_GICD + 0x100, 1ull << 40,
			       -0x1000ull, 0),
	};

	if (odd(150))
		a.id = ONE_OF(2, 3, 0x10000, 0x10001, 1ull << 32, 0xffff);
	say(" id=%#llx addr=%#llx", (unsigned long long)a.id,
	    (unsigned long long)a.addr);
	answer(ioctl(fd, KVM_ARM_SET_DEVICE_ADDR, in_arg(&a, sizeof(a))));
}

static void preferred_target(void)
{
	unsigned int vm;
	int fd = pick_vm(&vm);
	struct kvm_vcpu_init init = {0}, *arg = in_arg(&init, sizeof(init));

	if (answer(ioctl(fd, KVM_ARM_PREFERRED_TARGET, arg)) == 0)
		say(" target=%u features=%#x", arg->target, arg->features[0]);
}

void counter_offset_call(int fd)
{
	struct kvm_arm_counter_offset off = {
		/* Not near what a host's counter may have come to. */
		.counter_offset = ONE_OF(0, 0x1000, 1ull << 62),
		.reserved = odd(100) ? wild() : 0,
	};

	say(" offset=%#llx reserved=%#llx",
	    (unsigned long long)off.counter_offset,
	    (unsigned long long)off.reserved);
	answer(ioctl(fd, KVM_ARM_SET_COUNTER_OFFSET,
		     in_arg(&off, sizeof(off))));
}

static void counter_offset(void)
{
	unsigned int vm;

	counter_offset_call(pick_vm(&vm));
}

static void writable_masks(void)
{
	static const uint64_t none[KVM_ARM_FEATURE_ID_RANGE_SIZE];
	unsigned int vm;
	int fd = pick_vm(&vm);
	uint64_t *masks = in_arg2(none, sizeof(none));
	struct reg_mask_range range = {
		.addr = (uintptr_t)masks,
		.range = odd(100) ? wild() : 0,
	};

	if (odd(100))
		range.reserved[below(13)] = wild();
	say(" range=%u reserved=%#x,%#x", range.range, range.reserved[0],
	    range.reserved[12]);
	if (answer(ioctl(fd, KVM_ARM_GET_REG_WRITABLE_MASKS,
			 in_arg(&range, sizeof(range)))) ||
	    !args_good)
		return;
	for (unsigned int i = 0; i < KVM_ARM_FEATURE_ID_RANGE_SIZE; i++)
		if (masks[i])
			say(" %#x:%llx", i, (unsigned long long)masks[i]);
}

static void mte_copy_tags(void)
{
	unsigned int vm;
	int fd = pick_vm(&vm);
	struct kvm_arm_copy_mte_tags tags = {
		.guest_ipa = RAM_GPA + (odd(200) ? 8 : 0),
		.length = ONE_OF(0x1000, 0x2000, 8, 0),
		.addr = MORE_HVA,
		.flags = below(3),
	};

	say(" length=%#llx flags=%llu", (unsigned long long)tags.length,
	    (unsigned long long)tags.flags);
	answer(ioctl(fd, KVM_ARM_MTE_COPY_TAGS, in_arg(&tags, sizeof(tags))));
}

void smccc_filter_call(int fd)
{
	struct kvm_smccc_filter f = {
		.base = ONE_OF(0x84000000, 0xc4000000, 0x86000000, 0xc5000020,
			       0x80000000, 0xc000ffff, 0x8000ffff, 0xbfffffff,
			       0xffffff00, 0, 0x84000050),
		.nr_functions = ONE_OF(1, 1, 2, 16, 0x100, 0, 0xffffffff),
		.action = below(4),
	};
	struct kvm_device_attr attr = {
		.group = odd(50) ? wild() : KVM_ARM_VM_SMCCC_CTRL,
		.attr = odd(50) ? wild() : KVM_ARM_VM_SMCCC_FILTER,
		.flags = odd(30) ? wild() : 0,
	};
	uint64_t request =
		odd(200) ? ONE_OF(KVM_HAS_DEVICE_ATTR, KVM_GET_DEVICE_ATTR)
			 : KVM_SET_DEVICE_ATTR;

	if (odd(50))
		f.pad[below(15)] = 1;
	say(" %s %u/%#llx flags=%#x base=%#x nr=%u action=%u pad=%u",
	    request == KVM_SET_DEVICE_ATTR   ? "set"
	    : request == KVM_GET_DEVICE_ATTR ? "get"
					     : "has",
	    attr.group, (unsigned long long)attr.attr, attr.flags, f.base,
	    f.nr_functions, f.action, f.pad[0]);
	attr.addr = (uintptr_t)in_arg2(&f, sizeof(f));
	answer(ioctl(fd, request, in_arg(&attr, sizeof(attr))));
}

static void smccc_filter(void)
{
	unsigned int vm;

	smccc_filter_call(pick_vm(&vm));
}

static void stats_fd(void)
{
	unsigned int vm, vcpu;
	int fd = odd(500) ? pick_vm(&vm) : pick_vcpu(&vm, &vcpu);
	struct kvm_stats_header h;

	fd = answer_fd(ioctl(fd, KVM_GET_STATS_FD, 0));
	if (fd < 0)
		return;
	if (pread(fd, &h, sizeof(h), 0) == sizeof(h))
		say(" %u %u %u %u %u %u", h.flags, h.name_size, h.num_desc,
		    h.id_offset, h.desc_offset, h.data_offset);
	slot_put(&world.stats, fd);
}

static void stats_read(void)
{
	uint8_t buf[64] = {0};
	int64_t at = ONE_OF(0, 8, 24, 72, 100, 0x10000, -1);
	size_t size = ONE_OF(0, 4, 16, 24, 64);
	ssize_t n;

	say("stats at=%lld size=%zu", (long long)at, size);
	n = pread(world.stats, buf, size, at);
	answer(n);
}

/* Requests that are another architecture's, or nobody's. */
static void no_request(void)
{
	unsigned int vm, vcpu;
	int fd = odd(500) ? pick_vm(&vm) : pick_vcpu(&vm, &vcpu);
	uint32_t request = ONE_OF(
		0xae47, 0x4008ae48, 0xae44, 0xae45, 0xc208ae62, 0x8208ae63,
		0xae64, 0x4040ae77, 0xae71, 0xae78, 0x8030ae7c, 0x4030ae7b,
		0x4008aeb2, 0xc008aeba, 0x8010aebb, 0x400caed0, 0xc040aed4,
		0x4020aed2, KVM_GET_REGS, KVM_SET_REGS, KVM_TRANSLATE,
		KVM_GET_SREGS, KVM_SET_SREGS, KVM_GET_FPU, KVM_SET_FPU,
		KVM_ENABLE_CAP, KVM_RESET_DIRTY_RINGS, 0x4018aee3);
	uint64_t arg[128] = {0};

	if (odd(200))
		request = 0xae00 | (rnd() & 0xff);
	if (odd(50))
		request = ONE_OF(0x5450, 0x5451, 0x541b, 0xaf80, 0xad01);
	/* It would run, or make what nobody closes. */
	if (request == KVM_RUN || request == KVM_CREATE_VCPU ||
	    request == KVM_GET_STATS_FD || request == KVM_CREATE_VM)
		request = 0xae46;
	say(" %#x", request);
	answer(ioctl(fd, request, in_arg(arg, sizeof(arg))));
}

/* ---- descriptors --------------------------------------------------------- */

static void close_one(void)
{
	unsigned int vm = odd(300) ? 0 : 1 + below(NR_VMS - 1), n;
	int *slot;

	switch (below(4)) {
	case 0:
		say("vm%u", vm);
		slot = &world.vm[vm];
		break;
	case 1:
		n = below(NR_VCPUS);
		say("vcpu%u.%u", vm, n);
		slot = &world.vcpu[vm][n];
		break;
	case 2:
		n = below(NR_DEVS);
		say("dev%u.%u", vm, n);
		slot = &world.dev[vm][n];
		break;
	default: say("stats"); slot = &world.stats;
	}
	answer(slot_close(slot));
	settle();
}

/* One object through another descriptor; the first is closed. */
static void dup_one(void)
{
	unsigned int vm = below(2), n = below(NR_VCPUS);
	int *slot = odd(300) ? &world.vcpu[vm][n] : &world.vm[vm], fd;

	say("%s%u", slot == &world.vm[vm] ? "vm" : "vcpu", vm);
	if (slot != &world.vm[vm])
		say(".%u", n);
	fd = answer_fd(fcntl(*slot, F_DUPFD_CLOEXEC, 0));
	slot_put(slot, fd);
}

static void setup(void)
{
	vm_setup(odd(700) ? 0 : 1 + below(NR_VMS - 1));
}

const struct op ops_vm[] = {
	{"CREATE_VM", create_vm, 6},
	{"GET_API_VERSION", api_version, 1},
	{"GET_VCPU_MMAP_SIZE", mmap_size, 1},
	{"CHECK_EXTENSION", check_extension, 20},
	{"ENABLE_CAP", enable_cap, 20},
	{"CREATE_DEVICE", create_device, 14},
	{"CREATE_IRQCHIP", create_irqchip, 3},
	{"ARM_SET_DEVICE_ADDR", device_addr, 6},
	{"ARM_PREFERRED_TARGET", preferred_target, 2},
	{"ARM_SET_COUNTER_OFFSET", counter_offset, 4},
	{"ARM_GET_REG_WRITABLE_MASKS", writable_masks, 2},
	{"ARM_MTE_COPY_TAGS", mte_copy_tags, 2},
	{"SMCCC_FILTER", smccc_filter, 12},
	{"GET_STATS_FD", stats_fd, 4},
	{"read", stats_read, 4},
	{"ioctl", no_request, 12},
	{"close", close_one, 4},
	{"dup", dup_one, 4},
	{"setup", setup, 10},
	{0},
};
