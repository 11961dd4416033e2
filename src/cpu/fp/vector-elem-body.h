/* SPDX-License-Identifier: MIT */
/*
 * Bodies of FMUL, FMULX, FMLA and FMLS by element, lane by lane. For the
 * element type of the including unit; they do the scalar SIMD forms too. The
 * element is read first: the destination may be its register. Included after
 * fp/vector-body.h.
 */

static ALWAYS_INLINE void lanes_elem(struct cpu *cpu, const struct insn *i,
				     fp_op2 *op)
{
	union vreg *d = &cpu->vreg[i->rd];
	unsigned int e, lanes = i->aux;
	fp_t m = cpu->vreg[i->rm].FP_LANE[i->imm];

	FP_CHECK;
	for (e = 0; e < lanes; e++)
		d->FP_LANE[e] = op(cpu, cpu->vreg[i->rn].FP_LANE[e], m);
	fp_clear_rest(d, lanes);
	NEXT;
}

static void exec_fmul_elem(struct cpu *cpu, const struct insn *i)
{
	lanes_elem(cpu, i, fp_mul);
}

static void exec_fmulx_elem(struct cpu *cpu, const struct insn *i)
{
	lanes_elem(cpu, i, fp_mulx);
}

/* @neg_a: FP_SIGN if the first factor is negated, else 0. */
static ALWAYS_INLINE void lanes_elem_muladd(struct cpu *cpu,
					    const struct insn *i, fp_t neg_a)
{
	union vreg *d = &cpu->vreg[i->rd];
	unsigned int e, lanes = i->aux;
	fp_t m = cpu->vreg[i->rm].FP_LANE[i->imm];

	FP_CHECK;
	for (e = 0; e < lanes; e++)
		d->FP_LANE[e] =
			fp_slow_muladd(cpu, FP_FORMAT, d->FP_LANE[e],
				       cpu->vreg[i->rn].FP_LANE[e] ^ neg_a, m);
	fp_clear_rest(d, lanes);
	NEXT;
}

static void exec_fmla_elem(struct cpu *cpu, const struct insn *i)
{
	lanes_elem_muladd(cpu, i, 0);
}

static void exec_fmls_elem(struct cpu *cpu, const struct insn *i)
{
	lanes_elem_muladd(cpu, i, FP_SIGN);
}

/* The scalar SIMD form by a host with FMA; @soft does it if that can't. */
HOST_FMA static ALWAYS_INLINE void scalar_elem_muladd(struct cpu *cpu,
						      const struct insn *i,
						      fp_t neg_a, insn_fn *soft)
{
	fp_t r;

	FP_CHECK;
	if (unlikely(!fp_try_muladd(cpu, cpu->vreg[i->rd].FP_LANE[0],
				    cpu->vreg[i->rn].FP_LANE[0] ^ neg_a,
				    cpu->vreg[i->rm].FP_LANE[i->imm], &r))) {
		soft(cpu, i);
		return;
	}
	fp_put(cpu, i->rd, r);
	NEXT;
}

HOST_FMA static void exec_fmla_elem_fma(struct cpu *cpu, const struct insn *i)
{
	scalar_elem_muladd(cpu, i, 0, exec_fmla_elem);
}

HOST_FMA static void exec_fmls_elem_fma(struct cpu *cpu, const struct insn *i)
{
	scalar_elem_muladd(cpu, i, FP_SIGN, exec_fmls_elem);
}

static insn_fn *vector_elem_body(const struct insn *i)
{
	bool fma = fp_has_fma();

	switch (i->op) {
	case A64_FMUL_elem:
	case A64_FMUL_elem_scalar: return exec_fmul_elem;
	case A64_FMULX_elem:
	case A64_FMULX_elem_scalar: return exec_fmulx_elem;
	case A64_FMLA_elem: return exec_fmla_elem;
	case A64_FMLS_elem: return exec_fmls_elem;
	case A64_FMLA_elem_scalar:
		return fma ? exec_fmla_elem_fma : exec_fmla_elem;
	case A64_FMLS_elem_scalar:
		return fma ? exec_fmls_elem_fma : exec_fmls_elem;
	default: return NULL;
	}
}
