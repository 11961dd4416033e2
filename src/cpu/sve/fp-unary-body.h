/* SPDX-License-Identifier: MIT */
/*
 * SVE: floating point of one element type with one source, across a vector, and
 * comparisons. Included after fp-body.h.
 */

/* ---- one source ---------------------------------------------------------- */

static ALWAYS_INLINE void unary(struct cpu *cpu, const struct insn *i,
				fp_op1 *op)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	union sve_z *d;
	unsigned int k = elements(cpu);

	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < k; e++)
		if (active(cpu, i, e))
			d->FP_LANE[e] = op(cpu, n->FP_LANE[e]);
	sve_done(cpu, i->rd);
}

static fp_t element_fabs(struct cpu *cpu, fp_t a)
{
	return fp_abs(a);
}

static void sve_fabs(struct cpu *cpu, const struct insn *i)
{
	unary(cpu, i, element_fabs);
}

static fp_t element_fneg(struct cpu *cpu, fp_t a)
{
	return a ^ FP_SIGN;
}

static void sve_fneg(struct cpu *cpu, const struct insn *i)
{
	unary(cpu, i, element_fneg);
}

static fp_t element_fsqrt(struct cpu *cpu, fp_t a)
{
	fp_t r;

	if (fp_try_sqrt(cpu, a, &r))
		return r;
	return fp_slow1(cpu, sf_sqrt, FP_FORMAT, a);
}

static void sve_fsqrt(struct cpu *cpu, const struct insn *i)
{
	unary(cpu, i, element_fsqrt);
}

static fp_t element_frecpe(struct cpu *cpu, fp_t a)
{
	return fp_slow1(cpu, sf_recpe, FP_FORMAT, a);
}

static void sve_frecpe(struct cpu *cpu, const struct insn *i)
{
	unary(cpu, i, element_frecpe);
}

static fp_t element_frsqrte(struct cpu *cpu, fp_t a)
{
	return fp_slow1(cpu, sf_rsqrte, FP_FORMAT, a);
}

static void sve_frsqrte(struct cpu *cpu, const struct insn *i)
{
	unary(cpu, i, element_frsqrte);
}

static fp_t element_frecpx(struct cpu *cpu, fp_t a)
{
	return fp_slow1(cpu, sf_recpx, FP_FORMAT, a);
}

static void sve_frecpx(struct cpu *cpu, const struct insn *i)
{
	unary(cpu, i, element_frecpx);
}

static fp_t element_fexpa(struct cpu *cpu, fp_t a)
{
	return (fp_t)sve_fexpa_element(FP_FORMAT, a);
}

static void sve_fexpa(struct cpu *cpu, const struct insn *i)
{
	unary(cpu, i, element_fexpa);
}

/* FRINTN, FRINTP, FRINTM, FRINTZ, FRINTA, FRINTX, FRINTI */
static void sve_frint(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	union sve_z *d;
	unsigned int k = elements(cpu);

	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < k; e++)
		if (active(cpu, i, e))
			d->FP_LANE[e] = fp_slow_round_int(
				cpu, FP_FORMAT, n->FP_LANE[e],
				fp_rounding(cpu, i), i->form == FP_ROUND_X);
	sve_done(cpu, i->rd);
}

/* FPTrigMAdd: one more step of a polynomial. */
static void sve_ftmad(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	union sve_z *d = sve_dst(cpu, i->rd);
	unsigned int k = elements(cpu);

	for (unsigned int e = 0; e < k; e++) {
		fp_t b = m->FP_LANE[e];
		uint64_t c = sve_ftmad_coefficient(
			FP_FORMAT, (unsigned int)i->imm, b & FP_SIGN);

		d->FP_LANE[e] = fp_slow_muladd(cpu, FP_FORMAT, c, n->FP_LANE[e],
					       fp_abs(b));
	}
	sve_done(cpu, i->rd);
}

/* FDUP, FCPY */
static void sve_fcopy(struct cpu *cpu, const struct insn *i)
{
	union sve_z *d;
	unsigned int k = elements(cpu);

	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < k; e++)
		if (active(cpu, i, e))
			d->FP_LANE[e] = (fp_t)i->imm;
	sve_done(cpu, i->rd);
}

/* ---- across a vector ----------------------------------------------------- */

static void put_scalar(struct cpu *cpu, const struct insn *i, fp_t r)
{
	union sve_z *d = sve_dst(cpu, i->rd);

	memset(d->b, 0, sve_vl(cpu));
	d->FP_LANE[0] = r;
	sve_done(cpu, i->rd);
}

/*
 * ReducePredicated: what is not active, and what is there beyond the vector up to
 * a power of two, counts as @identity; neighbours are the first.
 */
static ALWAYS_INLINE void across(struct cpu *cpu, const struct insn *i,
				 fp_op2 *op, fp_t identity)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	fp_t *v = cpu->sve->tmp[0].FP_LANE;
	unsigned int k = elements(cpu), e, all;

	for (all = 1; all < k;)
		all *= 2;
	for (e = 0; e < all; e++)
		v[e] = e < k && active(cpu, i, e) ? n->FP_LANE[e] : identity;
	for (; all > 1; all /= 2)
		for (e = 0; e < all / 2; e++)
			v[e] = op(cpu, v[2 * e], v[2 * e + 1]);
	put_scalar(cpu, i, v[0]);
}

