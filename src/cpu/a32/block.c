/* SPDX-License-Identifier: MIT */
/*
 * Blocks of A32 and T32 (a32/block.h): decoding, the jump cache, and what stands
 * around the bodies of instructions.
 *
 * PSTATE.IT is exact at each instruction: what is in an IT block sets it, and
 * what comes behind one clears it, before the body. So is R15 as a source, which
 * is in REG_SINK. A destination R15 is REG_SINK too, and the block's end marker
 * goes where that says; an instruction whose condition fails puts the next
 * address there.
 */
#include "cpu/a32/block.h"

#include <stdlib.h>
#include <string.h>

#include "cpu/a32/armv7.h"
#include "cpu/a32/chain.h"
#include "cpu/a32/system.h"
#include "cpu/bodies.h"
#include "cpu/breaks.h"
#include "cpu/exception.h"
#include "cpu/mmu.h"
#include "cpu/model.h"
#include "isa/a64/operands.h"

/* ---- decoding ------------------------------------------------------------ */

/* The words of a page from one on, each read once. */
struct reader {
	const uint8_t *host; /* of the first word */
	unsigned int off;    /* in the page */
	uint32_t *words;
	unsigned int n; /* read */
};

static uint16_t read_half(struct reader *r, unsigned int off)
{
	unsigned int k = (off - r->off) / 4;

	while (r->n <= k) {
		memcpy(&r->words[r->n], r->host + 4 * r->n, 4);
		r->n++;
	}
	return r->words[k] >> 8 * (off & 2);
}

/* The instruction at page offset @off. False: it ends in the next page. */
static bool read_insn(struct reader *r, bool t32, unsigned int off,
		      uint32_t *word)
{
	*word = read_half(r, off);
	if (!t32) {
		*word |= (uint32_t)read_half(r, off + 2) << 16;
	} else if (t32_is_wide(*word)) {
		if (off == 0xffe)
			return false;
		*word = *word << 16 | read_half(r, off + 2);
	}
	return true;
}

/* A32 or T32 of Advanced SIMD; what moves parts of registers is among VFP's. */
static bool is_simd(const struct cpu *cpu, uint32_t word, const struct insn *i)
{
	uint32_t dp = cpu->isa == ISA_A32 ? 0xf2000000 : 0xef000000;
	uint32_t ldst = cpu->isa == ISA_A32 ? 0xf4000000 : 0xf9000000;

	if (i->narrow)
		return false;
	/* isa/a32/neon-ext.def; what is VFP's has bits 11 and 9, or 11 and 8. */
	if (word >> 24 >= 0xfc && word >> 24 != 0xff)
		return (word & 0xf00) == 0x800 || (word & 0xc00) == 0xc00;
	return (word & (cpu->isa == ISA_A32 ? 0xfe000000 : 0xef000000)) == dp ||
	       (word & 0xff100000) == ldst || i->op == A32_VDUP_core ||
	       ((i->op == A32_VMOV_to_lane || i->op == A32_VMOV_from_lane) &&
		i->size != SIZE_W);
}

static bool is_fp(const struct insn *i)
{
	const struct insn_row *row = insn_row(i->op);

	if (!row)
		return false;
	switch (row->class) {
	case INSN_FP:
	case INSN_SIMD:
	case INSN_VLDST:
	case INSN_CRYPTO: return true;
	case INSN_LDST:
		return (i->op >= A32_VLDR && i->op <= A32_VSTM) ||
		       i->op == A32_VLD || i->op == A32_VST;
	default: return false;
	}
}

/* FPEXC.EN and CPACR.ASEDIS. */
static inline bool fp_is_off(const struct cpu *cpu, uint32_t word,
			     const struct insn *i)
{
	return unlikely(cpu->a32_no_fp || cpu->a32_no_simd) &&
	       ((cpu->a32_no_fp && is_fp(i)) ||
		(cpu->a32_no_simd && is_simd(cpu, word, i)));
}

/* UNDEFINED, too, if the core is one that lacks it. */
static void decode(const struct cpu *cpu, uint32_t word, unsigned int off,
		   uint8_t *it, struct insn *i)
{
	if (cpu->isa == ISA_A32)
		insn_decode_a32(word, off, i);
	else
		insn_decode_t32(word, off, *it, i);
	*it = i->op == A32_IT ? i->imm : it_advance(*it);
	if (unlikely((cpu->absent_a32 && i->op &&
		      model_lacks_insn_a32(cpu, i)) ||
		     (!cpu_has(cpu, FEAT_V8) && i->op &&
		      !armv7_insn(word, cpu->isa == ISA_T32, i)) ||
		     fp_is_off(cpu, word, i))) {
		i->op = A64_UNDEFINED;
		i->imm = word;
		i->form = 0;
		i->reads_pc = i->writes_pc = 0;
	}
}

