/* SPDX-License-Identifier: MIT */
/*
 * The door of src/jit: an engine (cpu/engine.h) that translates guest code to
 * x86-64, block by block, once a block has run some times. An instruction that
 * it has no code for is done by the interpreter's body, so is any that meets
 * something special; translate.h says how.
 */
#ifndef FAUXKVM_JIT_JIT_H
#define FAUXKVM_JIT_JIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpu;
struct insn;

extern const struct code_engine jit_engine;

/* What it says of why this host can't run translated code; NULL: it can. */
const char *jit_missing(void);

/* What translated code uses of the host at most, in PEs that have the engine from
 * now on: all it has, no AVX2, BMI, FMA and SHA, no AVX, nothing beyond SSE2. */
enum jit_isa {
	JIT_ISA_ALL,
	JIT_ISA_AVX,
	JIT_ISA_V2,
	JIT_ISA_SSE2,
	NR_JIT_ISAS,
};
void jit_set_isa(enum jit_isa most);
/* By number; the last is NULL. */
extern const char *const jit_isa_names[];

/* Bytes of each PE's memory for code, of those that have the engine from now
 * on; and how often a block runs before it is translated, 1: at once. */
void jit_set_memory(size_t bytes);
void jit_set_threshold(unsigned int runs);
#define JIT_MEMORY_MIN     ((size_t)1 << 20)
#define JIT_MEMORY_DEFAULT ((size_t)32 << 20)

/*
 * For tests: a way out of translated code (enum exit_kind), the @nth of its kind
 * and instruction. Asked of each when it is translated from now on: NULL: as usual;
 * or it is always taken, and counted there. Of what only fills the TLB it is
 * the way on to the interpreter that is. NULL: nobody is asked.
 */
struct jit_exit {
	const struct insn *insn;
	unsigned int kind, nth;
};
typedef uint64_t *jit_exit_fn(const struct jit_exit *e);
void jit_set_exits(jit_exit_fn *fn);

#endif
