/* SPDX-License-Identifier: MIT */
/*
 * SVE2 integers of the including unit's size: shifts, and what halves or saturates. Included
 * after sve2-body.h.
 */

/* ---- by vectors ---------------------------------------------------------- */

/* More bits than an element has are all the same; to the right they are negative. */
static inline int amount_of(elem_t b)
{
	const selem_t most = SVE_BITS + 1, by = (selem_t)b;

	return (int)(by > most ? most : by < -most ? -most : by);
}

static inline elem_t saturated_left(elem_t a, int by)
{
	if (by >= SVE_BITS)
		return !a ? 0 : (selem_t)a < 0 ? ELEM_MIN : ELEM_MAX;
	return sq_of((swide_t)(selem_t)a * ((swide_t)1 << by));
}

static inline elem_t saturated_left_unsigned(elem_t a, int by)
{
	if (by >= SVE_BITS)
		return a ? (elem_t)-1 : 0;
	return (wide_t)a << by >> SVE_BITS ? (elem_t)-1 : (elem_t)(a << by);
}

static inline elem_t rounded_right(elem_t a, int by)
{
	return (elem_t)((swide_t)((swide_t)(selem_t)a +
				  ((swide_t)1 << (by - 1))) >>
			by);
}

static inline elem_t rounded_right_unsigned(elem_t a, int by)
{
	return (elem_t)((wide_t)((wide_t)a + ((wide_t)1 << (by - 1))) >> by);
}

static elem_t op_srshl(elem_t a, elem_t b)
{
	int by = amount_of(b);

	return by < 0 ? rounded_right(a, -by) : shift_lsl(a, (uint64_t)by);
}

static elem_t op_urshl(elem_t a, elem_t b)
{
	int by = amount_of(b);

	return by < 0 ? rounded_right_unsigned(a, -by)
		      : shift_lsl(a, (uint64_t)by);
}

static elem_t op_sqshl(elem_t a, elem_t b)
{
	int by = amount_of(b);

	return by < 0 ? shift_asr(a, (uint64_t)-by) : saturated_left(a, by);
}

static elem_t op_uqshl(elem_t a, elem_t b)
{
	int by = amount_of(b);

	return by < 0 ? shift_lsr(a, (uint64_t)-by)
		      : saturated_left_unsigned(a, by);
}

static elem_t op_sqrshl(elem_t a, elem_t b)
{
	int by = amount_of(b);

	return by < 0 ? rounded_right(a, -by) : saturated_left(a, by);
}

static elem_t op_uqrshl(elem_t a, elem_t b)
{
	int by = amount_of(b);

	return by < 0 ? rounded_right_unsigned(a, -by)
		      : saturated_left_unsigned(a, by);
}

static void sve_srshl(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_srshl);
}

static void sve_urshl(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_urshl);
}

static void sve_sqshl(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_sqshl);
}

static void sve_uqshl(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_uqshl);
}

static void sve_sqrshl(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_sqrshl);
}

static void sve_uqrshl(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_uqrshl);
}

/* ---- halved, saturated --------------------------------------------------- */

static elem_t op_shadd(elem_t a, elem_t b)
{
	return (elem_t)((swide_t)((swide_t)(selem_t)a + (selem_t)b) >> 1);
}

static elem_t op_uhadd(elem_t a, elem_t b)
{
	return (elem_t)((wide_t)((wide_t)a + b) >> 1);
}

static elem_t op_srhadd(elem_t a, elem_t b)
{
	return (elem_t)((swide_t)((swide_t)(selem_t)a + (selem_t)b + 1) >> 1);
}

static elem_t op_urhadd(elem_t a, elem_t b)
{
	return (elem_t)((wide_t)((wide_t)a + b + 1) >> 1);
}

static elem_t op_shsub(elem_t a, elem_t b)
{
	return (elem_t)((swide_t)((swide_t)(selem_t)a - (selem_t)b) >> 1);
}

