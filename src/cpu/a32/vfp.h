/* SPDX-License-Identifier: MIT */
/*
 * What the files of VFP share. S and D registers are parts of the vector
 * registers of AArch64 (Arm ARM D1.20.2).
 */
#ifndef FAUXKVM_CPU_A32_VFP_H
#define FAUXKVM_CPU_A32_VFP_H

#include "cpu/exec.h"
#include "cpu/fp/bodies.h"
#include "isa/a32/operands.h"

static inline uint32_t *vfp_s(struct cpu *cpu, unsigned int n)
{
	return &cpu->vreg[n / 4].s[n % 4];
}

static inline uint64_t *vfp_d(struct cpu *cpu, unsigned int n)
{
	return &cpu->vreg[n / 2].d[n % 2];
}

/* FPSCR's own flags are where FPSR has them. */
static inline void vfp_set_flags(struct cpu *cpu, uint32_t nzcv)
{
	cpu->fpsr = (cpu->fpsr & 0x0fffffff) | nzcv << 28;
}

/* Of one type, a32/vfp-half.c and its like. NULL: not an operation of that file. */
insn_fn *a32_vfp_half_body(const struct insn *i);
insn_fn *a32_vfp_single_body(const struct insn *i);
insn_fn *a32_vfp_double_body(const struct insn *i);
insn_fn *a32_neon_half_body(const struct insn *i);
insn_fn *a32_neon_single_body(const struct insn *i);

#endif
