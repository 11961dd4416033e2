/* SPDX-License-Identifier: MIT */
/*
 * SVE comparisons of elements of the including unit's size: with elements, with
 * doublewords (wide), with an immediate. Included after int-body.h.
 */

/* What is compared has 64 bits, extended as the condition wants it. */
typedef bool compare_op(uint64_t n, uint64_t m);

static bool cmp_eq(uint64_t n, uint64_t m)
{
	return n == m;
}

static bool cmp_ne(uint64_t n, uint64_t m)
{
	return n != m;
}

static bool cmp_ge(uint64_t n, uint64_t m)
{
	return (int64_t)n >= (int64_t)m;
}

static bool cmp_gt(uint64_t n, uint64_t m)
{
	return (int64_t)n > (int64_t)m;
}

static bool cmp_lt(uint64_t n, uint64_t m)
{
	return (int64_t)n < (int64_t)m;
}

static bool cmp_le(uint64_t n, uint64_t m)
{
	return (int64_t)n <= (int64_t)m;
}

static bool cmp_hs(uint64_t n, uint64_t m)
{
	return n >= m;
}

static bool cmp_hi(uint64_t n, uint64_t m)
{
	return n > m;
}

static bool cmp_lo(uint64_t n, uint64_t m)
{
	return n < m;
}

static bool cmp_ls(uint64_t n, uint64_t m)
{
	return n <= m;
}

enum second { SECOND_ELEM, SECOND_WIDE, SECOND_IMM };

static ALWAYS_INLINE uint64_t second(const struct insn *i, const union sve_z *m,
				     unsigned int e, bool is_signed,
				     enum second what)
{
	switch (what) {
	case SECOND_ELEM:
		return is_signed ? (uint64_t)(selem_t)m->SVE_LANE[e]
				 : m->SVE_LANE[e];
	case SECOND_WIDE: return m->d[e / (64 / SVE_BITS)];
	default: return (uint64_t)i->imm;
	}
}

static ALWAYS_INLINE void compare(struct cpu *cpu, const struct insn *i,
				  compare_op *op, bool is_signed,
				  enum second what)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const union sve_z *m = what == SECOND_IMM ? NULL : sve_src(cpu, i->rm);
	struct sve_p g = *sve_p(cpu, i->aux), r = {0};

	for (unsigned int e = 0; e < elements(cpu); e++) {
		uint64_t a = is_signed ? (uint64_t)(selem_t)n->SVE_LANE[e]
				       : n->SVE_LANE[e];
		bool yes = op(a, second(i, m, e, is_signed, what));

		r.w[(e << SVE_LOG2) / 64] |= (uint64_t)(yes && active(&g, e))
					     << ((e << SVE_LOG2) % 64);
	}
	cpu->sve->p[i->rd] = r;
	sve_pred_test(cpu, &g, &r, SVE_LOG2);
}

/* ---- elements ------------------------------------------------------------ */

static void sve_cmpeq(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_eq, true, SECOND_ELEM);
}

static void sve_cmpne(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_ne, true, SECOND_ELEM);
}

static void sve_cmpge(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_ge, true, SECOND_ELEM);
}

static void sve_cmpgt(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_gt, true, SECOND_ELEM);
}

static void sve_cmphs(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_hs, false, SECOND_ELEM);
}

static void sve_cmphi(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_hi, false, SECOND_ELEM);
}

/* ---- an immediate -------------------------------------------------------- */

static void sve_cmpeq_imm(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_eq, true, SECOND_IMM);
}

static void sve_cmpne_imm(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_ne, true, SECOND_IMM);
}

static void sve_cmpge_imm(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_ge, true, SECOND_IMM);
}

static void sve_cmpgt_imm(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_gt, true, SECOND_IMM);
}

static void sve_cmplt_imm(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_lt, true, SECOND_IMM);
}

static void sve_cmple_imm(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_le, true, SECOND_IMM);
}

static void sve_cmphs_imm(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_hs, false, SECOND_IMM);
}

static void sve_cmphi_imm(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_hi, false, SECOND_IMM);
}

static void sve_cmplo_imm(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_lo, false, SECOND_IMM);
}

static void sve_cmpls_imm(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_ls, false, SECOND_IMM);
}

/* ---- doublewords --------------------------------------------------------- */

#if SVE_BITS < 64
static void sve_cmpeq_wide(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_eq, true, SECOND_WIDE);
}

static void sve_cmpne_wide(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_ne, true, SECOND_WIDE);
}

static void sve_cmpge_wide(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_ge, true, SECOND_WIDE);
}

static void sve_cmpgt_wide(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_gt, true, SECOND_WIDE);
}

static void sve_cmplt_wide(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_lt, true, SECOND_WIDE);
}

static void sve_cmple_wide(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_le, true, SECOND_WIDE);
}

static void sve_cmphs_wide(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_hs, false, SECOND_WIDE);
}

static void sve_cmphi_wide(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_hi, false, SECOND_WIDE);
}

static void sve_cmplo_wide(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_lo, false, SECOND_WIDE);
}

static void sve_cmpls_wide(struct cpu *cpu, const struct insn *i)
{
	compare(cpu, i, cmp_ls, false, SECOND_WIDE);
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
