/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD operations between the lanes of one vector: pairwise, pairwise
 * long, and across all lanes (Arm ARM C4.1.96 "three same", "two-register
 * miscellaneous", "across lanes", "scalar pairwise").
 */
#include "cpu/simd.h"

/* ---- pairwise: neighbours of Vn, then of Vm -------------------------------- */

#define PAIR_FN(name, T, lanes, ...)                                      \
	static void name(struct cpu *cpu, const struct insn *i)           \
	{                                                                 \
		const union vreg *n = &cpu->vreg[i->rn];                  \
		const union vreg *m = &cpu->vreg[i->rm];                  \
		union vreg r = {0};                                       \
                                                                          \
		FP_CHECK;                                                 \
		for (unsigned int l = 0; l < (lanes) / 2; l++) {          \
			const T a = LANE(n, T, 2 * l);                    \
			const T b = LANE(n, T, 2 * l + 1);                \
			SET_LANE(&r, T, l) = (__VA_ARGS__);               \
		}                                                         \
		for (unsigned int l = 0; l < (lanes) / 2; l++) {          \
			const T a = LANE(m, T, 2 * l);                    \
			const T b = LANE(m, T, 2 * l + 1);                \
			SET_LANE(&r, T, l + (lanes) / 2) = (__VA_ARGS__); \
		}                                                         \
		cpu->vreg[i->rd] = r;                                     \
		NEXT;                                                     \
	}

#define PAIR_2(op, T, n64, ...)                    \
	PAIR_FN(op##_##T##_0, T, n64, __VA_ARGS__) \
	PAIR_FN(op##_##T##_1, T, 2 * n64, __VA_ARGS__)
#define PAIR_BHS(op, g, ...)                                 \
	PAIR_2(op, g##8, 8, __VA_ARGS__)                     \
	PAIR_2(op, g##16, 4, __VA_ARGS__)                    \
	PAIR_2(op, g##32, 2, __VA_ARGS__)                    \
	bool fmt_simd_##op(uint32_t w, struct insn *out)     \
	{                                                    \
		static simd_fns fns = {{FNS_BHS(op, g, 0)},  \
				       {FNS_BHS(op, g, 1)}}; \
                                                             \
		return simd_fmt(w, out, fns);                \
	}

PAIR_BHS(smaxp, s, a > b ? a : b)
PAIR_BHS(umaxp, u, a > b ? a : b)
PAIR_BHS(sminp, s, a < b ? a : b)
PAIR_BHS(uminp, u, a < b ? a : b)

PAIR_2(addp, u8, 8, a + b)
PAIR_2(addp, u16, 4, a + b)
PAIR_2(addp, u32, 2, a + b)
PAIR_FN(addp_u64_1, u64, 2, a + b)

bool fmt_simd_addp(uint32_t w, struct insn *out)
{
	static simd_fns fns = {{FNS_BHS(addp, u, 0)},
			       {FNS_BHS(addp, u, 1), addp_u64_1}};

	return simd_fmt(w, out, fns);
}

static void addp_scalar(struct cpu *cpu, const struct insn *i)
{
	const union vreg *n = &cpu->vreg[i->rn];
	union vreg *d = &cpu->vreg[i->rd];

	FP_CHECK;
	d->d[0] = n->d[0] + n->d[1];
	d->d[1] = 0;
	NEXT;
}

bool fmt_simd_addp_scalar(uint32_t w, struct insn *out)
{
	simd_regs(w, out);
	out->fn = addp_scalar;
	return FLD(w, 23, 22) == 3;
}

/* ---- pairwise long: neighbours of Vn into a lane of twice the width -------- */

#define PAIR_LONG_FN(name, N, W, lanes, acc)                             \
	static void name(struct cpu *cpu, const struct insn *i)          \
	{                                                                \
		const union vreg *n = &cpu->vreg[i->rn];                 \
		union vreg *d = &cpu->vreg[i->rd], r = {0};              \
                                                                         \
		FP_CHECK;                                                \
		for (unsigned int l = 0; l < (lanes); l++) {             \
			const W a = LANE(n, N, 2 * l);                   \
			const W b = LANE(n, N, 2 * l + 1);               \
			SET_LANE(&r, W, l) =                             \
				(a + b) + (acc ? SET_LANE(d, W, l) : 0); \
		}                                                        \
		*d = r;                                                  \
		NEXT;                                                    \
	}

#define PAIR_LONG_2(op, N, W, n64, acc)            \
	PAIR_LONG_FN(op##_##N##_0, N, W, n64, acc) \
	PAIR_LONG_FN(op##_##N##_1, N, W, 2 * n64, acc)
#define PAIR_LONG(op, g, acc)                                \
	PAIR_LONG_2(op, g##8, g##16, 4, acc)                 \
	PAIR_LONG_2(op, g##16, g##32, 2, acc)                \
	PAIR_LONG_2(op, g##32, g##64, 1, acc)                \
	bool fmt_simd_##op(uint32_t w, struct insn *out)     \
	{                                                    \
		static simd_fns fns = {{FNS_BHS(op, g, 0)},  \
				       {FNS_BHS(op, g, 1)}}; \
                                                             \
		return simd_fmt(w, out, fns);                \
	}

PAIR_LONG(saddlp, s, 0)
PAIR_LONG(uaddlp, u, 0)
PAIR_LONG(sadalp, s, 1)
PAIR_LONG(uadalp, u, 1)

/* ---- across all lanes ------------------------------------------------------ */

/*
 * @N: lanes of Vn; @W: the result, in lane 0; a: so far, b: the next lane.
 * @first: a before lane 0 (of a minimum, lane 0 itself), so that the trip
 * count is a power of two and gcc makes a vector reduction of it.
 */
#define ACROSS_FN(name, N, W, lanes, first, ...)                \
	static void name(struct cpu *cpu, const struct insn *i) \
	{                                                       \
		const union vreg *n = &cpu->vreg[i->rn];        \
		union vreg r = {0};                             \
		W a = (first);                                  \
                                                                \
		FP_CHECK;                                       \
		for (unsigned int l = 0; l < (lanes); l++) {    \
			const W b = LANE(n, N, l);              \
			a = (__VA_ARGS__);                      \
		}                                               \
		SET_LANE(&r, W, 0) = a;                         \
		cpu->vreg[i->rd] = r;                           \
		NEXT;                                           \
	}

/* 2S is reserved. */
#define ACROSS(op, g, w8, w16, w32, from_zero, ...)                 \
	ACROSS_FN(op##_##g##8_0, g##8, w8, 8,                       \
		  (from_zero) ? 0 : LANE(n, g##8, 0), __VA_ARGS__)  \
	ACROSS_FN(op##_##g##8_1, g##8, w8, 16,                      \
		  (from_zero) ? 0 : LANE(n, g##8, 0), __VA_ARGS__)  \
	ACROSS_FN(op##_##g##16_0, g##16, w16, 4,                    \
		  (from_zero) ? 0 : LANE(n, g##16, 0), __VA_ARGS__) \
	ACROSS_FN(op##_##g##16_1, g##16, w16, 8,                    \
		  (from_zero) ? 0 : LANE(n, g##16, 0), __VA_ARGS__) \
	ACROSS_FN(op##_##g##32_1, g##32, w32, 4,                    \
		  (from_zero) ? 0 : LANE(n, g##32, 0), __VA_ARGS__) \
	bool fmt_simd_##op(uint32_t w, struct insn *out)            \
	{                                                           \
		static simd_fns fns = {                             \
			{op##_##g##8_0, op##_##g##16_0},            \
			{FNS_BHS(op, g, 1)},                        \
		};                                                  \
                                                                    \
		return simd_fmt(w, out, fns);                       \
	}

ACROSS(addv, u, u8, u16, u32, 1, a + b)
ACROSS(smaxv, s, s8, s16, s32, 0, a > b ? a : b)
ACROSS(umaxv, u, u8, u16, u32, 0, a > b ? a : b)
ACROSS(sminv, s, s8, s16, s32, 0, a < b ? a : b)
ACROSS(uminv, u, u8, u16, u32, 0, a < b ? a : b)
ACROSS(saddlv, s, s16, s32, s64, 1, a + b)
ACROSS(uaddlv, u, u16, u32, u64, 1, a + b)
