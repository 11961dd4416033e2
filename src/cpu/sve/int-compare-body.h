/* SPDX-License-Identifier: MIT */
/*
 * SVE comparisons of elements of the including unit's size: with elements, with
 * doublewords (wide), with an immediate. Included after int-body.h.
 */

typedef bool elem_compare(elem_t a, elem_t b);

static bool elem_eq(elem_t a, elem_t b)
{
	return a == b;
}

static bool elem_ne(elem_t a, elem_t b)
{
	return a != b;
}

static bool elem_ge(elem_t a, elem_t b)
{
	return (selem_t)a >= (selem_t)b;
}

static bool elem_gt(elem_t a, elem_t b)
{
	return (selem_t)a > (selem_t)b;
}

static bool elem_lt(elem_t a, elem_t b)
{
	return (selem_t)a < (selem_t)b;
}

static bool elem_le(elem_t a, elem_t b)
{
	return (selem_t)a <= (selem_t)b;
}

static bool elem_hs(elem_t a, elem_t b)
{
	return a >= b;
}

static bool elem_hi(elem_t a, elem_t b)
{
	return a > b;
}

static bool elem_lo(elem_t a, elem_t b)
{
	return a < b;
}

static bool elem_ls(elem_t a, elem_t b)
{
	return a <= b;
}

/* The predicate of what is all ones in @yes and active; NZCV. */
static void compared(struct cpu *cpu, const struct insn *i,
		     const union sve_z *yes)
{
	struct sve_p g = *sve_p(cpu, i->aux), r = {0};

	for (unsigned int k = 0; k < sve_vl(cpu) / 8; k++)
		r.w[k / 8] |= sve_bits_of(yes->d[k], SVE_LOG2) << (k % 8 * 8);
	for (unsigned int k = 0; k < SVE_P_WORDS; k++)
		r.w[k] &= g.w[k];
	cpu->sve->p[i->rd] = r;
	sve_pred_test(cpu, &g, &r, SVE_LOG2);
}

static ALWAYS_INLINE void compare(struct cpu *cpu, const struct insn *i,
				  elem_compare *op)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	const unsigned int count = elements(cpu);
	union sve_z *yes = &cpu->sve->tmp[0];

#pragma GCC ivdep
	for (unsigned int e = 0; e < count; e++)
		yes->SVE_LANE[e] = -(elem_t)op(n->SVE_LANE[e], m->SVE_LANE[e]);
	compared(cpu, i, yes);
}

static ALWAYS_INLINE void compare_imm(struct cpu *cpu, const struct insn *i,
				      elem_compare *op)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const unsigned int count = elements(cpu);
	union sve_z *yes = &cpu->sve->tmp[0];
	const elem_t imm = (elem_t)i->imm;

#pragma GCC ivdep
	for (unsigned int e = 0; e < count; e++)
		yes->SVE_LANE[e] = -(elem_t)op(n->SVE_LANE[e], imm);
	compared(cpu, i, yes);
}

/* ---- elements ------------------------------------------------------------ */

static void sve_cmpeq(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, elem_eq);
}

static void sve_cmpne(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, elem_ne);
}

static void sve_cmpge(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, elem_ge);
}

static void sve_cmpgt(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, elem_gt);
}

static void sve_cmphs(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, elem_hs);
}

static void sve_cmphi(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, elem_hi);
}

/* ---- an immediate -------------------------------------------------------- */

static void sve_cmpeq_imm(struct cpu *cpu, const struct insn *i)
{
	compare_imm(cpu, i, elem_eq);
}

static void sve_cmpne_imm(struct cpu *cpu, const struct insn *i)
{
	compare_imm(cpu, i, elem_ne);
}

static void sve_cmpge_imm(struct cpu *cpu, const struct insn *i)
{
	compare_imm(cpu, i, elem_ge);
}

static void sve_cmpgt_imm(struct cpu *cpu, const struct insn *i)
{
	compare_imm(cpu, i, elem_gt);
}

static void sve_cmplt_imm(struct cpu *cpu, const struct insn *i)
{
	compare_imm(cpu, i, elem_lt);
}

static void sve_cmple_imm(struct cpu *cpu, const struct insn *i)
{
	compare_imm(cpu, i, elem_le);
}

static void sve_cmphs_imm(struct cpu *cpu, const struct insn *i)
{
	compare_imm(cpu, i, elem_hs);
}

static void sve_cmphi_imm(struct cpu *cpu, const struct insn *i)
{
	compare_imm(cpu, i, elem_hi);
}

static void sve_cmplo_imm(struct cpu *cpu, const struct insn *i)
{
	compare_imm(cpu, i, elem_lo);
}

static void sve_cmpls_imm(struct cpu *cpu, const struct insn *i)
{
	compare_imm(cpu, i, elem_ls);
}

/* ---- doublewords --------------------------------------------------------- */

#if SVE_BITS < 64
/* Elements are extended as the condition wants it. */
typedef bool wide_compare(uint64_t n, uint64_t m);

static bool wide_eq(uint64_t n, uint64_t m)
{
	return n == m;
}

static bool wide_ne(uint64_t n, uint64_t m)
{
	return n != m;
}

