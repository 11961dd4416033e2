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
#include "isa/a64/formats.h"

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

#define FORMAT_SD(name)                                          \
	bool fmt_fp_##name(uint32_t word, struct insn *out)      \
	{                                                        \
		return format_sd(word, out, exec_fp_##name##_d); \
	}

/* ---- one and two sources ------------------------------------------------ */

#define BODY1(name, S, el, expr)                                         \
	void exec_fp_##name##_##S(struct cpu *cpu, const struct insn *i) \
	{                                                                \
		FP_CHECK;                                                \
		fp_put_##S(cpu, i->rd, expr(cpu->vreg[i->rn].el[0]));    \
		NEXT;                                                    \
	}
#define SAME(x) (x)

/*
 * Arithmetic: what the host can't do is done by a second body in tail
 * position, so that the first needs no stack frame.
 */
#define SLOW __attribute__((noinline, cold))
#define BODY2_SLOW(name, S, U, FMT, op, neg)                         \
	static SLOW void slow_##name##_##S(struct cpu *cpu,          \
					   const struct insn *i)     \
	{                                                            \
		fp_put_##S(cpu, i->rd,                               \
			   neg((U)fp_slow2(cpu, sf_##op, FMT,        \
					   cpu->vreg[i->rn].S[0],    \
					   cpu->vreg[i->rm].S[0]))); \
		NEXT;                                                \
	}
#define BODY2_HOST(name, S, U, op, neg)                                        \
	void exec_fp_##name##_##S(struct cpu *cpu, const struct insn *i)       \
	{                                                                      \
		U r;                                                           \
		FP_CHECK;                                                      \
		if (unlikely(!fp_try_##op##_##S(cpu, cpu->vreg[i->rn].S[0],    \
						cpu->vreg[i->rm].S[0], &r))) { \
			slow_##name##_##S(cpu, i);                             \
			return;                                                \
		}                                                              \
		fp_put_##S(cpu, i->rd, neg(r));                                \
		NEXT;                                                          \
	}
#define PAIR2_AS(name, op, neg_s, neg_d)                    \
	BODY2_SLOW(name, s, uint32_t, SF_SINGLE, op, neg_s) \
	BODY2_SLOW(name, d, uint64_t, SF_DOUBLE, op, neg_d) \
	BODY2_HOST(name, s, uint32_t, op, neg_s)            \
	static BODY2_HOST(name, d, uint64_t, op, neg_d)     \
	FORMAT_SD(name)
#define PAIR2(name) PAIR2_AS(name, name, SAME, SAME)

#define BODY_SQRT(S, U, FMT, linkage)                                         \
	static SLOW void slow_sqrt_##S(struct cpu *cpu, const struct insn *i) \
	{                                                                     \
		fp_put_##S(                                                   \
			cpu, i->rd,                                           \
			fp_slow1(cpu, sf_sqrt, FMT, cpu->vreg[i->rn].S[0]));  \
		NEXT;                                                         \
	}                                                                     \
	linkage void exec_fp_sqrt_##S(struct cpu *cpu, const struct insn *i)  \
	{                                                                     \
		U r;                                                          \
		FP_CHECK;                                                     \
		if (unlikely(!fp_try_sqrt_##S(cpu, cpu->vreg[i->rn].S[0],     \
					      &r))) {                         \
			slow_sqrt_##S(cpu, i);                                \
			return;                                               \
		}                                                             \
		fp_put_##S(cpu, i->rd, r);                                    \
		NEXT;                                                         \
	}

BODY1(mov, s, s, SAME)
static BODY1(mov, d, d, SAME)
FORMAT_SD(mov)
BODY1(abs, s, s, fp_abs_s)
static BODY1(abs, d, d, fp_abs_d)
FORMAT_SD(abs)
BODY1(neg, s, s, fp_neg_s)
static BODY1(neg, d, d, fp_neg_d)
FORMAT_SD(neg)
BODY_SQRT(s, uint32_t, SF_SINGLE, )
BODY_SQRT(d, uint64_t, SF_DOUBLE, static)
FORMAT_SD(sqrt)

PAIR2(mul)
PAIR2(div)
PAIR2(add)
PAIR2(sub)
PAIR2(max)
PAIR2(min)
PAIR2(maxnm)
PAIR2(minnm)
PAIR2_AS(nmul, mul, fp_neg_s, fp_neg_d)

