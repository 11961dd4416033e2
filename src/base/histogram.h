/* SPDX-License-Identifier: MIT */
/*
 * A histogram of 64-bit values in fixed memory, log-linear: 64 buckets in each
 * power of two, so that any value is known to 1/128 of itself, small ones
 * exactly.
 *
 * There is one writer; anybody reads at any time, also in another process or
 * after the writer's death: all of it is plain memory without pointers.
 */
#ifndef FAUXKVM_BASE_HISTOGRAM_H
#define FAUXKVM_BASE_HISTOGRAM_H

#include <stdatomic.h>

#include "base/types.h"

#define HISTOGRAM_BITS    6
#define HISTOGRAM_SUBS    (1u << HISTOGRAM_BITS)
#define HISTOGRAM_BUCKETS ((64 - HISTOGRAM_BITS + 1) * HISTOGRAM_SUBS)

/* All zero: empty. */
struct histogram {
	_Atomic uint64_t count; /* exact, as are the next two */
	_Atomic uint64_t min, max;
	/* In proportion to each other: should one come to its end, all are
	 * halved. */
	_Atomic uint32_t bucket[HISTOGRAM_BUCKETS];
};

static inline unsigned int histogram_index(uint64_t value)
{
	unsigned int top;

	if (value < HISTOGRAM_SUBS)
		return (unsigned int)value;
	top = 63 - __builtin_clzll(value);
	return (top - HISTOGRAM_BITS + 1) * HISTOGRAM_SUBS +
	       (value >> (top - HISTOGRAM_BITS) & (HISTOGRAM_SUBS - 1));
}

/* The least and the greatest value of a bucket. */
uint64_t histogram_low(unsigned int index);
uint64_t histogram_high(unsigned int index);

void histogram_halve(struct histogram *h);

/* The writer. */
static inline void histogram_add(struct histogram *h, uint64_t value)
{
	const memory_order relaxed = memory_order_relaxed;
	_Atomic uint32_t *bucket = &h->bucket[histogram_index(value)];
	uint64_t count = atomic_load_explicit(&h->count, relaxed);

	if (unlikely(atomic_load_explicit(bucket, relaxed) == UINT32_MAX))
		histogram_halve(h);
	atomic_store_explicit(bucket, atomic_load_explicit(bucket, relaxed) + 1,
			      relaxed);
	if (!count || value < atomic_load_explicit(&h->min, relaxed))
		atomic_store_explicit(&h->min, value, relaxed);
	if (value > atomic_load_explicit(&h->max, relaxed))
		atomic_store_explicit(&h->max, value, relaxed);
	/* Who sees the count sees a minimum. */
	atomic_store_explicit(&h->count, count + 1, memory_order_release);
}

/*
 * The value that @per_mille thousandths of all are not above (500: the
 * median), within 1 % of the true one. 0: it is empty. 0 and 1000 are minimum
 * and maximum, exact.
 */
uint64_t histogram_at(const struct histogram *h, unsigned int per_mille);

#endif
