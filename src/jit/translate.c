/* SPDX-License-Identifier: MIT */
/*
 * The translation of a block, and how blocks lead to one another.
 *
 * Code of a block begins with its price: cycles left less its cost, or out to
 * the run loop. Within the page it jumps straight to another block's code, and
 * if there is none yet, to the interpreter; the jump is changed when there is.
 * Blocks of a page go together, so nothing has to be undone. Elsewhere the jump
 * cache says where a block is, whose code may as well be the way to the run loop.
 * In flat memory an address is always the same block, and they jump to one
 * another wherever they are; a block that goes has its code's beginning
 * made a jump that waits for the next one there.
 *
 * What is seldom done, ways out and in, is in an area of its own: programs fill more
 * than the host's first cache with what they do.
 *
 * Requests are looked at wherever a jump leads back or out of the page: a page
 * has only so many instructions in a row.
 */
#include "jit/a32.h"
#include "jit/translate.h"

#include <string.h>

#include "base/log.h"
#include "cpu/a32/block.h"
#include "cpu/breaks.h"
#include "cpu/sve/sve.h"

/* Code of a block is less, and so is that of all its exits. */
#define BLOCK_CODE_MAX 49152
/* Accesses of a block that are noted, likewise. */
#define BLOCK_ACCESSES_MAX (16 * BLOCK_MAX_INSNS)

emit_fn *emitter_of(const struct insn *i)
{
	const struct insn_row *row = insn_row(i->op);

	if (!row)
		return NULL;
	switch (row->class) {
	case INSN_INT: return int_emitter(i);
	case INSN_LDST: return ldst_emitter(i);
	case INSN_ATOMIC: return atomic_emitter(i);
	case INSN_VLDST: return vldst_emitter(i);
	case INSN_FP: return fp_emitter(i);
	case INSN_SIMD: return simd_emitter(i);
	case INSN_CRYPTO: return crypto_emitter(i);
	case INSN_SVE:
	case INSN_SVE_FP:
	case INSN_SVE_LDST: return sve_emitter(i);
	case INSN_BRANCH: return branch_emitter(i);
	case INSN_SYS:
	case INSN_CONTEXT: return system_emitter(i);
	default: return NULL;
	}
}

emit_fn *emitter_in(const struct translation *t, const struct insn *i)
{
	return t->a32 ? a32_emitter(t, i) : emitter_of(i);
}

/* ---- to other blocks ----------------------------------------------------- */

static struct jit_edge **edges_at(struct jit *jit, gpa_t pa)
{
	return &jit->edges[(pa >> 2 ^ pa >> 12) % JIT_EDGES];
}

/* @site leads to the block at @pa for @state once it is translated. No memory, or
 * more bits than a record has: never. */
static void edge_wait(struct jit *jit, gpa_t pa, uint16_t state,
		      struct x86_site site)
{
	struct jit_edge **head = edges_at(jit, pa), *e;

	if (pa >> 48)
		return;
	e = edge_new(&jit->records, BLOCK_ACCESSES_MAX);
	if (!e)
		return;
	*e = (struct jit_edge){
		.next = *head, .pa = pa, .state = state, .site = site};
	*head = e;
}

static void edges_land(struct translation *t)
{
	struct jit_edge **p = edges_at(t->jit, t->b->pa);

	while (*p) {
		struct jit_edge *e = *p;

		if (e->pa != t->b->pa || e->state != t->b->state) {
			p = &e->next;
			continue;
		}
		x86_land(&t->c, e->site, t->entry);
		*p = e->next;
		edge_unused(&t->jit->records, e);
	}
}

void jit_edges_cut(struct jit *jit, struct block *b)
{
	uint8_t *entry = (uint8_t *)b->code - jit->c.run;
	struct x86_code c = {
		.p = entry,
		.end = entry + 8,
		.run = jit->c.run,
	};
	struct x86_site site;

	/* What is only interpreted has no code at all. */
	if (!b->code || b->code == jit->exit_va)
		return;
	site = x86_jmp(&c);
	x86_land(&c, site, jit->memory.run + b->runs);
	edge_wait(jit, b->pa, b->state, site);
	b->code = jit->exit_va;
}

void jit_records_forget(struct jit *jit)
{
	records_empty(&jit->records);
	memset(jit->edges, 0, sizeof(jit->edges));
}

/* The block is accounted for, as block_look_due() does it. */
static void emit_price(struct translation *t, bool again)
{
	x86_alu_ri(&t->c, X86_SUB, 8, R12, t->b->cost);
	exit_due(t, x86_jcc(&t->c, CC_B), again);
}

/* A block that leads straight back to itself: nothing has to be done before. */
static bool is_tight(const struct translation *t)
{
	return loop_leads_back(t->b) && !loop_is_one(t->b) &&
	       !breaks_offset(t->cpu, t->b->pa & 0xfff);
}

