/* SPDX-License-Identifier: MIT */
/*
 * Scalar floating-point data processing: one, two and three sources, compare,
 * conditional compare and select, moves (Arm ARM C4.1, "Data Processing --
 * Scalar Floating-Point"). Conversions are in fp-scalar-convert.c.
 *
 * Bodies come in pairs, _s and _d; the row names the first and the format
 * function takes the second for ftype 01. Half precision is UNDEFINED.
 */
#include "cpu/fp-ops.h"
#include "cpu/insn-decl.h"

static bool format_sd(uint32_t word, struct insn *out, insn_fn *body_d)
{
	unsigned int type = FLD(word, 23, 22);

	if (type > 1)
		return false;
	out->rd = FLD(word, 4, 0);
	out->rn = FLD(word, 9, 5);
	out->rm = FLD(word, 20, 16);
	if (type == 1)
		out->fn = body_d;
	return true;
}

#define FORMAT_SD(name)                                                        \
	bool fmt_fp_##name(uint32_t word, struct insn *out)                    \
	{                                                                      \
		return format_sd(word, out, exec_fp_##name##_d);               \
	}

/* ---- one and two sources -----------------------------------------------------*/

#define BODY1(name, S, el, expr)                                               \
	void exec_fp_##name##_##S(struct cpu *cpu, const struct insn *i)       \
	{                                                                      \
		FP_CHECK;                                                      \
		fp_put_##S(cpu, i->rd, expr(cpu->vreg[i->rn].el[0]));          \
		NEXT;                                                          \
	}
#define BODY1_CPU(name, S, el, expr)                                           \
	void exec_fp_##name##_##S(struct cpu *cpu, const struct insn *i)       \
	{                                                                      \
		FP_CHECK;                                                      \
		fp_put_##S(cpu, i->rd, expr(cpu, cpu->vreg[i->rn].el[0]));     \
		NEXT;                                                          \
	}
#define SAME(x) (x)

#define BODY2(name, S, el)                                                     \
	void exec_fp_##name##_##S(struct cpu *cpu, const struct insn *i)       \
	{                                                                      \
		FP_CHECK;                                                      \
		fp_put_##S(cpu, i->rd,                                         \
			   fp_##name##_##S(cpu, cpu->vreg[i->rn].el[0],        \
					   cpu->vreg[i->rm].el[0]));           \
		NEXT;                                                          \
	}
#define PAIR2(name) BODY2(name, s, s) static BODY2(name, d, d) FORMAT_SD(name)

BODY1(mov, s, s, SAME)
static BODY1(mov, d, d, SAME)
FORMAT_SD(mov)
BODY1(abs, s, s, fp_abs_s)
static BODY1(abs, d, d, fp_abs_d)
FORMAT_SD(abs)
BODY1(neg, s, s, fp_neg_s)
static BODY1(neg, d, d, fp_neg_d)
FORMAT_SD(neg)
BODY1_CPU(sqrt, s, s, fp_sqrt_s)
static BODY1_CPU(sqrt, d, d, fp_sqrt_d)
FORMAT_SD(sqrt)

PAIR2(mul)
PAIR2(div)
PAIR2(add)
PAIR2(sub)
PAIR2(max)
PAIR2(min)
PAIR2(maxnm)
PAIR2(minnm)
PAIR2(nmul)

/* ---- round to integral --------------------------------------------------------*/

/* aux: enum sf_rounding, or RINT_FPCR; imm: signal Inexact. */
#define RINT_FPCR 0xff

static enum sf_rounding rint_mode(const struct cpu *cpu, const struct insn *i)
{
	return i->aux == RINT_FPCR ? fp_rmode(cpu) : i->aux;
}

void exec_fp_rint_s(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put_s(cpu, i->rd,
		 fp_slow_round_int(cpu, SF_SINGLE, cpu->vreg[i->rn].s[0],
				   rint_mode(cpu, i), i->imm));
	NEXT;
}

