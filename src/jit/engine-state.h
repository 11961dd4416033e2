/* SPDX-License-Identifier: MIT */
/*
 * What the translator keeps for a PE: its memory for code, what in there is
 * common to all blocks (glue.c), jumps that wait for a block, and which host
 * instructions access guest memory.
 */
#ifndef FAUXKVM_JIT_ENGINE_STATE_H
#define FAUXKVM_JIT_ENGINE_STATE_H

#include "cpu/block.h"
#include "jit/code-memory.h"
#include "jit/jit.h"
#include "jit/records.h"
#include "jit/x86.h"

/* Ways out of a block whose code comes behind it. */
enum exit_kind {
	EXIT_INSN, /* the body of an instruction */
	/* Fill the TLB and try again, else likewise. */
	EXIT_MISS_READ,
	EXIT_MISS_WRITE,
	EXIT_MISS_READ_UNPRIV, /* the TLB of EL0 */
	EXIT_MISS_WRITE_UNPRIV,
	/* Of a block that leads back to itself, before its first instruction:
	 * the body of that. */
	EXIT_HEAD,
	EXIT_DUE, /* the run loop, at the block's beginning */
	NR_EXIT_KINDS,
};

#define JIT_EDGES 16384

struct jit {
	struct code_memory memory;
	struct x86_code c;   /* what is free of it for what blocks do */
	uint8_t *cold;       /* and for what they seldom do, up to its end */
	uint8_t *first;      /* behind the glue */
	const uint8_t *pool; /* constants, pool.h, where they run */

	/* The glue, where it runs. enter: from the interpreter to the code in
	 * RAX. exit_body: to the body in RAX of the instruction in RDI. exit_pc:
	 * to the run loop, at the block's page and the offset in RAX; exit_va: at
	 * the address in RDI. miss[]: fill the TLB for EAX bytes at RDI, with
	 * copies of vector registers or without; ZF: it can't be, and
	 * exit_missed is the way to the body. */
	const uint8_t *enter, *exit_body, *exit_missed, *exit_pc, *exit_va;
	const uint8_t *miss[NR_EXIT_KINDS][2];

	struct jit_records records;
	struct jit_edge *edges[JIT_EDGES]; /* of these, by address */
};

static inline struct jit *jit_of(const struct cpu *cpu)
{
	return cpu->engine_data;
}

/* features.c: struct x86_code's @lacks, of @most on any host; on this host, and
 * that is said. */
uint16_t jit_isa_lacks(enum jit_isa most);
uint16_t jit_lacks(void);
void jit_log_lacks(uint16_t lacks);
/* glue.c */
void glue_emit(struct jit *jit);
/* fault.c: the engine's fault(). */
bool jit_fault(struct cpu *cpu, const void *ucontext);
/* translate.c: false: there is no room for it, nothing has changed. */
bool jit_translate(struct cpu *cpu, struct block *b);
/* @b, of flat memory, is no more: what leads there waits. */
void jit_edges_cut(struct jit *jit, struct block *b);
/* Forget what waits, and accesses. */
void jit_records_forget(struct jit *jit);

#endif
