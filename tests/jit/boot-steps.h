/* SPDX-License-Identifier: MIT */
/*
 * Two boots of the same guest in lock-step, each in a process of its own: one
 * by the interpreter, which writes down what each step left behind, and one by
 * the translator, which is held to it. A step is a block, or some cycles.
 *
 * What is written down and compared after each: all registers, flags, vectors,
 * system registers, local time, the exit, and the content of every page that the
 * interpreter has written to in it. What else the translator may have written is
 * seen when all memory is compared, every so many batches of steps; the pair
 * then runs again with that page in each step (struct steps_options).
 *
 * The program is linked with --wrap for cpu_run() and cpu_stop_at(): what calls
 * them in the kernel model calls boot-steps.c.
 */
#ifndef FAUXKVM_TESTS_JIT_BOOT_STEPS_H
#define FAUXKVM_TESTS_JIT_BOOT_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct steps_options {
	uint64_t instructions; /* when to end */
	/* 0: a step is a block. Else up to so many cycles. */
	unsigned int cycles;
	uint64_t watch; /* guest physical address of a page; 0: none */
};

enum steps_result {
	STEPS_SAME,   /* as far as asked for */
	STEPS_DIFFER, /* a step does, it was told on stderr */
	STEPS_MEMORY, /* memory that no step was seen to write */
	STEPS_BROKEN, /* no kernel, or a process died */
};

struct boot_board;

/* Both boots of @board from the beginning. *@done: instructions that were
 * compared; of STEPS_MEMORY, *@page. */
enum steps_result steps_run(const struct boot_board *board,
			    const struct steps_options *opts, uint64_t *done,
			    uint64_t *page);

#endif
