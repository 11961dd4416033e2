/* SPDX-License-Identifier: MIT */
/*
 * Memory slots: KVM_SET_USER_MEMORY_REGION, and from a guest physical address
 * to host memory. There are two copies of the tree by address. A change is made
 * in the one that nobody reads, which is then published; and again in the
 * other when nobody reads that any more. vCPUs read while they run the guest
 * without a lock: vm_flush() returns only when each has left or acknowledged,
 * so none can be in the old copy. Every other reader holds slots_gate for
 * reading, which the writer passes through before it goes on.
 */
#include "kernel/memslot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "base/refuse.h"
#include "kernel/misuse.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

/* What Linux calls TASK_SIZE_MAX on arm64: that of CONFIG_ARM64_VA_BITS, which
 * Debian has at 52, whatever the CPU can do. */
#define USER_LIMIT BIT(52)

/* Instead of a slot's page at NULL, which would be no slot: as nothing is
 * there, nothing is here. */
#define NOWHERE   ((uint8_t *)(uintptr_t)(USER_LIMIT - GUEST_PAGE_SIZE))
#define MAX_PAGES ((UINT64_C(1) << 31) - 1)

void memslots_init(struct vm *vm)
{
	struct memslots *copy = vm->memory.copy;

	copy[0].node = offsetof(struct memslot, by_gpa[0]);
	copy[1].node = offsetof(struct memslot, by_gpa[1]);
	copy[0].version = 1;
	atomic_store(&vm->slots, &copy[0]);
}

bool memslots_any(struct vm *vm)
{
	return vm->memory.by_id;
}

static void memslot_free(struct memslot *s)
{
	free(s->dirty);
	free(s);
}

void memslots_free(struct vm *vm)
{
	struct itree_node *n;

	while ((n = vm->memory.by_id)) {
		itree_remove(&vm->memory.by_id, n);
		memslot_free(container_of(n, struct memslot, by_id));
	}
}

static struct memslot *slot_by_id(struct vm *vm, uint32_t id)
{
	struct itree_node *n = itree_at(vm->memory.by_id, id);

	return n ? container_of(n, struct memslot, by_id) : NULL;
}

const struct memslot *memslot_by_id(struct vm *vm, uint32_t id)
{
	return slot_by_id(vm, id);
}

/* Mostly it is the slot of last time, as long as nothing has changed. */
static const struct memslot *slot_of_guest(struct vcpu *vcpu, gpa_t gpa)
{
	const struct memslots *slots =
		atomic_load_explicit(&vcpu->vm->slots, memory_order_acquire);
	const struct memslot *s = vcpu->slot;

	if (likely(vcpu->slots_version == slots->version &&
		   gpa - s->gpa < s->size))
		return s;
	s = memslot_find(slots, gpa);
	if (s) {
		vcpu->slot = s;
		vcpu->slots_version = slots->version;
	}
	return s;
}

/* A write that changes nothing, whoever else writes there. */
static void page_touch(uint8_t *page)
{
	uint8_t nothing = 0;

	__asm__("" : "+r"(nothing)); /* or it may become a load */
	__atomic_fetch_or(page, nothing, __ATOMIC_RELAXED);
}

int memslot_page(struct vcpu *vcpu, gpa_t gpa, bool write, uint8_t **host,
		 bool *writable)
{
	const struct memslot *s = slot_of_guest(vcpu, gpa);
	uint8_t *page;

	if (!s)
		return -ENOENT;
	page = s->host + ALIGN_DOWN(gpa - s->gpa, GUEST_PAGE_SIZE);
	*host = page ? page : NOWHERE;
	*writable = !(s->flags & KVM_MEM_READONLY);
	if (s->dirty && *writable) {
		if (!write) {
			*writable = false; /* ask again for a write */
			return 0;
		}
		page_touch(*host);
		if (!dirty_log_mark_page(vcpu, s, gpa))
			return -EAGAIN;
	}
	return 0;
}

void memslot_wrote(struct vcpu *vcpu, gpa_t gpa)
{
	const struct memslot *s = slot_of_guest(vcpu, gpa);

	if (s && s->dirty && !(s->flags & KVM_MEM_READONLY))
		dirty_log_mark_page(vcpu, s, gpa);
}

struct host_change {
	struct vm *vm;
	uintptr_t start, end;
	bool hit;
};

static void slot_changed(struct itree_node *n, void *arg)
{
	struct memslot *s = container_of(n, struct memslot, by_host);
	struct host_change *c = arg;
	uintptr_t from = max_u64(c->start, n->start);
	uintptr_t to = min_u64(c->end, n->last + 1);

	c->hit = true;
	if (c->vm->arch->code_gone)
		c->vm->arch->code_gone(c->vm, s->gpa + (from - n->start),
				       s->gpa + (to - n->start));
}

