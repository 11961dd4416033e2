/* SPDX-License-Identifier: MIT */
/*
 * Formats of exclusives, ordered accesses and FEAT_LSE (Arm ARM C4.1.94).
 * What the operands mean is in operands-ldst.h. Acquire and release are not
 * kept: the host's atomics are full barriers.
 */
#include "isa/a64/formats.h"

bool fmt_excl(uint32_t word, struct insn *out)
{
	unsigned int t = FLD(word, 4, 0), t2 = FLD(word, 14, 10);
	bool load = FLD(word, 22, 22), pair = FLD(word, 21, 21);

	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = load ? reg_dst(t) : reg_src(t);
	out->rm = reg_src(t2);
	out->ra = reg_dst(load ? t2 : FLD(word, 20, 16));
	out->size = FLD(word, 31, 30);
	if (load)
		out->form = pair ? ATOMIC_LDXP : ATOMIC_LDXR;
	else
		out->form = pair ? ATOMIC_STXP : ATOMIC_STXR;
	return true;
}

bool fmt_ordered(uint32_t word, struct insn *out)
{
	unsigned int t = FLD(word, 4, 0);
	bool load = FLD(word, 22, 22);

	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = load ? reg_dst(t) : reg_src(t);
	out->size = FLD(word, 31, 30);
	out->form = load ? ATOMIC_LDAR : ATOMIC_STLR;
	return true;
}

/* What it allows beyond LDAR is not used. */
bool fmt_ldapr(uint32_t word, struct insn *out)
{
	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = reg_dst(FLD(word, 4, 0));
	out->size = FLD(word, 31, 30);
	out->form = ATOMIC_LDAR;
	return true;
}

/* opc: enum a64_ldst_kind; the result of a sign-extension is wider than what is
 * read. */
bool fmt_ldapur(uint32_t word, struct insn *out)
{
	unsigned int t = FLD(word, 4, 0);

	out->aux = FLD(word, 23, 22);
	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = out->aux == LDST_STORE ? reg_src(t) : reg_dst(t);
	out->size = FLD(word, 31, 30);
	out->imm = sext64(FLD(word, 20, 12), 9);
	out->form = out->aux == LDST_STORE ? ATOMIC_STLUR : ATOMIC_LDAPUR;
	switch (out->aux) {
	case LDST_LOAD_SX: return out->size < SIZE_X;
	case LDST_LOAD_SW: return out->size < SIZE_W;
	default: return true;
	}
}

bool fmt_atomic_cas(uint32_t word, struct insn *out)
{
	unsigned int s = FLD(word, 20, 16);

	out->rm = reg_src(s);
	out->ra = reg_dst(s);
	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = reg_src(FLD(word, 4, 0));
	out->size = FLD(word, 31, 30);
	out->form = ATOMIC_CAS;
	return true;
}

bool fmt_atomic_casp(uint32_t word, struct insn *out)
{
	unsigned int s = FLD(word, 20, 16), t = FLD(word, 4, 0);

	if ((s | t) & 1)
		return false;
	out->rm = s;
	out->ra = reg_dst(s + 1);
	out->rd = t;
	out->aux = reg_src(t + 1) << 8 | reg_src(s + 1);
	out->rn = reg_sp(FLD(word, 9, 5));
	out->size = FLD(word, 30, 30) ? SIZE_X : SIZE_W;
	out->form = ATOMIC_CASP;
	return true;
}

bool fmt_atomic_rmw(uint32_t word, struct insn *out)
{
	out->rm = reg_src(FLD(word, 20, 16));
	out->rn = reg_sp(FLD(word, 9, 5));
	out->rd = reg_dst(FLD(word, 4, 0));
	out->size = FLD(word, 31, 30);
	out->form = ATOMIC_LDADD + FLD(word, 15, 12); /* o3, opc */
	return true;
}