static void exec_fp_rint_d(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put_d(cpu, i->rd,
		 fp_slow_round_int(cpu, SF_DOUBLE, cpu->vreg[i->rn].d[0],
				   rint_mode(cpu, i), i->imm));
	NEXT;
}

bool fmt_fp_rint(uint32_t word, struct insn *out)
{
	static const uint8_t mode[8] = {
		SF_TIEEVEN, SF_POSINF, SF_NEGINF, SF_TOZERO,
		SF_TIEAWAY, 0, RINT_FPCR, RINT_FPCR,
	};
	unsigned int op = FLD(word, 17, 15);

	out->aux = mode[op];
	out->imm = op == 6;
	return op != 5 && format_sd(word, out, exec_fp_rint_d);
}

/* ---- three sources --------------------------------------------------------------*/

/* Body with each FMA implementation. negc, nega: the Arm ARM negates operands
 * before the operation, NaNs too. */
#define BODY3(name, S, el, how, nega, negc)                                    \
	void exec_fp_##name##_##how##_##S(struct cpu *cpu,                     \
					  const struct insn *i)                \
	{                                                                      \
		FP_CHECK;                                                      \
		fp_put_##S(cpu, i->rd,                                         \
			   fp_muladd_##how##_##S(                              \
				   cpu, negc(cpu->vreg[i->ra].el[0]),          \
				   nega(cpu->vreg[i->rn].el[0]),               \
				   cpu->vreg[i->rm].el[0]));                   \
		NEXT;                                                          \
	}
#define FMA_FAMILY(name, nega_s, negc_s, nega_d, negc_d)                       \
	BODY3(name, s, s, soft, nega_s, negc_s)                                \
	static BODY3(name, d, d, soft, nega_d, negc_d)                         \
	HOST_FMA static BODY3(name, s, s, host, nega_s, negc_s)                \
	HOST_FMA static BODY3(name, d, d, host, nega_d, negc_d)                \
	bool fmt_fp_##name(uint32_t word, struct insn *out)                    \
	{                                                                      \
		out->ra = FLD(word, 14, 10);                                   \
		if (host_has_fma()) {                                          \
			out->fn = exec_fp_##name##_host_s;                     \
			return format_sd(word, out, exec_fp_##name##_host_d);  \
		}                                                              \
		return format_sd(word, out, exec_fp_##name##_soft_d);          \
	}

FMA_FAMILY(madd, SAME, SAME, SAME, SAME)
FMA_FAMILY(msub, fp_neg_s, SAME, fp_neg_d, SAME)
FMA_FAMILY(nmadd, fp_neg_s, fp_neg_s, fp_neg_d, fp_neg_d)
FMA_FAMILY(nmsub, SAME, fp_neg_s, SAME, fp_neg_d)

/* ---- compare --------------------------------------------------------------------*/

/* imm: a quiet NaN signals too. */
#define BODY_CMP(S, el)                                                        \
	void exec_fp_cmp_##S(struct cpu *cpu, const struct insn *i)            \
	{                                                                      \
		FP_CHECK;                                                      \
		fp_cmp_##S(cpu, cpu->vreg[i->rn].el[0],                        \
			   cpu->vreg[i->rm].el[0], i->imm);                    \
		NEXT;                                                          \
	}
#define BODY_CMP_ZERO(S, el)                                                   \
	void exec_fp_cmp_zero_##S(struct cpu *cpu, const struct insn *i)       \
	{                                                                      \
		FP_CHECK;                                                      \
		fp_cmp_##S(cpu, cpu->vreg[i->rn].el[0], 0, i->imm);            \
		NEXT;                                                          \
	}
/* aux: condition, imm: bits 3..0 NZCV, bit 4 signalling. */
#define BODY_CCMP(S, el)                                                       \
	void exec_fp_ccmp_##S(struct cpu *cpu, const struct insn *i)           \
	{                                                                      \
		FP_CHECK;                                                      \
		if (cond_holds(cpu, i->aux))                                   \
			fp_cmp_##S(cpu, cpu->vreg[i->rn].el[0],                \
				   cpu->vreg[i->rm].el[0], i->imm & 16);       \
		else                                                           \
			set_nzcv(cpu, (uint32_t)i->imm << 28);                 \
		NEXT;                                                          \
	}
