/* SPDX-License-Identifier: MIT */
/*
 * The A32 and T32 decode tables: rows of the .def files, and the lookup by
 * encoding. Written once under pthread_once, when first asked for, and
 * read-only afterwards: no lock.
 */
#include "isa/a32/a32.h"

#include <pthread.h>

#include "isa/a32/formats.h"
#include "isa/decode-table.h"

#define MAX_BUCKET_ROWS 4096

#define ROW(name_, pattern_, format_, mnemonics_, class_) \
	{.name = #name_,                                  \
	 .pattern = pattern_,                             \
	 .format = format_,                               \
	 .mnemonics = mnemonics_,                         \
	 .class = INSN_##class_},
static struct insn_row a32_rows_[] = {
#include "isa/a32/all.def"
};
static struct insn_row narrow_rows[] = {
#include "isa/a32/t32/narrow.def"
};
static struct insn_row wide_rows[] = {
#include "isa/a32/t32/wide.def"
};
#undef ROW

/* ---- operations ---------------------------------------------------------- */

#define OP(operation, class_) \
	{.name = &#operation[4], .class = INSN_##class_, .op = operation},
static const struct insn_row op_rows[] = {
#include "isa/a32/ops.def"
};
#undef OP

const struct insn_row *a32_op_row(unsigned int op)
{
	return &op_rows[op - A32_AND];
}

/* ---- tables -------------------------------------------------------------- */

/* A row with a condition is one of 28 bits: where bit 28 of the encoding would
 * say 1 the condition is 15, which is none. */
#define A32_BUCKET_BITS 9
static uint32_t a32_first[(1u << A32_BUCKET_BITS) + 1];
static uint16_t a32_bucket_rows[MAX_BUCKET_ROWS];
static struct decode_table a32_table = {
	.rows = a32_rows_,
	.nr_rows = ARRAY_SIZE(a32_rows_),
	.word_bits = 32,
	.bucket_bits = A32_BUCKET_BITS,
	.bucket_shift = 20,
	.bucket_first = a32_first,
	.bucket_rows = a32_bucket_rows,
	.nr_bucket_rows = ARRAY_SIZE(a32_bucket_rows),
};

#define NARROW_BUCKET_BITS 8
static uint32_t narrow_first[(1u << NARROW_BUCKET_BITS) + 1];
static uint16_t narrow_bucket_rows[MAX_BUCKET_ROWS];
static struct decode_table narrow_table = {
	.rows = narrow_rows,
	.nr_rows = ARRAY_SIZE(narrow_rows),
	.word_bits = 16,
	.bucket_bits = NARROW_BUCKET_BITS,
	.bucket_shift = 8,
	.bucket_first = narrow_first,
	.bucket_rows = narrow_bucket_rows,
	.nr_bucket_rows = ARRAY_SIZE(narrow_bucket_rows),
};

#define WIDE_BUCKET_BITS 9
static uint32_t wide_first[(1u << WIDE_BUCKET_BITS) + 1];
static uint16_t wide_bucket_rows[MAX_BUCKET_ROWS];
static struct decode_table wide_table = {
	.rows = wide_rows,
	.nr_rows = ARRAY_SIZE(wide_rows),
	.word_bits = 32,
	.bucket_bits = WIDE_BUCKET_BITS,
	.bucket_shift = 20,
	.bucket_first = wide_first,
	.bucket_rows = wide_bucket_rows,
	.nr_bucket_rows = ARRAY_SIZE(wide_bucket_rows),
};

static pthread_once_t tables_once = PTHREAD_ONCE_INIT;

static void tables_build(void)
{
	decode_table_build(&a32_table);
	for (unsigned int k = 0; k < a32_table.nr_rows; k++)
		if (a32_rows_[k].pattern[0] == 'c')
			a32_rows_[k].mask |= 0xf0000000;
	decode_table_build(&narrow_table);
	decode_table_build(&wide_table);
}

const struct insn_row *a32_rows(unsigned int *n)
{
	pthread_once(&tables_once, tables_build);
	*n = ARRAY_SIZE(a32_rows_);
	return a32_rows_;
}

const struct insn_row *t32_narrow_rows(unsigned int *n)
{
	pthread_once(&tables_once, tables_build);
	*n = ARRAY_SIZE(narrow_rows);
	return narrow_rows;
}

const struct insn_row *t32_wide_rows(unsigned int *n)
{
	pthread_once(&tables_once, tables_build);
	*n = ARRAY_SIZE(wide_rows);
	return wide_rows;
}

/* ---- lookup -------------------------------------------------------------- */

/* @start: of what is the encoding's place and not its meaning. */
static const struct insn_row *decode(const struct decode_table *t, uint32_t key,
				     uint32_t word, const struct insn *start,
				     struct insn *out)
{
	const struct insn_row *row = decode_table_find(t, key);

	*out = *start;
	if (row && row->format(word, out))
		return row;
	*out = *start;
	out->op = A64_UNDEFINED;
	out->imm = word;
	return NULL;
}

/* 1 + the condition @cond, 0 if that is no condition. */
static unsigned int insn_cond(unsigned int cond)
{
	return cond < COND_AL ? 1 + cond : 0;
}

const struct insn_row *insn_decode_a32(uint32_t word, unsigned int pgoff,
				       struct insn *out)
{
	struct insn start = {.pgoff = pgoff,
			     .cond = insn_cond(FLD(word, 31, 28))};
	uint32_t key = word >> 28 == 15 ? word : word & 0x0fffffff;

	pthread_once(&tables_once, tables_build);
	return decode(&a32_table, key, word, &start, out);
}

const struct insn_row *insn_decode_t32(uint32_t word, unsigned int pgoff,
				       uint8_t it, struct insn *out)
{
	struct insn start = {.pgoff = pgoff,
			     .it = it,
			     .cond = it ? insn_cond(it >> 4) : 0,
			     .narrow = word <= 0xffff};

	pthread_once(&tables_once, tables_build);
	return decode(start.narrow ? &narrow_table : &wide_table, word, word,
		      &start, out);
}
