/* SPDX-License-Identifier: MIT */
/*
 * FMOV of an immediate and between a SIMD&FP register and a general one; that
 * between SIMD&FP registers is with the other scalar bodies.
 */
#include "cpu/fp/bodies.h"

static void exec_fmov_imm(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put(cpu, i->rd, (uint64_t)i->imm);
	NEXT;
}

static void exec_fmov_w_s(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = cpu->vreg[i->rn].s[0];
	NEXT;
}

static void exec_fmov_w_h(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = cpu->vreg[i->rn].h[0];
	NEXT;
}

static void exec_fmov_h_w(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put(cpu, i->rd, (uint16_t)cpu->x[i->rn]);
	NEXT;
}

static void exec_fmov_x_d(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = cpu->vreg[i->rn].d[0];
	NEXT;
}

/* FMOV Xd, Vn.D[1] */
static void exec_fmov_x_d1(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = cpu->vreg[i->rn].d[1];
	NEXT;
}

static void exec_fmov_s_w(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put(cpu, i->rd, (uint32_t)cpu->x[i->rn]);
	NEXT;
}

static void exec_fmov_d_x(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_put(cpu, i->rd, cpu->x[i->rn]);
	NEXT;
}

/* FMOV Vd.D[1], Xn: leaves the lower half. */
static void exec_fmov_d1_x(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->vreg[i->rd].d[1] = cpu->x[i->rn];
	NEXT;
}

insn_fn *fp_move_body(const struct insn *i)
{
	switch (i->op) {
	case A64_FMOV_imm: return exec_fmov_imm;
	case A64_FMOV_w_s: return exec_fmov_w_s;
	case A64_FMOV_s_w: return exec_fmov_s_w;
	case A64_FMOV_w_h: return exec_fmov_w_h;
	case A64_FMOV_h_w: return exec_fmov_h_w;
	case A64_FMOV_x_d: return exec_fmov_x_d;
	case A64_FMOV_d_x: return exec_fmov_d_x;
	case A64_FMOV_x_d1: return exec_fmov_x_d1;
	case A64_FMOV_d1_x: return exec_fmov_d1_x;
	default: return NULL;
	}
}
