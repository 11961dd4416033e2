/* SPDX-License-Identifier: MIT */
/*
 * Dirty rings: enabling them, their mapping, and what a bitmap beside them has.
 */
#include "ring.h"

#define RESET KVM_DIRTY_GFN_F_RESET

static int enable(int vm, uint32_t cap, uint64_t arg, uint32_t flags)
{
	struct kvm_enable_cap c = {.cap = cap, .flags = flags, .args = {arg}};

	return ioctl(vm, KVM_ENABLE_CAP, &c);
}

/* ---- enabling ------------------------------------------------------------ */

static void enabling(void)
{
	const uint32_t acq = KVM_CAP_DIRTY_LOG_RING_ACQ_REL;
	int kvm = open("/dev/kvm", O_RDWR), vm = abi_create_vm(kvm);
	int vm2 = abi_create_vm(kvm);
	uint8_t *host = small_pages(PAGE);

	EQUAL(ioctl(kvm, KVM_CHECK_EXTENSION, acq), 1 << 20);
	EQUAL(ioctl(vm, KVM_CHECK_EXTENSION, acq), 1 << 20);
	EQUAL(ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_DIRTY_LOG_RING), 0);
	EQUAL(ioctl(vm, KVM_CHECK_EXTENSION,
		    KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP),
	      1);
	REFUSED(enable(vm, KVM_CAP_DIRTY_LOG_RING, 4096, 0), EINVAL);
	REFUSED(ring_enable(vm, 0), EINVAL);
	REFUSED(ring_enable(vm, 1024), EINVAL);
	REFUSED(ring_enable(vm, 2048), EINVAL);
	REFUSED(ring_enable(vm, 4096 + 16), EINVAL);
	REFUSED(ring_enable(vm, 3 << 20), EINVAL);
	REFUSED(ring_enable(vm, 2 << 20), E2BIG);
	REFUSED(ring_enable(vm, 1u << 31), E2BIG);
	REFUSED(ring_enable(vm, 1ull << 32), EINVAL);
	REFUSED(bitmap_enable(vm), EINVAL);
	REFUSED(ioctl(vm, KVM_RESET_DIRTY_RINGS, 0), EINVAL);
	/* Neither flags nor the high half of the argument matter. */
	OK(enable(vm, acq, 1ull << 40 | 4096, 5));
	REFUSED(ring_enable(vm, 4096), EINVAL);
	REFUSED(ring_enable(vm, 2 << 20), E2BIG);
	OK(slot_set(vm, 0, 0, GUEST_BASE, PAGE, host));
	REFUSED(bitmap_enable(vm), EINVAL);
	OK(slot_set(vm, 0, 0, GUEST_BASE, 0, host));
	REFUSED(enable(vm, KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 0, 1), EINVAL);
	OK(enable(vm, KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 7, 0));
	OK(bitmap_enable(vm));
	EQUAL(OK(ioctl(vm, KVM_RESET_DIRTY_RINGS, 0)), 0);
	EQUAL(OK(ioctl(vm, KVM_RESET_DIRTY_RINGS, 1)), 0);
	NEED(OK(ioctl(vm2, KVM_CREATE_VCPU, 0)) >= 0);
	REFUSED(ring_enable(vm2, 4096), EINVAL);
	REFUSED(ioctl(vm2, KVM_RESET_DIRTY_RINGS, 0), EINVAL);
	/* A vCPU is no obstacle to the bitmap, a ring of the most entries. */
	vm2 = abi_create_vm(kvm);
	OK(ring_enable(vm2, 1 << 20));
	NEED(OK(ioctl(vm2, KVM_CREATE_VCPU, 0)) >= 0);
	OK(bitmap_enable(vm2));
}

/* ---- the mapping --------------------------------------------------------- */

/* Can the page be read, or is there nothing (SIGBUS)? */
static bool is_there(const void *page)
{
	int p[2];
	bool there;

	NEED(!pipe(p));
	there = write(p[1], page, 1) == 1;
	close(p[0]);
	close(p[1]);
	return there;
}

