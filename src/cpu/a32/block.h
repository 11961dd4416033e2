/* SPDX-License-Identifier: MIT */
/*
 * What blocks of A32 and T32 have that others don't: block.c and interp.c come
 * here in AArch32 state. A block is decoded by cpu->code_state as well as its
 * address: by the instruction set, and PSTATE.IT if it begins in an IT block.
 *
 * Jump cache entries of AArch32 are apart, since any address, canonical or not,
 * may be looked for in A64's: the tag has address, state and context.
 */
#ifndef FAUXKVM_CPU_A32_BLOCK_H
#define FAUXKVM_CPU_A32_BLOCK_H

#include "cpu/cpu.h"
#include "isa/a32/a32.h"

struct insn_single;

/* For decode_run(), see there. */
unsigned int a32_decode_run(const struct cpu *cpu, struct block *b,
			    struct insn *insns, uint32_t *words,
			    const uint8_t *host, unsigned int max);

/* Does the instruction at @pa, whose bytes are at @host, end in the next page? */
static inline bool a32_crosses_page(const struct cpu *cpu, gpa_t pa,
				    const uint8_t *host)
{
	return unlikely(cpu->isa == ISA_T32) && (pa & 0xfff) == 0xffe &&
	       t32_is_wide(host[0] | host[1] << 8);
}
/* Such a one is decoded alone, into @b that is not kept. NULL: an exception was
 * taken, or cpu_leave() called. */
struct block *a32_cross_decode(struct cpu *cpu, gpa_t pa, const uint8_t *host,
			       struct block *b);

/* block_find() for @state, as cpu->code_state is. */
struct block *block_find_state(const struct cpu *cpu, gpa_t pa, uint16_t state);

/* Bodies of a block and of an instruction alone. */
void a32_compile(struct cpu *cpu, struct block *b);
void a32_single_bind(const struct cpu *cpu, struct insn_single *s);

void a32_jc_insert(struct cpu *cpu, struct block *b);
void a32_jc_clear(struct cpu *cpu);
void a32_jc_forget_page(struct cpu *cpu, gva_t va);
void a32_jc_forget_block(struct cpu *cpu, const struct block *b);

/* The access that left cpu_run() is done: PC and PSTATE.IT. */
void a32_step_past(struct cpu *cpu);

#endif
