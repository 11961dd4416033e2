/* SPDX-License-Identifier: MIT */
/*
 * Dirty rings: enabling them, their mapping, which write is an entry when,
 * full rings, resets, and what a bitmap beside them has.
 */
#include "abi.h"

#define PAGE      0x1000ull
#define RING_AT   (KVM_DIRTY_LOG_PAGE_OFFSET * PAGE)
#define SMALLEST  4096u
#define ENTRIES   (SMALLEST / sizeof(struct kvm_dirty_gfn))
#define RESERVED  64u
#define SLOT      3u /* that logs */
#define LOG_BASE  0x80000000ull
#define LOG_PAGES 1024u
#define DIRTY     KVM_DIRTY_GFN_F_DIRTY
#define RESET     KVM_DIRTY_GFN_F_RESET

static uint8_t *logged; /* the host memory of SLOT */

static int enable(int vm, uint32_t cap, uint64_t arg, uint32_t flags)
{
	struct kvm_enable_cap c = {.cap = cap, .flags = flags, .args = {arg}};

	return ioctl(vm, KVM_ENABLE_CAP, &c);
}

static int enable_ring(int vm, uint64_t bytes)
{
	return enable(vm, KVM_CAP_DIRTY_LOG_RING_ACQ_REL, bytes, 0);
}

static int enable_bitmap(int vm)
{
	return enable(vm, KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 0, 0);
}

static int slot_set(int vm, uint32_t id, uint32_t flags, uint64_t gpa,
		    uint64_t size, const void *host)
{
	struct kvm_userspace_memory_region r = {id, flags, gpa, size,
						(uintptr_t)host};

	return ioctl(vm, KVM_SET_USER_MEMORY_REGION, &r);
}

static int log_set(int vm, uint32_t flags)
{
	return slot_set(vm, SLOT, flags, LOG_BASE, LOG_PAGES * PAGE, logged);
}

static uint8_t *memory(uint64_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	NEED(p != MAP_FAILED);
	/* Linux lists a huge page at once where there is no bitmap. */
	madvise(p, size, MADV_NOHUGEPAGE);
	return p;
}

static struct kvm_dirty_gfn *ring_map(int vcpu, uint64_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu,
		       (off_t)RING_AT);

	NEED(p != MAP_FAILED);
	return p;
}

/* A VM whose vCPU has a ring of @bytes; slot 0 does not log, SLOT does. */
static struct kvm_dirty_gfn *ring_open(struct abi_vm *v, uint32_t bytes,
				       bool bitmap)
{
	*v = (struct abi_vm){.gic = -1};
	v->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	v->vm = ioctl(v->kvm, KVM_CREATE_VM, 0);
	NEED(v->vm >= 0);
	NEED(!enable_ring(v->vm, bytes) && (!bitmap || !enable_bitmap(v->vm)));
	v->ram = memory(GUEST_SIZE);
	logged = memory(LOG_PAGES * PAGE);
	NEED(!slot_set(v->vm, 0, 0, GUEST_BASE, GUEST_SIZE, v->ram));
	NEED(!log_set(v->vm, KVM_MEM_LOG_DIRTY_PAGES));
	v->vcpu = abi_vcpu(v, 0, &v->run);
	return ring_map(v->vcpu, bytes);
}

static long reset(const struct abi_vm *v)
{
	return ioctl(v->vm, KVM_RESET_DIRTY_RINGS, 0);
}

/* A loop: X1 times X4 to X0, then a page further; MMIO at the end. */
static void guest_ready(int vcpu, unsigned int page, unsigned int n)
{
	reg_set(vcpu, REG_PC, GUEST_BASE);
	reg_set(vcpu, REG_X(0), LOG_BASE + page * PAGE);
	reg_set(vcpu, REG_X(1), n);
	reg_set(vcpu, REG_X(2), GUEST_MMIO);
	reg_set(vcpu, REG_X(4), 0x1234);
}

static void guest_writes(struct abi_vm *v, unsigned int page, unsigned int n)
{
	GUEST(v, 0, ASM_STR(4, 0), ASM_ADD_PAGE(0, 0), ASM_SUB_IMM(1, 1, 1),
	      ASM_CBNZ(1, -3), ASM_STR(1, 2), ASM_B_SELF);
	guest_ready(v->vcpu, page, n);
}

