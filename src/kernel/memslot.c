/* SPDX-License-Identifier: MIT */
/*
 * Memory slots: KVM_SET_USER_MEMORY_REGION, and from a guest physical address
 * to host memory. The table is immutable; a change publishes a new one. vCPUs
 * read it while they run the guest without a lock: vm_flush() returns only
 * when each has left or acknowledged, so none can hold the old one. Every
 * other reader holds slots_gate for reading, which the writer passes through
 * once before it frees.
 */
#include "kernel/memslot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "kernel/vm.h"

/* What Linux calls TASK_SIZE for a 48-bit process. */
#define USER_LIMIT BIT(48)
#define MAX_PAGES  ((UINT64_C(1) << 31) - 1)

static struct memslots *memslots_alloc(unsigned int count)
{
	struct memslots *s =
		malloc(sizeof(*s) + count * sizeof(struct memslot));

	if (s)
		s->count = count;
	return s;
}

int memslots_init(struct vm *vm)
{
	struct memslots *s = memslots_alloc(0);

	atomic_store(&vm->slots, s);
	return s ? 0 : -ENOMEM;
}

void memslots_free(struct vm *vm)
{
	struct memslots *s = atomic_load(&vm->slots);

	for (unsigned int i = 0; s && i < s->count; i++)
		free(s->slot[i].dirty);
	free(s);
}

const struct memslot *memslot_find(const struct memslots *slots, gpa_t gpa)
{
	unsigned int lo = 0, hi = slots->count;

	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;
		const struct memslot *s = &slots->slot[mid];

		if (gpa < s->gpa)
			hi = mid;
		else if (gpa - s->gpa >= s->size)
			lo = mid + 1;
		else
			return s;
	}
	return NULL;
}

const struct memslot *memslot_by_id(struct vm *vm, uint32_t id)
{
	const struct memslots *slots = atomic_load(&vm->slots);

	for (unsigned int i = 0; i < slots->count; i++)
		if (slots->slot[i].id == id)
			return &slots->slot[i];
	return NULL;
}

uint8_t *memslot_page(struct vm *vm, gpa_t gpa, bool write, bool *writable)
{
	const struct memslots *slots =
		atomic_load_explicit(&vm->slots, memory_order_acquire);
	const struct memslot *s = memslot_find(slots, gpa);

	if (!s)
		return NULL;
	*writable = !(s->flags & KVM_MEM_READONLY);
	if (s->dirty && *writable) {
		if (write)
			dirty_log_mark(s, gpa, 1);
		else
			*writable = false; /* ask again for a write */
	}
	return s->host + ALIGN_DOWN(gpa - s->gpa, GUEST_PAGE_SIZE);
}

bool memslots_overlap_host(struct vm *vm, uintptr_t start, uintptr_t end)
{
	const struct memslots *slots;
	bool hit = false;

	pthread_rwlock_rdlock(&vm->slots_gate);
	slots = atomic_load(&vm->slots);
	for (unsigned int i = 0; i < slots->count && !hit; i++) {
		uintptr_t host = (uintptr_t)slots->slot[i].host;

		hit = host < end && start < host + slots->slot[i].size;
	}
	pthread_rwlock_unlock(&vm->slots_gate);
	return hit;
}

/* One piece of a physical range that lies in a single slot. */
static size_t mem_chunk(const struct memslots *slots, gpa_t gpa, size_t len,
			const struct memslot **slot)
{
	*slot = memslot_find(slots, gpa);
	if (!*slot)
		return 0;
	return min_u64(len, (*slot)->size - (gpa - (*slot)->gpa));
}

int vm_mem_read(struct vm *vm, gpa_t gpa, void *buf, size_t len)
{
	const struct memslot *slot;
	int ret = 0;

	pthread_rwlock_rdlock(&vm->slots_gate);
	while (len && !ret) {
		size_t n = mem_chunk(atomic_load(&vm->slots), gpa, len, &slot);

		ret = n ? copy_from_user(buf, slot->host + (gpa - slot->gpa), n)
			: -EFAULT;
		buf = (char *)buf + n;
		gpa += n;
		len -= n;
	}
	pthread_rwlock_unlock(&vm->slots_gate);
	return ret;
}

