/* SPDX-License-Identifier: MIT */
/*
 * SVE: floating point of one element type: products of matrices, neighbours, exponents (FEAT_F32MM,
 * FEAT_F64MM, SVE2). Included after fp-body.h.
 */

/* ---- products of matrices ------------------------------------------------ */

#if FP_BITS > 16
/* 2 x 2 by 2 x 2; of Zm the columns are where its rows would be. What is left over is
 * zero. FPMatMulAdd: each product and sum is rounded. */
static ALWAYS_INLINE void multiply_matrices(struct cpu *cpu,
					    const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	union sve_z *a = &cpu->sve->tmp[0];
	union sve_z *r = &cpu->sve->tmp[1];

	memcpy(a, sve_src(cpu, i->rd), sve_vl(cpu));
	memset(r, 0, sve_vl(cpu));
	for (unsigned int q = 0; q + 4 <= elements(cpu); q += 4)
		for (unsigned int e = q; e < q + 4; e++) {
			const fp_t *row = &n->FP_LANE[q + (e & 2)];
			const fp_t *column = &m->FP_LANE[q + 2 * (e & 1)];
			fp_t p0 = fp_mul(cpu, row[0], column[0]);
			fp_t p1 = fp_mul(cpu, row[1], column[1]);

			r->FP_LANE[e] =
				fp_add(cpu, a->FP_LANE[e], fp_add(cpu, p0, p1));
		}
	memcpy(sve_dst(cpu, i->rd), r, sve_vl(cpu));
	sve_done(cpu, i->rd);
}
#endif

#if FP_BITS == 32
static void sve_fmmla_single(struct cpu *cpu, const struct insn *i)
{
	multiply_matrices(cpu, i);
}
#elif FP_BITS == 64
void sve_fmmla_double(struct cpu *cpu, const struct insn *i)
{
	multiply_matrices(cpu, i);
}
#endif

/* ---- neighbours ---------------------------------------------------------- */

/* Of Zdn to the even elements, of Zm to the odd ones. */
static ALWAYS_INLINE void pairwise(struct cpu *cpu, const struct insn *i,
				   fp_op2 *op)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	union sve_z *d = sve_dst(cpu, i->rd);
	unsigned int k = elements(cpu);

	for (unsigned int e = 0; e < k; e += 2) {
		fp_t n0 = n->FP_LANE[e], n1 = n->FP_LANE[e + 1];
		fp_t m0 = m->FP_LANE[e], m1 = m->FP_LANE[e + 1];

		if (active(cpu, i, e))
			d->FP_LANE[e] = op(cpu, n0, n1);
		if (active(cpu, i, e + 1))
			d->FP_LANE[e + 1] = op(cpu, m0, m1);
	}
	sve_done(cpu, i->rd);
}

static void sve_faddp(struct cpu *cpu, const struct insn *i)
{
	pairwise(cpu, i, fp_add);
}

static void sve_fmaxp(struct cpu *cpu, const struct insn *i)
{
	pairwise(cpu, i, fp_max);
}

static void sve_fminp(struct cpu *cpu, const struct insn *i)
{
	pairwise(cpu, i, fp_min);
}

static void sve_fmaxnmp(struct cpu *cpu, const struct insn *i)
{
	pairwise(cpu, i, fp_maxnm);
}

static void sve_fminnmp(struct cpu *cpu, const struct insn *i)
{
	pairwise(cpu, i, fp_minnm);
}

/* ---- exponents ----------------------------------------------------------- */

static fp_t element_flogb(struct cpu *cpu, fp_t a)
{
	return fp_slow1(cpu, sf_logb, FP_FORMAT, a);
}

static void sve_flogb(struct cpu *cpu, const struct insn *i)
{
	unary(cpu, i, element_flogb);
}

static insn_fn *sve2_fp_work(const struct insn *i)
{
	switch (i->op) {
#if FP_BITS == 32
	case A64_SVE_FMMLA_s: return sve_fmmla_single;
#endif
	case A64_SVE_FADDP: return sve_faddp;
	case A64_SVE_FMAXP: return sve_fmaxp;
	case A64_SVE_FMINP: return sve_fminp;
	case A64_SVE_FMAXNMP: return sve_fmaxnmp;
	case A64_SVE_FMINNMP: return sve_fminnmp;
	case A64_SVE_FLOGB: return sve_flogb;
	default: return NULL;
	}
}
