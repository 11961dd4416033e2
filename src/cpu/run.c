/* SPDX-License-Identifier: MIT */
/*
 * The run loop of one PE: between blocks it looks at requests, interrupts and
 * debug state; inside a chain of blocks nothing is looked at but cpu->req and
 * whether the next block ends after the time at which to look.
 *
 * A host fault on slot memory (SIGSEGV, SIGBUS) anywhere inside comes back
 * through the fault guard; the instruction that did the access is cpu->cur, or
 * none when the fault was in fetching the instructions themselves.
 */
#include <signal.h>

#include "base/fault.h"
#include "base/log.h"
#include "cpu/block.h"
#include "cpu/bti.h"
#include "cpu/breaks.h"
#include "cpu/engine.h"
#include "cpu/exception.h"
#include "cpu/exec.h"
#include "cpu/flat.h"
#include "cpu/fp/fp.h"
#include "cpu/mmu.h"
#include "cpu/pmu.h"

/* Without costs, when to look. */
static uint64_t look_unpriced(struct cpu *cpu)
{
	if (cpu->cycles >= cpu->look_next) {
		cpu->look_next = cpu->cycles + cpu->engine->look_insns;
		if (cpu->env->look)
			cpu->env->look(cpu);
		if (unlikely(spin_seen(cpu)))
			spin_rest(cpu);
		seat_look(cpu);
	}
	cpu->limit = cpu->stop;
	return min_u64(cpu->cycles +
			       pmu_headroom(cpu, cpu->look_next - cpu->cycles),
		       cpu->stop);
}

/* With them nothing happens before the limit, and it is exact: the interrupt of
 * a counter comes behind the instruction that made it overflow. */
static uint64_t look_priced(struct cpu *cpu)
{
	cpu->limit = cpu->cycles + pmu_headroom(cpu, cpu->stop - cpu->cycles);
	return cpu->limit;
}

static void run_look(struct cpu *cpu)
{
	if (unlikely(cpu->pmu.active))
		pmu_update(cpu);
	if (cpu->cycles >= cpu->stop) {
		cpu_leave(cpu, CPU_EXIT_TIME);
		return;
	}
	cpu->look = min_u64(cpu->costs ? look_priced(cpu) : look_unpriced(cpu),
			    cpu->sample);
	/* Something is counted by the block, so no chain is left to itself. */
	if (cpu->pmu.per_block || cpu->class_cycles)
		cpu->look = 0;
}

/* @b is entered from the run loop, which looks before its end. */
static void run_account(struct cpu *cpu, const struct block *b)
{
	cpu->page_va = cpu->pc & ~UINT64_C(0xfff);
	cpu->cycles += b->cost;
	if (cpu->pmu.per_block || cpu->class_cycles)
		counted_enter_block(cpu, b);
}

/* True: cpu_run() returns, exit is filled. */
static COLD bool run_requested(struct cpu *cpu, uint32_t req)
{
	if (req & CPU_REQ_INVAL)
		domain_serve(cpu);
	/* The pins themselves are read afterwards. */
	if (req & CPU_REQ_PINS)
		atomic_fetch_and(&cpu->req, ~(uint32_t)CPU_REQ_PINS);
	if (req & CPU_REQ_KICK) {
		cpu_leave(cpu, CPU_EXIT_REQUEST);
		return true;
	}
	return false;
}

static ALWAYS_INLINE bool run_requests(struct cpu *cpu)
{
	uint32_t req = atomic_load_explicit(&cpu->req, memory_order_acquire);

	return unlikely(req) && run_requested(cpu, req);
}

/* One instruction under debug. */
static void run_debug_step(struct cpu *cpu)
{
	const struct insn_single *s;

	if (!cpu->env->flat && debug_before(cpu))
		return;
	if (unlikely(cpu->btype) && !bti_enter(cpu))
		return;
	s = block_single(cpu);
	if (s) {
		run_account(cpu, block_of(&s->insn));
		insn_execute(cpu, s);
	}
	if (!cpu->env->flat)
		debug_after(cpu);
	else if (!cpu->leave)
		flat_stop(cpu);
}

/*
 * At @b, which starts at cpu->pc, the time to look comes before its end. If it
 * is one at which something happens, instructions are executed one by one until
 * then: what happens must not depend on where blocks begin and end.
 */
static COLD void run_due(struct cpu *cpu, const struct block *b)
{
	const struct insn_single *s;

	if (cpu->cycles + b->cost > cpu->sample)
		cpu->env->sample(cpu);
	if (cpu->cycles + b->cost <= cpu->limit) {
		run_account(cpu, b);
		insn_enter(cpu, b->insns);
		return;
	}
	/* To fetch took the rest. */
	if (cpu->cycles >= cpu->limit)
		return;
	s = block_single(cpu);
	if (s) {
		run_account(cpu, block_of(&s->insn));
		insn_execute(cpu, s);
	}
}

