/* SPDX-License-Identifier: MIT */
/*
 * Formats of SVE's floating point (Arm ARM C4.1.60 ff.); operands-sve.h. Elements
 * of a byte there are none.
 */
#include "isa/a64/formats.h"

static bool sized(uint32_t w, struct insn *out)
{
	out->size = FLD(w, 23, 22);
	return out->size != SIZE_B;
}

/* Zd, Zn; no predicate. */
bool fmt_sve_f_z(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->aux = SVE_NO_PREDICATE;
	return sized(w, out);
}

bool fmt_sve_f_zz(uint32_t w, struct insn *out)
{
	out->rm = FLD(w, 20, 16);
	return fmt_sve_f_z(w, out);
}

/* Zd or Vd, Pg, Zn */
bool fmt_sve_f_unary(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->aux = FLD(w, 12, 10);
	return sized(w, out);
}

/* Zdn or Vdn, Pg, Zm */
bool fmt_sve_f_pz(uint32_t w, struct insn *out)
{
	out->rd = out->rn = FLD(w, 4, 0);
	out->rm = FLD(w, 9, 5);
	out->aux = FLD(w, 12, 10);
	return sized(w, out);
}

bool fmt_sve_f_pz_reversed(uint32_t w, struct insn *out)
{
	out->rd = out->rm = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->aux = FLD(w, 12, 10);
	return sized(w, out);
}

/* ---- constants ----------------------------------------------------------- */

/* VFPExpandImm of these. */
enum { IMM_HALF = 0x60, IMM_ONE = 0x70, IMM_TWO = 0x00 };

/* imm: the constant as an element. */
static bool constant(uint32_t w, struct insn *out, unsigned int imm8)
{
	out->rd = out->rn = FLD(w, 4, 0);
	out->aux = FLD(w, 12, 10);
	out->form = SVE_IMMEDIATE;
	if (!sized(w, out))
		return false;
	out->imm = (int64_t)fp_expand_imm(imm8, out->size);
	return true;
}

bool fmt_sve_f_half_one(uint32_t w, struct insn *out)
{
	return constant(w, out, FLD(w, 5, 5) ? IMM_ONE : IMM_HALF);
}

bool fmt_sve_f_half_two(uint32_t w, struct insn *out)
{
	return constant(w, out, FLD(w, 5, 5) ? IMM_TWO : IMM_HALF);
}

bool fmt_sve_f_zero_one(uint32_t w, struct insn *out)
{
	bool ok = constant(w, out, IMM_ONE);

	if (!FLD(w, 5, 5))
		out->imm = 0;
	return ok;
}

bool fmt_sve_fdup(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 4, 0);
	out->aux = SVE_NO_PREDICATE;
	if (!sized(w, out))
		return false;
	out->imm = (int64_t)fp_expand_imm(FLD(w, 12, 5), out->size);
	return true;
}

bool fmt_sve_fcpy(uint32_t w, struct insn *out)
{
	bool ok = fmt_sve_fdup(w, out);

	out->aux = FLD(w, 19, 16);
	return ok;
}

/* ---- by element, imm ----------------------------------------------------- */

static bool by_element(uint32_t w, struct insn *out, unsigned int size,
		       unsigned int rm, unsigned int index)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->rm = rm;
	out->imm = index;
	out->aux = SVE_NO_PREDICATE;
	out->size = size;
	return true;
}

bool fmt_sve_f_elem_h(uint32_t w, struct insn *out)
{
	return by_element(w, out, SIZE_H, FLD(w, 18, 16),
			  FLD(w, 22, 22) << 2 | FLD(w, 20, 19));
}

bool fmt_sve_f_elem_s(uint32_t w, struct insn *out)
{
	return by_element(w, out, SIZE_W, FLD(w, 18, 16), FLD(w, 20, 19));
}

bool fmt_sve_f_elem_d(uint32_t w, struct insn *out)
{
	return by_element(w, out, SIZE_X, FLD(w, 19, 16), FLD(w, 20, 20));
}

/* ---- three sources ------------------------------------------------------- */

/* Zda, Pg, Zn, Zm */
bool fmt_sve_f_mla(uint32_t w, struct insn *out)
{
	out->rd = out->ra = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->rm = FLD(w, 20, 16);
	out->aux = FLD(w, 12, 10);
	return sized(w, out);
}

/* Zdn, Pg, Zm, Za */
bool fmt_sve_f_mad(uint32_t w, struct insn *out)
{
	out->rd = out->rn = FLD(w, 4, 0);
	out->rm = FLD(w, 9, 5);
	out->ra = FLD(w, 20, 16);
	out->aux = FLD(w, 12, 10);
	return sized(w, out);
}

