/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD saturating doubling multiplies, high half (SQDMULH ...) and
 * long (SQDMULL ...), vector, scalar and by element (Arm ARM C4.1.96 "three
 * same", "three same extra", "three different", "vector x indexed element" and
 * their scalar forms). Included by simd/bodies.h for 16- and 32-bit lanes.
 */

/* ---- high half ----------------------------------------------------------- */

/*
 * The doubling and the shift by LANE_BITS are one shift by LANE_BITS - 1;
 * HIGH_ROUND is half of the last place.
 */
#define HIGH_ROUND ((s64)1 << (LANE_BITS - 2))
#define HIGH(v)    sat_ss((v) >> (LANE_BITS - 1), LANE_BITS, &sat)

static void exec_sqdmulh(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, HIGH((s64)a * b));
}

static void exec_sqdmulh_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME_EL(S, HIGH((s64)a * b));
}

static void exec_sqrdmulh(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, HIGH((s64)a * b + HIGH_ROUND));
}

static void exec_sqrdmulh_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME_EL(S, HIGH((s64)a * b + HIGH_ROUND));
}

/* FEAT_RDM: the accumulator takes part at full precision, one rounding. */
#define HIGH_ACC ((s64)c * ((s64)1 << (LANE_BITS - 1)))

static void exec_sqrdmlah(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, HIGH(HIGH_ACC + (s64)a * b + HIGH_ROUND));
}

static void exec_sqrdmlah_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME_EL(S, HIGH(HIGH_ACC + (s64)a * b + HIGH_ROUND));
}

static void exec_sqrdmlsh(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(S, HIGH(HIGH_ACC - (s64)a * b + HIGH_ROUND));
}

static void exec_sqrdmlsh_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME_EL(S, HIGH(HIGH_ACC - (s64)a * b + HIGH_ROUND));
}

/* ---- long ---------------------------------------------------------------- */

/*
 * The product saturates by itself (only min * min can), then the accumulation
 * does; either sets QC.
 */
#define WIDE_SMAX SMAX_OF(2 * LANE_BITS)
#define WIDE_SMIN SMIN_OF(2 * LANE_BITS)
#define DOUBLE(v)                               \
	({                                      \
		const WS p_ = (v);              \
		SAT_OP(add, p_, p_, WIDE_SMAX); \
	})
#define ACC_LIMIT (c < 0 ? WIDE_SMIN : WIDE_SMAX)

static void exec_sqdmull(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(S, DOUBLE(a * b));
}

static void exec_sqdmull_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG_EL(S, DOUBLE(a * b));
}

static void exec_sqdmlal(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(S, SAT_OP(add, c, DOUBLE(a * b), ACC_LIMIT));
}

static void exec_sqdmlal_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG_EL(S, SAT_OP(add, c, DOUBLE(a * b), ACC_LIMIT));
}

static void exec_sqdmlsl(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG(S, SAT_OP(sub, c, DOUBLE(a * b), ACC_LIMIT));
}

static void exec_sqdmlsl_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_LONG_EL(S, SAT_OP(sub, c, DOUBLE(a * b), ACC_LIMIT));
}

static insn_fn *doubling_body(enum a64_op op)
{
	switch (op) {
	case A64_SQDMULH_v:
	case A64_SQDMULH_s: return exec_sqdmulh;
	case A64_SQDMULH_el:
	case A64_SQDMULH_el_s: return exec_sqdmulh_el;
	case A64_SQRDMULH_v:
	case A64_SQRDMULH_s: return exec_sqrdmulh;
	case A64_SQRDMULH_el:
	case A64_SQRDMULH_el_s: return exec_sqrdmulh_el;
	case A64_SQRDMLAH_v:
	case A64_SQRDMLAH_s: return exec_sqrdmlah;
	case A64_SQRDMLAH_el:
	case A64_SQRDMLAH_el_s: return exec_sqrdmlah_el;
	case A64_SQRDMLSH_v:
	case A64_SQRDMLSH_s: return exec_sqrdmlsh;
	case A64_SQRDMLSH_el:
	case A64_SQRDMLSH_el_s: return exec_sqrdmlsh_el;
	case A64_SQDMULL_v:
	case A64_SQDMULL_s: return exec_sqdmull;
	case A64_SQDMULL_el:
	case A64_SQDMULL_el_s: return exec_sqdmull_el;
	case A64_SQDMLAL_v:
	case A64_SQDMLAL_s: return exec_sqdmlal;
	case A64_SQDMLAL_el:
	case A64_SQDMLAL_el_s: return exec_sqdmlal_el;
	case A64_SQDMLSL_v:
	case A64_SQDMLSL_s: return exec_sqdmlsl;
	case A64_SQDMLSL_el:
	case A64_SQDMLSL_el_s: return exec_sqdmlsl_el;
	default: return NULL;
	}
}