/* Apart from the guard: it has the compiler keep nothing in registers. */
static __attribute__((noinline)) void run_loop(struct cpu *cpu)
{
	while (!cpu->leave) {
		const struct block *b;

		cpu->cur = NULL;
		if (unlikely(cpu->cycles >= cpu->look)) {
			run_look(cpu);
			if (cpu->leave)
				return;
		}
		if (run_requests(cpu))
			return;
		if (unlikely(exception_is_known(cpu)) &&
		    exception_take_pending(cpu))
			continue;
		if (unlikely(cpu->debug_slow)) {
			run_debug_step(cpu);
			continue;
		}
		b = block_known(cpu, cpu->pc);
		if (unlikely(!b))
			b = block_lookup(cpu);
		if (unlikely(!b ||
			     (breaks_at(cpu, cpu->pc) && debug_break(cpu))))
			continue;
		if (unlikely(cpu->btype) && !bti_enter(cpu))
			continue;
		if (unlikely(block_look_due(cpu, b))) {
			run_due(cpu, b);
			continue;
		}
		/* What it chains to accounts for itself. */
		cpu->page_va = cpu->pc & ~UINT64_C(0xfff);
		insn_enter(cpu, b->insns);
	}
}

struct run_guard {
	struct fault_guard fault;
	struct cpu *cpu;
	bool in_code; /* the engine's */
	/* The next is one instruction, by the interpreter. */
	bool again;
};

/* In the signal handler. */
static void run_recover(struct fault_guard *f, const void *ucontext)
{
	struct run_guard *g = container_of(f, struct run_guard, fault);

	if (g->cpu->engine->fault)
		g->in_code = g->cpu->engine->fault(g->cpu, ucontext);
}

/* False: cpu_run() goes on. */
static bool run_host_fault(struct cpu *cpu, struct run_guard *g)
{
	if (cpu->cur) {
		cpu->pc = insn_pc(cpu, cpu->cur);
		counted_cut(cpu, cpu->cur);
	}
	/* It may have come out of insn_execute(). */
	atomic_fetch_and(&cpu->req, ~(uint32_t)CPU_REQ_SINGLE);
	/* Translated code takes an address with a tag for a host's, which is no
	 * address to it. */
	g->again = cpu->env->flat && g->in_code && g->fault.code == SI_KERNEL;
	if (g->again)
		return false;
	cpu->exit.host_addr = g->fault.addr;
	cpu->exit.host_sig = g->fault.sig;
	cpu->exit.host_code = g->fault.code;
	if (cpu->env->flat)
		flat_host_fault(cpu);
	else
		mmu_host_fault(cpu, g->fault.addr);
	cpu_leave(cpu, CPU_EXIT_HOST_FAULT);
	return true;
}

static enum cpu_exit_reason run_left(struct cpu *cpu)
{
	cpu->cur = NULL;
	if (unlikely(cpu->pmu.active))
		pmu_update(cpu);
	domain_leave(cpu);
	if (cpu->exit.reason == CPU_EXIT_WFI)
		seat_release(cpu, true);
	fp_leave(cpu);
	if (unlikely(cpu->gdbg))
		debug_leave(cpu);
	return cpu->exit.reason;
}

/* One instruction, by the interpreter. */
static COLD void run_again(struct cpu *cpu, struct run_guard *g)
{
	const struct insn_single *s = block_single(cpu);

	g->again = false;
	if (!s)
		return;
	run_account(cpu, block_of(&s->insn));
	insn_execute(cpu, s);
}

enum cpu_exit_reason cpu_run(struct cpu *cpu)
{
	struct run_guard g;

	g.cpu = cpu;
	g.again = g.in_code = false;
	bug_on(cpu->mmio_pending, "cpu_run with an MMIO access unfinished");
	cpu->leave = false;
	if (unlikely(cpu->code_doubted)) {
		blocks_doubt(cpu);
		cpu->code_doubted = false;
		cpu->code_written = false;
	}
	if (unlikely(cpu->gdbg || cpu->ss))
		debug_enter(cpu);
	cpu->pc_moved = PC_NOT_MOVED;
	domain_enter(cpu);
	if (unlikely(cpu->sleeps)) {
		cpu->sleeps = false;
		counted_charge(cpu, COST_WAKE, 1);
	}
	/* Until something is to be done outside. A host fault comes back here,
	 * with no variable but g. */
	while (fault_guard_enter_with(&g.fault, run_recover)) {
		if (run_host_fault(g.cpu, &g))
			return run_left(g.cpu);
		g.in_code = false;
	}
	if (unlikely(g.again))
		run_again(g.cpu, &g);
	run_loop(g.cpu);
	fault_guard_leave(&g.fault);
	return run_left(g.cpu);
}
