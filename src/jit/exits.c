/* SPDX-License-Identifier: MIT */
/*
 * The ways out of a translated block, behind its code. Each instruction that
 * may leave has one that ends in the interpreter's body for it, with the guest's
 * state as it was before.
 */
#include "jit/translate.h"

#include "base/log.h"
#include "cpu/bodies.h"
#include "jit/jit.h"

/* ---- for tests ----------------------------------------------------------- */

static jit_exit_fn *ask;

void jit_set_exits(jit_exit_fn *fn)
{
	ask = fn;
}

/* A conditional jump there becomes NOP and JMP. */
static void take_always(struct x86_site site)
{
	if (site.at[-2] != 0x0f || (site.at[-1] & 0xf0) != 0x80)
		return;
	site.at[-2] = 0x90;
	site.at[-1] = 0xe9;
}

static COLD void ask_of_all(struct translation *t)
{
	for (unsigned int n = 0; n < t->nr_exits; n++) {
		struct exit_site *e = &t->exits[n];
		struct jit_exit x = {.insn = &t->b->insns[e->k],
				     .kind = e->kind};

		for (unsigned int m = 0; m < n; m++)
			x.nth += t->exits[m].k == e->k &&
				 t->exits[m].kind == e->kind;
		e->taken = ask(&x);
		if (e->taken && !e->edge)
			take_always(e->site);
	}
}

static void emit_taken(struct translation *t, const struct exit_site *e)
{
	x86_mov_ri(&t->c, RAX, (uintptr_t)e->taken);
	x86_alu_mi(&t->c, X86_ADD, 8, x86_at(RAX, 0), 1);
}

/* ---- ways out ------------------------------------------------------------ */

static void add(struct translation *t, struct exit_site e)
{
	bug_on(t->nr_exits == MAX_EXITS, "a block with %u exits", MAX_EXITS);
	e.k = t->k;
	t->exits[t->nr_exits++] = e;
}

void exit_here(struct translation *t, struct x86_site site)
{
	add(t, (struct exit_site){
		       .site = site,
		       .kind = t->at_head ? EXIT_HEAD : EXIT_INSN,
	       });
}

void exit_edge(struct translation *t, struct x86_site site)
{
	add(t, (struct exit_site){
		       .site = site,
		       .kind = EXIT_INSN,
		       .edge = true,
	       });
}

void exit_miss(struct translation *t, struct x86_site site, int address,
	       unsigned int len, enum exit_kind kind, const uint8_t *again)
{
	add(t, (struct exit_site){
		       .site = site,
		       .kind = kind,
		       .len = len,
		       .address = address,
		       .vectors = vregs_any(t),
		       .again = again,
	       });
}

void exit_due(struct translation *t, struct x86_site site, bool again)
{
	add(t, (struct exit_site){
		       .site = site,
		       .kind = EXIT_DUE,
		       .makes_flags = again && t->lazy.on,
	       });
}

/* Of instruction @k. The first one's is counting. */
static insn_fn *body_of(const struct translation *t, unsigned int k,
			bool missed)
{
	const struct insn *i = &t->b->insns[k];

	if (missed && !t->a32 && insn_row(i->op)->class == INSN_LDST)
		return cpu_mem_bodies(t->cpu)->ldst_missed(i);
	return k ? i->fn : t->b->first;
}

/* Where it leaves to its body, by @way. */
static void emit_exit_insn(struct translation *t, unsigned int k,
			   const uint8_t *way)
{
	const struct insn *i = &t->b->insns[k];
	insn_fn *body = body_of(t, k, way == t->jit->exit_missed);

	if (flags_loop_wanted(t, k))
		emit_flags_loop_call(t, way == t->jit->exit_missed);
	/* Nobody has said it on the way here. */
	if (is_flat(t)) {
		emit_constant(t, RDX, page_of(t->b));
		x86_store(&t->c, 8, CPU_FIELD(page_va), RDX);
	}
	x86_mov_ri(&t->c, RAX, (uintptr_t)body);
	x86_mov_ri(&t->c, RDI, (uintptr_t)i);
	x86_jmp_to(&t->c, way);
}

static void emit_miss(struct translation *t, const struct exit_site *e)
{
	struct x86_code *c = &t->c;

	if (e->address != RDI)
		x86_mov_rr(c, 8, RDI, e->address);
	x86_mov_ri(c, RAX, e->len);
	x86_call_to(c, t->jit->miss[e->kind][e->vectors]);
	if (!e->taken)
		x86_jcc_to(c, CC_NE, e->again);
}

static void emit_due(struct translation *t, const struct exit_site *e)
{
	if (e->makes_flags)
		emit_flags_loop_call(t, false);
	x86_alu_ri(&t->c, X86_ADD, 8, R12, t->b->cost);
	if (is_flat(t)) {
		x86_jmp_to(&t->c, t->gone);
		return;
	}
	x86_mov_ri(&t->c, RAX, t->b->insns[0].pgoff);
	x86_jmp_to(&t->c, t->jit->exit_pc);
}

void exits_emit(struct translation *t)
{
	/* Those with code already: of each way. */
	const uint8_t *to_body[2][BLOCK_MAX_INSNS + 1] = {0};

	if (unlikely(ask))
		ask_of_all(t);
	emit_flags_loop_make(t);
	for (unsigned int n = 0; n < t->nr_exits; n++) {
		const struct exit_site *e = &t->exits[n];
		bool missed = e->kind != EXIT_INSN && e->kind != EXIT_HEAD;
		const uint8_t **here = &to_body[missed][e->k];

		if (!missed && *here && !e->taken) {
			x86_land(&t->c, e->site, *here);
			continue;
		}
		x86_land_here(&t->c, e->site);
		if (e->taken)
			emit_taken(t, e);
		if (e->kind == EXIT_DUE) {
			emit_due(t, e);
			continue;
		}
		if (missed)
			emit_miss(t, e);
		if (*here) {
			x86_jmp_to(&t->c, *here);
			continue;
		}
		*here = x86_here(&t->c);
		emit_exit_insn(t, e->k,
			       missed ? t->jit->exit_missed
				      : t->jit->exit_body);
	}
}
