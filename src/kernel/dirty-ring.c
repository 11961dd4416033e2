/* SPDX-License-Identifier: MIT */
/*
 * The rings of dirty-ring.h: enabling them, entries in and out. Which page is
 * listed when is dirty.c's.
 */
#include "kernel/dirty-ring.h"

#include <errno.h>
#include <sys/mman.h>

#include "base/host.h"
#include "base/refuse.h"
#include "kernel/memslot.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

#define RESERVED_ENTRIES 64
#define RING_AT          (KVM_DIRTY_LOG_PAGE_OFFSET * (uint64_t)GUEST_PAGE_SIZE)

/* ---- enabling ------------------------------------------------------------ */

/*
 * Linux looks at no more than the low half of args[0], and not at flags. There
 * may be slots, and what a dirty log has for a ring must not come to be halfway
 * through making one.
 */
long dirty_ring_enable(struct vm *vm, const struct kvm_enable_cap *cap)
{
	const uint32_t size = (uint32_t)cap->args[0];
	long ret = 0;

	if (!size || (size & (size - 1)) || size < GUEST_PAGE_SIZE)
		return refuse(EINVAL, FKVM_RING_SIZE,
			      "%u bytes, not a power of two that is at least a "
			      "page",
			      size);
	if (size > DIRTY_RING_MAX_BYTES)
		return refuse(E2BIG, FKVM_RING_SIZE,
			      "%u bytes, the most is %ld", size,
			      DIRTY_RING_MAX_BYTES);
	pthread_mutex_lock(&vm->lock);
	pthread_mutex_lock(&vm->slots_lock);
	if (vm->dirty_ring_bytes)
		ret = refuse(EINVAL, FKVM_RING_ORDER,
			     "enabled already, %u bytes", vm->dirty_ring_bytes);
	else if (vm_vcpu_count(vm))
		ret = refuse(EINVAL, FKVM_RING_ORDER, "there are %u vCPUs",
			     vm_vcpu_count(vm));
	else
		vm->dirty_ring_bytes = size;
	pthread_mutex_unlock(&vm->slots_lock);
	pthread_mutex_unlock(&vm->lock);
	return ret;
}

long dirty_ring_enable_bitmap(struct vm *vm, const struct kvm_enable_cap *cap)
{
	long ret = 0;

	if (!vm->dirty_ring_bytes)
		return refuse(EINVAL, FKVM_RING_NONE, "there are no rings");
	pthread_mutex_lock(&vm->slots_lock);
	if (memslots_any(vm))
		ret = refuse(EINVAL, FKVM_RING_ORDER, "there are memory slots");
	else
		vm->dirty_ring_bitmap = true;
	pthread_mutex_unlock(&vm->slots_lock);
	return ret;
}

/* ---- a vCPU's ------------------------------------------------------------ */

int dirty_ring_alloc(struct vcpu *vcpu)
{
	struct dirty_ring *ring = &vcpu->dirty_ring;
	const uint32_t bytes = vcpu->vm->dirty_ring_bytes;
	void *p;

	if (!bytes)
		return 0;
	p = host_mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return refuse(ENOMEM, FKVM_NO_MEMORY,
			      "no memory for a ring of %u bytes", bytes);
	ring->gfns = p;
	ring->size = bytes / sizeof(*ring->gfns);
	ring->soft_limit = ring->size - RESERVED_ENTRIES;
	vcpu->obj.part[1] = (struct kobj_part){RING_AT, bytes, p};
	return 0;
}

void dirty_ring_free(struct vcpu *vcpu)
{
	if (vcpu->dirty_ring.gfns)
		host_munmap(vcpu->dirty_ring.gfns, vcpu->vm->dirty_ring_bytes);
}

/* Linux looks at the first and the last page. */
long dirty_ring_check_map(const struct vcpu *vcpu, uint64_t offset,
			  uint64_t size, bool exec, bool shared)
{
	const uint64_t bytes = vcpu->vm->dirty_ring_bytes;
	const uint64_t last = offset + size - GUEST_PAGE_SIZE;

	if ((!exec && shared) ||
	    (offset - RING_AT >= bytes && last - RING_AT >= bytes))
		return 0;
	return refuse(EINVAL, FKVM_RING_MAP,
		      "%s mapping of the dirty ring of vCPU %u",
		      exec ? "executable" : "private", vcpu->id);
}

