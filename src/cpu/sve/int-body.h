/* SPDX-License-Identifier: MIT */
/*
 * SVE integer arithmetic on elements of the including unit's size (unit.h):
 * vectors of all and of active elements.
 */
#include "cpu/sve/int.h"
#include "cpu/sve/elements.h"

/* ---- of all elements ----------------------------------------------------- */

static ALWAYS_INLINE void all_imm(struct cpu *cpu, const struct insn *i,
				  elem_op2 *op)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const unsigned int count = elements(cpu);
	union sve_z *d = sve_dst(cpu, i->rd);
	const elem_t imm = (elem_t)i->imm;

#pragma GCC ivdep
	for (unsigned int e = 0; e < count; e++)
		d->SVE_LANE[e] = op(n->SVE_LANE[e], imm);
	sve_done(cpu, i->rd);
}

static void sve_add(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_add);
}

static void sve_sub(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_sub);
}

static void sve_sqadd(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_sqadd);
}

static void sve_uqadd(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_uqadd);
}

static void sve_sqsub(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_sqsub);
}

static void sve_uqsub(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_uqsub);
}

static void sve_add_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_add);
}

static void sve_sub_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_sub);
}

static void sve_subr_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_subr);
}

/* @by: the immediate or less it; as unsigned it may be too great for an element. */
static ALWAYS_INLINE void saturate_imm(struct cpu *cpu, const struct insn *i,
				       int64_t by)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	union sve_z *d = sve_dst(cpu, i->rd);

	for (unsigned int e = 0; e < elements(cpu); e++)
		d->SVE_LANE[e] = sq_of((__int128)(selem_t)n->SVE_LANE[e] + by);
	sve_done(cpu, i->rd);
}

static void sve_sqadd_imm(struct cpu *cpu, const struct insn *i)
{
	saturate_imm(cpu, i, i->imm);
}

static void sve_uqadd_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_uqadd);
}

static void sve_sqsub_imm(struct cpu *cpu, const struct insn *i)
{
	saturate_imm(cpu, i, -i->imm);
}

static void sve_uqsub_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_uqsub);
}

static void sve_smax_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_smax);
}

static void sve_umax_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_umax);
}

static void sve_smin_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_smin);
}

static void sve_umin_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_umin);
}

static void sve_mul_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_mul);
}

static void sve_asr_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_asr);
}

static void sve_lsr_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_lsr);
}

static void sve_lsl_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_lsl);
}

#if SVE_BITS == 64
/* Bitwise: elements are of any size. */
static void sve_and(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_and);
}

static void sve_orr(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_orr);
}

static void sve_eor(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_eor);
}

static void sve_bic(struct cpu *cpu, const struct insn *i)
{
	all2(cpu, i, op_bic);
}

static void sve_and_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_and);
}

static void sve_orr_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_orr);
}

static void sve_eor_imm(struct cpu *cpu, const struct insn *i)
{
	all_imm(cpu, i, op_eor);
}

static insn_fn *bits_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_AND: return sve_and;
	case A64_SVE_ORR: return sve_orr;
	case A64_SVE_EOR: return sve_eor;
	case A64_SVE_BIC: return sve_bic;
	case A64_SVE_AND_imm: return sve_and_imm;
	case A64_SVE_ORR_imm: return sve_orr_imm;
	case A64_SVE_EOR_imm: return sve_eor_imm;
	default: return NULL;
	}
}
#else
static insn_fn *bits_work(const struct insn *i)
{
	return NULL;
}
#endif

static void sve_index(struct cpu *cpu, const struct insn *i)
{
	elem_t v = (elem_t)(cpu->x[i->rn] + i->imm);
	elem_t step = (elem_t)(cpu->x[i->rm] + (int16_t)i->aux);
	union sve_z *d = sve_dst(cpu, i->rd);

	for (unsigned int e = 0; e < elements(cpu); e++) {
		d->SVE_LANE[e] = v;
		v += step;
	}
	sve_done(cpu, i->rd);
}

