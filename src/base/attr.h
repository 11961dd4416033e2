/* SPDX-License-Identifier: MIT */
/*
 * Device attributes as rows: what KVM_{SET,GET,HAS}_DEVICE_ATTR on a device,
 * a vCPU or a VM understands. Dispatch, `fauxkvm list devices`, the fuzzer and
 * the coverage page read the same row.
 *
 * Source: Linux Documentation/virt/kvm/devices/ for the groups; where the
 * documents and the kernel differ, the kernel.
 */
#ifndef FAUXKVM_BASE_ATTR_H
#define FAUXKVM_BASE_ATTR_H

#include "base/types.h"

/* One attribute as the VMM names it. */
struct device_attr {
	uint32_t group;
	uint64_t attr;
	void *addr; /* the VMM's pointer: use copy_from_user/copy_to_user */
};

/* What addr points to. */
enum attr_payload {
	ATTR_NO_PAYLOAD,
	ATTR_U32,
	ATTR_S32, /* a descriptor, an interrupt number */
	ATTR_U64,
	ATTR_STRUCT, /* attr_row.size bytes */
};

/*
 * When an attribute may be set, several of these together. The row's set()
 * makes the checks, since the order of Linux's checks differs from one
 * attribute to the next; this is what it checks.
 */
enum attr_when {
	ATTR_ANYTIME = 0,
	ATTR_ONCE = 1,        /* EEXIST, or as set() says, the second time */
	ATTR_BEFORE_INIT = 2, /* until the device is initialised */
	ATTR_AFTER_INIT = 4,
	ATTR_BEFORE_RUN = 8, /* until a vCPU of the VM has run */
	ATTR_STOPPED = 16,   /* while no vCPU is inside an ioctl */
};

enum attr_op { ATTR_SET, ATTR_GET, ATTR_HAS };
/* "set", "read", "asked for" */
const char *attr_op_name(enum attr_op op);

struct attr_row;
/*
 * @owner: the struct device *, struct vcpu * or struct vm * that the rows are
 * for. 0 or a negative errno exactly as Linux. For ATTR_HAS
 * attr->addr is unset.
 */
typedef int attr_fn(void *owner, const struct device_attr *attr);

/*
 * A group, or a range of attributes of one: rows are searched in order, the
 * first whose group is the attribute's and whose range holds it is it.
 */
struct attr_row {
	const char *group_name; /* as in the UAPI header */
	const char *name;       /* of the attribute, or what the range means */
	uint32_t group;
	uint64_t first, last;
	enum attr_payload payload;
	uint32_t size;         /* bytes of an ATTR_STRUCT */
	unsigned int set_when; /* enum attr_when */
	const char *since;     /* Linux version, as ioctl rows have it */
	attr_fn *set;          /* NULL: ENXIO */
	attr_fn *get;          /* NULL: ENXIO */
	attr_fn *has;          /* NULL: 0 */
	/* What @attr of a range is, for a trace: in @size bytes. False: there
	 * is no name for it. NULL: nor for any of the row's. */
	bool (*describe)(uint64_t attr, char *name, size_t size);
	/*
	 * No attribute: what Linux answers for the others of the group when
	 * that isn't plain ENXIO. HAS says ENXIO; lists leave it out.
	 */
	bool absent;
	/* Its number in fauxkvm/device-attr-draft.h: one attribute with set()
	 * and a payload of 32 or 64 bits. 0: it has none. */
	uint32_t draft;
};

/* A row's group, and its attribute or range: name and number from one word.
 * In the row itself: a macro around ATTR_ONE would expand the word. */
#define ATTR_GROUP(g)  .group_name = #g, .group = (g)
#define ATTR_ONE(a)    .name = #a, .first = (a), .last = (a)
#define ATTR_ALL(what) .name = (what), .first = 0, .last = UINT64_MAX

struct attr_table {
	const struct attr_row *row;
	unsigned int nr;
};

/*
 * Find the row and call what @op asks for. -ENXIO, refused, when there
 * is no row (@table NULL: never one) or the row can't do it.
 */
int attr_dispatch(const struct attr_table *table, void *owner, enum attr_op op,
		  const struct device_attr *attr);

/* The row that an attribute has, NULL: none. */
const struct attr_row *attr_row_find(const struct attr_table *table,
				     uint32_t group, uint64_t attr);

/* The row with this number in the draft of the device API; NULL: none. */
const struct attr_row *attr_draft_find(const struct attr_table *table,
				       uint32_t number);

/*
 * What is wrong with the table (a row without name, without any use, hidden by
 * one before it ...), and in which row; NULL: nothing. For tests.
 */
const char *attr_table_fault(const struct attr_table *table, unsigned int *nr);

/* Does any row know @op? (A device without answers EPERM.) @table NULL: no. */
bool attr_table_can(const struct attr_table *table, enum attr_op op);

#endif