void memslots_host_changed(struct vm *vm, uintptr_t start, uintptr_t end)
{
	struct host_change c = {vm, start, end, false};

	if (start >= end)
		return;
	pthread_rwlock_rdlock(&vm->slots_gate);
	itree_each(vm->memory.by_host, start, end - 1, slot_changed, &c);
	pthread_rwlock_unlock(&vm->slots_gate);
	if (c.hit)
		vm_flush(vm, VM_FLUSH_TLB | VM_FLUSH_NO_WAIT);
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
			: refuse(EFAULT, FKVM_GUEST_ADDRESS,
				 "guest address %#lx is in no slot", gpa);
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
			ret = refuse(EFAULT, FKVM_GUEST_ADDRESS,
				     "guest address %#lx is in no "
				     "writable slot",
				     gpa);
			break;
		}
		ret = copy_to_user(slot->host + (gpa - slot->gpa), buf, n);
		if (!ret && slot->dirty)
			dirty_log_mark(vm, slot, gpa, n);
		buf = (const char *)buf + n;
		gpa += n;
		len -= n;
	}
	pthread_rwlock_unlock(&vm->slots_gate);
	return ret;
}

static void memslots_edit(struct memslots *copy, struct memslot *old,
			  struct memslot *new)
{
	unsigned int i = copy->node == offsetof(struct memslot, by_gpa[1]);

	if (old)
		itree_remove(&copy->root, &old->by_gpa[i]);
	if (new)
		itree_insert(&copy->root, &new->by_gpa[i]);
}

/*
 * Put @new (or NULL) in the place of @old (or NULL), which nobody reads any
 * more on return; @what: VM_FLUSH_. Host memory is known as that of a slot
 * before a vCPU can find it there, and until none can any more: what the VMM
 * does to its mapping in the meantime must reach the vCPUs.
 */
static void memslot_replace(struct vm *vm, struct memslot *old,
			    struct memslot *new, unsigned int what)
{
	struct memslot_table *t = &vm->memory;
	unsigned int now = atomic_load(&vm->slots) == &t->copy[1];

	t->nr_dirty_logs += (new &&new->dirty) - (old && old->dirty);
	memslots_edit(&t->copy[!now], old, new);
	t->copy[!now].version = t->copy[now].version + 1;
	if (new) {
		pthread_rwlock_wrlock(&vm->slots_gate);
		itree_insert(&t->by_host, &new->by_host);
		pthread_rwlock_unlock(&vm->slots_gate);
	}
	atomic_store(&vm->slots, &t->copy[!now]);
	vm_flush(vm, what);
	pthread_rwlock_wrlock(&vm->slots_gate);
	if (old)
		itree_remove(&t->by_host, &old->by_host);
	pthread_rwlock_unlock(&vm->slots_gate);
	memslots_edit(&t->copy[now], old, new);
	if (old)
		itree_remove(&t->by_id, &old->by_id);
	if (new)
		itree_insert(&t->by_id, &new->by_id);
}

static struct memslot *memslot_new(const struct kvm_userspace_memory_region2 *r)
{
	struct memslot *s = malloc(sizeof(*s));
	gpa_t gpa = r->guest_phys_addr;
	uint64_t host = r->userspace_addr, size = r->memory_size;

	if (!s)
		return NULL;
	*s = (struct memslot){
		.id = r->slot,
		.flags = r->flags,
		.gpa = gpa,
		.size = size,
		.host = (uint8_t *)(uintptr_t)host,
		.by_gpa = {{.start = gpa, .last = gpa + size - 1},
			   {.start = gpa, .last = gpa + size - 1}},
		.by_host = {.start = host, .last = host + size - 1},
		.by_id = {.start = r->slot, .last = r->slot},
	};
	return s;
}

/* -EEXIST: another slot than @old (or NULL) has part of the range that @r
 * wants. */
static long memslots_collide(struct vm *vm, const struct memslot *old,
			     const struct kvm_userspace_memory_region2 *r)
{
	const struct memslots *slots = atomic_load(&vm->slots);
	gpa_t start = r->guest_phys_addr, last = start + r->memory_size - 1;
	const struct itree_node *n = itree_first(slots->root, start, last);
	const struct memslot *s;

	if (!n)
		return 0;
	s = memslot_find(slots, n->start);
	if (s == old) {
		n = n->last < last ? itree_first(slots->root, n->last + 1, last)
				   : NULL;
		if (!n)
			return 0;
		s = memslot_find(slots, n->start);
	}
	return refuse(EEXIST, FKVM_SLOT_OVERLAP,
		      "%#lx+%#lx overlaps slot %u, %#lx+%#lx", start,
		      (uint64_t)r->memory_size, s->id, s->gpa, s->size);
}

static unsigned int memslots_max(const struct vm *vm)
{
	return vm->arch->nr_memslots ? vm->arch->nr_memslots : MAX_MEMSLOTS;
}

