/* SPDX-License-Identifier: MIT */
/*
 * SVE2 integers: results of the including unit's size, of sources of half of it; the odd
 * ones (top) or the even ones (bottom). Included after sve2-body.h.
 */

/* What becomes of a result's old value and two sources, which have its size now. */
static inline elem_t half_of(const union sve_z *z, unsigned int h,
			     bool is_signed)
{
	half_t v = z->SVE_HALF[h];

	return is_signed ? (elem_t)(shalf_t)v : v;
}

enum long_second { BY_VECTOR, BY_NUMBER, WIDE_FIRST };

/* @second: BY_NUMBER: the half of Zm's of that number, of each 128 bits; WIDE_FIRST: Zn
 * has elements of the result's size. */
static ALWAYS_INLINE void lengthen(struct cpu *cpu, const struct insn *i,
				   elem_op3 *op, bool is_signed,
				   enum long_second second)
{
	const unsigned int top_n = !!(i->form & SVE_TOP_N);
	const unsigned int top_m = !!(i->form & SVE_TOP_M);
	const unsigned int per_q = 128 / SVE_BITS;
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	union sve_z *d;

	/* Else nothing is read but at the element that is written. */
	if (second == BY_NUMBER)
		m = memcpy(&cpu->sve->tmp[0], m, sve_vl(cpu));
	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < elements(cpu); e++) {
		elem_t a = second == WIDE_FIRST
				   ? n->SVE_LANE[e]
				   : half_of(n, 2 * e + top_n, is_signed);
		unsigned int h =
			second == BY_NUMBER
				? 2 * (e - e % per_q) + (unsigned int)i->imm
				: 2 * e + top_m;

		d->SVE_LANE[e] =
			op(d->SVE_LANE[e], a, half_of(m, h, is_signed));
	}
	sve_done(cpu, i->rd);
}

static elem_t long_add(elem_t d, elem_t a, elem_t b)
{
	return a + b;
}

static elem_t long_sub(elem_t d, elem_t a, elem_t b)
{
	return a - b;
}

/* Unsigned ones are positive, too. */
static elem_t long_abd(elem_t d, elem_t a, elem_t b)
{
	return op_sabd(a, b);
}

static elem_t long_aba(elem_t d, elem_t a, elem_t b)
{
	return d + op_sabd(a, b);
}

static elem_t long_mul(elem_t d, elem_t a, elem_t b)
{
	return op_mul(a, b);
}

static elem_t long_mla(elem_t d, elem_t a, elem_t b)
{
	return d + op_mul(a, b);
}

static elem_t long_mls(elem_t d, elem_t a, elem_t b)
{
	return d - op_mul(a, b);
}

/* Twice a product saturates if both are the least. */
static elem_t long_sqdmul(elem_t d, elem_t a, elem_t b)
{
	return op_sqadd(op_mul(a, b), op_mul(a, b));
}

static elem_t long_sqdmla(elem_t d, elem_t a, elem_t b)
{
	return op_sqadd(d, long_sqdmul(d, a, b));
}

static elem_t long_sqdmls(elem_t d, elem_t a, elem_t b)
{
	return op_sqsub(d, long_sqdmul(d, a, b));
}

static elem_t long_pmul(elem_t d, elem_t a, elem_t b)
{
	elem_t r = 0;

	for (unsigned int k = 0; k < SVE_BITS / 2; k++)
		r ^= b >> k & 1 ? (elem_t)(a << k) : 0;
	return r;
}

static void sve_saddl(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_add, true, BY_VECTOR);
}

static void sve_uaddl(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_add, false, BY_VECTOR);
}

static void sve_ssubl(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_sub, true, BY_VECTOR);
}

static void sve_usubl(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_sub, false, BY_VECTOR);
}

static void sve_sabdl(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_abd, true, BY_VECTOR);
}

static void sve_uabdl(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_abd, false, BY_VECTOR);
}

static void sve_sabal(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_aba, true, BY_VECTOR);
}

static void sve_uabal(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_aba, false, BY_VECTOR);
}

static void sve_smull(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_mul, true, BY_VECTOR);
}

static void sve_umull(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_mul, false, BY_VECTOR);
}

static void sve_smlal(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_mla, true, BY_VECTOR);
}

static void sve_umlal(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_mla, false, BY_VECTOR);
}

static void sve_smlsl(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_mls, true, BY_VECTOR);
}

static void sve_umlsl(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_mls, false, BY_VECTOR);
}

static void sve_sqdmull(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_sqdmul, true, BY_VECTOR);
}

static void sve_sqdmlal(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_sqdmla, true, BY_VECTOR);
}

static void sve_sqdmlsl(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_sqdmls, true, BY_VECTOR);
}

static void sve_pmull(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_pmul, false, BY_VECTOR);
}

static void sve_saddw(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_add, true, WIDE_FIRST);
}

static void sve_uaddw(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_add, false, WIDE_FIRST);
}

static void sve_ssubw(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_sub, true, WIDE_FIRST);
}

