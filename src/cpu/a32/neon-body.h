/* SPDX-License-Identifier: MIT */
/*
 * Bodies of Advanced SIMD's arithmetic that A64 has fused and AArch32 rounds twice (Arm
 * ARM F6.1, VMLA, VRECPS), for the element type of the including unit. They run by the
 * standard FPSCR (neon.c), and so never by the host.
 */
#include "cpu/a32/vfp.h"
#include "cpu/fp/element.h"

static inline void neon_clear_rest(union vreg *d, unsigned int lanes)
{
	if (lanes * FP_BITS == 64)
		d->d[1] = 0;
}

/* @m: the element of rm for all, or -1. */
static ALWAYS_INLINE void neon_multiply_add(struct cpu *cpu,
					    const struct insn *i, int m)
{
	union vreg *d = &cpu->vreg[i->rd], n = cpu->vreg[i->rn],
		   v = cpu->vreg[i->rm];

	for (unsigned int e = 0; e < i->aux; e++) {
		fp_t p = fp_slow2(cpu, sf_mul, FP_FORMAT, n.FP_LANE[e],
				  v.FP_LANE[m < 0 ? e : (unsigned int)m]);

		d->FP_LANE[e] = fp_slow2(cpu, i->form ? sf_sub : sf_add,
					 FP_FORMAT, d->FP_LANE[e], p);
	}
	neon_clear_rest(d, i->aux);
	NEXT;
}

static void exec_vmla_neon(struct cpu *cpu, const struct insn *i)
{
	neon_multiply_add(cpu, i, -1);
}

static void exec_vmla_neon_elem(struct cpu *cpu, const struct insn *i)
{
	neon_multiply_add(cpu, i, (int)i->imm);
}

/* A denormal counts as zero, of half precision if FPSCR.FZ16 says so. */
static inline bool neon_inf_times_zero(const struct cpu *cpu, fp_t a, fp_t b)
{
	fp_t least =
		FP_BITS > 16 || (cpu->fpcr & FPCR_FZ16) ? FP_MIN_NORMAL : 1;

	a &= (fp_t)~FP_SIGN;
	b &= (fp_t)~FP_SIGN;
	return (a == FP_INF && b < least) || (b == FP_INF && a < least);
}

/* The product is rounded on its own. */
static ALWAYS_INLINE void neon_step(struct cpu *cpu, const struct insn *i,
				    sf_op2 *fused)
{
	union vreg *d = &cpu->vreg[i->rd], n = cpu->vreg[i->rn],
		   m = cpu->vreg[i->rm];

	for (unsigned int e = 0; e < i->aux; e++) {
		fp_t a = n.FP_LANE[e], b = m.FP_LANE[e];

		if (!neon_inf_times_zero(cpu, a, b)) {
			a = fp_slow2(cpu, sf_mul, FP_FORMAT, a, b);
			b = FP_POWER(0);
		}
		d->FP_LANE[e] = fp_slow2(cpu, fused, FP_FORMAT, a, b);
	}
	neon_clear_rest(d, i->aux);
	NEXT;
}

static void exec_vrecps(struct cpu *cpu, const struct insn *i)
{
	neon_step(cpu, i, sf_recps);
}

static void exec_vrsqrts(struct cpu *cpu, const struct insn *i)
{
	neon_step(cpu, i, sf_rsqrts);
}

static insn_fn *neon_unit_body(const struct insn *i)
{
	switch (i->op) {
	case A32_VMLA_neon: return exec_vmla_neon;
	case A32_VMLA_neon_elem: return exec_vmla_neon_elem;
	case A32_VRECPS: return exec_vrecps;
	case A32_VRSQRTS: return exec_vrsqrts;
	default: return NULL;
	}
}
