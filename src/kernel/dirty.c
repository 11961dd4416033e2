/* SPDX-License-Identifier: MIT */
/*
 * Dirty page logs: one bit a page, in the slot while it logs. A bit is set
 * before a vCPU gets a writable translation, once it is known that the page can
 * be written, and after the model itself wrote; taking bits away is followed by
 * VM_FLUSH_WRITE, so that the next write of each vCPU asks again. What was
 * written in between is visible to the VMM when the ioctl returns, since the
 * flush waits for the vCPUs. One whose write waits for the VMM to provide the
 * page is not waited for and has its bit set when that is over.
 *
 * Where the VM has dirty rings, a page is listed in the ring of the vCPU that
 * gets it writable first, and by those of its writes that the model does. A bit
 * of its own says that it is listed, so that the next vCPU, or this one when
 * its TLB has lost the page, does not list it again; as stage 2 page tables do
 * for Linux. Only what is written without a vCPU (the tables of an ITS, for
 * example) is in the VMM's bitmap, if it has one, else nowhere.
 */
#include "kernel/memslot.h"

#include <errno.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

static uint64_t words_for(uint64_t npages)
{
	return (npages + 63) / 64;
}

/* Of a VMM's bitmap, which has the kernel's longs. */
static uint64_t user_bytes(const struct vm *vm, uint64_t npages)
{
	return vm->arch->is_32bit ? (npages + 31) / 32 * 4
				  : words_for(npages) * 8;
}

/* slots_lock held. */
static bool has_bitmap(const struct vm *vm)
{
	return !vm->dirty_ring_bytes || vm->dirty_ring_bitmap;
}

static void bits_set_all(struct dirty_log *log)
{
	for (uint64_t i = 0; i < words_for(log->npages); i++)
		atomic_init(&log->bits[i], ~UINT64_C(0));
	if (log->npages % 64)
		atomic_init(&log->bits[log->npages / 64],
			    GENMASK(log->npages % 64 - 1, 0));
}

struct dirty_log *dirty_log_new(struct vm *vm, uint64_t npages)
{
	const uint64_t n = words_for(npages);
	const unsigned int maps = vm->dirty_ring_bytes ? 3 : 1;
	struct dirty_log *log = calloc(1, sizeof(*log) + maps * n * 8);

	if (!log)
		return NULL;
	log->npages = npages;
	if (has_bitmap(vm))
		log->bits = log->words;
	if (vm->dirty_ring_bytes) {
		log->listed = log->words + n;
		log->owed = log->words + 2 * n;
	}
	if (log->bits && vm->initially_set)
		bits_set_all(log);
	return log;
}

/* True: it was set. */
static bool bit_set(_Atomic uint64_t *bits, uint64_t page)
{
	return atomic_fetch_or(&bits[page / 64], BIT(page % 64)) &
	       BIT(page % 64);
}

/* ---- marks --------------------------------------------------------------- */

static void page_list(struct vcpu *vcpu, const struct memslot *slot,
		      uint64_t page)
{
	if (!dirty_ring_push(vcpu, slot->id, page))
		bit_set(slot->dirty->owed, page);
}

bool dirty_log_mark_page(struct vcpu *vcpu, const struct memslot *slot,
			 gpa_t gpa)
{
	const uint64_t page = (gpa - slot->gpa) >> GUEST_PAGE_SHIFT;
	struct dirty_log *log = slot->dirty;

	if (!log->listed) {
		bit_set(log->bits, page);
		return true;
	}
	if (bit_set(log->listed, page))
		return true;
	page_list(vcpu, slot, page);
	return !dirty_ring_is_full(vcpu);
}

void dirty_log_mark(struct vm *vm, const struct memslot *slot, gpa_t gpa,
		    size_t len)
{
	uint64_t first = (gpa - slot->gpa) >> GUEST_PAGE_SHIFT;
	uint64_t last = (gpa + len - 1 - slot->gpa) >> GUEST_PAGE_SHIFT;
	struct dirty_log *log = slot->dirty;
	struct vcpu *vcpu = log->listed ? vcpu_running(vm) : NULL;

	for (uint64_t page = first; page <= last; page++) {
		if (vcpu)
			page_list(vcpu, slot, page);
		else if (log->bits)
			bit_set(log->bits, page);
	}
}

/* ---- rings --------------------------------------------------------------- */

void dirty_log_moved(struct dirty_log *log)
{
	for (uint64_t i = 0; log->listed && i < words_for(log->npages); i++)
		atomic_store(&log->listed[i], 0);
}

void dirty_log_rearm(struct vm *vm, uint32_t id, uint64_t page)
{
	const struct memslot *slot =
		id < MAX_MEMSLOTS ? memslot_by_id(vm, id) : NULL;
	struct dirty_log *log = slot ? slot->dirty : NULL;

	if (log && log->listed && page < log->npages)
		atomic_fetch_and(&log->listed[page / 64], ~BIT(page % 64));
}

/* True: some is left. */
static bool log_pay(struct vcpu *vcpu, const struct memslot *slot)
{
	_Atomic uint64_t *owed = slot->dirty->owed;

	for (uint64_t i = 0; i < words_for(slot->dirty->npages); i++) {
		while (atomic_load(&owed[i])) {
			unsigned int n = (unsigned int)__builtin_ctzll(
				atomic_load(&owed[i]));

			if (!dirty_ring_push(vcpu, slot->id, i * 64 + n))
				return true;
			atomic_fetch_and(&owed[i], ~BIT(n));
		}
	}
	return false;
}