#define MAP(vcpu, len, prot, flags, off) \
	((long)mmap(NULL, (len), (prot), (flags), (vcpu), (off_t)(off)))

static void mapping(void)
{
	const int rw = PROT_READ | PROT_WRITE, rx = PROT_READ | PROT_EXEC;
	const uint64_t end = RING_AT + 2 * RING_BYTES;
	struct kvm_dirty_gfn *ring, *again;
	struct abi_vm v;
	uint8_t *all;

	ring = ring_open(&v, 2 * RING_BYTES, false);
	REFUSED(MAP(v.vcpu, 2 * PAGE, rw, MAP_PRIVATE, RING_AT), EINVAL);
	REFUSED(MAP(v.vcpu, PAGE, rw, MAP_PRIVATE, RING_AT + PAGE), EINVAL);
	REFUSED(MAP(v.vcpu, PAGE, rx, MAP_SHARED, RING_AT), EINVAL);
	REFUSED(MAP(v.vcpu, end, rw, MAP_PRIVATE, 0), EINVAL);
	REFUSED(MAP(v.vcpu, end, rx, MAP_SHARED, 0), EINVAL);
	REFUSED(MAP(v.vcpu, 1, rx, MAP_SHARED, RING_AT), EINVAL);
	/* Only the first and the last page are looked at. */
	OK(MAP(v.vcpu, end + PAGE, rw, MAP_PRIVATE, 0));
	OK(MAP(v.vcpu, PAGE, rx, MAP_SHARED, end));
	OK(MAP(v.vcpu, PAGE, rx, MAP_SHARED, RING_AT - PAGE));
	OK(MAP(v.vcpu, 2 * PAGE, rx, MAP_SHARED, 0));

	all = (uint8_t *)OK(MAP(v.vcpu, end + PAGE, rw, MAP_SHARED, 0));
	NEED(all != MAP_FAILED);
	again = (void *)(all + RING_AT);
	guest_writes(&v, 5, 2);
	guest_done(&v);
	is_entry(&ring[0], 5);
	is_entry(&again[1], 6);
	EQUAL(((struct kvm_run *)all)->exit_reason, v.run->exit_reason);
	again[0].flags = RESET;
	EQUAL(ring[0].flags, RESET);
	CHECK(is_there(all) && is_there(all + PAGE) && is_there(again));
	CHECK(is_there(all + end - PAGE));
	CHECK(!is_there(all + end));
	CHECK(!is_there(all + 2 * PAGE));
	CHECK(!is_there(all + RING_AT - PAGE));
	EQUAL(OK(ring_reset(&v)), 1);
	EQUAL(again[0].flags, 0);
	EQUAL(ring[0].offset, 5);
	/* One page of it, and protection as asked for. */
	again = (void *)OK(MAP(v.vcpu, PAGE, PROT_READ, MAP_SHARED, RING_AT));
	is_entry(&again[1], 6);
	CHECK(read(open("/dev/zero", O_RDONLY), again, 16) < 0);
	OK(munmap(all, end + PAGE));
	OK(munmap(ring, 2 * PAGE));
	is_entry(&again[1], 6);
}

/* A vCPU of a VM without rings has nothing there. */
static void no_mapping(void)
{
	struct abi_vm v;
	uint8_t *p;

	abi_vm_open(&v, ABI_NO_GIC);
	OK(MAP(v.vcpu, PAGE, PROT_READ, MAP_PRIVATE, RING_AT));
	OK(MAP(v.vcpu, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, RING_AT));
	p = (uint8_t *)OK(MAP(v.vcpu, PAGE, PROT_READ, MAP_SHARED, RING_AT));
	CHECK(!is_there(p));
}

