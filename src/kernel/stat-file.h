/* SPDX-License-Identifier: MIT */
/*
 * The layout of a statistics file (FAUXKVM_STAT, fauxkvm stat, fauxkvm report),
 * and room in it. The process that has the VMs has it mapped and counts in it;
 * others read it at any time, also after the process has ended, however it did.
 *
 * Everything is little endian and linked by offsets from the file's start, 0:
 * none. A link is set when what it leads to is complete; nothing that is
 * linked moves or goes. Counters are read one by one: sums of several may be
 * off by what happened meanwhile.
 */
#ifndef FAUXKVM_KERNEL_STAT_FILE_H
#define FAUXKVM_KERNEL_STAT_FILE_H

#include <stdatomic.h>

#include "base/device.h"
#include "base/histogram.h"
#include "base/types.h"

#define STAT_MAGIC   "fauxstat"
#define STAT_VERSION 3

#define STAT_STEPS        64 /* enum irq_step, and room */
#define STAT_KINDS        64 /* of exits; of instructions */
#define STAT_NAME         24
#define STAT_COMMAND      256
#define STAT_COLUMNS      256 /* of a course over time */
#define STAT_COURSE_KINDS 16  /* of exits; those beyond have none */

struct stat_head {
	char magic[8];
	uint32_t version;
	/* Sizes of the structures, so that a reader of another build knows. */
	uint32_t head_size, vm_size, vcpu_size, irq_size, event_size;
	uint32_t pid, pad;
	uint64_t started; /* ns since 1970 */
	char program[32]; /* "fauxkvm 0.1" */
	char command[STAT_COMMAND];
	_Atomic uint64_t used; /* bytes of the file that are in use */
	_Atomic uint64_t lost; /* things for which it had no room */
	_Atomic uint64_t first_vm, first_refusal;
};

/* Requests that were refused for the same reason. */
struct stat_refusal {
	_Atomic uint64_t next, count;
	uint32_t err, pad;
	char request[48], object[16];
	char id[40];   /* of base/message.h; "": nobody says why */
	char why[240]; /* of the first one */
};

/* A step on an interrupt's way, for a picture of the last ones. */
struct stat_event {
	uint64_t when;
	uint32_t intid;
	uint16_t vcpu; /* index */
	uint8_t step;  /* enum irq_step */
	uint8_t gap;   /* nothing was recorded just before it */
};

/* Which interrupts a step is of; what a GIC's numbers mean. */
enum stat_range {
	STAT_RANGE_OTHER, /* private ones, or none in particular */
	STAT_RANGE_SPI,   /* from 32 */
	STAT_RANGE_LPI,   /* from 8192 */
	NR_STAT_RANGES
};

struct stat_vm {
	_Atomic uint64_t next;
	uint32_t number; /* of the process's VMs, from 0 */
	/* Times are cycles of a guest whose time is counted, else ns of the
	 * host; and then `steps` are not counted. */
	uint32_t counted;
	char arch[STAT_NAME], clock[STAT_NAME];
	uint64_t started;       /* by the VM's clock */
	_Atomic uint64_t ended; /* the same; 0: not yet */
	_Atomic uint64_t first_vcpu, first_irq;
	_Atomic uint64_t steps[NR_STAT_RANGES][STAT_STEPS];
	char step_name[STAT_STEPS][STAT_NAME];
	char exit_name[STAT_KINDS][STAT_NAME];
	char class_name[STAT_KINDS][STAT_NAME];
	/* The last nr_events steps on interrupts' ways, a ring. */
	_Atomic uint64_t events; /* where they are */
	uint64_t nr_events;
	_Atomic uint64_t events_written; /* all that ever were */
	/* The guest's device tree, flattened, as it was before it ran. */
	_Atomic uint64_t tree;
	uint64_t tree_size;
};

/* How an exit of the guest ended. */
enum stat_exit {
	STAT_EXIT_HANDLED, /* the guest went on */
	STAT_EXIT_TO_VMM,  /* KVM_RUN returned 0 */
	STAT_EXIT_FAILED,  /* KVM_RUN failed */
	NR_STAT_EXITS
};

/* From where the guest left to where it went on, in the VMM or not, ns of the
 * host; of those exits that were timed. */
