/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD three different, long (narrow by narrow gives wide) and wide
 * (wide by narrow), and lengthening shifts (Arm ARM C4.1.96 "three different",
 * "vector x indexed element", "shift by immediate"). The saturating ones are
 * in simd/doubling-body.h. Included by simd/bodies.h for vectors of 8-, 16-
 * and 32-bit narrow lanes.
 */

/* Lanes are unsigned arithmetic modulo 2^bits; only the widening differs. */
static void exec_saddl(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(S, (WU)a + (WU)b);
}

static void exec_uaddl(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(U, a + b);
}

static void exec_ssubl(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(S, (WU)a - (WU)b);
}

static void exec_usubl(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(U, a - b);
}

static void exec_saddw(struct cpu *cpu, const struct insn *i)
{
	SIMD_WIDE(S, (WU)a + (WU)b);
}

static void exec_uaddw(struct cpu *cpu, const struct insn *i)
{
	SIMD_WIDE(U, a + b);
}

static void exec_ssubw(struct cpu *cpu, const struct insn *i)
{
	SIMD_WIDE(S, (WU)a - (WU)b);
}

static void exec_usubw(struct cpu *cpu, const struct insn *i)
{
	SIMD_WIDE(U, a - b);
}

/* Widened operands: their difference fits the signed wide lane. */
static void exec_sabdl(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(S, a > b ? a - b : b - a);
}

static void exec_uabdl(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(U, a > b ? a - b : b - a);
}

static void exec_sabal(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(S, (WU)c + (WU)(a > b ? a - b : b - a));
}

static void exec_uabal(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(U, c + (a > b ? a - b : b - a));
}

/* Shift left; SHLL by the width of the narrow lane. */
static void exec_shll(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(U, a << LANE_BITS);
}

static void exec_sshll(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(S, (WU)a << sh);
}

static void exec_ushll(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(U, a << sh);
}

/* ---- multiply: a product of two narrow lanes always fits the wide one ---- */

static void exec_smull(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(S, a * b);
}

static void exec_umull(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(U, a * b);
}

static void exec_smlal(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(S, (WU)c + (WU)(a * b));
}

static void exec_umlal(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(U, c + a * b);
}

static void exec_smlsl(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(S, (WU)c - (WU)(a * b));
}

static void exec_umlsl(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(U, c - a * b);
}

#if LANE_BITS > 8
static void exec_smull_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG_EL(S, a * b);
}

static void exec_umull_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG_EL(U, a * b);
}

static void exec_smlal_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG_EL(S, (WU)c + (WU)(a * b));
}

static void exec_umlal_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG_EL(U, c + a * b);
}

static void exec_smlsl_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG_EL(S, (WU)c - (WU)(a * b));
}

static void exec_umlsl_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG_EL(U, c - a * b);
}
#endif

#if LANE_BITS == 8
/* Polynomial. The 64-bit form is in crypto.c. */
static inline u16 poly_mull8(u16 a, u16 b)
{
	u16 r = 0;

	for (unsigned int k = 0; k < 8; k++)
		r ^= (u16)(a << k) & -(b >> k & 1);
	return r;
}

static void exec_pmull(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(U, poly_mull8(a, b));
}
#endif

static insn_fn *long_body(enum a64_op op)
{
	switch (op) {
	case A64_SADDL_v: return exec_saddl;
	case A64_UADDL_v: return exec_uaddl;
	case A64_SSUBL_v: return exec_ssubl;
	case A64_USUBL_v: return exec_usubl;
	case A64_SADDW_v: return exec_saddw;
	case A64_UADDW_v: return exec_uaddw;
	case A64_SSUBW_v: return exec_ssubw;
	case A64_USUBW_v: return exec_usubw;
	case A64_SABDL_v: return exec_sabdl;
	case A64_UABDL_v: return exec_uabdl;
	case A64_SABAL_v: return exec_sabal;
	case A64_UABAL_v: return exec_uabal;
	case A64_SHLL_v: return exec_shll;
	case A64_SSHLL_v: return exec_sshll;
	case A64_USHLL_v: return exec_ushll;
	case A64_SMULL_v: return exec_smull;
	case A64_UMULL_v: return exec_umull;
	case A64_SMLAL_v: return exec_smlal;
	case A64_UMLAL_v: return exec_umlal;
	case A64_SMLSL_v: return exec_smlsl;
	case A64_UMLSL_v: return exec_umlsl;
#if LANE_BITS > 8
	case A64_SMULL_el: return exec_smull_el;
	case A64_UMULL_el: return exec_umull_el;
	case A64_SMLAL_el: return exec_smlal_el;
	case A64_UMLAL_el: return exec_umlal_el;
	case A64_SMLSL_el: return exec_smlsl_el;
	case A64_UMLSL_el: return exec_umlsl_el;
#endif
#if LANE_BITS == 8
	case A64_PMULL_v: return exec_pmull;
#endif
	default: return NULL;
	}
}