/* form of these: the rotation in quarters of a turn. */
bool fmt_sve_fcadd(uint32_t w, struct insn *out)
{
	bool ok = fmt_sve_f_pz(w, out);

	out->form = FLD(w, 16, 16) ? 3 : 1;
	return ok;
}

bool fmt_sve_fcmla(uint32_t w, struct insn *out)
{
	bool ok = fmt_sve_f_mla(w, out);

	out->form = FLD(w, 14, 13);
	return ok;
}

bool fmt_sve_fcmla_elem_h(uint32_t w, struct insn *out)
{
	out->form = FLD(w, 11, 10);
	return by_element(w, out, SIZE_H, FLD(w, 18, 16), FLD(w, 20, 19));
}

bool fmt_sve_fcmla_elem_s(uint32_t w, struct insn *out)
{
	out->form = FLD(w, 11, 10);
	return by_element(w, out, SIZE_W, FLD(w, 19, 16), FLD(w, 20, 20));
}

/* imm: which coefficient. */
bool fmt_sve_ftmad(uint32_t w, struct insn *out)
{
	out->rd = out->rn = FLD(w, 4, 0);
	out->rm = FLD(w, 9, 5);
	out->imm = FLD(w, 18, 16);
	out->aux = SVE_NO_PREDICATE;
	return sized(w, out);
}

/* ---- rounding and conversion --------------------------------------------- */

/* form: enum a64_fp_round */
bool fmt_sve_frint(uint32_t w, struct insn *out)
{
	bool ok = fmt_sve_f_unary(w, out);

	out->form = FLD(w, 18, 16);
	return ok;
}

/* size: of the longer of both; ra: of the source, imm: of the result. */
static bool convert(uint32_t w, struct insn *out, unsigned int from,
		    unsigned int to)
{
	out->rd = FLD(w, 4, 0);
	out->rn = FLD(w, 9, 5);
	out->aux = FLD(w, 12, 10);
	out->size = from > to ? from : to;
	out->ra = from;
	out->imm = to;
	return true;
}

bool fmt_sve_fcvt(uint32_t w, struct insn *out)
{
	static const uint8_t sizes[2][4][2] = {
		/* opc 10 */ {{SIZE_W, SIZE_H}, {SIZE_H, SIZE_W}},
		/* opc 11 */
		{{SIZE_X, SIZE_H},
		 {SIZE_H, SIZE_X},
		 {SIZE_X, SIZE_W},
		 {SIZE_W, SIZE_X}},
	};
	const uint8_t *s = sizes[FLD(w, 22, 22)][FLD(w, 17, 16)];

	return convert(w, out, s[0], s[1]);
}

/* Of opc, opc2: opc is the floating-point size and opc2 the integer's, but for two
 * with a double's opc. */
static void convert_sizes(uint32_t w, unsigned int *fp, unsigned int *integer)
{
	unsigned int opc = FLD(w, 23, 22), opc2 = FLD(w, 18, 17);

	*fp = opc == SIZE_X && opc2 == 2 ? SIZE_W : opc;
	*integer = opc != SIZE_X ? opc2 : opc2 ? SIZE_X : SIZE_W;
}

/* form: FP_UNSIGNED or 0. */
bool fmt_sve_cvtf(uint32_t w, struct insn *out)
{
	unsigned int fp, integer;

	convert_sizes(w, &fp, &integer);
	out->form = FLD(w, 16, 16) ? FP_UNSIGNED : 0;
	return convert(w, out, integer, fp);
}

bool fmt_sve_fcvtz(uint32_t w, struct insn *out)
{
	unsigned int fp, integer;

	convert_sizes(w, &fp, &integer);
	out->form = FLD(w, 16, 16) ? FP_UNSIGNED : 0;
	return convert(w, out, fp, integer);
}

/* ---- comparisons --------------------------------------------------------- */

/* Pd, Pg, Zn, Zm; SVE_IMMEDIATE, imm: zero instead of Zm. */
bool fmt_sve_fcm(uint32_t w, struct insn *out)
{
	out->rd = FLD(w, 3, 0);
	out->rn = FLD(w, 9, 5);
	out->rm = FLD(w, 20, 16);
	out->aux = FLD(w, 12, 10);
	return sized(w, out);
}

bool fmt_sve_fcm_zero(uint32_t w, struct insn *out)
{
	bool ok = fmt_sve_fcm(w, out);

	out->rm = 0;
	out->form = SVE_IMMEDIATE;
	return ok;
}
