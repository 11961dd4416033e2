/* SPDX-License-Identifier: MIT */
/*
 * SVE integer arithmetic on elements of the including unit's size: one source,
 * multiply-add, sums of products, reductions, comparisons, addresses. Included
 * after int-body.h.
 */

/* ---- one source ---------------------------------------------------------- */

static elem_t op_abs(elem_t a)
{
	return (selem_t)a < 0 ? -a : a;
}

static elem_t op_neg(elem_t a)
{
	return -a;
}

static elem_t op_not(elem_t a)
{
	return ~a;
}

static elem_t op_cnot(elem_t a)
{
	return !a;
}

static elem_t op_clz(elem_t a)
{
	return a ? __builtin_clzll(a) - (64 - SVE_BITS) : SVE_BITS;
}

/* After the first. */
static elem_t op_cls(elem_t a)
{
	return op_clz((selem_t)a < 0 ? (elem_t)~a : a) - 1;
}

static elem_t op_cnt(elem_t a)
{
	return __builtin_popcountll(a);
}

static elem_t op_rbit(elem_t a)
{
	uint64_t v = a;

	v = (v & 0x5555555555555555) << 1 | (v >> 1 & 0x5555555555555555);
	v = (v & 0x3333333333333333) << 2 | (v >> 2 & 0x3333333333333333);
	v = (v & 0x0f0f0f0f0f0f0f0f) << 4 | (v >> 4 & 0x0f0f0f0f0f0f0f0f);
	return (elem_t)(__builtin_bswap64(v) >> (64 - SVE_BITS));
}

static elem_t op_same(elem_t a)
{
	return a;
}

/* Inactive ones of rd stay, or are zero. */
static ALWAYS_INLINE void active1(struct cpu *cpu, const struct insn *i,
				  elem_op1 *op)
{
	const union sve_z *n = sve_src(cpu, i->rn), *old = sve_src(cpu, i->rd);
	const union sve_z *g = active_mask(cpu, sve_p(cpu, i->aux));
	const unsigned int count = elements(cpu);
	union sve_z *d = sve_dst(cpu, i->rd);
	elem_t keep = i->form & SVE_MERGING ? (elem_t)-1 : 0;

#pragma GCC ivdep
	for (unsigned int e = 0; e < count; e++) {
		elem_t mask = g->SVE_LANE[e];

		d->SVE_LANE[e] = (op(n->SVE_LANE[e]) & mask) |
				 (old->SVE_LANE[e] & keep & ~mask);
	}
	sve_done(cpu, i->rd);
}

static void sve_abs_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_abs);
}

static void sve_neg_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_neg);
}

static void sve_not_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_not);
}

static void sve_cnot_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_cnot);
}

static void sve_clz_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_clz);
}

static void sve_cls_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_cls);
}

static void sve_cnt_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_cnt);
}

static void sve_rbit_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_rbit);
}

static void sve_movprfx_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_same);
}

#if SVE_BITS > 8
static elem_t op_sxtb(elem_t a)
{
	return (elem_t)(int8_t)a;
}

static elem_t op_uxtb(elem_t a)
{
	return (uint8_t)a;
}

static elem_t op_revb(elem_t a)
{
	return (elem_t)(__builtin_bswap64(a) >> (64 - SVE_BITS));
}

static void sve_sxtb_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_sxtb);
}

static void sve_uxtb_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_uxtb);
}

static void sve_revb_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_revb);
}
#endif

#if SVE_BITS > 16
static elem_t op_sxth(elem_t a)
{
	return (elem_t)(int16_t)a;
}

static elem_t op_uxth(elem_t a)
{
	return (uint16_t)a;
}

static elem_t op_revh(elem_t a)
{
	uint64_t v = a;

	v = v << 32 | v >> 32;
	v = (v & 0x0000ffff0000ffff) << 16 | (v >> 16 & 0x0000ffff0000ffff);
	return (elem_t)(v >> (64 - SVE_BITS));
}

static void sve_sxth_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_sxth);
}

static void sve_uxth_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_uxth);
}

static void sve_revh_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_revh);
}
#endif

#if SVE_BITS == 64
static elem_t op_sxtw(elem_t a)
{
	return (elem_t)(int32_t)a;
}

static elem_t op_uxtw(elem_t a)
{
	return (uint32_t)a;
}

static elem_t op_revw(elem_t a)
{
	return a << 32 | a >> 32;
}

static void sve_sxtw_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_sxtw);
}

static void sve_uxtw_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_uxtw);
}

static void sve_revw_pg(struct cpu *cpu, const struct insn *i)
{
	active1(cpu, i, op_revw);
}
#endif

