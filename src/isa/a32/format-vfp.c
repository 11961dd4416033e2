/* SPDX-License-Identifier: MIT */
/*
 * Formats of VFP, the same for A32 and T32 (Arm ARM F3.1.9, F6.1). An instruction of
 * half precision may have a condition or be in an IT block (CONSTRAINED
 * UNPREDICTABLE): it is done if that holds.
 */
#include "isa/a32/formats.h"

/* ---- registers ----------------------------------------------------------- */

static uint8_t vreg(bool dbl, unsigned int four, unsigned int one)
{
	return dbl ? one << 4 | four : four << 1 | one;
}

static uint8_t vd(uint32_t w, bool dbl)
{
	return vreg(dbl, FLD(w, 15, 12), FLD(w, 22, 22));
}

static uint8_t vn(uint32_t w, bool dbl)
{
	return vreg(dbl, FLD(w, 19, 16), FLD(w, 7, 7));
}

static uint8_t vm(uint32_t w, bool dbl)
{
	return vreg(dbl, FLD(w, 3, 0), FLD(w, 5, 5));
}

static uint8_t fp_size(uint32_t w)
{
	return FLD(w, 9, 8);
}

static bool is_double(uint32_t w)
{
	return fp_size(w) == FP_DOUBLE;
}

static bool set_three(uint32_t w, struct insn *out, unsigned int op)
{
	out->op = op;
	out->size = fp_size(w);
	out->rd = vd(w, is_double(w));
	out->rn = vn(w, is_double(w));
	out->rm = vm(w, is_double(w));
	return out->size;
}

/* ---- three registers ----------------------------------------------------- */

bool vfp_fmt_three(uint32_t w, struct insn *out)
{
	static const uint16_t ops[16] = {
		A32_VMLA,  A32_VMLS,  A32_VNMLS, A32_VNMLA, A32_VMUL,
		A32_VNMUL, A32_VADD,  A32_VSUB,  A32_VDIV,  A64_UNDEFINED,
		A32_VFNMS, A32_VFNMA, A32_VFMA,  A32_VFMS,
	};
	unsigned int op =
		FLD(w, 23, 23) << 3 | FLD(w, 21, 20) << 1 | FLD(w, 6, 6);

	return set_three(w, out, ops[op]);
}

bool vfp_fmt_sel(uint32_t w, struct insn *out)
{
	static const uint8_t conds[4] = {COND_EQ, COND_VS, COND_GE, COND_GT};

	out->aux = conds[FLD(w, 21, 20)];
	return set_three(w, out, A32_VSEL);
}

bool vfp_fmt_maxnm(uint32_t w, struct insn *out)
{
	return set_three(w, out, FLD(w, 6, 6) ? A32_VMINNM : A32_VMAXNM);
}

/* ---- two registers ------------------------------------------------------- */

bool vfp_fmt_mov_imm(uint32_t w, struct insn *out)
{
	if (!set_three(w, out, A32_VMOV_imm))
		return false;
	out->imm = (int64_t)fp_expand_imm(FLD(w, 19, 16) << 4 | FLD(w, 3, 0),
					  (enum a64_fp_size)out->size);
	return true;
}

bool vfp_fmt_two(uint32_t w, struct insn *out)
{
	static const uint16_t ops[2][2] = {{A32_VMOV_reg, A32_VABS},
					   {A32_VNEG, A32_VSQRT}};

	return set_three(w, out, ops[FLD(w, 16, 16)][FLD(w, 7, 7)]);
}

/* VMOVX, VINS: between the halves of S registers. */
bool vfp_fmt_halves(uint32_t w, struct insn *out)
{
	return set_three(w, out, FLD(w, 7, 7) ? A32_VINS : A32_VMOVX);
}

bool vfp_fmt_cmp(uint32_t w, struct insn *out)
{
	out->form = FLD(w, 7, 7) ? FP_SIGNALLING : FP_QUIET;
	return set_three(w, out, FLD(w, 16, 16) ? A32_VCMP_zero : A32_VCMP);
}

/* VRINTR, VRINTZ, VRINTX */
bool vfp_fmt_rint(uint32_t w, struct insn *out)
{
	out->form = FLD(w, 16, 16) ? FP_ROUND_X
		    : FLD(w, 7, 7) ? FP_ROUND_Z
				   : FP_ROUND_I;
	return set_three(w, out, A32_VRINT);
}

/* The direction in the names of VRINTA and VCVTA, ... */
static uint8_t direction(uint32_t w)
{
	static const uint8_t directions[4] = {FP_ROUND_A, FP_ROUND_N,
					      FP_ROUND_P, FP_ROUND_M};

	return directions[FLD(w, 17, 16)];
}

