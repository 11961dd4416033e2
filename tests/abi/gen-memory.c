/* SPDX-License-Identifier: MIT */
/*
 * Random calls about guest memory: slots set, moved and deleted, dirty logs,
 * coalesced zones, and protections of what lies under slots. See random.h.
 */
#include "random.h"

#include <sys/mman.h>

static uint64_t slot_gpa(void)
{
	if (odd(30))
		return ONE_OF(RAM_GPA, GPA_MMIO, GPA_GICD, 1ull << 39,
			      (1ull << 40) - 0x10000, 1ull << 40, -0x1000ull,
			      GPA_MORE + 0x800, 1ull << 44);
	return GPA_MORE + below(32) * 0x10000ull;
}

static uint64_t slot_size(void)
{
	if (odd(60))
		return ONE_OF(0x800, 0x40000000, 0x7ffffffff000, 0x80000000000,
			      -0x1000ull, 0x1001, 1ull << 40);
	return ONE_OF(0, 0x1000, 0x2000, 0x10000, 0x20000, 0x41000);
}

static void set_region(void)
{
	unsigned int vm;
	int fd = pick_vm(&vm);
	struct kvm_userspace_memory_region2 r = {
		.slot = odd(10) ? 0 : 1 + below(6),
		.flags = odd(500) ? below(4) : 0,
		.guest_phys_addr = slot_gpa(),
		.memory_size = slot_size(),
		.userspace_addr = (uintptr_t)MORE_HVA + below(64) * 0x4000,
	};
	bool two = odd(200);

	if (odd(30))
		r.slot = ONE_OF(32766, 32767, 0x10001, -1u, 40);
	if (odd(30))
		r.flags = ONE_OF(4, 8, 1u << 31, 5, 7);
	if (odd(40))
		r.userspace_addr =
			ONE_OF((uintptr_t)MORE_HVA + 0x800, 0,
			       (uintptr_t)MORE_HVA + MORE_SIZE - 0x1000,
			       0xffff000000000000, 0x2003000000);
	/* The kernel's bitmap for it would take its memory. */
	if (r.memory_size >= 1ull << 32)
		r.flags &= ~1u;
	if (two && odd(100))
		r.pad1 = r.guest_memfd = wild();
	say(" slot=%#x flags=%#x gpa=%#llx size=%#llx hva=%#llx%s", r.slot,
	    r.flags, (unsigned long long)r.guest_phys_addr,
	    (unsigned long long)r.memory_size,
	    (unsigned long long)r.userspace_addr, two ? " region2" : "");
	if (two)
		answer(ioctl(fd, KVM_SET_USER_MEMORY_REGION2,
			     in_arg(&r, sizeof(r))));
	else
		answer(ioctl(fd, KVM_SET_USER_MEMORY_REGION, in_arg(&r, 32)));
}

/* The bits of slot 0, which is what guests write, come and go. */
static void ram_flags(void)
{
	unsigned int vm;
	int fd = pick_vm(&vm);
	struct kvm_userspace_memory_region r = {
		.flags = below(2),
		.guest_phys_addr = RAM_GPA,
		.memory_size = RAM_SIZE,
		.userspace_addr = (uintptr_t)RAM_HVA(vm),
	};

	if (odd(30))
		r.flags |= KVM_MEM_READONLY;
	say(" slot=0 flags=%#x", r.flags);
	answer(ioctl(fd, KVM_SET_USER_MEMORY_REGION, in_arg(&r, sizeof(r))));
}

#define BITMAP 8192 /* for 65536 pages */

static void say_bitmap(const uint64_t *bits)
{
	for (unsigned int i = 0; i < BITMAP / 8; i++)
		if (bits[i])
			say(" %u:%llx", i, (unsigned long long)bits[i]);
}

static void get_dirty_log(void)
{
	static const uint64_t none[BITMAP / 8];
	unsigned int vm;
	int fd = pick_vm(&vm);
	void *bits = in_arg2(none, sizeof(none));
	struct kvm_dirty_log log = {
		.slot = odd(700) ? 0 : below(7),
		.dirty_bitmap = bits,
	};

	if (odd(30))
		log.slot = ONE_OF(32766, 32767, 0x10000, -1u);
	say(" slot=%#x", log.slot);
	if (answer(ioctl(fd, KVM_GET_DIRTY_LOG, in_arg(&log, sizeof(log)))) ==
		    0 &&
	    args_good)
		say_bitmap(bits);
}

static void clear_dirty_log(void)
{
	uint64_t bits[BITMAP / 8];
	unsigned int vm;
	int fd = pick_vm(&vm);
	uint64_t fill = odd(300) ? rnd() : -1ull;
	struct kvm_clear_dirty_log log = {
		.slot = odd(700) ? 0 : below(7),
		.num_pages = ONE_OF(256, 64, 128, 1, 16, 0, 65, 512),
		.first_page = ONE_OF(0, 0, 64, 128, 1, 256),
	};

	for (unsigned int i = 0; i < BITMAP / 8; i++)
		bits[i] = fill;
	log.dirty_bitmap = in_arg2(bits, sizeof(bits));
	if (odd(30))
		log.first_page = wild() & ~63ull;
	say(" slot=%#x first=%#llx pages=%#x bits=%llx", log.slot,
	    (unsigned long long)log.first_page, log.num_pages,
	    (unsigned long long)fill);
	answer(ioctl(fd, KVM_CLEAR_DIRTY_LOG, in_arg(&log, sizeof(log))));
}

static void coalesced(void)
{
	unsigned int vm;
	int fd = pick_vm(&vm);
	bool add = odd(600);
	struct kvm_coalesced_mmio_zone zone = {
		.addr = GPA_MMIO + 0x1000 + below(8) * 0x100,
		.size = ONE_OF(0x100, 0x40, 8, 1, 0x800),
		.pio = odd(50) ? below(3) : 0,
	};

	if (odd(40)) {
		zone.addr = wild();
		zone.size = wild();
	}
	say(" %s addr=%#llx size=%#x pio=%u", add ? "add" : "remove",
	    (unsigned long long)zone.addr, zone.size, zone.pio);
	answer(ioctl(fd,
		     add ? KVM_REGISTER_COALESCED_MMIO
			 : KVM_UNREGISTER_COALESCED_MMIO,
		     in_arg(&zone, sizeof(zone))));
}

/* What lies under slots other than the first. */
static void protect(void)
{
	uint64_t off = below(256) * 0x4000ull;
	int prot = ONE_OF(PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
			  PROT_READ | PROT_WRITE);

	say("more+%#llx prot=%d", (unsigned long long)off, prot);
	answer(mprotect(MORE_HVA + off, 0x4000, prot));
}

const struct op ops_memory[] = {
	{"SET_USER_MEMORY_REGION", set_region, 40},
	{"SET_USER_MEMORY_REGION", ram_flags, 12},
	{"GET_DIRTY_LOG", get_dirty_log, 20},
	{"CLEAR_DIRTY_LOG", clear_dirty_log, 14},
	{"COALESCED_MMIO", coalesced, 12},
	{"mprotect", protect, 8},
	{0},
};
