/* SPDX-License-Identifier: MIT */
/* SVE2 integers of 64 bits. */
/* Loops over as many elements as there are: the host's vectors do them. */
#pragma GCC optimize("O3")
#define SVE_BITS 64
#include "cpu/sve/sve2.h"
#include "cpu/sve/sve2-body.h"
#include "cpu/sve/sve2-shift-body.h"
#include "cpu/sve/sve2-complex-body.h"
#include "cpu/sve/sve2-search-body.h"
#include "cpu/sve/sve2-long-body.h"
#include "cpu/sve/sve2-narrow-body.h"

insn_fn *sve2_d_work(const struct insn *i)
{
	insn_fn *fn = sve2_arithmetic_work(i);

	fn = fn ?: sve2_shift_work(i);
	fn = fn ?: sve2_complex_work(i);
	fn = fn ?: sve2_search_work(i);
	fn = fn ?: sve2_long_work(i);
	fn = fn ?: sve2_narrow_work(i);
	return fn;
}
