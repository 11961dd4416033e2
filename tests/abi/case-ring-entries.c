/* SPDX-License-Identifier: MIT */
/*
 * Dirty rings, entry by entry: which write is one when, full rings, resets.
 */
#include "ring.h"

#define DIRTY KVM_DIRTY_GFN_F_DIRTY
#define RESET KVM_DIRTY_GFN_F_RESET

/* ---- entries ------------------------------------------------------------- */

static void entries(void)
{
	struct kvm_dirty_gfn *ring;
	struct abi_vm v;

	ring = ring_open(&v, RING_BYTES, false);
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
	EQUAL(OK(ring_reset(&v)), 0);
	/* Reset in order, as far as they are harvested. */
	ring_harvest(ring, 0, 2);
	ring_harvest(ring, 3, 1);
	EQUAL(OK(ring_reset(&v)), 2);
	EQUAL(ring[0].flags, 0);
	EQUAL(ring[2].flags, DIRTY);
	EQUAL(ring[3].flags, RESET);
	guest_writes(&v, 6, 5);
	guest_done(&v);
	is_entry(&ring[5], 7);
	is_entry(&ring[6], 8);
	EQUAL(ring[7].flags, 0);
	ring_harvest(ring, 2, 5);
	EQUAL(OK(ring_reset(&v)), 5);
	EQUAL(OK(ring_reset(&v)), 0);
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

	ring[0] = ring_open(&v, RING_BYTES, false);
	w = v;
	w.vcpu = abi_vcpu(&v, 1, &w.run);
	ring[1] = ring_map(w.vcpu, RING_BYTES);
	guest_writes(&v, 0, 2);
	guest_done(&v);
	guest_writes(&w, 1, 2);
	guest_done(&w);
	is_entry(&ring[0][1], 1);
	is_entry(&ring[1][0], 2);
	EQUAL(ring[1][1].flags, 0);
	ring_harvest(ring[0], 0, 2);
	ring_harvest(ring[1], 0, 1);
	EQUAL(OK(ring_reset(&v)), 3);
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

	ring = ring_open(&v, RING_BYTES, false);
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

	ring = ring_open(&v, RING_BYTES, false);
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
	OK(slot_set(v.vm, LOG_SLOT, 0, LOG_BASE, 0, NULL));
	ring_harvest(ring, 0, 4);
	EQUAL(OK(ring_reset(&v)), 4);
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

	ring = ring_open(&v, RING_BYTES, false);
	guest_writes(&v, 0, 4);
	guest_done(&v);
	ring[0] = (struct kvm_dirty_gfn){RESET, 77, 0};
	ring[1] = (struct kvm_dirty_gfn){RESET | DIRTY | 8, LOG_SLOT | 1 << 16,
					 1};
	ring[2] = (struct kvm_dirty_gfn){RESET, LOG_SLOT, UINT64_MAX};
	ring[3] = (struct kvm_dirty_gfn){DIRTY | 8, 65535, 3};
	EQUAL(OK(ring_reset(&v)), 3);
	EQUAL(ring[1].flags, 0);
	ring[3] = (struct kvm_dirty_gfn){RESET, LOG_SLOT, 1};
	EQUAL(OK(ring_reset(&v)), 1);
	guest_writes(&v, 0, 4);
	guest_done(&v);
	is_entry(&ring[4], 1);
	EQUAL(ring[5].flags, 0);
	ring_harvest(ring, 4, 1);
	EQUAL(OK(ring_reset(&v)), 1);
	/* More than there were: until the next entry nobody notices. */
	ring_harvest(ring, 5, 3);
	EQUAL(OK(ring_reset(&v)), 3);
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
	struct kvm_dirty_gfn *ring;
	struct abi_vm v;

	ring = ring_open(&v, RING_BYTES, false);
	guest_writes(&v, 0, 300);
	EQUAL(abi_run(&v), KVM_EXIT_DIRTY_RING_FULL);
	/* The last page is listed and not yet written. */
	is_entry(&ring[RING_LIMIT - 1], RING_LIMIT - 1);
	EQUAL(ring[RING_LIMIT].flags, 0);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE);
	EQUAL(reg_get(v.vcpu, REG_X(0)), LOG_BASE + (RING_LIMIT - 1) * PAGE);
	EQUAL(*(uint64_t *)(logged + (RING_LIMIT - 2) * PAGE), 0x1234);
	EQUAL(*(uint64_t *)(logged + (RING_LIMIT - 1) * PAGE), 0);
	EQUAL(abi_run(&v), KVM_EXIT_DIRTY_RING_FULL);
	abi_run_nothing(&v);
	EQUAL(reg_get(v.vcpu, REG_X(0)), LOG_BASE + (RING_LIMIT - 1) * PAGE);
	/* Reset in part: as many more. */
	ring_harvest(ring, 0, 10);
	EQUAL(abi_run(&v), KVM_EXIT_DIRTY_RING_FULL);
	EQUAL(OK(ring_reset(&v)), 10);
	EQUAL(abi_run(&v), KVM_EXIT_DIRTY_RING_FULL);
	is_entry(&ring[RING_LIMIT + 9], RING_LIMIT + 9);
	EQUAL(reg_get(v.vcpu, REG_X(0)), LOG_BASE + (RING_LIMIT + 9) * PAGE);
	/* All: the page of the last entry is listed once more. */
	ring_harvest(ring, 10, RING_LIMIT);
	EQUAL(OK(ring_reset(&v)), RING_LIMIT);
	guest_done(&v);
	is_entry(&ring[RING_LIMIT + 10], RING_LIMIT + 9);
	for (unsigned int i = RING_LIMIT + 10; i < 300; i++)
		is_entry(&ring[(i + 1) % RING_ENTRIES], i);
	EQUAL(ring[301 % RING_ENTRIES].flags, 0);
	EQUAL(*(uint64_t *)(logged + 299 * PAGE), 0x1234);
	/* Full, but not when entered. */
	ring_harvest(ring, RING_LIMIT + 10, 301 - RING_LIMIT - 10);
	EQUAL(OK(ring_reset(&v)), 301 - RING_LIMIT - 10);
	guest_writes(&v, 400, RING_LIMIT - 1);
	guest_done(&v);
	guest_writes(&v, 400, RING_LIMIT - 1);
	guest_done(&v);
	guest_writes(&v, 399, 1);
	EQUAL(abi_run(&v), KVM_EXIT_DIRTY_RING_FULL);
}

/* An exit of MMIO is finished before the ring is looked at. */
static void full_at_mmio(void)
{
	struct abi_vm v;

	ring_open(&v, RING_BYTES, false);
	guest_writes(&v, 0, RING_LIMIT - 1);
	guest_done(&v);
	GUEST(&v, 0, ASM_LDR(4, 2), ASM_STR(4, 0), ASM_STR(4, 2), ASM_B_SELF);
	guest_ready(v.vcpu, 500, 1);
	EQUAL(abi_run(&v), KVM_EXIT_MMIO);
	memset(v.run->mmio.data, 0x55, 8);
	EQUAL(abi_run(&v), KVM_EXIT_DIRTY_RING_FULL);
	EQUAL(reg_get(v.vcpu, REG_X(4)), 0x5555555555555555);
	EQUAL(reg_get(v.vcpu, REG_PC), GUEST_BASE + 4);
}

const struct abi_case cases_ring_entries[] = {
	{"ring/entries", entries},
	{"ring/two-vcpus", two_vcpus},
	{"ring/crossing", crossing},
	{"ring/slot-changes", slot_changes},
	{"ring/nonsense", nonsense},
	{"ring/full", full},
	{"ring/full-at-mmio", full_at_mmio},
	{NULL},
};