bool vfp_fmt_rint_to(uint32_t w, struct insn *out)
{
	out->form = direction(w);
	return set_three(w, out, A32_VRINT);
}

/* ---- conversions --------------------------------------------------------- */

bool vfp_fmt_half(uint32_t w, struct insn *out)
{
	bool to_half = FLD(w, 16, 16);

	set_three(w, out, to_half ? A32_VCVT_to_half : A32_VCVT_from_half);
	out->aux = FLD(w, 7, 7);
	if (to_half)
		out->rd = vd(w, false);
	else
		out->rm = vm(w, false);
	return true;
}

/* From a single; the half that it becomes is as of VCVT_to_half. */
bool vfp_fmt_bfloat(uint32_t w, struct insn *out)
{
	out->op = A32_VCVT_to_bfloat;
	out->size = FP_SINGLE;
	out->aux = FLD(w, 7, 7);
	out->rd = vd(w, false);
	out->rm = vm(w, false);
	return true;
}

bool vfp_fmt_jcvt(uint32_t w, struct insn *out)
{
	set_three(w, out, A32_VJCVT);
	out->rd = vd(w, false);
	return true;
}

bool vfp_fmt_precision(uint32_t w, struct insn *out)
{
	set_three(w, out, A32_VCVT_precision);
	out->rd = vd(w, !is_double(w));
	return true;
}

bool vfp_fmt_from_int(uint32_t w, struct insn *out)
{
	bool ok = set_three(w, out, A32_VCVT_from_int);

	out->rm = vm(w, false);
	out->form = FP_ROUND_I | (FLD(w, 7, 7) ? 0 : FP_UNSIGNED);
	return ok;
}

static bool to_int(uint32_t w, struct insn *out, uint8_t round, bool sign)
{
	bool ok = set_three(w, out, A32_VCVT_to_int);

	out->rd = vd(w, false);
	out->form = round | (sign ? 0 : FP_UNSIGNED);
	return ok;
}

/* VCVT, VCVTR */
bool vfp_fmt_to_int(uint32_t w, struct insn *out)
{
	return to_int(w, out, FLD(w, 7, 7) ? FP_ROUND_Z : FP_ROUND_I,
		      FLD(w, 16, 16));
}

bool vfp_fmt_to_int_to(uint32_t w, struct insn *out)
{
	return to_int(w, out, direction(w), FLD(w, 7, 7));
}

bool vfp_fmt_fixed(uint32_t w, struct insn *out)
{
	bool to = FLD(w, 18, 18);
	bool ok =
		set_three(w, out, to ? A32_VCVT_to_fixed : A32_VCVT_from_fixed);

	out->form = FLD(w, 16, 16) ? FP_UNSIGNED : 0;
	out->aux = FLD(w, 7, 7) ? 32 : 16;
	out->imm = out->aux - (int)(FLD(w, 3, 0) << 1 | FLD(w, 5, 5));
	return ok && out->imm >= 0;
}

/* ---- general registers --------------------------------------------------- */

static bool is_core(unsigned int t)
{
	return t != R_PC;
}

bool vfp_fmt_core(uint32_t w, struct insn *out)
{
	bool to_core = FLD(w, 20, 20);
	unsigned int t = FLD(w, 15, 12);

	out->op = to_core ? A32_VMOV_to_core : A32_VMOV_from_core;
	if (fp_size(w) == FP_HALF)
		out->op = to_core ? A32_VMOV_to_core_half
				  : A32_VMOV_from_core_half;
	out->rd = to_core ? t : vn(w, false);
	out->rn = to_core ? vn(w, false) : t;
	return is_core(t);
}

bool vfp_fmt_core_pair(uint32_t w, struct insn *out)
{
	bool to_core = FLD(w, 20, 20);
	unsigned int t = FLD(w, 15, 12), t2 = FLD(w, 19, 16);

	out->op = to_core ? A32_VMOV_to_pair : A32_VMOV_from_pair;
	out->size = fp_size(w);
	out->rm = vm(w, is_double(w));
	out->rd = out->rn = t;
	out->ra = t2;
	return is_core(t) && is_core(t2) && !(to_core && t == t2) &&
	       (is_double(w) || out->rm != 31);
}

/* opc1:opc2 is 1xxx bytes, 0xx1 halfwords, 0x00 words. */
static bool lane(uint32_t w, struct insn *out)
{
	unsigned int op = FLD(w, 22, 21) << 2 | FLD(w, 6, 5);

	if (op & 8) {
		out->size = SIZE_B;
		out->aux = op & 7;
		return true;
	}
	if (op & 1) {
		out->size = SIZE_H;
		out->aux = op >> 1 & 3;
		return true;
	}
	out->size = SIZE_W;
	out->aux = op >> 2 & 1;
	return !(op & 2);
}