/* Add @i to @b, and the end marker behind it. True: nothing comes after. */
static bool add_insn(const struct cpu *cpu, struct block *b, struct insn *i,
		     uint8_t it)
{
	const struct insn_row *row = insn_row(i->op);

	b->cost += insn_cost(cpu, i);
	b->accesses += insn_accesses(row);
	b->branch = insn_branches(row);
	b->n++;
	i[1] = (struct insn){.pgoff = i->pgoff + insn_len(i),
			     .form = INSN_END,
			     .it = it,
			     .writes_pc = i->writes_pc};
	return i->writes_pc || insn_ends_block(row);
}

unsigned int a32_decode_run(const struct cpu *cpu, struct block *b,
			    struct insn *insns, uint32_t *words,
			    const uint8_t *host, unsigned int max)
{
	unsigned int off = b->pa & 0xfff;
	struct reader r = {
		.host = host - (off & 2), .off = off & ~3u, .words = words};
	bool ended = false;
	uint8_t it = cpu->it;
	uint32_t word;

	b->n = 0;
	b->cost = 0;
	b->accesses = 0;
	b->branch = false;
	while (b->n < max && off < 0x1000 && !ended) {
		struct insn *i = &insns[b->n];

		if (b->n && (unlikely(breaks_offset(cpu, off)) ||
			     (b->n == BLOCK_MAX_INSNS - 1 && off & 2)))
			break;
		if (!read_insn(&r, cpu->isa == ISA_T32, off, &word))
			break;
		decode(cpu, word, off, &it, i);
		off += insn_len(i);
		ended = add_insn(cpu, b, i, it);
	}
	return r.n;
}

struct block *a32_cross_decode(struct cpu *cpu, gpa_t pa, const uint8_t *host,
			       struct block *b)
{
	uint64_t va = cpu->pc;
	uint8_t it = cpu->it;
	const uint8_t *next;
	uint32_t word;
	gpa_t unused;

	word = (uint32_t)(host[0] | host[1] << 8) << 16;
	if (!mmu_fetch(cpu, (uint32_t)(va + 2), &unused, &next)) {
		/* The address is the second half's, the return is to the
		 * instruction. */
		if (cpu->env->flat)
			cpu->pc = va;
		else if (!cpu->leave && cpu->a32_el1)
			cpu->x[14] = (uint32_t)(va + 4);
		else if (!cpu->leave)
			cpu->sys.elr_el1 = va;
		return NULL;
	}
	/* A fetch from flat memory has said where it is. */
	cpu->pc = va;
	word |= next[0] | next[1] << 8;
	b->pa = pa;
	b->state = cpu->code_state;
	b->n = 0;
	b->cost = 0;
	b->accesses = 0;
	decode(cpu, word, 0xffe, &it, b->insns);
	add_insn(cpu, b, b->insns, it);
	a32_single_bind(cpu, container_of(b->insns, struct insn_single, insn));
	return b;
}

/* ---- the jump cache ------------------------------------------------------ */

const struct block *a32_block_known(struct cpu *cpu, uint64_t va)
{
	struct cpu_jc_entry *e;

	if (!cpu->jc_a32)
		return NULL;
	e = a32_jc_entry(cpu, va);
	if (e->tag != a32_jc_tag(cpu, va))
		return NULL;
	tlb_check_code(cpu, va, e->block->pa, TLB_AGE(e));
	return e->block;
}

/* Without memory for it each block is found by its physical address. */
void a32_jc_insert(struct cpu *cpu, struct block *b)
{
	if (!cpu->jc_a32)
		cpu->jc_a32 = calloc(A32_JC_SIZE, sizeof(*cpu->jc_a32));
	if (!cpu->jc_a32)
		return;
	*a32_jc_entry(cpu, cpu->pc) = (struct cpu_jc_entry){
		.tag = a32_jc_tag(cpu, cpu->pc),
		.block = b,
#ifdef FAUXKVM_TLB_CHECK
		.age = mmu_fetch_age(cpu),
#endif
	};
}

void a32_jc_clear(struct cpu *cpu)
{
	memset(cpu->jc_a32, 0, A32_JC_SIZE * sizeof(*cpu->jc_a32));
}

