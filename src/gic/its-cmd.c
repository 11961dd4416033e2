/* SPDX-License-Identifier: MIT */
/*
 * The ITS's mappings and the commands that make them: IHI 0069 chapter 5.3,
 * with Linux's choices where the specification leaves one (a MAPD of a mapped
 * device starts afresh, a second MAPTI of an event changes nothing, errors
 * skip the command without a report).
 *
 * its->lock is held in every function but its_command(), and gic->lock, too,
 * while something is changed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/refuse.h"
#include "gic/its-internal.h"

#define ignored(...)                           \
	({                                     \
		log_info("ITS: " __VA_ARGS__); \
		ITS_CMD_IGNORED;               \
	})

static struct device_vm *vm_of(struct its *its)
{
	return its->gic->vm;
}

/* Room for one more element of @size bytes in *array. */
static int array_grow(void *array, unsigned int nr, unsigned int *max,
		      size_t size)
{
	void **p = array, *bigger;
	unsigned int want = *max ? *max * 2 : 8;

	if (nr < *max)
		return 0;
	bigger = realloc(*p, want * size);
	if (!bigger)
		return refuse(ENOMEM, FKVM_NO_MEMORY,
			      "no memory for %u entries of the ITS", want);
	*p = bigger;
	*max = want;
	return 0;
}

