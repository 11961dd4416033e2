/* SPDX-License-Identifier: MIT */
/*
 * VFP in single precision.
 */
#define FP_BITS 32
#include "cpu/a32/vfp-body.h"

insn_fn *a32_vfp_single_body(const struct insn *i)
{
	return unit_body(i);
}
