/* SPDX-License-Identifier: MIT */
/*
 * Formats of floating point, scalar and vector (Arm ARM C4.1, "Data Processing
 * -- Scalar Floating-Point and Advanced SIMD"); vectors of half precision are in
 * format-fp-half.c. What the fields hold: operands-fp.h.
 */
#include "isa/a64/formats.h"

/* ---- scalar -------------------------------------------------------------- */

/* ftype */
static bool scalar_size(uint32_t word, struct insn *out)
{
	static const uint8_t sizes[4] = {FP_SINGLE, FP_DOUBLE, 0, FP_HALF};

	out->size = sizes[FLD(word, 23, 22)];
	return out->size;
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

/* FRINT32 and FRINT64, Z and X. */
static void rint_int(uint32_t word, struct insn *out, bool wide, bool x)
{
	out->imm = wide ? 64 : 32;
	out->form = x ? FP_ROUND_X : FP_ROUND_Z;
}

bool fmt_fp_scalar_rint_int(uint32_t word, struct insn *out)
{
	rint_int(word, out, FLD(word, 16, 16), FLD(word, 15, 15));
	return fmt_fp_scalar(word, out) && out->size != FP_HALF;
}

/* size: of the source. */
bool fmt_fp_bfcvt(uint32_t word, struct insn *out)
{
	out->rd = FLD(word, 4, 0);
	out->rn = FLD(word, 9, 5);
	out->size = FP_SINGLE;
	return true;
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
	out->aux = cond_of(FLD(word, 15, 12));
	out->imm = FLD(word, 3, 0);
	return fmt_fp_compare(word, out);
}

bool fmt_fp_csel(uint32_t word, struct insn *out)
{
	out->aux = cond_of(FLD(word, 15, 12));
	return fmt_fp_scalar(word, out);
}

/* FCVT: ftype is the source, opc the result; the row knows both. */
bool fmt_fp_fcvt(uint32_t word, struct insn *out)
{
	static const uint8_t type[4] = {FP_SINGLE, FP_DOUBLE, 0, FP_HALF};

	out->rd = FLD(word, 4, 0);
	out->rn = FLD(word, 9, 5);
	out->size = type[FLD(word, 16, 15)];
	out->form = type[FLD(word, 23, 22)];
	return true;
}

/* ---- moves --------------------------------------------------------------- */

bool fmt_fp_mov_imm(uint32_t word, struct insn *out)
{
	if (!scalar_size(word, out))
		return false;
	out->rd = FLD(word, 4, 0);
	out->imm = (int64_t)fp_expand_imm(FLD(word, 20, 13),
					  (enum a64_fp_size)out->size);
	return true;
}

/* By ftype half precision, else as wide as the general register. */
static uint8_t gpr_size(uint32_t word)
{
	if (FLD(word, 23, 22) == 3)
		return FP_HALF;
	return FLD(word, 31, 31) ? FP_DOUBLE : FP_SINGLE;
}

bool fmt_fp_to_gpr(uint32_t word, struct insn *out)
{
	out->rd = reg_dst(FLD(word, 4, 0));
	out->rn = FLD(word, 9, 5);
	out->size = gpr_size(word);
	return true;
}

bool fmt_fp_from_gpr(uint32_t word, struct insn *out)
{
	out->rd = FLD(word, 4, 0);
	out->rn = reg_src(FLD(word, 9, 5));
	out->size = gpr_size(word);
	return true;
}

/* ---- integers in general registers --------------------------------------- */

static bool to_int(uint32_t word, struct insn *out, enum a64_fp_round r)
{
	out->rd = reg_dst(FLD(word, 4, 0));
	out->rn = FLD(word, 9, 5);
	out->form = r | (FLD(word, 16, 16) ? FP_UNSIGNED : 0) |
		    (FLD(word, 31, 31) ? FP_INT_X : 0);
	return scalar_size(word, out);
}

/* FCVTNS, FCVTPS, FCVTMS, FCVTZS and unsigned: rmode as FPCR's. */
bool fmt_fp_to_int(uint32_t word, struct insn *out)
{
	return to_int(word, out, (enum a64_fp_round)FLD(word, 20, 19));
}

bool fmt_fp_to_int_away(uint32_t word, struct insn *out)
{
	return to_int(word, out, FP_ROUND_A);
}

/* Always from double to W. */
bool fmt_fp_jcvt(uint32_t word, struct insn *out)
{
	out->rd = reg_dst(FLD(word, 4, 0));
	out->rn = FLD(word, 9, 5);
	out->size = FP_DOUBLE;
	return true;
}

bool fmt_fp_from_int(uint32_t word, struct insn *out)
{
	bool valid = to_int(word, out, FP_ROUND_I);

	out->rd = FLD(word, 4, 0);
	out->rn = reg_src(FLD(word, 9, 5));
	return valid;
}

/* The scale is 64 minus the fraction bits; W has at most 32. */
static bool fraction_bits(uint32_t word, struct insn *out)
{
	out->imm = 64 - (int)FLD(word, 15, 10);
	return FLD(word, 31, 31) || out->imm <= 32;
}

bool fmt_fp_to_fixed(uint32_t word, struct insn *out)
{
	return to_int(word, out, FP_ROUND_Z) && fraction_bits(word, out);
}

bool fmt_fp_from_fixed(uint32_t word, struct insn *out)
{
	return fmt_fp_from_int(word, out) && fraction_bits(word, out);
}

/* ---- vector and scalar SIMD ---------------------------------------------- */

/* Arrangement by sz and Q; the scalar encodings have bit 28, and Q is 1. */
bool fmt_fp_vector(uint32_t word, struct insn *out)
{
	bool q = FLD(word, 30, 30), dbl = FLD(word, 22, 22);

	out->rd = FLD(word, 4, 0);
	out->rn = FLD(word, 9, 5);
	out->rm = FLD(word, 20, 16);
	out->size = dbl ? FP_DOUBLE : FP_SINGLE;
	out->aux = FLD(word, 28, 28) ? 1 : q && !dbl ? 4 : 2;
	return q || !dbl;
}

/* 4S to a scalar. */
bool fmt_fp_across(uint32_t word, struct insn *out)
{
	out->rd = FLD(word, 4, 0);
	out->rn = FLD(word, 9, 5);
	out->size = FP_SINGLE;
	out->aux = 4;
	return true;
}

/* FRINT*: U, bits 23 and 12 are the direction. */
bool fmt_fp_vector_rint(uint32_t word, struct insn *out)
{
	static const uint8_t direction[8] = {
		FP_ROUND_N, FP_ROUND_M, FP_ROUND_P, FP_ROUND_Z,
		FP_ROUND_A, FP_ROUND_X, 0,          FP_ROUND_I,
	};
	unsigned int op = FLD(word, 29, 29) << 2 | FLD(word, 23, 23) << 1 |
			  FLD(word, 12, 12);

	out->form = direction[op];
	return op != 6 && fmt_fp_vector(word, out);
}

bool fmt_fp_vector_rint_int(uint32_t word, struct insn *out)
{
	rint_int(word, out, FLD(word, 12, 12), FLD(word, 29, 29));
	return fmt_fp_vector(word, out);
}

/* The index is H for doubles, H:L for singles. */
bool fmt_fp_elem(uint32_t word, struct insn *out)
{
	bool l = FLD(word, 21, 21), h = FLD(word, 11, 11);

	if (!fmt_fp_vector(word, out))
		return false;
	out->imm = out->size == FP_DOUBLE ? h : h << 1 | l;
	return out->size != FP_DOUBLE || !l;
}

static bool vector_to_int(uint32_t word, struct insn *out, enum a64_fp_round r)
{
	out->form = r | (FLD(word, 29, 29) ? FP_UNSIGNED : 0);
	return fmt_fp_vector(word, out);
}

/* FCVTN[SU], FCVTP, FCVTM, FCVTZ: bits 23 and 12 are the rounding mode. */
bool fmt_fp_vector_to_int(uint32_t word, struct insn *out)
{
	return vector_to_int(word, out,
			     (enum a64_fp_round)(FLD(word, 12, 12) << 1 |
						 FLD(word, 23, 23)));
}

bool fmt_fp_vector_to_int_away(uint32_t word, struct insn *out)
{
	return vector_to_int(word, out, FP_ROUND_A);
}

bool fmt_fp_vector_from_int(uint32_t word, struct insn *out)
{
	return vector_to_int(word, out, FP_ROUND_I);
}

/*
 * Shift by immediate encodings: the row has fixed the leading one of immh to
 * that of words or doublewords.
 */
static bool vector_fixed(uint32_t word, struct insn *out, enum a64_fp_round r)
{
	unsigned int immhb = FLD(word, 22, 16);
	bool q = FLD(word, 30, 30), dbl = immhb >= 64;

	out->rd = FLD(word, 4, 0);
	out->rn = FLD(word, 9, 5);
	out->size = dbl ? FP_DOUBLE : FP_SINGLE;
	out->aux = FLD(word, 28, 28) ? 1 : q && !dbl ? 4 : 2;
	out->form = r | (FLD(word, 29, 29) ? FP_UNSIGNED : 0);
	out->imm = (dbl ? 128 : 64) - (int)immhb;
	return q || !dbl;
}

bool fmt_fp_vector_to_fixed(uint32_t word, struct insn *out)
{
	return vector_fixed(word, out, FP_ROUND_Z);
}

bool fmt_fp_vector_from_fixed(uint32_t word, struct insn *out)
{
	return vector_fixed(word, out, FP_ROUND_I);
}

/* FCVTL, FCVTN, FCVTXN: sz says the wider type, Q the half of the narrow. */
bool fmt_fp_vector_precision(uint32_t word, struct insn *out)
{
	out->rd = FLD(word, 4, 0);
	out->rn = FLD(word, 9, 5);
	out->aux = FLD(word, 30, 30);
	out->size = FLD(word, 22, 22) ? FP_DOUBLE : FP_SINGLE;
	return true;
}

/* ---- complex numbers ----------------------------------------------------- */

/* Of an arrangement by size and Q, there is no 1D. */
static bool complex_size(uint32_t word, struct insn *out)
{
	unsigned int size = FLD(word, 23, 22);
	bool q = FLD(word, 30, 30);

	out->rd = FLD(word, 4, 0);
	out->rn = FLD(word, 9, 5);
	out->rm = FLD(word, 20, 16);
	out->size = size;
	out->aux = (q ? 16 : 8) >> size;
	return size && (q || size != FP_DOUBLE);
}

/* form: the rotation in quarters of a circle. FCADD has 1 and 3 only. */
bool fmt_fp_complex(uint32_t word, struct insn *out)
{
	if (FLD(word, 13, 13)) /* FCADD */
		out->form = FLD(word, 12, 12) ? 3 : 1;
	else
		out->form = FLD(word, 12, 11);
	return complex_size(word, out);
}

/* imm: which pair of elements of Vm, H for singles, H:L for half precision. */
bool fmt_fp_complex_elem(uint32_t word, struct insn *out)
{
	bool q = FLD(word, 30, 30), l = FLD(word, 21, 21),
	     h = FLD(word, 11, 11);

	out->form = FLD(word, 14, 13);
	if (!complex_size(word, out))
		return false;
	out->imm = out->size == FP_HALF ? h << 1 | l : h;
	return out->size == FP_HALF ? q || !h
				    : out->size == FP_SINGLE && q && !l;
}

/* ---- products that are wider --------------------------------------------- */

/* FMLAL, FMLAL2 and the like: aux is the number of results, form the first
 * element of Vn (and of Vm, if there is no index), ra the sign of the product. */
static bool fmlal(uint32_t word, struct insn *out, bool second, bool negate)
{
	out->rd = FLD(word, 4, 0);
	out->rn = FLD(word, 9, 5);
	out->rm = FLD(word, 20, 16);
	out->size = FP_SINGLE;
	out->aux = FLD(word, 30, 30) ? 4 : 2;
	out->form = second ? out->aux : 0;
	out->ra = negate;
	return true;
}

bool fmt_fp_fmlal(uint32_t word, struct insn *out)
{
	return fmlal(word, out, FLD(word, 29, 29), FLD(word, 23, 23));
}

/* imm: H:L:M. */
bool fmt_fp_fmlal_elem(uint32_t word, struct insn *out)
{
	fmlal(word, out, FLD(word, 29, 29), FLD(word, 14, 14));
	out->rm = FLD(word, 19, 16);
	out->imm = FLD(word, 11, 11) << 2 | FLD(word, 21, 20);
	return true;
}

/* aux: the number of results; of BFCVTN, which half of the register they are in. */
bool fmt_fp_bfloat(uint32_t word, struct insn *out)
{
	bool q = FLD(word, 30, 30);

	out->rd = FLD(word, 4, 0);
	out->rn = FLD(word, 9, 5);
	out->rm = FLD(word, 20, 16);
	out->size = FP_SINGLE;
	out->aux = out->op == A64_BFCVTN ? q : q ? 4 : 2;
	return true;
}

/* imm: which pair of elements of Vm. */
bool fmt_fp_bfdot_elem(uint32_t word, struct insn *out)
{
	out->imm = FLD(word, 11, 11) << 1 | FLD(word, 21, 21);
	return fmt_fp_bfloat(word, out);
}

/* form: 0 for the even elements (B), 1 for the odd (T). */
bool fmt_fp_bfmlal(uint32_t word, struct insn *out)
{
	out->form = FLD(word, 30, 30);
	return fmt_fp_bfloat(word, out);
}

/* imm: H:L:M. */
bool fmt_fp_bfmlal_elem(uint32_t word, struct insn *out)
{
	fmt_fp_bfmlal(word, out);
	out->rm = FLD(word, 19, 16);
	out->imm = FLD(word, 11, 11) << 2 | FLD(word, 21, 20);
	return true;
}
