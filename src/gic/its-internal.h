/* SPDX-License-Identifier: MIT */
/*
 * One ITS, shared by its.c (registers, MSIs), its-device.c (the VMM's device),
 * its-cmd.c (commands) and its-tables.c (migration tables).
 */
#ifndef FAUXKVM_GIC_ITS_INTERNAL_H
#define FAUXKVM_GIC_ITS_INTERNAL_H

#include "gic/gic-internal.h"

#define ITS_EVENT_BITS      16u
#define ITS_DEVICE_BITS     16u
#define ITS_ENTRY_SIZE      8u /* of every table, ABI revision 0 */
#define ITS_TYPE_DEVICE     1u
#define ITS_TYPE_COLLECTION 4u
#define ITS_UNMAPPED        UINT32_MAX
#define ITS_PAGE            0x10000u

#define GITS_VALID          BIT(63)
#define GITS_BASER_INDIRECT BIT(62)

/* Commands by their number, IHI 0069 5.3. */
enum {
	ITS_CMD_MOVI = 0x01,
	ITS_CMD_INT = 0x03,
	ITS_CMD_CLEAR = 0x04,
	ITS_CMD_SYNC = 0x05,
	ITS_CMD_MAPD = 0x08,
	ITS_CMD_MAPC = 0x09,
	ITS_CMD_MAPTI = 0x0a,
	ITS_CMD_MAPI = 0x0b,
	ITS_CMD_INV = 0x0c,
	ITS_CMD_INVALL = 0x0d,
	ITS_CMD_MOVALL = 0x0e,
	ITS_CMD_DISCARD = 0x0f,
};

/* A positive command status: the command is ignored (IHI 0069 5.3). */
#define ITS_CMD_IGNORED 1

struct its_collection {
	uint32_t id;
	uint32_t target; /* vCPU id, or ITS_UNMAPPED */
};

struct its_event {
	uint32_t id;
	uint32_t collection; /* index + 1 in its->collections, 0: none */
	uint32_t cached;     /* == its->cache_gen: translated before */
	struct gic_irq *irq;
};

struct its_device {
	uint32_t id;
	unsigned int bits; /* of event id */
	gpa_t itt;
	struct its_event *events; /* by id */
	unsigned int nr_events, max_events;
};

struct its {
	struct device dev;
	struct gic *gic;
	struct its *next; /* in gic->itses */
	_Atomic gpa_t base;
	atomic_bool on_bus;
	struct mmio_frame frame;

	/* cmd_lock protects the command queue. Registers are read without a
	 * lock, as in Linux: a command may take long. */
	pthread_mutex_t cmd_lock;
	atomic_bool enabled;
	_Atomic uint64_t cbaser, creadr, cwriter;

	/* lock protects the tables' addresses and what commands make. These are
	 * changed with gic->lock held, too, so either will do to read them. */
	pthread_mutex_t lock;
	_Atomic uint64_t baser_device, baser_collection;
	struct its_device **devices; /* by id */
	unsigned int nr_devices, max_devices;
	struct its_collection *collections; /* in order of creation */
	unsigned int nr_collections, max_collections;
	atomic_uint cache_gen; /* never 0 */
	/* What the hardware's caches would hold, where time is counted; all
	 * forgotten with cache_gen. */
	struct tag_cache device_cache, event_cache, collection_cache;
	unsigned int caches_gen; /* 0: not made yet */

	/* MSIs for who holds lock to deliver, under gic->lock. */
	struct its_msi *waiting;
};

/* An MSI that must not wait for its->lock. */
struct its_msi {
	struct its_msi *next;
	uint32_t devid, eventid;
};

static inline gpa_t its_baser_addr(uint64_t baser)
{
	return (baser & GENMASK(47, 16)) | FIELD(baser, 15, 12) << 48;
}

static inline uint64_t its_baser_size(uint64_t baser)
{
	return ((baser & 0xff) + 1) * ITS_PAGE;
}

/* The read-only fields of GITS_BASERn for tables of @type. */
static inline uint64_t its_baser_fixed(unsigned int type)
{
	return (uint64_t)(ITS_ENTRY_SIZE - 1) << 48 | (uint64_t)type << 56;
}

/* Every translation made so far must be looked up again. */
static inline void its_forget_cache(struct its *its)
{
	if (!++its->cache_gen)
		++its->cache_gen;
}

/* its-lock.c: its->lock. */
void its_lock(struct its *its);
void its_unlock(struct its *its);
/* As its_lock(), unless somebody holds it, who then does its_trigger(): false. */
bool its_lock_or_leave(struct its *its, uint32_t devid, uint32_t eventid);

/* its.c: the callbacks of its->frame. */
bool its_frame_read(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		    unsigned int len, uint64_t *val);
bool its_frame_write(struct mmio_frame *f, unsigned int vcpu, uint64_t off,
		     unsigned int len, uint64_t val);

/* its-cmd.c; its->lock held, to look for a device or event gic->lock will do. */
struct its_device *its_device_find(struct its *its, uint32_t id);
struct its_event *its_event_find(struct its_device *d, uint32_t id);
struct its_collection *its_collection_find(struct its *its, uint32_t id);
struct its_device *its_device_add(struct its *its, uint32_t id, gpa_t itt,
				  unsigned int bits);
void its_device_remove(struct its *its, struct its_device *d);
int its_collection_add(struct its *its, uint32_t id, uint32_t target);
/* Map an event to LPI @lpi; both must be in range. 0 or a negative errno. */
int its_event_add(struct its *its, struct its_device *d, uint32_t id,
		  uint32_t collection, uint32_t lpi);
void its_devices_clear(struct its *its);
void its_collections_clear(struct its *its);
/* Can @id's entry be stored in the table of @baser? Its address in *entry. */
bool its_table_holds(struct its *its, uint64_t baser, uint32_t id,
		     gpa_t *entry);
bool its_itt_holds(struct its *its, const struct its_device *d, uint32_t id);
int its_entry_write(struct its *its, gpa_t at, uint64_t val);
/* 0, ITS_CMD_IGNORED, or a negative errno. */
int its_trigger(struct its *its, uint32_t devid, uint32_t eventid);
/* its->lock not held. */
void its_command(struct its *its, const uint64_t cmd[4]);

/* its-time.c. */
/* The event's LPI becomes pending, for what translating it takes. gic->lock
 * held, which is enough: a cached translation is found without its->lock. */
void its_pend(struct its *its, struct its_device *d, struct its_event *e);
void its_caches_free(struct its *its);
/* What command @code takes of the vCPU that made it. No lock needed. */
uint32_t its_command_cycles(const struct its *its, unsigned int code);

/* its-tables.c; its->lock held, VM stopped. */
int its_tables_save(struct its *its);
int its_tables_restore(struct its *its);

#endif