/* Taken if the run loop is wanted. */
static struct x86_site emit_request_test(struct translation *t)
{
	x86_alu_mi(&t->c, X86_CMP, 4, CPU_FIELD(req), 0);
	return x86_jcc(&t->c, CC_NE);
}

/* Where it begins; one that leads straight back here looks at requests here, and
 * has a beginning of its own for that if it leaves flags unstored. */
static void emit_beginning(struct translation *t)
{
	struct x86_site enter;

	t->entry = t->again = x86_here(&t->c);
	emit_price(t, false);
	if (!is_tight(t))
		return;
	flags_loop_choose(t);
	if (t->lazy.on) {
		emit_flags_loop_enter(t);
		enter = x86_jmp(&t->c);
		t->again = x86_here(&t->c);
		emit_price(t, true);
	}
	exit_due(t, emit_request_test(t), true);
	if (t->lazy.on)
		x86_land_here(&t->c, enter);
}

static void emit_request_check(struct translation *t)
{
	exit_here(t, emit_request_test(t));
	flags_lose(t);
}

/* What the block that comes next is decoded by: a branch leaves IT blocks. */
static uint16_t state_behind(const struct translation *t)
{
	uint16_t state = t->b->state;

	if (!t->a32)
		return state;
	return (state & ~0xff) | (t->k == t->b->n ? t->b->insns[t->k].it : 0);
}

/* Of the block at @pa in the same page, NULL: there is none to jump to. */
static const uint8_t *code_at(const struct translation *t, gpa_t pa)
{
	const struct block *b;

	if (breaks_offset(t->cpu, pa & 0xfff))
		return NULL;
	if (pa == t->b->pa && state_behind(t) == t->b->state)
		return t->entry;
	b = block_find_state(t->cpu, pa, state_behind(t));
	return b && b->code != t->jit->exit_va ? b->code : NULL;
}

static bool leads_back(const struct translation *t, int64_t off)
{
	return off == t->b->insns[0].pgoff && is_tight(t);
}

/* Of page offset @off, in flat memory that may be any. */
static gpa_t next_pa(const struct translation *t, int64_t off)
{
	gpa_t pa = page_of(t->b) + off;

	return t->a32 && is_flat(t) ? (uint32_t)pa : pa;
}

/* @site leads to page offset @off, where @code is; NULL: when there is some. */
static void edge_land(struct translation *t, struct x86_site site, int64_t off,
		      const uint8_t *code)
{
	if (code) {
		x86_land(&t->c, site, code);
		return;
	}
	exit_edge(t, site);
	if (!t->dry && !breaks_offset(t->cpu, off & 0xfff))
		edge_wait(t->jit, next_pa(t, off), state_behind(t), site);
}

/* Forward in the page, where requests need not be looked at. */
static bool leads_on(const struct translation *t, int64_t off)
{
	return off > t->b->insns[t->k].pgoff && off <= 0xfff;
}

bool emit_edge_if(struct translation *t, enum x86_cc cc, int64_t off)
{
	if (leads_back(t, off)) {
		x86_jcc_to(&t->c, cc, t->again);
		emit_flags_stored(t);
		return true;
	}
	if (!leads_on(t, off))
		return false;
	edge_land(t, x86_jcc(&t->c, cc), off, code_at(t, next_pa(t, off)));
	return true;
}

void emit_edge(struct translation *t, int64_t off)
{
	bool other_page = off < 0 || off > 0xfff;
	const uint8_t *code;

	if (other_page && !is_flat(t)) {
		emit_page_address(t, RDI, off);
		if (t->a32)
			a32_emit_jump(t, state_behind(t));
		else
			emit_jump(t, false);
		return;
	}
	if (!leads_on(t, off) && !leads_back(t, off))
		emit_request_check(t);
	code = code_at(t, next_pa(t, off));
	if (code == t->entry && t->loop.head) {
		emit_price(t, true);
		emit_loop_back(t);
		return;
	}
	edge_land(t, x86_jmp(&t->c), off, code);
}

/* Of the address in RDI; in flat memory it is the address as long as there is no
 * key. */
static int emit_jump_tag(struct translation *t)
{
	struct x86_code *c = &t->c;

	x86_mov_rr(c, 8, RDX, RDI);
	x86_shift_ri(c, X86_SHR, 8, RDX, 63);
	x86_load(c, 8, RDX,
		 x86_at_index(R15, RDX, 3,
			      offsetof(struct cpu, jc_key) - CPU_BIAS));
	x86_alu_rr(c, X86_XOR, 8, RDX, RDI);
	return RDX;
}

