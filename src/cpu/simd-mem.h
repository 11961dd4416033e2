/* SPDX-License-Identifier: MIT */
/*
 * Memory access of SIMD&FP loads and stores of up to 64 bytes that are made
 * of smaller elements: one check of the TLB if they lie in one page, else the
 * elements one by one, each with its own alignment rule and fault.
 */
#ifndef FAUXKVM_CPU_SIMD_MEM_H
#define FAUXKVM_CPU_SIMD_MEM_H

#include "cpu/simd.h"

/* Saves the callers a test: guest memory is never at host address 0. */
static inline u8 *simd_not_null(u8 *p)
{
	if (!p)
		__builtin_unreachable();
	return p;
}

/* Host address of @len bytes at @va if they can be read (written) at once. */
static inline const u8 *simd_fast_read(struct cpu *cpu, const struct insn *i,
				       gva_t va, unsigned int len)
{
	const struct cpu_tlb_entry *e = mem_tlb(cpu, va);

	cpu->cur = i;
	if (unlikely(e->rtag != mem_tag(cpu, va, len)))
		return NULL;
	return simd_not_null((u8 *)(va + e->addend));
}

static inline u8 *simd_fast_write(struct cpu *cpu, const struct insn *i,
				  gva_t va, unsigned int len)
{
	const struct cpu_tlb_entry *e = mem_tlb(cpu, va);

	cpu->cur = i;
	if (unlikely(e->wtag != mem_tag(cpu, va, len)))
		return NULL;
	return simd_not_null((u8 *)(va + e->addend));
}

/* Elements of 1 << @log2 bytes, @len bytes in all; false as mem_read_slow. */
bool simd_read_elements(struct cpu *cpu, const struct insn *i, gva_t va,
			unsigned int log2, unsigned int len, void *buf);
bool simd_write_elements(struct cpu *cpu, const struct insn *i, gva_t va,
			 unsigned int log2, unsigned int len, const void *buf);

#endif
