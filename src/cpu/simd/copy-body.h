/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD copies of an element: DUP, INS, UMOV, SMOV (Arm ARM C4.1.96
 * "copy", "scalar copy"). aux is the lane; units of scalars have what works on
 * one element. Included by simd/bodies.h.
 */
#include "isa/a64/operands.h"

/* From an element, to all lanes or to a scalar. */
static void exec_dup_el(struct cpu *cpu, const struct insn *i)
{
	union vreg r = {0};
	U v = cpu->vreg[i->rn].LANE[i->aux];

	FP_CHECK;
	for (unsigned int l = 0; l < LANES; l++)
		r.LANE[l] = v;
	cpu->vreg[i->rd] = r;
	NEXT;
}

#if VECTOR
static void exec_dup_gen(struct cpu *cpu, const struct insn *i)
{
	union vreg r = {0};
	U v = cpu->x[i->rn];

	FP_CHECK;
	for (unsigned int l = 0; l < LANES; l++)
		r.LANE[l] = v;
	cpu->vreg[i->rd] = r;
	NEXT;
}
#else
/* The other lanes stay; imm is the lane of Vn. */
static void exec_ins_el(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->vreg[i->rd].LANE[i->aux] = cpu->vreg[i->rn].LANE[i->imm];
	NEXT;
}

static void exec_ins_gen(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->vreg[i->rd].LANE[i->aux] = (U)cpu->x[i->rn];
	NEXT;
}

static void exec_umov(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = cpu->vreg[i->rn].LANE[i->aux];
	NEXT;
}

#if LANE_BITS < 64
/* form: to W or X. */
static void exec_smov(struct cpu *cpu, const struct insn *i)
{
	int64_t v = (S)cpu->vreg[i->rn].LANE[i->aux];

	FP_CHECK;
	cpu->x[i->rd] = i->form == SIZE_W ? (uint32_t)v : (uint64_t)v;
	NEXT;
}
#endif
#endif

static insn_fn *copy_body(enum a64_op op)
{
	switch (op) {
	case A64_DUP_el: return exec_dup_el;
#if VECTOR
	case A64_DUP_gen: return exec_dup_gen;
#else
	case A64_DUP_s: return exec_dup_el;
	case A64_INS_el: return exec_ins_el;
	case A64_INS_gen: return exec_ins_gen;
	case A64_UMOV: return exec_umov;
#if LANE_BITS < 64
	case A64_SMOV: return exec_smov;
#endif
#endif
	default: return NULL;
	}
}