int vm_mem_write(struct vm *vm, gpa_t gpa, const void *buf, size_t len)
{
	const struct memslot *slot;
	int ret = 0;

	pthread_rwlock_rdlock(&vm->slots_gate);
	while (len && !ret) {
		size_t n = mem_chunk(atomic_load(&vm->slots), gpa, len, &slot);

		if (!n || (slot->flags & KVM_MEM_READONLY)) {
			ret = -EFAULT;
			break;
		}
		ret = copy_to_user(slot->host + (gpa - slot->gpa), buf, n);
		if (!ret && slot->dirty)
			dirty_log_mark(slot, gpa, n);
		buf = (const char *)buf + n;
		gpa += n;
		len -= n;
	}
	pthread_rwlock_unlock(&vm->slots_gate);
	return ret;
}

/* Publish @new, wait for readers of the old table, free it. */
static void memslots_publish(struct vm *vm, struct memslots *new,
			     unsigned int what)
{
	struct memslots *old = atomic_exchange(&vm->slots, new);

	if (vm_vcpu_count(vm)) {
		stat_add(&vm->stats[STAT_REMOTE_TLB_FLUSH_REQUESTS], 1);
		stat_add(&vm->stats[STAT_REMOTE_TLB_FLUSH], 1);
		vm_flush(vm, what);
	}
	pthread_rwlock_wrlock(&vm->slots_gate);
	pthread_rwlock_unlock(&vm->slots_gate);
	free(old);
}

/*
 * A copy of the table without slot @drop (an index, or count: none) and with
 * @add (or NULL) at its place.
 */
static struct memslots *memslots_edit(const struct memslots *old,
				      unsigned int drop,
				      const struct memslot *add)
{
	struct memslots *new = memslots_alloc(old->count + 1);
	unsigned int n = 0;

	if (!new)
		return NULL;
	for (unsigned int i = 0; i < old->count; i++) {
		if (add && old->slot[i].gpa > add->gpa) {
			new->slot[n++] = *add;
			add = NULL;
		}
		if (i != drop)
			new->slot[n++] = old->slot[i];
	}
	if (add)
		new->slot[n++] = *add;
	new->count = n;
	return new;
}

static bool memslots_collide(const struct memslots *slots, uint32_t id,
			     gpa_t gpa, uint64_t size)
{
	for (unsigned int i = 0; i < slots->count; i++) {
		const struct memslot *s = &slots->slot[i];

		if (s->id != id && gpa < s->gpa + s->size &&
		    s->gpa < gpa + size) {
			explain("slot %u: 0x%llx+0x%llx overlaps slot %u", id,
				(unsigned long long)gpa,
				(unsigned long long)size, s->id);
			return true;
		}
	}
	return false;
}

static long memslot_check_args(struct vm *vm,
			       const struct kvm_userspace_memory_region2 *r)
{
	const char *why = NULL;

	if (r->flags & ~vm->arch->memslot_flags)
		why = "a flag that the architecture does not have";
	else if ((r->slot & 0xffff) >= MAX_MEMSLOTS)
		why = "slot number too large";
	else if (!IS_ALIGNED(r->memory_size, GUEST_PAGE_SIZE))
		why = "memory_size is not page aligned";
	else if (!IS_ALIGNED(r->guest_phys_addr, GUEST_PAGE_SIZE))
		why = "guest_phys_addr is not page aligned";
	else if (!IS_ALIGNED(r->userspace_addr, GUEST_PAGE_SIZE))
		why = "userspace_addr is not page aligned";
	else if (r->userspace_addr > USER_LIMIT ||
		 r->memory_size > USER_LIMIT - r->userspace_addr)
		why = "userspace range is outside user space or tagged";
	else if (r->slot >> 16)
		why = "address space other than 0";
	else if (r->guest_phys_addr + r->memory_size < r->guest_phys_addr)
		why = "guest_phys_addr + memory_size wraps";
	else if (r->memory_size >> GUEST_PAGE_SHIFT > MAX_PAGES)
		why = "more than 2^31-1 pages";
	if (!why)
		return 0;
	explain("memory slot %u: %s", r->slot, why);
	return -EINVAL;
}