void a32_jc_forget_page(struct cpu *cpu, gva_t va)
{
	memset(a32_jc_entry(cpu, va & ~UINT64_C(0xfff)), 0,
	       A32_JC_PER_PAGE * sizeof(*cpu->jc_a32));
}

/* Wherever @b is mapped, the address has its offset in the page. */
void a32_jc_forget_block(struct cpu *cpu, const struct block *b)
{
	if (!cpu->jc_a32)
		return;
	for (unsigned int k = (b->pa >> 1) % A32_JC_PER_PAGE; k < A32_JC_SIZE;
	     k += A32_JC_PER_PAGE)
		if (cpu->jc_a32[k].block == b)
			cpu->jc_a32[k] = (struct cpu_jc_entry){0};
}

/* ---- around bodies ------------------------------------------------------- */

static COLD void skip_return(struct cpu *cpu, const struct insn *i)
{
	cpu->it = it_advance(i->it);
	A32_JUMP(a32_next(cpu, i));
}

/* The condition fails. */
static ALWAYS_INLINE void skip(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(i->writes_pc)) {
		if (i->writes_pc == PC_RETURN) {
			skip_return(cpu, i);
			return;
		}
		cpu->x[REG_SINK] =
			a32_next(cpu, i) | (cpu->isa == ISA_T32 ? 1 : 0);
	}
	NEXT;
}

static ALWAYS_INLINE void do_if(struct cpu *cpu, const struct insn *i,
				enum a64_cond cond)
{
	if (cond_holds(cpu, cond)) {
		i->body(cpu, i);
		return;
	}
	skip(cpu, i);
}

static void a32_if_eq(struct cpu *cpu, const struct insn *i)
{
	do_if(cpu, i, COND_EQ);
}

static void a32_if_ne(struct cpu *cpu, const struct insn *i)
{
	do_if(cpu, i, COND_NE);
}

static void a32_if_cs(struct cpu *cpu, const struct insn *i)
{
	do_if(cpu, i, COND_CS);
}

static void a32_if_cc(struct cpu *cpu, const struct insn *i)
{
	do_if(cpu, i, COND_CC);
}

static void a32_if_mi(struct cpu *cpu, const struct insn *i)
{
	do_if(cpu, i, COND_MI);
}

static void a32_if_pl(struct cpu *cpu, const struct insn *i)
{
	do_if(cpu, i, COND_PL);
}

static void a32_if_vs(struct cpu *cpu, const struct insn *i)
{
	do_if(cpu, i, COND_VS);
}

static void a32_if_vc(struct cpu *cpu, const struct insn *i)
{
	do_if(cpu, i, COND_VC);
}

static void a32_if_hi(struct cpu *cpu, const struct insn *i)
{
	do_if(cpu, i, COND_HI);
}

static void a32_if_ls(struct cpu *cpu, const struct insn *i)
{
	do_if(cpu, i, COND_LS);
}

static void a32_if_ge(struct cpu *cpu, const struct insn *i)
{
	do_if(cpu, i, COND_GE);
}

static void a32_if_lt(struct cpu *cpu, const struct insn *i)
{
	do_if(cpu, i, COND_LT);
}

static void a32_if_gt(struct cpu *cpu, const struct insn *i)
{
	do_if(cpu, i, COND_GT);
}

static void a32_if_le(struct cpu *cpu, const struct insn *i)
{
	do_if(cpu, i, COND_LE);
}

static insn_fn *const a32_if[COND_AL] = {
	[COND_EQ] = a32_if_eq, [COND_NE] = a32_if_ne, [COND_CS] = a32_if_cs,
	[COND_CC] = a32_if_cc, [COND_MI] = a32_if_mi, [COND_PL] = a32_if_pl,
	[COND_VS] = a32_if_vs, [COND_VC] = a32_if_vc, [COND_HI] = a32_if_hi,
	[COND_LS] = a32_if_ls, [COND_GE] = a32_if_ge, [COND_LT] = a32_if_lt,
	[COND_GT] = a32_if_gt, [COND_LE] = a32_if_le,
};

static void a32_with_pc(struct cpu *cpu, const struct insn *i)
{
	cpu->x[REG_SINK] = a32_pc(cpu, i);
	i->body(cpu, i);
}

/* An exclusive access with an offset, by an operation of A64 that has none. */
static bool makes_address(const struct insn *i)
{
	return i->rn == REG_SINK && insn_row(i->op)->class == INSN_ATOMIC;
}

static void a32_with_address(struct cpu *cpu, const struct insn *i)
{
	cpu->x[REG_SINK] = (uint32_t)(cpu->x[i->aux] + i->imm);
	i->body(cpu, i);
}

