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
	uint8_t *view[2];       /* their memory, as the test sees it */
	unsigned int protected; /* a page of data, now; 0: none */
	uint64_t host_faults;   /* in translated code */
	struct cpu_sysregs sys;
	bool sve;
	uint32_t counters; /* a bit for each that counts */
	uint64_t classes[2][NR_CPU_COSTS];
	uint64_t instructions; /* some, without costs */
	uint64_t steps;
	enum twins_mode mode; /* of the program that runs */
};

void twins_new(struct twins *t);
void twins_free(struct twins *t);

/* Both have vectors of these @lengths (cpu_set_sve()) and programs those that @zcr
 * says. */
void twins_use_sve(struct twins *t, uint16_t lengths, uint64_t zcr);

/* What is counted of both from now on, and compared: time by the costs of
 * @core; by class, too; by performance counters, of instructions alone or of
 * what makes the run loop enter each block. */
void twins_count_time(struct twins *t, const char *core);
void twins_count_classes(struct twins *t);
void twins_count_events(struct twins *t, bool per_block);

/* The host takes data page @page until somebody has missed it. */
void twins_take_page(struct twins *t, unsigned int page);

/* Both run @m from its beginning to its end, and are the same. */
void twins_run(struct twins *t, const struct mixed *m, enum twins_mode mode);

#endif