/* The ring outlives descriptors, the VM's and the vCPU's. */
static void closing(void)
{
	struct kvm_dirty_gfn *ring;
	struct abi_vm v;

	ring = ring_open(&v, RING_BYTES, false);
	guest_writes(&v, 9, 1);
	guest_done(&v);
	OK(close(v.vm));
	guest_writes(&v, 10, 1);
	guest_done(&v);
	OK(close(v.vcpu));
	is_entry(&ring[0], 9);
	is_entry(&ring[1], 10);
	ring[2].offset = 1;
	EQUAL(ring[2].offset, 1);
	OK(munmap(ring, RING_BYTES));
	OK(close(v.kvm));
}

/* ---- bitmaps ------------------------------------------------------------- */

static uint64_t bitmap[LOG_PAGES / 64];

static int get_log(const struct abi_vm *v, uint32_t slot)
{
	struct kvm_dirty_log log = {.slot = slot, .dirty_bitmap = bitmap};

	memset(bitmap, 0xff, sizeof(bitmap));
	return ioctl(v->vm, KVM_GET_DIRTY_LOG, &log);
}

static int clear_log(const struct abi_vm *v, uint32_t slot, uint64_t first)
{
	struct kvm_clear_dirty_log log = {.slot = slot,
					  .num_pages = 64,
					  .first_page = first,
					  .dirty_bitmap = bitmap};

	return ioctl(v->vm, KVM_CLEAR_DIRTY_LOG, &log);
}

static void no_bitmap(void)
{
	struct abi_vm v;

	ring_open(&v, RING_BYTES, false);
	REFUSED(get_log(&v, LOG_SLOT), ENXIO);
	REFUSED(get_log(&v, 99), ENXIO);
	REFUSED(get_log(&v, 1 << 16), ENXIO);
	REFUSED(clear_log(&v, LOG_SLOT, 0), ENXIO);
	REFUSED(clear_log(&v, LOG_SLOT, 1), ENXIO);
	REFUSED(clear_log(&v, 1 << 16, 1), ENXIO);
}

static void with_bitmap(void)
{
	struct kvm_dirty_gfn *ring;
	struct abi_vm v;

	ring = ring_open(&v, RING_BYTES, true);
	guest_writes(&v, 3, 2);
	guest_done(&v);
	is_entry(&ring[1], 4);
	OK(get_log(&v, LOG_SLOT));
	for (unsigned int i = 0; i < LOG_PAGES / 64; i++)
		EQUAL(bitmap[i], 0);
	REFUSED(get_log(&v, 0), ENOENT);
	REFUSED(get_log(&v, 99), ENOENT);
	REFUSED(clear_log(&v, LOG_SLOT, 1), EINVAL);
	bitmap[0] = UINT64_MAX;
	OK(clear_log(&v, LOG_SLOT, 0));
	/* Not in the bitmap, so not cleared: still listed. */
	guest_writes(&v, 3, 2);
	guest_done(&v);
	EQUAL(ring[2].flags, 0);
}

/* Bits that are set at first are the bitmap's affair. */
static void initially_set(void)
{
	struct kvm_dirty_gfn *ring;
	struct abi_vm v;

	ring = ring_open(&v, RING_BYTES, true);
	OK(log_set(v.vm, 0));
	OK(enable(v.vm, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 3, 0));
	OK(log_set(v.vm, KVM_MEM_LOG_DIRTY_PAGES));
	OK(get_log(&v, LOG_SLOT));
	EQUAL(bitmap[LOG_PAGES / 64 - 1], UINT64_MAX);
	guest_writes(&v, 3, 1);
	guest_done(&v);
	is_entry(&ring[0], 3);
	bitmap[0] = UINT64_MAX;
	OK(clear_log(&v, LOG_SLOT, 0));
	guest_writes(&v, 3, 2);
	guest_done(&v);
	is_entry(&ring[1], 3);
	is_entry(&ring[2], 4);
}

const struct abi_case cases_ring[] = {
	{"ring/enabling", enabling},
	{"ring/mapping", mapping},
	{"ring/no-mapping", no_mapping},
	{"ring/closing", closing},
	{"ring/no-bitmap", no_bitmap},
	{"ring/with-bitmap", with_bitmap},
	{"ring/initially-set", initially_set},
	{NULL},
};
