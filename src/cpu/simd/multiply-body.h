/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD multiplies of lanes that keep their size, and dot products,
 * vector and by element (Arm ARM C4.1.96 "three same", "three same extra",
 * "vector x indexed element"). The saturating ones are in
 * simd/doubling-body.h. Included by simd/bodies.h for vectors of 8-, 16- and
 * 32-bit lanes.
 */

/* 16-bit lanes would be multiplied as int, and overflow. */
#define LOW_MUL(a, b) ((u32)(a) * (b))

static void exec_mul(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, LOW_MUL(a, b));
}

static void exec_mla(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, c + LOW_MUL(a, b));
}

static void exec_mls(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, c - LOW_MUL(a, b));
}

#if LANE_BITS > 8
static void exec_mul_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME_EL(U, LOW_MUL(a, b));
}

static void exec_mla_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME_EL(U, c + LOW_MUL(a, b));
}

static void exec_mls_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME_EL(U, c - LOW_MUL(a, b));
}
#endif

#if LANE_BITS == 8
/* Polynomial over GF(2), low half of the product. */
static inline u8 poly_mul8(u8 a, u8 b)
{
	u8 r = 0;

	for (unsigned int k = 0; k < 8; k++)
		r ^= (u8)(a << k) & -(b >> k & 1);
	return r;
}

static void exec_pmul(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, poly_mul8(a, b));
}
#endif

#if LANE_BITS == 32
/*
 * Dot product (FEAT_DotProd): four bytes of Vn by four of Vm (or of one
 * 32-bit element of Vm) are added to each 32-bit lane.
 */
static inline u32 dot_s(u32 sum, const union vreg *n, unsigned int n_lane,
			const union vreg *m, unsigned int m_lane)
{
	for (unsigned int k = 0; k < 4; k++)
		sum += (s8)n->b[4 * n_lane + k] * (s8)m->b[4 * m_lane + k];
	return sum;
}

static inline u32 dot_u(u32 sum, const union vreg *n, unsigned int n_lane,
			const union vreg *m, unsigned int m_lane)
{
	for (unsigned int k = 0; k < 4; k++)
		sum += n->b[4 * n_lane + k] * m->b[4 * m_lane + k];
	return sum;
}

/* Vn without sign, Vm with; and the reverse. */
static inline u32 dot_us(u32 sum, const union vreg *n, unsigned int n_lane,
			 const union vreg *m, unsigned int m_lane)
{
	for (unsigned int k = 0; k < 4; k++)
		sum += n->b[4 * n_lane + k] * (s8)m->b[4 * m_lane + k];
	return sum;
}

static inline u32 dot_su(u32 sum, const union vreg *n, unsigned int n_lane,
			 const union vreg *m, unsigned int m_lane)
{
	return dot_us(sum, m, m_lane, n, n_lane);
}

static void exec_usdot(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, dot_us(c, n_, l, m_, l));
}

static void exec_usdot_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, dot_us(c, n_, l, m_, i->aux));
}

static void exec_sudot_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, dot_su(c, n_, l, m_, i->aux));
}

static void exec_sdot(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, dot_s(c, n_, l, m_, l));
}

static void exec_udot(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, dot_u(c, n_, l, m_, l));
}

static void exec_sdot_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, dot_s(c, n_, l, m_, i->aux));
}

static void exec_udot_el(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, dot_u(c, n_, l, m_, i->aux));
}

#if LANES == 4
/*
 * 2 x 8 bytes of Vn by 8 x 2 of Vm, whose columns are where rows would be: lane l
 * is of row l / 2 and column l % 2 (FEAT_I8MM).
 */
static void exec_smmla(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, dot_s(dot_s(c, n_, l / 2 * 2, m_, l % 2 * 2), n_,
			   l / 2 * 2 + 1, m_, l % 2 * 2 + 1));
}

static void exec_ummla(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, dot_u(dot_u(c, n_, l / 2 * 2, m_, l % 2 * 2), n_,
			   l / 2 * 2 + 1, m_, l % 2 * 2 + 1));
}

static void exec_usmmla(struct cpu *cpu, const struct insn *i)
{
	SIMD_SAME(U, dot_us(dot_us(c, n_, l / 2 * 2, m_, l % 2 * 2), n_,
			    l / 2 * 2 + 1, m_, l % 2 * 2 + 1));
}
#endif
#endif

static insn_fn *multiply_body(enum a64_op op)
{
	switch (op) {
	case A64_MUL_v: return exec_mul;
	case A64_MLA_v: return exec_mla;
	case A64_MLS_v: return exec_mls;
#if LANE_BITS > 8
	case A64_MUL_el: return exec_mul_el;
	case A64_MLA_el: return exec_mla_el;
	case A64_MLS_el: return exec_mls_el;
#endif
#if LANE_BITS == 8
	case A64_PMUL_v: return exec_pmul;
#endif
#if LANE_BITS == 32
	case A64_SDOT_v: return exec_sdot;
	case A64_USDOT_v: return exec_usdot;
	case A64_USDOT_el: return exec_usdot_el;
	case A64_SUDOT_el: return exec_sudot_el;
#if LANES == 4
	case A64_SMMLA: return exec_smmla;
	case A64_UMMLA: return exec_ummla;
	case A64_USMMLA: return exec_usmmla;
#endif
	case A64_UDOT_v: return exec_udot;
	case A64_SDOT_el: return exec_sdot_el;
	case A64_UDOT_el: return exec_udot_el;
#endif
	default: return NULL;
	}
}
