/* SPDX-License-Identifier: MIT */
/*
 * Formats of loads and stores of general registers (Arm ARM C4.1.94).
 * What the operands mean is in operands-ldst.h.
 */
#include "isa/a64/formats.h"

/* Base, Rt and form of the operation in size (31:30) and opc (23:22). */
static void ldst_one(uint32_t word, struct insn *out, enum a64_ldst_mode mode)
{
	unsigned int opc = FLD(word, 23, 22), t = FLD(word, 4, 0);

	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = opc == LDST_STORE ? reg_src(t) : reg_dst(t);
	out->size = FLD(word, 31, 30);
	out->form = ldst_form(false, opc, mode);
}

bool fmt_ldst_uimm(uint32_t word, struct insn *out)
{
	ldst_one(word, out, LDST_OFFSET);
	out->imm = (int64_t)FLD(word, 21, 10) << out->size;
	return true;
}

/* Unscaled, post-index, unprivileged, pre-index. */
bool fmt_ldst_imm9(uint32_t word, struct insn *out)
{
	static const uint8_t modes[4] = {LDST_OFFSET, LDST_POST, LDST_UNPRIV,
					 LDST_PRE};

	ldst_one(word, out, modes[FLD(word, 11, 10)]);
	out->imm = sext64(FLD(word, 20, 12), 9);
	return true;
}

bool fmt_ldst_reg(uint32_t word, struct insn *out)
{
	switch (FLD(word, 15, 13)) {
	case 2: ldst_one(word, out, LDST_UXTW); break;
	case 6: ldst_one(word, out, LDST_SXTW); break;
	case 3: /* LSL */
	case 7: /* SXTX */ ldst_one(word, out, LDST_LSL); break;
	default: return false;
	}
	out->rm = reg_src(FLD(word, 20, 16));
	out->aux = FLD(word, 12, 12) ? out->size : 0;
	return true;
}

bool fmt_ldst_lit(uint32_t word, struct insn *out)
{
	unsigned int opc = FLD(word, 31, 30);

	out->rd = reg_dst(FLD(word, 4, 0));
	out->size = opc == 1 ? SIZE_X : SIZE_W;
	out->form = ldst_form(false, opc == 2 ? LDST_LOAD_SX : LDST_LOAD,
			      LDST_LITERAL);
	out->imm = sext64(FLD(word, 23, 5), 19) * 4;
	return true;
}

bool fmt_ldst_pair(uint32_t word, struct insn *out)
{
	/* No-allocate, post, offset, pre. */
	static const uint8_t modes[4] = {LDST_OFFSET, LDST_POST, LDST_OFFSET,
					 LDST_PRE};
	unsigned int opc = FLD(word, 31, 30);
	unsigned int t = FLD(word, 4, 0), t2 = FLD(word, 14, 10);
	enum a64_ldst_kind kind = LDST_STORE;

	if (FLD(word, 22, 22))
		kind = opc == 1 ? LDST_LOAD_SX : LDST_LOAD;
	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = kind == LDST_STORE ? reg_src(t) : reg_dst(t);
	out->ra = kind == LDST_STORE ? reg_src(t2) : reg_dst(t2);
	out->size = opc == 2 ? SIZE_X : SIZE_W;
	out->form = ldst_form(true, kind, modes[FLD(word, 24, 23)]);
	out->imm = sext64(FLD(word, 21, 15), 7) * (1 << out->size);
	return true;
}

bool fmt_ldst_prfm(uint32_t word, struct insn *out)
{
	out->form = LDST_FORM_PREFETCH;
	return true;
}

bool fmt_ldst_prfm_reg(uint32_t word, struct insn *out)
{
	out->form = LDST_FORM_PREFETCH;
	return FLD(word, 14, 14);
}
