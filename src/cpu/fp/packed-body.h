/* SPDX-License-Identifier: MIT */
/*
 * Bodies of vector floating point that do a register at once by the host. The
 * including unit defines the arrangement, FP_BITS and FP_LANES; FP_PACKED_BODY,
 * the name of the function at the end; FP_BY_LANES, that of the unit with the
 * same element type: what the host may not or could not do goes lane by lane.
 */
#include "cpu/fp/element.h"

#ifdef HOST_FP_PACKED

#include "cpu/host-fp-packed.h"

typedef bool host_op1(host_vec a, host_vec *r);
typedef bool host_op2(host_vec a, host_vec b, host_vec *r);

static COLD void by_lanes(struct cpu *cpu, const struct insn *i)
{
	FP_BY_LANES(i)(cpu, i);
}

/* ---- three same ---------------------------------------------------------- */

static ALWAYS_INLINE void packed2(struct cpu *cpu, const struct insn *i,
				  host_op2 *op)
{
	host_vec a, r;

	FP_CHECK;
	a = host_load(&cpu->vreg[i->rn]);
	if (unlikely(!fp_host_ok(cpu) ||
		     !op(a, host_load(&cpu->vreg[i->rm]), &r))) {
		by_lanes(cpu, i);
		return;
	}
	host_store(&cpu->vreg[i->rd], r);
	NEXT;
}

static void exec_fadd_packed(struct cpu *cpu, const struct insn *i)
{
	packed2(cpu, i, host_vadd);
}

static void exec_fsub_packed(struct cpu *cpu, const struct insn *i)
{
	packed2(cpu, i, host_vsub);
}

static void exec_fabd_packed(struct cpu *cpu, const struct insn *i)
{
	packed2(cpu, i, host_vabd);
}

static void exec_fmul_packed(struct cpu *cpu, const struct insn *i)
{
	packed2(cpu, i, host_vmul);
}

static void exec_fdiv_packed(struct cpu *cpu, const struct insn *i)
{
	packed2(cpu, i, host_vdiv);
}

/* FMAX, FMAXNM: without a NaN they are the same. */
static void exec_fmax_packed(struct cpu *cpu, const struct insn *i)
{
	packed2(cpu, i, host_vmax);
}

/* FMIN, FMINNM */
static void exec_fmin_packed(struct cpu *cpu, const struct insn *i)
{
	packed2(cpu, i, host_vmin);
}

static void exec_fcmeq_packed(struct cpu *cpu, const struct insn *i)
{
	packed2(cpu, i, host_vcmeq);
}

static void exec_fcmge_packed(struct cpu *cpu, const struct insn *i)
{
	packed2(cpu, i, host_vcmge);
}

static void exec_fcmgt_packed(struct cpu *cpu, const struct insn *i)
{
	packed2(cpu, i, host_vcmgt);
}

/* @neg_a: the first factor is negated; @m: the second. */
HOST_FMA static ALWAYS_INLINE void packed_muladd(struct cpu *cpu,
						 const struct insn *i,
						 bool neg_a, host_vec m)
{
	host_vec a, r;

	FP_CHECK;
	a = host_load(&cpu->vreg[i->rn]);
	if (neg_a)
		a = host_vneg(a);
	if (unlikely(!fp_host_ok(cpu) ||
		     !host_vmuladd(host_load(&cpu->vreg[i->rd]), a, m, &r))) {
		by_lanes(cpu, i);
		return;
	}
	host_store(&cpu->vreg[i->rd], r);
	NEXT;
}

HOST_FMA static void exec_fmla_packed(struct cpu *cpu, const struct insn *i)
{
	packed_muladd(cpu, i, false, host_load(&cpu->vreg[i->rm]));
}

HOST_FMA static void exec_fmls_packed(struct cpu *cpu, const struct insn *i)
{
	packed_muladd(cpu, i, true, host_load(&cpu->vreg[i->rm]));
}

/* ---- by element ---------------------------------------------------------- */

static void exec_fmul_elem_packed(struct cpu *cpu, const struct insn *i)
{
	host_vec a, m, r;

	FP_CHECK;
	a = host_load(&cpu->vreg[i->rn]);
	m = host_splat(cpu->vreg[i->rm].FP_LANE[i->imm]);
	if (unlikely(!fp_host_ok(cpu) || !host_vmul(a, m, &r))) {
		by_lanes(cpu, i);
		return;
	}
	host_store(&cpu->vreg[i->rd], r);
	NEXT;
}

HOST_FMA static void exec_fmla_elem_packed(struct cpu *cpu,
					   const struct insn *i)
{
	packed_muladd(cpu, i, false,
		      host_splat(cpu->vreg[i->rm].FP_LANE[i->imm]));
}

HOST_FMA static void exec_fmls_elem_packed(struct cpu *cpu,
					   const struct insn *i)
{
	packed_muladd(cpu, i, true,
		      host_splat(cpu->vreg[i->rm].FP_LANE[i->imm]));
}

/* ---- two registers ------------------------------------------------------- */

static ALWAYS_INLINE void packed1(struct cpu *cpu, const struct insn *i,
				  host_op1 *op)
{
	host_vec r;

	FP_CHECK;
	if (unlikely(!fp_host_ok(cpu) ||
		     !op(host_load(&cpu->vreg[i->rn]), &r))) {
		by_lanes(cpu, i);
		return;
	}
	host_store(&cpu->vreg[i->rd], r);
	NEXT;
}

