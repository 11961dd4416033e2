/* SPDX-License-Identifier: MIT */
/*
 * Rows of one encoding space, and the lookup among them. The patterns are
 * parsed once; rows are then bucketed by some bits of the encoding, the most
 * specific first, so that a lookup compares a few masks. Built once, read-only
 * afterwards: no lock.
 */
#ifndef FAUXKVM_ISA_DECODE_TABLE_H
#define FAUXKVM_ISA_DECODE_TABLE_H

#include "isa/insn.h"

struct decode_table {
	struct insn_row *rows;
	unsigned int nr_rows;
	uint8_t word_bits;           /* of a pattern */
	uint8_t bucket_bits;         /* a power of two of buckets, */
	uint8_t bucket_shift;        /* chosen by bits from this one up */
	uint32_t *bucket_first;      /* one more than there are buckets */
	uint16_t *bucket_rows;       /* indices of rows, by bucket */
	unsigned int nr_bucket_rows; /* room for */
};

/* Parse and place the rows. */
void decode_table_build(struct decode_table *t);

static inline unsigned int decode_bucket(const struct decode_table *t,
					 uint32_t word)
{
	return word >> t->bucket_shift & ((1u << t->bucket_bits) - 1);
}

/* The most specific row whose pattern @word has, NULL if there is none. */
static inline const struct insn_row *decode_table_find(
	const struct decode_table *t, uint32_t word)
{
	unsigned int b = decode_bucket(t, word);

	for (uint32_t k = t->bucket_first[b]; k < t->bucket_first[b + 1]; k++) {
		const struct insn_row *row = &t->rows[t->bucket_rows[k]];

		if ((word & row->mask) == row->value)
			return row;
	}
	return NULL;
}

#endif