bool vfp_fmt_from_core_lane(uint32_t w, struct insn *out)
{
	out->op = A32_VMOV_to_lane;
	out->rd = vn(w, true);
	out->rn = FLD(w, 15, 12);
	return lane(w, out) && is_core(out->rn);
}

bool vfp_fmt_to_core_lane(uint32_t w, struct insn *out)
{
	bool uns = FLD(w, 23, 23);

	out->op = A32_VMOV_from_lane;
	out->rd = FLD(w, 15, 12);
	out->rn = vn(w, true);
	out->form = uns ? FP_UNSIGNED : 0;
	return lane(w, out) && is_core(out->rd) &&
	       !(uns && out->size == SIZE_W);
}

bool vfp_fmt_dup(uint32_t w, struct insn *out)
{
	bool b = FLD(w, 22, 22), e = FLD(w, 5, 5), q = FLD(w, 21, 21);

	out->op = A32_VDUP_core;
	out->size = b ? SIZE_B : e ? SIZE_H : SIZE_W;
	out->rd = vn(w, true);
	out->rn = FLD(w, 15, 12);
	out->aux = q ? 2 : 1;
	return !(b && e) && !(q && out->rd & 1) && is_core(out->rn);
}

/* FPSCR, the one that EL0 has. */
bool vfp_fmt_system(uint32_t w, struct insn *out)
{
	unsigned int t = FLD(w, 15, 12);
	bool read = FLD(w, 20, 20);

	out->op = read ? A32_VMRS_system : A32_VMSR_system;
	out->imm = FLD(w, 19, 16);
	out->rd = out->rn = t;
	if (t == R_PC)
		return false;
	switch (out->imm) {
	case VFP_FPSID:
	case VFP_FPEXC: return true;
	case VFP_MVFR0:
	case VFP_MVFR1:
	case VFP_MVFR2: return read;
	default: return false;
	}
}

bool vfp_fmt_status(uint32_t w, struct insn *out)
{
	unsigned int t = FLD(w, 15, 12);

	if (FLD(w, 20, 20)) {
		out->op = A32_VMRS;
		out->rd = t == R_PC ? REG_SINK : t;
		out->form = t == R_PC;
		return true;
	}
	out->op = A32_VMSR;
	out->rn = t;
	return is_core(t);
}

/* ---- memory -------------------------------------------------------------- */

static bool vldr(uint32_t w, struct insn *out, int pc)
{
	bool load = FLD(w, 20, 20), half = fp_size(w) == FP_HALF;
	int offset = (int)FLD(w, 7, 0) * (half ? 2 : 4);
	unsigned int n = FLD(w, 19, 16);

	set_three(w, out, load ? A32_VLDR : A32_VSTR);
	if (half)
		out->op = load ? A32_VLDR_half : A32_VSTR_half;
	out->imm = FLD(w, 23, 23) ? offset : -offset;
	out->rn = n;
	if (n == R_PC) {
		out->rn = REG_ZR;
		out->form = 1;
		out->imm += pc;
	}
	return true;
}

bool a32_fmt_vldr(uint32_t w, struct insn *out)
{
	return vldr(w, out, 8);
}

/* The PC is aligned; a store to where it is may not be. */
bool t32_fmt_vldr(uint32_t w, struct insn *out)
{
	bool store = !FLD(w, 20, 20);

	return vldr(w, out, 4 - (out->pgoff & 2)) && !(store && out->form);
}

static bool vldm(uint32_t w, struct insn *out, uint8_t rn)
{
	unsigned int imm8 = FLD(w, 7, 0);
	bool dbl = is_double(w), up = FLD(w, 23, 23), wback = FLD(w, 21, 21);

	set_three(w, out, FLD(w, 20, 20) ? A32_VLDM : A32_VSTM);
	out->rn = rn;
	out->aux = dbl ? imm8 / 2 : imm8;
	out->imm = up ? 0 : -(int)imm8 * 4;
	out->form = (wback ? LDM_WRITE_BACK : 0) | (up ? LDM_UP : 0);
	/* FLDMX, one word more, is for wback alone. */
	out->ra = imm8; /* words that the base moves by */
	if (!out->aux || (dbl && out->aux > 16))
		return false;
	return out->rd + out->aux <= (dbl && imm8 & 1 ? 16 : 32);
}

bool vfp_fmt_ldm(uint32_t w, struct insn *out)
{
	unsigned int n = FLD(w, 19, 16);

	return n != R_PC && vldm(w, out, n);
}

bool a32_fmt_vldm_pc(uint32_t w, struct insn *out)
{
	return vldm(w, out, a32_src(out, R_PC));
}
