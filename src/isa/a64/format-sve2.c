/* SPDX-License-Identifier: MIT */
/*
 * Formats of SVE2 (Arm ARM C4.1.60 ff.); operands-sve.h. Where sizes of sources and
 * results differ, size is that of the larger.
 */
#include "isa/a64/formats.h"

/* ---- of one size --------------------------------------------------------- */

/* size: of an element and the carry behind it, one. */
bool fmt_sve_adcl(uint32_t w, struct insn *out)
{
	fmt_sve_zzz(w, out);
	out->size = FLD(w, 22, 22) ? SIZE_X : SIZE_W;
	out->form = FLD(w, 10, 10) ? SVE_TOP_N : 0;
	return true;
}

/* Zdn, Zm */
bool fmt_sve_xar(uint32_t w, struct insn *out)
{
	bool ok = fmt_sve_zz_shift_right(w, out);

	out->rm = out->rn;
	out->rn = out->rd;
	return ok;
}

/* Zdn, Zm, and Zk in ra. */
bool fmt_sve_ternary(uint32_t w, struct insn *out)
{
	out->rd = out->rn = FLD(w, 4, 0);
	out->rm = FLD(w, 20, 16);
	out->ra = FLD(w, 9, 5);
	out->aux = SVE_NO_PREDICATE;
	out->size = SIZE_X;
	return true;
}

/* form of complex ones: the rotation in quarters of a turn. */
bool fmt_sve_cadd(uint32_t w, struct insn *out)
{
	out->rd = out->rn = FLD(w, 4, 0);
	out->rm = FLD(w, 9, 5);
	out->size = FLD(w, 23, 22);
	out->aux = SVE_NO_PREDICATE;
	out->form = FLD(w, 10, 10) ? 3 : 1;
	return true;
}

bool fmt_sve_cmla(uint32_t w, struct insn *out)
{
	out->form = FLD(w, 11, 10);
	return fmt_sve_zzz(w, out);
}

/* imm: which one of Zm's 128 bits, @bits of it. */
static void by_element(uint32_t w, struct insn *out, unsigned int bits)
{
	fmt_sve_zzz(w, out);
	out->rm = bits == 1 ? FLD(w, 19, 16) : FLD(w, 18, 16);
	out->imm = bits == 1 ? FLD(w, 20, 20) : FLD(w, 20, 19);
}

bool fmt_sve_cdot_elem(uint32_t w, struct insn *out)
{
	by_element(w, out, FLD(w, 22, 22) ? 1 : 2);
	out->form = FLD(w, 11, 10);
	return true;
}

/* The size field is of twice an element. */
bool fmt_sve_cmla_elem(uint32_t w, struct insn *out)
{
	fmt_sve_cdot_elem(w, out);
	out->size--;
	return true;
}

/* Of halves the size field has a bit of the number. */
bool fmt_sve_zzz_elem(uint32_t w, struct insn *out)
{
	by_element(w, out, FLD(w, 23, 22) == SIZE_X ? 1 : 2);
	if (out->size < SIZE_W) {
		out->imm |= FLD(w, 22, 22) << 2;
		out->size = SIZE_H;
	}
	return true;
}

/* From Zn and the register behind it. */
bool fmt_sve_ext_zz(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->rm = (out->rn + 1) & 31;
	out->imm = FLD(w, 20, 16) << 3 | FLD(w, 12, 10);
	return true;
}

bool fmt_sve_splice_zz(uint32_t w, struct insn *out)
{
	fmt_sve_zpz(w, out);
	out->rm = (out->rn + 1) & 31;
	return true;
}

bool fmt_sve_histcnt(uint32_t w, struct insn *out)
{
	out->rm = FLD(w, 20, 16);
	return fmt_sve_zpz(w, out);
}

bool fmt_sve_while_pointers(uint32_t w, struct insn *out)
{
	fmt_sve_while(w, out);
	out->form = 0;
	return true;
}

/* Zdn */
bool fmt_sve_crypto_1(uint32_t w, struct insn *out)
{
	out->rd = out->rn = FLD(w, 4, 0);
	out->aux = SVE_NO_PREDICATE;
	out->size = SIZE_Q;
	return true;
}

