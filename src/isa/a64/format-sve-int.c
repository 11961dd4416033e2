/* SPDX-License-Identifier: MIT */
/*
 * Formats of SVE's integer arithmetic (Arm ARM C4.1.60 ff.); operands-sve.h. The
 * suffix of a format tells which elements exist: of 8, 16, 32, 64 bits: b, h, s, d;
 * without one all do.
 */
#include "isa/a64/formats.h"

/* ---- of all elements ----------------------------------------------------- */

bool fmt_sve_zzz(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->rm = FLD(w, 20, 16);
	out->size = FLD(w, 23, 22);
	out->aux = SVE_NO_PREDICATE;
	return true;
}

/* The size field belongs to the opcode. */
bool fmt_sve_zzz_bits(uint32_t w, struct insn *out)
{
	fmt_sve_zzz(w, out);
	out->size = SIZE_X;
	return true;
}

/* Zm has doublewords. */
bool fmt_sve_zzw(uint32_t w, struct insn *out)
{
	fmt_sve_zzz(w, out);
	return out->size != SIZE_X;
}

/* Zdn and an immediate. */
static void zi(uint32_t w, struct insn *out, int64_t imm)
{
	out->rd = out->rn = FLD(w, 4, 0);
	out->size = FLD(w, 23, 22);
	out->aux = SVE_NO_PREDICATE;
	out->imm = imm;
}

/* Unsigned, shifted by 8 bits, which a byte can't be. */
bool fmt_sve_zi_shifted(uint32_t w, struct insn *out)
{
	zi(w, out, FLD(w, 12, 5) << (FLD(w, 13, 13) ? 8 : 0));
	return out->size != SIZE_B || !FLD(w, 13, 13);
}

bool fmt_sve_zi_signed(uint32_t w, struct insn *out)
{
	zi(w, out, sext64(FLD(w, 12, 5), 8));
	return true;
}

bool fmt_sve_zi_unsigned(uint32_t w, struct insn *out)
{
	zi(w, out, FLD(w, 12, 5));
	return true;
}

/* A bitmask of 64 bits. */
bool fmt_sve_zi_bits(uint32_t w, struct insn *out)
{
	uint64_t mask;

	if (!bitmask_decode(FLD(w, 17, 17), FLD(w, 10, 5), FLD(w, 16, 11),
			    &mask))
		return false;
	zi(w, out, (int64_t)mask);
	out->size = SIZE_X;
	return true;
}

/* @tsize: the size, by its highest bit, and then the amount. */
static bool shift(struct insn *out, unsigned int tsize, unsigned int imm3,
		  bool right)
{
	unsigned int bits;

	if (!tsize)
		return false;
	out->size = 31 - __builtin_clz(tsize);
	bits = 8u << out->size;
	out->imm = tsize << 3 | imm3;
	out->imm = right ? 2 * bits - out->imm : out->imm - bits;
	return true;
}

static bool zz_shift(uint32_t w, struct insn *out, bool right)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->aux = SVE_NO_PREDICATE;
	return shift(out, FLD(w, 23, 22) << 2 | FLD(w, 20, 19), FLD(w, 18, 16),
		     right);
}

bool fmt_sve_zz_shift_right(uint32_t w, struct insn *out)
{
	return zz_shift(w, out, true);
}

bool fmt_sve_zz_shift_left(uint32_t w, struct insn *out)
{
	return zz_shift(w, out, false);
}

/* INDEX: x[rn] + imm, and by steps of x[rm] + aux, which is signed. */
static void index_of(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = out->rm = REG_ZR;
	out->size = FLD(w, 23, 22);
}

static void index_base(uint32_t w, struct insn *out, bool reg)
{
	if (reg)
		out->rn = reg_src(FLD(w, 9, 5));
	else
		out->imm = sext64(FLD(w, 9, 5), 5);
}

static void index_step(uint32_t w, struct insn *out, bool reg)
{
	if (reg)
		out->rm = reg_src(FLD(w, 20, 16));
	else
		out->aux = (uint16_t)sext64(FLD(w, 20, 16), 5);
}

bool fmt_sve_index(uint32_t w, struct insn *out)
{
	index_of(w, out);
	index_base(w, out, FLD(w, 10, 10));
	index_step(w, out, FLD(w, 11, 11));
	return true;
}

/* imm: the shift of Zm. */
bool fmt_sve_adr(uint32_t w, struct insn *out)
{
	fmt_sve_zzz(w, out);
	out->imm = FLD(w, 11, 10);
	return true;
}

bool fmt_sve_adr_word(uint32_t w, struct insn *out)
{
	fmt_sve_adr(w, out);
	out->size = SIZE_X;
	return true;
}

/* size: of the sums; ra is rd. */
bool fmt_sve_dot(uint32_t w, struct insn *out)
{
	fmt_sve_zzz(w, out);
	out->ra = out->rd;
	return true;
}

