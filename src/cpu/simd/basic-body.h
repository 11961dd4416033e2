/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD add, subtract, compare, absolute, negate (Arm ARM C4.1.96
 * "three same", "two-register miscellaneous" and their scalar forms): vectors
 * of all lanes, and scalars of 64 bits. Included by simd/bodies.h.
 */

/* Add and subtract, modulo 2^bits. */
static void exec_add(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, a + b);
}

static void exec_sub(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, a - b);
}

static void exec_abs(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, a < 0 ? -(U)a : (U)a);
}

static void exec_neg(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, -a);
}

/* ---- compare: all ones if true ------------------------------------------- */

static void exec_cmgt(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, -(S)(a > b));
}

static void exec_cmge(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, -(S)(a >= b));
}

static void exec_cmhi(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, -(U)(a > b));
}

static void exec_cmhs(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, -(U)(a >= b));
}

static void exec_cmeq(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, -(U)(a == b));
}

static void exec_cmtst(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, -(U)((a & b) != 0));
}

/* With zero. */
static void exec_cmgt0(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, -(S)(a > 0));
}

static void exec_cmge0(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, -(S)(a >= 0));
}

static void exec_cmeq0(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, -(U)(a == 0));
}

static void exec_cmle0(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, -(S)(a <= 0));
}

static void exec_cmlt0(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, -(S)(a < 0));
}

static insn_fn *basic_body(enum a64_op op)
{
	switch (op) {
	case A64_ADD_v:
	case A64_ADD_s: return exec_add;
	case A64_SUB_v:
	case A64_SUB_s: return exec_sub;
	case A64_ABS_v:
	case A64_ABS_s: return exec_abs;
	case A64_NEG_v:
	case A64_NEG_s: return exec_neg;
	case A64_CMGT_v:
	case A64_CMGT_s: return exec_cmgt;
	case A64_CMGE_v:
	case A64_CMGE_s: return exec_cmge;
	case A64_CMHI_v:
	case A64_CMHI_s: return exec_cmhi;
	case A64_CMHS_v:
	case A64_CMHS_s: return exec_cmhs;
	case A64_CMEQ_v:
	case A64_CMEQ_s: return exec_cmeq;
	case A64_CMTST_v:
	case A64_CMTST_s: return exec_cmtst;
	case A64_CMGT0_v:
	case A64_CMGT0_s: return exec_cmgt0;
	case A64_CMGE0_v:
	case A64_CMGE0_s: return exec_cmge0;
	case A64_CMEQ0_v:
	case A64_CMEQ0_s: return exec_cmeq0;
	case A64_CMLE0_v:
	case A64_CMLE0_s: return exec_cmle0;
	case A64_CMLT0_v:
	case A64_CMLT0_s: return exec_cmlt0;
	default: return NULL;
	}
}
