/* SPDX-License-Identifier: MIT */
/* What the cases of dirty rings share, see ring.h. */
#include "ring.h"

#include "tests/tsan.h"

uint8_t *logged;
/* For rings_first(). */
static uint64_t wanted_bytes;
static bool wants_bitmap;

static int enable(int vm, uint32_t cap, uint64_t arg)
{
	struct kvm_enable_cap c = {.cap = cap, .args = {arg}};

	return ioctl(vm, KVM_ENABLE_CAP, &c);
}

int ring_enable(int vm, uint64_t bytes)
{
	return enable(vm, KVM_CAP_DIRTY_LOG_RING_ACQ_REL, bytes);
}

int bitmap_enable(int vm)
{
	return enable(vm, KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP, 0);
}

int slot_set(int vm, uint32_t id, uint32_t flags, uint64_t gpa, uint64_t size,
	     const void *host)
{
	struct kvm_userspace_memory_region r = {id, flags, gpa, size,
						(uintptr_t)host};

	return ioctl(vm, KVM_SET_USER_MEMORY_REGION, &r);
}

int log_set(int vm, uint32_t flags)
{
	return slot_set(vm, LOG_SLOT, flags, LOG_BASE, LOG_PAGES * PAGE,
			logged);
}

uint8_t *small_pages(uint64_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	NEED(p != MAP_FAILED);
	madvise(p, size, MADV_NOHUGEPAGE);
	tsan_guest_memory(p, size);
	return p;
}

static void rings_first(struct abi_vm *v)
{
	NEED(ring_enable(v->vm, wanted_bytes) == 0);
	if (wants_bitmap)
		NEED(bitmap_enable(v->vm) == 0);
}

struct kvm_dirty_gfn *ring_open_gic(struct abi_vm *v, enum abi_gic gic,
				    uint64_t bytes, bool bitmap)
{
	wanted_bytes = bytes;
	wants_bitmap = bitmap;
	abi_vm_open_with(v, gic, rings_first);
	logged = small_pages(LOG_PAGES * PAGE);
	NEED(log_set(v->vm, KVM_MEM_LOG_DIRTY_PAGES) == 0);
	return ring_map(v->vcpu, bytes);
}

struct kvm_dirty_gfn *ring_open(struct abi_vm *v, uint64_t bytes, bool bitmap)
{
	return ring_open_gic(v, ABI_NO_GIC, bytes, bitmap);
}

struct kvm_dirty_gfn *ring_map(int vcpu, uint64_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu,
		       (off_t)RING_AT);

	NEED(p != MAP_FAILED);
	return p;
}

long ring_reset(const struct abi_vm *v)
{
	return ioctl(v->vm, KVM_RESET_DIRTY_RINGS, 0);
}

void ring_harvest(struct kvm_dirty_gfn *ring, unsigned int from, unsigned int n)
{
	for (unsigned int i = from; i < from + n; i++)
		__atomic_store_n(&ring[i % RING_ENTRIES].flags,
				 KVM_DIRTY_GFN_F_RESET, __ATOMIC_RELEASE);
}

void is_entry(const struct kvm_dirty_gfn *e, uint64_t page)
{
	EQUAL(__atomic_load_n(&e->flags, __ATOMIC_ACQUIRE),
	      KVM_DIRTY_GFN_F_DIRTY);
	EQUAL(e->slot, LOG_SLOT);
	EQUAL(e->offset, page);
}

void guest_ready(int vcpu, unsigned int page, unsigned int n)
{
	reg_set(vcpu, REG_PC, GUEST_BASE);
	reg_set(vcpu, REG_X(0), LOG_BASE + page * PAGE);
	reg_set(vcpu, REG_X(1), n);
	reg_set(vcpu, REG_X(2), GUEST_MMIO);
	reg_set(vcpu, REG_X(4), 0x1234);
}

void guest_writes(struct abi_vm *v, unsigned int page, unsigned int n)
{
	GUEST(v, 0, ASM_STR(4, 0), ASM_ADD_PAGE(0, 0), ASM_SUB_IMM(1, 1, 1),
	      ASM_CBNZ(1, -3), ASM_STR(1, 2), ASM_B_SELF);
	guest_ready(v->vcpu, page, n);
}

void guest_done(struct abi_vm *v)
{
	EQUAL(abi_run(v), KVM_EXIT_MMIO);
	abi_run_nothing(v);
}
