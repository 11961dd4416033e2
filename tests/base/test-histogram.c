/* SPDX-License-Identifier: MIT */
/*
 * Histograms against sorted values: bounds of buckets, percentiles within one
 * per cent, extremes, a full bucket, a reader beside the writer.
 */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/histogram.h"
#include "tests/check-main.h"

#define VALUES 20001

static struct histogram h;
static uint64_t value[VALUES];

static uint64_t random64(void)
{
	static uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

/* Every magnitude as often as any other. */
static uint64_t random_value(void)
{
	return random64() >> (random64() % 64);
}

START_TEST(buckets_cover_everything)
{
	ck_assert_uint_eq(histogram_low(0), 0);
	ck_assert_uint_eq(histogram_high(HISTOGRAM_BUCKETS - 1), UINT64_MAX);
	for (unsigned int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		uint64_t low = histogram_low(i), high = histogram_high(i);

		ck_assert_uint_le(low, high);
		ck_assert_uint_eq(histogram_index(low), i);
		ck_assert_uint_eq(histogram_index(high), i);
		if (i)
			ck_assert_uint_eq(histogram_high(i - 1) + 1, low);
		/* Half a bucket is what a percentile may be off by. */
		ck_assert_uint_le((high - low + 1) / 2, low / 100);
	}
}
END_TEST

static int by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void compare(unsigned int n)
{
	static const unsigned int wanted[] = {0,   1,   100, 250, 500,
					      750, 900, 990, 999, 1000};

	memset(&h, 0, sizeof(h));
	for (unsigned int i = 0; i < n; i++)
		histogram_add(&h, value[i]);
	qsort(value, n, sizeof(*value), by_value);
	ck_assert_uint_eq(h.count, n);
	ck_assert_uint_eq(h.min, value[0]);
	ck_assert_uint_eq(h.max, value[n - 1]);
	for (unsigned int i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		unsigned int rank = (n * wanted[i] + 999) / 1000;
		uint64_t want = value[rank ? rank - 1 : 0];
		uint64_t got = histogram_at(&h, wanted[i]);

		ck_assert_uint_le(want > got ? want - got : got - want,
				  want / 100);
		if (wanted[i] == 0 || wanted[i] == 1000)
			ck_assert_uint_eq(got, want);
	}
}

START_TEST(percentiles_are_within_one_percent)
{
	for (unsigned int round = 0; round < 40; round++) {
		unsigned int n = 1 + random64() % VALUES;

		for (unsigned int i = 0; i < n; i++)
			value[i] = random_value();
		compare(n);
	}
}
END_TEST

/* As latencies are: close to each other, with a few far off. */
START_TEST(narrow_distributions_too)
{
	for (unsigned int i = 0; i < VALUES; i++)
		value[i] = i % 200 ? 1500 + random64() % 100
				   : 1000000 + random64() % 9000000;
	compare(VALUES);
}
END_TEST

START_TEST(extremes)
{
	static const uint64_t extreme[] = {
		0,   1,          63,         64,         65,        127,
		128, UINT32_MAX, 1ull << 32, 1ull << 63, ~0ull - 1, ~0ull,
	};
	const unsigned int n = sizeof(extreme) / sizeof(*extreme);

	memset(&h, 0, sizeof(h));
	ck_assert_uint_eq(histogram_at(&h, 500), 0);
	for (unsigned int i = 0; i < n; i++) {
		value[0] = extreme[i];
		compare(1);
		ck_assert_uint_eq(histogram_at(&h, 500), extreme[i]);
	}
	memcpy(value, extreme, sizeof(extreme));
	compare(n);
}
END_TEST

/* The proportions stay, and nothing that was rare is lost. */
START_TEST(full_bucket)
{
	memset(&h, 0, sizeof(h));
	histogram_add(&h, 7);
	histogram_add(&h, 100);
	h.bucket[histogram_index(100)] = UINT32_MAX;
	histogram_add(&h, 100);
	ck_assert_uint_eq(h.bucket[histogram_index(7)], 1);
	ck_assert_uint_eq(h.bucket[histogram_index(100)], UINT32_MAX / 2 + 2);
	ck_assert_uint_eq(h.count, 3);
	ck_assert_uint_eq(histogram_at(&h, 500), 100);
}
END_TEST

static void *write_on(void *arg)
{
	atomic_bool *stop = arg;

	while (!atomic_load(stop))
		histogram_add(&h, 1000 + random64() % 1000);
	return NULL;
}

START_TEST(read_while_written)
{
	atomic_bool stop = false;
	pthread_t writer;

	memset(&h, 0, sizeof(h));
	ck_assert_int_eq(pthread_create(&writer, NULL, write_on, &stop), 0);
	while (!atomic_load(&h.count))
		;
	for (unsigned int i = 0; i < 2000; i++) {
		uint64_t p = histogram_at(&h, 500);

		ck_assert(p >= 1000 && p < 2000);
	}
	atomic_store(&stop, true);
	pthread_join(writer, NULL);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("histogram");
	TCase *t = tcase_create("histogram");

	tcase_add_test(t, buckets_cover_everything);
	tcase_add_test(t, percentiles_are_within_one_percent);
	tcase_add_test(t, narrow_distributions_too);
	tcase_add_test(t, extremes);
	tcase_add_test(t, full_bucket);
	tcase_add_test(t, read_while_written);
	suite_add_tcase(s, t);
	return check_run(srunner_create(s));
}
