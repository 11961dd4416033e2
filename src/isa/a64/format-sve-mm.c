/* SPDX-License-Identifier: MIT */
/*
 * Formats of SVE's products of matrices and of BFloat16 (Arm ARM C4.1.60 ff.);
 * operands-sve.h.
 */
#include "isa/a64/formats.h"

static bool of_size(uint32_t w, struct insn *out, unsigned int size)
{
	out->rd = out->ra = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->rm = FLD(w, 20, 16);
	out->aux = SVE_NO_PREDICATE;
	out->size = size;
	return true;
}

bool fmt_sve_mmla_s(uint32_t w, struct insn *out)
{
	return of_size(w, out, SIZE_W);
}

bool fmt_sve_mmla_d(uint32_t w, struct insn *out)
{
	return of_size(w, out, SIZE_X);
}

bool fmt_sve_zzz_quad(uint32_t w, struct insn *out)
{
	return of_size(w, out, SIZE_Q);
}

/* imm: which pair of halves of Zm's 128 bits. */
bool fmt_sve_bfdot_elem(uint32_t w, struct insn *out)
{
	of_size(w, out, SIZE_W);
	out->rm = FLD(w, 18, 16);
	out->imm = FLD(w, 20, 19);
	return true;
}

/* Singles by halves: the odd ones with SVE_TOP_N and SVE_TOP_M. */
bool fmt_sve_fmlal(uint32_t w, struct insn *out)
{
	out->form = FLD(w, 10, 10) ? SVE_TOP_N | SVE_TOP_M : 0;
	return of_size(w, out, SIZE_W);
}

/* imm: which half of Zm's 128 bits. */
bool fmt_sve_fmlal_elem(uint32_t w, struct insn *out)
{
	fmt_sve_fmlal(w, out);
	out->rm = FLD(w, 18, 16);
	out->imm = FLD(w, 20, 19) << 1 | FLD(w, 11, 11);
	return true;
}

/* BFCVT: of singles, to what is in their room. */
bool fmt_sve_fcvt_w(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->aux = FLD(w, 12, 10);
	out->size = out->ra = SIZE_W;
	return true;
}
