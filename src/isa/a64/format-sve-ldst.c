/* SPDX-License-Identifier: MIT */
/* Formats of SVE's loads and stores (Arm ARM C4.1.60 ff.); operands-sve.h. */
#include "isa/a64/formats.h"

/* imm: how many times the length of the register. */
static void fill(uint32_t w, struct insn *out)
{
	out->rn = reg_sp(FLD(w, 9, 5));
	out->imm = sext64(FLD(w, 21, 16) << 3 | FLD(w, 12, 10), 9);
}

bool fmt_sve_fill_z(uint32_t w, struct insn *out)
{
	fill(w, out);
	out->rd = FLD(w, 4, 0);
	return true;
}

bool fmt_sve_fill_p(uint32_t w, struct insn *out)
{
	fill(w, out);
	out->rd = FLD(w, 3, 0);
	return true;
}
