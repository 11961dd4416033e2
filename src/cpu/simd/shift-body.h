/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD shifts that don't saturate: by a register (a signed byte in
 * each lane of Vm, negative: right) and by an immediate (Arm ARM C4.1.96
 * "three same", "shift by immediate" and their scalar forms): vectors of all
 * lanes, and scalars of 64 bits. Included by simd/bodies.h.
 */

/* ---- by register --------------------------------------------------------- */

static void exec_ushl(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, shl_u(a, (s8)b, LANE_BITS));
}

static void exec_sshl(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, shl_s(a, (s8)b, LANE_BITS));
}

static void exec_urshl(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, rshl_u(a, (s8)b, LANE_BITS));
}

static void exec_srshl(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, rshl_s(a, (s8)b, LANE_BITS));
}

/* ---- by immediate -------------------------------------------------------- */

static void exec_shl(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, a << sh);
}

static void exec_sshr(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, SHR(a));
}

static void exec_ushr(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, SHR(a));
}

/* And accumulate. */
static void exec_ssra(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, (U)c + (U)SHR(a));
}

static void exec_usra(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, c + SHR(a));
}

/* Rounding. */
static void exec_srshr(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, RSHR(a));
}

static void exec_urshr(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, RSHR(a));
}

static void exec_srsra(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, (U)c + (U)RSHR(a));
}

static void exec_ursra(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, c + RSHR(a));
}

/* Insert: the bits of Vd that the shift leaves empty stay. */
#define ONES ((U) ~(U)0)

static void exec_sri(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, (c & ~SHR(ONES)) | SHR(a));
}

static void exec_sli(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, (c & ~((u64)ONES << sh)) | (u64)a << sh);
}

static insn_fn *shift_body(enum a64_op op)
{
	switch (op) {
	case A64_USHL_v:
	case A64_USHL_s: return exec_ushl;
	case A64_SSHL_v:
	case A64_SSHL_s: return exec_sshl;
	case A64_URSHL_v:
	case A64_URSHL_s: return exec_urshl;
	case A64_SRSHL_v:
	case A64_SRSHL_s: return exec_srshl;
	case A64_SHL_v:
	case A64_SHL_s: return exec_shl;
	case A64_SSHR_v:
	case A64_SSHR_s: return exec_sshr;
	case A64_USHR_v:
	case A64_USHR_s: return exec_ushr;
	case A64_SSRA_v:
	case A64_SSRA_s: return exec_ssra;
	case A64_USRA_v:
	case A64_USRA_s: return exec_usra;
	case A64_SRSHR_v:
	case A64_SRSHR_s: return exec_srshr;
	case A64_URSHR_v:
	case A64_URSHR_s: return exec_urshr;
	case A64_SRSRA_v:
	case A64_SRSRA_s: return exec_srsra;
	case A64_URSRA_v:
	case A64_URSRA_s: return exec_ursra;
	case A64_SRI_v:
	case A64_SRI_s: return exec_sri;
	case A64_SLI_v:
	case A64_SLI_s: return exec_sli;
	default: return NULL;
	}
}
