/* SPDX-License-Identifier: MIT */
/*
 * VFP, and what of Advanced SIMD A64 has not, in half precision (FEAT_FP16).
 */
#define FP_BITS 16
#include "cpu/a32/neon-body.h"
#include "cpu/a32/vfp-body.h"

insn_fn *a32_vfp_half_body(const struct insn *i)
{
	return unit_body(i);
}

insn_fn *a32_neon_half_body(const struct insn *i)
{
	return neon_unit_body(i);
}
