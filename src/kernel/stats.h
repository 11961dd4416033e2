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

/*
 * Counters of a vCPU by index, which is their place in the descriptor's data.
 * Those of an architecture's own are where arm64's Linux has its three, and
 * from NR_CORE_STATS.
 */
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
	STAT_ARCH_0,
	STAT_ARCH_1,
	STAT_ARCH_2,
	STAT_MMIO_EXIT_USER,
	STAT_MMIO_EXIT_KERNEL,
	STAT_SIGNAL_EXITS,
	STAT_EXITS,
	NR_CORE_STATS,
	/* Those of irq-stats.c, which are there only if they are wanted. */
	STAT_IRQS = NR_CORE_STATS + 16,
	STAT_PEND_TO_ACK_HIST,
	STAT_ACK_TO_EOI_HIST = STAT_PEND_TO_ACK_HIST + STAT_HIST_SIZE,
	STAT_PEND_TO_DEACTIVATE_HIST = STAT_ACK_TO_EOI_HIST + STAT_HIST_SIZE,
	MAX_VCPU_STATS = STAT_PEND_TO_DEACTIVATE_HIST + STAT_HIST_SIZE,
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

static inline void stat_set(stat_t *stat, uint64_t n)
{
	atomic_store_explicit(stat, n, memory_order_relaxed);
}

/* A counter has one writer, the thread that has the vCPU's mutex. */
static inline void stat_add(stat_t *stat, uint64_t n)
{
	stat_set(stat, atomic_load_explicit(stat, memory_order_relaxed) + n);
}

/* One more in the bucket of @n: the first holds 0, the next 1, then 2 and 3. */
static inline void stat_hist_add(stat_t *hist, uint64_t n)
{
	unsigned int bucket = n ? 64 - __builtin_clzll(n) : 0;

	stat_add(&hist[bucket < STAT_HIST_SIZE ? bucket : STAT_HIST_SIZE - 1],
		 1);
}

struct stats;

struct kobj *stats_owner(struct kobj *obj);
void stats_release(struct kobj *obj);
/* The VM or vCPU ends; it has no descriptor of statistics any more. */
void stats_owner_gone(struct kobj *owner);
/* Around fork(), see kernel_fork_prepare(). */
void stats_fork_prepare(void);
void stats_forked_parent(void);
void stats_forked_child(void);

#endif
