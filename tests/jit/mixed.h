/* SPDX-License-Identifier: MIT */
/*
 * Random programs for the translator's tests: some 150 instructions of all
 * groups on three pages of code, with loops, ways around, calls of functions on
 * the same page and on another; loads and stores to pages of which some are
 * read-only, of device memory, absent, or no memory at all. What faults is
 * skipped by the exception vector. gen_seed() (insn-gen.h) names a series.
 *
 * The last instruction is HVC #1 at EL1 and SVC at EL0, which leads to one.
 */
#ifndef FAUXKVM_TESTS_JIT_MIXED_H
#define FAUXKVM_TESTS_JIT_MIXED_H

#include "tests/isa/insn-gen.h"

#define MIXED_CODE       UINT64_C(0x20000000)
#define MIXED_CODE_PAGES 3
#define MIXED_DATA       UINT64_C(0x20100000)
#define MIXED_DATA_PAGES 16
#define MIXED_WORDS      (MIXED_CODE_PAGES * 1024)

struct mixed {
	uint32_t words[MIXED_WORDS]; /* 0 where there is no code */
	unsigned int start;          /* index of the first instruction */
	bool el0;
	uint32_t pstate; /* beside flags and EL: of AArch32 */
	struct diff_state in;
	uint8_t data[MIXED_DATA_PAGES][4096];
};

/* @group: what most instructions are of; GEN_A64_ANY: any. */
void mixed_make(struct mixed *m, enum gen_group group);
/* The same of A32 or T32, at EL0 (mixed-a32.c). @vectors: most of it is VFP and Advanced
 * SIMD, else it has general registers only. */
void mixed_make_a32(struct mixed *m, bool is_t32, bool vectors);
/* A loop of one block that counts in way @k, some four rounds, done twice. In each
 * it loads or stores eight bytes: the first in data page @page at the @nth; false:
 * there are not so many ways. */
bool mixed_make_walk(struct mixed *m, unsigned int k, unsigned int page,
		     unsigned int nth, bool store);

#endif
