/* SPDX-License-Identifier: MIT */
/*
 * insn_decode() on any word: it never crashes, says the same twice, and gives
 * the row whose pattern the word has, never one that is less specific than
 * another. The input is a sequence of words. (That bodies stay inside the
 * register file is fuzz-ioctl's and insn-diff's part, under UBSan.)
 */
#include "fuzz.h"

#include "cpu/bodies.h"

const size_t fuzz_input_max = 1 << 16;

static bool insn_same(const struct insn *a, const struct insn *b)
{
	return a->fn == b->fn && a->imm == b->imm && a->rd == b->rd &&
	       a->rn == b->rn && a->rm == b->rm && a->ra == b->ra &&
	       a->pgoff == b->pgoff && a->aux == b->aux && a->op == b->op &&
	       a->size == b->size && a->form == b->form && a->priv == b->priv;
}

static void check_row(uint32_t word, const struct insn_row *row,
		      const struct insn *insn)
{
	if ((word & row->mask) != row->value)
		fuzz_fail("%08x is not of row %s", word, row->name);
	if (!insn->fn || insn->fn == insn_undefined)
		fuzz_fail("%08x: row %s without body", word, row->name);
}

static void check_word(uint32_t word)
{
	/* What decode leaves unset must not come from what was there. */
	struct insn a, b;
	const struct insn_row *row, *again;

	memset(&a, 0xa5, sizeof(a));
	memset(&b, 0x5a, sizeof(b));
	row = insn_prepare(word, &a);
	again = insn_prepare(word, &b);
	if (row != again || !insn_same(&a, &b))
		fuzz_fail("%08x decodes in two ways", word);
	if (row)
		check_row(word, row, &a);
	else if (a.fn != insn_undefined ||
		 (a.op == A64_UNDEFINED && (uint32_t)a.imm != word))
		fuzz_fail("%08x is undefined but has another body", word);
}

/* Every row that has the word's pattern is no more specific than @row. */
static void check_specific(uint32_t word)
{
	unsigned int n;
	const struct insn_row *rows = insn_rows(&n), *row;
	struct insn insn;

	row = insn_decode(word, &insn);
	for (unsigned int i = 0; row && i < n; i++)
		if (&rows[i] != row && (word & rows[i].mask) == rows[i].value &&
		    rows[i].fixed_bits >= row->fixed_bits)
			fuzz_fail("%08x: row %s, and %s has it too", word,
				  row->name, rows[i].name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, data + size};
	unsigned int n;
	const struct insn_row *rows = insn_rows(&n);

	for (unsigned int k = 0; !fuzz_empty(&in); k++) {
		uint32_t word = fuzz_u32(&in);

		check_word(word);
		/* Most words are undefined: one close to a row as well. */
		if (k % 4 == 0) {
			const struct insn_row *row = &rows[fuzz_u16(&in) % n];

			check_word((word & ~row->mask) | row->value);
			check_specific((word & ~row->mask) | row->value);
		}
	}
	return 0;
}