static insn_fn *active1_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_ABS_pg: return sve_abs_pg;
	case A64_SVE_NEG_pg: return sve_neg_pg;
	case A64_SVE_NOT_pg: return sve_not_pg;
	case A64_SVE_CNOT_pg: return sve_cnot_pg;
	case A64_SVE_CLZ_pg: return sve_clz_pg;
	case A64_SVE_CLS_pg: return sve_cls_pg;
	case A64_SVE_CNT_bits_pg: return sve_cnt_pg;
	case A64_SVE_RBIT_pg: return sve_rbit_pg;
	case A64_SVE_MOVPRFX_pg: return sve_movprfx_pg;
#if SVE_BITS > 8
	case A64_SVE_SXTB_pg: return sve_sxtb_pg;
	case A64_SVE_UXTB_pg: return sve_uxtb_pg;
	case A64_SVE_REVB_pg: return sve_revb_pg;
#endif
#if SVE_BITS > 16
	case A64_SVE_SXTH_pg: return sve_sxth_pg;
	case A64_SVE_UXTH_pg: return sve_uxth_pg;
	case A64_SVE_REVH_pg: return sve_revh_pg;
#endif
#if SVE_BITS == 64
	case A64_SVE_SXTW_pg: return sve_sxtw_pg;
	case A64_SVE_UXTW_pg: return sve_uxtw_pg;
	case A64_SVE_REVW_pg: return sve_revw_pg;
#endif
	default: return NULL;
	}
}

/* ---- multiply-add -------------------------------------------------------- */

static ALWAYS_INLINE void muladd(struct cpu *cpu, const struct insn *i,
				 elem_op2 *op)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	const union sve_z *a = sve_src(cpu, i->ra), *old = sve_src(cpu, i->rd);
	const union sve_z *g = active_mask(cpu, sve_p(cpu, i->aux));
	const unsigned int count = elements(cpu);
	union sve_z *d = sve_dst(cpu, i->rd);

#pragma GCC ivdep
	for (unsigned int e = 0; e < count; e++) {
		elem_t r = op(a->SVE_LANE[e],
			      op_mul(n->SVE_LANE[e], m->SVE_LANE[e]));
		elem_t mask = g->SVE_LANE[e];

		d->SVE_LANE[e] = (r & mask) | (old->SVE_LANE[e] & ~mask);
	}
	sve_done(cpu, i->rd);
}

static void sve_mla(struct cpu *cpu, const struct insn *i)
{
	muladd(cpu, i, op_add);
}

static void sve_mls(struct cpu *cpu, const struct insn *i)
{
	muladd(cpu, i, op_sub);
}

#if SVE_BITS >= 32
/* Sums of four products each; @elem: of Zm those of the same number in each 128
 * bits. */
static ALWAYS_INLINE void dot(struct cpu *cpu, const struct insn *i,
			      bool signed_n, bool signed_m, bool elem)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	union sve_z *m = &cpu->sve->tmp[0], *d;
	const unsigned int each = 128 / SVE_BITS;

	/* Zm may be Zd, and is not read at the element that is written. */
	*m = *sve_src(cpu, i->rm);
	sve_src(cpu, i->rd);
	d = sve_dst(cpu, i->rd);
	for (unsigned int e = 0; e < elements(cpu); e++) {
		unsigned int from =
			elem ? e - e % each + (unsigned int)i->imm : e;
		elem_t sum = d->SVE_LANE[e];

		for (unsigned int k = 0; k < 4; k++) {
			uint16_t a = n->SVE_QUARTER[4 * e + k];
			uint16_t b = m->SVE_QUARTER[4 * from + k];

			sum += (signed_n ? (elem_t)(squarter_t)a : a) *
			       (signed_m ? (elem_t)(squarter_t)b : b);
		}
		d->SVE_LANE[e] = sum;
	}
	sve_done(cpu, i->rd);
}

static void sve_sdot(struct cpu *cpu, const struct insn *i)
{
	dot(cpu, i, true, true, false);
}

static void sve_udot(struct cpu *cpu, const struct insn *i)
{
	dot(cpu, i, false, false, false);
}

static void sve_sdot_elem(struct cpu *cpu, const struct insn *i)
{
	dot(cpu, i, true, true, true);
}

static void sve_udot_elem(struct cpu *cpu, const struct insn *i)
{
	dot(cpu, i, false, false, true);
}

#if SVE_BITS == 32
static void sve_usdot(struct cpu *cpu, const struct insn *i)
{
	dot(cpu, i, false, true, false);
}

static void sve_usdot_elem(struct cpu *cpu, const struct insn *i)
{
	dot(cpu, i, false, true, true);
}

static void sve_sudot_elem(struct cpu *cpu, const struct insn *i)
{
	dot(cpu, i, true, false, true);
}
#endif

