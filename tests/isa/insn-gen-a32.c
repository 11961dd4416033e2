/* SPDX-License-Identifier: MIT */
/* Random A32 and T32 instructions, see insn-gen-a32.h. */
#include "insn-gen-a32.h"

const char *const a32_space_names[NR_SPACES] = {"a32", "t32 narrow",
						"t32 wide"};

const struct insn_row *a32_space_rows(enum a32_space space, unsigned int *n)
{
	switch (space) {
	case SPACE_A32: return a32_rows(n);
	case SPACE_NARROW: return t32_narrow_rows(n);
	default: return t32_wide_rows(n);
	}
}

bool a32_in_space(enum a32_space space, uint32_t w)
{
	switch (space) {
	case SPACE_A32: return true;
	case SPACE_NARROW: return w <= 0xffff && !t32_is_wide(w);
	default: return t32_is_wide(w >> 16);
	}
}

const struct insn_row *a32_decode(enum a32_space space, uint32_t w,
				  struct insn *out)
{
	return space == SPACE_A32 ? insn_decode_a32(w, 0, out)
				  : insn_decode_t32(w, 0, 0, out);
}

bool a32_row_valid(enum a32_space space, const struct insn_row *row,
		   uint32_t *word)
{
	struct insn out;

	for (unsigned int i = 0; i < 2000; i++) {
		uint32_t random =
			(uint32_t)gen_random() >> (32 - a32_space_bits(space));

		*word = row->value | (random & ~row->mask);
		if (space == SPACE_A32 && row->pattern[0] == 'c') {
			/* mostly without a condition */
			uint32_t cond = gen_below(4) ? 14 : gen_below(15);

			*word = (*word & 0x0fffffff) | cond << 28;
		}
		if (a32_decode(space, *word, &out) == row)
			return true;
	}
	return false;
}
