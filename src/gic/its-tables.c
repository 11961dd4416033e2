/* SPDX-License-Identifier: MIT */
/*
 * Migration tables of an ITS in guest memory, ABI revision 0: device table
 * (and the level 1 table above it), one interrupt translation table per
 * device, collection table; 8-byte little-endian entries. Layout: Linux
 * Documentation/virt/kvm/devices/arm-vgic-its.rst.
 *
 *   device:     63 valid, 62-49 offset to next id, 48-5 ITT >> 8, 4-0 bits-1
 *   event:      63-48 offset to next id, 47-16 LPI, 15-0 collection
 *   collection: 63 valid, 51-16 vCPU id, 15-0 collection
 *
 * An offset of 0 ends a table. its->lock is held and the VM is stopped.
 */
#include <errno.h>

#include "base/refuse.h"
#include "gic/its-internal.h"

#define DTE_NEXT_MAX (BIT(14) - 1)
#define ITE_NEXT_MAX (BIT(16) - 1)

static int read_entry(struct its *its, gpa_t at, uint64_t *val)
{
	struct device_vm *vm = its->gic->vm;

	return vm->ops->mem_read(vm, at, val, sizeof(*val));
}

/* Saving */

static int save_itt(struct its *its, struct its_device *d)
{
	unsigned int i;
	int ret;

	for (i = 0; i < d->nr_events; i++) {
		const struct its_event *e = &d->events[i];
		gpa_t at = d->itt + (gpa_t)e->id * ITS_ENTRY_SIZE;
		uint64_t next = 0, val = 0;

		if (i + 1 < d->nr_events)
			next = min_u64(d->events[i + 1].id - e->id,
				       ITE_NEXT_MAX);
		/* An event whose collection is gone is saved as invalid. */
		if (e->collection)
			val = next << 48 | (uint64_t)e->irq->intid << 16 |
			      its->collections[e->collection - 1].id;
		ret = its_entry_write(its, at, val);
		if (ret)
			return ret;
	}
	return 0;
}

/* Distance to the next device that will be saved, 0: none. */
static uint64_t next_device(struct its *its, unsigned int i)
{
	uint32_t id = its->devices[i]->id;
	gpa_t entry;

	while (++i < its->nr_devices)
		if (its_table_holds(its, its->baser_device, its->devices[i]->id,
				    &entry))
			return min_u64(its->devices[i]->id - id, DTE_NEXT_MAX);
	return 0;
}

static int save_devices(struct its *its)
{
	unsigned int i;
	gpa_t entry;
	int ret;

	if (!(its->baser_device & GITS_VALID))
		return 0;
	for (i = 0; i < its->nr_devices; i++) {
		struct its_device *d = its->devices[i];

		/* A guest may have broken its table since; the VMM must be
		 * able to save the rest. */
		if (!its_table_holds(its, its->baser_device, d->id, &entry))
			continue;
		ret = save_itt(its, d);
		if (!ret)
			ret = its_entry_write(
				its, entry,
				GITS_VALID | next_device(its, i) << 49 |
					d->itt >> 8 << 5 | (d->bits - 1));
		if (ret)
			return ret;
	}
	return 0;
}

static int save_collections(struct its *its)
{
	gpa_t at = its_baser_addr(its->baser_collection);
	uint64_t size = its_baser_size(its->baser_collection);
	unsigned int i;
	int ret;

	if (!(its->baser_collection & GITS_VALID))
		return 0;
	for (i = 0; i < its->nr_collections; i++, at += ITS_ENTRY_SIZE) {
		const struct its_collection *c = &its->collections[i];

		ret = its_entry_write(its, at,
				      GITS_VALID | (uint64_t)c->target << 16 |
					      c->id);
		if (ret)
			return ret;
	}
	if ((uint64_t)i * ITS_ENTRY_SIZE == size)
		return 0;
	return its_entry_write(its, at, 0); /* ends the list */
}

int its_tables_save(struct its *its)
{
	int ret = save_devices(its);

	return ret ? ret : save_collections(its);
}

/* Restoring */

/*
 * Called for each entry of a table: negative: error; 0: that was the last;
 * else the distance to the next entry.
 */
typedef int entry_fn(struct its *its, uint32_t id, uint64_t entry, void *arg);

/* Walk a table of @size bytes: as entry_fn, 1: its end was reached. */
static int scan_table(struct its *its, gpa_t base, uint64_t size, uint32_t id,
		      entry_fn *fn, void *arg)
{
	uint64_t at = 0, entry;
	int ret;

	while (at < size) {
		ret = read_entry(its, base + at, &entry);
		if (ret)
			return ret;
		ret = fn(its, id, entry, arg);
		if (ret <= 0)
			return ret;
		id += ret;
		at += (uint64_t)ret * ITS_ENTRY_SIZE;
	}
	return 1;
}

