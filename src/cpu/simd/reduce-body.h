/* SPDX-License-Identifier: MIT */
/*
 * Advanced SIMD operations between the lanes of one vector: pairwise, pairwise
 * long, and across all lanes (Arm ARM C4.1.96 "three same", "two-register
 * miscellaneous", "across lanes", "scalar pairwise"). Included by
 * simd/bodies.h.
 */

/* ---- pairwise: neighbours of Vn, then of Vm ------------------------------ */

/* a, b: the neighbours, of @type. */
#define PAIRWISE(type, ...)                                     \
	do {                                                    \
		const union vreg *n_ = &cpu->vreg[i->rn];       \
		const union vreg *m_ = &cpu->vreg[i->rm];       \
		union vreg r_ = {0};                            \
                                                                \
		FP_CHECK;                                       \
		for (unsigned int l = 0; l < LANES / 2; l++) {  \
			const type a = n_->LANE[2 * l];         \
			const type b = n_->LANE[2 * l + 1];     \
			r_.LANE[l] = (__VA_ARGS__);             \
		}                                               \
		for (unsigned int l = 0; l < LANES / 2; l++) {  \
			const type a = m_->LANE[2 * l];         \
			const type b = m_->LANE[2 * l + 1];     \
			r_.LANE[l + LANES / 2] = (__VA_ARGS__); \
		}                                               \
		cpu->vreg[i->rd] = r_;                          \
		NEXT;                                           \
	} while (0)

static void exec_addp(struct cpu *cpu, const struct insn *i)
{
	PAIRWISE(U, a + b);
}

#if LANE_BITS == 64
static void exec_addp_s(struct cpu *cpu, const struct insn *i)
{
	const union vreg *n = &cpu->vreg[i->rn];
	union vreg *d = &cpu->vreg[i->rd];

	FP_CHECK;
	d->d[0] = n->d[0] + n->d[1];
	d->d[1] = 0;
	NEXT;
}
#else
static void exec_smaxp(struct cpu *cpu, const struct insn *i)
{
	PAIRWISE(S, a > b ? a : b);
}

static void exec_umaxp(struct cpu *cpu, const struct insn *i)
{
	PAIRWISE(U, a > b ? a : b);
}

static void exec_sminp(struct cpu *cpu, const struct insn *i)
{
	PAIRWISE(S, a < b ? a : b);
}

static void exec_uminp(struct cpu *cpu, const struct insn *i)
{
	PAIRWISE(U, a < b ? a : b);
}

/* ---- pairwise long: neighbours of Vn into a wide lane -------------------- */

/* a, b: the neighbours, widened from @type; c: the lane of Vd before. */
#define PAIRWISE_LONG(type, ...)                                        \
	do {                                                            \
		const union vreg *n_ = &cpu->vreg[i->rn];               \
		union vreg *d_ = &cpu->vreg[i->rd], r_ = {0};           \
                                                                        \
		FP_CHECK;                                               \
		for (unsigned int l = 0; l < LANES / 2; l++) {          \
			const W##type a = (type)n_->LANE[2 * l];        \
			const W##type b = (type)n_->LANE[2 * l + 1];    \
			const W##type c SIMD_UNUSED = d_->WIDE_LANE[l]; \
			r_.WIDE_LANE[l] = (__VA_ARGS__);                \
		}                                                       \
		*d_ = r_;                                               \
		NEXT;                                                   \
	} while (0)

static void exec_saddlp(struct cpu *cpu, const struct insn *i)
{
	PAIRWISE_LONG(S, a + b);
}

static void exec_uaddlp(struct cpu *cpu, const struct insn *i)
{
	PAIRWISE_LONG(U, a + b);
}

static void exec_sadalp(struct cpu *cpu, const struct insn *i)
{
	PAIRWISE_LONG(S, a + b + c);
}

static void exec_uadalp(struct cpu *cpu, const struct insn *i)
{
	PAIRWISE_LONG(U, a + b + c);
}

/* ---- across all lanes: the result in lane 0 ------------------------------ */

/*
 * a: so far, b: the next lane, of @type; the result is in @result. @first: a
 * before lane 0 (of a minimum, lane 0 itself), so that the trip count is a
 * power of two and gcc makes a vector reduction of it.
 */
#define ACROSS(type, result_type, result, first, ...)            \
	do {                                                     \
		const union vreg *n_ = &cpu->vreg[i->rn];        \
		union vreg r_ = {0};                             \
		result_type a = (first);                         \
                                                                 \
		FP_CHECK;                                        \
		for (unsigned int l = 0; l < LANES; l++) {       \
			const result_type b = (type)n_->LANE[l]; \
			a = (__VA_ARGS__);                       \
		}                                                \
		r_.result[0] = a;                                \
		cpu->vreg[i->rd] = r_;                           \
		NEXT;                                            \
	} while (0)

/* 2S is reserved. */
#if LANES > 2
static void exec_addv(struct cpu *cpu, const struct insn *i)
{
	ACROSS(U, U, LANE, 0, a + b);
}

static void exec_smaxv(struct cpu *cpu, const struct insn *i)
{
	ACROSS(S, S, LANE, n_->LANE[0], a > b ? a : b);
}

static void exec_umaxv(struct cpu *cpu, const struct insn *i)
{
	ACROSS(U, U, LANE, n_->LANE[0], a > b ? a : b);
}

static void exec_sminv(struct cpu *cpu, const struct insn *i)
{
	ACROSS(S, S, LANE, n_->LANE[0], a < b ? a : b);
}

static void exec_uminv(struct cpu *cpu, const struct insn *i)
{
	ACROSS(U, U, LANE, n_->LANE[0], a < b ? a : b);
}

static void exec_saddlv(struct cpu *cpu, const struct insn *i)
{
	ACROSS(S, WS, WIDE_LANE, 0, a + b);
}

static void exec_uaddlv(struct cpu *cpu, const struct insn *i)
{
	ACROSS(U, WU, WIDE_LANE, 0, a + b);
}
#endif
#endif

static insn_fn *reduce_body(enum a64_op op)
{
	switch (op) {
	case A64_ADDP_v: return exec_addp;
#if LANE_BITS == 64
	case A64_ADDP_s: return exec_addp_s;
#else
	case A64_SMAXP_v: return exec_smaxp;
	case A64_UMAXP_v: return exec_umaxp;
	case A64_SMINP_v: return exec_sminp;
	case A64_UMINP_v: return exec_uminp;
	case A64_SADDLP_v: return exec_saddlp;
	case A64_UADDLP_v: return exec_uaddlp;
	case A64_SADALP_v: return exec_sadalp;
	case A64_UADALP_v: return exec_uadalp;
#if LANES > 2
	case A64_ADDV: return exec_addv;
	case A64_SMAXV: return exec_smaxv;
	case A64_UMAXV: return exec_umaxv;
	case A64_SMINV: return exec_sminv;
	case A64_UMINV: return exec_uminv;
	case A64_SADDLV: return exec_saddlv;
	case A64_UADDLV: return exec_uaddlv;
#endif
#endif
	default: return NULL;
	}
}