static long memslot_check_args(struct vm *vm,
			       const struct kvm_userspace_memory_region2 *r)
{
	uint64_t gpa = r->guest_phys_addr, size = r->memory_size;
	uint64_t host = r->userspace_addr;

	if (r->flags & ~vm->arch->memslot_flags)
		return refuse(EINVAL, FKVM_SLOT_FLAGS,
			      "flags %#x, the architecture has %#x", r->flags,
			      vm->arch->memslot_flags);
	if ((r->slot & 0xffff) >= memslots_max(vm))
		return refuse(EINVAL, FKVM_SLOT_NUMBER,
			      "the number is above %u", memslots_max(vm) - 1);
	if (!IS_ALIGNED(size, GUEST_PAGE_SIZE))
		return refuse(EINVAL, FKVM_SLOT_ALIGN,
			      "memory_size %#lx is not page aligned", size);
	if (!IS_ALIGNED(gpa, GUEST_PAGE_SIZE))
		return refuse(EINVAL, FKVM_SLOT_ALIGN,
			      "guest_phys_addr %#lx is not page aligned", gpa);
	if (!IS_ALIGNED(host, GUEST_PAGE_SIZE))
		return refuse(EINVAL, FKVM_SLOT_ALIGN,
			      "userspace_addr %#lx is not page aligned", host);
	if (host > USER_LIMIT || size > USER_LIMIT - host)
		return refuse(EINVAL, FKVM_SLOT_USER_ADDRESS,
			      "userspace_addr %#lx+%#lx is outside user space, "
			      "or tagged",
			      host, size);
	if (r->slot >> 16)
		return refuse(EINVAL, FKVM_SLOT_SPACE,
			      "address space %u, there is only 0",
			      r->slot >> 16);
	if (gpa + size < gpa)
		return refuse(EINVAL, FKVM_SLOT_WRAPS,
			      "guest_phys_addr %#lx+%#lx wraps", gpa, size);
	if (size >> GUEST_PAGE_SHIFT > MAX_PAGES)
		return refuse(EINVAL, FKVM_SLOT_SIZE,
			      "memory_size %#lx is above 2^31-1 pages", size);
	return 0;
}

/* Make a slot, or move @old, or change its flags. */
static long memslot_store(struct vm *vm, struct memslot *old,
			  const struct kvm_userspace_memory_region2 *r)
{
	bool moved = !old || old->gpa != r->guest_phys_addr;
	bool logs = r->flags & KVM_MEM_LOG_DIRTY_PAGES;
	struct memslot *new;
	long ret;

	if (r->guest_phys_addr + r->memory_size > vm->gpa_limit)
		return refuse(EFAULT, FKVM_SLOT_IPA,
			      "%#lx+%#lx ends beyond the guest's physical "
			      "addresses, %#lx",
			      (uint64_t)r->guest_phys_addr,
			      (uint64_t)r->memory_size, vm->gpa_limit);
	ret = vm->arch->slot_check ? vm->arch->slot_check(vm, r) : 0;
	if (ret)
		return ret;
	new = memslot_new(r);
	if (!new)
		return refuse(ENOMEM, FKVM_NO_MEMORY, "no memory for the slot");
	if (logs && old && old->dirty) {
		new->dirty = old->dirty; /* a move keeps them, too */
	} else if (logs) {
		new->dirty =
			dirty_log_new(vm, r->memory_size >> GUEST_PAGE_SHIFT);
		if (!new->dirty) {
			free(new);
			return refuse(ENOMEM, FKVM_NO_MEMORY,
				      "no memory for the dirty log");
		}
	}
	if (warnings_wanted())
		misuse_slot(vm, new->id, new->gpa, new->size);
	memslot_replace(vm, old, new, moved ? VM_FLUSH_ALL : VM_FLUSH_WRITE);
	if (old) {
		if (old->dirty == new->dirty)
			old->dirty = NULL;
		if (moved && new->dirty)
			dirty_log_moved(new->dirty);
		memslot_free(old);
	}
	return 0;
}

static long memslot_delete(struct vm *vm, struct memslot *old)
{
	if (!old)
		return refuse(EINVAL, FKVM_SLOT_DELETE,
			      "size 0, and no such slot to delete");
	memslot_replace(vm, old, NULL, VM_FLUSH_ALL);
	memslot_free(old);
	return 0;
}

static long memslot_set_locked(struct vm *vm,
			       const struct kvm_userspace_memory_region2 *r)
{
	struct memslot *old = slot_by_id(vm, r->slot);
	long ret = 0;

	if (!r->memory_size)
		return memslot_delete(vm, old);
	if (old) {
		if (old->size != r->memory_size ||
		    (uintptr_t)old->host != r->userspace_addr ||
		    ((old->flags ^ r->flags) & KVM_MEM_READONLY))
			return refuse(EINVAL, FKVM_SLOT_CHANGE,
				      "the slot exists: memory_size, "
				      "userspace_addr and "
				      "READONLY can't change");
		if (old->gpa == r->guest_phys_addr && old->flags == r->flags)
			return 0;
	}
	if (!old || old->gpa != r->guest_phys_addr)
		ret = memslots_collide(vm, old, r);
	return ret ? ret : memslot_store(vm, old, r);
}

long memslot_set(struct vm *vm, const struct kvm_userspace_memory_region2 *r)
{
	long ret = memslot_check_args(vm, r);

	if (ret)
		return refused_within(ret, "slot %u", r->slot);
	pthread_mutex_lock(&vm->slots_lock);
	ret = memslot_set_locked(vm, r);
	pthread_mutex_unlock(&vm->slots_lock);
	return refused_within(ret, "slot %u", r->slot);
}
