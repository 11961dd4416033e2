/* SPDX-License-Identifier: MIT */
/*
 * Bodies of VFP data processing for the element type of the including unit (Arm
 * ARM F6.1): what A64's scalars do to one element is done to an S or D register,
 * the others of its vector register stay. An element of half precision is in the
 * lower half of an S register, the other half of a result is zero.
 */
#include "cpu/a32/vfp.h"
#include "cpu/fp/element.h"

#if FP_BITS == 64
#define VFP_REG   vfp_d
#define VFP_OTHER SF_SINGLE /* of VCVT between the two */
#else
#define VFP_REG   vfp_s
#define VFP_OTHER SF_DOUBLE
#endif
#define VFP_RD     (*VFP_REG(cpu, i->rd))
#define VFP_OF(r)  ((fp_t)*VFP_REG(cpu, r))
#define VFP_OLD_RD VFP_OF(i->rd) /* as a source */
#define VFP_RN     VFP_OF(i->rn)
#define VFP_RM     VFP_OF(i->rm)

/* ---- three registers ----------------------------------------------------- */

static void exec_vadd(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	VFP_RD = fp_add(cpu, VFP_RN, VFP_RM);
	NEXT;
}

static void exec_vsub(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	VFP_RD = fp_sub(cpu, VFP_RN, VFP_RM);
	NEXT;
}

static void exec_vmul(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	VFP_RD = fp_mul(cpu, VFP_RN, VFP_RM);
	NEXT;
}

static void exec_vnmul(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	VFP_RD = fp_mul(cpu, VFP_RN, VFP_RM) ^ FP_SIGN;
	NEXT;
}

static void exec_vdiv(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	VFP_RD = fp_div(cpu, VFP_RN, VFP_RM);
	NEXT;
}

/* Product and sum are rounded each. @neg_d, @neg_p: FP_SIGN or 0. */
static ALWAYS_INLINE void chained(struct cpu *cpu, const struct insn *i,
				  fp_t neg_d, fp_t neg_p)
{
	FP_CHECK;
	VFP_RD = fp_add(cpu, VFP_OLD_RD ^ neg_d,
			fp_mul(cpu, VFP_RN, VFP_RM) ^ neg_p);
	NEXT;
}

static void exec_vmla(struct cpu *cpu, const struct insn *i)
{
	chained(cpu, i, 0, 0);
}

static void exec_vmls(struct cpu *cpu, const struct insn *i)
{
	chained(cpu, i, 0, FP_SIGN);
}

static void exec_vnmla(struct cpu *cpu, const struct insn *i)
{
	chained(cpu, i, FP_SIGN, FP_SIGN);
}

static void exec_vnmls(struct cpu *cpu, const struct insn *i)
{
	chained(cpu, i, FP_SIGN, 0);
}

static ALWAYS_INLINE void fused(struct cpu *cpu, const struct insn *i,
				fp_t neg_d, fp_t neg_n)
{
	FP_CHECK;
	VFP_RD = fp_slow_muladd(cpu, FP_FORMAT, VFP_OLD_RD ^ neg_d,
				VFP_RN ^ neg_n, VFP_RM);
	NEXT;
}

static void exec_vfma(struct cpu *cpu, const struct insn *i)
{
	fused(cpu, i, 0, 0);
}

static void exec_vfms(struct cpu *cpu, const struct insn *i)
{
	fused(cpu, i, 0, FP_SIGN);
}

static void exec_vfnma(struct cpu *cpu, const struct insn *i)
{
	fused(cpu, i, FP_SIGN, FP_SIGN);
}

static void exec_vfnms(struct cpu *cpu, const struct insn *i)
{
	fused(cpu, i, FP_SIGN, 0);
}

static void exec_vsel(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	VFP_RD = cond_holds(cpu, i->aux) ? VFP_RN : VFP_RM;
	NEXT;
}

static void exec_vmaxnm(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	VFP_RD = fp_maxnm(cpu, VFP_RN, VFP_RM);
	NEXT;
}

static void exec_vminnm(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	VFP_RD = fp_minnm(cpu, VFP_RN, VFP_RM);
	NEXT;
}

/* ---- two registers ------------------------------------------------------- */

static void exec_vmov_imm(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	VFP_RD = (fp_t)i->imm;
	NEXT;
}

#if FP_BITS > 16
static void exec_vmov(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	VFP_RD = VFP_RM;
	NEXT;
}
#endif

static void exec_vabs(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	VFP_RD = fp_abs(VFP_RM);
	NEXT;
}

static void exec_vneg(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	VFP_RD = VFP_RM ^ FP_SIGN;
	NEXT;
}

static void exec_vsqrt(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	VFP_RD = fp_slow1(cpu, sf_sqrt, FP_FORMAT, VFP_RM);
	NEXT;
}

static void compare(struct cpu *cpu, const struct insn *i, fp_t m)
{
	vfp_set_flags(cpu, fp_slow_cmp_flags(cpu, FP_FORMAT, VFP_OLD_RD, m,
					     i->form == FP_SIGNALLING));
}

static void exec_vcmp(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	compare(cpu, i, VFP_RM);
	NEXT;
}