/* imm: the number of the four products in each 128 bits. */
bool fmt_sve_dot_elem(uint32_t w, struct insn *out)
{
	bool dbl = FLD(w, 22, 22);

	fmt_sve_dot(w, out);
	out->rm = dbl ? FLD(w, 19, 16) : FLD(w, 18, 16);
	out->imm = dbl ? FLD(w, 20, 20) : FLD(w, 20, 19);
	return true;
}

/* ---- of active elements -------------------------------------------------- */

static void predicated(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->aux = FLD(w, 12, 10);
	out->size = FLD(w, 23, 22);
}

bool fmt_sve_zpzz(uint32_t w, struct insn *out)
{
	predicated(w, out);
	out->rn = out->rd;
	out->rm = FLD(w, 9, 5);
	return true;
}

bool fmt_sve_zpzz_sd(uint32_t w, struct insn *out)
{
	return fmt_sve_zpzz(w, out) && out->size >= SIZE_W;
}

bool fmt_sve_zpzz_rev(uint32_t w, struct insn *out)
{
	predicated(w, out);
	out->rn = FLD(w, 9, 5);
	out->rm = out->rd;
	return true;
}

bool fmt_sve_zpzz_rev_sd(uint32_t w, struct insn *out)
{
	return fmt_sve_zpzz_rev(w, out) && out->size >= SIZE_W;
}

/* Zm has doublewords. */
bool fmt_sve_zpzw(uint32_t w, struct insn *out)
{
	return fmt_sve_zpzz(w, out) && out->size != SIZE_X;
}

static bool zp_shift(uint32_t w, struct insn *out, bool right)
{
	predicated(w, out);
	out->rn = out->rd;
	return shift(out, FLD(w, 23, 22) << 2 | FLD(w, 9, 8), FLD(w, 7, 5),
		     right);
}

bool fmt_sve_zp_shift_right(uint32_t w, struct insn *out)
{
	return zp_shift(w, out, true);
}

bool fmt_sve_zp_shift_left(uint32_t w, struct insn *out)
{
	return zp_shift(w, out, false);
}

bool fmt_sve_zpz(uint32_t w, struct insn *out)
{
	predicated(w, out);
	out->rn = FLD(w, 9, 5);
	out->form = SVE_MERGING;
	return true;
}

bool fmt_sve_zpz_bhs(uint32_t w, struct insn *out)
{
	return fmt_sve_zpz(w, out) && out->size != SIZE_X;
}

bool fmt_sve_zpz_hsd(uint32_t w, struct insn *out)
{
	return fmt_sve_zpz(w, out) && out->size != SIZE_B;
}

bool fmt_sve_zpz_sd(uint32_t w, struct insn *out)
{
	return fmt_sve_zpz(w, out) && out->size >= SIZE_W;
}

bool fmt_sve_zpz_d(uint32_t w, struct insn *out)
{
	return fmt_sve_zpz(w, out) && out->size == SIZE_X;
}

bool fmt_sve_movprfx(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->size = SIZE_X;
	out->aux = SVE_NO_PREDICATE;
	return true;
}

bool fmt_sve_movprfx_pg(uint32_t w, struct insn *out)
{
	fmt_sve_zpz(w, out);
	out->form = FLD(w, 16, 16) ? SVE_MERGING : 0;
	return true;
}

/* Zda + Zn * Zm */
bool fmt_sve_mla(uint32_t w, struct insn *out)
{
	predicated(w, out);
	out->ra = out->rd;
	out->rn = FLD(w, 9, 5);
	out->rm = FLD(w, 20, 16);
	return true;
}

/* Za + Zdn * Zm */
bool fmt_sve_mad(uint32_t w, struct insn *out)
{
	predicated(w, out);
	out->rn = out->rd;
	out->rm = FLD(w, 20, 16);
	out->ra = FLD(w, 9, 5);
	return true;
}

/* ---- comparisons --------------------------------------------------------- */

/* Pd */
bool fmt_sve_cmp(uint32_t w, struct insn *out)
{
	predicated(w, out);
	out->rd = FLD(w, 3, 0);
	out->rn = FLD(w, 9, 5);
	out->rm = FLD(w, 20, 16);
	return true;
}

bool fmt_sve_cmp_wide(uint32_t w, struct insn *out)
{
	return fmt_sve_cmp(w, out) && out->size != SIZE_X;
}

bool fmt_sve_cmp_unsigned(uint32_t w, struct insn *out)
{
	fmt_sve_cmp(w, out);
	out->imm = FLD(w, 20, 14);
	return true;
}

bool fmt_sve_cmp_signed(uint32_t w, struct insn *out)
{
	fmt_sve_cmp(w, out);
	out->imm = sext64(FLD(w, 20, 16), 5);
	return true;
}