/* Zdn, Zm */
bool fmt_sve_crypto_2(uint32_t w, struct insn *out)
{
	out->rm = FLD(w, 9, 5);
	return fmt_sve_crypto_1(w, out);
}

/* ---- long ---------------------------------------------------------------- */

/* B or T */
static void top(uint32_t w, struct insn *out)
{
	out->form = FLD(w, 10, 10) ? SVE_TOP_N | SVE_TOP_M : 0;
}

bool fmt_sve_pmull_q(uint32_t w, struct insn *out)
{
	top(w, out);
	return fmt_sve_zzz_quad(w, out);
}

bool fmt_sve_long(uint32_t w, struct insn *out)
{
	top(w, out);
	return fmt_sve_zzz(w, out) && out->size != SIZE_B;
}

/* BT, or with bit 10 TB. */
bool fmt_sve_long_bt(uint32_t w, struct insn *out)
{
	out->form = FLD(w, 10, 10) ? SVE_TOP_N : SVE_TOP_M;
	return fmt_sve_zzz(w, out) && out->size != SIZE_B;
}

/* Bit 10 is of the opcode. */
bool fmt_sve_long_sqdml_bt(uint32_t w, struct insn *out)
{
	out->form = SVE_TOP_M;
	return fmt_sve_zzz(w, out) && out->size != SIZE_B;
}

/* imm: which of Zm's 128 bits' halves of an element. */
bool fmt_sve_long_elem(uint32_t w, struct insn *out)
{
	by_element(w, out, FLD(w, 22, 22) ? 1 : 2);
	out->imm = out->imm << 1 | FLD(w, 11, 11);
	top(w, out);
	return true;
}

bool fmt_sve_adalp(uint32_t w, struct insn *out)
{
	return fmt_sve_zpz(w, out) && out->size != SIZE_B;
}

/* @tsize: the size of the smaller one, by its highest bit, and then the amount. */
static bool half_shift(uint32_t w, struct insn *out, bool right)
{
	unsigned int tsize = FLD(w, 22, 22) << 2 | FLD(w, 20, 19), bits;

	if (!tsize)
		return false;
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->aux = SVE_NO_PREDICATE;
	out->size = 32 - __builtin_clz(tsize);
	bits = 4u << out->size;
	out->imm = tsize << 3 | FLD(w, 18, 16);
	out->imm = right ? 2 * bits - out->imm : out->imm - bits;
	return true;
}

bool fmt_sve_shll(uint32_t w, struct insn *out)
{
	top(w, out);
	return half_shift(w, out, false);
}

/* ---- narrow -------------------------------------------------------------- */

static void top_of_result(uint32_t w, struct insn *out)
{
	out->form = FLD(w, 10, 10) ? SVE_TOP_D : 0;
}

bool fmt_sve_shrn(uint32_t w, struct insn *out)
{
	top_of_result(w, out);
	return half_shift(w, out, true);
}

bool fmt_sve_addhn(uint32_t w, struct insn *out)
{
	top_of_result(w, out);
	return fmt_sve_zzz(w, out) && out->size != SIZE_B;
}

/* One bit alone. */
bool fmt_sve_qxtn(uint32_t w, struct insn *out)
{
	unsigned int tsize = FLD(w, 22, 22) << 2 | FLD(w, 20, 19);

	top_of_result(w, out);
	half_shift(w, out, true);
	return tsize && !(tsize & (tsize - 1));
}

/* ---- floating point ------------------------------------------------------ */

/* size: of the larger; ra: of the source, imm: of the result. */
static bool convert_odd(uint32_t w, struct insn *out, unsigned int size,
			bool longer)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->aux = FLD(w, 12, 10);
	out->size = size;
	out->ra = longer ? size - 1 : size;
	out->imm = longer ? size : size - 1;
	return true;
}

bool fmt_sve_fcvt_odd(uint32_t w, struct insn *out)
{
	return convert_odd(w, out, FLD(w, 22, 22) ? SIZE_X : SIZE_W,
			   FLD(w, 16, 16));
}

bool fmt_sve_fcvt_x(uint32_t w, struct insn *out)
{
	return convert_odd(w, out, SIZE_X, false);
}

bool fmt_sve_flogb(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->aux = FLD(w, 12, 10);
	out->size = FLD(w, 18, 17);
	return out->size != SIZE_B;
}
