/* SPDX-License-Identifier: MIT */
/*
 * VFP in double precision.
 */
#define FP_BITS 64
#include "cpu/a32/vfp-body.h"

insn_fn *a32_vfp_double_body(const struct insn *i)
{
	return unit_body(i);
}
