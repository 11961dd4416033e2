/* SPDX-License-Identifier: MIT */
/*
 * The block cache of one PE (see block.h). Blocks come from an arena that is
 * only ever emptied as a whole: when it is full, or when the guest invalidates
 * its whole instruction cache. A block whose page was invalidated is unlinked
 * and its memory left behind until then.
 *
 * No locks: everything belongs to the PE's thread but the domain's code map,
 * whose bits are atomic.
 */
#include "cpu/block.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/host.h"
#include "base/log.h"
#include "base/warn.h"
#include "cpu/a32/block.h"
#include "cpu/breaks.h"
#include "cpu/bti.h"
#include "cpu/code-words.h"
#include "cpu/engine.h"
#include "cpu/exception.h"
#include "cpu/exec.h"
#include "cpu/mmu.h"
#include "cpu/model.h"
#include "cpu/sve/sve.h"

#define HASH_BITS   16
#define PAGE_BITS   12
#define ARENA_MAX   ((size_t)64 << 20) /* address space; used as needed */
#define ARENA_MIN   ((size_t)1 << 20)
#define HUGE_PAGE   ((size_t)2 << 20)
#define ARENA_KEPT  HUGE_PAGE /* of it when emptied */
#define ARENA_ALIGN 16
#define JC_INVALID  UINT64_C(1)
#define JC_PER_PAGE 1024 /* instructions in a page */
#define JC_RUNS     (CPU_JC_SIZE / JC_PER_PAGE)
#define JC_NOTED    256

/* The blocks that start in one guest physical page. */
struct code_page {
	struct code_page *next; /* same bucket */
	gpa_t page;
	uint64_t checked; /* cpu_blocks.doubts when memory last agreed */
	struct block *blocks;
	struct code_words words; /* that the blocks were decoded from */
};

/* Where they are found. */
struct block_tables {
	struct block *hash[1u << HASH_BITS];
	struct code_page *pages[1u << PAGE_BITS];
};

struct cpu_blocks {
	struct block_tables *tables; /* what begins the arena */
	uint8_t *arena;              /* NULL until the first block */
	size_t arena_size, arena_used;
	bool trusting;    /* nobody will call blocks_doubt() */
	uint64_t doubts;  /* calls of blocks_doubt() */
	uint64_t written; /* the last of them by cpu_code_written() */
	/* Hashed sets of the virtual pages the jump cache may hold, by the run
	 * of entries that a page has with others. */
	uint64_t jc_pages[JC_RUNS];
	/* How many entries were made since it was empty (JC_NOTED + 1: more
	 * than that), and where: emptying it costs what is in it. */
	unsigned int jc_made;
	uint16_t jc_noted[JC_NOTED];
	/* nowhere: where empty jump cache entries point, leaves to the run
	 * loop. single: an instruction that is not kept. */
	union {
		struct block block;
		struct {
			uint8_t head[offsetof(struct block, insns)];
			struct insn_single insn;
		};
	} nowhere, single;
};

/* Blocks that stand near to one another are in the same lines of the host's
 * cache. */
static unsigned int block_hash(gpa_t pa)
{
	return (pa >> 3 ^ pa >> (3 + HASH_BITS)) & ((1u << HASH_BITS) - 1);
}

static unsigned int code_map_bit(gpa_t pa)
{
	uint64_t page = pa >> 12;

	return (page ^ page >> 20) & (DOMAIN_CODE_MAP_BITS - 1);
}

/* Pages that share a bit of the code map share a bucket. */
static unsigned int page_hash(gpa_t pa)
{
	return code_map_bit(pa) & ((1u << PAGE_BITS) - 1);
}

/* An empty jump cache entry was hit: cpu->pc is set, the run loop looks. */
static void block_nowhere(struct cpu *cpu, const struct insn *i)
{
}

/* ---- the code map -------------------------------------------------------- */

/* Before the page's memory is read: a concurrent IC IVAU either sees the bit
 * or its invalidation reaches us after the block was entered. */
static void code_map_set(struct cpu *cpu, gpa_t pa)
{
	unsigned int bit = code_map_bit(pa);
	_Atomic uint64_t *word = &domain_code_map(cpu->domain)[bit / 64];

	if (!(atomic_load_explicit(word, memory_order_relaxed) & BIT(bit % 64)))
		atomic_fetch_or(word, BIT(bit % 64));
}

