/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD saturating add, subtract, negate, absolute and shift, vector
 * and scalar (Arm ARM C4.1.96 "three same", "two-register miscellaneous",
 * "shift by immediate"): all arrangements. They set FPSR.QC when a lane
 * saturates. Included by simd/bodies.h.
 */

#define SMAX          SMAX_OF(LANE_BITS)
#define UMAX          UMAX_OF(LANE_BITS)
#define LIMIT_LIKE(v) ((v) < 0 ? SMIN_OF(LANE_BITS) : SMAX)

static void exec_sqadd(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, SAT_OP(add, a, b, LIMIT_LIKE(a)));
}

static void exec_uqadd(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, SAT_OP(add, a, b, UMAX));
}

static void exec_sqsub(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, SAT_OP(sub, a, b, LIMIT_LIKE(a)));
}

static void exec_uqsub(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, SAT_OP(sub, a, b, 0));
}

/* Vd and Vn of different signedness. */
static void exec_suqadd(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, SAT_OP(add, c, (U)a, SMAX));
}

static void exec_usqadd(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, SAT_OP(add, c, (S)a, (S)a < 0 ? 0 : UMAX));
}

static void exec_sqneg(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, SAT_OP(sub, 0, a, SMAX));
}

static void exec_sqabs(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, a < 0 ? SAT_OP(sub, 0, a, SMAX) : a);
}

/* ---- shift by register, left saturating; negative: right ----------------- */

#define BY ((s8)b)

static void exec_uqshl(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, BY < 0 ? shl_u(a, BY, LANE_BITS)
			    : sat_shl_u(a, BY, LANE_BITS, &sat));
}

static void exec_sqshl(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, BY < 0 ? shl_s(a, BY, LANE_BITS)
			    : sat_shl_s(a, BY, LANE_BITS, &sat));
}

static void exec_uqrshl(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, BY < 0 ? rshl_u(a, BY, LANE_BITS)
			    : sat_shl_u(a, BY, LANE_BITS, &sat));
}

static void exec_sqrshl(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, BY < 0 ? rshl_s(a, BY, LANE_BITS)
			    : sat_shl_s(a, BY, LANE_BITS, &sat));
}

/* ---- shift left by immediate --------------------------------------------- */

static void exec_sqshli(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, sat_shl_s(a, sh, LANE_BITS, &sat));
}

static void exec_uqshli(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, sat_shl_u(a, sh, LANE_BITS, &sat));
}

static void exec_sqshlu(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, sat_shl_su(a, sh, LANE_BITS, &sat));
}

static insn_fn *saturate_body(enum a64_op op)
{
	switch (op) {
	case A64_SQADD_v:
	case A64_SQADD_s: return exec_sqadd;
	case A64_UQADD_v:
	case A64_UQADD_s: return exec_uqadd;
	case A64_SQSUB_v:
	case A64_SQSUB_s: return exec_sqsub;
	case A64_UQSUB_v:
	case A64_UQSUB_s: return exec_uqsub;
	case A64_SUQADD_v:
	case A64_SUQADD_s: return exec_suqadd;
	case A64_USQADD_v:
	case A64_USQADD_s: return exec_usqadd;
	case A64_SQNEG_v:
	case A64_SQNEG_s: return exec_sqneg;
	case A64_SQABS_v:
	case A64_SQABS_s: return exec_sqabs;
	case A64_UQSHL_v:
	case A64_UQSHL_s: return exec_uqshl;
	case A64_SQSHL_v:
	case A64_SQSHL_s: return exec_sqshl;
	case A64_UQRSHL_v:
	case A64_UQRSHL_s: return exec_uqrshl;
	case A64_SQRSHL_v:
	case A64_SQRSHL_s: return exec_sqrshl;
	case A64_SQSHLI_v:
	case A64_SQSHLI_s: return exec_sqshli;
	case A64_UQSHLI_v:
	case A64_UQSHLI_s: return exec_uqshli;
	case A64_SQSHLU_v:
	case A64_SQSHLU_s: return exec_sqshlu;
	default: return NULL;
	}
}