static ALWAYS_INLINE void adr(struct cpu *cpu, const struct insn *i,
			      elem_op1 *extend)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	union sve_z *d = sve_dst(cpu, i->rd);

	for (unsigned int e = 0; e < elements(cpu); e++)
		d->SVE_LANE[e] =
			n->SVE_LANE[e] + (extend(m->SVE_LANE[e]) << i->imm);
	sve_done(cpu, i->rd);
}

static void sve_adr(struct cpu *cpu, const struct insn *i)
{
	adr(cpu, i, op_same);
}
#endif

#if SVE_BITS == 64
static void sve_adr_sxtw(struct cpu *cpu, const struct insn *i)
{
	adr(cpu, i, op_sxtw);
}

static void sve_adr_uxtw(struct cpu *cpu, const struct insn *i)
{
	adr(cpu, i, op_uxtw);
}
#endif

static insn_fn *muladd_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_MLA:
	case A64_SVE_MAD: return sve_mla;
	case A64_SVE_MLS:
	case A64_SVE_MSB: return sve_mls;
#if SVE_BITS >= 32
	case A64_SVE_SDOT: return sve_sdot;
	case A64_SVE_UDOT: return sve_udot;
	case A64_SVE_SDOT_elem: return sve_sdot_elem;
	case A64_SVE_UDOT_elem: return sve_udot_elem;
	case A64_SVE_ADR: return sve_adr;
#endif
#if SVE_BITS == 32
	case A64_SVE_USDOT: return sve_usdot;
	case A64_SVE_USDOT_elem: return sve_usdot_elem;
	case A64_SVE_SUDOT_elem: return sve_sudot_elem;
#endif
#if SVE_BITS == 64
	case A64_SVE_ADR_sxtw: return sve_adr_sxtw;
	case A64_SVE_ADR_uxtw: return sve_adr_uxtw;
#endif
	default: return NULL;
	}
}

/* ---- across elements ----------------------------------------------------- */

/* Of the active ones, from @r on. */
static ALWAYS_INLINE void reduce(struct cpu *cpu, const struct insn *i,
				 elem_op2 *op, elem_t r)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const struct sve_p *g = sve_p(cpu, i->aux);

	for (unsigned int e = 0; e < elements(cpu); e++)
		if (active(g, e))
			r = op(r, n->SVE_LANE[e]);
	sve_v_set(cpu, i->rd, r);
}

static void sve_smaxv(struct cpu *cpu, const struct insn *i)
{
	reduce(cpu, i, op_smax, ELEM_MIN);
}

static void sve_umaxv(struct cpu *cpu, const struct insn *i)
{
	reduce(cpu, i, op_umax, 0);
}

static void sve_sminv(struct cpu *cpu, const struct insn *i)
{
	reduce(cpu, i, op_smin, ELEM_MAX);
}

static void sve_uminv(struct cpu *cpu, const struct insn *i)
{
	reduce(cpu, i, op_umin, (elem_t)-1);
}

static void sve_orv(struct cpu *cpu, const struct insn *i)
{
	reduce(cpu, i, op_orr, 0);
}

static void sve_eorv(struct cpu *cpu, const struct insn *i)
{
	reduce(cpu, i, op_eor, 0);
}

static void sve_andv(struct cpu *cpu, const struct insn *i)
{
	reduce(cpu, i, op_and, (elem_t)-1);
}

/* Sums have 64 bits. */
static void sve_saddv(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const struct sve_p *g = sve_p(cpu, i->aux);
	uint64_t sum = 0;

	for (unsigned int e = 0; e < elements(cpu); e++)
		if (active(g, e))
			sum += (uint64_t)(selem_t)n->SVE_LANE[e];
	sve_v_set(cpu, i->rd, sum);
}

static void sve_uaddv(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const struct sve_p *g = sve_p(cpu, i->aux);
	uint64_t sum = 0;

	for (unsigned int e = 0; e < elements(cpu); e++)
		if (active(g, e))
			sum += n->SVE_LANE[e];
	sve_v_set(cpu, i->rd, sum);
}

static insn_fn *reduce_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_SADDV: return sve_saddv;
	case A64_SVE_UADDV: return sve_uaddv;
	case A64_SVE_SMAXV: return sve_smaxv;
	case A64_SVE_UMAXV: return sve_umaxv;
	case A64_SVE_SMINV: return sve_sminv;
	case A64_SVE_UMINV: return sve_uminv;
	case A64_SVE_ORV: return sve_orv;
	case A64_SVE_EORV: return sve_eorv;
	case A64_SVE_ANDV: return sve_andv;
	default: return NULL;
	}
}
