/* SPDX-License-Identifier: MIT */
/*
 * Counted time inside the core: what executing instructions adds to a PE's
 * local time beside their own cost, and takes back from it. A block's cost is
 * added when it is entered (block.h), so whoever leaves one early cuts it.
 */
#ifndef FAUXKVM_CPU_COUNTED_H
#define FAUXKVM_CPU_COUNTED_H

#include "cpu/cpu.h"

/* Somebody counts what is executed exactly: instructions have costs, or a
 * performance counter counts. */
static inline bool cpu_counts(const struct cpu *cpu)
{
	return unlikely(cpu->counts);
}

/* @row, one that is charged beside instructions, @times. Without costs: 0. */
void counted_charge(struct cpu *cpu, enum cpu_cost row, unsigned int times);

/*
 * Its block was counted as a whole when it was entered, but @i and what is
 * behind it have not been executed: an exception, or cpu_run() returns. Not for
 * an instruction that ends its block and was executed.
 */
void counted_take_back(struct cpu *cpu, const struct insn *i);
static inline void counted_cut(struct cpu *cpu, const struct insn *i)
{
	if (cpu_counts(cpu))
		counted_take_back(cpu, i);
}

/* What @i and the instructions behind it in its block were counted as. */
struct counted {
	uint64_t cycles, insns, branches, accesses;
};
struct counted counted_behind(const struct cpu *cpu, const struct insn *i);

/* Beside block_look_due(): block @b is entered from the run loop. */
void counted_enter_block(struct cpu *cpu, const struct block *b);

/*
 * An access by @i leaves cpu_run(), the environment will execute it; and it has
 * done so: the access takes its time now.
 */
void counted_access_put_off(struct cpu *cpu, const struct insn *i);
static inline void counted_access_leaves(struct cpu *cpu, const struct insn *i)
{
	cpu->mmio_cycles = 0;
	if (cpu_counts(cpu))
		counted_access_put_off(cpu, i);
}
void counted_access_done(struct cpu *cpu);

/* cpu->counts, after the costs or the counters that count changed. */
void counted_update(struct cpu *cpu);

#endif