static unsigned int device_slot(struct its *its, uint32_t id)
{
	unsigned int low = 0, high = its->nr_devices;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (its->devices[mid]->id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static unsigned int event_slot(struct its_device *d, uint32_t id)
{
	unsigned int low = 0, high = d->nr_events;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (d->events[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct its_device *its_device_find(struct its *its, uint32_t id)
{
	unsigned int i = device_slot(its, id);

	return i < its->nr_devices && its->devices[i]->id == id
		       ? its->devices[i]
		       : NULL;
}

struct its_event *its_event_find(struct its_device *d, uint32_t id)
{
	unsigned int i = d ? event_slot(d, id) : 0;

	return d && i < d->nr_events && d->events[i].id == id ? &d->events[i]
							      : NULL;
}

struct its_collection *its_collection_find(struct its *its, uint32_t id)
{
	unsigned int i;

	for (i = 0; i < its->nr_collections; i++)
		if (its->collections[i].id == id)
			return &its->collections[i];
	return NULL;
}

static struct its_collection *event_collection(struct its *its,
					       const struct its_event *e)
{
	return e->collection ? &its->collections[e->collection - 1] : NULL;
}

static bool is_mapped(const struct its_collection *c)
{
	return c && c->target != ITS_UNMAPPED;
}

/* The vCPU an event goes to now, NULL: none. */
static struct gic_vcpu *event_target(struct its *its, const struct its_event *e)
{
	struct its_collection *c = event_collection(its, e);

	return is_mapped(c) ? gic_vcpu_by_id(its->gic, c->target) : NULL;
}

/*
 * Tables that are restored may name a device that is there already. As in Linux
 * it is then there twice, and commands find the older one.
 */
struct its_device *its_device_add(struct its *its, uint32_t id, gpa_t itt,
				  unsigned int bits)
{
	unsigned int i = device_slot(its, id);
	struct its_device *d = calloc(1, sizeof(*d));
	int err;

	if (!d)
		return NULL;
	while (i < its->nr_devices && its->devices[i]->id == id)
		i++;
	d->id = id;
	d->itt = itt;
	d->bits = bits;
	gic_lock(its->gic);
	err = array_grow(&its->devices, its->nr_devices, &its->max_devices,
			 sizeof(*its->devices));
	if (!err) {
		memmove(&its->devices[i + 1], &its->devices[i],
			(its->nr_devices - i) * sizeof(*its->devices));
		its->devices[i] = d;
		its->nr_devices++;
	}
	gic_unlock(its->gic);
	if (!err)
		return d;
	free(d);
	return NULL;
}

static void event_remove(struct its *its, struct its_device *d,
			 struct its_event *e)
{
	unsigned int i = e - d->events;

	gic_lock(its->gic);
	gic_lpi_put(its->gic, e->irq);
	d->nr_events--;
	memmove(e, e + 1, (d->nr_events - i) * sizeof(*e));
	gic_unlock(its->gic);
}

void its_device_remove(struct its *its, struct its_device *d)
{
	unsigned int i = device_slot(its, d->id);

	while (its->devices[i] != d)
		i++;
	its_forget_cache(its);
	while (d->nr_events)
		event_remove(its, d, &d->events[d->nr_events - 1]);
	gic_lock(its->gic);
	its->nr_devices--;
	memmove(&its->devices[i], &its->devices[i + 1],
		(its->nr_devices - i) * sizeof(*its->devices));
	gic_unlock(its->gic);
	free(d->events);
	free(d);
}

int its_collection_add(struct its *its, uint32_t id, uint32_t target)
{
	int ret;

	gic_lock(its->gic);
	ret = array_grow(&its->collections, its->nr_collections,
			 &its->max_collections, sizeof(*its->collections));
	if (!ret) {
		its->collections[its->nr_collections].id = id;
		its->collections[its->nr_collections].target = target;
		its->nr_collections++;
	}
	gic_unlock(its->gic);
	return ret;
}

static void collection_remove(struct its *its, uint32_t id)
{
	struct its_collection *c = its_collection_find(its, id);
	unsigned int gone, i, j;

	if (!c)
		return;
	gone = c - its->collections + 1;
	gic_lock(its->gic);
	for (i = 0; i < its->nr_devices; i++)
		for (j = 0; j < its->devices[i]->nr_events; j++) {
			struct its_event *e = &its->devices[i]->events[j];

			if (e->collection == gone)
				e->collection = 0;
			else if (e->collection > gone)
				e->collection--;
		}
	its->nr_collections--;
	memmove(c, c + 1, (its->nr_collections + 1 - gone) * sizeof(*c));
	gic_unlock(its->gic);
}

int its_event_add(struct its *its, struct its_device *d, uint32_t id,
		  uint32_t collection, uint32_t lpi)
{
	struct its_collection *c = its_collection_find(its, collection);
	unsigned int i = event_slot(d, id);
	struct its_event e = {.id = id};
	int err;

	e.collection = c ? c - its->collections + 1 : 0;
	gic_lock(its->gic);
	err = array_grow(&d->events, d->nr_events, &d->max_events,
			 sizeof(*d->events));
	if (!err)
		e.irq = gic_lpi_get(its->gic, lpi, event_target(its, &e), &err);
	if (e.irq) {
		memmove(&d->events[i + 1], &d->events[i],
			(d->nr_events - i) * sizeof(*d->events));
		d->events[i] = e;
		d->nr_events++;
	}
	gic_unlock(its->gic);
	return e.irq ? 0 : err;
}

void its_devices_clear(struct its *its)
{
	while (its->nr_devices)
		its_device_remove(its, its->devices[its->nr_devices - 1]);
}

void its_collections_clear(struct its *its)
{
	while (its->nr_collections)
		collection_remove(its, its->collections[0].id);
}

static bool is_guest_memory(struct its *its, gpa_t at)
{
	uint8_t byte;

	return !vm_of(its)->ops->mem_read(vm_of(its), at, &byte, 1);
}

bool its_table_holds(struct its *its, uint64_t baser, uint32_t id, gpa_t *entry)
{
	const unsigned int per_page = ITS_PAGE / ITS_ENTRY_SIZE;
	gpa_t base = its_baser_addr(baser);
	uint64_t page, size = its_baser_size(baser);

	if (id >= BIT(ITS_DEVICE_BITS)) /* as many collection ids */
		return false;
	if (!(baser & GITS_BASER_INDIRECT)) {
		if (id >= size / ITS_ENTRY_SIZE)
			return false;
		*entry = base + (gpa_t)id * ITS_ENTRY_SIZE;
		return is_guest_memory(its, *entry);
	}
	if (id / per_page >= size / sizeof(page) ||
	    vm_of(its)->ops->mem_read(vm_of(its),
				      base + id / per_page * sizeof(page),
				      &page, sizeof(page)) ||
	    !(page & GITS_VALID))
		return false;
	*entry = (page & GENMASK(51, 16)) + id % per_page * ITS_ENTRY_SIZE;
	return is_guest_memory(its, *entry);
}

bool its_itt_holds(struct its *its, const struct its_device *d, uint32_t id)
{
	return id < BIT(d->bits) &&
	       is_guest_memory(its, d->itt + (gpa_t)id * ITS_ENTRY_SIZE);
}

int its_entry_write(struct its *its, gpa_t at, uint64_t val)
{
	return vm_of(its)->ops->mem_write(vm_of(its), at, &val, sizeof(val));
}

static void set_target(struct its *its, struct gic_irq *irq,
		       struct gic_vcpu *target)
{
	gic_lock(its->gic);
	irq->target = target;
	gic_irq_changed(its->gic, irq);
	gic_unlock(its->gic);
}

int its_trigger(struct its *its, uint32_t devid, uint32_t eventid)
{
	struct its_device *d;
	struct its_event *e;
	struct gic_vcpu *v;
	int ret = 0;

	if (!its->enabled)
		return refuse(EBUSY, FKVM_ITS_DISABLED, "the ITS is disabled");
	d = its_device_find(its, devid);
	e = its_event_find(d, eventid);
	v = e ? event_target(its, e) : NULL;
	if (!v)
		return ignored("event %u of device %#x isn't mapped", eventid,
			       devid);
	gic_lock(its->gic);
	if (v->lpis_enabled) {
		e->cached = its->cache_gen;
		its_pend(its, d, e);
	} else {
		ret = refuse(EBUSY, FKVM_LPI_DISABLED,
			     "LPIs are disabled on vCPU %u", v->index);
	}
	gic_unlock(its->gic);
	return ret;
}

/* Fields of a command, IHI 0069 5.3. */
#define CMD_DEVICE(c)     ((uint32_t)FIELD((c)[0], 63, 32))
#define CMD_EVENT(c)      ((uint32_t)(c)[1])
#define CMD_LPI(c)        ((uint32_t)FIELD((c)[1], 63, 32))
#define CMD_SIZE(c)       ((unsigned int)FIELD((c)[1], 4, 0) + 1)
#define CMD_COLLECTION(c) ((uint32_t)FIELD((c)[2], 15, 0))
#define CMD_RDBASE(c)     ((uint32_t)FIELD((c)[2], 47, 16))
#define CMD_RDBASE2(c)    ((uint32_t)FIELD((c)[3], 47, 16))
#define CMD_ITT(c)        ((c)[2] & GENMASK(51, 8))
#define CMD_VALID(c)      ((c)[2] >> 63)

static struct its_event *cmd_event(struct its *its, const uint64_t *cmd)
{
	return its_event_find(its_device_find(its, CMD_DEVICE(cmd)),
			      CMD_EVENT(cmd));
}

static int cmd_mapd(struct its *its, const uint64_t *cmd)
{
	uint32_t id = CMD_DEVICE(cmd);
	struct its_device *d;
	gpa_t entry;

	if (!its_table_holds(its, its->baser_device, id, &entry))
		return ignored("MAPD: no table entry for device %#x", id);
	if (CMD_VALID(cmd) && CMD_SIZE(cmd) > ITS_EVENT_BITS)
		return ignored("MAPD: %u event bits", CMD_SIZE(cmd));
	d = its_device_find(its, id);
	if (d)
		its_device_remove(its, d);
	if (!CMD_VALID(cmd))
		return its_entry_write(its, entry, 0);
	if (!its_device_add(its, id, CMD_ITT(cmd), CMD_SIZE(cmd)))
		return refuse(ENOMEM, FKVM_NO_MEMORY,
			      "no memory for device %#x of the ITS", id);
	return 0;
}

/* Retarget every LPI of collection @c. */
static void collection_moved(struct its *its, struct its_collection *c)
{
	unsigned int n = c - its->collections + 1, i, j;

	for (i = 0; i < its->nr_devices; i++)
		for (j = 0; j < its->devices[i]->nr_events; j++) {
			struct its_event *e = &its->devices[i]->events[j];

			if (e->collection == n)
				set_target(its, e->irq, event_target(its, e));
		}
}

static int cmd_mapc(struct its *its, const uint64_t *cmd)
{
	uint32_t id = CMD_COLLECTION(cmd), target = CMD_RDBASE(cmd);
	struct its_collection *c;
	gpa_t entry;

	if (!CMD_VALID(cmd)) {
		collection_remove(its, id);
		its_forget_cache(its);
		return 0;
	}
	if (!gic_vcpu_by_id(its->gic, target))
		return ignored("MAPC: no redistributor %u", target);
	c = its_collection_find(its, id);
	if (c) {
		gic_lock(its->gic);
		c->target = target;
		tag_cache_drop(&its->collection_cache, id);
		gic_unlock(its->gic);
		collection_moved(its, c);
		return 0;
	}
	if (!its_table_holds(its, its->baser_collection, id, &entry))
		return ignored("MAPC: no table entry for collection %u", id);
	return its_collection_add(its, id, target);
}

static int map_event(struct its *its, const uint64_t *cmd, uint32_t lpi)
{
	uint32_t id = CMD_EVENT(cmd), coll = CMD_COLLECTION(cmd);
	struct its_device *d = its_device_find(its, CMD_DEVICE(cmd));
	bool fresh = false;
	uint32_t limit;
	gpa_t entry;
	int ret;

	gic_lock(its->gic);
	limit = gic_lpi_limit(its->gic);
	gic_unlock(its->gic);
	if (!d)
		return ignored("MAPTI: device %#x isn't mapped",
			       CMD_DEVICE(cmd));
	if (!its_itt_holds(its, d, id))
		return ignored("MAPTI: event %u doesn't fit the ITT", id);
	if (lpi < GIC_MIN_LPI || lpi >= limit)
		return ignored("MAPTI: %u isn't an LPI here", lpi);
	if (its_event_find(d, id))
		return 0;
	if (!its_collection_find(its, coll)) {
		if (!its_table_holds(its, its->baser_collection, coll, &entry))
			return ignored("MAPTI: no table entry for "
				       "collection %u",
				       coll);
		ret = its_collection_add(its, coll, ITS_UNMAPPED);
		if (ret)
			return ret;
		fresh = true;
	}
	ret = its_event_add(its, d, id, coll, lpi);
	if (ret && fresh)
		collection_remove(its, coll);
	return ret;
}

static int cmd_mapti(struct its *its, const uint64_t *cmd)
{
	return map_event(its, cmd, CMD_LPI(cmd));
}

static int cmd_mapi(struct its *its, const uint64_t *cmd)
{
	return map_event(its, cmd, CMD_EVENT(cmd));
}

static int cmd_movi(struct its *its, const uint64_t *cmd)
{
	struct its_event *e = cmd_event(its, cmd);
	struct its_collection *c;

	if (!e)
		return ignored("MOVI: the event isn't mapped");
	if (!is_mapped(event_collection(its, e)))
		return ignored("MOVI: the old collection isn't mapped");
	c = its_collection_find(its, CMD_COLLECTION(cmd));
	if (!is_mapped(c))
		return ignored("MOVI: the new collection isn't mapped");
	gic_lock(its->gic);
	e->collection = c - its->collections + 1;
	gic_unlock(its->gic);
	its_forget_cache(its);
	set_target(its, e->irq, event_target(its, e));
	return 0;
}

static int cmd_discard(struct its *its, const uint64_t *cmd)
{
	struct its_device *d = its_device_find(its, CMD_DEVICE(cmd));
	struct its_event *e = its_event_find(d, CMD_EVENT(cmd));
	gpa_t entry;

	if (!e || !is_mapped(event_collection(its, e)))
		return ignored("DISCARD: the event isn't mapped");
	entry = d->itt + (gpa_t)e->id * ITS_ENTRY_SIZE;
	its_forget_cache(its);
	event_remove(its, d, e);
	return its_entry_write(its, entry, 0);
}

static int cmd_clear(struct its *its, const uint64_t *cmd)
{
	struct its_event *e = cmd_event(its, cmd);

	if (!e)
		return ignored("CLEAR: the event isn't mapped");
	gic_lock(its->gic);
	e->irq->latch = false;
	gic_irq_changed(its->gic, e->irq);
	gic_unlock(its->gic);
	return 0;
}

static int cmd_inv(struct its *its, const uint64_t *cmd)
{
	struct its_event *e = cmd_event(its, cmd);
	int ret;

	if (!e)
		return ignored("INV: the event isn't mapped");
	gic_lock(its->gic);
	ret = gic_lpi_read_config(its->gic, e->irq->intid, NULL);
	gic_unlock(its->gic);
	return ret;
}

static int cmd_invall(struct its *its, const uint64_t *cmd)
{
	struct its_collection *c;
	struct gic_vcpu *v;

	c = its_collection_find(its, CMD_COLLECTION(cmd));
	if (!is_mapped(c))
		return ignored("INVALL: the collection isn't mapped");
	v = gic_vcpu_by_id(its->gic, c->target);
	gic_lock(its->gic);
	if (v)
		gic_lpi_invall(its->gic, v);
	gic_unlock(its->gic);
	return 0;
}

static int cmd_movall(struct its *its, const uint64_t *cmd)
{
	struct gic_vcpu *from = gic_vcpu_by_id(its->gic, CMD_RDBASE(cmd));
	struct gic_vcpu *to = gic_vcpu_by_id(its->gic, CMD_RDBASE2(cmd));

	if (!from || !to)
		return ignored("MOVALL: no such redistributor");
	if (from == to)
		return 0;
	gic_lock(its->gic);
	gic_lpi_move_all(its->gic, from, to);
	gic_unlock(its->gic);
	its_forget_cache(its);
	return 0;
}

static int cmd_int(struct its *its, const uint64_t *cmd)
{
	return its_trigger(its, CMD_DEVICE(cmd), CMD_EVENT(cmd));
}

static int cmd_sync(struct its *its, const uint64_t *cmd)
{
	return 0; /* every command has taken effect when the next begins */
}

static const struct its_cmd {
	const char *name;
	int (*run)(struct its *its, const uint64_t *cmd);
} its_cmds[] = {
	[ITS_CMD_MOVI] = {"MOVI", cmd_movi},
	[ITS_CMD_INT] = {"INT", cmd_int},
	[ITS_CMD_CLEAR] = {"CLEAR", cmd_clear},
	[ITS_CMD_SYNC] = {"SYNC", cmd_sync},
	[ITS_CMD_MAPD] = {"MAPD", cmd_mapd},
	[ITS_CMD_MAPC] = {"MAPC", cmd_mapc},
	[ITS_CMD_MAPTI] = {"MAPTI", cmd_mapti},
	[ITS_CMD_MAPI] = {"MAPI", cmd_mapi},
	[ITS_CMD_INV] = {"INV", cmd_inv},
	[ITS_CMD_INVALL] = {"INVALL", cmd_invall},
	[ITS_CMD_MOVALL] = {"MOVALL", cmd_movall},
	[ITS_CMD_DISCARD] = {"DISCARD", cmd_discard},
};

void its_command(struct its *its, const uint64_t cmd[4])
{
	unsigned int code = cmd[0] & 0xff;
	int ret;

	if (code >= ARRAY_SIZE(its_cmds) || !its_cmds[code].run) {
		log_info("ITS: unknown command %#x", code);
		return;
	}
	its_lock(its);
	ret = its_cmds[code].run(its, cmd);
	its_unlock(its);
	log_debug("ITS: %s %#llx %#llx %#llx: %d", its_cmds[code].name,
		  (unsigned long long)cmd[0], (unsigned long long)cmd[1],
		  (unsigned long long)cmd[2], ret);
}
