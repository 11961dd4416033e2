/* SPDX-License-Identifier: MIT */
/*
 * SVE2 integers of the including unit's size: complex numbers, products with one element
 * of each 128 bits. Included after sve2-body.h.
 */

/* ---- complex numbers ----------------------------------------------------- */

/* Pairs of a real and an imaginary part. By one quarter of a turn or by three. */
static ALWAYS_INLINE void add_turned(struct cpu *cpu, const struct insn *i,
				     elem_op2 *add, elem_op2 *sub)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	union sve_z *d = sve_dst(cpu, i->rd);
	bool three = i->form == 3;

	for (unsigned int e = 0; e < elements(cpu); e += 2) {
		elem_t n_re = n->SVE_LANE[e], n_im = n->SVE_LANE[e + 1];
		elem_t m_re = m->SVE_LANE[e], m_im = m->SVE_LANE[e + 1];

		d->SVE_LANE[e] = three ? add(n_re, m_im) : sub(n_re, m_im);
		d->SVE_LANE[e + 1] = three ? sub(n_im, m_re) : add(n_im, m_re);
	}
	sve_done(cpu, i->rd);
}

static void sve_cadd(struct cpu *cpu, const struct insn *i)
{
	add_turned(cpu, i, op_add, op_sub);
}

static void sve_sqcadd(struct cpu *cpu, const struct insn *i)
{
	add_turned(cpu, i, op_sqadd, op_sqsub);
}

static elem_t op_mla(elem_t d, elem_t a, elem_t b)
{
	return d + op_mul(a, b);
}

static elem_t op_mls(elem_t d, elem_t a, elem_t b)
{
	return d - op_mul(a, b);
}

/* @by_number: Zm's pair of the number in imm, of each 128 bits. */
static ALWAYS_INLINE void complex_products(struct cpu *cpu,
					   const struct insn *i, elem_op3 *add,
					   elem_op3 *sub, bool by_number)
{
	bool turned = i->form & 1, neg_re = i->form == 1 || i->form == 2;
	const union sve_z *n = sve_src(cpu, i->rn);
	union sve_z *m = &cpu->sve->tmp[0], *d;
	const unsigned int per_q = 128 / SVE_BITS;

	/* Zm may be Zd, and is not read at the element that is written. */
	*m = *sve_src(cpu, i->rm);
	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < elements(cpu); e += 2) {
		unsigned int from =
			by_number ? e - e % per_q + 2 * (unsigned int)i->imm
				  : e;
		elem_t a = n->SVE_LANE[e + turned];
		elem_t re = m->SVE_LANE[from + turned];
		elem_t im = m->SVE_LANE[from + !turned];

		d->SVE_LANE[e] = neg_re ? sub(d->SVE_LANE[e], a, re)
					: add(d->SVE_LANE[e], a, re);
		d->SVE_LANE[e + 1] = i->form >= 2
					     ? sub(d->SVE_LANE[e + 1], a, im)
					     : add(d->SVE_LANE[e + 1], a, im);
	}
	sve_done(cpu, i->rd);
}

static void sve_cmla(struct cpu *cpu, const struct insn *i)
{
	complex_products(cpu, i, op_mla, op_mls, false);
}

static void sve_sqrdcmlah(struct cpu *cpu, const struct insn *i)
{
	complex_products(cpu, i, op_sqrdmlah, op_sqrdmlsh, false);
}

#if SVE_BITS == 16 || SVE_BITS == 32
static void sve_cmla_elem(struct cpu *cpu, const struct insn *i)
{
	complex_products(cpu, i, op_mla, op_mls, true);
}

static void sve_sqrdcmlah_elem(struct cpu *cpu, const struct insn *i)
{
	complex_products(cpu, i, op_sqrdmlah, op_sqrdmlsh, true);
}
#endif

