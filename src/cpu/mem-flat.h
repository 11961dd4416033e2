/* SPDX-License-Identifier: MIT */
/*
 * Guest memory by the host's own address space, for mem.h. A guest virtual
 * address is the host's, as for an arm64 program that runs at EL0 without a
 * guest around it.
 * A try always succeeds. Memory that isn't there, or not for writing, is a
 * host fault, and cpu->cur is the instruction; there is no MMIO.
 *
 * Still slow: what must be aligned and isn't, and SP alignment.
 */
#ifndef FAUXKVM_CPU_MEM_FLAT_H
#define FAUXKVM_CPU_MEM_FLAT_H

#include "base/fault.h"
#include "cpu/flat.h"

static ALWAYS_INLINE void *mem_flat_host(struct cpu *cpu, const struct insn *i,
					 gva_t va)
{
	cpu->cur = i;
	cpu->flat_va = va;
	return (void *)flat_address(va);
}

static ALWAYS_INLINE const void *mem_try_read(struct cpu *cpu,
					      const struct insn *i, gva_t va,
					      unsigned int len)
{
	return mem_flat_host(cpu, i, va);
}

static ALWAYS_INLINE void *mem_try_write(struct cpu *cpu, const struct insn *i,
					 gva_t va, unsigned int len)
{
	return mem_flat_host(cpu, i, va);
}

static ALWAYS_INLINE const void *mem_try_read_unpriv(struct cpu *cpu,
						     const struct insn *i,
						     gva_t va, unsigned int len)
{
	return mem_flat_host(cpu, i, va);
}

static ALWAYS_INLINE void *mem_try_write_unpriv(struct cpu *cpu,
						const struct insn *i, gva_t va,
						unsigned int len)
{
	return mem_flat_host(cpu, i, va);
}

static inline void mem_flat_touch(const void *host)
{
	const volatile uint8_t *p = host;

	__asm__ volatile("" : "+r"(p));
	(void)*p;
}

static inline bool mem_flat_aligned(struct cpu *cpu, const struct insn *i,
				    gva_t va, uint32_t ma)
{
	if ((ma & MA_ALIGN) && (va & ((1u << MA_LOG2(ma)) - 1)))
		return mem_flat_misaligned(cpu, i, va);
	return true;
}

static inline bool mem_read_slow(struct cpu *cpu, const struct insn *i,
				 gva_t va, uint32_t ma, void *buf)
{
	if (!mem_flat_aligned(cpu, i, va, ma))
		return false;
	mem_copy(buf, mem_flat_host(cpu, i, va), MA_LOG2(ma));
	return true;
}

static inline bool mem_write_slow(struct cpu *cpu, const struct insn *i,
				  gva_t va, uint32_t ma, const void *buf)
{
	if (!mem_flat_aligned(cpu, i, va, ma))
		return false;
	mem_copy(mem_flat_host(cpu, i, va), buf, MA_LOG2(ma));
	return true;
}

static inline bool mem_probe(struct cpu *cpu, const struct insn *i, gva_t va,
			     unsigned int log2, void *buf)
{
	return !copy_from_user(buf, mem_flat_host(cpu, i, va), 1u << log2);
}

static inline void *mem_host(struct cpu *cpu, const struct insn *i, gva_t va,
			     uint32_t ma)
{
	void *host;

	if (!mem_flat_aligned(cpu, i, va, ma | MA_ALIGN))
		return NULL;
	host = mem_flat_host(cpu, i, va);
	/* Which would say that an exception was taken: it faults here. */
	if (unlikely(!host))
		mem_flat_touch(host);
	return host;
}

#endif
