/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD bitwise operations, counts of bits, and reversals of lanes in
 * a container (Arm ARM C4.1.96 "three same", "two-register miscellaneous").
 * Included by simd/bodies.h for vectors of 8-, 16- and 32-bit lanes.
 */

static inline int leading_zeros(U v)
{
	return v ? __builtin_clzll(v) - (64 - LANE_BITS) : LANE_BITS;
}

static void exec_clz(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, leading_zeros(a));
}

/* Leading bits equal to the sign, the sign not counted. */
static void exec_cls(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, leading_zeros(a ^ (S)a >> (LANE_BITS - 1)) - 1);
}

/* ---- reverse; the container is the number in the name -------------------- */

static inline u64 rev16_bytes(u64 v)
{
	return (v >> 8 & UINT64_C(0x00ff00ff00ff00ff)) |
	       (v & UINT64_C(0x00ff00ff00ff00ff)) << 8;
}

static inline u64 rev32_halves(u64 v)
{
	return (v >> 16 & UINT64_C(0x0000ffff0000ffff)) |
	       (v & UINT64_C(0x0000ffff0000ffff)) << 16;
}

static inline u64 rev64_words(u64 v)
{
	return v >> 32 | v << 32;
}

#if LANE_BITS == 8
#define REV64(v) __builtin_bswap64(v)
#define REV32(v) rev16_bytes(rev32_halves(v))
#elif LANE_BITS == 16
#define REV64(v) rev32_halves(rev64_words(v))
#define REV32(v) rev32_halves(v)
#else
#define REV64(v) rev64_words(v)
#endif

static void exec_rev64(struct cpu *cpu, const struct insn *i)
{
	SIMD_DOUBLEWORDS(REV64(a));
}

#if LANE_BITS <= 16
static void exec_rev32(struct cpu *cpu, const struct insn *i)
{
	SIMD_DOUBLEWORDS(REV32(a));
}
#endif

/* ---- of bytes ------------------------------------------------------------ */

#if LANE_BITS == 8
static void exec_rev16(struct cpu *cpu, const struct insn *i)
{
	SIMD_DOUBLEWORDS(rev16_bytes(a));
}

/* Within a byte, as sums of neighbours, so that whole vectors go at once. */
static inline u64 count_bytes(u64 v)
{
	v -= v >> 1 & UINT64_C(0x5555555555555555);
	v = (v & UINT64_C(0x3333333333333333)) +
	    (v >> 2 & UINT64_C(0x3333333333333333));
	return (v + (v >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
}

static inline u64 reverse_bits_of_bytes(u64 v)
{
	v = (v >> 1 & UINT64_C(0x5555555555555555)) |
	    (v & UINT64_C(0x5555555555555555)) << 1;
	v = (v >> 2 & UINT64_C(0x3333333333333333)) |
	    (v & UINT64_C(0x3333333333333333)) << 2;
	return (v >> 4 & UINT64_C(0x0f0f0f0f0f0f0f0f)) |
	       (v & UINT64_C(0x0f0f0f0f0f0f0f0f)) << 4;
}

static void exec_cnt(struct cpu *cpu, const struct insn *i)
{
	SIMD_DOUBLEWORDS(count_bytes(a));
}

static void exec_rbit(struct cpu *cpu, const struct insn *i)
{
	SIMD_DOUBLEWORDS(reverse_bits_of_bytes(a));
}

static void exec_not(struct cpu *cpu, const struct insn *i)
{
	SIMD_DOUBLEWORDS(~a);
}

static void exec_and(struct cpu *cpu, const struct insn *i)
{
	SIMD_DOUBLEWORDS(a & b);
}

static void exec_bic(struct cpu *cpu, const struct insn *i)
{
	SIMD_DOUBLEWORDS(a & ~b);
}

static void exec_orr(struct cpu *cpu, const struct insn *i)
{
	SIMD_DOUBLEWORDS(a | b);
}

static void exec_orn(struct cpu *cpu, const struct insn *i)
{
	SIMD_DOUBLEWORDS(a | ~b);
}

static void exec_eor(struct cpu *cpu, const struct insn *i)
{
	SIMD_DOUBLEWORDS(a ^ b);
}

static void exec_bsl(struct cpu *cpu, const struct insn *i)
{
	SIMD_DOUBLEWORDS(b ^ ((b ^ a) & c));
}

static void exec_bit(struct cpu *cpu, const struct insn *i)
{
	SIMD_DOUBLEWORDS(c ^ ((c ^ a) & b));
}

static void exec_bif(struct cpu *cpu, const struct insn *i)
{
	SIMD_DOUBLEWORDS(c ^ ((c ^ a) & ~b));
}
#endif

static insn_fn *bits_body(enum a64_op op)
{
	switch (op) {
	case A64_CLZ_v: return exec_clz;
	case A64_CLS_v: return exec_cls;
	case A64_REV64_v: return exec_rev64;
#if LANE_BITS <= 16
	case A64_REV32_v: return exec_rev32;
#endif
#if LANE_BITS == 8
	case A64_REV16_v: return exec_rev16;
	case A64_CNT_v: return exec_cnt;
	case A64_RBIT_v: return exec_rbit;
	case A64_NOT_v: return exec_not;
	case A64_AND_v: return exec_and;
	case A64_BIC_v: return exec_bic;
	case A64_ORR_v: return exec_orr;
	case A64_ORN_v: return exec_orn;
	case A64_EOR_v: return exec_eor;
	case A64_BSL_v: return exec_bsl;
	case A64_BIT_v: return exec_bit;
	case A64_BIF_v: return exec_bif;
#endif
	default: return NULL;
	}
}
