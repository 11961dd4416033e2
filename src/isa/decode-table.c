/* SPDX-License-Identifier: MIT */
/* Rows of one encoding space, see isa/decode-table.h. */
#include "isa/decode-table.h"

#include "base/log.h"

static void row_parse(struct insn_row *row, unsigned int word_bits)
{
	unsigned int bits = 0;

	for (const char *p = row->pattern; *p; p++) {
		if (*p == '_')
			continue;
		row->mask <<= 1;
		row->value <<= 1;
		if (*p == '0' || *p == '1') {
			row->mask |= 1;
			row->value |= *p - '0';
			row->fixed_bits++;
		}
		bits++;
	}
	bug_on(bits != word_bits, "row %s: pattern has %u bits", row->name,
	       bits);
}

/* The row's bits that choose a bucket; *@any: those that may be either. */
static uint32_t row_bucket(const struct decode_table *t,
			   const struct insn_row *row, uint32_t *any)
{
	*any = decode_bucket(t, ~row->mask);
	return decode_bucket(t, row->value);
}

/* From one bucket of a row to the next: the subsets of the bits @any. */
static uint32_t next_subset(uint32_t set, uint32_t any)
{
	return (set - any) & any;
}

static void count_rows(struct decode_table *t)
{
	for (unsigned int r = 0; r < t->nr_rows; r++) {
		uint32_t any, set = 0, b = row_bucket(t, &t->rows[r], &any);

		do
			t->bucket_first[b | set]++;
		while ((set = next_subset(set, any)));
	}
}

static void place_row(struct decode_table *t, unsigned int r)
{
	uint32_t any, set = 0, b = row_bucket(t, &t->rows[r], &any);

	do
		t->bucket_rows[--t->bucket_first[b | set]] = r;
	while ((set = next_subset(set, any)));
}

/* Each bucket_first is where the bucket ends, and where it begins after this:
 * what comes last is its first, the most specific, of those the one that is first in
 * the table. */
static void place_rows(struct decode_table *t)
{
	for (unsigned int bits = 0; bits <= t->word_bits; bits++)
		for (unsigned int r = t->nr_rows; r--;)
			if (t->rows[r].fixed_bits == bits)
				place_row(t, r);
}

void decode_table_build(struct decode_table *t)
{
	unsigned int buckets = 1u << t->bucket_bits;
	uint32_t total = 0;

	for (unsigned int r = 0; r < t->nr_rows; r++)
		row_parse(&t->rows[r], t->word_bits);
	count_rows(t);
	for (uint32_t b = 0; b < buckets; b++)
		t->bucket_first[b] = total += t->bucket_first[b];
	t->bucket_first[buckets] = total;
	bug_on(total > t->nr_bucket_rows, "%u rows in the buckets", total);
	place_rows(t);
}
