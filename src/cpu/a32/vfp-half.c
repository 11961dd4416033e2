/* SPDX-License-Identifier: MIT */
/*
 * VFP in half precision (FEAT_FP16).
 */
#define FP_BITS 16
#include "cpu/a32/vfp-body.h"

insn_fn *a32_vfp_half_body(const struct insn *i)
{
	return unit_body(i);
}
