/* SPDX-License-Identifier: MIT */
/*
 * The VM's buses: register frames of devices, ioeventfds and coalesced zones
 * by address. A table is immutable; vCPUs read it without a lock and announce
 * the one they use in vcpu->bus_in_use. A writer publishes a new table and
 * waits until nobody announces the old one, which is then the spare: the next
 * table is written there. It has room for all entries but the one that was
 * added last, so a removal needs no memory. While it waits a writer must not
 * hold a lock that a frame's read or write function takes.
 *
 * What the VMM plays a device for is on no table: a vCPU remembers the hole in
 * which it found nobody last, and which version of the bus that was.
 */
#include "kernel/bus.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>

#include "base/fence.h"
#include "base/refuse.h"
#include "kernel/vcpu-again.h"
#include "kernel/vm.h"

#define MAX_DEVICES 1000

int bus_init(struct vm *vm)
{
	for (unsigned int i = 0; i < NR_BUSES; i++) {
		struct bus *b = calloc(1, sizeof(*b));

		if (!b)
			return refuse(ENOMEM, FKVM_NO_MEMORY,
				      "no memory for a bus");
		atomic_store(&vm->bus[i], b);
	}
	return 0;
}

void bus_free(struct vm *vm)
{
	for (unsigned int i = 0; i < NR_BUSES; i++) {
		free(atomic_load(&vm->bus[i]));
		free(vm->bus_spare[i]);
	}
}

static void bus_publish(struct vm *vm, unsigned int nr, struct bus *new)
{
	struct bus *old;

	old = atomic_exchange(&vm->bus[nr], new);
	/* Behind it: a hole of the old table has an old number. */
	atomic_fetch_add(&vm->bus_version, 1);
	fence_heavy();
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		while (atomic_load(&vm->vcpus[i]->bus_in_use) == old)
			sched_yield();
	vm->bus_spare[nr] = old;
}

/* The spare, empty, with room for @count entries; NULL: no memory. */
static struct bus *bus_spare(struct vm *vm, unsigned int nr, unsigned int count)
{
	struct bus *b = vm->bus_spare[nr];
	unsigned int room = 2 * count;

	if (!b || b->room < count) {
		b = malloc(sizeof(*b) + room * sizeof(struct bus_entry));
		if (!b)
			return NULL;
		free(vm->bus_spare[nr]);
		vm->bus_spare[nr] = b;
		b->room = room;
	}
	b->count = b->hardware = b->devices = 0;
	return b;
}

/*
 * How Linux compares a range with an entry, for the place of a new entry and
 * for the search: 0 means that the range is within the entry. Of ranges that
 * overlap this makes no order, so who answers where they do depends on the
 * steps of the search, and these are Linux's too.
 */
static int range_compare(gpa_t base, uint64_t size, const struct bus_entry *e)
{
	gpa_t end = e->base;

	if (base < end)
		return -1;
	if (e->size) {
		base += (int32_t)size;
		end += (int32_t)e->size;
	}
	return base > end;
}

/* Index of the first entry that may answer, b->count: there is none. */
static unsigned int bus_first(const struct bus *b, gpa_t gpa, unsigned int len)
{
	unsigned int first = 0, left = b->count;

	while (left) {
		unsigned int i = first + left / 2;
		int c = range_compare(gpa, len, &b->entry[i]);

		if (!c) {
			while (i && !range_compare(gpa, len, &b->entry[i - 1]))
				i--;
			return i;
		}
		if (c > 0) {
			first = i + 1;
			left--;
		}
		left /= 2;
	}
	return b->count;
}

static bool is_hardware(const struct bus_entry *e)
{
	const struct mmio_frame *f = e->object;

	return e->kind == BUS_FRAME && f->hardware;
}

static unsigned int bus_total(const struct bus *b)
{
	return b->count + b->hardware;
}

/* In the order of the table: first what is on Linux's bus. */
static void bus_append(struct bus *b, const struct bus_entry *e)
{
	b->entry[bus_total(b)] = *e;
	if (is_hardware(e))
		b->hardware++;
	else
		b->count++;
	b->devices += e->kind != BUS_IOEVENTFD && !is_hardware(e);
}

int bus_add(struct vm *vm, unsigned int nr, const struct bus_entry *e)
{
	const struct bus *old = atomic_load(&vm->bus[nr]);
	struct bus *new;
	unsigned int at = 0, i;

	if (old->devices >= MAX_DEVICES && !is_hardware(e))
		return refuse(ENOSPC, FKVM_BUS_FULL,
			      "the bus holds %u devices already", old->devices);
	new = bus_spare(vm, nr, bus_total(old) + 1);
	if (!new)
		return refuse(ENOMEM, FKVM_NO_MEMORY, "no memory for the bus");
	while (at < old->count &&
	       (is_hardware(e) || range_compare(old->entry[at].base,
						old->entry[at].size, e) <= 0))
		at++;
	for (i = 0; i < at; i++)
		bus_append(new, &old->entry[i]);
	bus_append(new, e);
	for (; i < bus_total(old); i++)
		bus_append(new, &old->entry[i]);
	bus_publish(vm, nr, new);
	return 0;
}