static long memslot_delete(struct vm *vm, const struct memslots *old,
			   unsigned int at)
{
	struct dirty_log *dirty = old->slot[at].dirty;
	struct memslots *new = memslots_edit(old, at, NULL);

	if (!new)
		return -ENOMEM;
	memslots_publish(vm, new, VM_FLUSH_ALL);
	free(dirty);
	return 0;
}

/* Create (@at == count), move or change the flags of a slot. */
static long memslot_store(struct vm *vm, const struct memslots *old,
			  unsigned int at,
			  const struct kvm_userspace_memory_region2 *r)
{
	struct memslot s = {.id = r->slot,
			    .flags = r->flags,
			    .gpa = r->guest_phys_addr,
			    .size = r->memory_size,
			    .host = (uint8_t *)(uintptr_t)r->userspace_addr};
	struct dirty_log *old_dirty =
		at < old->count ? old->slot[at].dirty : NULL;
	bool moved = at == old->count || old->slot[at].gpa != s.gpa;
	struct memslots *new;

	if (s.gpa + s.size > vm->gpa_limit) {
		explain("memory slot %u ends beyond the guest's physical "
			"addresses, 0x%llx",
			s.id, (unsigned long long)vm->gpa_limit);
		return -EFAULT;
	}
	if (s.flags & KVM_MEM_LOG_DIRTY_PAGES) {
		s.dirty = old_dirty && !moved
				  ? old_dirty
				  : dirty_log_new(s.size >> GUEST_PAGE_SHIFT,
						  vm->initially_set);
		if (!s.dirty)
			return -ENOMEM;
	}
	new = memslots_edit(old, at, &s);
	if (!new) {
		if (s.dirty != old_dirty)
			free(s.dirty);
		return -ENOMEM;
	}
	memslots_publish(vm, new, moved ? VM_FLUSH_ALL : VM_FLUSH_WRITE);
	if (old_dirty != s.dirty)
		free(old_dirty);
	return 0;
}

static long memslot_set_locked(struct vm *vm,
			       const struct kvm_userspace_memory_region2 *r)
{
	const struct memslots *slots = atomic_load(&vm->slots);
	const struct memslot *old = memslot_by_id(vm, r->slot);
	unsigned int at =
		old ? (unsigned int)(old - slots->slot) : slots->count;

	if (!r->memory_size) {
		if (old)
			return memslot_delete(vm, slots, at);
		explain("memory slot %u: size 0 and no such slot", r->slot);
		return -EINVAL;
	}
	if (old) {
		if (old->size != r->memory_size ||
		    (uintptr_t)old->host != r->userspace_addr ||
		    ((old->flags ^ r->flags) & KVM_MEM_READONLY)) {
			explain("memory slot %u exists: size, host address and "
				"READONLY can't change",
				r->slot);
			return -EINVAL;
		}
		if (old->gpa == r->guest_phys_addr && old->flags == r->flags)
			return 0;
	}
	if ((!old || old->gpa != r->guest_phys_addr) &&
	    memslots_collide(slots, r->slot, r->guest_phys_addr,
			     r->memory_size))
		return -EEXIST;
	return memslot_store(vm, slots, at, r);
}

long memslot_set(struct vm *vm, const struct kvm_userspace_memory_region2 *r)
{
	long ret = memslot_check_args(vm, r);

	if (ret)
		return ret;
	pthread_mutex_lock(&vm->slots_lock);
	ret = memslot_set_locked(vm, r);
	pthread_mutex_unlock(&vm->slots_lock);
	return ret;
}