static COLD void set_sink(struct cpu *cpu, const struct insn *i)
{
	cpu->x[REG_SINK] = makes_address(i)
				   ? (uint32_t)(cpu->x[i->aux] + i->imm)
				   : a32_pc(cpu, i);
}

/* In an IT block or behind one, or whatever else comes together. */
static void a32_in_it(struct cpu *cpu, const struct insn *i)
{
	cpu->it = i->it;
	if (i->cond && !cond_holds(cpu, i->cond - 1)) {
		skip(cpu, i);
		return;
	}
	if (i->reads_pc)
		set_sink(cpu, i);
	i->body(cpu, i);
}

/* @behind: the instruction before was in an IT block. */
static void bind(struct insn *i, const struct mem_bodies *mem, bool behind)
{
	insn_fn *fn = i->op && a32_neon_copies(i) ? a32_neon_copying_body()
						  : insn_body(i, mem);

	if (i->op >= A32_MRC && i->op <= A32_MCRR)
		i->priv = a32_cp15_priv(i);
	/* Of UNDEFINED the condition is looked at too: it may be skipped. */
	i->fn = fn;
	if (!i->it && !behind && !i->cond && !i->reads_pc)
		return;
	if (i->it || behind || (i->cond && i->reads_pc))
		i->fn = a32_in_it;
	else if (i->cond)
		i->fn = a32_if[i->cond - 1];
	else
		i->fn = makes_address(i) ? a32_with_address : a32_with_pc;
	i->body = fn;
}

/* ---- the end of a block -------------------------------------------------- */

static void a32_end(struct cpu *cpu, const struct insn *i)
{
	cpu->it = i->it;
	A32_JUMP(insn_pc(cpu, i));
}

static void a32_end_branch(struct cpu *cpu, const struct insn *i)
{
	cpu->it = 0;
	A32_JUMP(cpu->x[REG_SINK] & (cpu->isa == ISA_T32 ? ~1u : ~3u));
}

static void a32_end_interworking(struct cpu *cpu, const struct insn *i)
{
	cpu->it = 0;
	A32_JUMP(a32_interwork(cpu, cpu->x[REG_SINK]));
}

void a32_compile(struct cpu *cpu, struct block *b)
{
	static insn_fn *const ends[] = {
		[PC_KEPT] = a32_end,
		[PC_BRANCH] = a32_end_branch,
		[PC_INTERWORKING] = a32_end_interworking,
		[PC_RETURN] = a32_end_return,
	};
	const struct mem_bodies *mem = cpu_mem_bodies(cpu);
	bool behind = false;

	for (uint32_t k = 0; k < b->n; k++) {
		bind(&b->insns[k], mem, behind);
		behind = b->insns[k].it;
	}
	b->insns[b->n].fn = ends[b->insns[b->n].writes_pc];
}

/* ---- one at a time ------------------------------------------------------- */

/* If the condition of the last in an IT block has failed, the next address is in
 * REG_SINK. */
static void a32_stop(struct cpu *cpu, const struct insn *i)
{
	cpu->it = i->it;
	RESUME((uint32_t)insn_pc(cpu, i));
}

static void a32_stop_branch(struct cpu *cpu, const struct insn *i)
{
	cpu->it = 0;
	RESUME(cpu->x[REG_SINK] & (cpu->isa == ISA_T32 ? ~1u : ~3u));
}

static void a32_stop_interworking(struct cpu *cpu, const struct insn *i)
{
	cpu->it = 0;
	RESUME(a32_interwork(cpu, cpu->x[REG_SINK]));
}

void a32_single_bind(const struct cpu *cpu, struct insn_single *s)
{
	static insn_fn *const stops[] = {
		[PC_KEPT] = a32_stop,
		[PC_BRANCH] = a32_stop_branch,
		[PC_INTERWORKING] = a32_stop_interworking,
		[PC_RETURN] = a32_stop_return,
	};

	bind(&s->insn, cpu_mem_bodies(cpu), false);
	s->stop = (struct insn){
		.fn = stops[s->insn.writes_pc],
		.pgoff = s->insn.pgoff + insn_len(&s->insn),
		.form = INSN_END,
		.it = s->insn.op == A32_IT ? s->insn.imm
					   : it_advance(s->insn.it),
	};
	s->jumps = insn_ends_block(insn_row(s->insn.op)) ||
		   s->insn.writes_pc == PC_RETURN;
}

void a32_step_past(struct cpu *cpu)
{
	cpu->pc = (uint32_t)(cpu->pc + cpu->mmio_len);
	cpu->it = it_advance(cpu->it);
}