static void guest_done(struct abi_vm *v)
{
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	abi_run_nothing(v);
}

/* The entry is (SLOT, @page), and new. */
static void is_entry(const struct kvm_dirty_gfn *e, uint64_t page)
{
	EQUAL(__atomic_load_n(&e->flags, __ATOMIC_ACQUIRE), DIRTY);
	EQUAL(e->slot, SLOT);
	EQUAL(e->offset, page);
}

static void harvest(struct kvm_dirty_gfn *ring, unsigned int from,
		    unsigned int n)
{
	for (unsigned int i = from; i < from + n; i++)
		__atomic_store_n(&ring[i % ENTRIES].flags, RESET,
				 __ATOMIC_RELEASE);
}

/* ---- enabling ------------------------------------------------------------ */

static void enabling(void)
{
	const uint32_t acq = KVM_CAP_DIRTY_LOG_RING_ACQ_REL;
	int kvm = open("/dev/kvm", O_RDWR), vm = ioctl(kvm, KVM_CREATE_VM, 0);
	int vm2 = ioctl(kvm, KVM_CREATE_VM, 0);
	uint8_t *host = memory(PAGE);

	EQUAL(ioctl(kvm, KVM_CHECK_EXTENSION, acq), 1 << 20);
	EQUAL(ioctl(vm, KVM_CHECK_EXTENSION, acq), 1 << 20);
	EQUAL(ioctl(vm, KVM_CHECK_EXTENSION, KVM_CAP_DIRTY_LOG_RING), 0);
	EQUAL(ioctl(vm, KVM_CHECK_EXTENSION,
		    KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP),
	      1);
	REFUSED(enable(vm, KVM_CAP_DIRTY_LOG_RING, 4096, 0), EINVAL);
	REFUSED(enable_ring(vm, 0), EINVAL);
	REFUSED(enable_ring(vm, 1024), EINVAL);
	REFUSED(enable_ring(vm, 2048), EINVAL);
	REFUSED(enable_ring(vm, 4096 + 16), EINVAL);
	REFUSED(enable_ring(vm, 3 << 20), EINVAL);
	REFUSED(enable_ring(vm, 2 << 20), E2BIG);
	REFUSED(enable_ring(vm, 1u << 31), E2BIG);
	REFUSED(enable_ring(vm, 1ull << 32), EINVAL);
	REFUSED(enable_bitmap(vm), EINVAL);
	REFUSED(ioctl(vm, KVM_RESET_DIRTY_RINGS, 0), EINVAL);
	/* Neither flags nor the high half of the argument matter. */
	OK(enable(vm, acq, 1ull << 40 | 4096, 5));
	REFUSED(enable_ring(vm, 4096), EINVAL);
	REFUSED(enable_ring(vm, 2 << 20), E2BIG);
	OK(slot_set(vm, 0, 0, GUEST_BASE, PAGE, host));
	REFUSED(enable_bitmap(vm), EINVAL);
	OK(slot_set(vm, 0, 0, GUEST_BASE, 0, host));
	REFUSED(enable(vm, KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 0, 1), EINVAL);
	OK(enable(vm, KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 7, 0));
	OK(enable_bitmap(vm));
	EQUAL(OK(ioctl(vm, KVM_RESET_DIRTY_RINGS, 0)), 0);
	EQUAL(OK(ioctl(vm, KVM_RESET_DIRTY_RINGS, 1)), 0);
	NEED(OK(ioctl(vm2, KVM_CREATE_VCPU, 0)) >= 0);
	REFUSED(enable_ring(vm2, 4096), EINVAL);
	REFUSED(ioctl(vm2, KVM_RESET_DIRTY_RINGS, 0), EINVAL);
	/* A vCPU is no obstacle to the bitmap, a ring of the most entries. */
	vm2 = ioctl(kvm, KVM_CREATE_VM, 0);
	OK(enable_ring(vm2, 1 << 20));
	NEED(OK(ioctl(vm2, KVM_CREATE_VCPU, 0)) >= 0);
	OK(enable_bitmap(vm2));
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
	const uint64_t end = RING_AT + 2 * PAGE;
	struct kvm_dirty_gfn *ring, *again;
	struct abi_vm v;
	uint8_t *all;

	ring = ring_open(&v, 2 * SMALLEST, false);
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
	EQUAL(OK(reset(&v)), 1);
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

	ring = ring_open(&v, SMALLEST, false);
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
	OK(munmap(ring, SMALLEST));
	OK(close(v.kvm));
}

