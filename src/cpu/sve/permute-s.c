/* SPDX-License-Identifier: MIT */
/* SVE copies and permutations of elements of 32 bits. */
#define SVE_BITS 32
#include "cpu/sve/permute-body.h"

insn_fn *sve_permute_s_work(const struct insn *i)
{
	insn_fn *fn = copy_work(i);

	fn = fn ?: shuffle_work(i);
	fn = fn ?: last_work(i);
	return fn;
}
