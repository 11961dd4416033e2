/* SPDX-License-Identifier: MIT */
/*
 * Dirty rings: each vCPU lists the pages that it makes dirty, in memory that
 * the VMM maps (KVM_CAP_DIRTY_LOG_RING_ACQ_REL). An entry is published by a
 * release store of its flags; the VMM takes it, sets RESET, and
 * KVM_RESET_DIRTY_RINGS has the next write to the page listed again.
 *
 * A ring counts as full KVM's 64 entries before its end. The page that makes it
 * so is listed and not yet written: the vCPU leaves before the access, and no
 * KVM_RUN enters the guest until entries are reset.
 */
#ifndef FAUXKVM_KERNEL_DIRTY_RING_H
#define FAUXKVM_KERNEL_DIRTY_RING_H

#include <stdatomic.h>

#include <fauxkvm/kvm.h>

#include "base/types.h"

struct kobj;
struct vcpu;
struct vm;

#define DIRTY_RING_MAX_BYTES (65536 * (long)sizeof(struct kvm_dirty_gfn))

struct dirty_ring {
	struct kvm_dirty_gfn *gfns; /* mapped shared; NULL: no ring */
	uint32_t size, soft_limit;  /* entries */
	/* Both run freely: the next entry to fill, on the vCPU's thread; and
	 * the next to be reset, slots_lock. */
	_Atomic uint32_t dirty, reset;
	/* The vCPU's thread: an entry made the ring full since it was last
	 * found not to be; pages are owed by struct dirty_log. */
	bool full, owes;
};

/* KVM_ENABLE_CAP. */
long dirty_ring_enable(struct vm *vm, const struct kvm_enable_cap *cap);
long dirty_ring_enable_bitmap(struct vm *vm, const struct kvm_enable_cap *cap);

/* -ENOMEM or 0; a ring only if the VM has them. */
int dirty_ring_alloc(struct vcpu *vcpu);
void dirty_ring_free(struct vcpu *vcpu);
/* -EINVAL if a mapping of the vCPU's descriptor may not be made. */
long dirty_ring_check_map(const struct vcpu *vcpu, uint64_t offset,
			  uint64_t size, bool exec, bool shared);
long dirty_rings_reset(struct vm *vm);

/* ---- the vCPU's thread --------------------------------------------------- */

/* False: there is no entry left, the page remains to be listed. */
bool dirty_ring_push(struct vcpu *vcpu, uint32_t slot, uint64_t page);
/* The last entry pushed, or an older one, made the ring full. */
bool dirty_ring_is_full(const struct vcpu *vcpu);
/* The same before the guest is entered: true: KVM_RUN returns with
 * KVM_EXIT_DIRTY_RING_FULL, which is set. */
bool dirty_ring_exits_slow(struct vcpu *vcpu);

#endif
