/* SPDX-License-Identifier: MIT */
/* SVE: floating point. None yet. */
#include "cpu/sve/sve.h"

insn_fn *sve_fp_work(const struct insn *i)
{
	return NULL;
}