static bool wide_ge(uint64_t n, uint64_t m)
{
	return (int64_t)n >= (int64_t)m;
}

static bool wide_gt(uint64_t n, uint64_t m)
{
	return (int64_t)n > (int64_t)m;
}

static bool wide_lt(uint64_t n, uint64_t m)
{
	return (int64_t)n < (int64_t)m;
}

static bool wide_le(uint64_t n, uint64_t m)
{
	return (int64_t)n <= (int64_t)m;
}

static bool wide_hs(uint64_t n, uint64_t m)
{
	return n >= m;
}

static bool wide_hi(uint64_t n, uint64_t m)
{
	return n > m;
}

static bool wide_lo(uint64_t n, uint64_t m)
{
	return n < m;
}

static bool wide_ls(uint64_t n, uint64_t m)
{
	return n <= m;
}

static ALWAYS_INLINE void compare_wide(struct cpu *cpu, const struct insn *i,
				       wide_compare *op, bool is_signed)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	const unsigned int count = elements(cpu);
	union sve_z *yes = &cpu->sve->tmp[0];

	for (unsigned int e = 0; e < count; e++) {
		uint64_t a = is_signed ? (uint64_t)(selem_t)n->SVE_LANE[e]
				       : n->SVE_LANE[e];

		yes->SVE_LANE[e] = -(elem_t)op(a, m->d[e / (64 / SVE_BITS)]);
	}
	compared(cpu, i, yes);
}

static void sve_cmpeq_wide(struct cpu *cpu, const struct insn *i)
{
	compare_wide(cpu, i, wide_eq, true);
}

static void sve_cmpne_wide(struct cpu *cpu, const struct insn *i)
{
	compare_wide(cpu, i, wide_ne, true);
}

static void sve_cmpge_wide(struct cpu *cpu, const struct insn *i)
{
	compare_wide(cpu, i, wide_ge, true);
}

static void sve_cmpgt_wide(struct cpu *cpu, const struct insn *i)
{
	compare_wide(cpu, i, wide_gt, true);
}

static void sve_cmplt_wide(struct cpu *cpu, const struct insn *i)
{
	compare_wide(cpu, i, wide_lt, true);
}

static void sve_cmple_wide(struct cpu *cpu, const struct insn *i)
{
	compare_wide(cpu, i, wide_le, true);
}

static void sve_cmphs_wide(struct cpu *cpu, const struct insn *i)
{
	compare_wide(cpu, i, wide_hs, false);
}

static void sve_cmphi_wide(struct cpu *cpu, const struct insn *i)
{
	compare_wide(cpu, i, wide_hi, false);
}

static void sve_cmplo_wide(struct cpu *cpu, const struct insn *i)
{
	compare_wide(cpu, i, wide_lo, false);
}

static void sve_cmpls_wide(struct cpu *cpu, const struct insn *i)
{
	compare_wide(cpu, i, wide_ls, false);
}

static insn_fn *wide_compare_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_CMPEQ_wide: return sve_cmpeq_wide;
	case A64_SVE_CMPNE_wide: return sve_cmpne_wide;
	case A64_SVE_CMPGE_wide: return sve_cmpge_wide;
	case A64_SVE_CMPGT_wide: return sve_cmpgt_wide;
	case A64_SVE_CMPLT_wide: return sve_cmplt_wide;
	case A64_SVE_CMPLE_wide: return sve_cmple_wide;
	case A64_SVE_CMPHS_wide: return sve_cmphs_wide;
	case A64_SVE_CMPHI_wide: return sve_cmphi_wide;
	case A64_SVE_CMPLO_wide: return sve_cmplo_wide;
	case A64_SVE_CMPLS_wide: return sve_cmpls_wide;
	default: return NULL;
	}
}
#else
static insn_fn *wide_compare_work(const struct insn *i)
{
	return NULL;
}
#endif

/* ---- choice -------------------------------------------------------------- */

static insn_fn *compare_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_CMPEQ: return sve_cmpeq;
	case A64_SVE_CMPNE: return sve_cmpne;
	case A64_SVE_CMPGE: return sve_cmpge;
	case A64_SVE_CMPGT: return sve_cmpgt;
	case A64_SVE_CMPHS: return sve_cmphs;
	case A64_SVE_CMPHI: return sve_cmphi;
	case A64_SVE_CMPEQ_imm: return sve_cmpeq_imm;
	case A64_SVE_CMPNE_imm: return sve_cmpne_imm;
	case A64_SVE_CMPGE_imm: return sve_cmpge_imm;
	case A64_SVE_CMPGT_imm: return sve_cmpgt_imm;
	case A64_SVE_CMPLT_imm: return sve_cmplt_imm;
	case A64_SVE_CMPLE_imm: return sve_cmple_imm;
	case A64_SVE_CMPHS_imm: return sve_cmphs_imm;
	case A64_SVE_CMPHI_imm: return sve_cmphi_imm;
	case A64_SVE_CMPLO_imm: return sve_cmplo_imm;
	case A64_SVE_CMPLS_imm: return sve_cmpls_imm;
	default: return wide_compare_work(i);
	}
}
