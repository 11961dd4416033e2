/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD narrowing operations: extract, high half of a sum or a
 * difference, right shift (Arm ARM C4.1.96 "two-register miscellaneous",
 * "three different", "shift by immediate"). LANE_BITS is the narrow result's.
 * Included by simd/bodies.h for 8-, 16- and 32-bit lanes; those that saturate
 * have scalar forms.
 */

#if VECTOR
static void exec_xtn(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(U, a);
}

/* High half; R: rounding. */
#define HIGH_HALF (UINT64_C(1) << (LANE_BITS - 1))

static void exec_addhn(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(U, (WU)(a + b) >> LANE_BITS);
}

static void exec_subhn(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(U, (WU)(a - b) >> LANE_BITS);
}

static void exec_raddhn(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(U, (WU)(a + b + (WU)HIGH_HALF) >> LANE_BITS);
}

static void exec_rsubhn(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(U, (WU)(a - b + (WU)HIGH_HALF) >> LANE_BITS);
}

/* Right shift; R: rounding. */
static void exec_shrn(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(U, SHR(a));
}

static void exec_rshrn(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(U, RSHR(a));
}
#endif

/* ---- saturating: signed, unsigned, signed to unsigned -------------------- */

static void exec_sqxtn(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(S, sat_ss(a, LANE_BITS, &sat));
}

static void exec_uqxtn(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(U, sat_uu(a, LANE_BITS, &sat));
}

static void exec_sqxtun(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(S, sat_su(a, LANE_BITS, &sat));
}

static void exec_sqshrn(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(S, sat_ss(SHR(a), LANE_BITS, &sat));
}

static void exec_uqshrn(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(U, sat_uu(SHR(a), LANE_BITS, &sat));
}

static void exec_sqshrun(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(S, sat_su(SHR(a), LANE_BITS, &sat));
}

static void exec_sqrshrn(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(S, sat_ss(RSHR(a), LANE_BITS, &sat));
}

static void exec_uqrshrn(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(U, sat_uu(RSHR(a), LANE_BITS, &sat));
}

static void exec_sqrshrun(struct cpu *cpu, const struct insn *i)
{
	SIMD_NARROW(S, sat_su(RSHR(a), LANE_BITS, &sat));
}

static insn_fn *narrow_body(enum a64_op op)
{
	switch (op) {
#if VECTOR
	case A64_XTN_v: return exec_xtn;
	case A64_ADDHN_v: return exec_addhn;
	case A64_SUBHN_v: return exec_subhn;
	case A64_RADDHN_v: return exec_raddhn;
	case A64_RSUBHN_v: return exec_rsubhn;
	case A64_SHRN_v: return exec_shrn;
	case A64_RSHRN_v: return exec_rshrn;
#endif
	case A64_SQXTN_v:
	case A64_SQXTN_s: return exec_sqxtn;
	case A64_UQXTN_v:
	case A64_UQXTN_s: return exec_uqxtn;
	case A64_SQXTUN_v:
	case A64_SQXTUN_s: return exec_sqxtun;
	case A64_SQSHRN_v:
	case A64_SQSHRN_s: return exec_sqshrn;
	case A64_UQSHRN_v:
	case A64_UQSHRN_s: return exec_uqshrn;
	case A64_SQSHRUN_v:
	case A64_SQSHRUN_s: return exec_sqshrun;
	case A64_SQRSHRN_v:
	case A64_SQRSHRN_s: return exec_sqrshrn;
	case A64_UQRSHRN_v:
	case A64_UQRSHRN_s: return exec_uqrshrn;
	case A64_SQRSHRUN_v:
	case A64_SQRSHRUN_s: return exec_sqrshrun;
	default: return NULL;
	}
}
