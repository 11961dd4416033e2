/* SPDX-License-Identifier: MIT */
/*
 * SVE: floating point of one element type, that of the including unit
 * (fp-half.c, fp-single.c, fp-double.c), which defines FP_BITS. Inactive
 * elements are not computed, so they raise no flags.
 */
#include "cpu/fp/element.h"
#include "cpu/sve/fp.h"

#define FP_SIZE  (FP_BITS == 16 ? SIZE_H : FP_BITS == 32 ? SIZE_W : SIZE_X)
#define FP_PER_Q (128 / FP_BITS)

static inline unsigned int elements(const struct cpu *cpu)
{
	return sve_vl(cpu) * 8 / FP_BITS;
}

static inline bool active(const struct cpu *cpu, const struct insn *i,
			  unsigned int e)
{
	return i->aux == SVE_NO_PREDICATE ||
	       sve_active(sve_p(cpu, i->aux), e, FP_SIZE);
}

/* ---- two sources --------------------------------------------------------- */

/* By @op; of the reversed ones the constant is the first. */
static ALWAYS_INLINE void binary(struct cpu *cpu, const struct insn *i,
				 fp_op2 *op, bool reversed)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	union sve_z *d = sve_dst(cpu, i->rd);
	unsigned int e, k = elements(cpu);

	if (i->form & SVE_IMMEDIATE) {
		for (e = 0; e < k; e++)
			if (active(cpu, i, e))
				d->FP_LANE[e] = reversed
							? op(cpu, (fp_t)i->imm,
							     n->FP_LANE[e])
							: op(cpu, n->FP_LANE[e],
							     (fp_t)i->imm);
	} else if (i->aux == SVE_NO_PREDICATE) {
		for (e = 0; e < k; e++)
			d->FP_LANE[e] = op(cpu, n->FP_LANE[e], m->FP_LANE[e]);
	} else {
		for (e = 0; e < k; e++)
			if (active(cpu, i, e))
				d->FP_LANE[e] =
					op(cpu, n->FP_LANE[e], m->FP_LANE[e]);
	}
	sve_done(cpu, i->rd);
}

static void sve_fadd(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, fp_add, false);
}

static void sve_fsub(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, fp_sub, false);
}

static void sve_fsubr_imm(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, fp_sub, true);
}

static void sve_fmul(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, fp_mul, false);
}

static void sve_fmulx(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, fp_mulx, false);
}

static void sve_fdiv(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, fp_div, false);
}

static void sve_fmax(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, fp_max, false);
}

static void sve_fmin(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, fp_min, false);
}

static void sve_fmaxnm(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, fp_maxnm, false);
}

static void sve_fminnm(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, fp_minnm, false);
}

static fp_t element_fabd(struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_abs(fp_sub(cpu, a, b));
}

static void sve_fabd(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, element_fabd, false);
}

static fp_t element_fscale(struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_slow_scale(cpu, FP_FORMAT, a, sext64(b, FP_BITS));
}

static void sve_fscale(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, element_fscale, false);
}

static fp_t element_frecps(struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_slow2(cpu, sf_recps, FP_FORMAT, a, b);
}

static void sve_frecps(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, element_frecps, false);
}

static fp_t element_frsqrts(struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_slow2(cpu, sf_rsqrts, FP_FORMAT, a, b);
}

static void sve_frsqrts(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, element_frsqrts, false);
}

/* FPTrigSMul: the square with the sign of what bit 0 of @b is. */
static fp_t element_ftsmul(struct cpu *cpu, fp_t a, fp_t b)
{
	fp_t r = fp_mul(cpu, a, a);

	return fp_is_nan(r) ? r : fp_abs(r) | (b & 1 ? FP_SIGN : 0);
}

static void sve_ftsmul(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, element_ftsmul, false);
}

/* FPTrigSSel: itself or one, as the quadrant @b says. */
static fp_t element_ftssel(struct cpu *cpu, fp_t a, fp_t b)
{
	return (b & 1 ? FP_POWER(0) : a) ^ (b & 2 ? FP_SIGN : 0);
}

static void sve_ftssel(struct cpu *cpu, const struct insn *i)
{
	binary(cpu, i, element_ftssel, false);
}

