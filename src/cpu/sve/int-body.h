/* SPDX-License-Identifier: MIT */
/* SVE integer arithmetic on elements of the including unit's size (unit.h). */
#include "cpu/sve/int.h"
#include "cpu/sve/unit.h"

typedef elem_t elem_op2(elem_t a, elem_t b);

static elem_t op_add(elem_t a, elem_t b)
{
	return a + b;
}

static elem_t op_sub(elem_t a, elem_t b)
{
	return a - b;
}

/* ---- of all elements ----------------------------------------------------- */

static ALWAYS_INLINE void all2(struct cpu *cpu, const struct insn *i,
			       elem_op2 *op)
{
	const union sve_z *n = sve_src(cpu, i->rn), *m = sve_src(cpu, i->rm);
	union sve_z *d = sve_dst(cpu, i->rd);

	for (unsigned int e = 0; e < elements(cpu); e++)
		d->SVE_LANE[e] = op(n->SVE_LANE[e], m->SVE_LANE[e]);
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

static ALWAYS_INLINE void fill_with(struct cpu *cpu, const struct insn *i,
				    elem_t v)
{
	union sve_z *d = sve_dst(cpu, i->rd);

	for (unsigned int e = 0; e < elements(cpu); e++)
		d->SVE_LANE[e] = v;
	sve_done(cpu, i->rd);
}

static void sve_dup_reg(struct cpu *cpu, const struct insn *i)
{
	fill_with(cpu, i, (elem_t)cpu->x[i->rn]);
}

static void sve_dup_imm(struct cpu *cpu, const struct insn *i)
{
	fill_with(cpu, i, (elem_t)i->imm);
}

static insn_fn *int_work(const struct insn *i)
{
	switch (i->op) {
	case A64_SVE_ADD: return sve_add;
	case A64_SVE_SUB: return sve_sub;
	case A64_SVE_DUP_reg: return sve_dup_reg;
	case A64_SVE_DUP_imm: return sve_dup_imm;
	default: return NULL;
	}
}
