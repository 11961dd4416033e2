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

/* One bit a page in each; where the VM has no rings there is only the first. */
struct dirty_log {
	uint64_t npages;
	_Atomic uint64_t *bits; /* the VMM's bitmap; NULL: rings without one */
	/* A vCPU may write the page and has listed it; to be listed when the
	 * ring of the vCPU that wrote it has room. NULL: no rings. */
	_Atomic uint64_t *listed, *owed;
	_Atomic uint64_t words[];
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
	struct itree_node *by_host;         /* slots_gate */
	struct itree_node *by_id;           /* slots_lock */
	_Atomic unsigned int nr_dirty_logs; /* slots that have one */
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
 * (@write: it is about to be, and marked dirty if the slot logs). -ENOENT: no
 * slot. -EAGAIN: the page's mark has filled the dirty ring, the vCPU leaves
 * before it writes. On the vCPU's thread that runs the guest. A page that can't be
 * written is not marked: it is touched first, which may fault, in the engine's
 * guard.
 */
int memslot_page(struct vcpu *vcpu, gpa_t gpa, bool write, uint8_t **host,
		 bool *writable);
/* Mark @gpa's page, which memslot_page() has given for writing, once more. */
void memslot_wrote(struct vcpu *vcpu, gpa_t gpa);
int vm_mem_read(struct vm *vm, gpa_t gpa, void *buf, size_t len);
int vm_mem_write(struct vm *vm, gpa_t gpa, const void *buf, size_t len);
/* What is mapped at [start, end) has changed: of the slots that have it vCPUs
 * forget translations, and the code that is there; nobody waits for them. */
void memslots_host_changed(struct vm *vm, uintptr_t start, uintptr_t end);
/* slots_lock held. */
const struct memslot *memslot_by_id(struct vm *vm, uint32_t id);

/* ---- dirty.c ------------------------------------------------------------- */

/* slots_lock held. */
struct dirty_log *dirty_log_new(struct vm *vm, uint64_t npages);
/* The slot has moved: no vCPU has a translation of the old place any more. */
void dirty_log_moved(struct dirty_log *log);
/* The model has written; by a vCPU's thread in KVM_RUN or another. */
void dirty_log_mark(struct vm *vm, const struct memslot *slot, gpa_t gpa,
		    size_t len);
/* A page that the guest is about to write. False: it has to leave first. */
bool dirty_log_mark_page(struct vcpu *vcpu, const struct memslot *slot,
			 gpa_t gpa);
/* An entry of a ring that says (@slot, @page) was reset; slots_lock held, and a
 * flush of writes follows. */
void dirty_log_rearm(struct vm *vm, uint32_t slot, uint64_t page);
/* List what was owed, as far as @vcpu's ring has room. True: some is left. */
bool dirty_log_pay(struct vcpu *vcpu);
long dirty_log_get(struct vm *vm, const struct kvm_dirty_log *log);
long dirty_log_clear(struct vm *vm, const struct kvm_clear_dirty_log *log);

#endif
