/* SPDX-License-Identifier: MIT */
/*
 * Memory slots and their dirty logs (memslot.c, dirty.c): which host memory is
 * behind a guest physical address.
 */
#ifndef FAUXKVM_KERNEL_MEMSLOT_H
#define FAUXKVM_KERNEL_MEMSLOT_H

#include <stdatomic.h>

#include <fauxkvm/kvm.h>

#include "base/types.h"
#include "kernel/itree.h"

#define GUEST_PAGE_SHIFT 12
#define GUEST_PAGE_SIZE  4096u

#define MAX_MEMSLOTS 32767

struct vcpu;
struct vm;

struct dirty_log {
	uint64_t npages;
	_Atomic uint64_t bits[];
};

/* Only what links it changes once it is published. */
struct memslot {
	uint32_t id, flags;
	gpa_t gpa;
	uint64_t size;
	uint8_t *host;
	struct dirty_log *dirty; /* set while KVM_MEM_LOG_DIRTY_PAGES */
	struct itree_node by_gpa[2], by_host, by_id;
};

/* The slots by guest physical address. */
struct memslots {
	struct itree_node *root; /* by_gpa[n] of struct memslot */
	size_t node;             /* where in it */
	uint64_t version;        /* each change has its own; not 0 */
};

/*
 * The memory of a VM. One of @copy is published, as vm->slots, and does not
 * change; the other one is the writer's.
 */
struct memslot_table {
	struct memslots copy[2];
	struct itree_node *by_host; /* slots_gate */
	struct itree_node *by_id;   /* slots_lock */
};

void memslots_init(struct vm *vm);
void memslots_free(struct vm *vm);
/* slots_lock held. */
bool memslots_any(struct vm *vm);
long memslot_set(struct vm *vm,
		 const struct kvm_userspace_memory_region2 *region);

/* Lock-free: on a vCPU's thread that runs the guest, or with slots_gate
 * held. */
static inline const struct memslot *memslot_find(const struct memslots *slots,
						 gpa_t gpa)
{
	const struct itree_node *n = itree_at(slots->root, gpa);

	return n ? (const void *)((const char *)n - slots->node) : NULL;
}

/*
 * For an engine that caches what it gets until vm_flush(): the host memory of
 * @gpa's page, and whether it may be written from now on without asking again
 * (@write: it is about to be, and marked dirty if the slot logs). NULL: no
 * slot. On the vCPU's thread that runs the guest.
 */
uint8_t *memslot_page(struct vcpu *vcpu, gpa_t gpa, bool write, bool *writable);
int vm_mem_read(struct vm *vm, gpa_t gpa, void *buf, size_t len);
int vm_mem_write(struct vm *vm, gpa_t gpa, const void *buf, size_t len);
/* Host memory [start, end) is behind a slot. */
bool memslots_overlap_host(struct vm *vm, uintptr_t start, uintptr_t end);
/* slots_lock held. */
const struct memslot *memslot_by_id(struct vm *vm, uint32_t id);

struct dirty_log *dirty_log_new(uint64_t npages, bool all_set);
void dirty_log_mark(const struct memslot *slot, gpa_t gpa, size_t len);
long dirty_log_get(struct vm *vm, const struct kvm_dirty_log *log);
long dirty_log_clear(struct vm *vm, const struct kvm_clear_dirty_log *log);

#endif
