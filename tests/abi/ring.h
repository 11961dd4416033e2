/* SPDX-License-Identifier: MIT */
/*
 * VMs with dirty rings, for the cases of them: a slot that logs beside the
 * VM's own memory, a guest that writes pages of it, and the VMM's side of a
 * ring.
 */
#ifndef FAUXKVM_TESTS_ABI_RING_H
#define FAUXKVM_TESTS_ABI_RING_H

#include "abi.h"

#define PAGE         0x1000ull
#define RING_AT      (KVM_DIRTY_LOG_PAGE_OFFSET * PAGE)
#define RING_BYTES   4096u /* the smallest one */
#define RING_ENTRIES 256u
#define RING_LIMIT   192u /* entries with which it is full */
#define LOG_SLOT     3u
#define LOG_BASE     0x80000000ull
#define LOG_PAGES    1024u

extern uint8_t *logged; /* the host memory of LOG_SLOT */

int ring_enable(int vm, uint64_t bytes);
int bitmap_enable(int vm);
int slot_set(int vm, uint32_t id, uint32_t flags, uint64_t gpa, uint64_t size,
	     const void *host);
/* LOG_SLOT with these flags. */
int log_set(int vm, uint32_t flags);
/* Zeroed memory without huge pages: where there is no bitmap Linux lists those
 * as one page. */
uint8_t *small_pages(uint64_t size);

/* A VM whose vCPUs have rings of @bytes, and LOG_SLOT; the vCPU's ring. */
struct kvm_dirty_gfn *ring_open(struct abi_vm *v, uint64_t bytes, bool bitmap);
struct kvm_dirty_gfn *ring_open_gic(struct abi_vm *v, enum abi_gic gic,
				    uint64_t bytes, bool bitmap);
struct kvm_dirty_gfn *ring_map(int vcpu, uint64_t bytes);
/* KVM_RESET_DIRTY_RINGS */
long ring_reset(const struct abi_vm *v);
/* Hand @n entries from @from back. */
void ring_harvest(struct kvm_dirty_gfn *ring, unsigned int from,
		  unsigned int n);
/* The entry is new and is that page of LOG_SLOT. */
void is_entry(const struct kvm_dirty_gfn *e, uint64_t page);

/* The guest will write 0x1234 to @n pages from @page, then to GUEST_MMIO. */
void guest_writes(struct abi_vm *v, unsigned int page, unsigned int n);
/* The registers alone, for another program. */
void guest_ready(int vcpu, unsigned int page, unsigned int n);
/* Runs to GUEST_MMIO. */
void guest_done(struct abi_vm *v);

#endif
