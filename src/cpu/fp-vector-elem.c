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
#define ELEM_MUL(name)                                                         \
	ELEM_BODY(name, s, uint32_t, fp_##name##_s(cpu, a, m))                 \
	static ELEM_BODY(name, d, uint64_t, fp_##name##_d(cpu, a, m))          \
	bool fmt_fpv_##name##_elem(uint32_t word, struct insn *out)            \
	{                                                                      \
		return format_elem(word, out, exec_fpv_##name##_elem_d);       \
	}

ELEM_MUL(mul)
ELEM_MUL(mulx)

#define SAME(x) (x)
#define ELEM_MULADD(name, neg_s, neg_d)                                        \
	ELEM_BODY(name##_soft, s, uint32_t,                                    \
		  fp_muladd_soft_s(cpu, vd->s[e], neg_s(a), m))                \
	static ELEM_BODY(name##_soft, d, uint64_t,                             \
			 fp_muladd_soft_d(cpu, vd->d[e], neg_d(a), m))         \
	HOST_FMA static ELEM_BODY(name##_host, s, uint32_t,                    \
				  fp_muladd_host_s(cpu, vd->s[e], neg_s(a),    \
						   m))                         \
	HOST_FMA static ELEM_BODY(name##_host, d, uint64_t,                    \
				  fp_muladd_host_d(cpu, vd->d[e], neg_d(a),    \
						   m))                         \
	bool fmt_fpv_##name##_elem(uint32_t word, struct insn *out)            \
	{                                                                      \
		if (!host_has_fma())                                           \
			return format_elem(word, out,                          \
					   exec_fpv_##name##_soft_elem_d);     \
		out->fn = exec_fpv_##name##_host_elem_s;                       \
		return format_elem(word, out, exec_fpv_##name##_host_elem_d);  \
	}

ELEM_MULADD(mla, SAME, SAME)
ELEM_MULADD(mls, fp_neg_s, fp_neg_d)