/* ---- round to integral -------------------------------------------------- */

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

#ifdef HOST_FP
/* One direction each, for a host that can; the bodies above are the slow
 * case. */
#define RINT_BODY(dir, S, U)                                                 \
	HOST_ROUND static void exec_fp_rint##dir##_##S(struct cpu *cpu,      \
						       const struct insn *i) \
	{                                                                    \
		U r = 0;                                                     \
		FP_CHECK;                                                    \
		if (fp_host_ok(cpu))                                         \
			r = host_round_##S(cpu->vreg[i->rn].S[0],            \
					   HOST_ROUND_##dir);                \
		if (unlikely(!fp_host_ok(cpu) || fp_is_nan_##S(r))) {        \
			exec_fp_rint_##S(cpu, i);                            \
			return;                                              \
		}                                                            \
		fp_put_##S(cpu, i->rd, r);                                   \
		NEXT;                                                        \
	}
#define RINT_BODIES(dir)            \
	RINT_BODY(dir, s, uint32_t) \
	RINT_BODY(dir, d, uint64_t)

RINT_BODIES(N)
RINT_BODIES(P)
RINT_BODIES(M)
RINT_BODIES(Z)
RINT_BODIES(X)
RINT_BODIES(I)

/* By bits 17..15; to nearest with ties away has no host instruction. */
static insn_fn *const rint_host[2][8] = {
	{exec_fp_rintN_s, exec_fp_rintP_s, exec_fp_rintM_s, exec_fp_rintZ_s,
	 NULL, NULL, exec_fp_rintX_s, exec_fp_rintI_s},
	{exec_fp_rintN_d, exec_fp_rintP_d, exec_fp_rintM_d, exec_fp_rintZ_d,
	 NULL, NULL, exec_fp_rintX_d, exec_fp_rintI_d},
};
#endif

bool fmt_fp_rint(uint32_t word, struct insn *out)
{
	static const uint8_t mode[8] = {
		SF_TIEEVEN, SF_POSINF, SF_NEGINF, SF_TOZERO,
		SF_TIEAWAY, 0,         RINT_FPCR, RINT_FPCR,
	};
	unsigned int op = FLD(word, 17, 15);

	out->aux = mode[op];
	out->imm = op == 6;
	if (op == 5 || !format_sd(word, out, exec_fp_rint_d))
		return false;
#ifdef HOST_FP
	if (host_has_round() && rint_host[FLD(word, 22, 22)][op])
		out->fn = rint_host[FLD(word, 22, 22)][op];
#endif
	return true;
}

/* ---- three sources ------------------------------------------------------ */

/* The Arm ARM negates operands before the operation, NaNs too: negc the
 * addend, nega the first factor. The _soft bodies do everything; the others
 * need a host with FMA. */
#define BODY3_SOFT(name, S, FMT, nega, negc)                                  \
	void exec_fp_##name##_soft_##S(struct cpu *cpu, const struct insn *i) \
	{                                                                     \
		FP_CHECK;                                                     \
		fp_put_##S(cpu, i->rd,                                        \
			   fp_slow_muladd(cpu, FMT,                           \
					  negc(cpu->vreg[i->ra].S[0]),        \
					  nega(cpu->vreg[i->rn].S[0]),        \
					  cpu->vreg[i->rm].S[0]));            \
		NEXT;                                                         \
	}
#define BODY3_HOST(name, S, U, nega, negc)                                     \
	HOST_FMA static void exec_fp_##name##_host_##S(struct cpu *cpu,        \
						       const struct insn *i)   \
	{                                                                      \
		U r;                                                           \
		FP_CHECK;                                                      \
		if (unlikely(!fp_try_muladd_##S(cpu,                           \
						negc(cpu->vreg[i->ra].S[0]),   \
						nega(cpu->vreg[i->rn].S[0]),   \
						cpu->vreg[i->rm].S[0], &r))) { \
			exec_fp_##name##_soft_##S(cpu, i);                     \
			return;                                                \
		}                                                              \
		fp_put_##S(cpu, i->rd, r);                                     \
		NEXT;                                                          \
	}