void block_forget_code(struct cpu *cpu, gpa_t pa)
{
	domain_forget_code(cpu, code_map_bit(pa), pa);
}

/* More pages than this are not looked at one by one. */
#define FORGET_PAGES 65536

void cpu_domain_forget_code(struct cpu_domain *dom, gpa_t start, gpa_t end)
{
	bool posted = false;

	if ((end - start) >> 12 > FORGET_PAGES) {
		cpu_domain_flush(dom, CPU_FLUSH_CODE | CPU_FLUSH_NO_WAIT);
		return;
	}
	for (gpa_t pa = ALIGN_DOWN(start, 4096); pa < end; pa += 4096)
		posted |= domain_post_code(dom, code_map_bit(pa), pa);
	if (posted)
		cpu_domain_flush(dom, CPU_FLUSH_NO_WAIT);
}

/* ---- arena --------------------------------------------------------------- */

/* Of a PE without an arena; never written to. */
static struct block_tables no_tables;

static uint8_t *arena_map(size_t size)
{
	void *p = host_mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* One that begins where a huge page may. */
static uint8_t *arena_map_aligned(size_t size)
{
	uint8_t *p = arena_map(size + HUGE_PAGE), *start;
	size_t before;

	if (!p)
		return arena_map(size);
	start = (uint8_t *)ALIGN_UP((uintptr_t)p, HUGE_PAGE);
	before = start - p;
	if (before)
		host_munmap(p, before);
	if (before < HUGE_PAGE)
		host_munmap(start + size, HUGE_PAGE - before);
	return start;
}

/*
 * With less it works as well. Address space may be limited, and to a process
 * that locks its memory, or a host without overcommit, all of it is memory.
 *
 * A huge page costs the host less than its first 64 small ones; but hundreds of
 * threads that execute little should not have one each: but for the first arena
 * of a process what comes behind the first of them is huge.
 */
static void arena_reserve(struct cpu_blocks *bs)
{
	static _Atomic unsigned int arenas;
	size_t small;

	for (size_t size = ARENA_MAX; size >= ARENA_MIN; size /= 2) {
		bs->arena = size < HUGE_PAGE ? arena_map(size)
					     : arena_map_aligned(size);
		if (!bs->arena)
			continue;
		bs->arena_size = size;
		bs->arena_used = sizeof(*bs->tables);
		bs->tables = (struct block_tables *)bs->arena;
		small = atomic_fetch_add(&arenas, 1) ? HUGE_PAGE : 0;
		if (size > small)
			host_madvise(bs->arena + small, size - small,
				     MADV_HUGEPAGE);
		return;
	}
}

/* What few blocks need is kept, the rest goes back to the host. */
static void arena_empty(struct cpu_blocks *bs)
{
	if (bs->arena_used > ARENA_KEPT)
		host_madvise(bs->arena + ARENA_KEPT,
			     bs->arena_used - ARENA_KEPT, MADV_DONTNEED);
	if (bs->arena_used > sizeof(*bs->tables))
		memset(bs->tables, 0, sizeof(*bs->tables));
	bs->arena_used = bs->arena ? sizeof(*bs->tables) : 0;
}

/* NULL when the arena is full, the caller empties it; or when there is none. */
static void *arena_alloc(struct cpu_blocks *bs, size_t size)
{
	void *p;

	if (!bs->arena)
		arena_reserve(bs);
	size = ALIGN_UP(size, ARENA_ALIGN);
	if (!bs->arena || size > bs->arena_size - bs->arena_used)
		return NULL;
	p = bs->arena + bs->arena_used;
	bs->arena_used += size;
	return p;
}

/* ---- decoding ------------------------------------------------------------ */

/* UNDEFINED, too, if the core is one that lacks it. */
static const struct insn_row *decode(const struct cpu *cpu, uint32_t word,
				     struct insn *i)
{
	const struct insn_row *row = insn_decode(word, i);

	if (unlikely(cpu->bti))
		bti_mark_branch(i);
	if (!cpu->absent || !row || !model_lacks_insn(cpu, i))
		return row;
	*i = (struct insn){.op = A64_UNDEFINED, .imm = word};
	return NULL;
}

bool insn_accesses(const struct insn_row *row)
{
	if (!row)
		return false;
	switch (row->op) {
	case A64_PRFM_lit:
	case A64_PRFM_uimm:
	case A64_PRFM_unscaled:
	case A64_PRFM_reg: return false;
	}
	switch (row->class) {
	case INSN_LDST:
	case INSN_VLDST:
	case INSN_ATOMIC:
	case INSN_SVE_LDST: return true;
	default: return false;
	}
}

/*
 * Decode from @host (the bytes at @pa) up to @max instructions, not past the
 * page or into a breakpoint, into @insns, which has room for max + 1. @b: what
 * is said of them all. @words: what they were, read once. Returns how many words
 * those are.
 */
static unsigned int decode_run(const struct cpu *cpu, struct block *b,
			       struct insn *insns, uint32_t *words,
			       const uint8_t *host, unsigned int max)
{
	unsigned int off = b->pa & 0xfff, n = 0;
	bool ended = false;

	if (unlikely(cpu->isa))
		return a32_decode_run(cpu, b, insns, words, host, max);
	b->cost = 0;
	b->accesses = 0;
	b->branch = false;
	while (n < max && off < 0x1000 && !ended) {
		const struct insn_row *row;

		if (n && unlikely(breaks_offset(cpu, off)))
			break;
		memcpy(&words[n], host + n * 4, sizeof(words[n]));
		row = decode(cpu, words[n], &insns[n]);
		insns[n].pgoff = off;
		ended = insn_ends_block(row);
		/* sve_wrap() has nowhere to put what comes behind a load. */
		if (unlikely(cpu->sve) && n && ended &&
		    insn_loads_v(&insns[n - 1]))
			break;
		b->cost += insn_cost(cpu, &insns[n]);
		b->accesses += insn_accesses(row);
		b->branch = insn_branches(row);
		off += 4;
		n++;
	}
	insns[n] = (struct insn){.pgoff = off, .form = INSN_END};
	b->n = n;
	return n;
}

static struct code_page *code_page_find(const struct cpu_blocks *bs, gpa_t pa)
{
	gpa_t page = pa & ~UINT64_C(0xfff);
	struct code_page *p;

	for (p = bs->tables->pages[page_hash(pa)]; p && p->page != page;
	     p = p->next)
		;
	return p;
}

static struct code_page *code_page_get(struct cpu_blocks *bs, gpa_t pa)
{
	struct code_page **bucket, *p = code_page_find(bs, pa);

	if (p)
		return p;
	p = arena_alloc(bs, sizeof(*p));
	if (!p)
		return NULL;
	/* The tables may have come with it. */
	bucket = &bs->tables->pages[page_hash(pa)];
	*p = (struct code_page){.next = *bucket,
				.page = pa & ~UINT64_C(0xfff),
				.checked = bs->doubts};
	*bucket = p;
	return p;
}

/* Lines for @n words at page offset @off. False: the arena is full. */
static bool code_lines_get(struct cpu_blocks *bs, struct code_page *page,
			   unsigned int off, unsigned int n)
{
	for (unsigned int k = code_line_of(off);
	     k <= code_line_of(off + (n - 1) * 4); k++) {
		struct code_line **l = &page->words.lines[k];

		if (*l)
			continue;
		*l = arena_alloc(bs, sizeof(**l));
		if (!*l)
			return false;
		(*l)->known = 0;
	}
	return true;
}

/* Room for a block of @n instructions and @nr_classes at @pa, and for the words
 * they were decoded from. NULL: the arena is full, or there is none. */
static struct block *block_alloc(struct cpu_blocks *bs, gpa_t pa,
				 unsigned int n, unsigned int nr_words,
				 unsigned int nr_classes)
{
	struct code_page *page = code_page_get(bs, pa);
	struct block *b;

	if (!page ||
	    (!bs->trusting && !code_lines_get(bs, page, pa & 0xffc, nr_words)))
		return NULL;
	b = arena_alloc(bs, sizeof(*b) + (n + 1) * sizeof(b->insns[0]) +
				    nr_classes * sizeof(struct block_class));
	if (b)
		b->page = page;
	return b;
}

static void block_enter_lists(struct cpu_blocks *bs, struct block *b)
{
	b->hash_next = bs->tables->hash[block_hash(b->pa)];
	bs->tables->hash[block_hash(b->pa)] = b;
	b->page_next = b->page->blocks;
	b->page->blocks = b;
}

/* The classes of @n instructions, each once. How many. */
static COLD unsigned int classes_sum(const struct cpu *cpu,
				     const struct insn *insns, unsigned int n,
				     struct block_class *classes)
{
	unsigned int nr = 0, c;

	for (unsigned int k = 0; k < n; k++) {
		uint32_t row = insn_cost_row(&insns[k]);

		for (c = 0; c < nr && classes[c].row != row; c++)
			;
		if (c == nr)
			classes[nr++] = (struct block_class){.row = row};
		classes[c].cycles += insn_cost(cpu, &insns[k]);
	}
	return nr;
}

static struct block *block_decode(struct cpu *cpu, gpa_t pa,
				  const uint8_t *host)
{
	struct cpu_blocks *bs = cpu->blocks;
	struct insn insns[BLOCK_MAX_INSNS + 1];
	uint32_t words[BLOCK_MAX_INSNS + 1];
	const uint8_t *host_page = host - (pa & 0xfff);
	struct block_class classes[NR_INSN_COSTS];
	struct block decoded = {.pa = pa, .state = cpu->code_state}, *b;
	unsigned int n, nr_words, nr = 0;

	code_map_set(cpu, pa);
	nr_words =
		decode_run(cpu, &decoded, insns, words, host, BLOCK_MAX_INSNS);
	n = decoded.n;
	if (unlikely(cpu->class_cycles))
		nr = classes_sum(cpu, insns, n, classes);
	decoded.nr_classes = nr;
	b = block_alloc(bs, pa, n, nr_words, nr);
	if (!b) {
		if (!bs->arena)
			return NULL;
		block_invalidate_all(cpu);
		b = block_alloc(bs, pa, n, nr_words, nr);
	}
	/* What the page's other blocks say is not in memory any more: they go,
	 * or one comparison could not speak for all of them. */
	if (!bs->trusting && !code_words_keep(&b->page->words, host_page,
					      pa & 0xffc, words, nr_words)) {
		block_invalidate_page(cpu, pa);
		code_words_keep(&b->page->words, host_page, pa & 0xffc, words,
				nr_words);
	}
	decoded.page = b->page;
	*b = decoded;
	memcpy(b->insns, insns, (n + 1) * sizeof(insns[0]));
	memcpy(block_classes(b), classes, nr * sizeof(classes[0]));
	cpu->engine->compile(cpu, b);
	block_enter_lists(bs, b);
	return b;
}

/* One instruction, run and forgotten; also the way out when memory is short. */
static struct block *single_decode(struct cpu *cpu, gpa_t pa,
				   const uint8_t *host)
{
	struct block *b = &cpu->blocks->single.block;
	uint32_t words[2];

	b->pa = pa;
	b->state = cpu->code_state;
	decode_run(cpu, b, b->insns, words, host, 1);
	insn_single_bind(cpu, &cpu->blocks->single.insn);
	return b;
}

/* ---- doubt --------------------------------------------------------------- */

void blocks_doubt(struct cpu *cpu)
{
	struct cpu_blocks *bs = cpu->blocks;

	bs->doubts++;
	if (cpu->code_written)
		bs->written = bs->doubts;
	block_forget_va(cpu);
}

static bool is_brk(uint32_t word)
{
	return (word & 0xffe0001f) == 0xd4200000;
}

/* Breakpoints come and go like this every day, and a VMM may load what it
 * likes. */
static void tell_change(struct cpu *cpu, const struct code_page *page,
			const struct code_change *c)
{
	if (is_brk(c->was) || is_brk(c->is) ||
	    page->checked < cpu->blocks->written)
		return;
	warn_once(
		domain_warned(cpu->domain), FKVM_CODE_STALE,
		"guest code at physical address 0x%llx was 0x%08x and is "
		"0x%08x, without instruction cache maintenance by the guest: "
		"the new code runs, but on a host without CTR_EL0.DIC only if "
		"whoever wrote it has cleaned the caches (said once)",
		(unsigned long long)(page->page + c->off), c->was, c->is);
}

/*
 * The slow half of a lookup: @b is the block at @pa, if there is one already.
 * Whether memory still says what is decoded is asked of the whole page, since
 * its blocks are linked.
 */
static struct block *block_get(struct cpu *cpu, struct block *b, gpa_t pa,
			       const uint8_t *host)
{
	struct cpu_blocks *bs = cpu->blocks;
	struct code_page *page = code_page_find(bs, pa);
	struct code_change change;

	if (page && page->checked != bs->doubts) {
		if (!code_words_same(&page->words, host - (pa & 0xfff),
				     &change)) {
			tell_change(cpu, page, &change);
			block_invalidate_page(cpu, pa);
			b = NULL;
		}
		page->checked = bs->doubts;
	}
	return b ? b : block_decode(cpu, pa, host);
}

/* ---- the jump cache ------------------------------------------------------ */

/* The page's entries are one aligned run of the direct-mapped cache. */
static unsigned int jc_run(uint64_t va)
{
	return (va >> 12) % JC_RUNS;
}

static uint64_t jc_page_bit(uint64_t va)
{
	return BIT((va >> 16 ^ va >> 22) % 64);
}

static void jc_insert(struct cpu *cpu, struct block *b)
{
	unsigned int at = (cpu->pc >> 2) & (CPU_JC_SIZE - 1);
	struct cpu_blocks *bs = cpu->blocks;

	cpu->jc[at] = (struct cpu_jc_entry){
		.tag = cpu->pc ^ cpu->jc_key[cpu->pc >> 63],
		.block = b,
#ifdef FAUXKVM_TLB_CHECK
		.age = mmu_fetch_age(cpu),
#endif
	};
	bs->jc_pages[jc_run(cpu->pc)] |= jc_page_bit(cpu->pc);
	if (bs->jc_made < JC_NOTED)
		bs->jc_noted[bs->jc_made] = at;
	if (bs->jc_made <= JC_NOTED)
		bs->jc_made++;
}

struct block *block_find_state(const struct cpu *cpu, gpa_t pa, uint16_t state)
{
	struct block *b = cpu->blocks->tables->hash[block_hash(pa)];

	while (b && (b->pa != pa || b->state != state))
		b = b->hash_next;
	return b;
}

struct block *block_find(const struct cpu *cpu, gpa_t pa)
{
	return block_find_state(cpu, pa, cpu->code_state);
}

static __attribute__((noinline)) const struct block *lookup_slow(
	struct cpu *cpu)
{
	const uint8_t *host;
	struct block *b;
	gpa_t pa;

	if (!mmu_fetch(cpu, cpu->pc, &pa, &host))
		return NULL;
	/* With it nothing is in the jump cache. Breakpoints come first. */
	if (unlikely(cpu->il) &&
	    (debug_break(cpu) || exception_illegal_state(cpu)))
		return NULL;
	if (unlikely(a32_crosses_page(cpu, pa, host)))
		return a32_cross_decode(cpu, pa, host,
					&cpu->blocks->single.block);
	b = block_find(cpu, pa);
	if (!b || unlikely(b->page->checked != cpu->blocks->doubts))
		b = block_get(cpu, b, pa, host);
	if (!b)
		return single_decode(cpu, pa, host);
	if (unlikely(breaks_at(cpu, cpu->pc)))
		return b;
	if (unlikely(block_is_a32(b)))
		a32_jc_insert(cpu, b);
	else
		jc_insert(cpu, b);
	return b;
}

const struct block *block_lookup(struct cpu *cpu)
{
	const struct block *known = block_known(cpu, cpu->pc);

	/* The guest goes on behind an exit, time and again. */
	return likely(known) ? known : lookup_slow(cpu);
}

const struct insn_single *block_single(struct cpu *cpu)
{
	const uint8_t *host;
	gpa_t pa;

	if (!mmu_fetch(cpu, cpu->pc, &pa, &host))
		return NULL;
	if (unlikely(a32_crosses_page(cpu, pa, host)))
		return a32_cross_decode(cpu, pa, host,
					&cpu->blocks->single.block)
			       ? &cpu->blocks->single.insn
			       : NULL;
	single_decode(cpu, pa, host);
	return &cpu->blocks->single.insn;
}

/* ---- invalidation -------------------------------------------------------- */

static void jc_clear(struct cpu *cpu, unsigned int first, unsigned int n)
{
	for (unsigned int k = first; k < first + n; k++)
		cpu->jc[k] = (struct cpu_jc_entry){
			.tag = JC_INVALID,
			.block = &cpu->blocks->nowhere.block,
		};
}

void block_forget_va(struct cpu *cpu)
{
	struct cpu_blocks *bs = cpu->blocks;

	if (bs->jc_made > JC_NOTED)
		jc_clear(cpu, 0, CPU_JC_SIZE);
	else
		for (unsigned int k = 0; k < bs->jc_made; k++)
			jc_clear(cpu, bs->jc_noted[k], 1);
	bs->jc_made = 0;
	memset(bs->jc_pages, 0, sizeof(bs->jc_pages));
	if (unlikely(cpu->jc_a32))
		a32_jc_clear(cpu);
}

void block_forget_page(struct cpu *cpu, gva_t va)
{
	unsigned int run = jc_run(va);

	if (cpu->blocks->jc_pages[run] & jc_page_bit(va)) {
		jc_clear(cpu, run * JC_PER_PAGE, JC_PER_PAGE);
		cpu->blocks->jc_pages[run] = 0;
	}
	if (unlikely(cpu->jc_a32))
		a32_jc_forget_page(cpu, va);
}

/* Wherever @b is mapped, the address has its offset in the page. */
static void jc_forget_block(struct cpu *cpu, const struct block *b)
{
	if (unlikely(block_is_a32(b))) {
		a32_jc_forget_block(cpu, b);
		return;
	}
	for (unsigned int k = (b->pa >> 2) % JC_PER_PAGE; k < CPU_JC_SIZE;
	     k += JC_PER_PAGE)
		if (cpu->jc[k].block == b)
			jc_clear(cpu, k, 1);
}

/* NULL: all of them. */
static void engine_drop(struct cpu *cpu, struct block *b)
{
	if (cpu->engine->drop)
		cpu->engine->drop(cpu, b);
}

static void block_unhash(struct cpu_blocks *bs, struct block *b)
{
	struct block **p = &bs->tables->hash[block_hash(b->pa)];

	while (*p != b)
		p = &(*p)->hash_next;
	*p = b->hash_next;
}

/*
 * Every page that shares @pa's bit of the code map: the bit speaks for all of
 * them, and whoever cleared it will not broadcast for the others.
 */
void block_invalidate_page(struct cpu *cpu, gpa_t pa)
{
	unsigned int bit = code_map_bit(pa);

	for (struct code_page *p = cpu->blocks->tables->pages[page_hash(pa)]; p;
	     p = p->next) {
		if (code_map_bit(p->page) != bit || !p->blocks)
			continue;
		for (struct block *b = p->blocks; b; b = b->page_next) {
			block_unhash(cpu->blocks, b);
			jc_forget_block(cpu, b);
			engine_drop(cpu, b);
		}
		p->blocks = NULL;
		code_words_forget(&p->words);
	}
}

void block_invalidate_all(struct cpu *cpu)
{
	struct cpu_blocks *bs = cpu->blocks;

	engine_drop(cpu, NULL);
	arena_empty(bs);
	breaks_reset_offsets(cpu);
	block_forget_va(cpu);
}

void block_nowhere_code(struct cpu *cpu, const void *code)
{
	cpu->blocks->nowhere.block.code = code;
}

int blocks_init(struct cpu *cpu)
{
	cpu->blocks = calloc(1, sizeof(*cpu->blocks));
	if (!cpu->blocks)
		return -ENOMEM;
	/* A program says when its code changes. */
	cpu->blocks->trusting = cpu->env->flat;
	cpu->blocks->tables = &no_tables;
	cpu->blocks->nowhere.block.insns[0].fn = block_nowhere;
	jc_clear(cpu, 0, CPU_JC_SIZE);
	return 0;
}

void blocks_destroy(struct cpu *cpu)
{
	if (!cpu->blocks)
		return;
	engine_drop(cpu, NULL);
	if (cpu->blocks->arena)
		host_munmap(cpu->blocks->arena, cpu->blocks->arena_size);
	free(cpu->blocks);
	cpu->blocks = NULL;
	free(cpu->jc_a32);
	cpu->jc_a32 = NULL;
}
