/* SPDX-License-Identifier: MIT */
/*
 * Two PEs that run the same program, each with memory of its own: the first by
 * the interpreter, the second by the translator. After each step, a block or
 * what else was asked for, all that a guest can see must be the same: registers,
 * flags, vectors, FPSR, system registers, exits, local time, and the pages that
 * programs may write.
 */
#ifndef FAUXKVM_TESTS_JIT_TWINS_H
#define FAUXKVM_TESTS_JIT_TWINS_H

#include "mixed.h"

#include "cpu/cpu.h"

enum twins_mode {
	TWINS_BLOCKS, /* a block is a step */
	TWINS_STOPS,  /* a random number of cycles, up to some 100 */
	TWINS_WHOLE,  /* all up to the end, or an exit */
};

struct env;
struct twins {
	struct env *e[2];
	struct cpu *cpu[2];
	struct cpu_sysregs sys;
	uint64_t instructions; /* some, without costs */
	uint64_t steps;
	/* Of the program that runs, and their times when it began. */
	enum twins_mode mode;
	uint64_t began[2];
};

void twins_new(struct twins *t);
void twins_free(struct twins *t);

/* Both run @m from its beginning to its end, and are the same. */
void twins_run(struct twins *t, const struct mixed *m, enum twins_mode mode);

#endif
