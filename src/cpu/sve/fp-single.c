/* SPDX-License-Identifier: MIT */
/* SVE: floating point in single precision. */
#define FP_BITS 32
#include "cpu/sve/fp-body.h"
#include "cpu/sve/fp-unary-body.h"
#include "cpu/sve/sve2-fp-body.h"

insn_fn *sve_fp_single_work(const struct insn *i)
{
	return binary_work(i) ?: muladd_work(i) ?: unary_work(i)
		       ?: compare_work(i) ?: sve2_fp_work(i);
}