static void sve_usubw(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_sub, false, WIDE_FIRST);
}

#if SVE_BITS >= 32

static void sve_smull_elem(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_mul, true, BY_NUMBER);
}

static void sve_umull_elem(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_mul, false, BY_NUMBER);
}

static void sve_smlal_elem(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_mla, true, BY_NUMBER);
}

static void sve_umlal_elem(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_mla, false, BY_NUMBER);
}

static void sve_smlsl_elem(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_mls, true, BY_NUMBER);
}

static void sve_umlsl_elem(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_mls, false, BY_NUMBER);
}

static void sve_sqdmull_elem(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_sqdmul, true, BY_NUMBER);
}

static void sve_sqdmlal_elem(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_sqdmla, true, BY_NUMBER);
}

static void sve_sqdmlsl_elem(struct cpu *cpu, const struct insn *i)
{
	lengthen(cpu, i, long_sqdmls, true, BY_NUMBER);
}

#endif

/* Both halves of each active element, added to it. */
static ALWAYS_INLINE void add_halves(struct cpu *cpu, const struct insn *i,
				     bool is_signed)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const struct sve_p *g = sve_p(cpu, i->aux);
	union sve_z *d;

	(void)sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < elements(cpu); e++)
		if (active(g, e))
			d->SVE_LANE[e] += half_of(n, 2 * e, is_signed) +
					  half_of(n, 2 * e + 1, is_signed);
	sve_done(cpu, i->rd);
}

static void sve_sadalp(struct cpu *cpu, const struct insn *i)
{
	add_halves(cpu, i, true);
}

static void sve_uadalp(struct cpu *cpu, const struct insn *i)
{
	add_halves(cpu, i, false);
}

static ALWAYS_INLINE void shift_half(struct cpu *cpu, const struct insn *i,
				     bool is_signed)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const unsigned int top = !!(i->form & SVE_TOP_N);
	union sve_z *d = sve_dst(cpu, i->rd);

	for (unsigned int e = 0; e < elements(cpu); e++)
		d->SVE_LANE[e] = shift_lsl(half_of(n, 2 * e + top, is_signed),
					   (uint64_t)i->imm);
	sve_done(cpu, i->rd);
}

static void sve_sshll(struct cpu *cpu, const struct insn *i)
{
	shift_half(cpu, i, true);
}

static void sve_ushll(struct cpu *cpu, const struct insn *i)
{
	shift_half(cpu, i, false);
}

static insn_fn *sve2_long_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_SADDL:
	case A64_SVE_SADDLBT: return sve_saddl;
	case A64_SVE_UADDL: return sve_uaddl;
	case A64_SVE_SSUBL:
	case A64_SVE_SSUBLBT:
	case A64_SVE_SSUBLTB: return sve_ssubl;
	case A64_SVE_USUBL: return sve_usubl;
	case A64_SVE_SABDL: return sve_sabdl;
	case A64_SVE_UABDL: return sve_uabdl;
	case A64_SVE_SABAL: return sve_sabal;
	case A64_SVE_UABAL: return sve_uabal;
	case A64_SVE_SMULL: return sve_smull;
	case A64_SVE_UMULL: return sve_umull;
	case A64_SVE_SMLAL: return sve_smlal;
	case A64_SVE_UMLAL: return sve_umlal;
	case A64_SVE_SMLSL: return sve_smlsl;
	case A64_SVE_UMLSL: return sve_umlsl;
	case A64_SVE_SQDMULL: return sve_sqdmull;
	case A64_SVE_SQDMLAL:
	case A64_SVE_SQDMLALBT: return sve_sqdmlal;
	case A64_SVE_SQDMLSL:
	case A64_SVE_SQDMLSLBT: return sve_sqdmlsl;
	case A64_SVE_PMULL: return sve_pmull;
	case A64_SVE_SADDW: return sve_saddw;
	case A64_SVE_UADDW: return sve_uaddw;
	case A64_SVE_SSUBW: return sve_ssubw;
	case A64_SVE_USUBW: return sve_usubw;
#if SVE_BITS >= 32
	case A64_SVE_SMULL_elem: return sve_smull_elem;
	case A64_SVE_UMULL_elem: return sve_umull_elem;
	case A64_SVE_SMLAL_elem: return sve_smlal_elem;
	case A64_SVE_UMLAL_elem: return sve_umlal_elem;
	case A64_SVE_SMLSL_elem: return sve_smlsl_elem;
	case A64_SVE_UMLSL_elem: return sve_umlsl_elem;
	case A64_SVE_SQDMULL_elem: return sve_sqdmull_elem;
	case A64_SVE_SQDMLAL_elem: return sve_sqdmlal_elem;
	case A64_SVE_SQDMLSL_elem: return sve_sqdmlsl_elem;
#endif
	case A64_SVE_SADALP: return sve_sadalp;
	case A64_SVE_UADALP: return sve_uadalp;
	case A64_SVE_SSHLL: return sve_sshll;
	case A64_SVE_USHLL: return sve_ushll;
	default: return NULL;
	}
}
