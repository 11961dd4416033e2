/* SPDX-License-Identifier: MIT */
/*
 * SVE2 integers: sources of the including unit's size, results of half of it: to the odd
 * halves (top), where the even ones stay, or the even ones, where the odd ones are zero then.
 * Included after sve2-body.h.
 */

/* A result of two elements, or of one and a shift's amount. */
typedef half_t narrow_op(elem_t a, elem_t b, unsigned int by);

static ALWAYS_INLINE void narrow(struct cpu *cpu, const struct insn *i,
				 narrow_op *op, bool two)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const union sve_z *m = two ? sve_src(cpu, i->rm) : n;
	unsigned int top = !!(i->form & SVE_TOP_D);
	union sve_z *d;

	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < elements(cpu); e++) {
		half_t r = op(n->SVE_LANE[e], m->SVE_LANE[e],
			      (unsigned int)i->imm);

		if (!top)
			d->SVE_HALF[2 * e + 1] = 0;
		d->SVE_HALF[2 * e + top] = r;
	}
	sve_done(cpu, i->rd);
}

#define HALF_BITS (SVE_BITS / 2)
#define HALF_MAX  ((shalf_t)((half_t)-1 >> 1))

static inline half_t half_saturated(swide_t v)
{
	const swide_t most = HALF_MAX;

	return (half_t)(v > most ? most : v < -most - 1 ? -most - 1 : v);
}

static inline half_t half_saturated_unsigned(swide_t v)
{
	const swide_t most = (half_t)-1;

	return (half_t)(v > most ? most : v < 0 ? 0 : v);
}

/* ---- shifts -------------------------------------------------------------- */

static inline swide_t rounded(swide_t v, unsigned int by)
{
	return (swide_t)(v + ((swide_t)1 << (by - 1))) >> by;
}

static half_t narrow_sqshrun(elem_t a, elem_t b, unsigned int by)
{
	return half_saturated_unsigned((selem_t)a >> by);
}

static half_t narrow_sqrshrun(elem_t a, elem_t b, unsigned int by)
{
	return half_saturated_unsigned(rounded((selem_t)a, by));
}

static half_t narrow_shrn(elem_t a, elem_t b, unsigned int by)
{
	return (half_t)(a >> by);
}

static half_t narrow_rshrn(elem_t a, elem_t b, unsigned int by)
{
	return (half_t)rounded(a, by);
}

static half_t narrow_sqshrn(elem_t a, elem_t b, unsigned int by)
{
	return half_saturated((selem_t)a >> by);
}

static half_t narrow_sqrshrn(elem_t a, elem_t b, unsigned int by)
{
	return half_saturated(rounded((selem_t)a, by));
}

static half_t narrow_uqshrn(elem_t a, elem_t b, unsigned int by)
{
	return half_saturated_unsigned(a >> by);
}

static half_t narrow_uqrshrn(elem_t a, elem_t b, unsigned int by)
{
	return half_saturated_unsigned(rounded(a, by));
}

/* ---- sums, saturation ---------------------------------------------------- */

static half_t narrow_addhn(elem_t a, elem_t b, unsigned int by)
{
	return (half_t)((elem_t)(a + b) >> HALF_BITS);
}

static half_t narrow_raddhn(elem_t a, elem_t b, unsigned int by)
{
	const elem_t half = (elem_t)1 << (HALF_BITS - 1);

	return (half_t)((elem_t)(a + b + half) >> HALF_BITS);
}

static half_t narrow_subhn(elem_t a, elem_t b, unsigned int by)
{
	return (half_t)((elem_t)(a - b) >> HALF_BITS);
}

static half_t narrow_rsubhn(elem_t a, elem_t b, unsigned int by)
{
	const elem_t half = (elem_t)1 << (HALF_BITS - 1);

	return (half_t)((elem_t)(a - b + half) >> HALF_BITS);
}

static half_t narrow_sqxtn(elem_t a, elem_t b, unsigned int by)
{
	return half_saturated((selem_t)a);
}

static half_t narrow_uqxtn(elem_t a, elem_t b, unsigned int by)
{
	return half_saturated_unsigned(a);
}

static half_t narrow_sqxtun(elem_t a, elem_t b, unsigned int by)
{
	return half_saturated_unsigned((selem_t)a);
}

static void sve_sqshrun(struct cpu *cpu, const struct insn *i)
{
	narrow(cpu, i, narrow_sqshrun, false);
}

static void sve_sqrshrun(struct cpu *cpu, const struct insn *i)
{
	narrow(cpu, i, narrow_sqrshrun, false);
}

static void sve_shrn(struct cpu *cpu, const struct insn *i)
{
	narrow(cpu, i, narrow_shrn, false);
}

static void sve_rshrn(struct cpu *cpu, const struct insn *i)
{
	narrow(cpu, i, narrow_rshrn, false);
}

static void sve_sqshrn(struct cpu *cpu, const struct insn *i)
{
	narrow(cpu, i, narrow_sqshrn, false);
}

static void sve_sqrshrn(struct cpu *cpu, const struct insn *i)
{
	narrow(cpu, i, narrow_sqrshrn, false);
}

static void sve_uqshrn(struct cpu *cpu, const struct insn *i)
{
	narrow(cpu, i, narrow_uqshrn, false);
}

static void sve_uqrshrn(struct cpu *cpu, const struct insn *i)
{
	narrow(cpu, i, narrow_uqrshrn, false);
}

static void sve_addhn(struct cpu *cpu, const struct insn *i)
{
	narrow(cpu, i, narrow_addhn, true);
}

static void sve_raddhn(struct cpu *cpu, const struct insn *i)
{
	narrow(cpu, i, narrow_raddhn, true);
}

static void sve_subhn(struct cpu *cpu, const struct insn *i)
{
	narrow(cpu, i, narrow_subhn, true);
}

static void sve_rsubhn(struct cpu *cpu, const struct insn *i)
{
	narrow(cpu, i, narrow_rsubhn, true);
}

static void sve_sqxtn(struct cpu *cpu, const struct insn *i)
{
	narrow(cpu, i, narrow_sqxtn, false);
}

static void sve_uqxtn(struct cpu *cpu, const struct insn *i)
{
	narrow(cpu, i, narrow_uqxtn, false);
}

static void sve_sqxtun(struct cpu *cpu, const struct insn *i)
{
	narrow(cpu, i, narrow_sqxtun, false);
}

static insn_fn *sve2_narrow_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_SQSHRUN: return sve_sqshrun;
	case A64_SVE_SQRSHRUN: return sve_sqrshrun;
	case A64_SVE_SHRN: return sve_shrn;
	case A64_SVE_RSHRN: return sve_rshrn;
	case A64_SVE_SQSHRN: return sve_sqshrn;
	case A64_SVE_SQRSHRN: return sve_sqrshrn;
	case A64_SVE_UQSHRN: return sve_uqshrn;
	case A64_SVE_UQRSHRN: return sve_uqrshrn;
	case A64_SVE_ADDHN: return sve_addhn;
	case A64_SVE_RADDHN: return sve_raddhn;
	case A64_SVE_SUBHN: return sve_subhn;
	case A64_SVE_RSUBHN: return sve_rsubhn;
	case A64_SVE_SQXTN: return sve_sqxtn;
	case A64_SVE_UQXTN: return sve_uqxtn;
	case A64_SVE_SQXTUN: return sve_sqxtun;
	default: return NULL;
	}
}