/* FABS, FNEG: bits only, whatever FPCR and the operand are. */
static void exec_fabs_packed(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	host_store(&cpu->vreg[i->rd], host_vabs(host_load(&cpu->vreg[i->rn])));
	NEXT;
}

static void exec_fneg_packed(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	host_store(&cpu->vreg[i->rd], host_vneg(host_load(&cpu->vreg[i->rn])));
	NEXT;
}

static void exec_fsqrt_packed(struct cpu *cpu, const struct insn *i)
{
	packed1(cpu, i, host_vsqrt);
}

static ALWAYS_INLINE bool packed_fcmeq_zero(host_vec a, host_vec *r)
{
	return host_vcmeq(a, (host_vec){0}, r);
}

static void exec_fcmeq_zero_packed(struct cpu *cpu, const struct insn *i)
{
	packed1(cpu, i, packed_fcmeq_zero);
}

static ALWAYS_INLINE bool packed_fcmge_zero(host_vec a, host_vec *r)
{
	return host_vcmge(a, (host_vec){0}, r);
}

static void exec_fcmge_zero_packed(struct cpu *cpu, const struct insn *i)
{
	packed1(cpu, i, packed_fcmge_zero);
}

static ALWAYS_INLINE bool packed_fcmgt_zero(host_vec a, host_vec *r)
{
	return host_vcmgt(a, (host_vec){0}, r);
}

static void exec_fcmgt_zero_packed(struct cpu *cpu, const struct insn *i)
{
	packed1(cpu, i, packed_fcmgt_zero);
}

static ALWAYS_INLINE bool packed_fcmle_zero(host_vec a, host_vec *r)
{
	return host_vcmge((host_vec){0}, a, r);
}

static void exec_fcmle_zero_packed(struct cpu *cpu, const struct insn *i)
{
	packed1(cpu, i, packed_fcmle_zero);
}

static ALWAYS_INLINE bool packed_fcmlt_zero(host_vec a, host_vec *r)
{
	return host_vcmgt((host_vec){0}, a, r);
}

static void exec_fcmlt_zero_packed(struct cpu *cpu, const struct insn *i)
{
	packed1(cpu, i, packed_fcmlt_zero);
}

/* ---- words --------------------------------------------------------------- */

#if FP_BITS == 32
static void exec_scvtf_packed(struct cpu *cpu, const struct insn *i)
{
	packed1(cpu, i, host_vfrom_i32);
}

static void exec_fcvtzs_packed(struct cpu *cpu, const struct insn *i)
{
	packed1(cpu, i, host_vto_i32);
}

static insn_fn *packed_word_body(const struct insn *i)
{
	switch (i->op) {
	case A64_SCVTF: return exec_scvtf_packed;
	case A64_FCVT_int_vector:
		return i->form == FP_ROUND_Z ? exec_fcvtzs_packed : NULL;
	default: return NULL;
	}
}
#else
static insn_fn *packed_word_body(const struct insn *i)
{
	return NULL;
}
#endif

/* ---- choice -------------------------------------------------------------- */

insn_fn *FP_PACKED_BODY(const struct insn *i)
{
	bool fma = host_has_fma();

	switch (i->op) {
	case A64_FADD_vector: return exec_fadd_packed;
	case A64_FSUB_vector: return exec_fsub_packed;
	case A64_FABD_vector: return exec_fabd_packed;
	case A64_FMUL_vector: return exec_fmul_packed;
	case A64_FDIV_vector: return exec_fdiv_packed;
	case A64_FMAX_vector:
	case A64_FMAXNM_vector: return exec_fmax_packed;
	case A64_FMIN_vector:
	case A64_FMINNM_vector: return exec_fmin_packed;
	case A64_FCMEQ_vector: return exec_fcmeq_packed;
	case A64_FCMGE_vector: return exec_fcmge_packed;
	case A64_FCMGT_vector: return exec_fcmgt_packed;
	case A64_FMLA_vector: return fma ? exec_fmla_packed : NULL;
	case A64_FMLS_vector: return fma ? exec_fmls_packed : NULL;
	case A64_FMUL_elem: return exec_fmul_elem_packed;
	case A64_FMLA_elem: return fma ? exec_fmla_elem_packed : NULL;
	case A64_FMLS_elem: return fma ? exec_fmls_elem_packed : NULL;
	case A64_FABS_vector: return exec_fabs_packed;
	case A64_FNEG_vector: return exec_fneg_packed;
	case A64_FSQRT_vector: return exec_fsqrt_packed;
	case A64_FCMEQ_zero: return exec_fcmeq_zero_packed;
	case A64_FCMGE_zero: return exec_fcmge_zero_packed;
	case A64_FCMGT_zero: return exec_fcmgt_zero_packed;
	case A64_FCMLE_zero: return exec_fcmle_zero_packed;
	case A64_FCMLT_zero: return exec_fcmlt_zero_packed;
	default: return packed_word_body(i);
	}
}

#else

insn_fn *FP_PACKED_BODY(const struct insn *i)
{
	return NULL;
}

#endif
