/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD floating point with two or three vector operands: three same,
 * pairwise, across lanes, and their scalar SIMD forms (Arm ARM C4.1, "Data
 * Processing -- Scalar Floating-Point and Advanced SIMD").
 */
#include "cpu/fp-vector.h"

/* ---- three same -------------------------------------------------------------*/

#define THREE_SAME(name)                                                       \
	FP_VBODY(name, s, uint32_t,                                            \
		 fp_##name##_s(cpu, a, cpu->vreg[i->rm].s[e]))                 \
	static FP_VBODY(name, d, uint64_t,                                     \
			fp_##name##_d(cpu, a, cpu->vreg[i->rm].d[e]))          \
	FP_VFORMAT(name)

#ifdef HOST_FP
/*
 * Whole registers in one host operation; lane by lane again if any lane
 * doesn't stand.
 */
#define PACKED_BODY(name, S, U, op)                                            \
	static void exec_fpv_##name##_q_##S(struct cpu *cpu,                   \
					    const struct insn *i)              \
	{                                                                      \
		FP_CHECK;                                                      \
		if (!fp_host_ok(cpu) ||                                        \
		    unlikely(!host_vector_##name##_##S(                        \
			    &cpu->vreg[i->rd], &cpu->vreg[i->rn],              \
			    &cpu->vreg[i->rm])))                               \
			FP_LANES(S, U,                                         \
				 op(cpu, a, cpu->vreg[i->rm].S[e]));           \
		NEXT;                                                          \
	}
#define THREE_SAME_PACKED(name)                                                \
	FP_VBODY(name, s, uint32_t,                                            \
		 fp_##name##_s(cpu, a, cpu->vreg[i->rm].s[e]))                 \
	static FP_VBODY(name, d, uint64_t,                                     \
			fp_##name##_d(cpu, a, cpu->vreg[i->rm].d[e]))          \
	PACKED_BODY(name, s, uint32_t, fp_##name##_s)                          \
	PACKED_BODY(name, d, uint64_t, fp_##name##_d)                          \
	bool fmt_fpv_##name(uint32_t word, struct insn *out)                   \
	{                                                                      \
		if (!fp_format_simd(word, out, exec_fpv_##name##_d))           \
			return false;                                          \
		if (out->fn == exec_fpv_##name##_d && out->aux == 2)           \
			out->fn = exec_fpv_##name##_q_d;                       \
		else if (out->aux == 4)                                        \
			out->fn = exec_fpv_##name##_q_s;                       \
		return true;                                                   \
	}
#else
#define THREE_SAME_PACKED THREE_SAME
#endif

THREE_SAME_PACKED(add)
THREE_SAME_PACKED(sub)
THREE_SAME_PACKED(mul)
THREE_SAME_PACKED(div)
THREE_SAME(mulx)
THREE_SAME(abd)
THREE_SAME(max)
THREE_SAME(min)
THREE_SAME(maxnm)
THREE_SAME(minnm)
THREE_SAME(cmeq)
THREE_SAME(cmge)
THREE_SAME(cmgt)
THREE_SAME(acge)
THREE_SAME(acgt)
THREE_SAME(recps)
THREE_SAME(rsqrts)

/* ---- multiply-add ------------------------------------------------------------*/

#define SAME(x) (x)
#define MULADD(name, neg_s, neg_d)                                             \
	FP_VBODY(name##_soft, s, uint32_t,                                     \
		 fp_muladd_soft_s(cpu, vd->s[e], neg_s(a),                     \
				  cpu->vreg[i->rm].s[e]))                      \
	static FP_VBODY(name##_soft, d, uint64_t,                              \
			fp_muladd_soft_d(cpu, vd->d[e], neg_d(a),              \
					 cpu->vreg[i->rm].d[e]))               \
	HOST_FMA static FP_VBODY(name##_host, s, uint32_t,                     \
				 fp_muladd_host_s(cpu, vd->s[e], neg_s(a),     \
						  cpu->vreg[i->rm].s[e]))      \
	HOST_FMA static FP_VBODY(name##_host, d, uint64_t,                     \
				 fp_muladd_host_d(cpu, vd->d[e], neg_d(a),     \
						  cpu->vreg[i->rm].d[e]))      \
	bool fmt_fpv_##name(uint32_t word, struct insn *out)                   \
	{                                                                      \
		if (!host_has_fma())                                           \
			return fp_format_vector(word, out,                     \
						exec_fpv_##name##_soft_d);     \
		out->fn = exec_fpv_##name##_host_s;                            \
		return fp_format_vector(word, out, exec_fpv_##name##_host_d);  \
	}

MULADD(mla, SAME, SAME)
MULADD(mls, fp_neg_s, fp_neg_d)

/* ---- pairwise ------------------------------------------------------------------*/

#define PAIRWISE(name, S, U)                                                   \
	void exec_fpv_##name##_pair_##S(struct cpu *cpu, const struct insn *i) \
	{                                                                      \
		union vreg n, m, *vd;                                          \
		unsigned int e, half;                                          \
		FP_CHECK;                                                      \
		n = cpu->vreg[i->rn];                                          \
		m = cpu->vreg[i->rm];                                          \
		vd = &cpu->vreg[i->rd];                                        \
		half = i->aux / 2;                                             \
		for (e = 0; e < half; e++) {                                   \
			vd->S[e] = fp_##name##_##S(cpu, n.S[2 * e],            \
						   n.S[2 * e + 1]);            \
			vd->S[e + half] = fp_##name##_##S(cpu, m.S[2 * e],     \
							  m.S[2 * e + 1]);     \
		}                                                              \
		fp_clear_rest(vd, i->aux * sizeof(U));                         \
		NEXT;                                                          \
	}
/* Scalar: both lanes of one register. */
#define PAIRWISE_SCALAR(name, S)                                               \
	void exec_fpv_##name##_pair1_##S(struct cpu *cpu,                      \
					 const struct insn *i)                 \
	{                                                                      \
		FP_CHECK;                                                      \
		fp_put_##S(cpu, i->rd,                                         \
			   fp_##name##_##S(cpu, cpu->vreg[i->rn].S[0],         \
					   cpu->vreg[i->rn].S[1]));            \
		NEXT;                                                          \
	}
#define PAIRWISE_ALL(name)                                                     \
	PAIRWISE(name, s, uint32_t)                                            \
	static PAIRWISE(name, d, uint64_t)                                     \
	PAIRWISE_SCALAR(name, s)                                               \
	static PAIRWISE_SCALAR(name, d)                                        \
	bool fmt_fpv_##name##_pair(uint32_t word, struct insn *out)            \
	{                                                                      \
		return fp_format_vector(word, out,                             \
					exec_fpv_##name##_pair_d);             \
	}                                                                      \
	bool fmt_fpv_##name##_pair1(uint32_t word, struct insn *out)           \
	{                                                                      \
		return fp_format_simd(word, out, exec_fpv_##name##_pair1_d);   \
	}

PAIRWISE_ALL(add)
PAIRWISE_ALL(max)
PAIRWISE_ALL(min)
PAIRWISE_ALL(maxnm)
PAIRWISE_ALL(minnm)

/* ---- across lanes ---------------------------------------------------------------*/

/* 4S only; the Arm ARM's Reduce() splits in halves. */
#define ACROSS(name)                                                           \
	void exec_fpv_##name##_across(struct cpu *cpu, const struct insn *i)   \
	{                                                                      \
		uint32_t lo, hi;                                               \
		FP_CHECK;                                                      \
		lo = fp_##name##_s(cpu, cpu->vreg[i->rn].s[0],                 \
				   cpu->vreg[i->rn].s[1]);                     \
		hi = fp_##name##_s(cpu, cpu->vreg[i->rn].s[2],                 \
				   cpu->vreg[i->rn].s[3]);                     \
		fp_put_s(cpu, i->rd, fp_##name##_s(cpu, lo, hi));              \
		NEXT;                                                          \
	}

ACROSS(max)
ACROSS(min)
ACROSS(maxnm)
ACROSS(minnm)

bool fmt_fpv_across(uint32_t word, struct insn *out)
{
	out->rd = FLD(word, 4, 0);
	out->rn = FLD(word, 9, 5);
	return true;
}
