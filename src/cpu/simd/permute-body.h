/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD permutes of the lanes of two vectors: ZIP, UZP, TRN (Arm ARM
 * C4.1.96 "permute"). The other permutes don't know lanes: simd/move.c.
 * Included by simd/bodies.h.
 */

/*
 * Permutes of 64 bits are made of one of 128, whose order of lanes is constant
 * once the loop that makes it is unrolled: hosts have an instruction for it.
 * They read 64 bits and write 128, as what is before and after them may do, so
 * that the host forwards its stores.
 */
#define LANES_128 (128 / LANE_BITS)
#define IS_64     (LANES < LANES_128)
typedef U permute_vec __attribute__((vector_size(16), may_alias));
typedef uint64_t permute_halves __attribute__((vector_size(16)));

/* @order: indices into Vn, then Vm. */
static inline permute_vec shuffle(permute_vec n, permute_vec m,
				  permute_vec order)
{
#ifdef __clang__ /* has it for literal indices only */
	for (unsigned int k = 0; k < LANES_128; k++)
		order[k] = order[k] < LANES_128 ? n[order[k]]
						: m[order[k] - LANES_128];
	return order;
#else
	return __builtin_shuffle(n, m, order);
#endif
}

static inline permute_vec permute_operand(const union vreg *v)
{
	if (IS_64)
		return (permute_vec)(permute_halves){v->d[0]};
	return *(const permute_vec *)v;
}

/* All of @v; of 64 bits its lower or upper half. */
static inline void permute_result(struct cpu *cpu, const struct insn *i,
				  permute_vec v, unsigned int upper)
{
	if (IS_64)
		v = (permute_vec)(permute_halves){((permute_halves)v)[upper]};
	*(permute_vec *)&cpu->vreg[i->rd] = v;
}

/* Lanes of Vn and Vm in turn, from their lower or upper (@upper 1) halves. */
static inline void zip(struct cpu *cpu, const struct insn *i,
		       unsigned int upper)
{
	permute_vec n = permute_operand(&cpu->vreg[i->rn]);
	permute_vec m = permute_operand(&cpu->vreg[i->rm]), order;
	unsigned int first = IS_64 ? 0 : upper * LANES / 2;

	for (unsigned int k = 0; k < LANES_128; k++)
		order[k] = first + k / 2 + (k & 1) * LANES_128;
	permute_result(cpu, i, shuffle(n, m, order), upper);
}

/* The even (@odd 0) or odd lanes of Vn, then those of Vm. */
static inline void uzp(struct cpu *cpu, const struct insn *i, unsigned int odd)
{
	permute_vec n = permute_operand(&cpu->vreg[i->rn]);
	permute_vec m = permute_operand(&cpu->vreg[i->rm]), order;

	if (IS_64)
		n = m = (permute_vec)(permute_halves){cpu->vreg[i->rn].d[0],
						      cpu->vreg[i->rm].d[0]};
	for (unsigned int k = 0; k < LANES_128; k++)
		order[k] = 2 * k + odd;
	permute_result(cpu, i, shuffle(n, m, order), 0);
}

#if LANE_BITS < 64
/* The even or odd lanes of Vn and Vm in turn: pairs of them are wide lanes. */
static inline void trn(struct cpu *cpu, const struct insn *i, unsigned int odd)
{
	const union vreg *n = &cpu->vreg[i->rn], *m = &cpu->vreg[i->rm];
	union vreg r = {0};

	for (unsigned int k = 0; k < LANES / 2; k++) {
		WU a = n->WIDE_LANE[k], b = m->WIDE_LANE[k];

		r.WIDE_LANE[k] =
			odd ? a >> LANE_BITS | b >> LANE_BITS << LANE_BITS
			    : (U)a | b << LANE_BITS;
	}
	cpu->vreg[i->rd] = r;
}
#else
#define trn zip /* the same of two lanes */
#endif

static void exec_zip1(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	zip(cpu, i, 0);
	NEXT;
}

static void exec_zip2(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	zip(cpu, i, 1);
	NEXT;
}

static void exec_uzp1(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	uzp(cpu, i, 0);
	NEXT;
}

static void exec_uzp2(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	uzp(cpu, i, 1);
	NEXT;
}

static void exec_trn1(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	trn(cpu, i, 0);
	NEXT;
}

static void exec_trn2(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	trn(cpu, i, 1);
	NEXT;
}

static insn_fn *permute_body(enum a64_op op)
{
	switch (op) {
	case A64_ZIP1: return exec_zip1;
	case A64_ZIP2: return exec_zip2;
	case A64_UZP1: return exec_uzp1;
	case A64_UZP2: return exec_uzp2;
	case A64_TRN1: return exec_trn1;
	case A64_TRN2: return exec_trn2;
	default: return NULL;
	}
}
