/* SPDX-License-Identifier: MIT */
/*
 * Guest memory by the MMU, for mem.h. A try is a look into the software TLB
 * (mmu.h says what a tag is and which pages are entered); the slow paths are
 * in mmu-access.c.
 */
#ifndef FAUXKVM_CPU_MEM_MMU_H
#define FAUXKVM_CPU_MEM_MMU_H

#include "cpu/tlb-check.h"

#ifdef FAUXKVM_MEM_BIG
#define mem_read_slow  mem_read_slow_big
#define mem_write_slow mem_write_slow_big
#endif
bool mem_read_slow(struct cpu *cpu, const struct insn *i, gva_t va, uint32_t ma,
		   void *buf);
bool mem_write_slow(struct cpu *cpu, const struct insn *i, gva_t va,
		    uint32_t ma, const void *buf);
bool mem_probe(struct cpu *cpu, const struct insn *i, gva_t va,
	       unsigned int log2, void *buf);
void *mem_host(struct cpu *cpu, const struct insn *i, gva_t va, uint32_t ma);
#ifndef FAUXKVM_MEM_BIG
bool mem_read_slow_big(struct cpu *cpu, const struct insn *i, gva_t va,
		       uint32_t ma, void *buf);
bool mem_write_slow_big(struct cpu *cpu, const struct insn *i, gva_t va,
			uint32_t ma, const void *buf);
#endif

/*
 * Tag to compare for an access of @len bytes at @va: of the page of its last
 * byte, so that a page-crossing access misses. Bit 63 selects the VA half. A
 * pointer with a tag in its top byte (TBI) misses: the slow path cleans it.
 */
static inline uint64_t mem_tag(const struct cpu *cpu, gva_t va,
			       unsigned int len)
{
	return ((va + len - 1) & ~UINT64_C(0xfff)) | cpu->tlb_ctx[va >> 63];
}

static inline struct cpu_tlb_entry *mem_tlb(const struct cpu *cpu, gva_t va)
{
	return &cpu->tlb[(va >> 12) & (CPU_TLB_SIZE - 1)];
}

/*
 * At EL1 without PSTATE.UAO an unprivileged access is as from EL0: the TLB of
 * EL0 answers, and the slow path checks EL0's permissions.
 */
static inline struct cpu_tlb_entry *mem_tlb_unpriv(struct cpu *cpu, gva_t va)
{
	struct cpu_tlb_entry *tlb =
		cpu->uao && cpu->el ? cpu->tlb : cpu->tlbs[TLB_EL0];

	return &tlb[(va >> 12) & (CPU_TLB_SIZE - 1)];
}

/* Saves the callers a test: guest memory is never at host address 0. */
static ALWAYS_INLINE void *mem_tlb_host(const struct cpu_tlb_entry *e, gva_t va)
{
	void *host = (void *)(va + e->addend);

	if (!host)
		__builtin_unreachable();
	return host;
}

static ALWAYS_INLINE const void *mem_try_read(struct cpu *cpu,
					      const struct insn *i, gva_t va,
					      unsigned int len)
{
	struct cpu_tlb_entry *e = mem_tlb(cpu, va);

	cpu->cur = i;
	if (unlikely(e->rtag != mem_tag(cpu, va, len)))
		return NULL;
	tlb_check_data(cpu, e, va, false);
	return mem_tlb_host(e, va);
}

static ALWAYS_INLINE void *mem_try_write(struct cpu *cpu, const struct insn *i,
					 gva_t va, unsigned int len)
{
	struct cpu_tlb_entry *e = mem_tlb(cpu, va);

	cpu->cur = i;
	if (unlikely(e->wtag != mem_tag(cpu, va, len)))
		return NULL;
	tlb_check_data(cpu, e, va, true);
	return mem_tlb_host(e, va);
}

static ALWAYS_INLINE const void *mem_try_read_unpriv(struct cpu *cpu,
						     const struct insn *i,
						     gva_t va, unsigned int len)
{
	struct cpu_tlb_entry *e = mem_tlb_unpriv(cpu, va);

	cpu->cur = i;
	if (unlikely(e->rtag != mem_tag(cpu, va, len)))
		return NULL;
	tlb_check_data(cpu, e, va, false);
	return mem_tlb_host(e, va);
}

static ALWAYS_INLINE void *mem_try_write_unpriv(struct cpu *cpu,
						const struct insn *i, gva_t va,
						unsigned int len)
{
	struct cpu_tlb_entry *e = mem_tlb_unpriv(cpu, va);

	cpu->cur = i;
	if (unlikely(e->wtag != mem_tag(cpu, va, len)))
		return NULL;
	tlb_check_data(cpu, e, va, true);
	return mem_tlb_host(e, va);
}

#endif
