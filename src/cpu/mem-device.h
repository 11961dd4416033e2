/* SPDX-License-Identifier: MIT */
/*
 * An access to a device that the VMM plays, in short: stage 1 allowed it before
 * and there is no memory (struct mmu_no_ram). Whatever is not so is the slow
 * path's, mmu-access.c, which does the same at length.
 */
#ifndef FAUXKVM_CPU_MEM_DEVICE_H
#define FAUXKVM_CPU_MEM_DEVICE_H

#include "cpu/counted.h"
#include "cpu/exec.h"
#ifndef FAUXKVM_MEM_FLAT
#include "cpu/mmu-internal.h"
#endif

/* The fields of struct cpu_exit, but for what is no MMIO. @data: as in memory. */
static ALWAYS_INLINE void mem_device_exit(struct cpu *cpu, const struct insn *i,
					  gpa_t pa, uint32_t ma, uint64_t data)
{
	struct cpu_exit *e = &cpu->exit;

	e->mmio.gpa = pa;
	e->mmio.len = 1u << MA_LOG2(ma);
	e->mmio.write = ma & MA_WRITE;
	e->mmio.rt = i->rd;
	e->mmio.data = data;
	cpu->mmio_pending = true;
	if (unlikely(cpu->isa))
		cpu->mmio_len = insn_len(i);
	cpu_leave(cpu, CPU_EXIT_MMIO);
}

/* True: the access, as of the current level and with a syndrome, has left the
 * guest. @data: of a store, what goes beyond its size is 0. */
static ALWAYS_INLINE bool mem_device(struct cpu *cpu, const struct insn *i,
				     gva_t va, uint32_t ma, uint64_t data)
{
#ifdef FAUXKVM_MEM_FLAT
	return false;
#else
	enum cpu_tlb_mode mode = mmu_mode(cpu);
	gpa_t pa;

	/* Of what is memory that says the first. */
	if (!tlb_find_no_ram(cpu, mode, va, ma & MA_WRITE, &pa) ||
	    unlikely((va & ((1u << MA_LOG2(ma)) - 1)) || cpu_counts(cpu)))
		return false;
	cpu->cur = i;
	cpu->pc = insn_pc(cpu, i);
	cpu->mmio_cycles = 0;
	cpu->mmu->fault_va = va;
	mem_device_exit(cpu, i, pa, ma, mem_order(data, MA_LOG2(ma)));
	return true;
#endif
}

#endif
