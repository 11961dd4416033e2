/* SPDX-License-Identifier: MIT */
/*
 * Breakpoints by address, as blocks know them (Arm ARM D2.8). An instruction
 * with a breakpoint must begin a block that is only ever entered by the run
 * loop, which asks debug.c; all others run at full speed.
 *
 * Blocks are kept by physical address and a breakpoint has a virtual one, so
 * blocks end before any instruction that has a breakpoint's offset in its
 * page, whichever page it is in, and no link leads there (branch.c). What the
 * jump cache finds is virtual: it lacks the breakpoints alone.
 */
#ifndef FAUXKVM_CPU_BREAKS_H
#define FAUXKVM_CPU_BREAKS_H

#include "cpu/cpu.h"

/* Do blocks end before page offset @off? */
static inline bool breaks_offset(const struct cpu *cpu, unsigned int off)
{
	return cpu->breaks.offsets[off / 4 / 64] & BIT(off / 4 % 64);
}

/* Is there a breakpoint at @va, whatever else it asks for? */
static inline bool breaks_at(const struct cpu *cpu, gva_t va)
{
	if (likely(!cpu->breaks.n) || !breaks_offset(cpu, va & 0xfff))
		return false;
	for (unsigned int k = 0; k < cpu->breaks.n; k++)
		if (cpu->breaks.va[k] == va)
			return true;
	return false;
}

/* The offsets are those of today's breakpoints; no block is decoded. */
static inline void breaks_reset_offsets(struct cpu *cpu)
{
	struct cpu_breaks *b = &cpu->breaks;

	for (unsigned int k = 0; k < ARRAY_SIZE(b->offsets); k++)
		b->offsets[k] = 0;
	for (unsigned int k = 0; k < b->n; k++)
		b->offsets[FIELD(b->va[k], 11, 8)] |= BIT(b->va[k] / 4 % 64);
}

#endif
