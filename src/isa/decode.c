/* SPDX-License-Identifier: MIT */
/*
 * The A64 decode table: rows of the .def files, and the lookup by encoding.
 * The patterns are parsed once; rows are then bucketed by the top eleven bits
 * of the encoding, the most specific first, so that a lookup compares a few
 * masks. Written once under pthread_once, read-only afterwards: no lock.
 */
#include "isa/a64/formats.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/log.h"
#include "isa/a32/a32.h"

#define BUCKET_BITS  11
#define BUCKET_SHIFT (32 - BUCKET_BITS)
#define NR_BUCKETS   (1u << BUCKET_BITS)
/* A guest runs when the table is built: it can't want memory then. */
#define MAX_BUCKET_ROWS 8192

#define ROW(operation, pattern_, format_, mnemonics_, class_) \
	{.name = &#operation[4],                              \
	 .pattern = pattern_,                                 \
	 .format = format_,                                   \
	 .mnemonics = mnemonics_,                             \
	 .class = INSN_##class_,                              \
	 .op = operation},
/* Row n is that of operation n + 1. */
static struct insn_row rows[] = {
#include "isa/a64/all.def"
};
#undef ROW

/* bucket_first[b]..bucket_first[b + 1] - 1 index bucket_rows. */
static uint32_t bucket_first[NR_BUCKETS + 1];
static uint16_t bucket_rows[MAX_BUCKET_ROWS];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;
static atomic_bool table_built;

static void row_parse(struct insn_row *row)
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
	bug_on(bits != 32, "row %s: pattern has %u bits", row->name, bits);
}

static int row_compare(const void *a, const void *b)
{
	uint16_t ia = *(const uint16_t *)a, ib = *(const uint16_t *)b;

	if (rows[ia].fixed_bits != rows[ib].fixed_bits)
		return rows[ib].fixed_bits - rows[ia].fixed_bits;
	return ia - ib;
}

/* The row's bits that choose a bucket; *@any: those that may be either. */
static uint32_t row_bucket(const struct insn_row *row, uint32_t *any)
{
	*any = ~(row->mask >> BUCKET_SHIFT) & (NR_BUCKETS - 1);
	return row->value >> BUCKET_SHIFT;
}

/* From one bucket of a row to the next: the subsets of the bits @any. */
static uint32_t next_subset(uint32_t set, uint32_t any)
{
	return (set - any) & any;
}

static void count_rows(void)
{
	for (unsigned int r = 0; r < ARRAY_SIZE(rows); r++) {
		uint32_t any, set = 0, b = row_bucket(&rows[r], &any);

		do
			bucket_first[b | set]++;
		while ((set = next_subset(set, any)));
	}
}

/* Each bucket_first is where the bucket ends, and where it begins after this:
 * the most specific come last. */
static void place_rows(void)
{
	static uint16_t order[ARRAY_SIZE(rows)];

	for (unsigned int r = 0; r < ARRAY_SIZE(rows); r++)
		order[r] = r;
	qsort(order, ARRAY_SIZE(rows), sizeof(order[0]), row_compare);
	for (unsigned int n = ARRAY_SIZE(rows); n--;) {
		uint32_t any, set = 0, b = row_bucket(&rows[order[n]], &any);

		do
			bucket_rows[--bucket_first[b | set]] = order[n];
		while ((set = next_subset(set, any)));
	}
}

static void table_build(void)
{
	uint32_t total = 0;

	for (unsigned int r = 0; r < ARRAY_SIZE(rows); r++)
		row_parse(&rows[r]);
	count_rows();
	for (uint32_t b = 0; b < NR_BUCKETS; b++)
		bucket_first[b] = total += bucket_first[b];
	bucket_first[NR_BUCKETS] = total;
	bug_on(total > ARRAY_SIZE(bucket_rows), "%u rows in the buckets",
	       total);
	place_rows();
	atomic_store_explicit(&table_built, true, memory_order_release);
}

/* Before anything is looked up. */
static ALWAYS_INLINE void table_want(void)
{
	if (unlikely(!atomic_load_explicit(&table_built, memory_order_acquire)))
		pthread_once(&table_once, table_build);
}

const struct insn_row *insn_rows(unsigned int *n)
{
	table_want();
	*n = ARRAY_SIZE(rows);
	return rows;
}

const struct insn_row *insn_row(enum a64_op op)
{
	if (unlikely(op >= NR_A64_OPS))
		return a32_op_row(op);
	table_want();
	return op == A64_UNDEFINED ? NULL : &rows[op - 1];
}

const struct insn_row *insn_decode(uint32_t word, struct insn *out)
{
	uint32_t bucket = word >> BUCKET_SHIFT;

	table_want();
	for (uint32_t k = bucket_first[bucket]; k < bucket_first[bucket + 1];
	     k++) {
		const struct insn_row *row = &rows[bucket_rows[k]];

		if ((word & row->mask) != row->value)
			continue;
		*out = (struct insn){.op = row->op};
		if (row->format(word, out))
			return row;
		break;
	}
	*out = (struct insn){.op = A64_UNDEFINED, .imm = word};
	return NULL;
}
