/* SPDX-License-Identifier: MIT */
/*
 * Formats of media instructions of A32 (Arm ARM F4.1.15), and what the encodings
 * of A32 and T32 have in common: bit fields, extension, saturation, products.
 */
#include "isa/a32/formats.h"

bool a32_3regs(struct insn *out, enum a64_op op, unsigned int d, unsigned int n,
	       unsigned int m)
{
	out->op = op;
	out->size = SIZE_W;
	out->rd = d;
	out->rn = n;
	out->rm = m;
	return !a32_any_pc(d, n, m);
}

/* ---- products ------------------------------------------------------------ */

/* @a is R15: nothing is added. */
static uint8_t addend(unsigned int a)
{
	return a == R_PC ? REG_ZR : a;
}

bool a32_multiply(struct insn *out, bool subtract, bool flags, unsigned int d,
		  unsigned int n, unsigned int m, unsigned int a)
{
	out->ra = addend(a);
	return a32_3regs(out,
			 flags      ? A32_MULS
			 : subtract ? A64_MSUB
				    : A64_MADD,
			 d, n, m);
}

bool a32_multiply_long(struct insn *out, enum a64_op op, unsigned int aux,
		       unsigned int lo, unsigned int hi, unsigned int n,
		       unsigned int m)
{
	out->aux = aux;
	out->ra = hi;
	return hi != R_PC && hi != lo && a32_3regs(out, op, lo, n, m);
}

bool a32_multiply_media(struct insn *out, enum a64_op op, unsigned int aux,
			unsigned int d, unsigned int n, unsigned int m,
			unsigned int a)
{
	out->aux = aux;
	out->ra = addend(a);
	return a32_3regs(out, op, d, n, m);
}

bool a32_fmt_smlad(uint32_t word, struct insn *out)
{
	return a32_multiply_media(out, A32_SMLAD, FLD(word, 6, 5),
				  FLD(word, 19, 16), FLD(word, 3, 0),
				  FLD(word, 11, 8), FLD(word, 15, 12));
}

bool a32_fmt_smlald(uint32_t word, struct insn *out)
{
	return a32_multiply_long(out, A32_SMLALD, FLD(word, 6, 5),
				 FLD(word, 15, 12), FLD(word, 19, 16),
				 FLD(word, 3, 0), FLD(word, 11, 8));
}

bool a32_fmt_smmla(uint32_t word, struct insn *out)
{
	bool subtract = FLD(word, 7, 7);

	if (subtract && FLD(word, 15, 12) == R_PC)
		return false;
	return a32_multiply_media(out, A32_SMMLA,
				  subtract << 1 | FLD(word, 5, 5),
				  FLD(word, 19, 16), FLD(word, 3, 0),
				  FLD(word, 11, 8), FLD(word, 15, 12));
}

bool a32_fmt_usada8(uint32_t word, struct insn *out)
{
	return a32_multiply_media(out, A32_USADA8, 0, FLD(word, 19, 16),
				  FLD(word, 3, 0), FLD(word, 11, 8),
				  FLD(word, 15, 12));
}

bool a32_fmt_div(uint32_t word, struct insn *out)
{
	return a32_3regs(out, FLD(word, 21, 21) ? A64_UDIV : A64_SDIV,
			 FLD(word, 19, 16), FLD(word, 3, 0), FLD(word, 11, 8));
}

/* ---- bit fields ---------------------------------------------------------- */

/* BFI; with R15 as @n BFC. */
bool a32_bfi(struct insn *out, unsigned int d, unsigned int n, unsigned int lsb,
	     unsigned int msb)
{
	unsigned int left = 63 - (msb - lsb);

	if (msb < lsb || d == R_PC)
		return false;
	out->op = A64_BFM;
	out->size = SIZE_W;
	out->form = BITFIELD_ANY;
	out->rd = d;
	out->rn = addend(n);
	out->aux = aux_shifts(left, left - lsb);
	out->imm = (uint32_t)~GENMASK(msb, lsb);
	return true;
}

bool a32_bfx(struct insn *out, bool sign, unsigned int d, unsigned int n,
	     unsigned int lsb, unsigned int width)
{
	unsigned int left = 64 - lsb - width;

	if (lsb + width > 32 || a32_any_pc(d, n, 0))
		return false;
	out->op = sign ? A64_SBFM : A64_UBFM;
	out->size = SIZE_W;
	out->rd = d;
	out->rn = n;
	out->form = sign ? BITFIELD_ANY : BITFIELD_MASK;
	out->aux = sign ? aux_shifts(left, left + lsb) : lsb;
	out->imm = sign ? 0 : GENMASK(width - 1, 0);
	return true;
}

