/* SPDX-License-Identifier: MIT */
/*
 * Going from block to block in AArch32 state: the jump cache of a32/block.h, and
 * the ways out of a body that lead there (exec.h has those of A64).
 */
#ifndef FAUXKVM_CPU_A32_CHAIN_H
#define FAUXKVM_CPU_A32_CHAIN_H

#include "cpu/a32/block.h"
#include "cpu/exec.h"

#define A32_JC_BITS     12
#define A32_JC_SIZE     (1u << A32_JC_BITS)
#define A32_JC_PER_PAGE 2048 /* instructions in a page */

static inline struct cpu_jc_entry *a32_jc_entry(const struct cpu *cpu,
						uint32_t va)
{
	return &cpu->jc_a32[va >> 1 & (A32_JC_SIZE - 1)];
}

/* jc_key has the context. Never 0, since there is a state. */
static inline uint64_t a32_jc_tag(const struct cpu *cpu, uint32_t va)
{
	return va | (uint64_t)cpu->code_state << 32 | cpu->jc_key[0] << 48;
}

/* As block_chain(). */
static inline const struct insn *a32_chain(struct cpu *cpu, uint32_t va)
{
	struct cpu_jc_entry *e = a32_jc_entry(cpu, va);

	if (unlikely(!cpu->jc_a32 || e->tag != a32_jc_tag(cpu, va) ||
		     cpu_requested(cpu) || block_look_due(cpu, e->block)))
		return NULL;
	tlb_check_code(cpu, va, e->block->pa, TLB_AGE(e));
	cpu->page_va = va & ~UINT32_C(0xfff);
	return e->block->insns;
}

/* Go on at @va, with the instruction set and PSTATE.IT as they are. */
#define A32_JUMP(va)                                \
	do {                                        \
		uint32_t jump_va_ = (va);           \
		const struct insn *jump_i_;         \
		cpu->pc = jump_va_;                 \
		jump_i_ = a32_chain(cpu, jump_va_); \
		if (unlikely(!jump_i_))             \
			return;                     \
		GOTO_INSN(cpu, jump_i_);            \
	} while (0)

/* BXWritePC(): bit 0 of @to chooses the instruction set. The address. */
static inline uint32_t a32_interwork(struct cpu *cpu, uint32_t to)
{
	cpu->isa = to & 1 ? ISA_T32 : ISA_A32;
	return to & ~UINT32_C(1);
}

/* The address behind @i. */
static inline uint32_t a32_next(const struct cpu *cpu, const struct insn *i)
{
	return insn_pc(cpu, i) + insn_len(i);
}

/* The PC as @i reads it. */
static inline uint32_t a32_pc(const struct cpu *cpu, const struct insn *i)
{
	return insn_pc(cpu, i) + (cpu->isa == ISA_T32 ? 4 : 8);
}

#endif
