/* SPDX-License-Identifier: MIT */
/*
 * An engine: what makes the decoded instructions of a block run. The
 * interpreter (interp.c) is one, a translator can stand beside it; block.c
 * decodes, keeps and forgets blocks for any of them.
 */
#ifndef FAUXKVM_CPU_ENGINE_H
#define FAUXKVM_CPU_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

struct cpu;
struct block;

struct code_engine {
	const char *name;
	/* Without costs: instructions that may pass until the environment is
	 * asked for the time, some 0.1 ms. */
	uint32_t look_insns;
	/* @cpu is to have this engine, without a block yet: 0 or a negative
	 * errno; has another or goes, without a block any more. NULL: nothing
	 * to do. */
	int (*init)(struct cpu *cpu);
	void (*destroy)(struct cpu *cpu);
	/*
	 * Make @b, just decoded and in its place, ready to run: a block is
	 * entered by calling fn of its first instruction with cpu->page_va set
	 * and the block accounted for (block_look_due()). What runs then follows
	 * the rules of exec.h. fn, link and priv of every instruction and of the
	 * end marker are the engine's. Called by the PE's own thread; can't fail.
	 * A body that leaves the block early is given the block's own
	 * instruction, since counters go by what is behind it (counted_cut()).
	 */
	void (*compile)(struct cpu *cpu, struct block *b);
	/*
	 * @b is not entered any more, from the jump cache or from a link; NULL:
	 * no block at all is, and their memory will be reused. May be called
	 * from inside a block that then JUMPs or RESUMEs. NULL if the engine has
	 * nothing to forget.
	 */
	void (*drop)(struct cpu *cpu, struct block *b);
	/*
	 * The host's access to guest memory at @ucontext's program counter has
	 * faulted. If that is in code of the engine's own, the PE's state is made
	 * what it was before the instruction, and cpu->cur that instruction, else
	 * false. In a signal handler. NULL: there is no such code.
	 */
	bool (*fault)(struct cpu *cpu, const void *ucontext);
};

/* One body for each instruction, each jumping to the next. */
extern const struct code_engine interp_engine;

#endif
