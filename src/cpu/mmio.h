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

/*
 * What a load gets. Linux 6.12 extends the sign for LDRSB and its like, and then takes no more
 * of the value than the bytes of the access (where KVM's MMIO exits are finished): the sign is
 * lost.
 */
static ALWAYS_INLINE uint64_t mmio_little(const struct cpu_exit *e,
					  uint64_t data)
{
	unsigned int unused = 64 - e->mmio.len * 8;

	return data << unused >> unused;
}

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
			likely(!cpu->big) ? mmio_little(&cpu->exit, data)
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
