/* SPDX-License-Identifier: MIT */
/*
 * Coalesced MMIO: writes into a zone are queued in a ring until it is full,
 * instead of leaving KVM_RUN. Page 1 of every vCPU's mapping is the same page:
 * that of the vCPU created first, see struct kobj_part.
 */
#include "kernel/bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/refuse.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

static bool zone_covers(const struct kvm_coalesced_mmio_zone *z, uint64_t addr,
			uint64_t len)
{
	return addr + len >= addr && addr >= z->addr &&
	       addr + len <= z->addr + z->size;
}

/* ring_lock held. */
static bool ring_put(struct kvm_coalesced_mmio_ring *ring,
		     const struct kvm_coalesced_mmio *entry)
{
	uint32_t last = __atomic_load_n(&ring->last, __ATOMIC_ACQUIRE);
	uint32_t first = __atomic_load_n(&ring->first, __ATOMIC_ACQUIRE);

	/* The VMM can write anything here. */
	if (last >= KVM_COALESCED_MMIO_MAX ||
	    (last + 1) % KVM_COALESCED_MMIO_MAX == first)
		return false;
	ring->coalesced_mmio[last] = *entry;
	__atomic_store_n(&ring->last, (last + 1) % KVM_COALESCED_MMIO_MAX,
			 __ATOMIC_RELEASE);
	return true;
}

bool coalesced_write(struct vm *vm, const struct coalesced_zone *z, gpa_t gpa,
		     unsigned int len, uint64_t data)
{
	struct kvm_coalesced_mmio entry = {
		.phys_addr = gpa, .len = len, .pio = z->zone.pio};
	bool done;

	if (!zone_covers(&z->zone, gpa, len))
		return false;
	memcpy(entry.data, &data, sizeof(entry.data));
	pthread_mutex_lock(&vm->ring_lock);
	done = ring_put(vm->ring, &entry);
	pthread_mutex_unlock(&vm->ring_lock);
	return done;
}

long coalesced_register(struct vm *vm, const struct kvm_coalesced_mmio_zone *z)
{
	struct coalesced_zone *zone;
	struct bus_entry e;
	long ret;

	if (z->pio > 1)
		return refuse(EINVAL, FKVM_COALESCED_PIO,
			      "pio is %u, neither 0 nor 1", z->pio);
	zone = calloc(1, sizeof(*zone));
	if (!zone)
		return refuse(ENOMEM, FKVM_NO_MEMORY, "no memory for the zone");
	zone->zone = *z;
	e = (struct bus_entry){z->addr, z->size, BUS_COALESCED, zone};
	pthread_mutex_lock(&vm->slots_lock);
	ret = bus_add(vm, z->pio ? BUS_PIO : BUS_MMIO, &e);
	if (!ret) {
		zone->next = vm->zones;
		vm->zones = zone;
	}
	pthread_mutex_unlock(&vm->slots_lock);
	if (ret)
		free(zone);
	return ret;
}

long coalesced_unregister(struct vm *vm,
			  const struct kvm_coalesced_mmio_zone *z)
{
	struct coalesced_zone *zone, **link = &vm->zones;

	if (z->pio > 1)
		return refuse(EINVAL, FKVM_COALESCED_PIO,
			      "pio is %u, neither 0 nor 1", z->pio);
	pthread_mutex_lock(&vm->slots_lock);
	while ((zone = *link)) {
		if (zone->zone.pio != z->pio ||
		    !zone_covers(&zone->zone, z->addr, z->size)) {
			link = &zone->next;
			continue;
		}
		*link = zone->next;
		bus_remove(vm, z->pio ? BUS_PIO : BUS_MMIO, zone);
		free(zone);
	}
	pthread_mutex_unlock(&vm->slots_lock);
	return 0;
}

void coalesced_free_all(struct vm *vm)
{
	struct coalesced_zone *zone;

	while ((zone = vm->zones)) {
		vm->zones = zone->next;
		free(zone);
	}
}