static elem_t op_uhsub(elem_t a, elem_t b)
{
	return (elem_t)((wide_t)((wide_t)a - b) >> 1);
}

static elem_t op_suqadd(elem_t a, elem_t b)
{
	return sq_of((__int128)(selem_t)a + b);
}

static elem_t op_usqadd(elem_t a, elem_t b)
{
	swide_t r = (swide_t)a + (selem_t)b;

	return r < 0 ? 0 : r >> SVE_BITS ? (elem_t)-1 : (elem_t)r;
}

static void sve_shadd(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_shadd);
}

static void sve_uhadd(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_uhadd);
}

static void sve_srhadd(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_srhadd);
}

static void sve_urhadd(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_urhadd);
}

static void sve_shsub(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_shsub);
}

static void sve_uhsub(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_uhsub);
}

static void sve_suqadd(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_suqadd);
}

static void sve_usqadd(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_usqadd);
}

static void sve_sqadd_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_sqadd);
}

static void sve_uqadd_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_uqadd);
}

static void sve_sqsub_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_sqsub);
}

static void sve_uqsub_pg(struct cpu *cpu, const struct insn *i)
{
	active2(cpu, i, op_uqsub);
}

/* ---- by immediates ------------------------------------------------------- */

static elem_t shift_sqshl(elem_t a, uint64_t by)
{
	return saturated_left(a, (int)by);
}

static elem_t shift_uqshl(elem_t a, uint64_t by)
{
	return saturated_left_unsigned(a, (int)by);
}

/* A signed source, and an unsigned result. */
static elem_t shift_sqshlu(elem_t a, uint64_t by)
{
	return (selem_t)a < 0 ? 0 : saturated_left_unsigned(a, (int)by);
}

static elem_t shift_srshr(elem_t a, uint64_t by)
{
	return rounded_right(a, (int)by);
}

static elem_t shift_urshr(elem_t a, uint64_t by)
{
	return rounded_right_unsigned(a, (int)by);
}

static void sve_sqshl_imm(struct cpu *cpu, const struct insn *i)
{
	active_shift(cpu, i, shift_sqshl);
}

static void sve_uqshl_imm(struct cpu *cpu, const struct insn *i)
{
	active_shift(cpu, i, shift_uqshl);
}

static void sve_sqshlu_imm(struct cpu *cpu, const struct insn *i)
{
	active_shift(cpu, i, shift_sqshlu);
}

static void sve_srshr_imm(struct cpu *cpu, const struct insn *i)
{
	active_shift(cpu, i, shift_srshr);
}

static void sve_urshr_imm(struct cpu *cpu, const struct insn *i)
{
	active_shift(cpu, i, shift_urshr);
}

static ALWAYS_INLINE void add_shifted(struct cpu *cpu, const struct insn *i,
				      elem_shift *shift)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const union sve_z *a = sve_src(cpu, i->rd);
	union sve_z *d = sve_dst(cpu, i->rd);

	for (unsigned int e = 0; e < elements(cpu); e++)
		d->SVE_LANE[e] = a->SVE_LANE[e] +
				 shift(n->SVE_LANE[e], (uint64_t)i->imm);
	sve_done(cpu, i->rd);
}

static void sve_ssra(struct cpu *cpu, const struct insn *i)
{
	add_shifted(cpu, i, shift_asr);
}

static void sve_usra(struct cpu *cpu, const struct insn *i)
{
	add_shifted(cpu, i, shift_lsr);
}

static void sve_srsra(struct cpu *cpu, const struct insn *i)
{
	add_shifted(cpu, i, shift_srshr);
}

static void sve_ursra(struct cpu *cpu, const struct insn *i)
{
	add_shifted(cpu, i, shift_urshr);
}