static void sve_fmul_elem(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	union sve_z *d = sve_dst(cpu, i->rd);
	unsigned int k = elements(cpu);

	for (unsigned int q = 0; q < k; q += FP_PER_Q) {
		fp_t b = m->FP_LANE[q + i->imm];

		for (unsigned int e = q; e < q + FP_PER_Q; e++)
			d->FP_LANE[e] = fp_mul(cpu, n->FP_LANE[e], b);
	}
	sve_done(cpu, i->rd);
}

/* ---- multiply and add ---------------------------------------------------- */

/* What @op negates of the first factor and of the addend. */
static inline fp_t negates_factor(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_FMLS:
	case A64_SVE_FMSB:
	case A64_SVE_FNMLA:
	case A64_SVE_FNMAD:
	case A64_SVE_FMLS_elem_h:
	case A64_SVE_FMLS_elem_s:
	case A64_SVE_FMLS_elem_d: return FP_SIGN;
	default: return 0;
	}
}

static inline fp_t negates_addend(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_FNMLA:
	case A64_SVE_FNMAD:
	case A64_SVE_FNMLS:
	case A64_SVE_FNMSB: return FP_SIGN;
	default: return 0;
	}
}

static void sve_muladd(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	const union sve_z *a = sve_src(cpu, i->ra);
	union sve_z *d = sve_dst(cpu, i->rd);
	fp_t neg_n = negates_factor(i), neg_a = negates_addend(i);
	unsigned int k = elements(cpu);

	for (unsigned int e = 0; e < k; e++)
		if (active(cpu, i, e))
			d->FP_LANE[e] = fp_slow_muladd(
				cpu, FP_FORMAT, a->FP_LANE[e] ^ neg_a,
				n->FP_LANE[e] ^ neg_n, m->FP_LANE[e]);
	sve_done(cpu, i->rd);
}

static void sve_muladd_elem(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	const union sve_z *a = sve_src(cpu, i->rd);
	union sve_z *d = sve_dst(cpu, i->rd);
	fp_t neg_n = negates_factor(i);
	unsigned int k = elements(cpu);

	for (unsigned int q = 0; q < k; q += FP_PER_Q) {
		fp_t b = m->FP_LANE[q + i->imm];

		for (unsigned int e = q; e < q + FP_PER_Q; e++)
			d->FP_LANE[e] =
				fp_slow_muladd(cpu, FP_FORMAT, a->FP_LANE[e],
					       n->FP_LANE[e] ^ neg_n, b);
	}
	sve_done(cpu, i->rd);
}

#if FP_BITS > 16
/* The same by a host with FMA. */
HOST_FMA static void sve_muladd_fma(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	const union sve_z *a = sve_src(cpu, i->ra);
	union sve_z *d = sve_dst(cpu, i->rd);
	fp_t neg_n = negates_factor(i), neg_a = negates_addend(i), r;
	unsigned int k = elements(cpu);

	for (unsigned int e = 0; e < k; e++) {
		if (!active(cpu, i, e))
			continue;
		if (unlikely(!fp_try_muladd(cpu, a->FP_LANE[e] ^ neg_a,
					    n->FP_LANE[e] ^ neg_n,
					    m->FP_LANE[e], &r)))
			r = fp_slow_muladd(
				cpu, FP_FORMAT, a->FP_LANE[e] ^ neg_a,
				n->FP_LANE[e] ^ neg_n, m->FP_LANE[e]);
		d->FP_LANE[e] = r;
	}
	sve_done(cpu, i->rd);
}
#endif

/* ---- complex numbers ----------------------------------------------------- */

/* Pairs of a real and an imaginary part; form: quarters of a turn. */
static void sve_fcadd(struct cpu *cpu, const struct insn *i)
{
	fp_t neg_re = i->form == 1 ? FP_SIGN : 0, neg_im = neg_re ^ FP_SIGN;
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	union sve_z *d = sve_dst(cpu, i->rd);
	unsigned int k = elements(cpu);

	for (unsigned int e = 0; e < k; e += 2) {
		fp_t re = m->FP_LANE[e], im = m->FP_LANE[e + 1];

		if (active(cpu, i, e))
			d->FP_LANE[e] = fp_add(cpu, n->FP_LANE[e], im ^ neg_re);
		if (active(cpu, i, e + 1))
			d->FP_LANE[e + 1] =
				fp_add(cpu, n->FP_LANE[e + 1], re ^ neg_im);
	}
	sve_done(cpu, i->rd);
}

