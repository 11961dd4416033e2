/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD two-register floating point other than conversions: sign,
 * square root, estimates, comparisons with zero, rounding to integral.
 */
#include "cpu/fp-vector.h"

#define TWO_REG(name, expr_s, expr_d)              \
	FP_VBODY(name, s, uint32_t, expr_s)        \
	static FP_VBODY(name, d, uint64_t, expr_d) \
	FP_VFORMAT(name)

#ifdef HOST_FP
/* The register at once. */
#define TWO_REG_PACKED(name, expr_s, expr_d, packed_s, packed_d)             \
	FP_VBODY(name, s, uint32_t, expr_s)                                  \
	static FP_VBODY(name, d, uint64_t, expr_d)                           \
	FP_PACKED(name##_4s, s, true, exec_fpv_##name##_s, , packed_s)       \
	FP_PACKED(name##_2s, s, false, exec_fpv_##name##_s, , packed_s)      \
	FP_PACKED(name##_2d, d, true, exec_fpv_##name##_d, , packed_d)       \
	bool fmt_fpv_##name(uint32_t word, struct insn *out)                 \
	{                                                                    \
		if (!fp_format_simd(word, out, exec_fpv_##name##_d))         \
			return false;                                        \
		fp_choose_packed(out, exec_fpv_##name##_4s,                  \
				 exec_fpv_##name##_2s, exec_fpv_##name##_2d, \
				 word);                                      \
		return true;                                                 \
	}
#else
#define TWO_REG_PACKED(name, expr_s, expr_d, packed_s, packed_d) \
	TWO_REG(name, expr_s, expr_d)
#endif

TWO_REG_PACKED(abs, fp_abs_s(a), fp_abs_d(a), (r = host_vabs_s(a), true),
	       (r = host_vabs_d(a), true))
TWO_REG_PACKED(neg, fp_neg_s(a), fp_neg_d(a), (r = host_vneg_s(a), true),
	       (r = host_vneg_d(a), true))
TWO_REG_PACKED(sqrt, fp_sqrt_s(cpu, a), fp_sqrt_d(cpu, a), host_vsqrt_s(a, &r),
	       host_vsqrt_d(a, &r))
TWO_REG(recpe, fp_recpe_s(cpu, a), fp_recpe_d(cpu, a))
TWO_REG(rsqrte, fp_rsqrte_s(cpu, a), fp_rsqrte_d(cpu, a))
TWO_REG(recpx, fp_recpx_s(cpu, a), fp_recpx_d(cpu, a))

#define ZERO_S _mm_setzero_ps()
#define ZERO_D _mm_setzero_pd()
TWO_REG_PACKED(cmeq_zero, fp_cmeq_s(cpu, a, 0), fp_cmeq_d(cpu, a, 0),
	       (r = host_vcmeq_s(a, ZERO_S), true),
	       (r = host_vcmeq_d(a, ZERO_D), true))
TWO_REG_PACKED(cmge_zero, fp_cmge_s(cpu, a, 0), fp_cmge_d(cpu, a, 0),
	       (r = host_vcmge_s(a, ZERO_S), true),
	       (r = host_vcmge_d(a, ZERO_D), true))
TWO_REG_PACKED(cmgt_zero, fp_cmgt_s(cpu, a, 0), fp_cmgt_d(cpu, a, 0),
	       (r = host_vcmgt_s(a, ZERO_S), true),
	       (r = host_vcmgt_d(a, ZERO_D), true))
TWO_REG_PACKED(cmle_zero, fp_cmge_s(cpu, 0, a), fp_cmge_d(cpu, 0, a),
	       (r = host_vcmge_s(ZERO_S, a), true),
	       (r = host_vcmge_d(ZERO_D, a), true))
TWO_REG_PACKED(cmlt_zero, fp_cmgt_s(cpu, 0, a), fp_cmgt_d(cpu, 0, a),
	       (r = host_vcmgt_s(ZERO_S, a), true),
	       (r = host_vcmgt_d(ZERO_D, a), true))

/* ---- unsigned estimates: words only ------------------------------------- */

FP_VBODY(urecpe, s, uint32_t, sf_urecpe(a))
FP_VBODY(ursqrte, s, uint32_t, sf_ursqrte(a))

bool fmt_fpv_words(uint32_t word, struct insn *out)
{
	return fp_format_vector(word, out, NULL);
}

/* ---- round to integral -------------------------------------------------- */

/* rm: enum sf_rounding, or RINT_FPCR; imm: signal Inexact. */
#define RINT_FPCR 0xff

static enum sf_rounding rint_mode(const struct cpu *cpu, const struct insn *i)
{
	return i->rm == RINT_FPCR ? fp_rmode(cpu) : i->rm;
}

FP_VBODY(rint, s, uint32_t,
	 fp_slow_round_int(cpu, SF_SINGLE, a, rint_mode(cpu, i), i->imm))
static FP_VBODY(rint, d, uint64_t,
		fp_slow_round_int(cpu, SF_DOUBLE, a, rint_mode(cpu, i), i->imm))

/* U, bit 23 and bit 12 choose. */
bool fmt_fpv_rint(uint32_t word, struct insn *out)
{
	static const uint8_t mode[8] = {
		SF_TIEEVEN, SF_NEGINF, SF_POSINF, SF_TOZERO,
		SF_TIEAWAY, RINT_FPCR, RINT_FPCR, RINT_FPCR,
	};
	unsigned int op = FLD(word, 29, 29) << 2 | FLD(word, 23, 23) << 1 |
			  FLD(word, 12, 12);

	if (op == 6 || !fp_format_vector(word, out, exec_fpv_rint_d))
		return false;
	out->rm = mode[op];
	out->imm = op == 5;
	return true;
}