static void sve_faddv(struct cpu *cpu, const struct insn *i)
{
	across(cpu, i, fp_add, 0);
}

static void sve_fmaxv(struct cpu *cpu, const struct insn *i)
{
	across(cpu, i, fp_max, FP_INF | FP_SIGN);
}

static void sve_fminv(struct cpu *cpu, const struct insn *i)
{
	across(cpu, i, fp_min, FP_INF);
}

#define FP_DEFAULT_NAN ((fp_t)(FP_INF | (FP_MIN_NORMAL >> 1)))

static void sve_fmaxnmv(struct cpu *cpu, const struct insn *i)
{
	across(cpu, i, fp_maxnm, FP_DEFAULT_NAN);
}

static void sve_fminnmv(struct cpu *cpu, const struct insn *i)
{
	across(cpu, i, fp_minnm, FP_DEFAULT_NAN);
}

/* In order. */
static void sve_fadda(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *m = sve_src(cpu, i->rm);
	fp_t r = sve_src(cpu, i->rn)->FP_LANE[0];
	unsigned int k = elements(cpu);

	for (unsigned int e = 0; e < k; e++)
		if (active(cpu, i, e))
			r = fp_add(cpu, r, m->FP_LANE[e]);
	put_scalar(cpu, i, r);
}

/* ---- comparisons --------------------------------------------------------- */

static ALWAYS_INLINE void compare(struct cpu *cpu, const struct insn *i,
				  fp_op2 *op)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	bool zero = i->form & SVE_IMMEDIATE;
	unsigned int k = elements(cpu);
	struct sve_p r = {{0}};

	for (unsigned int e = 0; e < k; e++) {
		unsigned int bit = e << FP_SIZE;

		if (active(cpu, i, e) &&
		    op(cpu, n->FP_LANE[e], zero ? 0 : m->FP_LANE[e]))
			r.w[bit / 64] |= BIT(bit % 64);
	}
	cpu->sve->p[i->rd] = r;
}

static void sve_fcmge(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, fp_cmge);
}

static void sve_fcmgt(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, fp_cmgt);
}

static void sve_fcmeq(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, fp_cmeq);
}

static fp_t element_fcmne(struct cpu *cpu, fp_t a, fp_t b)
{
	return (fp_t)~fp_cmeq(cpu, a, b);
}

static void sve_fcmne(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, element_fcmne);
}

static fp_t element_fcmle(struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_cmge(cpu, b, a);
}

static void sve_fcmle(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, element_fcmle);
}

static fp_t element_fcmlt(struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_cmgt(cpu, b, a);
}

static void sve_fcmlt(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, element_fcmlt);
}

static fp_t element_fcmuo(struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_slow_compare(cpu, FP_FORMAT, a, b, false) == SF_UNORDERED;
}

static void sve_fcmuo(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, element_fcmuo);
}

static fp_t element_facge(struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_cmge(cpu, fp_abs(a), fp_abs(b));
}

static void sve_facge(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, element_facge);
}

static fp_t element_facgt(struct cpu *cpu, fp_t a, fp_t b)
{
	return fp_cmgt(cpu, fp_abs(a), fp_abs(b));
}

static void sve_facgt(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, element_facgt);
}

/* ---- choice -------------------------------------------------------------- */

static insn_fn *unary_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_FABS: return sve_fabs;
	case A64_SVE_FNEG: return sve_fneg;
	case A64_SVE_FRINTN:
	case A64_SVE_FRINTP:
	case A64_SVE_FRINTM:
	case A64_SVE_FRINTZ:
	case A64_SVE_FRINTA:
	case A64_SVE_FRINTX:
	case A64_SVE_FRINTI: return sve_frint;
	case A64_SVE_FRECPX: return sve_frecpx;
	case A64_SVE_FSQRT: return sve_fsqrt;
	case A64_SVE_FRECPE: return sve_frecpe;
	case A64_SVE_FRSQRTE: return sve_frsqrte;
	case A64_SVE_FEXPA: return sve_fexpa;
	case A64_SVE_FTMAD: return sve_ftmad;
	case A64_SVE_FDUP:
	case A64_SVE_FCPY: return sve_fcopy;
	case A64_SVE_FADDV: return sve_faddv;
	case A64_SVE_FMAXNMV: return sve_fmaxnmv;
	case A64_SVE_FMINNMV: return sve_fminnmv;
	case A64_SVE_FMAXV: return sve_fmaxv;
	case A64_SVE_FMINV: return sve_fminv;
	case A64_SVE_FADDA: return sve_fadda;
	default: return NULL;
	}
}

static insn_fn *compare_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_FCMGE:
	case A64_SVE_FCMGE_zero: return sve_fcmge;
	case A64_SVE_FCMGT:
	case A64_SVE_FCMGT_zero: return sve_fcmgt;
	case A64_SVE_FCMEQ:
	case A64_SVE_FCMEQ_zero: return sve_fcmeq;
	case A64_SVE_FCMNE:
	case A64_SVE_FCMNE_zero: return sve_fcmne;
	case A64_SVE_FCMLE_zero: return sve_fcmle;
	case A64_SVE_FCMLT_zero: return sve_fcmlt;
	case A64_SVE_FCMUO: return sve_fcmuo;
	case A64_SVE_FACGE: return sve_facge;
	case A64_SVE_FACGT: return sve_facgt;
	default: return NULL;
	}
}
