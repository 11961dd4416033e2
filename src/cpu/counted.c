/* SPDX-License-Identifier: MIT */
/*
 * Counted time of one PE (counted.h, and cpu.h's section on time): costs of
 * instructions, what is charged beside, and where cpu_run() stops.
 *
 * Nothing here is on the way from block to block: as long as there are no costs
 * and no performance counters nothing here is called at all.
 */
#include "cpu/counted.h"

#include "cpu/block.h"
#include "cpu/mmu.h"
#include "cpu/pmu.h"

/* ---- what instructions were counted as ----------------------------------- */

struct counted counted_behind(const struct cpu *cpu, const struct insn *i)
{
	struct counted c = {0};

	for (; !insn_is_end(i); i++) {
		const struct insn_row *row = insn_row(i->op);

		c.cycles += insn_cost(cpu, i);
		c.insns++;
		c.branches += insn_branches(row);
		c.accesses += insn_accesses(row);
	}
	return c;
}

/* By class, the instructions from @i to the end of their block. */
static void classes_add(struct cpu *cpu, const struct insn *i, bool back)
{
	for (; !insn_is_end(i); i++) {
		uint64_t cost = insn_cost(cpu, i);

		cpu->class_cycles[insn_cost_row(i)] += back ? -cost : cost;
	}
}

void counted_take_back(struct cpu *cpu, const struct insn *i)
{
	struct counted c = counted_behind(cpu, i);

	cpu->cycles -= c.cycles;
	/* These may wrap below zero until the rest is taken back. */
	cpu->pmu.insns -= c.insns;
	cpu->pmu.branches -= c.branches;
	cpu->pmu.accesses -= c.accesses;
	if (cpu->class_cycles)
		classes_add(cpu, i, true);
}

void counted_enter_block(struct cpu *cpu, const struct block *b)
{
	const struct block_class *c = block_classes(b);

	cpu->pmu.insns += b->n;
	cpu->pmu.accesses += b->accesses;
	cpu->pmu.branches += b->branch;
	if (!cpu->class_cycles)
		return;
	for (unsigned int k = 0; k < b->nr_classes; k++)
		cpu->class_cycles[c[k].row] += c[k].cycles;
	if (!b->nr_classes)
		classes_add(cpu, b->insns, false);
}

void counted_access_put_off(struct cpu *cpu, const struct insn *i)
{
	counted_take_back(cpu, i);
	cpu->mmio_insn = insn_cost_row(i);
	cpu->mmio_cycles = insn_cost(cpu, i);
}

void counted_access_done(struct cpu *cpu)
{
	if (!cpu->mmio_cycles)
		return;
	cpu->cycles += cpu->mmio_cycles;
	cpu->pmu.insns++;
	cpu->pmu.accesses++;
	if (cpu->class_cycles)
		cpu->class_cycles[cpu->mmio_insn] += cpu->mmio_cycles;
	counted_charge(cpu, COST_MMIO, 1);
	cpu->mmio_cycles = 0;
}

/* ---- beside instructions ------------------------------------------------- */

void counted_charge(struct cpu *cpu, enum cpu_cost row, unsigned int times)
{
	uint64_t cycles;

	if (!cpu->costs)
		return;
	cycles = (uint64_t)cpu->costs->cycles[row] * times;
	/* A vector whose first instruction is undefined must not stop time. */
	if (row == COST_EXCEPTION_ENTRY && !cycles)
		cycles = 1;
	cpu_charge(cpu, cycles);
	if (cpu->class_cycles)
		cpu->class_cycles[row] += cycles;
}

/* ---- from outside -------------------------------------------------------- */

void counted_update(struct cpu *cpu)
{
	cpu->counts = cpu->costs || cpu->pmu.active;
	/* The run loop looks what has to be counted by the block. */
	cpu->look = 0;
}

void cpu_set_costs(struct cpu *cpu, const struct cpu_costs *costs)
{
	pmu_sync(cpu);
	cpu->costs = costs;
	pmu_costs_changed(cpu);
	block_invalidate_all(cpu);
	/* Nothing that was not paid for is in the TLB. */
	tlb_flush_all(cpu);
}

void cpu_set_class_cycles(struct cpu *cpu, uint64_t *cycles)
{
	cpu->class_cycles = cycles;
	cpu->look = 0;
	/* They know their classes, or not. */
	block_invalidate_all(cpu);
}

uint64_t cpu_now(const struct cpu *cpu)
{
	if (!cpu->cur)
		return cpu->cycles;
	return cpu->cycles - counted_behind(cpu, cpu->cur).cycles;
}

void cpu_stop_at(struct cpu *cpu, uint64_t cycles)
{
	cpu->stop = cycles;
	cpu->limit = min_u64(cpu->limit, cycles);
	cpu->look = min_u64(cpu->look, cycles);
}

void cpu_sample_at(struct cpu *cpu, uint64_t cycles)
{
	cpu->sample = cycles;
	cpu->look = min_u64(cpu->look, cycles);
}
