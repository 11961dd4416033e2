/* SPDX-License-Identifier: MIT */
/* SVE integer arithmetic on elements of 16 bits. */
#define SVE_BITS 16
#include "cpu/sve/int-body.h"

insn_fn *sve_int_h_work(const struct insn *i)
{
	return int_work(i);
}
