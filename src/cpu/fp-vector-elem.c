/* SPDX-License-Identifier: MIT */
/*
 * Floating-point multiplication by one element of a vector: FMUL, FMULX, FMLA,
 * FMLS (by element), vector and scalar. imm is the element's index.
 */
#include "cpu/fp-vector.h"

static bool format_elem(uint32_t word, struct insn *out, insn_fn *body_d)
{
	bool l = FLD(word, 21, 21), h = FLD(word, 11, 11);

	if (!fp_format_simd(word, out, body_d))
		return false;
	if (FLD(word, 22, 22)) {
		out->imm = h;
		return !l;
	}
	out->imm = h << 1 | l;
	return true;
}

/* The element is read first: the destination may be its register. */
#define ELEM_BODY(name, S, U, expr)                                            \
	void exec_fpv_##name##_elem_##S(struct cpu *cpu, const struct insn *i) \
	{                                                                      \
		U m;                                                           \
		FP_CHECK;                                                      \
		m = cpu->vreg[i->rm].S[i->imm];                                \
		FP_LANES(S, U, expr);                                          \
		NEXT;                                                          \
	}
#define ELEM_FORMAT_LANES(name)                                          \
	bool fmt_fpv_##name##_elem(uint32_t word, struct insn *out)      \
	{                                                                \
		return format_elem(word, out, exec_fpv_##name##_elem_d); \
	}

ELEM_BODY(mul, s, uint32_t, fp_mul_s(cpu, a, m))
static ELEM_BODY(mul, d, uint64_t, fp_mul_d(cpu, a, m))
ELEM_BODY(mulx, s, uint32_t, fp_mulx_s(cpu, a, m))
static ELEM_BODY(mulx, d, uint64_t, fp_mulx_d(cpu, a, m))
ELEM_FORMAT_LANES(mulx)

#define SAME(x) (x)
#define ELEM_MULADD_SOFT(name, neg_s, neg_d)                    \
	ELEM_BODY(name##_soft, s, uint32_t,                     \
		  fp_muladd_soft_s(cpu, vd->s[e], neg_s(a), m)) \
	static ELEM_BODY(name##_soft, d, uint64_t,              \
			 fp_muladd_soft_d(cpu, vd->d[e], neg_d(a), m))

ELEM_MULADD_SOFT(mla, SAME, SAME)
ELEM_MULADD_SOFT(mls, fp_neg_s, fp_neg_d)

/* ---- whole registers ---------------------------------------------------- */

#ifdef HOST_FP
#define SPLAT(S, full) host_splat_##S(cpu->vreg[i->rm].S[i->imm], full)
#define MUL_BODY(shape, S, full)                                      \
	FP_PACKED(mul_elem_##shape, S, full, exec_fpv_mul_elem_##S, , \
		  host_vmul_##S(a, SPLAT(S, full), &r))
#define MULADD_BODY(name, shape, S, full, vneg)                            \
	FP_PACKED(name##_elem_##shape, S, full,                            \
		  exec_fpv_##name##_soft_elem_##S, HOST_FMA,               \
		  host_vmuladd_##S(host_load_##S(&cpu->vreg[i->rd], full), \
				   vneg(a), SPLAT(S, full), &r))
/* The scalar form has one lane of a body that goes lane by lane. */
#define MULADD_SCALAR(name, S, U, neg) \
	HOST_FMA static ELEM_BODY(     \
		name##_host, S, U,     \
		fp_muladd_host_##S(cpu, vd->S[e], neg(a), m))
#define MULADD_PACKED(name, neg_s, neg_d, vneg_s, vneg_d)                   \
	MULADD_BODY(name, 4s, s, true, vneg_s)                              \
	MULADD_BODY(name, 2s, s, false, vneg_s)                             \
	MULADD_BODY(name, 2d, d, true, vneg_d)                              \
	MULADD_SCALAR(name, s, uint32_t, neg_s)                             \
	MULADD_SCALAR(name, d, uint64_t, neg_d)                             \
	bool fmt_fpv_##name##_elem(uint32_t word, struct insn *out)         \
	{                                                                   \
		if (!host_has_fma())                                        \
			return format_elem(word, out,                       \
					   exec_fpv_##name##_soft_elem_d);  \
		out->fn = exec_fpv_##name##_host_elem_s;                    \
		if (!format_elem(word, out, exec_fpv_##name##_host_elem_d)) \
			return false;                                       \
		fp_choose_packed(out, exec_fpv_##name##_elem_4s,            \
				 exec_fpv_##name##_elem_2s,                 \
				 exec_fpv_##name##_elem_2d, word);          \
		return true;                                                \
	}

MUL_BODY(4s, s, true)
MUL_BODY(2s, s, false)
MUL_BODY(2d, d, true)

bool fmt_fpv_mul_elem(uint32_t word, struct insn *out)
{
	if (!format_elem(word, out, exec_fpv_mul_elem_d))
		return false;
	fp_choose_packed(out, exec_fpv_mul_elem_4s, exec_fpv_mul_elem_2s,
			 exec_fpv_mul_elem_2d, word);
	return true;
}

MULADD_PACKED(mla, SAME, SAME, SAME, SAME)
MULADD_PACKED(mls, fp_neg_s, fp_neg_d, host_vneg_s, host_vneg_d)

#else

ELEM_FORMAT_LANES(mul)

#define ELEM_FORMAT_SOFT(name)                                                \
	bool fmt_fpv_##name##_elem(uint32_t word, struct insn *out)           \
	{                                                                     \
		return format_elem(word, out, exec_fpv_##name##_soft_elem_d); \
	}
ELEM_FORMAT_SOFT(mla)
ELEM_FORMAT_SOFT(mls)

#endif
