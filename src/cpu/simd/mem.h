/* SPDX-License-Identifier: MIT */
/*
 * What the units of SIMD&FP loads and stores share: their access to memory,
 * their addresses, their slow halves. An access of up to 64 bytes made of
 * smaller elements is one mem_try_read() if that is granted, else the
 * elements one by one, each with its own alignment rule and fault.
 */
#ifndef FAUXKVM_CPU_SIMD_MEM_H
#define FAUXKVM_CPU_SIMD_MEM_H

#include "cpu/exec.h"
#include "isa/a64/operands.h"

/* Can the fast path go on? Not if FP_CHECK or SP_CHECK has something to do. */
static inline bool simd_mem_ready(const struct cpu *cpu, const struct insn *i)
{
	return cpu_fp_enabled(cpu) &&
	       !(i->rn == REG_SP && (cpu->x[REG_SP] & 15));
}

/* Elements of 1 << @log2 bytes, @len bytes in all; false as mem_read_slow. */
bool simd_read_elements(struct cpu *cpu, const struct insn *i, gva_t va,
			unsigned int log2, unsigned int len, void *buf);
bool simd_write_elements(struct cpu *cpu, const struct insn *i, gva_t va,
			 unsigned int log2, unsigned int len, const void *buf);

/* ---- one register, pairs ------------------------------------------------- */

/* Address of one register or a pair; @mode is i->form without VLDST_LOAD. */
static inline gva_t vldst_address(const struct cpu *cpu, const struct insn *i,
				  enum a64_vldst_form mode)
{
	uint64_t base = cpu->x[i->rn], index = cpu->x[i->rm];

	switch (mode) {
	case VLDST_POST: return base;
	case VLDST_LSL: return base + (index << i->imm);
	case VLDST_UXTW: return base + ((uint64_t)(uint32_t)index << i->imm);
	case VLDST_SXTW: return base + ((uint64_t)(int32_t)index << i->imm);
	case VLDST_LITERAL: return insn_pc(cpu, i) + i->imm;
	default: return base + i->imm;
	}
}

/* Once the access at @va is done. */
static inline void vldst_write_back(struct cpu *cpu, const struct insn *i,
				    enum a64_vldst_form mode, gva_t va)
{
	if (mode == VLDST_PRE)
		cpu->x[i->rn] = va;
	else if (mode == VLDST_POST)
		cpu->x[i->rn] = va + i->imm;
}

/* Bodies of one size: [pair][load][mode], NULL: there is none. */
typedef insn_fn *const vldst_bodies[2][2][NR_VLDST_MODES];
extern vldst_bodies vldst_bodies_b, vldst_bodies_h, vldst_bodies_s,
	vldst_bodies_d, vldst_bodies_q; /* simd/ldst-b.c ... simd/ldst-q.c */

/*
 * The slow half of all of these, a function of its own so that they need no
 * stack frame: starts over, with traps, TLB misses, page crossings, faults.
 */
insn_fn exec_vldst_slow;

/* ---- structures ---------------------------------------------------------- */

/* The @k-th register after the first. */
static inline union vreg *vreg_after(struct cpu *cpu, const struct insn *i,
				     unsigned int k)
{
	return &cpu->vreg[(i->rd + k) & 31];
}

/* Without post-index this adds 0 and XZR. */
static inline void vstruct_write_back(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rn] += i->imm + cpu->x[i->rm];
}

/* Body of structure @i, not of whole registers, by element size:
 * simd/ldst-b.c ... simd/ldst-d.c. */
insn_fn *vldst_struct_b(const struct insn *i);
insn_fn *vldst_struct_h(const struct insn *i);
insn_fn *vldst_struct_s(const struct insn *i);
insn_fn *vldst_struct_d(const struct insn *i);

/* The slow halves, of any structure: simd/ldst-struct.c. */
insn_fn exec_vld_struct_slow, exec_vst_struct_slow;

/* The body of structure @i. */
insn_fn *vldst_struct_body(const struct insn *i);

#endif