/* ---- entries ------------------------------------------------------------- */

static void entries(void)
{
	struct kvm_dirty_gfn *ring;
	struct abi_vm v;

	ring = ring_open(&v, SMALLEST, false);
	guest_writes(&v, 7, 3);
	guest_done(&v);
	for (unsigned int i = 0; i < 3; i++)
		is_entry(&ring[i], 7 + i);
	EQUAL(ring[3].flags, 0);
	/* Once until reset. */
	guest_writes(&v, 6, 5);
	guest_done(&v);
	is_entry(&ring[3], 6);
	is_entry(&ring[4], 10);
	EQUAL(ring[5].flags, 0);
	EQUAL(OK(reset(&v)), 0);
	/* Reset in order, as far as they are harvested. */
	harvest(ring, 0, 2);
	harvest(ring, 3, 1);
	EQUAL(OK(reset(&v)), 2);
	EQUAL(ring[0].flags, 0);
	EQUAL(ring[2].flags, DIRTY);
	EQUAL(ring[3].flags, RESET);
	guest_writes(&v, 6, 5);
	guest_done(&v);
	is_entry(&ring[5], 7);
	is_entry(&ring[6], 8);
	EQUAL(ring[7].flags, 0);
	harvest(ring, 2, 5);
	EQUAL(OK(reset(&v)), 5);
	EQUAL(OK(reset(&v)), 0);
	/* A page that is read is not listed. */
	GUEST(&v, 0, ASM_LDR(4, 0), ASM_STR(1, 2), ASM_B_SELF);
	guest_ready(v.vcpu, 100, 1);
	guest_done(&v);
	EQUAL(ring[7].flags, 0);
	guest_writes(&v, 100, 1);
	guest_done(&v);
	is_entry(&ring[7], 100);
}

/* A page is in the ring of the vCPU that writes first; a reset is of all. */
static void two_vcpus(void)
{
	struct kvm_dirty_gfn *ring[2];
	struct abi_vm v, w;

	ring[0] = ring_open(&v, SMALLEST, false);
	w = v;
	w.vcpu = abi_vcpu(&v, 1, &w.run);
	ring[1] = ring_map(w.vcpu, SMALLEST);
	guest_writes(&v, 0, 2);
	guest_done(&v);
	guest_writes(&w, 1, 2);
	guest_done(&w);
	is_entry(&ring[0][1], 1);
	is_entry(&ring[1][0], 2);
	EQUAL(ring[1][1].flags, 0);
	harvest(ring[0], 0, 2);
	harvest(ring[1], 0, 1);
	EQUAL(OK(reset(&v)), 3);
	guest_writes(&w, 0, 3);
	guest_done(&w);
	is_entry(&ring[1][1], 0);
	is_entry(&ring[1][3], 2);
	EQUAL(ring[0][2].flags, 0);
}

/* A store that crosses pages has an entry for each. */
static void crossing(void)
{
	struct kvm_dirty_gfn *ring;
	struct abi_vm v;

	ring = ring_open(&v, SMALLEST, false);
	guest_writes(&v, 0, 1);
	reg_set(v.vcpu, REG_X(0), LOG_BASE + 0x5ffc);
	/* Unaligned accesses want Normal memory: a pair of aligned words. */
	GUEST(&v, 0, ASM_STP_W(4, 5, 0), ASM_STR(1, 2), ASM_B_SELF);
	guest_done(&v);
	is_entry(&ring[0], 5);
	is_entry(&ring[1], 6);
	EQUAL(ring[2].flags, 0);
}