/* ---- entries ------------------------------------------------------------- */

/* Negative if the VMM had more reset than there were. */
static int32_t ring_used(const struct dirty_ring *ring)
{
	return (int32_t)(atomic_load_explicit(&ring->dirty,
					      memory_order_relaxed) -
			 atomic_load_explicit(&ring->reset,
					      memory_order_acquire));
}

static bool ring_soft_full(const struct dirty_ring *ring)
{
	return (uint32_t)ring_used(ring) >= ring->soft_limit;
}

bool dirty_ring_push(struct vcpu *vcpu, uint32_t slot, uint64_t page)
{
	struct dirty_ring *ring = &vcpu->dirty_ring;
	const uint32_t at =
		atomic_load_explicit(&ring->dirty, memory_order_relaxed);
	struct kvm_dirty_gfn *gfn = &ring->gfns[at & (ring->size - 1)];

	if (ring_used(ring) >= (int32_t)ring->size) {
		ring->full = ring->owes = true;
		return false;
	}
	/* A VMM can have said RESET already: ring_reset() reads then. */
	__atomic_store_n(&gfn->slot, slot, __ATOMIC_RELAXED);
	__atomic_store_n(&gfn->offset, page, __ATOMIC_RELAXED);
	__atomic_store_n(&gfn->flags, KVM_DIRTY_GFN_F_DIRTY, __ATOMIC_RELEASE);
	atomic_store_explicit(&ring->dirty, at + 1, memory_order_relaxed);
	if (ring_soft_full(ring))
		ring->full = true;
	return true;
}

bool dirty_ring_is_full(const struct vcpu *vcpu)
{
	return vcpu->dirty_ring.full && ring_soft_full(&vcpu->dirty_ring);
}

bool dirty_ring_exits_slow(struct vcpu *vcpu)
{
	struct dirty_ring *ring = &vcpu->dirty_ring;

	if (ring->owes && !ring_soft_full(ring))
		ring->owes = dirty_log_pay(vcpu);
	ring->full = ring_soft_full(ring);
	if (ring->full)
		vcpu->run->exit_reason = KVM_EXIT_DIRTY_RING_FULL;
	return ring->full;
}

/*
 * slots_lock held. Entries are taken as the VMM left them, whatever it wrote
 * there; a ring's length of them, lest a VMM that writes on keep us here.
 */
static uint32_t ring_reset(struct vm *vm, struct dirty_ring *ring)
{
	uint32_t at = atomic_load_explicit(&ring->reset, memory_order_relaxed);
	uint32_t n = 0;

	for (; n < ring->size; n++) {
		struct kvm_dirty_gfn *gfn =
			&ring->gfns[(at + n) & (ring->size - 1)];

		if (!(__atomic_load_n(&gfn->flags, __ATOMIC_ACQUIRE) &
		      KVM_DIRTY_GFN_F_RESET))
			break;
		dirty_log_rearm(
			vm, __atomic_load_n(&gfn->slot, __ATOMIC_RELAXED),
			__atomic_load_n(&gfn->offset, __ATOMIC_RELAXED));
		__atomic_store_n(&gfn->flags, 0, __ATOMIC_RELEASE);
	}
	atomic_store_explicit(&ring->reset, at + n, memory_order_release);
	return n;
}

long dirty_rings_reset(struct vm *vm)
{
	long count = 0;

	if (!vm->dirty_ring_bytes)
		return refuse(EINVAL, FKVM_RING_NONE,
			      "there are no dirty rings");
	pthread_mutex_lock(&vm->slots_lock);
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		count += ring_reset(vm, &vm->vcpus[i]->dirty_ring);
	if (count)
		vm_flush(vm, VM_FLUSH_WRITE | VM_FLUSH_PAST_FAULTS);
	pthread_mutex_unlock(&vm->slots_lock);
	return count;
}