#define BODY_CSEL(S, el)                                                       \
	void exec_fp_csel_##S(struct cpu *cpu, const struct insn *i)           \
	{                                                                      \
		FP_CHECK;                                                      \
		fp_put_##S(cpu, i->rd,                                         \
			   cpu->vreg[cond_holds(cpu, i->aux) ? i->rn : i->rm]  \
				   .el[0]);                                    \
		NEXT;                                                          \
	}

BODY_CMP(s, s)
static BODY_CMP(d, d)
BODY_CMP_ZERO(s, s)
static BODY_CMP_ZERO(d, d)
BODY_CCMP(s, s)
static BODY_CCMP(d, d)
BODY_CSEL(s, s)
static BODY_CSEL(d, d)

bool fmt_fp_cmp(uint32_t word, struct insn *out)
{
	out->imm = FLD(word, 4, 4);
	return format_sd(word, out, exec_fp_cmp_d);
}

bool fmt_fp_cmp_zero(uint32_t word, struct insn *out)
{
	out->imm = FLD(word, 4, 4);
	return format_sd(word, out, exec_fp_cmp_zero_d);
}

bool fmt_fp_ccmp(uint32_t word, struct insn *out)
{
	out->aux = FLD(word, 15, 12);
	out->imm = FLD(word, 4, 0);
	return format_sd(word, out, exec_fp_ccmp_d);
}

bool fmt_fp_csel(uint32_t word, struct insn *out)
{
	out->aux = FLD(word, 15, 12);
	return format_sd(word, out, exec_fp_csel_d);
}

/* ---- moves ----------------------------------------------------------------------*/

void exec_fp_mov_imm(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put_d(cpu, i->rd, (uint64_t)i->imm);
	NEXT;
}

/* VFPExpandImm: sign, NOT(b6) : b6 repeated : exponent, 4 bits of fraction. */
bool fmt_fp_mov_imm(uint32_t word, struct insn *out)
{
	unsigned int imm8 = FLD(word, 20, 13);
	uint64_t sign = imm8 >> 7, b6 = imm8 >> 6 & 1, low = imm8 & 0x3f;

	if (FLD(word, 23, 22) > 1)
		return false;
	out->rd = FLD(word, 4, 0);
	if (FLD(word, 22, 22))
		out->imm = (int64_t)(sign << 63 | (b6 ^ 1) << 62 |
				     (b6 ? GENMASK(61, 54) : 0) | low << 48);
	else
		out->imm = (int64_t)(sign << 31 | (b6 ^ 1) << 30 |
				     (b6 ? GENMASK(29, 25) : 0) | low << 19);
	return true;
}

void exec_fp_mov_w_s(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = cpu->vreg[i->rn].s[0];
	NEXT;
}

void exec_fp_mov_x_d(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = cpu->vreg[i->rn].d[0];
	NEXT;
}

void exec_fp_mov_x_d1(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = cpu->vreg[i->rn].d[1];
	NEXT;
}

bool fmt_fp_to_gpr(uint32_t word, struct insn *out)
{
	out->rd = reg_dst(FLD(word, 4, 0));
	out->rn = FLD(word, 9, 5);
	return true;
}

void exec_fp_mov_s_w(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put_s(cpu, i->rd, (uint32_t)cpu->x[i->rn]);
	NEXT;
}

void exec_fp_mov_d_x(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put_d(cpu, i->rd, cpu->x[i->rn]);
	NEXT;
}

void exec_fp_mov_d1_x(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->vreg[i->rd].d[1] = cpu->x[i->rn];
	NEXT;
}

bool fmt_fp_from_gpr(uint32_t word, struct insn *out)
{
	out->rd = FLD(word, 4, 0);
	out->rn = reg_src(FLD(word, 9, 5));
	return true;
}
