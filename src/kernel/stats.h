/* SPDX-License-Identifier: MIT */
/*
 * Counters of a VM or vCPU and the descriptors that show them
 * (KVM_GET_STATS_FD). Which counters an architecture's descriptor shows after
 * those of every KVM, and in which order, say its rows.
 */
#ifndef FAUXKVM_KERNEL_STATS_H
#define FAUXKVM_KERNEL_STATS_H

#include <stdatomic.h>

#include <fauxkvm/kvm.h>

#include "base/types.h"
#include "kernel/kernel.h"

#define STAT_HIST_SIZE 32

/* Counters of a vCPU, by index; an architecture's own from NR_CORE_STATS. */
enum {
	STAT_HALT_SUCCESSFUL_POLL,
	STAT_HALT_ATTEMPTED_POLL,
	STAT_HALT_POLL_INVALID,
	STAT_HALT_WAKEUP,
	STAT_HALT_POLL_SUCCESS_NS,
	STAT_HALT_POLL_FAIL_NS,
	STAT_HALT_WAIT_NS,
	STAT_HALT_POLL_SUCCESS_HIST,
	STAT_HALT_POLL_FAIL_HIST = STAT_HALT_POLL_SUCCESS_HIST + STAT_HIST_SIZE,
	STAT_HALT_WAIT_HIST = STAT_HALT_POLL_FAIL_HIST + STAT_HIST_SIZE,
	STAT_BLOCKING = STAT_HALT_WAIT_HIST + STAT_HIST_SIZE,
	STAT_MMIO_EXIT_USER,
	STAT_MMIO_EXIT_KERNEL,
	STAT_SIGNAL_EXITS,
	STAT_EXITS,
	NR_CORE_STATS,
	MAX_VCPU_STATS = NR_CORE_STATS + 16,
};
enum { STAT_REMOTE_TLB_FLUSH, STAT_REMOTE_TLB_FLUSH_REQUESTS, NR_VM_STATS };

/* What a descriptor shows: one counter, or the buckets of a histogram. */
struct stat_row {
	const char *name;
	uint16_t counter; /* the first, an index */
	uint16_t size;    /* how many */
	int16_t exponent;
	uint32_t flags; /* KVM_STATS_* */
};

#define STAT_COUNTER(name_, counter_)                                      \
	{                                                                  \
		.name = name_, .counter = counter_, .size = 1,             \
		.flags = KVM_STATS_TYPE_CUMULATIVE | KVM_STATS_UNIT_NONE | \
			 KVM_STATS_BASE_POW10                              \
	}

typedef _Atomic uint64_t stat_t;

static inline void stat_add(stat_t *stat, uint64_t n)
{
	atomic_fetch_add_explicit(stat, n, memory_order_relaxed);
}

struct kobj *stats_owner(struct kobj *obj);
long stats_read(struct kobj *obj, void *buf, size_t len, int64_t *pos);
void stats_release(struct kobj *obj);
/* Copy the counters into the descriptors' pages. */
void stats_publish(struct kobj *owner);
/* Around fork(), see kernel_fork_prepare(). */
void stats_fork_prepare(void);
void stats_forked_parent(void);
void stats_forked_child(void);

#endif