/* Logging that ends and begins again, and another slot in the place. */
static void slot_changes(void)
{
	struct kvm_dirty_gfn *ring;
	struct abi_vm v;

	ring = ring_open(&v, SMALLEST, false);
	guest_writes(&v, 0, 2);
	guest_done(&v);
	OK(log_set(v.vm, 0));
	guest_writes(&v, 0, 4);
	guest_done(&v);
	EQUAL(ring[2].flags, 0);
	OK(log_set(v.vm, KVM_MEM_LOG_DIRTY_PAGES));
	guest_writes(&v, 1, 2);
	guest_done(&v);
	is_entry(&ring[2], 1);
	is_entry(&ring[3], 2);
	/* Entries of a slot that is gone are reset as well. */
	OK(slot_set(v.vm, SLOT, 0, LOG_BASE, 0, NULL));
	harvest(ring, 0, 4);
	EQUAL(OK(reset(&v)), 4);
	OK(log_set(v.vm, KVM_MEM_LOG_DIRTY_PAGES));
	guest_writes(&v, 1, 1);
	guest_done(&v);
	is_entry(&ring[4], 1);
}

/* Whatever the VMM writes into its entries is taken as it is. */
static void nonsense(void)
{
	struct kvm_dirty_gfn *ring;
	struct abi_vm v;

	ring = ring_open(&v, SMALLEST, false);
	guest_writes(&v, 0, 4);
	guest_done(&v);
	ring[0] = (struct kvm_dirty_gfn){RESET, 77, 0};
	ring[1] = (struct kvm_dirty_gfn){RESET | DIRTY | 8, SLOT | 1 << 16, 1};
	ring[2] = (struct kvm_dirty_gfn){RESET, SLOT, UINT64_MAX};
	ring[3] = (struct kvm_dirty_gfn){DIRTY | 8, 65535, 3};
	EQUAL(OK(reset(&v)), 3);
	EQUAL(ring[1].flags, 0);
	ring[3] = (struct kvm_dirty_gfn){RESET, SLOT, 1};
	EQUAL(OK(reset(&v)), 1);
	guest_writes(&v, 0, 4);
	guest_done(&v);
	is_entry(&ring[4], 1);
	EQUAL(ring[5].flags, 0);
	harvest(ring, 4, 1);
	EQUAL(OK(reset(&v)), 1);
	/* More than there were: until the next entry nobody notices. */
	harvest(ring, 5, 3);
	EQUAL(OK(reset(&v)), 3);
	guest_writes(&v, 2, 1);
	guest_done(&v);
	guest_writes(&v, 1, 1);
	EQUAL(abi_run(&v), KVM_EXIT_DIRTY_RING_FULL);
	is_entry(&ring[5], 1);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE);
}

/* ---- full ---------------------------------------------------------------- */

static void full(void)
{
	const unsigned int limit = ENTRIES - RESERVED;
	struct kvm_dirty_gfn *ring;
	struct abi_vm v;

	ring = ring_open(&v, SMALLEST, false);
	guest_writes(&v, 0, 300);
	EQUAL(abi_run(&v), KVM_EXIT_DIRTY_RING_FULL);
	/* The last page is listed and not yet written. */
	is_entry(&ring[limit - 1], limit - 1);
	EQUAL(ring[limit].flags, 0);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE);
	EQUAL(reg_get(v.vcpu, REG_X(0)), LOG_BASE + (limit - 1) * PAGE);
	EQUAL(*(uint64_t *)(logged + (limit - 2) * PAGE), 0x1234);
	EQUAL(*(uint64_t *)(logged + (limit - 1) * PAGE), 0);
	EQUAL(abi_run(&v), KVM_EXIT_DIRTY_RING_FULL);
	abi_run_nothing(&v);
	EQUAL(reg_get(v.vcpu, REG_X(0)), LOG_BASE + (limit - 1) * PAGE);
	/* Reset in part: as many more. */
	harvest(ring, 0, 10);
	EQUAL(abi_run(&v), KVM_EXIT_DIRTY_RING_FULL);
	EQUAL(OK(reset(&v)), 10);
	EQUAL(abi_run(&v), KVM_EXIT_DIRTY_RING_FULL);
	is_entry(&ring[limit + 9], limit + 9);
	EQUAL(reg_get(v.vcpu, REG_X(0)), LOG_BASE + (limit + 9) * PAGE);
	/* All: the page of the last entry is listed once more. */
	harvest(ring, 10, limit);
	EQUAL(OK(reset(&v)), limit);
	guest_done(&v);
	is_entry(&ring[limit + 10], limit + 9);
	for (unsigned int i = limit + 10; i < 300; i++)
		is_entry(&ring[(i + 1) % ENTRIES], i);
	EQUAL(ring[301 % ENTRIES].flags, 0);
	EQUAL(*(uint64_t *)(logged + 299 * PAGE), 0x1234);
	/* Full, but not when entered. */
	harvest(ring, limit + 10, 301 - limit - 10);
	EQUAL(OK(reset(&v)), 301 - limit - 10);
	guest_writes(&v, 400, limit - 1);
	guest_done(&v);
	guest_writes(&v, 400, limit - 1);
	guest_done(&v);
	guest_writes(&v, 399, 1);
	EQUAL(abi_run(&v), KVM_EXIT_DIRTY_RING_FULL);
}