static bool bus_has(const struct bus *b, const void *object)
{
	for (unsigned int i = 0; i < bus_total(b); i++)
		if (b->entry[i].object == object)
			return true;
	return false;
}

void bus_remove(struct vm *vm, unsigned int nr, const void *object)
{
	const struct bus *old = atomic_load(&vm->bus[nr]);
	struct bus *new;

	if (!bus_has(old, object))
		return;
	new = bus_spare(vm, nr, bus_total(old) - 1);
	for (unsigned int i = 0; i < bus_total(old); i++)
		if (old->entry[i].object != object)
			bus_append(new, &old->entry[i]);
	bus_publish(vm, nr, new);
}

static const struct bus *bus_get(struct vcpu *vcpu)
{
	struct bus *b;

	do {
		b = atomic_load_explicit(&vcpu->vm->bus[BUS_MMIO],
					 memory_order_acquire);
		atomic_store_explicit(&vcpu->bus_in_use, b,
				      memory_order_relaxed);
		fence_light();
	} while (b != atomic_load_explicit(&vcpu->vm->bus[BUS_MMIO],
					   memory_order_relaxed));
	return b;
}

static void bus_put(struct vcpu *vcpu)
{
	atomic_store_explicit(&vcpu->bus_in_use, NULL, memory_order_release);
}

static bool entry_access(struct vcpu *vcpu, const struct bus_entry *e,
			 gpa_t gpa, bool write, unsigned int len,
			 uint64_t *data)
{
	struct mmio_frame *f;

	switch (e->kind) {
	case BUS_IOEVENTFD:
		return write &&
		       ioeventfd_write(vcpu->vm, e->object, gpa, len,
				       vm_as_in_memory(vcpu->vm, *data, len));
	case BUS_COALESCED:
		return write &&
		       coalesced_write(vcpu->vm, e->object, gpa, len,
				       vm_as_in_memory(vcpu->vm, *data, len));
	case BUS_FRAME:
		if (gpa < e->base || gpa - e->base + len > e->size)
			return false;
		f = e->object;
		if (write)
			return f->write(f, vcpu->index, gpa - e->base, len,
					*data);
		return f->read(f, vcpu->index, gpa - e->base, len, data);
	}
	return false;
}

/* More entries are not worth to be looked at one by one. */
#define HOLE_ENTRIES 64

/* Nobody has answered: what around @gpa is no entry's, if anything is. */
static void hole_note(struct vcpu *vcpu, const struct bus *b, gpa_t gpa,
		      uint64_t version)
{
	struct bus_hole hole = {.version = version, .end = UINT64_MAX};

	if (bus_total(b) > HOLE_ENTRIES)
		return;
	for (unsigned int i = 0; i < bus_total(b); i++) {
		const struct bus_entry *e = &b->entry[i];

		if (e->base > gpa)
			hole.end = min_u64(hole.end, e->base);
		else if (gpa - e->base > e->size && e->size <= INT32_MAX)
			hole.start = max_u64(hole.start, e->base + e->size + 1);
		else
			return;
	}
	vcpu->hole = hole;
}

static __attribute__((noinline)) bool bus_search(struct vcpu *vcpu, gpa_t gpa,
						 bool write, unsigned int len,
						 uint64_t *data)
{
	uint64_t version = atomic_load(&vcpu->vm->bus_version);
	const struct bus *b = bus_get(vcpu);
	bool done = false;
	unsigned int i;

	for (i = b->count; i < bus_total(b) && !done; i++)
		done = entry_access(vcpu, &b->entry[i], gpa, write, len, data);
	i = done ? b->count : bus_first(b, gpa, len);
	for (; i < b->count && !range_compare(gpa, len, &b->entry[i]) && !done;
	     i++)
		done = entry_access(vcpu, &b->entry[i], gpa, write, len, data);
	if (!done)
		hole_note(vcpu, b, gpa, version);
	bus_put(vcpu);
	return done;
}

bool bus_access(struct vcpu *vcpu, gpa_t gpa, bool write, unsigned int len,
		uint64_t *data)
{
	if (likely(bus_hole_has(vcpu, gpa, len)))
		return false;
	return bus_search(vcpu, gpa, write, len, data);
}