struct stat_time {
	_Atomic uint64_t timed, sum, min, max;
};

/*
 * Sums by key, open addressing: a key is where its hash says or a little later,
 * 0: there is none. A full table has a larger one put before it, and one key may
 * be in several.
 */
struct stat_entry {
	_Atomic uint64_t key, count;
};
struct stat_table {
	_Atomic uint64_t next; /* the smaller one before it */
	uint32_t bits, pad;    /* log2 of its entries */
	struct stat_entry entry[];
};
struct stat_tally {
	_Atomic uint64_t first;  /* the largest table */
	_Atomic uint64_t others; /* the sum of what has no room */
	/* The writer's. */
	struct stat_table *table;
	uint64_t full;
};

#define STAT_KEY_USED 1 /* in every key */
/* An instruction: its address without the two highest bits, which are as the next
 * one; cycles that were spent there, by samples. */
#define STAT_PLACE_PRIVILEGED 2
#define STAT_PLACE_SHIFT      2
/* An access outside memory: its guest physical address. */
#define STAT_ACCESS_WRITE 2
#define STAT_ACCESS_MODEL 4 /* not the VMM's, but the model's */
#define STAT_ACCESS_SHIFT 4

/* What happened when, in columns of @width of the VM's time from stat_vm.started
 * on. */
struct stat_course {
	_Atomic uint64_t width;
	_Atomic uint64_t exits[STAT_COURSE_KINDS][STAT_COLUMNS];
	_Atomic uint64_t ran[STAT_COLUMNS]; /* cycles, by samples */
};

struct stat_vcpu {
	_Atomic uint64_t next;
	uint32_t index, id;
	_Atomic uint64_t exits[STAT_KINDS][NR_STAT_EXITS];
	struct stat_time time[STAT_KINDS]; /* none where time is counted */
	/* The writer's. */
	struct {
		uint64_t left; /* when the guest did; 0: not timed */
		uint64_t went_on;
		uint32_t kind, taken;  /* of that exit; exits timed */
		uint32_t every, until; /* of so many one; until the next one */
		uint64_t started;      /* stat_vm's */
		uint64_t seen[STAT_COURSE_KINDS]; /* exits in the course */
		struct stat_course *course;
		uint64_t course_next; /* not before this time */
		uint32_t samples, random;
	} own;
	struct stat_tally places, accesses;
	_Atomic uint64_t vectors; /* of exceptions, at the last sample */
	_Atomic uint64_t course;  /* where it is */
	_Atomic uint64_t class_cycles[STAT_KINDS]; /* by class of instruction */
};

enum stat_latency {
	STAT_PEND_TO_ACK,
	STAT_ACK_TO_EOI,
	STAT_PEND_TO_DEACTIVATE,
	NR_STAT_LATENCIES
};

/* What one vCPU acknowledged of one interrupt. */
struct stat_irq {
	struct irq_tally tally;
	_Atomic uint64_t next;
	/* The writer's: of which window the times are, 0: not known. */
	struct {
		uint64_t pended, acked; /* pended: of the one in service */
		uint32_t pended_in, acked_in;
		uint64_t waits_since; /* pended and not acknowledged yet */
		uint32_t waits_in, pad;
		uint64_t vcpu_next; /* another one of the vCPU: its address */
	} own;
	struct histogram latency[NR_STAT_LATENCIES];
};

/*
 * Zeroed memory in the file, aligned to 64 bytes, and its offset; for ever.
 * NULL: there is no room, the file can't grow, or none is wanted. Any thread.
 */
void *stat_file_alloc(size_t size, uint64_t *offset);
/* The file, made if it is wanted and there is none yet. NULL: there is none. */
struct stat_head *stat_file(void);
/* The same, if it is made. Cheap. */
extern struct stat_head *_Atomic stat_file_now;
static inline struct stat_head *stat_file_made(void)
{
	return atomic_load_explicit(&stat_file_now, memory_order_acquire);
}

/* Around fork(), see kernel_fork_prepare(). A child has a file of its own. */
void stat_file_fork_prepare(void);
void stat_file_forked_parent(void);
void stat_file_forked_child(void);

#endif
