/* SPDX-License-Identifier: MIT */
/*
 * Random A32 and T32 instructions, from the decode tables' own rows. Shared by
 * insn-diff-a32 and test-decode-a32.
 */
#ifndef FAUXKVM_TESTS_INSN_GEN_A32_H
#define FAUXKVM_TESTS_INSN_GEN_A32_H

#include "insn-gen.h"
#include "isa/a32/a32.h"

/* The encoding spaces, each with a table. */
enum a32_space { SPACE_A32, SPACE_NARROW, SPACE_WIDE, NR_SPACES };
extern const char *const a32_space_names[NR_SPACES];

const struct insn_row *a32_space_rows(enum a32_space space, unsigned int *n);
static inline unsigned int a32_space_bits(enum a32_space space)
{
	return space == SPACE_NARROW ? 16 : 32;
}
/* Is @w one of @space's? A wide one has another first halfword. */
bool a32_in_space(enum a32_space space, uint32_t w);

/* Outside of an IT block, at the beginning of a page. */
const struct insn_row *a32_decode(enum a32_space space, uint32_t w,
				  struct insn *out);
/* The group of a row of @space; NR_GEN_GROUPS: not compared here. */
enum gen_group a32_row_group(enum a32_space space, const struct insn_row *row);
/* The space of @row, which is of one. */
enum a32_space a32_row_space(const struct insn_row *row);

/* gen_case() and gen_finish() of their groups. In words[] each instruction has a
 * word, a narrow one with a NOP behind it. */
bool gen_case_a32(struct diff_case *c, enum gen_group group, uint32_t slot,
		  const struct insn_row *only, unsigned int max,
		  const struct insn_row *rows[DIFF_MAX_INSNS]);
void gen_finish_a32(struct diff_case *c);

/* A random encoding that is @row's; false if there is none in many tries. */
bool a32_row_valid(enum a32_space space, const struct insn_row *row,
		   uint32_t *word);

#endif
