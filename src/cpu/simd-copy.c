/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD copy and modified immediate: DUP, INS, UMOV, SMOV, MOVI, MVNI,
 * ORR, BIC, FMOV (Arm ARM C4.1.96 "copy", "scalar copy", "modified
 * immediate").
 */
#include "cpu/simd.h"

/*
 * imm5: the lowest set bit gives the lane size, what is above it the index
 * (returned in aux). Size 0..3, or -1: reserved.
 */
static int lane_of_imm5(uint32_t w, struct insn *out)
{
	unsigned int imm5 = FLD(w, 20, 16);
	int size;

	simd_regs(w, out);
	out->rm = 0;
	if (!(imm5 & 15))
		return -1;
	size = __builtin_ctz(imm5);
	out->aux = imm5 >> (size + 1);
	return size;
}

/* ---- DUP ------------------------------------------------------------------- */

/* From an element, Vn[aux]; from a general register. */
#define DUP_FNS(T, form, lanes)                                     \
	SAME_FN(dup_##T##_##form, T, lanes, 0, LANE(n_, T, i->aux)) \
	SAME_FN(dup_general_##T##_##form, T, lanes, 0, (T)cpu->x[i->rn])
DUP_FNS(u8, 0, 8)
DUP_FNS(u8, 1, 16)
DUP_FNS(u16, 0, 4)
DUP_FNS(u16, 1, 8)
DUP_FNS(u32, 0, 2)
DUP_FNS(u32, 1, 4)
DUP_FNS(u64, 1, 2)
SAME_FN(dup_u8_s, u8, 1, 0, LANE(n_, u8, i->aux))
SAME_FN(dup_u16_s, u16, 1, 0, LANE(n_, u16, i->aux))
SAME_FN(dup_u32_s, u32, 1, 0, LANE(n_, u32, i->aux))
SAME_FN(dup_u64_s, u64, 1, 0, LANE(n_, u64, i->aux))

bool fmt_simd_dup(uint32_t w, struct insn *out)
{
	static simd_fns fns = {{FNS_BHS(dup, u, 0)},
			       {FNS_BHS(dup, u, 1), dup_u64_1}};
	int size = lane_of_imm5(w, out);

	if (size < 0)
		return false;
	out->fn = fns[FLD(w, 30, 30)][size];
	return out->fn;
}

bool fmt_simd_dup_scalar(uint32_t w, struct insn *out)
{
	static insn_fn *const fns[4] = {FNS_BHS(dup, u, s), dup_u64_s};
	int size = lane_of_imm5(w, out);

	if (size < 0)
		return false;
	out->fn = fns[size];
	return true;
}

bool fmt_simd_dup_general(uint32_t w, struct insn *out)
{
	static simd_fns fns = {
		{FNS_BHS(dup_general, u, 0)},
		{FNS_BHS(dup_general, u, 1), dup_general_u64_1},
	};
	int size = lane_of_imm5(w, out);

	if (size < 0)
		return false;
	out->rn = reg_src(out->rn);
	out->fn = fns[FLD(w, 30, 30)][size];
	return out->fn;
}

/* ---- UMOV, SMOV ------------------------------------------------------------ */

#define TO_GENERAL_FN(name, T, R)                                      \
	static void name(struct cpu *cpu, const struct insn *i)        \
	{                                                              \
		FP_CHECK;                                              \
		cpu->x[i->rd] = (R)LANE(&cpu->vreg[i->rn], T, i->aux); \
		NEXT;                                                  \
	}
TO_GENERAL_FN(umov_u8, u8, u64)
TO_GENERAL_FN(umov_u16, u16, u64)
TO_GENERAL_FN(umov_u32, u32, u64)
TO_GENERAL_FN(umov_u64, u64, u64)
TO_GENERAL_FN(smov_w_s8, s8, u32)
TO_GENERAL_FN(smov_w_s16, s16, u32)
TO_GENERAL_FN(smov_x_s8, s8, u64)
TO_GENERAL_FN(smov_x_s16, s16, u64)
TO_GENERAL_FN(smov_x_s32, s32, u64)

bool fmt_simd_umov(uint32_t w, struct insn *out)
{
	static simd_fns fns = {{umov_u8, umov_u16, umov_u32}, {[3] = umov_u64}};
	int size = lane_of_imm5(w, out);

	if (size < 0)
		return false;
	out->rd = reg_dst(out->rd);
	out->fn = fns[FLD(w, 30, 30)][size];
	return out->fn;
}

bool fmt_simd_smov(uint32_t w, struct insn *out)
{
	static simd_fns fns = {{smov_w_s8, smov_w_s16},
			       {smov_x_s8, smov_x_s16, smov_x_s32}};
	int size = lane_of_imm5(w, out);

	if (size < 0)
		return false;
	out->rd = reg_dst(out->rd);
	out->fn = fns[FLD(w, 30, 30)][size];
	return out->fn;
}

/* ---- INS: the other lanes stay; imm is the source lane --------------------- */

#define INS_FNS(T)                                                         \
	static void ins_##T(struct cpu *cpu, const struct insn *i)         \
	{                                                                  \
		FP_CHECK;                                                  \
		SET_LANE(&cpu->vreg[i->rd], T, i->aux) =                   \
			LANE(&cpu->vreg[i->rn], T, i->imm);                \
		NEXT;                                                      \
	}                                                                  \
	static void ins_general_##T(struct cpu *cpu, const struct insn *i) \
	{                                                                  \
		FP_CHECK;                                                  \
		SET_LANE(&cpu->vreg[i->rd], T, i->aux) = (T)cpu->x[i->rn]; \
		NEXT;                                                      \
	}
INS_FNS(u8)
INS_FNS(u16)
INS_FNS(u32)
INS_FNS(u64)

bool fmt_simd_ins(uint32_t w, struct insn *out)
{
	static insn_fn *const fns[4] = {ins_u8, ins_u16, ins_u32, ins_u64};
	int size = lane_of_imm5(w, out);

	if (size < 0)
		return false;
	out->imm = FLD(w, 14, 11) >> size;
	out->fn = fns[size];
	return true;
}

bool fmt_simd_ins_general(uint32_t w, struct insn *out)
{
	static insn_fn *const fns[4] = {ins_general_u8, ins_general_u16,
					ins_general_u32, ins_general_u64};
	int size = lane_of_imm5(w, out);

	if (size < 0)
		return false;
	out->rn = reg_src(out->rn);
	out->fn = fns[size];
	return true;
}

/* ---- modified immediate ---------------------------------------------------- */

/* AdvSIMDExpandImm of the Arm ARM: imm8 = bits 18..16 and 9..5. */
static uint64_t expand_imm(uint32_t w)
{
	uint64_t imm8 = FLD(w, 18, 16) << 5 | FLD(w, 9, 5), v = 0;
	unsigned int cmode = FLD(w, 15, 12), op = FLD(w, 29, 29);
	uint64_t sign = imm8 >> 7, exp = imm8 >> 4 & 3, frac = imm8 & 15;
	uint64_t b = imm8 >> 6 & 1;

	switch (cmode >> 1) {
	case 0 ... 3: return (imm8 << 8 * (cmode >> 1)) * UINT64_C(0x100000001);
	case 4:
	case 5:
		return (imm8 << 8 * (cmode >> 1 & 1)) *
		       UINT64_C(0x0001000100010001);
	case 6:
		v = cmode & 1 ? imm8 << 16 | 0xffff : imm8 << 8 | 0xff;
		return v * UINT64_C(0x100000001);
	}
	if (!(cmode & 1) && !op)
		return imm8 * UINT64_C(0x0101010101010101);
	if (!(cmode & 1)) {
		for (unsigned int k = 0; k < 8; k++)
			if (imm8 >> k & 1)
				v |= UINT64_C(0xff) << 8 * k;
		return v;
	}
	if (!op) {
		/* a:NOT(b):bbbbb:cd:efgh:0(19) */
		v = sign << 31 | (b ^ 1) << 30 | (b ? 0x1full : 0) << 25 |
		    exp << 23 | frac << 19;
		return v * UINT64_C(0x100000001);
	}
	/* a:NOT(b):bbbbbbbb:cd:efgh:0(48) */
	return sign << 63 | (b ^ 1) << 62 | (b ? 0xffull : 0) << 54 |
	       exp << 52 | frac << 48;
}

#define IMM ((u64)i->imm)
SAME_FN(movi_0, u64, 1, l, IMM)
SAME_FN(movi_1, u64, 2, l, IMM)
SAME_FN(orr_imm_0, u64, 1, l, c | IMM)
SAME_FN(orr_imm_1, u64, 2, l, c | IMM)
SAME_FN(bic_imm_0, u64, 1, l, c & ~IMM)
SAME_FN(bic_imm_1, u64, 2, l, c & ~IMM)

static bool fmt_modified(uint32_t w, struct insn *out, insn_fn *fn0,
			 insn_fn *fn1)
{
	out->rd = FLD(w, 4, 0);
	out->imm = (int64_t)expand_imm(w);
	out->fn = FLD(w, 30, 30) ? fn1 : fn0;
	return true;
}

bool fmt_simd_movi(uint32_t w, struct insn *out)
{
	return fmt_modified(w, out, movi_0, movi_1);
}

bool fmt_simd_mvni(uint32_t w, struct insn *out)
{
	fmt_modified(w, out, movi_0, movi_1);
	out->imm = ~out->imm;
	return true;
}

/* FMOV Vd.2D: there is no 1D. */
bool fmt_simd_fmov_2d(uint32_t w, struct insn *out)
{
	fmt_modified(w, out, movi_0, movi_1);
	return FLD(w, 30, 30);
}

bool fmt_simd_orr_imm(uint32_t w, struct insn *out)
{
	return fmt_modified(w, out, orr_imm_0, orr_imm_1);
}

bool fmt_simd_bic_imm(uint32_t w, struct insn *out)
{
	return fmt_modified(w, out, bic_imm_0, bic_imm_1);
}