bool dirty_log_pay(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	const struct itree_node *n;
	bool left = false;

	pthread_mutex_lock(&vm->slots_lock);
	for (uint64_t id = 0; !left && id < MAX_MEMSLOTS; id = n->last + 1) {
		const struct memslot *slot;

		n = itree_first(vm->memory.by_id, id, MAX_MEMSLOTS - 1);
		if (!n)
			break;
		slot = container_of(n, struct memslot, by_id);
		left = slot->dirty && slot->dirty->owed && log_pay(vcpu, slot);
	}
	pthread_mutex_unlock(&vm->slots_lock);
	return left;
}

/* ---- bitmaps ------------------------------------------------------------- */

/* slots_lock held. */
static long dirty_log_slot(struct vm *vm, uint32_t id,
			   const struct memslot **slot)
{
	if (!has_bitmap(vm))
		return refuse(ENXIO, FKVM_DIRTY_RING,
			      "the VM has dirty rings and no bitmap");
	if ((id & 0xffff) >= MAX_MEMSLOTS || id >> 16)
		return refuse(EINVAL, FKVM_SLOT_NUMBER,
			      "slot number %#x is above %u", id,
			      MAX_MEMSLOTS - 1);
	*slot = memslot_by_id(vm, id);
	if (!*slot || !(*slot)->dirty)
		return refuse(ENOENT, FKVM_DIRTY_SLOT, "slot %u %s", id,
			      *slot ? "does not log" : "does not exist");
	return 0;
}

/* The bits of @mask that were set; those pages' next writes are marked again. */
static uint64_t word_take(struct dirty_log *log, uint64_t i, uint64_t mask)
{
	uint64_t taken = atomic_fetch_and(&log->bits[i], ~mask) & mask;

	if (log->listed)
		atomic_fetch_and(&log->listed[i], ~taken);
	return taken;
}

/*
 * All bits are taken before the first is copied out: a bitmap that faults
 * loses them, as under Linux.
 */
static long dirty_log_copy(const struct vm *vm, struct dirty_log *log,
			   uint64_t *user, bool take)
{
	uint64_t n = words_for(log->npages);
	uint64_t *buf = malloc(n * sizeof(*buf));
	long ret;

	if (!buf)
		return refuse(ENOMEM, FKVM_NO_MEMORY,
			      "no memory for %lu pages' bits", log->npages);
	for (uint64_t i = 0; i < n; i++) {
		if (take)
			buf[i] = word_take(log, i, ~UINT64_C(0));
		else
			buf[i] = atomic_load(&log->bits[i]);
	}
	ret = copy_to_user(user, buf, user_bytes(vm, log->npages));
	free(buf);
	return ret;
}

long dirty_log_get(struct vm *vm, const struct kvm_dirty_log *args)
{
	const struct memslot *slot;
	long ret;

	pthread_mutex_lock(&vm->slots_lock);
	ret = dirty_log_slot(vm, args->slot, &slot);
	if (!ret) {
		ret = dirty_log_copy(vm, slot->dirty, args->dirty_bitmap,
				     !vm->manual_protect);
		if (!vm->manual_protect)
			vm_flush(vm, VM_FLUSH_WRITE | VM_FLUSH_PAST_FAULTS);
	}
	pthread_mutex_unlock(&vm->slots_lock);
	return ret;
}

/* Take the bits of the VMM's bitmap away, in pieces. */
static long dirty_log_take(const struct vm *vm, struct dirty_log *log,
			   uint64_t first, uint64_t npages,
			   const uint64_t *user)
{
	uint64_t n = words_for(npages), left = user_bytes(vm, npages);
	uint64_t buf[128] = {0};

	for (uint64_t at = 0; at < n; at += ARRAY_SIZE(buf)) {
		uint64_t part = min_u64(n - at, ARRAY_SIZE(buf));
		uint64_t bytes = min_u64(left, sizeof(buf));

		if (copy_from_user(buf, user + at, bytes))
			return -EFAULT;
		left -= bytes;
		/* Of a last word there may be only half. */
		buf[(bytes - 1) / 8] &= GENMASK((bytes - 1) % 8 * 8 + 7, 0);
		for (uint64_t i = 0; i < part; i++)
			word_take(log, first / 64 + at + i, buf[i]);
	}
	return 0;
}

static long clear_check(struct vm *vm, const struct kvm_clear_dirty_log *args,
			const struct memslot **slot)
{
	uint64_t left;
	long ret;

	if (has_bitmap(vm) && args->first_page % 64)
		return refuse(EINVAL, FKVM_DIRTY_CLEAR,
			      "slot %#x first page %lu", args->slot,
			      args->first_page);
	ret = dirty_log_slot(vm, args->slot, slot);
	if (ret)
		return ret;
	left = (*slot)->dirty->npages - args->first_page;
	if (args->first_page > (*slot)->dirty->npages ||
	    args->num_pages > left ||
	    (args->num_pages < left && args->num_pages % 64))
		return refuse(EINVAL, FKVM_DIRTY_CLEAR,
			      "pages %lu+%u of slot %u with %lu: beyond the "
			      "end, or neither a multiple "
			      "of 64 nor the rest",
			      args->first_page, args->num_pages, args->slot,
			      (*slot)->dirty->npages);
	return 0;
}

long dirty_log_clear(struct vm *vm, const struct kvm_clear_dirty_log *args)
{
	const struct memslot *slot;
	long ret;

	pthread_mutex_lock(&vm->slots_lock);
	ret = clear_check(vm, args, &slot);
	if (!ret) {
		ret = dirty_log_take(vm, slot->dirty, args->first_page,
				     args->num_pages, args->dirty_bitmap);
		vm_flush(vm, VM_FLUSH_WRITE | VM_FLUSH_PAST_FAULTS);
	}
	pthread_mutex_unlock(&vm->slots_lock);
	return ret;
}