static void exec_vcmp_zero(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	compare(cpu, i, 0);
	NEXT;
}

static void exec_vrint(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	VFP_RD = fp_slow_round_int(cpu, FP_FORMAT, VFP_RM, fp_rounding(cpu, i),
				   i->form == FP_ROUND_X);
	NEXT;
}

/* ---- conversions --------------------------------------------------------- */

#if FP_BITS > 16
static void exec_vcvt_from_half(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	VFP_RD = fp_slow_convert(cpu, SF_HALF, FP_FORMAT,
				 *vfp_s(cpu, i->rm) >> 16 * i->aux & 0xffff);
	NEXT;
}

/* The other half stays. */
static void exec_vcvt_to_half(struct cpu *cpu, const struct insn *i)
{
	uint32_t half, *d = vfp_s(cpu, i->rd);

	FP_CHECK;
	half = fp_slow_convert(cpu, FP_FORMAT, SF_HALF, VFP_RM);
	*d = (*d & 0xffff0000u >> 16 * i->aux) | half << 16 * i->aux;
	NEXT;
}

static void exec_vcvt_precision(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
#if FP_BITS == 32
	*vfp_d(cpu, i->rd) = fp_slow_convert(cpu, FP_FORMAT, VFP_OTHER, VFP_RM);
#else
	*vfp_s(cpu, i->rd) = fp_slow_convert(cpu, FP_FORMAT, VFP_OTHER, VFP_RM);
#endif
	NEXT;
}
#endif

static void exec_vcvt_from_int(struct cpu *cpu, const struct insn *i)
{
	bool uns = i->form & FP_UNSIGNED;
	uint32_t val = *vfp_s(cpu, i->rm);

	FP_CHECK;
	VFP_RD = fp_slow_from_int(cpu, FP_FORMAT,
				  uns ? val : (uint64_t)(int32_t)val, 0, uns);
	NEXT;
}

static void exec_vcvt_to_int(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	*vfp_s(cpu, i->rd) =
		fp_slow_to_int(cpu, FP_FORMAT, VFP_RM, 0, i->form & FP_UNSIGNED,
			       32, fp_rounding(cpu, i));
	NEXT;
}

/* To nearest, whatever FPSCR says. */
static void exec_vcvt_from_fixed(struct cpu *cpu, const struct insn *i)
{
	bool uns = i->form & FP_UNSIGNED;
	uint64_t val = VFP_RD & GENMASK(i->aux - 1, 0);
	struct sf_env e = {.fpcr = cpu->fpcr & ~FPCR_RMODE};

	FP_CHECK;
	VFP_RD = sf_from_int(&e, FP_FORMAT, uns ? val : sext64(val, i->aux),
			     (unsigned int)i->imm, uns);
	cpu->fpsr |= e.flags;
	NEXT;
}

static void exec_vcvt_to_fixed(struct cpu *cpu, const struct insn *i)
{
	bool uns = i->form & FP_UNSIGNED;
	uint64_t val;

	FP_CHECK;
	val = fp_slow_to_int(cpu, FP_FORMAT, VFP_OLD_RD, (unsigned int)i->imm,
			     uns, i->aux, SF_TOZERO);
	VFP_RD = uns ? val : (uint64_t)sext64(val, i->aux);
	NEXT;
}

/* ---- the choice ---------------------------------------------------------- */

static insn_fn *unit_body(const struct insn *i)
{
	switch (i->op) {
	case A32_VMLA: return exec_vmla;
	case A32_VMLS: return exec_vmls;
	case A32_VNMLS: return exec_vnmls;
	case A32_VNMLA: return exec_vnmla;
	case A32_VMUL: return exec_vmul;
	case A32_VNMUL: return exec_vnmul;
	case A32_VADD: return exec_vadd;
	case A32_VSUB: return exec_vsub;
	case A32_VDIV: return exec_vdiv;
	case A32_VFNMS: return exec_vfnms;
	case A32_VFNMA: return exec_vfnma;
	case A32_VFMA: return exec_vfma;
	case A32_VFMS: return exec_vfms;
	case A32_VSEL: return exec_vsel;
	case A32_VMAXNM: return exec_vmaxnm;
	case A32_VMINNM: return exec_vminnm;
	case A32_VMOV_imm: return exec_vmov_imm;
	case A32_VABS: return exec_vabs;
	case A32_VNEG: return exec_vneg;
	case A32_VSQRT: return exec_vsqrt;
	case A32_VCMP: return exec_vcmp;
	case A32_VCMP_zero: return exec_vcmp_zero;
	case A32_VRINT: return exec_vrint;
	case A32_VCVT_from_int: return exec_vcvt_from_int;
	case A32_VCVT_to_int: return exec_vcvt_to_int;
	case A32_VCVT_from_fixed: return exec_vcvt_from_fixed;
	case A32_VCVT_to_fixed: return exec_vcvt_to_fixed;
#if FP_BITS > 16
	case A32_VMOV_reg: return exec_vmov;
	case A32_VCVT_from_half: return exec_vcvt_from_half;
	case A32_VCVT_to_half: return exec_vcvt_to_half;
	case A32_VCVT_precision: return exec_vcvt_precision;
#endif
	default: return NULL;
	}
}
