/* SPDX-License-Identifier: MIT */
/*
 * Bodies of vector conversions with integers and fixed point, lane by lane.
 * For the element type of the including unit; they do the scalar SIMD forms
 * too. Included after fp/vector-misc-body.h.
 */

/* The integer of an element's size, and towards zero to it. */
#if FP_BITS == 16
typedef int16_t fp_int_t;
#define FP_TRY_TO_SIGNED   fp_try_to_none
#define FP_TRY_TO_UNSIGNED fp_try_to_none
static inline bool fp_try_to_none(struct cpu *cpu, fp_t a, fp_t *r)
{
	return false;
}
#elif FP_BITS == 32
typedef int32_t fp_int_t;
#define FP_TRY_TO_SIGNED   fp_try_to_i32
#define FP_TRY_TO_UNSIGNED fp_try_to_u32
#else
typedef int64_t fp_int_t;
#define FP_TRY_TO_SIGNED   fp_try_to_i64
#define FP_TRY_TO_UNSIGNED fp_try_to_u64
#endif

/* ---- to integer ---------------------------------------------------------- */

/*
 * FCVTNS, FCVTNU, FCVTPS, FCVTPU, FCVTMS, FCVTMU, FCVTAS, FCVTAU, and FCVTZS,
 * FCVTZU to fixed point.
 */
static void exec_fcvt_int_v(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd];
	unsigned int e, lanes = i->aux;

	FP_CHECK;
	for (e = 0; e < lanes; e++)
		d->FP_LANE[e] = fp_slow_to_int(
			cpu, FP_FORMAT, cpu->vreg[i->rn].FP_LANE[e],
			(unsigned int)i->imm, i->form & FP_UNSIGNED, FP_BITS,
			fp_rounding(cpu, i));
	fp_clear_rest(d, lanes);
	NEXT;
}

static inline fp_t lane_fcvtzs(struct cpu *cpu, fp_t a)
{
	fp_t r;

	if (FP_TRY_TO_SIGNED(cpu, a, &r))
		return r;
	return fp_slow_to_int(cpu, FP_FORMAT, a, 0, false, FP_BITS, SF_TOZERO);
}

static void exec_fcvtzs_v(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_fcvtzs);
}

static inline fp_t lane_fcvtzu(struct cpu *cpu, fp_t a)
{
	fp_t r;

	if (FP_TRY_TO_UNSIGNED(cpu, a, &r))
		return r;
	return fp_slow_to_int(cpu, FP_FORMAT, a, 0, true, FP_BITS, SF_TOZERO);
}

static void exec_fcvtzu_v(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_fcvtzu);
}

/* ---- from integer -------------------------------------------------------- */

static inline fp_t lane_scvtf(struct cpu *cpu, fp_t a)
{
	fp_t r;

	if (fp_try_from_i64(cpu, (fp_int_t)a, &r))
		return r;
	return fp_slow_from_int(cpu, FP_FORMAT, (uint64_t)(fp_int_t)a, 0,
				false);
}

static void exec_scvtf_v(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_scvtf);
}

static inline fp_t lane_ucvtf(struct cpu *cpu, fp_t a)
{
	fp_t r;

	if (fp_try_from_u64(cpu, a, &r))
		return r;
	return fp_slow_from_int(cpu, FP_FORMAT, a, 0, true);
}

static void exec_ucvtf_v(struct cpu *cpu, const struct insn *i)
{
	lanes1(cpu, i, lane_ucvtf);
}

/* SCVTF, UCVTF from fixed point. */
static void exec_cvtf_fixed_v(struct cpu *cpu, const struct insn *i)
{
	union vreg *d = &cpu->vreg[i->rd];
	unsigned int e, lanes = i->aux;
	bool uns = i->form & FP_UNSIGNED;

	FP_CHECK;
	for (e = 0; e < lanes; e++) {
		fp_t a = cpu->vreg[i->rn].FP_LANE[e];

		d->FP_LANE[e] = fp_slow_from_int(
			cpu, FP_FORMAT, uns ? a : (uint64_t)(fp_int_t)a,
			(unsigned int)i->imm, uns);
	}
	fp_clear_rest(d, lanes);
	NEXT;
}

/* ---- choice -------------------------------------------------------------- */

static insn_fn *fcvt_int_body(const struct insn *i)
{
	if ((i->form & FP_ROUND_MASK) != FP_ROUND_Z)
		return exec_fcvt_int_v;
	return i->form & FP_UNSIGNED ? exec_fcvtzu_v : exec_fcvtzs_v;
}

static insn_fn *vector_convert_body(const struct insn *i)
{
	switch (i->op) {
	case A64_FCVT_int_vector:
	case A64_FCVT_int_simd: return fcvt_int_body(i);
	case A64_FCVTA_vector:
	case A64_FCVTA_simd:
	case A64_FCVTZ_fixed_word:
	case A64_FCVTZ_fixed_word_simd:
	case A64_FCVTZ_fixed_double:
	case A64_FCVTZ_fixed_double_simd: return exec_fcvt_int_v;
	case A64_SCVTF:
	case A64_SCVTF_simd: return exec_scvtf_v;
	case A64_UCVTF:
	case A64_UCVTF_simd: return exec_ucvtf_v;
	case A64_CVTF_fixed_word:
	case A64_CVTF_fixed_word_simd:
	case A64_CVTF_fixed_double:
	case A64_CVTF_fixed_double_simd: return exec_cvtf_fixed_v;
	default: return NULL;
	}
}
