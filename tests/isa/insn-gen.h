/* SPDX-License-Identifier: MIT */
/*
 * Random A64 instructions and register states, from the decode table's own
 * rows. Shared by insn-diff and test-decode.
 */
#ifndef FAUXKVM_TESTS_INSN_GEN_H
#define FAUXKVM_TESTS_INSN_GEN_H

#include "isa/insn.h"
#include "tests/cpu/insn-diff.h"

enum gen_group {
	GEN_INT,
	GEN_BRANCH,
	GEN_LDST,
	GEN_ATOMIC,
	GEN_FP,
	GEN_SIMD,
	GEN_CRYPTO,
	GEN_A32_INT, /* these in insn-gen-a32.c */
	GEN_A32_BRANCH,
	GEN_A32_LDST,
	GEN_A32_VFP,
	GEN_A32_NEON,
	GEN_T32_INT,
	GEN_T32_BRANCH,
	GEN_T32_LDST,
	GEN_T32_VFP,
	GEN_T32_NEON,
	GEN_SVE_PRED,
	GEN_SVE_INT,
	GEN_SVE_FP,
	GEN_SVE_LDST,
	GEN_SVE_MM,
	GEN_SVE2_INT,
	GEN_SVE2_FP,
	GEN_MTE,
	NR_GEN_GROUPS,
	GEN_A32_FIRST = GEN_A32_INT,
	GEN_A64_ANY = GEN_A32_FIRST, /* to those who mix A64's groups */
};
static inline bool gen_group_is_a32(enum gen_group g)
{
	return g >= GEN_A32_FIRST && g < GEN_SVE_PRED;
}
static inline bool gen_group_is_sve(enum gen_group g)
{
	return g >= GEN_SVE_PRED && g <= GEN_SVE2_FP;
}
extern const char *const gen_group_names[NR_GEN_GROUPS];

/* xorshift generator; seeded once, so that a seed names a whole run. */
void gen_seed(uint64_t seed);
uint64_t gen_random(void);
/* 0 .. n-1 */
static inline uint32_t gen_below(uint32_t n)
{
	return (uint32_t)(gen_random() >> 32) % n;
}

/* True that often. */
bool gen_chance(unsigned int percent);
/* Registers that suit @group, and memory. */
void gen_state(struct diff_state *s, enum gen_group group);
/* Vectors and predicates of @vl bytes, and what of them is V registers in @s. */
void gen_state_sve(struct diff_sve *sve, struct diff_state *s,
		   enum gen_group group, unsigned int vl);
void gen_memory(struct diff_case *c);

/* A word with random field bits under @row's pattern (which another row, or
 * none, may own). */
uint32_t gen_row_word(const struct insn_row *row);
/* The same, until insn_decode() says it is @row's and it is predictable;
 * false if that doesn't happen in many tries. */
bool gen_row_valid(const struct insn_row *row, uint32_t *word);

/* False: CONSTRAINED UNPREDICTABLE (or wrong in QEMU): the table in
 * insn-gen.c has the reasons. */
bool gen_predictable(uint32_t w);

/* The group of a row; NR_GEN_GROUPS: not compared here. */
enum gen_group gen_row_group(const struct insn_row *row);
/* Any row of @group. */
const struct insn_row *gen_random_row(enum gen_group group);

/*
 * Make @c, whose vl the caller has set: a stream of instructions of @group whose input state is random
 * but keeps memory accesses in the window and branches in the slot. @only:
 * use this row for every instruction; @max: the longest stream. rows[] is
 * told which row each of its instructions belongs to.
 */
bool gen_case(struct diff_case *c, enum gen_group group, uint32_t slot,
	      const struct insn_row *only, unsigned int max,
	      const struct insn_row *rows[DIFF_MAX_INSNS]);

/* UNDEFINED with shorter vectors. */
bool gen_needs_256_bits(enum a64_op op);
/* Of SVE_LDST: has each element an address of its own? */
bool gen_sve_has_addresses(const struct insn *i);
/* Bases and offsets of words[@k] of @n, of SVE_LDST; false: another word, please. */
bool gen_sve_ldst(struct diff_case *c, unsigned int k, unsigned int n);

/* QEMU's user mode does the same with @row, of any group, if there are tags. */
bool gen_tags_compared(const struct insn_row *row);
/* Tags of memory, and what becomes of failed checks; before words are made. */
void gen_tags(struct diff_case *c);
/*
 * words[@k] of @n, of class MTE, whose base and destinations, if it is not alone, are
 * such that @group's loads and stores may be beside it.
 */
bool gen_mte(struct diff_case *c, unsigned int k, unsigned int n,
	     enum gen_group group);
/* The base or bases of words[@k], a load or store of @group, get tags. */
void gen_tag_base(struct diff_case *c, unsigned int k);

/* Put the end of the stream (a jump to the runner's trampoline) and the
 * start (X30 from TPIDR_EL0) around words[1..n_words]. */
void gen_finish(struct diff_case *c);

#endif
