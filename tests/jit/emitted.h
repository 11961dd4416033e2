/* SPDX-License-Identifier: MIT */
/*
 * What the translator emits for a few instructions, as bytes: for tests that
 * read it. Nothing of it runs. The instructions are followed by an HVC, for
 * which nothing is emitted; they stand in the middle of a page, the same each
 * time, and so do their block and their code: only what the instructions say
 * makes a difference.
 */
#ifndef FAUXKVM_TESTS_JIT_EMITTED_H
#define FAUXKVM_TESTS_JIT_EMITTED_H

#include "jit/translate.h"

#define EMITTED_PGOFF 0x800
#define EMITTED_MAX   8

struct emitted {
	const struct block *b;
	const struct jit *jit;
	unsigned int n; /* instructions that have code */
	/* Where the code of each begins, and the last ends; then its ways out.
	 * @run: from there to where it would run. */
	const uint8_t *at[EMITTED_MAX + 1], *end;
	ptrdiff_t run;
	/* The jumps to those: where the distance is, and to what. */
	unsigned int nr_exits;
	struct exit_site exits[EMITTED_MAX * 8];
};

void emitted_setup(void);
void emitted_teardown(void);
/* What may be used from now on, whatever this host has; what all blocks share
 * stays as it is. */
void emitted_isa(enum jit_isa most);

/* Where an address is the host's (struct cpu_flat), until emitted_teardown(). */
void emitted_flat(void);

/* With SVE and vectors of 256 bits, likewise. */
void emitted_sve(void);

/* Stops before an instruction that has no code: o->n says how far it came. Valid
 * until the next call. */
void emitted_make(struct emitted *o, const uint32_t *words, unsigned int n);

#endif