/* @step: 0: all by the number of Zm's 128 bits that imm says. */
static ALWAYS_INLINE void complex_muladd(struct cpu *cpu, const struct insn *i,
					 bool by_number)
{
	bool turned = i->form & 1;
	fp_t neg_re = i->form == 1 || i->form == 2 ? FP_SIGN : 0;
	fp_t neg_im = i->form >= 2 ? FP_SIGN : 0;
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	union sve_z *d;
	unsigned int k = elements(cpu);
	fp_t re = 0, im = 0;

	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < k; e += 2) {
		fp_t a = n->FP_LANE[e + turned];

		if (!by_number) {
			re = m->FP_LANE[e + turned];
			im = m->FP_LANE[e + !turned];
		} else if (e % FP_PER_Q == 0) {
			re = m->FP_LANE[e + 2 * i->imm + turned];
			im = m->FP_LANE[e + 2 * i->imm + !turned];
		}
		if (active(cpu, i, e))
			d->FP_LANE[e] = fp_slow_muladd(
				cpu, FP_FORMAT, d->FP_LANE[e], a, re ^ neg_re);
		if (active(cpu, i, e + 1))
			d->FP_LANE[e + 1] = fp_slow_muladd(cpu, FP_FORMAT,
							   d->FP_LANE[e + 1], a,
							   im ^ neg_im);
	}
	sve_done(cpu, i->rd);
}

static void sve_fcmla(struct cpu *cpu, const struct insn *i)
{
	complex_muladd(cpu, i, false);
}

#if FP_BITS < 64
static void sve_fcmla_elem(struct cpu *cpu, const struct insn *i)
{
	complex_muladd(cpu, i, true);
}
#endif

/* ---- choice -------------------------------------------------------------- */

static insn_fn *binary_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_FADD:
	case A64_SVE_FADD_zz:
	case A64_SVE_FADD_imm: return sve_fadd;
	case A64_SVE_FSUB:
	case A64_SVE_FSUB_zz:
	case A64_SVE_FSUB_imm:
	case A64_SVE_FSUBR: return sve_fsub;
	case A64_SVE_FSUBR_imm: return sve_fsubr_imm;
	case A64_SVE_FMUL:
	case A64_SVE_FMUL_zz:
	case A64_SVE_FMUL_imm: return sve_fmul;
	case A64_SVE_FMUL_elem_h:
	case A64_SVE_FMUL_elem_s:
	case A64_SVE_FMUL_elem_d: return sve_fmul_elem;
	case A64_SVE_FMULX: return sve_fmulx;
	case A64_SVE_FDIV:
	case A64_SVE_FDIVR: return sve_fdiv;
	case A64_SVE_FMAX:
	case A64_SVE_FMAX_imm: return sve_fmax;
	case A64_SVE_FMIN:
	case A64_SVE_FMIN_imm: return sve_fmin;
	case A64_SVE_FMAXNM:
	case A64_SVE_FMAXNM_imm: return sve_fmaxnm;
	case A64_SVE_FMINNM:
	case A64_SVE_FMINNM_imm: return sve_fminnm;
	case A64_SVE_FABD: return sve_fabd;
	case A64_SVE_FSCALE: return sve_fscale;
	case A64_SVE_FRECPS: return sve_frecps;
	case A64_SVE_FRSQRTS: return sve_frsqrts;
	case A64_SVE_FTSMUL: return sve_ftsmul;
	case A64_SVE_FTSSEL: return sve_ftssel;
	case A64_SVE_FCADD: return sve_fcadd;
	default: return NULL;
	}
}

static insn_fn *muladd_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_FMLA:
	case A64_SVE_FMLS:
	case A64_SVE_FNMLA:
	case A64_SVE_FNMLS:
	case A64_SVE_FMAD:
	case A64_SVE_FMSB:
	case A64_SVE_FNMAD:
	case A64_SVE_FNMSB:
#if FP_BITS > 16
		if (fp_has_fma())
			return sve_muladd_fma;
#endif
		return sve_muladd;
	case A64_SVE_FMLA_elem_h:
	case A64_SVE_FMLA_elem_s:
	case A64_SVE_FMLA_elem_d:
	case A64_SVE_FMLS_elem_h:
	case A64_SVE_FMLS_elem_s:
	case A64_SVE_FMLS_elem_d: return sve_muladd_elem;
	case A64_SVE_FCMLA: return sve_fcmla;
#if FP_BITS < 64
	case A64_SVE_FCMLA_elem_h:
	case A64_SVE_FCMLA_elem_s: return sve_fcmla_elem;
#endif
	default: return NULL;
	}
}