static insn_fn *all_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_ADD: return sve_add;
	case A64_SVE_SUB: return sve_sub;
	case A64_SVE_SQADD: return sve_sqadd;
	case A64_SVE_UQADD: return sve_uqadd;
	case A64_SVE_SQSUB: return sve_sqsub;
	case A64_SVE_UQSUB: return sve_uqsub;
	case A64_SVE_ADD_imm: return sve_add_imm;
	case A64_SVE_SUB_imm: return sve_sub_imm;
	case A64_SVE_SUBR_imm: return sve_subr_imm;
	case A64_SVE_SQADD_imm: return sve_sqadd_imm;
	case A64_SVE_UQADD_imm: return sve_uqadd_imm;
	case A64_SVE_SQSUB_imm: return sve_sqsub_imm;
	case A64_SVE_UQSUB_imm: return sve_uqsub_imm;
	case A64_SVE_SMAX_imm: return sve_smax_imm;
	case A64_SVE_UMAX_imm: return sve_umax_imm;
	case A64_SVE_SMIN_imm: return sve_smin_imm;
	case A64_SVE_UMIN_imm: return sve_umin_imm;
	case A64_SVE_MUL_imm: return sve_mul_imm;
	case A64_SVE_ASR_imm: return sve_asr_imm;
	case A64_SVE_LSR_imm: return sve_lsr_imm;
	case A64_SVE_LSL_imm: return sve_lsl_imm;
	case A64_SVE_INDEX: return sve_index;
	default: return bits_work(i);
	}
}

/* ---- of active elements: two vectors ------------------------------------- */

static void sve_add_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_add);
}

static void sve_sub_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_sub);
}

static void sve_smax_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_smax);
}

static void sve_umax_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_umax);
}

static void sve_smin_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_smin);
}

static void sve_umin_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_umin);
}

static void sve_sabd_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_sabd);
}

static void sve_uabd_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_uabd);
}

static void sve_mul_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_mul);
}

static void sve_smulh_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_smulh);
}

static void sve_umulh_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_umulh);
}

static void sve_and_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_and);
}

static void sve_orr_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_orr);
}

static void sve_eor_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_eor);
}

static void sve_bic_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_bic);
}

static void sve_asr_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_asr);
}

static void sve_lsr_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_lsr);
}

static void sve_lsl_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_lsl);
}

#if SVE_BITS >= 32
/* By zero it is zero, and the least by -1 itself. */
static elem_t op_sdiv(elem_t a, elem_t b)
{
	if (!b)
		return 0;
	return (selem_t)b == -1 ? -a : (elem_t)((selem_t)a / (selem_t)b);
}

static elem_t op_udiv(elem_t a, elem_t b)
{
	return b ? a / b : 0;
}

/* No more than is asked for. */
static ALWAYS_INLINE void divide(struct cpu *cpu, const struct insn *i,
				 elem_op2 *op)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	const struct sve_p *g = sve_p(cpu, i->aux);
	union sve_z *d = sve_dst(cpu, i->rd);

	for (unsigned int e = 0; e < elements(cpu); e++)
		if (active(g, e))
			d->SVE_LANE[e] = op(n->SVE_LANE[e], m->SVE_LANE[e]);
	sve_done(cpu, i->rd);
}

static void sve_sdiv_pg(struct cpu *cpu, const struct insn *i)
{
	divide(cpu, i, op_sdiv);
}

static void sve_udiv_pg(struct cpu *cpu, const struct insn *i)
{
	divide(cpu, i, op_udiv);
}

static insn_fn *divide_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_SDIV_pg:
	case A64_SVE_SDIVR_pg: return sve_sdiv_pg;
	case A64_SVE_UDIV_pg:
	case A64_SVE_UDIVR_pg: return sve_udiv_pg;
	default: return NULL;
	}
}
#else
static insn_fn *divide_work(const struct insn *i)
{
	return NULL;
}
#endif

