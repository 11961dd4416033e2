/* SPDX-License-Identifier: MIT */
/* SVE integer arithmetic on elements of 32 bits. */
/* Loops over as many elements as there are: the host's vectors do them. */
#pragma GCC optimize("O3")
#define SVE_BITS 32
#include "cpu/sve/int-body.h"
#include "cpu/sve/int-unary-body.h"
#include "cpu/sve/int-compare-body.h"

insn_fn *sve_int_s_work(const struct insn *i)
{
	insn_fn *fn = all_work(i);

	fn = fn ?: active2_work(i);
	fn = fn ?: shift_work(i);
	fn = fn ?: active1_work(i);
	fn = fn ?: muladd_work(i);
	fn = fn ?: reduce_work(i);
	fn = fn ?: compare_work(i);
	return fn;
}