bool a32_fmt_bfi(uint32_t word, struct insn *out)
{
	return a32_bfi(out, FLD(word, 15, 12), FLD(word, 3, 0),
		       FLD(word, 11, 7), FLD(word, 20, 16));
}

bool a32_fmt_bfx(uint32_t word, struct insn *out)
{
	return a32_bfx(out, !FLD(word, 22, 22), FLD(word, 15, 12),
		       FLD(word, 3, 0), FLD(word, 11, 7),
		       FLD(word, 20, 16) + 1);
}

/* ---- extension ----------------------------------------------------------- */

/* Of one field that lies whole in the register. */
static bool extend_as_a64(struct insn *out, enum a32_extend kind)
{
	unsigned int bits = kind & 1 ? 16 : 8, left = 64 - bits - out->aux;
	bool sign = !(kind & 4);

	if (out->aux + bits > 32)
		return false;
	if (out->rn != REG_ZR) {
		out->op = A64_ADD_ext;
		out->form = sign ? OPERAND_SXT : OPERAND_UXT;
		out->aux = aux_shifts(left, 64 - bits);
	} else {
		out->rn = out->rm;
		a32_bfx(out, sign, out->rd, out->rm, out->aux, bits);
	}
	return true;
}

bool a32_extend(struct insn *out, enum a32_extend kind, unsigned int d,
		unsigned int n, unsigned int m, unsigned int rotation)
{
	out->op = A32_EXTEND;
	out->size = SIZE_W;
	out->form = kind;
	out->aux = rotation;
	out->rd = d;
	out->rn = addend(n);
	out->rm = m;
	if ((kind & 3) != EXTEND_SXTB16)
		extend_as_a64(out, kind);
	return !a32_any_pc(d, m, 0);
}

bool a32_fmt_extend(uint32_t word, struct insn *out)
{
	return a32_extend(out, FLD(word, 22, 20), FLD(word, 15, 12),
			  FLD(word, 19, 16), FLD(word, 3, 0),
			  8 * FLD(word, 11, 10));
}

/* ---- saturation, packing, lanes ------------------------------------------ */

bool a32_sat(struct insn *out, bool sign, unsigned int d, unsigned int n,
	     unsigned int to, bool asr, unsigned int amount)
{
	a32_operand_shift(out, n, asr ? 2 : 0, amount);
	out->op = sign ? A32_SSAT : A32_USAT;
	out->size = SIZE_W;
	out->rd = d;
	out->rn = n;
	out->imm = to;
	return !a32_any_pc(d, n, 0);
}

bool a32_fmt_sat(uint32_t word, struct insn *out)
{
	bool sign = !FLD(word, 22, 22);

	return a32_sat(out, sign, FLD(word, 15, 12), FLD(word, 3, 0),
		       FLD(word, 20, 16) + sign, FLD(word, 6, 6),
		       FLD(word, 11, 7));
}

bool a32_fmt_sat16(uint32_t word, struct insn *out)
{
	bool sign = !FLD(word, 22, 22);

	out->imm = FLD(word, 19, 16) + sign;
	return a32_3regs(out, sign ? A32_SSAT16 : A32_USAT16, FLD(word, 15, 12),
			 FLD(word, 3, 0), 0);
}

bool a32_fmt_pkh(uint32_t word, struct insn *out)
{
	bool tb = FLD(word, 6, 6);

	a32_operand_shift(out, FLD(word, 3, 0), tb ? 2 : 0, FLD(word, 11, 7));
	out->imm = tb;
	return a32_3regs(out, A32_PKH, FLD(word, 15, 12), FLD(word, 19, 16),
			 FLD(word, 3, 0));
}

bool a32_fmt_parallel(uint32_t word, struct insn *out)
{
	out->form = FLD(word, 22, 20);
	out->aux = FLD(word, 7, 5);
	return a32_3regs(out, A32_PARALLEL, FLD(word, 15, 12),
			 FLD(word, 19, 16), FLD(word, 3, 0));
}

bool a32_fmt_sel(uint32_t word, struct insn *out)
{
	return a32_3regs(out, A32_SEL, FLD(word, 15, 12), FLD(word, 19, 16),
			 FLD(word, 3, 0));
}
