/* SPDX-License-Identifier: MIT */
/*
 * Formats of floating point, scalar and vector (Arm ARM C4.1, "Data Processing
 * -- Scalar Floating-Point and Advanced SIMD"). Half precision is UNDEFINED
 * but as a side of a conversion. What the fields hold: operands-fp.h.
 */
#include "isa/a64/formats.h"

/* ---- scalar ------------------------------------------------------------- */

/* ftype: single or double. */
static bool scalar_size(uint32_t word, struct insn *out)
{
	unsigned int type = FLD(word, 23, 22);

	out->size = type == 1 ? FP_DOUBLE : FP_SINGLE;
	return type <= 1;
}

/* One or two sources. */
bool fmt_fp_scalar(uint32_t word, struct insn *out)
{
	out->rd = FLD(word, 4, 0);
	out->rn = FLD(word, 9, 5);
	out->rm = FLD(word, 20, 16);
	return scalar_size(word, out);
}

bool fmt_fp_scalar3(uint32_t word, struct insn *out)
{
	out->ra = FLD(word, 14, 10);
	return fmt_fp_scalar(word, out);
}

bool fmt_fp_scalar_rint(uint32_t word, struct insn *out)
{
	out->form = FLD(word, 17, 15); /* enum a64_fp_round's values */
	return out->form != 5 && fmt_fp_scalar(word, out);
}

bool fmt_fp_compare(uint32_t word, struct insn *out)
{
	out->rn = FLD(word, 9, 5);
	out->rm = FLD(word, 20, 16);
	out->form = FLD(word, 4, 4) ? FP_SIGNALLING : FP_QUIET;
	return scalar_size(word, out);
}

bool fmt_fp_ccmp(uint32_t word, struct insn *out)
{
	out->aux = FLD(word, 15, 12);
	out->imm = FLD(word, 3, 0);
	return fmt_fp_compare(word, out);
}

bool fmt_fp_csel(uint32_t word, struct insn *out)
{
	out->aux = FLD(word, 15, 12);
	return fmt_fp_scalar(word, out);
}
