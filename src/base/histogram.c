/* SPDX-License-Identifier: MIT */
/*
 * Reading a histogram, and what its writer seldom does; see histogram.h.
 */
#include "base/histogram.h"

uint64_t histogram_low(unsigned int index)
{
	unsigned int octave = index >> HISTOGRAM_BITS;

	if (!octave)
		return index;
	return (uint64_t)(HISTOGRAM_SUBS | (index & (HISTOGRAM_SUBS - 1)))
	       << (octave - 1);
}

uint64_t histogram_high(unsigned int index)
{
	unsigned int octave = index >> HISTOGRAM_BITS;

	return histogram_low(index) +
	       (octave ? (UINT64_C(1) << (octave - 1)) - 1 : 0);
}

/* What is not empty stays so. */
void histogram_halve(struct histogram *h)
{
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint32_t n = atomic_load_explicit(&h->bucket[i],
						  memory_order_relaxed);

		atomic_store_explicit(&h->bucket[i], n / 2 + n % 2,
				      memory_order_relaxed);
	}
}

static uint64_t bucket_of(const struct histogram *h, unsigned int i)
{
	return atomic_load_explicit(&h->bucket[i], memory_order_relaxed);
}

/* The buckets' own sum, as the writer may be between a bucket and the count. */
static uint64_t sum_of(const struct histogram *h)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++)
		sum += bucket_of(h, i);
	return sum;
}

uint64_t histogram_at(const struct histogram *h, unsigned int per_mille)
{
	uint64_t count = atomic_load_explicit(&h->count, memory_order_acquire);
	uint64_t min = atomic_load_explicit(&h->min, memory_order_relaxed);
	uint64_t max = atomic_load_explicit(&h->max, memory_order_relaxed);
	uint64_t rank, seen = 0, value;
	unsigned int i;

	if (!count)
		return 0;
	if (!per_mille)
		return min;
	if (per_mille >= 1000)
		return max;
	/* The rank counts from 1: the median of three is the second. */
	rank = (sum_of(h) * (unsigned __int128)per_mille + 999) / 1000;
	for (i = 0; i < HISTOGRAM_BUCKETS - 1; i++) {
		seen += bucket_of(h, i);
		if (seen >= rank)
			break;
	}
	value = histogram_low(i) + (histogram_high(i) - histogram_low(i)) / 2;
	if (value < min)
		return min;
	return value > max ? max : value;
}