/* The reversed ones have their operands that way. */
static insn_fn *active2_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_ADD_pg: return sve_add_pg;
	case A64_SVE_SUB_pg:
	case A64_SVE_SUBR_pg: return sve_sub_pg;
	case A64_SVE_SMAX_pg: return sve_smax_pg;
	case A64_SVE_UMAX_pg: return sve_umax_pg;
	case A64_SVE_SMIN_pg: return sve_smin_pg;
	case A64_SVE_UMIN_pg: return sve_umin_pg;
	case A64_SVE_SABD_pg: return sve_sabd_pg;
	case A64_SVE_UABD_pg: return sve_uabd_pg;
	case A64_SVE_MUL_pg: return sve_mul_pg;
	case A64_SVE_SMULH_pg: return sve_smulh_pg;
	case A64_SVE_UMULH_pg: return sve_umulh_pg;
	case A64_SVE_AND_pg: return sve_and_pg;
	case A64_SVE_ORR_pg: return sve_orr_pg;
	case A64_SVE_EOR_pg: return sve_eor_pg;
	case A64_SVE_BIC_pg: return sve_bic_pg;
	case A64_SVE_ASR_pg:
	case A64_SVE_ASRR_pg: return sve_asr_pg;
	case A64_SVE_LSR_pg:
	case A64_SVE_LSRR_pg: return sve_lsr_pg;
	case A64_SVE_LSL_pg:
	case A64_SVE_LSLR_pg: return sve_lsl_pg;
	default: return divide_work(i);
	}
}

/* ---- shifts of active elements ------------------------------------------- */

static void sve_asr_imm_pg(struct cpu *cpu, const struct insn *i)
{
	active_shift(cpu, i, shift_asr);
}

static void sve_lsr_imm_pg(struct cpu *cpu, const struct insn *i)
{
	active_shift(cpu, i, shift_lsr);
}

static void sve_lsl_imm_pg(struct cpu *cpu, const struct insn *i)
{
	active_shift(cpu, i, shift_lsl);
}

static void sve_asrd_imm_pg(struct cpu *cpu, const struct insn *i)
{
	active_shift(cpu, i, shift_asrd);
}

#if SVE_BITS < 64
/* By the doubleword of Zm that the element is in; Zm may be Zd. */
static ALWAYS_INLINE void wide_shift(struct cpu *cpu, const struct insn *i,
				     elem_shift *shift)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	bool all = i->aux == SVE_NO_PREDICATE;
	const struct sve_p *g = all ? NULL : sve_p(cpu, i->aux);
	union sve_z *d = sve_dst(cpu, i->rd);
	uint64_t by = 0;

	for (unsigned int e = 0; e < elements(cpu); e++) {
		if (e % (64 / SVE_BITS) == 0)
			by = m->d[e / (64 / SVE_BITS)];
		if (all || active(g, e))
			d->SVE_LANE[e] = shift(n->SVE_LANE[e], by);
	}
	sve_done(cpu, i->rd);
}

static void sve_asr_wide(struct cpu *cpu, const struct insn *i)
{
	wide_shift(cpu, i, shift_asr);
}

static void sve_lsr_wide(struct cpu *cpu, const struct insn *i)
{
	wide_shift(cpu, i, shift_lsr);
}

static void sve_lsl_wide(struct cpu *cpu, const struct insn *i)
{
	wide_shift(cpu, i, shift_lsl);
}

static insn_fn *wide_shift_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_ASR_wide:
	case A64_SVE_ASR_wide_pg: return sve_asr_wide;
	case A64_SVE_LSR_wide:
	case A64_SVE_LSR_wide_pg: return sve_lsr_wide;
	case A64_SVE_LSL_wide:
	case A64_SVE_LSL_wide_pg: return sve_lsl_wide;
	default: return NULL;
	}
}
#else
static insn_fn *wide_shift_work(const struct insn *i)
{
	return NULL;
}
#endif

static insn_fn *shift_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_ASR_imm_pg: return sve_asr_imm_pg;
	case A64_SVE_LSR_imm_pg: return sve_lsr_imm_pg;
	case A64_SVE_LSL_imm_pg: return sve_lsl_imm_pg;
	case A64_SVE_ASRD_imm_pg: return sve_asrd_imm_pg;
	default: return wide_shift_work(i);
	}
}
