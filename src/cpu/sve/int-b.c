/* SPDX-License-Identifier: MIT */
/* SVE integer arithmetic on elements of 8 bits. */
#define SVE_BITS 8
#include "cpu/sve/int-body.h"

insn_fn *sve_int_b_work(const struct insn *i)
{
	return int_work(i);
}
