/* SPDX-License-Identifier: MIT */
/*
 * The A64 decode table: rows of the .def files, bucketed by the top eleven bits
 * (isa/decode-table.h), and the lookup by encoding. Written once under
 * pthread_once, read-only afterwards: no lock.
 */
#include "isa/a64/formats.h"

#include <pthread.h>
#include <stdatomic.h>

#include "isa/a32/a32.h"
#include "isa/decode-table.h"

#define BUCKET_BITS 11
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

static uint32_t bucket_first[(1u << BUCKET_BITS) + 1];
static uint16_t bucket_rows[MAX_BUCKET_ROWS];
static struct decode_table table = {
	.rows = rows,
	.nr_rows = ARRAY_SIZE(rows),
	.word_bits = 32,
	.bucket_bits = BUCKET_BITS,
	.bucket_shift = 32 - BUCKET_BITS,
	.bucket_first = bucket_first,
	.bucket_rows = bucket_rows,
	.nr_bucket_rows = ARRAY_SIZE(bucket_rows),
};
static pthread_once_t table_once = PTHREAD_ONCE_INIT;
static atomic_bool table_built;

static void table_build(void)
{
	decode_table_build(&table);
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
	const struct insn_row *row;

	table_want();
	row = decode_table_find(&table, word);
	if (row) {
		*out = (struct insn){.op = row->op};
		if (row->format(word, out))
			return row;
	}
	*out = (struct insn){.op = A64_UNDEFINED, .imm = word};
	return NULL;
}
