/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD floating point with two or three vector operands: three same,
 * pairwise, across lanes, and their scalar SIMD forms (Arm ARM C4.1, "Data
 * Processing -- Scalar Floating-Point and Advanced SIMD").
 */
#include "cpu/fp-vector.h"

/* ---- three same --------------------------------------------------------- */

#define LANES_2(name)                                          \
	FP_VBODY(name, s, uint32_t,                            \
		 fp_##name##_s(cpu, a, cpu->vreg[i->rm].s[e])) \
	static FP_VBODY(name, d, uint64_t,                     \
			fp_##name##_d(cpu, a, cpu->vreg[i->rm].d[e]))
#define THREE_SAME(name) \
	LANES_2(name)    \
	FP_VFORMAT(name)

#ifdef HOST_FP
#define THREE_SAME_PACKED(name, packed_s, packed_d)                            \
	LANES_2(name)                                                          \
	FP_PACKED(name##_4s, s, true, exec_fpv_##name##_s, , packed_s(true))   \
	FP_PACKED(name##_2s, s, false, exec_fpv_##name##_s, , packed_s(false)) \
	FP_PACKED(name##_2d, d, true, exec_fpv_##name##_d, , packed_d(true))   \
	bool fmt_fpv_##name(uint32_t word, struct insn *out)                   \
	{                                                                      \
		if (!fp_format_simd(word, out, exec_fpv_##name##_d))           \
			return false;                                          \
		fp_choose_packed(out, exec_fpv_##name##_4s,                    \
				 exec_fpv_##name##_2s, exec_fpv_##name##_2d,   \
				 word);                                        \
		return true;                                                   \
	}
#else
#define THREE_SAME_PACKED(name, packed_s, packed_d) \
	LANES_2(name)                               \
	FP_VFORMAT(name)
#endif

#define ADD_S(q)  host_vadd_s(a, FP_PACKED_RM(s, q), &r)
#define ADD_D(q)  host_vadd_d(a, FP_PACKED_RM(d, q), &r)
#define SUB_S(q)  host_vsub_s(a, FP_PACKED_RM(s, q), &r)
#define SUB_D(q)  host_vsub_d(a, FP_PACKED_RM(d, q), &r)
#define ABD_S(q)  host_vabd_s(a, FP_PACKED_RM(s, q), &r)
#define ABD_D(q)  host_vabd_d(a, FP_PACKED_RM(d, q), &r)
#define MUL_S(q)  host_vmul_s(a, FP_PACKED_RM(s, q), &r)
#define MUL_D(q)  host_vmul_d(a, FP_PACKED_RM(d, q), &r)
#define MAX_S(q)  host_vmax_s(a, FP_PACKED_RM(s, q), &r)
#define MAX_D(q)  host_vmax_d(a, FP_PACKED_RM(d, q), &r)
#define MIN_S(q)  host_vmin_s(a, FP_PACKED_RM(s, q), &r)
#define MIN_D(q)  host_vmin_d(a, FP_PACKED_RM(d, q), &r)
#define CMEQ_S(q) (r = host_vcmeq_s(a, FP_PACKED_RM(s, q)), true)
#define CMEQ_D(q) (r = host_vcmeq_d(a, FP_PACKED_RM(d, q)), true)
#define CMGE_S(q) (r = host_vcmge_s(a, FP_PACKED_RM(s, q)), true)
#define CMGE_D(q) (r = host_vcmge_d(a, FP_PACKED_RM(d, q)), true)
#define CMGT_S(q) (r = host_vcmgt_s(a, FP_PACKED_RM(s, q)), true)
#define CMGT_D(q) (r = host_vcmgt_d(a, FP_PACKED_RM(d, q)), true)
/* 0 / 1 in the lanes of a half register that aren't there. */
#define DIV_S(q)                                                             \
	host_vdiv_s(a,                                                       \
		    (q) ? FP_PACKED_RM(s, q)                                 \
			: _mm_movelh_ps(FP_PACKED_RM(s, q), _mm_set1_ps(1)), \
		    &r)
#define DIV_D(q) host_vdiv_d(a, FP_PACKED_RM(d, q), &r)

THREE_SAME_PACKED(add, ADD_S, ADD_D)
THREE_SAME_PACKED(sub, SUB_S, SUB_D)
THREE_SAME_PACKED(abd, ABD_S, ABD_D)
THREE_SAME_PACKED(mul, MUL_S, MUL_D)
THREE_SAME_PACKED(div, DIV_S, DIV_D)
THREE_SAME_PACKED(max, MAX_S, MAX_D)
THREE_SAME_PACKED(min, MIN_S, MIN_D)
THREE_SAME_PACKED(maxnm, MAX_S, MAX_D)
THREE_SAME_PACKED(minnm, MIN_S, MIN_D)
THREE_SAME_PACKED(cmeq, CMEQ_S, CMEQ_D)
THREE_SAME_PACKED(cmge, CMGE_S, CMGE_D)
THREE_SAME_PACKED(cmgt, CMGT_S, CMGT_D)
THREE_SAME(mulx)
THREE_SAME(acge)
THREE_SAME(acgt)
THREE_SAME(recps)
THREE_SAME(rsqrts)
/* ---- multiply-add ------------------------------------------------------- */

#define SAME(x) (x)
#define MULADD_SOFT(name, neg_s, neg_d)                           \
	FP_VBODY(name##_soft, s, uint32_t,                        \
		 fp_muladd_soft_s(cpu, vd->s[e], neg_s(a),        \
				  cpu->vreg[i->rm].s[e]))         \
	static FP_VBODY(name##_soft, d, uint64_t,                 \
			fp_muladd_soft_d(cpu, vd->d[e], neg_d(a), \
					 cpu->vreg[i->rm].d[e]))
#ifdef HOST_FP
#define MULADD_S(q, neg)                                          \
	host_vmuladd_s(host_load_s(&cpu->vreg[i->rd], q), neg(a), \
		       FP_PACKED_RM(s, q), &r)
#define MULADD_D(q, neg)                                          \
	host_vmuladd_d(host_load_d(&cpu->vreg[i->rd], q), neg(a), \
		       FP_PACKED_RM(d, q), &r)
#define MULADD(name, neg_s, neg_d, vneg_s, vneg_d)                          \
	MULADD_SOFT(name, neg_s, neg_d)                                     \
	FP_PACKED(name##_4s, s, true, exec_fpv_##name##_soft_s, HOST_FMA,   \
		  MULADD_S(true, vneg_s))                                   \
	FP_PACKED(name##_2s, s, false, exec_fpv_##name##_soft_s, HOST_FMA,  \
		  MULADD_S(false, vneg_s))                                  \
	FP_PACKED(name##_2d, d, true, exec_fpv_##name##_soft_d, HOST_FMA,   \
		  MULADD_D(true, vneg_d))                                   \
	bool fmt_fpv_##name(uint32_t word, struct insn *out)                \
	{                                                                   \
		if (!fp_format_vector(word, out, exec_fpv_##name##_soft_d)) \
			return false;                                       \
		if (host_has_fma())                                         \
			fp_choose_packed(out, exec_fpv_##name##_4s,         \
					 exec_fpv_##name##_2s,              \
					 exec_fpv_##name##_2d, word);       \
		return true;                                                \
	}
#else
#define MULADD(name, neg_s, neg_d, vneg_s, vneg_d)                            \
	MULADD_SOFT(name, neg_s, neg_d)                                       \
	bool fmt_fpv_##name(uint32_t word, struct insn *out)                  \
	{                                                                     \
		return fp_format_vector(word, out, exec_fpv_##name##_soft_d); \
	}
#endif

MULADD(mla, SAME, SAME, SAME, SAME)
MULADD(mls, fp_neg_s, fp_neg_d, host_vneg_s, host_vneg_d)

/* ---- pairwise ----------------------------------------------------------- */

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
#define PAIRWISE_SCALAR(name, S)                                       \
	void exec_fpv_##name##_pair1_##S(struct cpu *cpu,              \
					 const struct insn *i)         \
	{                                                              \
		FP_CHECK;                                              \
		fp_put_##S(cpu, i->rd,                                 \
			   fp_##name##_##S(cpu, cpu->vreg[i->rn].S[0], \
					   cpu->vreg[i->rn].S[1]));    \
		NEXT;                                                  \
	}
#define PAIRWISE_ALL(name)                                                    \
	PAIRWISE(name, s, uint32_t)                                           \
	static PAIRWISE(name, d, uint64_t)                                    \
	PAIRWISE_SCALAR(name, s)                                              \
	static PAIRWISE_SCALAR(name, d)                                       \
	bool fmt_fpv_##name##_pair(uint32_t word, struct insn *out)           \
	{                                                                     \
		return fp_format_vector(word, out, exec_fpv_##name##_pair_d); \
	}                                                                     \
	bool fmt_fpv_##name##_pair1(uint32_t word, struct insn *out)          \
	{                                                                     \
		return fp_format_simd(word, out, exec_fpv_##name##_pair1_d);  \
	}

PAIRWISE_ALL(add)
PAIRWISE_ALL(max)
PAIRWISE_ALL(min)
PAIRWISE_ALL(maxnm)
PAIRWISE_ALL(minnm)

/* ---- across lanes ------------------------------------------------------- */

/* 4S only; the Arm ARM's Reduce() splits in halves. */
#define ACROSS(name)                                                         \
	void exec_fpv_##name##_across(struct cpu *cpu, const struct insn *i) \
	{                                                                    \
		uint32_t lo, hi;                                             \
		FP_CHECK;                                                    \
		lo = fp_##name##_s(cpu, cpu->vreg[i->rn].s[0],               \
				   cpu->vreg[i->rn].s[1]);                   \
		hi = fp_##name##_s(cpu, cpu->vreg[i->rn].s[2],               \
				   cpu->vreg[i->rn].s[3]);                   \
		fp_put_s(cpu, i->rd, fp_##name##_s(cpu, lo, hi));            \
		NEXT;                                                        \
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
