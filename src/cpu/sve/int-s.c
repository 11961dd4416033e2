/* SPDX-License-Identifier: MIT */
/* SVE integer arithmetic on elements of 32 bits. */
#define SVE_BITS 32
#include "cpu/sve/int-body.h"

insn_fn *sve_int_s_work(const struct insn *i)
{
	return int_work(i);
}
