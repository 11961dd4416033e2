/* SPDX-License-Identifier: MIT */
/* SVE copies and permutations of elements of 8 bits. */
#define SVE_BITS 8
#include "cpu/sve/permute-body.h"

insn_fn *sve_permute_b_work(const struct insn *i)
{
	insn_fn *fn = copy_work(i);

	fn = fn ?: shuffle_work(i);
	fn = fn ?: last_work(i);
	return fn;
}
