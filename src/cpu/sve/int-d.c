/* SPDX-License-Identifier: MIT */
/* SVE integer arithmetic on elements of 64 bits. */
#define SVE_BITS 64
#include "cpu/sve/int-body.h"

insn_fn *sve_int_d_work(const struct insn *i)
{
	return int_work(i);
}