/* Bits that @shift moves no bit to stay. */
static ALWAYS_INLINE void insert_shifted(struct cpu *cpu, const struct insn *i,
					 elem_shift *shift)
{
	const union sve_z *n = sve_src(cpu, i->rn);
	const union sve_z *a = sve_src(cpu, i->rd);
	union sve_z *d = sve_dst(cpu, i->rd);
	elem_t stay = (elem_t)~shift((elem_t)-1, (uint64_t)i->imm);

	for (unsigned int e = 0; e < elements(cpu); e++)
		d->SVE_LANE[e] = (a->SVE_LANE[e] & stay) |
				 shift(n->SVE_LANE[e], (uint64_t)i->imm);
	sve_done(cpu, i->rd);
}

static void sve_sri(struct cpu *cpu, const struct insn *i)
{
	insert_shifted(cpu, i, shift_lsr);
}

static void sve_sli(struct cpu *cpu, const struct insn *i)
{
	insert_shifted(cpu, i, shift_lsl);
}

static void sve_xar(struct cpu *cpu, const struct insn *i)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	union sve_z *d = sve_dst(cpu, i->rd);
	uint64_t by = (uint64_t)i->imm;

	for (unsigned int e = 0; e < elements(cpu); e++) {
		elem_t v = n->SVE_LANE[e] ^ m->SVE_LANE[e];

		d->SVE_LANE[e] = shift_lsr(v, by) | shift_lsl(v, SVE_BITS - by);
	}
	sve_done(cpu, i->rd);
}

static insn_fn *sve2_shift_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_SRSHL:
	case A64_SVE_SRSHLR: return sve_srshl;
	case A64_SVE_URSHL:
	case A64_SVE_URSHLR: return sve_urshl;
	case A64_SVE_SQSHL:
	case A64_SVE_SQSHLR: return sve_sqshl;
	case A64_SVE_UQSHL:
	case A64_SVE_UQSHLR: return sve_uqshl;
	case A64_SVE_SQRSHL:
	case A64_SVE_SQRSHLR: return sve_sqrshl;
	case A64_SVE_UQRSHL:
	case A64_SVE_UQRSHLR: return sve_uqrshl;
	case A64_SVE_SHADD: return sve_shadd;
	case A64_SVE_UHADD: return sve_uhadd;
	case A64_SVE_SRHADD: return sve_srhadd;
	case A64_SVE_URHADD: return sve_urhadd;
	case A64_SVE_SHSUB:
	case A64_SVE_SHSUBR: return sve_shsub;
	case A64_SVE_UHSUB:
	case A64_SVE_UHSUBR: return sve_uhsub;
	case A64_SVE_SUQADD_pg: return sve_suqadd;
	case A64_SVE_USQADD_pg: return sve_usqadd;
	case A64_SVE_SQADD_pg: return sve_sqadd_pg;
	case A64_SVE_UQADD_pg: return sve_uqadd_pg;
	case A64_SVE_SQSUB_pg:
	case A64_SVE_SQSUBR_pg: return sve_sqsub_pg;
	case A64_SVE_UQSUB_pg:
	case A64_SVE_UQSUBR_pg: return sve_uqsub_pg;
	case A64_SVE_SQSHL_imm: return sve_sqshl_imm;
	case A64_SVE_UQSHL_imm: return sve_uqshl_imm;
	case A64_SVE_SQSHLU_imm: return sve_sqshlu_imm;
	case A64_SVE_SRSHR_imm: return sve_srshr_imm;
	case A64_SVE_URSHR_imm: return sve_urshr_imm;
	case A64_SVE_SSRA: return sve_ssra;
	case A64_SVE_USRA: return sve_usra;
	case A64_SVE_SRSRA: return sve_srsra;
	case A64_SVE_URSRA: return sve_ursra;
	case A64_SVE_SRI: return sve_sri;
	case A64_SVE_SLI: return sve_sli;
	case A64_SVE_XAR: return sve_xar;
	default: return NULL;
	}
}
