/* SPDX-License-Identifier: MIT */
/*
 * Blocks of decoded instructions: straight runs inside one 4 KiB page. They
 * are keyed by physical address, private to a PE (no lock), and valid until
 * the guest does instruction cache maintenance on their page, or until they
 * are doubted and memory is found to say something else. What makes one run is
 * the PE's engine (engine.h).
 */
#ifndef FAUXKVM_CPU_BLOCK_H
#define FAUXKVM_CPU_BLOCK_H

#include "cpu/cpu.h"
#include "cpu/tlb-check.h"
#include "isa/insn.h"

#define BLOCK_MAX_INSNS 64

struct code_page;
struct insn_single;

struct block {
	gpa_t pa;
	struct code_page *page;
	struct block *hash_next; /* same hash bucket */
	struct block *page_next; /* same page */
	uint8_t n;               /* instructions, without the end marker */
	uint8_t accesses;        /* of them, loads and stores */
	bool branch;             /* the last one is a branch */
	uint8_t nr_classes;      /* behind the end marker; 0: not kept */
	uint32_t cost;           /* what they take, see insn_cost() */
	uint32_t runs;           /* the engine's own; 0 after decode */
	uint16_t state;          /* cpu->code_state that it was decoded by */
	const void *code;        /* likewise */
	insn_fn *first;          /* likewise */
	struct insn insns[];     /* n, then one that leaves with PC after */
};

/* What of a block's cost is of one row, if cpu->class_cycles asks for it. */
struct block_class {
	uint32_t row, cycles;
};
static inline struct block_class *block_classes(const struct block *b)
{
	return (struct block_class *)&b->insns[b->n + 1];
}

/* Of AArch32. */
static inline bool block_is_a32(const struct block *b)
{
	return CPU_CODE_ISA(b->state);
}

/* The block that begins with instruction @first. */
static inline const struct block *block_of(const struct insn *first)
{
	return container_of(first, struct block, insns[0]);
}

/* The marker behind a block's last instruction, which is none itself. */
#define INSN_END 0xff
static inline bool insn_is_end(const struct insn *i)
{
	return i->op == A64_UNDEFINED && i->form == INSN_END;
}

/* What decoded instruction @i takes: cycles by cpu->costs, without them one. */
static inline uint32_t insn_cost(const struct cpu *cpu, const struct insn *i)
{
	uint32_t cycles;

	if (!cpu->costs)
		return 1;
	cycles = cpu->costs->cycles[insn_cost_row(i)];
	return cycles < 1 ? 1 : cycles > INSN_COST_MAX ? INSN_COST_MAX : cycles;
}
/* A load or store, prefetches not among them. */
bool insn_accesses(const struct insn_row *row);
static inline bool insn_branches(const struct insn_row *row)
{
	return row && row->class == INSN_BRANCH;
}

/* Does anything ask the PE to leave its chain of blocks? */
static inline bool cpu_requested(const struct cpu *cpu)
{
	return atomic_load_explicit(&cpu->req, memory_order_relaxed);
}

/*
 * Is it the run loop's to enter @b, since the time to look (run.c) comes before
 * @b's end? If not, @b is accounted for: its instructions are executed, and
 * whoever leaves it early gives back what is behind (counted_cut()).
 */
static ALWAYS_INLINE bool block_look_due(struct cpu *cpu, const struct block *b)
{
	uint64_t end = cpu->cycles + b->cost;

	if (unlikely(end > cpu->look))
		return true;
	cpu->cycles = end;
	return false;
}

/* In AArch32 state; a32/block.c. */
const struct block *a32_block_known(struct cpu *cpu, uint64_t va);

/* The block at @va if the jump cache has it, else NULL. */
static ALWAYS_INLINE const struct block *block_known(struct cpu *cpu,
						     uint64_t va)
{
	struct cpu_jc_entry *e = &cpu->jc[(va >> 2) & (CPU_JC_SIZE - 1)];

	if (unlikely(cpu->isa))
		return a32_block_known(cpu, va);
	/* Of no instructions is where empty entries point. */
	if (unlikely(e->tag != (va ^ cpu->jc_key[va >> 63]) || !e->block->n))
		return NULL;
	tlb_check_code(cpu, va, e->block->pa, TLB_AGE(e));
	return e->block;
}

/*
 * The first instruction of the block at @va if the jump cache has it and
 * nothing wants the run loop, else NULL. Accounts for the block.
 */
static inline const struct insn *block_chain(struct cpu *cpu, uint64_t va)
{
	struct cpu_jc_entry *e = &cpu->jc[(va >> 2) & (CPU_JC_SIZE - 1)];

	if (unlikely(e->tag != (va ^ cpu->jc_key[va >> 63]) ||
		     cpu_requested(cpu) || block_look_due(cpu, e->block)))
		return NULL;
	if (e->block->n)
		tlb_check_code(cpu, va, e->block->pa, TLB_AGE(e));
	cpu->page_va = va & ~UINT64_C(0xfff);
	return e->block->insns;
}

/*
 * Slow: translate cpu->pc for fetch, find or decode the block, enter it in
 * the jump cache. NULL: an exception was taken, or cpu_leave() was called.
 * Without memory for blocks it has one instruction and is not kept.
 */
const struct block *block_lookup(struct cpu *cpu);

/* The block at @pa, for cpu->code_state, if there is one. */
struct block *block_find(const struct cpu *cpu, gpa_t pa);

/* The instruction at cpu->pc alone, for insn_execute(); it has a block around
 * it that is not kept. NULL: as above. */
const struct insn_single *block_single(struct cpu *cpu);

/* What block.code of the block is that empty jump cache entries have. */
void block_nowhere_code(struct cpu *cpu, const void *code);

int blocks_init(struct cpu *cpu);
void blocks_destroy(struct cpu *cpu);

/* The jump cache forgets (translation or regime changed). Cheap to call. */
void block_forget_va(struct cpu *cpu);
/* The same for the 4 KiB page of @va only; very cheap for a page of data. */
void block_forget_page(struct cpu *cpu, gva_t va);
/* Drop every decoded block that starts in the page of @pa: all of them, since
 * branches within a page point straight to one another's blocks (branch.c).
 * Only between blocks (SYS bodies that JUMP or RESUME, run loop). */
void block_invalidate_page(struct cpu *cpu, gpa_t pa);
/* Drop all. Same rule. */
void block_invalidate_all(struct cpu *cpu);
/*
 * Doubt all: somebody who does no maintenance that we see (the VMM) may have
 * written to memory. Before a block runs again, the words decoded from its
 * page are compared with those in memory; if one differs, the page's blocks
 * are dropped. Same rule. The cost is the jump cache's, and a comparison for
 * each page that is run again.
 */
void blocks_doubt(struct cpu *cpu);
/*
 * IC IVAU of @pa: block_invalidate_page() here and, by broadcast, on every PE
 * of the domain; completed by DSB. Cheap over a page without code, and over
 * the rest of a page. Same rule.
 */
void block_forget_code(struct cpu *cpu, gpa_t pa);

#endif