#define FMA_FAMILY(name, nega_s, negc_s, nega_d, negc_d)                      \
	BODY3_SOFT(name, s, SF_SINGLE, nega_s, negc_s)                        \
	static BODY3_SOFT(name, d, SF_DOUBLE, nega_d, negc_d)                 \
	BODY3_HOST(name, s, uint32_t, nega_s, negc_s)                         \
	BODY3_HOST(name, d, uint64_t, nega_d, negc_d)                         \
	bool fmt_fp_##name(uint32_t word, struct insn *out)                   \
	{                                                                     \
		out->ra = FLD(word, 14, 10);                                  \
		if (host_has_fma()) {                                         \
			out->fn = exec_fp_##name##_host_s;                    \
			return format_sd(word, out, exec_fp_##name##_host_d); \
		}                                                             \
		return format_sd(word, out, exec_fp_##name##_soft_d);         \
	}

FMA_FAMILY(madd, SAME, SAME, SAME, SAME)
FMA_FAMILY(msub, fp_neg_s, SAME, fp_neg_d, SAME)
FMA_FAMILY(nmadd, fp_neg_s, fp_neg_s, fp_neg_d, fp_neg_d)
FMA_FAMILY(nmsub, SAME, fp_neg_s, SAME, fp_neg_d)

/* ---- compare ------------------------------------------------------------ */

/* imm: a quiet NaN signals too (bit 4 of a conditional compare's). */
#define CMP_SLOW(name, S, FMT, b)                                             \
	static SLOW void slow_##name##_##S(struct cpu *cpu,                   \
					   const struct insn *i)              \
	{                                                                     \
		fp_slow_cmp(cpu, FMT, cpu->vreg[i->rn].S[0], b, i->imm & 16); \
		NEXT;                                                         \
	}
#define CMP_BODY(name, S, b)                                                \
	void exec_fp_##name##_##S(struct cpu *cpu, const struct insn *i)    \
	{                                                                   \
		FP_CHECK;                                                   \
		if (unlikely(!fp_try_cmp_##S(cpu, cpu->vreg[i->rn].S[0], b, \
					     i->imm & 16))) {               \
			slow_##name##_##S(cpu, i);                          \
			return;                                             \
		}                                                           \
		NEXT;                                                       \
	}
/* aux: condition, imm bits 3..0: NZCV if it fails. */
#define CCMP_BODY(S)                                                     \
	void exec_fp_ccmp_##S(struct cpu *cpu, const struct insn *i)     \
	{                                                                \
		FP_CHECK;                                                \
		if (!cond_holds(cpu, i->aux)) {                          \
			set_nzcv(cpu, (uint32_t)i->imm << 28);           \
			NEXT;                                            \
		}                                                        \
		if (unlikely(!fp_try_cmp_##S(cpu, cpu->vreg[i->rn].S[0], \
					     cpu->vreg[i->rm].S[0],      \
					     i->imm & 16))) {            \
			slow_cmp_##S(cpu, i);                            \
			return;                                          \
		}                                                        \
		NEXT;                                                    \
	}
#define BODY_CSEL(S, el)                                                      \
	void exec_fp_csel_##S(struct cpu *cpu, const struct insn *i)          \
	{                                                                     \
		FP_CHECK;                                                     \
		fp_put_##S(cpu, i->rd,                                        \
			   cpu->vreg[cond_holds(cpu, i->aux) ? i->rn : i->rm] \
				   .el[0]);                                   \
		NEXT;                                                         \
	}

CMP_SLOW(cmp, s, SF_SINGLE, cpu->vreg[i->rm].s[0])
CMP_SLOW(cmp, d, SF_DOUBLE, cpu->vreg[i->rm].d[0])
CMP_SLOW(cmp_zero, s, SF_SINGLE, 0)
CMP_SLOW(cmp_zero, d, SF_DOUBLE, 0)
CMP_BODY(cmp, s, cpu->vreg[i->rm].s[0])
static CMP_BODY(cmp, d, cpu->vreg[i->rm].d[0])
CMP_BODY(cmp_zero, s, 0)
static CMP_BODY(cmp_zero, d, 0)
CCMP_BODY(s)
static CCMP_BODY(d)
BODY_CSEL(s, s)
static BODY_CSEL(d, d)

bool fmt_fp_cmp(uint32_t word, struct insn *out)
{
	out->imm = FLD(word, 4, 0) & 16;
	return format_sd(word, out, exec_fp_cmp_d);
}

bool fmt_fp_cmp_zero(uint32_t word, struct insn *out)
{
	out->imm = FLD(word, 4, 0) & 16;
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

/* ---- moves -------------------------------------------------------------- */

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
