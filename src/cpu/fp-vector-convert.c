/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD conversions: to and from integers and fixed point in the same
 * lanes (vector and scalar SIMD).
 */
#include "cpu/fp-vector.h"

/* ---- to integer --------------------------------------------------------- */

/* rm: enum sf_rounding and TO_UNSIGNED; imm: fraction bits. */
#define TO_UNSIGNED (1 << 3)

static enum sf_rounding rounding_of(const struct insn *i)
{
	return (enum sf_rounding)(i->rm & 7);
}

FP_VBODY(to_int, s, uint32_t,
	 (uint32_t)fp_slow_to_int(cpu, SF_SINGLE, a, (unsigned int)i->imm,
				  i->rm &TO_UNSIGNED, 32, rounding_of(i)))
static FP_VBODY(to_int, d, uint64_t,
		fp_slow_to_int(cpu, SF_DOUBLE, a, (unsigned int)i->imm,
			       i->rm &TO_UNSIGNED, 64, rounding_of(i)))
static FP_VBODY(to_int_trunc, s, uint32_t, fp_to_i32_s(cpu, a))
static FP_VBODY(to_int_trunc, d, uint64_t, fp_to_i64_d(cpu, a))
static FP_VBODY(to_uint_trunc, s, uint32_t, fp_to_u32_s(cpu, a))
static FP_VBODY(to_uint_trunc, d, uint64_t, fp_to_u64_d(cpu, a))

#ifdef HOST_FP
FP_PACKED(to_i32_4s, s, true, exec_fpv_to_int_s, , host_vto_i32(a, &r))
FP_PACKED(to_i32_2s, s, false, exec_fpv_to_int_s, , host_vto_i32(a, &r))
#endif

static bool format_to_int(uint32_t word, struct insn *out, enum sf_rounding r)
{
	bool uns = FLD(word, 29, 29);

	if (!fp_format_simd(word, out, exec_fpv_to_int_d))
		return false;
	out->rm = r | (uns ? TO_UNSIGNED : 0);
	return true;
}

/* FCVTN[SU], FCVTP, FCVTM, FCVTZ: bits 23 and 12 are the rounding mode. */
bool fmt_fpv_to_int(uint32_t word, struct insn *out)
{
	enum sf_rounding r =
		(enum sf_rounding)(FLD(word, 12, 12) << 1 | FLD(word, 23, 23));
	bool dbl = FLD(word, 22, 22);

	if (!format_to_int(word, out, r))
		return false;
	if (r == SF_TOZERO && out->rm & TO_UNSIGNED)
		out->fn = dbl ? exec_fpv_to_uint_trunc_d
			      : exec_fpv_to_uint_trunc_s;
	else if (r == SF_TOZERO)
		out->fn =
			dbl ? exec_fpv_to_int_trunc_d : exec_fpv_to_int_trunc_s;
#ifdef HOST_FP
	if (r == SF_TOZERO && !(out->rm & TO_UNSIGNED))
		fp_choose_packed(out, exec_fpv_to_i32_4s, exec_fpv_to_i32_2s,
				 out->fn, word);
#endif
	return true;
}

bool fmt_fpv_to_int_away(uint32_t word, struct insn *out)
{
	return format_to_int(word, out, SF_TIEAWAY);
}

/*
 * Shift by immediate encodings: the row has fixed the leading one of immh to
 * that of word or doubleword elements.
 */
static bool format_fixed(uint32_t word, struct insn *out, insn_fn *body_s,
			 insn_fn *body_d)
{
	unsigned int immhb = FLD(word, 22, 16);
	bool q = FLD(word, 30, 30), dbl = immhb >= 64;

	out->rd = FLD(word, 4, 0);
	out->rn = FLD(word, 9, 5);
	out->rm = FLD(word, 29, 29) ? TO_UNSIGNED : 0;
	out->imm = (dbl ? 128 : 64) - (int)immhb;
	out->aux = FLD(word, 28, 28) ? 1 : q && !dbl ? 4 : 2;
	out->fn = dbl ? body_d : body_s;
	return q || !dbl;
}

bool fmt_fpv_to_fixed(uint32_t word, struct insn *out)
{
	if (!format_fixed(word, out, exec_fpv_to_int_s, exec_fpv_to_int_d))
		return false;
	out->rm |= SF_TOZERO;
	return true;
}

/* ---- from integer ------------------------------------------------------- */

FP_VBODY(from_int, s, uint32_t, fp_from_i64_s(cpu, (int32_t)a))
static FP_VBODY(from_int, d, uint64_t, fp_from_i64_d(cpu, (int64_t)a))
FP_VBODY(from_uint, s, uint32_t, fp_from_i64_s(cpu, a))
static FP_VBODY(from_uint, d, uint64_t, fp_from_u64_d(cpu, a))

#ifdef HOST_FP
FP_PACKED(from_i32_4s, s, true, exec_fpv_from_int_s, ,
	  (r = host_vfrom_i32(a), true))
FP_PACKED(from_i32_2s, s, false, exec_fpv_from_int_s, ,
	  (r = host_vfrom_i32(a), true))
#endif

bool fmt_fpv_from_int(uint32_t word, struct insn *out)
{
	if (!fp_format_simd(word, out, exec_fpv_from_int_d))
		return false;
#ifdef HOST_FP
	fp_choose_packed(out, exec_fpv_from_i32_4s, exec_fpv_from_i32_2s,
			 out->fn, word);
#endif
	return true;
}

FP_VFORMAT(from_uint)

FP_VBODY(from_fixed, s, uint32_t,
	 (uint32_t)fp_slow_from_int(cpu, SF_SINGLE,
				    i->rm &TO_UNSIGNED ? a
						       : (uint64_t)(int32_t)a,
				    (unsigned int)i->imm, i->rm &TO_UNSIGNED))
static FP_VBODY(from_fixed, d, uint64_t,
		fp_slow_from_int(cpu, SF_DOUBLE, a, (unsigned int)i->imm,
				 i->rm &TO_UNSIGNED))

bool fmt_fpv_from_fixed(uint32_t word, struct insn *out)
{
	return format_fixed(word, out, exec_fpv_from_fixed_s,
			    exec_fpv_from_fixed_d);
}
