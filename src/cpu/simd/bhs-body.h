/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD three same operations that have no 64-bit lanes: halve,
 * minimum, maximum, absolute difference (Arm ARM C4.1.96 "three same").
 * Included by simd/bodies.h for vectors of 8-, 16- and 32-bit lanes.
 */

/* Halving: without the carry leaving the lane. */
static void exec_shadd(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, (a >> 1) + (b >> 1) + (a & b & 1));
}

static void exec_uhadd(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, (a >> 1) + (b >> 1) + (a & b & 1));
}

static void exec_srhadd(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, (a >> 1) + (b >> 1) + ((a | b) & 1));
}

static void exec_urhadd(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, (a >> 1) + (b >> 1) + ((a | b) & 1));
}

static void exec_shsub(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, (a >> 1) - (b >> 1) - (~a & b & 1));
}

static void exec_uhsub(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, (a >> 1) - (b >> 1) - (~a & b & 1));
}

/* Minimum, maximum. */
static void exec_smax(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, a > b ? a : b);
}

static void exec_umax(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, a > b ? a : b);
}

static void exec_smin(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, a < b ? a : b);
}

static void exec_umin(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, a < b ? a : b);
}

/* Absolute difference; and accumulate. */
static void exec_sabd(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, a > b ? (U)a - (U)b : (U)b - (U)a);
}

static void exec_uabd(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, a > b ? a - b : b - a);
}

static void exec_saba(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, (U)c + (a > b ? (U)a - (U)b : (U)b - (U)a));
}

static void exec_uaba(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, c + (a > b ? a - b : b - a));
}

static insn_fn *bhs_body(enum a64_op op)
{
	switch (op) {
	case A64_SHADD_v: return exec_shadd;
	case A64_UHADD_v: return exec_uhadd;
	case A64_SRHADD_v: return exec_srhadd;
	case A64_URHADD_v: return exec_urhadd;
	case A64_SHSUB_v: return exec_shsub;
	case A64_UHSUB_v: return exec_uhsub;
	case A64_SMAX_v: return exec_smax;
	case A64_UMAX_v: return exec_umax;
	case A64_SMIN_v: return exec_smin;
	case A64_UMIN_v: return exec_umin;
	case A64_SABD_v: return exec_sabd;
	case A64_UABD_v: return exec_uabd;
	case A64_SABA_v: return exec_saba;
	case A64_UABA_v: return exec_uaba;
	default: return NULL;
	}
}