static int restore_event(struct its *its, uint32_t id, uint64_t entry,
			 void *arg)
{
	struct its_device *d = arg;
	uint32_t collection = FIELD(entry, 15, 0);
	uint32_t lpi = FIELD(entry, 47, 16), next = FIELD(entry, 63, 48);
	int ret;

	if (!lpi)
		return 1;
	if (lpi < GIC_MIN_LPI || (uint64_t)id + next >= BIT(d->bits) ||
	    !its_collection_find(its, collection) || !its_itt_holds(its, d, id))
		return refuse(EINVAL, FKVM_ITS_ENTRY,
			      "entry %#lx of event %u, device %#x", entry, id,
			      d->id);
	ret = its_event_add(its, d, id, collection, lpi);
	return ret ? ret : (int)next;
}

static int restore_device(struct its *its, uint32_t id, uint64_t entry,
			  void *arg)
{
	unsigned int bits = FIELD(entry, 4, 0) + 1;
	gpa_t itt = FIELD(entry, 48, 5) << 8, at;
	struct its_device *d;
	int ret;

	if (!(entry & GITS_VALID))
		return 1;
	if (bits > ITS_EVENT_BITS ||
	    !its_table_holds(its, its->baser_device, id, &at))
		return refuse(EINVAL, FKVM_ITS_ENTRY,
			      "entry %#lx of device %#x", entry, id);
	d = its_device_add(its, id, itt, bits);
	if (!d)
		return refuse(ENOMEM, FKVM_NO_MEMORY,
			      "no memory for device %#x", id);
	ret = scan_table(its, itt, BIT(bits) * ITS_ENTRY_SIZE, 0, restore_event,
			 d);
	if (ret < 0) {
		its_device_remove(its, d);
		return ret;
	}
	return FIELD(entry, 62, 49);
}

static int restore_l1(struct its *its, uint32_t id, uint64_t entry, void *arg)
{
	if (!(entry & GITS_VALID))
		return 1;
	return scan_table(its, entry & GENMASK(51, 16), ITS_PAGE,
			  id * (ITS_PAGE / ITS_ENTRY_SIZE), restore_device,
			  NULL);
}

static int restore_devices(struct its *its)
{
	uint64_t baser = its->baser_device;
	int ret;

	if (!(baser & GITS_VALID))
		return 0;
	ret = scan_table(its, its_baser_addr(baser), its_baser_size(baser), 0,
			 baser & GITS_BASER_INDIRECT ? restore_l1
						     : restore_device,
			 NULL);
	if (ret >= 0)
		return 0;
	its_devices_clear(its);
	return ret;
}

/* 1: restored, 0: the end, else an errno. */
static int restore_collection(struct its *its, gpa_t at)
{
	uint32_t id, target;
	uint64_t entry;
	gpa_t held;
	int ret;

	ret = read_entry(its, at, &entry);
	if (ret)
		return ret;
	if (!(entry & GITS_VALID))
		return 0;
	target = entry >> 16;
	id = FIELD(entry, 15, 0);
	if (target != ITS_UNMAPPED && !gic_vcpu_by_id(its->gic, target))
		return refuse(EINVAL, FKVM_ITS_COLLECTION,
			      "collection %u names vCPU %u", id, target);
	if (its_collection_find(its, id))
		return refuse(EEXIST, FKVM_ITS_COLLECTION,
			      "collection %u exists", id);
	if (!its_table_holds(its, its->baser_collection, id, &held))
		return refuse(EINVAL, FKVM_ITS_COLLECTION,
			      "collection %u doesn't fit", id);
	ret = its_collection_add(its, id, target);
	return ret ? ret : 1;
}

static int restore_collections(struct its *its)
{
	gpa_t at = its_baser_addr(its->baser_collection);
	uint64_t size = its_baser_size(its->baser_collection), done;
	int ret = 0;

	if (!(its->baser_collection & GITS_VALID))
		return 0;
	for (done = 0; done < size; done += ITS_ENTRY_SIZE) {
		ret = restore_collection(its, at + done);
		if (ret <= 0)
			break;
	}
	if (ret < 0)
		its_collections_clear(its);
	return ret < 0 ? ret : 0;
}

int its_tables_restore(struct its *its)
{
	int ret = restore_collections(its);

	if (ret)
		return ret;
	ret = restore_devices(its);
	if (ret)
		its_collections_clear(its);
	return ret;
}
