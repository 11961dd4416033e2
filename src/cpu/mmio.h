/* SPDX-License-Identifier: MIT */
/*
 * How an access to MMIO ends, inline: each exit of one pays for it.
 */
#ifndef FAUXKVM_CPU_MMIO_H
#define FAUXKVM_CPU_MMIO_H

#include "base/log.h"
#include "cpu/counted.h"
#include "cpu/a32/block.h"
#include "cpu/cpu.h"

static ALWAYS_INLINE uint64_t mmio_extend(const struct cpu_exit *e,
					  uint64_t data)
{
	unsigned int unused = 64 - e->mmio.len * 8;

	data <<= unused;
	data = e->mmio.sign ? (uint64_t)((int64_t)data >> unused)
			    : data >> unused;
	return e->mmio.sf ? data : (uint32_t)data;
}

/* Big-endian, as Linux has it: the sign is extended before the bytes are exchanged, which
 * takes it away again. */
static COLD uint64_t mmio_big(const struct cpu_exit *e, uint64_t data)
{
	return __builtin_bswap64(data) >> (64 - e->mmio.len * 8);
}

/* See cpu_mmio_complete(). */
static ALWAYS_INLINE void cpu_mmio_finish(struct cpu *cpu, uint64_t data)
{
	bug_on(!cpu->mmio_pending, "no MMIO access to complete");
	cpu->mmio_pending = false;
	if (!cpu->exit.mmio.write)
		cpu->x[cpu->exit.mmio.rt] =
			likely(!cpu->big) ? mmio_extend(&cpu->exit, data)
					  : mmio_big(&cpu->exit, data);
	if (unlikely(cpu->isa))
		a32_step_past(cpu);
	else
		cpu->pc += 4;
	cpu->ss = 0;
	cpu->pc_moved = PC_PAST_INSN;
	if (cpu_counts(cpu))
		counted_access_done(cpu);
}

#endif