/* An exit of MMIO is finished before the ring is looked at. */
static void full_at_mmio(void)
{
	const unsigned int limit = ENTRIES - RESERVED;
	struct abi_vm v;

	ring_open(&v, SMALLEST, false);
	guest_writes(&v, 0, limit - 1);
	guest_done(&v);
	GUEST(&v, 0, ASM_LDR(4, 2), ASM_STR(4, 0), ASM_STR(4, 2), ASM_B_SELF);
	guest_ready(v.vcpu, 500, 1);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	memset(v.run->mmio.data, 0x55, 8);
	EQUAL(abi_run(&v), KVM_EXIT_DIRTY_RING_FULL);
	EQUAL(reg_get(v.vcpu, REG_X(4)), 0x5555555555555555);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 4);
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

	ring_open(&v, SMALLEST, false);
	REFUSED(get_log(&v, SLOT), ENXIO);
	REFUSED(get_log(&v, 99), ENXIO);
	REFUSED(get_log(&v, 1 << 16), ENXIO);
	REFUSED(clear_log(&v, SLOT, 0), ENXIO);
	REFUSED(clear_log(&v, SLOT, 1), ENXIO);
	REFUSED(clear_log(&v, 1 << 16, 1), ENXIO);
}

static void with_bitmap(void)
{
	struct kvm_dirty_gfn *ring;
	struct abi_vm v;

	ring = ring_open(&v, SMALLEST, true);
	guest_writes(&v, 3, 2);
	guest_done(&v);
	is_entry(&ring[1], 4);
	OK(get_log(&v, SLOT));
	for (unsigned int i = 0; i < LOG_PAGES / 64; i++)
		EQUAL(bitmap[i], 0);
	REFUSED(get_log(&v, 0), ENOENT);
	REFUSED(get_log(&v, 99), ENOENT);
	REFUSED(clear_log(&v, SLOT, 1), EINVAL);
	bitmap[0] = UINT64_MAX;
	OK(clear_log(&v, SLOT, 0));
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

	ring = ring_open(&v, SMALLEST, true);
	OK(log_set(v.vm, 0));
	OK(enable(v.vm, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 3, 0));
	OK(log_set(v.vm, KVM_MEM_LOG_DIRTY_PAGES));
	OK(get_log(&v, SLOT));
	EQUAL(bitmap[LOG_PAGES / 64 - 1], UINT64_MAX);
	guest_writes(&v, 3, 1);
	guest_done(&v);
	is_entry(&ring[0], 3);
	bitmap[0] = UINT64_MAX;
	OK(clear_log(&v, SLOT, 0));
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
	{"ring/entries", entries},
	{"ring/two-vcpus", two_vcpus},
	{"ring/crossing", crossing},
	{"ring/slot-changes", slot_changes},
	{"ring/nonsense", nonsense},
	{"ring/full", full},
	{"ring/full-at-mmio", full_at_mmio},
	{"ring/no-bitmap", no_bitmap},
	{"ring/with-bitmap", with_bitmap},
	{"ring/initially-set", initially_set},
	{NULL},
};