void emit_jump(struct translation *t, bool link)
{
	const int32_t tags = offsetof(struct cpu, jc) - CPU_BIAS;
	const int32_t blocks = tags + offsetof(struct cpu_jc_entry, block);
	struct x86_code *c = &t->c;
	int tag = RDI;

	emit_request_check(t);
	if (!is_flat(t) || t->cpu->jc_key[0])
		tag = emit_jump_tag(t);
	/* An entry for each word, of four words. */
	x86_mov_rr(c, 4, RAX, RDI);
	x86_alu_ri(c, X86_AND, 4, RAX, (CPU_JC_SIZE - 1) << 2);
	x86_shift_ri(c, X86_SHL, 4, RAX, 2);
	x86_alu_rm(c, X86_CMP, 8, tag, x86_at_index(R15, RAX, 0, tags));
	exit_here(t, x86_jcc(c, CC_NE));
	x86_load(c, 8, RAX, x86_at_index(R15, RAX, 0, blocks));
	x86_load(c, 8, RAX, x86_at(RAX, offsetof(struct block, code)));
	if (link) {
		emit_page_address(t, RDX, t->b->insns[t->k].pgoff + 4);
		greg_done(t, 30, RDX);
	}
	if (!is_flat(t)) {
		x86_mov_rr(c, 8, RDX, RDI);
		x86_alu_ri(c, X86_AND, 8, RDX, -0x1000);
		x86_store(c, 8, CPU_FIELD(page_va), RDX);
	}
	x86_jmp_r(c, RAX);
}

_Static_assert(sizeof(struct cpu_jc_entry) == 16 || sizeof(void *) != 8 ||
#ifdef FAUXKVM_TLB_CHECK
		       true,
#else
		       false,
#endif
	       "emit_jump() knows its size");

/* ---- a block ------------------------------------------------------------- */

bool emit_code(struct translation *t, const struct insn *i)
{
	char before[offsetof(struct translation, exits)];
	size_t accesses = t->jit->records.nr_accesses;
	emit_fn *emit = emitter_in(t, i);

	if (!emit)
		return false;
	if (t->a32)
		emit = a32_emit;
	if (!t->c.lacks)
		return emit(t, i);
	memcpy(before, t, sizeof(before));
	if (emit(t, i) && !t->c.missing)
		return true;
	memcpy(t, before, sizeof(before));
	t->jit->records.nr_accesses = accesses;
	return false;
}

/* On a PE with SVE: what it has written to V registers zeroes the rest of Z
 * (cpu/sve/sve.h). @z_live: of V0. No flags. */
static void emit_v_written(struct translation *t, const struct insn *i,
			   struct x86_mem z_live)
{
	for (uint32_t mask = insn_writes_v(i); mask; mask &= mask - 1) {
		struct x86_mem m = z_live;

		m.disp += __builtin_ctz(mask) * sizeof(t->cpu->z_live[0]);
		x86_store_i(&t->c, 2, m, 0);
	}
}

/* The interpreter may have come in. */
static void sve_forget(struct translation *t)
{
	t->sve_checked = false;
	t->sve_live = 0;
}

/* False: its body runs. */
static bool emit_insn(struct translation *t, const struct insn *i)
{
	const struct insn_row *row = insn_row(i->op);

	t->resumable = false;
	t->vregs.busy = 0;
	if (emit_code(t, i)) {
		if (unlikely(t->cpu->sve) && !t->a32) {
			emit_v_written(t, i, CPU_FIELD(z_live));
			t->sve_live &= ~insn_writes_v(i);
		}
		return true;
	}
	bug_on(row && row->class == INSN_INT && emitter_in(t, i),
	       "no code for a form of %s, which flags.c counts on", row->name);
	exit_here(t, x86_jmp(&t->c));
	flags_lose(t);
	t->resumable = true;
	t->sp_aligned = false;
	t->fp_checked = t->fp_plain = false;
	sve_forget(t);
	t->bodies++;
	vregs_forget(t);
	return false;
}

/* Code of an instruction where the interpreter may come in. */
struct entry {
	const uint8_t *code; /* NULL: it may not */
	struct vregs_entry vregs;
};

/* Where it comes in, to go on with instruction @k. */
static insn_fn *emit_entry(struct translation *t, const struct entry *e,
			   unsigned int k)
{
	uintptr_t at = (uintptr_t)x86_here(&t->c);

	/* Its body waits for the next instruction's to say so. */
	if (unlikely(t->cpu->sve) && !t->a32 && k &&
	    insn_loads_v(&t->b->insns[k - 1]))
		emit_v_written(t, &t->b->insns[k - 1],
			       x86_at(RDI, offsetof(struct cpu, z_live)));
	vregs_come_back(&t->c, &e->vregs, k ? t->b->insns[k].fn : t->b->first);
	x86_lea_code(&t->c, RAX, e->code);
	x86_jmp_to(&t->c, t->jit->enter);
	return (insn_fn *)at;
}

