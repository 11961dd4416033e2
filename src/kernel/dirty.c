/* SPDX-License-Identifier: MIT */
/*
 * Dirty page logs: one bit a page, in the slot while it logs. A bit is set
 * before a vCPU gets a writable translation and after the model itself wrote;
 * taking bits away is followed by VM_FLUSH_WRITE, so that the next write of
 * each vCPU asks again. What was written in between is visible to the VMM
 * when the ioctl returns, since the flush waits for the vCPUs. One whose write
 * waits for the VMM to provide the page is not waited for and has its bit set
 * when that is over.
 */
#include "kernel/memslot.h"

#include <errno.h>
#include <stdlib.h>

#include "base/fault.h"
#include "base/refuse.h"
#include "kernel/vm.h"

static uint64_t words_for(uint64_t npages)
{
	return (npages + 63) / 64;
}

struct dirty_log *dirty_log_new(uint64_t npages, bool all_set)
{
	struct dirty_log *log = calloc(1, sizeof(*log) + words_for(npages) * 8);

	if (!log)
		return NULL;
	log->npages = npages;
	for (uint64_t i = 0; all_set && i < words_for(npages); i++)
		atomic_init(&log->bits[i], ~UINT64_C(0));
	if (all_set && npages % 64)
		atomic_init(&log->bits[npages / 64],
			    GENMASK(npages % 64 - 1, 0));
	return log;
}

void dirty_log_mark(const struct memslot *slot, gpa_t gpa, size_t len)
{
	uint64_t first = (gpa - slot->gpa) >> GUEST_PAGE_SHIFT;
	uint64_t last = (gpa + len - 1 - slot->gpa) >> GUEST_PAGE_SHIFT;

	for (uint64_t page = first; page <= last; page++)
		atomic_fetch_or(&slot->dirty->bits[page / 64], BIT(page % 64));
}

/* slots_lock held. */
static long dirty_log_slot(struct vm *vm, uint32_t id,
			   const struct memslot **slot)
{
	if ((id & 0xffff) >= MAX_MEMSLOTS || id >> 16)
		return refuse(EINVAL, "slot number %#x is above %u", id,
			      MAX_MEMSLOTS - 1);
	*slot = memslot_by_id(vm, id);
	if (!*slot || !(*slot)->dirty)
		return refuse(ENOENT, "slot %u %s", id,
			      *slot ? "does not log" : "does not exist");
	return 0;
}

/*
 * All bits are taken before the first is copied out: a bitmap that faults
 * loses them, as under Linux.
 */
static long dirty_log_copy(struct dirty_log *log, uint64_t *user, bool take)
{
	uint64_t n = words_for(log->npages);
	uint64_t *buf = malloc(n * sizeof(*buf));
	long ret;

	if (!buf)
		return refuse(ENOMEM, "no memory for %lu pages' bits",
			      log->npages);
	for (uint64_t i = 0; i < n; i++)
		buf[i] = take ? atomic_exchange(&log->bits[i], 0)
			      : atomic_load(&log->bits[i]);
	ret = copy_to_user(user, buf, n * sizeof(*buf));
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
		ret = dirty_log_copy(slot->dirty, args->dirty_bitmap,
				     !vm->manual_protect);
		if (!vm->manual_protect)
			vm_flush(vm, VM_FLUSH_WRITE | VM_FLUSH_PAST_FAULTS);
	}
	pthread_mutex_unlock(&vm->slots_lock);
	return ret;
}

/* Take the bits of the VMM's bitmap away, in pieces. */
static long dirty_log_take(struct dirty_log *log, uint64_t first,
			   uint64_t npages, const uint64_t *user)
{
	uint64_t n = words_for(npages), buf[128];

	for (uint64_t at = 0; at < n; at += ARRAY_SIZE(buf)) {
		uint64_t part = min_u64(n - at, ARRAY_SIZE(buf));

		if (copy_from_user(buf, user + at, part * 8))
			return -EFAULT;
		for (uint64_t i = 0; i < part; i++)
			atomic_fetch_and(&log->bits[first / 64 + at + i],
					 ~buf[i]);
	}
	return 0;
}

static long dirty_log_clear_locked(struct vm *vm,
				   const struct kvm_clear_dirty_log *args)
{
	const struct memslot *slot;
	uint64_t left;
	long ret = dirty_log_slot(vm, args->slot, &slot);

	if (ret)
		return ret;
	left = slot->dirty->npages - args->first_page;
	if (args->first_page > slot->dirty->npages || args->num_pages > left ||
	    (args->num_pages < left && args->num_pages % 64))
		return refuse(EINVAL,
			      "pages %lu+%u of slot %u with %lu: beyond the "
			      "end, or neither a multiple "
			      "of 64 nor the rest",
			      args->first_page, args->num_pages, args->slot,
			      slot->dirty->npages);
	ret = dirty_log_take(slot->dirty, args->first_page, args->num_pages,
			     args->dirty_bitmap);
	vm_flush(vm, VM_FLUSH_WRITE | VM_FLUSH_PAST_FAULTS);
	return ret;
}

long dirty_log_clear(struct vm *vm, const struct kvm_clear_dirty_log *args)
{
	long ret;

	if ((args->slot & 0xffff) >= MAX_MEMSLOTS || args->slot >> 16 ||
	    args->first_page % 64)
		return refuse(EINVAL, "slot %#x first page %lu", args->slot,
			      args->first_page);
	pthread_mutex_lock(&vm->slots_lock);
	ret = dirty_log_clear_locked(vm, args);
	pthread_mutex_unlock(&vm->slots_lock);
	return ret;
}