#if SVE_BITS >= 32
/* Two products of complex numbers: their real part, or turned their imaginary one. */
static ALWAYS_INLINE void complex_dot(struct cpu *cpu, const struct insn *i,
				      bool by_number)
{
	bool turned = i->form & 1, sub = i->form == 0 || i->form == 3;
	const union sve_z *n = sve_src(cpu, i->rn);
	union sve_z *m = &cpu->sve->tmp[0], *d;
	const unsigned int per_q = 128 / SVE_BITS;

	*m = *sve_src(cpu, i->rm);
	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < elements(cpu); e++) {
		unsigned int from =
			by_number ? e - e % per_q + (unsigned int)i->imm : e;
		elem_t sum = d->SVE_LANE[e];

		for (unsigned int k = 0; k < 4; k += 2) {
			elem_t re =
				(elem_t)(squarter_t)n->SVE_QUARTER[4 * e + k];
			elem_t im = (elem_t)(squarter_t)
					    n->SVE_QUARTER[4 * e + k + 1];

			re *= (elem_t)(squarter_t)
				      m->SVE_QUARTER[4 * from + k + turned];
			im *= (elem_t)(squarter_t)
				      m->SVE_QUARTER[4 * from + k + !turned];
			sum += sub ? re - im : re + im;
		}
		d->SVE_LANE[e] = sum;
	}
	sve_done(cpu, i->rd);
}

static void sve_cdot(struct cpu *cpu, const struct insn *i)
{
	complex_dot(cpu, i, false);
}

static void sve_cdot_elem(struct cpu *cpu, const struct insn *i)
{
	complex_dot(cpu, i, true);
}
#endif

/* ---- by element ---------------------------------------------------------- */

#if SVE_BITS >= 16
static ALWAYS_INLINE void all3_elem(struct cpu *cpu, const struct insn *i,
				    elem_op3 *op)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	union sve_z *m = &cpu->sve->tmp[0], *d;
	const unsigned int per_q = 128 / SVE_BITS;

	*m = *sve_src(cpu, i->rm);
	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < elements(cpu); e++)
		d->SVE_LANE[e] = op(d->SVE_LANE[e], n->SVE_LANE[e],
				    m->SVE_LANE[e - e % per_q + i->imm]);
	sve_done(cpu, i->rd);
}

static elem_t op3_mul(elem_t d, elem_t a, elem_t b)
{
	return op_mul(a, b);
}

static elem_t op3_sqdmulh(elem_t d, elem_t a, elem_t b)
{
	return op_sqdmulh(a, b);
}

static elem_t op3_sqrdmulh(elem_t d, elem_t a, elem_t b)
{
	return op_sqrdmulh(a, b);
}

static void sve_mla_elem(struct cpu *cpu, const struct insn *i)
{
	all3_elem(cpu, i, op_mla);
}

static void sve_mls_elem(struct cpu *cpu, const struct insn *i)
{
	all3_elem(cpu, i, op_mls);
}

static void sve_sqrdmlah_elem(struct cpu *cpu, const struct insn *i)
{
	all3_elem(cpu, i, op_sqrdmlah);
}

static void sve_sqrdmlsh_elem(struct cpu *cpu, const struct insn *i)
{
	all3_elem(cpu, i, op_sqrdmlsh);
}

static void sve_mul_elem(struct cpu *cpu, const struct insn *i)
{
	all3_elem(cpu, i, op3_mul);
}

static void sve_sqdmulh_elem(struct cpu *cpu, const struct insn *i)
{
	all3_elem(cpu, i, op3_sqdmulh);
}

static void sve_sqrdmulh_elem(struct cpu *cpu, const struct insn *i)
{
	all3_elem(cpu, i, op3_sqrdmulh);
}

#endif

static insn_fn *sve2_complex_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_CADD: return sve_cadd;
	case A64_SVE_SQCADD: return sve_sqcadd;
	case A64_SVE_CMLA: return sve_cmla;
	case A64_SVE_SQRDCMLAH: return sve_sqrdcmlah;
#if SVE_BITS == 16 || SVE_BITS == 32
	case A64_SVE_CMLA_elem: return sve_cmla_elem;
	case A64_SVE_SQRDCMLAH_elem: return sve_sqrdcmlah_elem;
#endif
#if SVE_BITS >= 32
	case A64_SVE_CDOT: return sve_cdot;
	case A64_SVE_CDOT_elem: return sve_cdot_elem;
#endif
#if SVE_BITS >= 16
	case A64_SVE_MLA_elem: return sve_mla_elem;
	case A64_SVE_MLS_elem: return sve_mls_elem;
	case A64_SVE_SQRDMLAH_elem: return sve_sqrdmlah_elem;
	case A64_SVE_SQRDMLSH_elem: return sve_sqrdmlsh_elem;
	case A64_SVE_MUL_elem: return sve_mul_elem;
	case A64_SVE_SQDMULH_elem: return sve_sqdmulh_elem;
	case A64_SVE_SQRDMULH_elem: return sve_sqrdmulh_elem;
#endif
	default: return NULL;
	}
}