/* In flat memory: out to the run loop, at the block. */
static void emit_gone(struct translation *t)
{
	t->gone = x86_here(&t->c);
	emit_constant(t, RDI, t->b->pa);
	x86_jmp_to(&t->c, t->jit->exit_va);
	/* It counts no longer. */
	t->b->runs = t->gone - t->jit->memory.run;
}

/* What is seldom done. */
static void emit_cold(struct translation *t, const struct entry *entries,
		      insn_fn **fns)
{
	uint8_t *p = t->c.p;

	t->c.p = t->jit->cold;
	if (is_flat(t))
		emit_gone(t);
	exits_emit(t);
	for (unsigned int k = 0; k < t->b->n; k++)
		if (entries[k].code)
			fns[k] = emit_entry(t, &entries[k], k);
	bug_on(t->c.p - t->jit->cold > BLOCK_CODE_MAX, "ways out of %td bytes",
	       t->c.p - t->jit->cold);
	t->jit->cold = t->c.p;
	t->c.p = p;
}

static bool ends_in_branch(const struct block *b)
{
	const struct insn *last = &b->insns[b->n - 1];

	return last->writes_pc || insn_ends_block(insn_row(last->op));
}

/* Edges leave as much for accesses as a block has, whenever it makes them. */
static bool room_for_records(const struct jit *jit)
{
	return records_room(&jit->records, 2 * BLOCK_ACCESSES_MAX, MAX_EXITS);
}

static void emit_insns(struct translation *t, struct entry *entries)
{
	struct block *b = t->b;
	bool resumable = true;

	for (t->k = 0; t->k < b->n; t->k++) {
		const struct insn *i = &b->insns[t->k];

		entries[t->k].code = NULL;
		/* A branch of the interpreter's chains by itself. */
		if (resumable && (!t->k || !insn_ends_block(insn_row(i->op)))) {
			entries[t->k] = (struct entry){
				.code = x86_here(&t->c),
				.vregs = {t->vregs, t->fp_checked, t->fp_plain},
			};
			sve_forget(t);
		}
		/* Nor does one who comes from a body come for a body. */
		if (!emit_insn(t, i))
			entries[t->k].code = NULL;
		resumable = t->resumable && !groups_go_on(t);
	}
	if (ends_in_branch(b))
		return;
	if (t->a32)
		a32_emit_it(t);
	emit_edge(t, b->insns[b->n].pgoff);
}

/* Once for nothing, to know what the second time can do before. */
static void emit_head(struct translation *t, struct entry *entries)
{
	size_t accesses = t->jit->records.nr_accesses;
	struct translation dry;

	memcpy(&dry, t, offsetof(struct translation, exits));
	dry.nr_exits = 0;
	dry.dry = true;
	emit_insns(&dry, entries);
	t->jit->records.nr_accesses = accesses;
	emit_loop_head(t, &dry);
}

static bool room_for_code(const struct jit *jit)
{
	const uint8_t *end = jit->memory.write + jit->memory.size;

	return jit->c.end - jit->c.p >= BLOCK_CODE_MAX &&
	       end - jit->cold >= BLOCK_CODE_MAX;
}

bool jit_translate(struct cpu *cpu, struct block *b)
{
	struct jit *jit = jit_of(cpu);
	struct entry entries[BLOCK_MAX_INSNS];
	insn_fn *fns[BLOCK_MAX_INSNS] = {0};
	struct translation t;

	/* Most of it is room for exits. */
	memset(&t, 0, offsetof(struct translation, exits));
	t.c = jit->c;
	t.cpu = cpu;
	t.jit = jit;
	t.b = b;
	t.a32 = block_is_a32(b);
	t.flags_stored = true;
	if (!room_for_code(jit) || !room_for_records(jit))
		return false;
	code_memory_want(&jit->memory, jit->c.p);
	code_memory_want(&jit->memory, jit->cold);
	emit_beginning(&t);
	if (loop_is_one(b))
		emit_head(&t, entries);
	emit_insns(&t, entries);
	/* With 64 an EPYC runs bench's "calls" 1.09 times as fast, and sqlite 0.94. */
	x86_align(&t.c, 16);
	emit_cold(&t, entries, fns);
	bug_on(t.c.p - jit->c.p > BLOCK_CODE_MAX, "a block of %td bytes",
	       t.c.p - jit->c.p);
	b->insns[0].fn = b->first;
	for (unsigned int k = 0; k < b->n; k++)
		if (fns[k])
			b->insns[k].fn = fns[k];
	b->code = t.entry;
	edges_land(&t);
	jit->c = t.c;
	return true;
}
