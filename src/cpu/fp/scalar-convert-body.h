/* SPDX-License-Identifier: MIT */
/*
 * Bodies of conversions between a scalar and an integer or fixed-point number
 * in a general register. For the element type of the including unit.
 */
#include "cpu/fp/element.h"

/* ---- to integer ---------------------------------------------------------- */

/*
 * FCVTNS, FCVTNU, FCVTPS, FCVTPU, FCVTMS, FCVTMU, FCVTAS, FCVTAU, and FCVTZS,
 * FCVTZU to fixed point; to integers, what the host can't do.
 */
static __attribute__((noinline)) void exec_fcvt_int(struct cpu *cpu,
						    const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = fp_slow_to_int(
		cpu, FP_FORMAT, cpu->vreg[i->rn].FP_LANE[0],
		(unsigned int)i->imm, i->form & FP_UNSIGNED,
		i->form & FP_INT_X ? 64 : 32, fp_rounding(cpu, i));
	NEXT;
}

static void exec_fcvtzs_w(struct cpu *cpu, const struct insn *i)
{
	uint32_t r;

	FP_CHECK;
	if (unlikely(!fp_try_to_i32(cpu, cpu->vreg[i->rn].FP_LANE[0], &r))) {
		exec_fcvt_int(cpu, i);
		return;
	}
	cpu->x[i->rd] = r;
	NEXT;
}

static void exec_fcvtzu_w(struct cpu *cpu, const struct insn *i)
{
	uint32_t r;

	FP_CHECK;
	if (unlikely(!fp_try_to_u32(cpu, cpu->vreg[i->rn].FP_LANE[0], &r))) {
		exec_fcvt_int(cpu, i);
		return;
	}
	cpu->x[i->rd] = r;
	NEXT;
}

static void exec_fcvtzs_x(struct cpu *cpu, const struct insn *i)
{
	uint64_t r;

	FP_CHECK;
	if (unlikely(!fp_try_to_i64(cpu, cpu->vreg[i->rn].FP_LANE[0], &r))) {
		exec_fcvt_int(cpu, i);
		return;
	}
	cpu->x[i->rd] = r;
	NEXT;
}

static void exec_fcvtzu_x(struct cpu *cpu, const struct insn *i)
{
	uint64_t r;

	FP_CHECK;
	if (unlikely(!fp_try_to_u64(cpu, cpu->vreg[i->rn].FP_LANE[0], &r))) {
		exec_fcvt_int(cpu, i);
		return;
	}
	cpu->x[i->rd] = r;
	NEXT;
}

/* ---- from integer -------------------------------------------------------- */

/* SCVTF, UCVTF from fixed point; from integers, what the host can't do. */
static __attribute__((noinline)) void exec_cvtf(struct cpu *cpu,
						const struct insn *i)
{
	bool uns;
	uint64_t v;

	FP_CHECK;
	v = cpu->x[i->rn];
	uns = i->form & FP_UNSIGNED;
	if (!(i->form & FP_INT_X))
		v = uns ? (uint32_t)v : (uint64_t)(int32_t)v;
	fp_put(cpu, i->rd,
	       fp_slow_from_int(cpu, FP_FORMAT, v, (unsigned int)i->imm, uns));
	NEXT;
}

static ALWAYS_INLINE void cvtf_from_i64(struct cpu *cpu, const struct insn *i,
					int64_t v)
{
	fp_t r;

	FP_CHECK;
	if (unlikely(!fp_try_from_i64(cpu, v, &r))) {
		exec_cvtf(cpu, i);
		return;
	}
	fp_put(cpu, i->rd, r);
	NEXT;
}

static void exec_scvtf_w(struct cpu *cpu, const struct insn *i)
{
	cvtf_from_i64(cpu, i, (int32_t)cpu->x[i->rn]);
}

static void exec_ucvtf_w(struct cpu *cpu, const struct insn *i)
{
	cvtf_from_i64(cpu, i, (uint32_t)cpu->x[i->rn]);
}

static void exec_scvtf_x(struct cpu *cpu, const struct insn *i)
{
	cvtf_from_i64(cpu, i, (int64_t)cpu->x[i->rn]);
}

static void exec_ucvtf_x(struct cpu *cpu, const struct insn *i)
{
	fp_t r;

	FP_CHECK;
	if (unlikely(!fp_try_from_u64(cpu, cpu->x[i->rn], &r))) {
		exec_cvtf(cpu, i);
		return;
	}
	fp_put(cpu, i->rd, r);
	NEXT;
}

/* ---- choice -------------------------------------------------------------- */

static insn_fn *scalar_convert_body(const struct insn *i)
{
	/* by FP_UNSIGNED and FP_INT_X */
	static insn_fn *const toward_zero[4] = {exec_fcvtzs_w, exec_fcvtzu_w,
						exec_fcvtzs_x, exec_fcvtzu_x};
	static insn_fn *const from_int[4] = {exec_scvtf_w, exec_ucvtf_w,
					     exec_scvtf_x, exec_ucvtf_x};
	unsigned int kind = i->form / FP_UNSIGNED;

	switch (i->op) {
	case A64_FCVT_to_int:
		return (i->form & FP_ROUND_MASK) == FP_ROUND_Z
			       ? toward_zero[kind]
			       : exec_fcvt_int;
	case A64_FCVTA_to_int:
	case A64_FCVTZ_to_fixed: return exec_fcvt_int;
	case A64_CVTF_from_int: return from_int[kind];
	case A64_CVTF_from_fixed: return exec_cvtf;
	default: return NULL;
	}
}
