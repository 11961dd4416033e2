/* SPDX-License-Identifier: MIT */
/*
 * VFP's moves between S, D and general registers and FPSCR, and the choice of a
 * body (Arm ARM F6.1).
 */
#include "cpu/a32/vfp.h"

#include "cpu/bodies.h"
#include "cpu/fp/fp.h"

/* ---- general registers --------------------------------------------------- */

static void exec_vmov_to_core(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = *vfp_s(cpu, i->rn);
	NEXT;
}

static void exec_vmov_from_core(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	*vfp_s(cpu, i->rd) = cpu->x[i->rn];
	NEXT;
}

static void exec_vmov_to_pair_s(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = *vfp_s(cpu, i->rm);
	cpu->x[i->ra] = *vfp_s(cpu, i->rm + 1);
	NEXT;
}

static void exec_vmov_from_pair_s(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	*vfp_s(cpu, i->rm) = cpu->x[i->rn];
	*vfp_s(cpu, i->rm + 1) = cpu->x[i->ra];
	NEXT;
}

static void exec_vmov_to_pair_d(struct cpu *cpu, const struct insn *i)
{
	uint64_t val = *vfp_d(cpu, i->rm);

	FP_CHECK;
	cpu->x[i->rd] = (uint32_t)val;
	cpu->x[i->ra] = val >> 32;
	NEXT;
}

static void exec_vmov_from_pair_d(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	*vfp_d(cpu, i->rm) = (uint32_t)cpu->x[i->rn] | cpu->x[i->ra] << 32;
	NEXT;
}

static void exec_vmov_to_lane(struct cpu *cpu, const struct insn *i)
{
	unsigned int bits = 8u << i->size, at = i->aux * bits;
	uint64_t mask = GENMASK(bits - 1, 0), *d = vfp_d(cpu, i->rd);

	FP_CHECK;
	*d = (*d & ~(mask << at)) | (cpu->x[i->rn] & mask) << at;
	NEXT;
}

static void exec_vmov_from_lane(struct cpu *cpu, const struct insn *i)
{
	unsigned int bits = 8u << i->size;
	uint64_t val = *vfp_d(cpu, i->rn) >> i->aux * bits;

	FP_CHECK;
	val &= GENMASK(bits - 1, 0);
	cpu->x[i->rd] =
		i->form & FP_UNSIGNED ? val : (uint32_t)sext64(val, bits);
	NEXT;
}

static void exec_vdup(struct cpu *cpu, const struct insn *i)
{
	static const uint64_t ones[] = {
		[SIZE_B] = UINT64_C(0x0101010101010101),
		[SIZE_H] = UINT64_C(0x0001000100010001),
		[SIZE_W] = UINT64_C(0x0000000100000001),
	};
	uint64_t val = cpu->x[i->rn] & GENMASK((8u << i->size) - 1, 0);

	FP_CHECK;
	val *= ones[i->size];
	*vfp_d(cpu, i->rd) = val;
	*vfp_d(cpu, i->rd + i->aux - 1) = val;
	NEXT;
}

/* ---- halves of S registers ------------------------------------------------ */

static void exec_vmov_to_core_half(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = *vfp_s(cpu, i->rn) & 0xffff;
	NEXT;
}

static void exec_vmov_from_core_half(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	*vfp_s(cpu, i->rd) = cpu->x[i->rn] & 0xffff;
	NEXT;
}

static void exec_vmovx(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	*vfp_s(cpu, i->rd) = *vfp_s(cpu, i->rm) >> 16;
	NEXT;
}

static void exec_vins(struct cpu *cpu, const struct insn *i)
{
	uint32_t *d = vfp_s(cpu, i->rd);

	FP_CHECK;
	*d = (*d & 0xffff) | *vfp_s(cpu, i->rm) << 16;
	NEXT;
}

static void exec_vcvt_to_bfloat(struct cpu *cpu, const struct insn *i)
{
	uint32_t half, *d = vfp_s(cpu, i->rd);

	FP_CHECK;
	half = fp_slow_to_bfloat(cpu, *vfp_s(cpu, i->rm));
	*d = (*d & 0xffff0000u >> 16 * i->aux) | half << 16 * i->aux;
	NEXT;
}

static __attribute__((noinline)) void jcvt(struct cpu *cpu,
					   const struct insn *i)
{
	bool exact;

	*vfp_s(cpu, i->rd) = fp_slow_to_int_js(cpu, *vfp_d(cpu, i->rm), &exact);
	vfp_set_flags(cpu, exact ? 4 : 0);
}

static void exec_vjcvt(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	jcvt(cpu, i);
	NEXT;
}

/* ---- FPSCR --------------------------------------------------------------- */

static void exec_vmrs(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	cpu->x[i->rd] = fp_read_fpsr(cpu) | fp_read_fpcr(cpu);
	NEXT;
}

static void exec_vmrs_flags(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	set_nzcv(cpu, cpu->fpsr & 0xf0000000);
	NEXT;
}

static void exec_vmsr(struct cpu *cpu, const struct insn *i)
{
	FP_CHECK;
	fp_write_fpcr(cpu, (uint32_t)cpu->x[i->rn]);
	fp_write_fpsr(cpu, (uint32_t)cpu->x[i->rn]);
	NEXT;
}

/* ---- the choice ---------------------------------------------------------- */

static insn_fn *move_body(const struct insn *i)
{
	bool dbl = i->size == FP_DOUBLE;

	switch (i->op) {
	case A32_VMOV_to_core: return exec_vmov_to_core;
	case A32_VMOV_from_core: return exec_vmov_from_core;
	case A32_VMOV_to_core_half: return exec_vmov_to_core_half;
	case A32_VMOV_from_core_half: return exec_vmov_from_core_half;
	case A32_VMOVX: return exec_vmovx;
	case A32_VINS: return exec_vins;
	case A32_VCVT_to_bfloat: return exec_vcvt_to_bfloat;
	case A32_VJCVT: return exec_vjcvt;
	case A32_VMOV_to_pair:
		return dbl ? exec_vmov_to_pair_d : exec_vmov_to_pair_s;
	case A32_VMOV_from_pair:
		return dbl ? exec_vmov_from_pair_d : exec_vmov_from_pair_s;
	case A32_VMOV_to_lane: return exec_vmov_to_lane;
	case A32_VMOV_from_lane: return exec_vmov_from_lane;
	case A32_VDUP_core: return exec_vdup;
	case A32_VMRS: return i->form ? exec_vmrs_flags : exec_vmrs;
	case A32_VMSR: return exec_vmsr;
	default: return NULL;
	}
}

insn_fn *a32_vfp_body(const struct insn *i)
{
	insn_fn *fn = move_body(i);

	if (fn)
		return fn;
	switch (i->size) {
	case FP_HALF: return a32_vfp_half_body(i);
	case FP_DOUBLE: return a32_vfp_double_body(i);
	default: return a32_vfp_single_body(i);
	}
}
