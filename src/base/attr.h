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
 * When an attribute may be set. The row's set() makes the check, since the
 * order of Linux's checks differs from one attribute to the next; this is
 * what it checks.
 */
enum attr_when {
	ATTR_ANYTIME,
	ATTR_ONCE,        /* EEXIST, or as set() says, the second time */
	ATTR_BEFORE_INIT, /* until the device is initialised */
	ATTR_AFTER_INIT,
	ATTR_BEFORE_RUN, /* until a vCPU of the VM has run */
	ATTR_STOPPED,    /* while no vCPU is inside an ioctl */
};

enum attr_op { ATTR_SET, ATTR_GET, ATTR_HAS };

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
	uint32_t size; /* bytes of an ATTR_STRUCT */
	enum attr_when set_when;
	const char *since; /* Linux version, as ioctl rows have it */
	attr_fn *set;      /* NULL: ENXIO */
	attr_fn *get;      /* NULL: ENXIO */
	attr_fn *has;      /* NULL: 0 */
};

struct attr_table {
	const struct attr_row *row;
	unsigned int nr;
};

/* NULL: no row is for it. */
const struct attr_row *attr_find(const struct attr_table *table, uint32_t group,
				 uint64_t attr);

/*
 * Find the row and call what @op asks for. -ENXIO with an explain() when there
 * is no row or the row can't do it.
 */
int attr_dispatch(const struct attr_table *table, void *owner, enum attr_op op,
		  const struct device_attr *attr);

/* Does any row know @op? (A device without answers EPERM to all.) */
bool attr_table_can(const struct attr_table *table, enum attr_op op);

#endif
