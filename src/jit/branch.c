/* SPDX-License-Identifier: MIT */
/*
 * Branches. If one has to leave, to the run loop or because there is no code
 * where it leads, the interpreter's body takes it from the beginning.
 */
#include "jit/translate.h"

static bool emit_b(struct translation *t, const struct insn *i)
{
	emit_edge(t, i->pgoff + i->imm);
	return true;
}

static bool emit_bl(struct translation *t, const struct insn *i)
{
	int64_t to = i->pgoff + i->imm;

	if (!is_flat(t) && (to < 0 || to > 0xfff)) {
		emit_page_address(t, RDI, to);
		emit_jump(t, true);
		return true;
	}
	/* Should the body do it again, x30 gets the same. */
	emit_page_address(t, RAX, i->pgoff + 4);
	greg_done(t, 30, RAX);
	emit_edge(t, to);
	return true;
}

/* One of them is a conditional jump if it needs nothing else. */
void emit_ways(struct translation *t, const struct insn *i, enum x86_cc cc)
{
	int64_t taken = i->pgoff + i->imm, next = i->pgoff + insn_len(i);
	enum flags_kind flags = t->flags;
	struct x86_site past;

	if (emit_edge_if(t, cc, taken)) {
		emit_edge(t, next);
		return;
	}
	if (emit_edge_if(t, cc ^ 1, next)) {
		emit_edge(t, taken);
		return;
	}
	past = x86_jcc(&t->c, cc ^ 1);
	emit_edge(t, taken);
	x86_land_here(&t->c, past);
	t->flags = flags;
	emit_edge(t, next);
}

static bool emit_b_cond(struct translation *t, const struct insn *i)
{
	if (i->form == COND_AL)
		emit_edge(t, i->pgoff + i->imm);
	else
		emit_ways(t, i, emit_condition(t, i->form));
	return true;
}

static bool emit_cbz(struct translation *t, const struct insn *i)
{
	int r = greg_src(t, i->rd, RAX);

	x86_test_rr(&t->c, bytes_of(i), r, r);
	flags_lose(t);
	emit_ways(t, i, i->op == A64_CBZ ? CC_E : CC_NE);
	return true;
}

static bool emit_tbz(struct translation *t, const struct insn *i)
{
	int r = greg_src(t, i->rd, RAX);

	x86_bt_ri(&t->c, i->aux < 32 ? 4 : 8, r, i->aux);
	flags_lose(t);
	emit_ways(t, i, i->op == A64_TBZ ? CC_AE : CC_B);
	return true;
}

/* BR, BLR, RET. A tag in the address is not in the jump cache. */
static bool emit_br(struct translation *t, const struct insn *i)
{
	greg_load(t, 8, RDI, i->rn);
	emit_jump(t, i->op == A64_BLR);
	return true;
}

emit_fn *branch_emitter(const struct insn *i)
{
	switch (i->op) {
	case A64_B: return emit_b;
	case A64_BL: return emit_bl;
	case A64_B_cond: return emit_b_cond;
	case A64_CBZ:
	case A64_CBNZ: return emit_cbz;
	case A64_TBZ:
	case A64_TBNZ: return emit_tbz;
	case A64_BR:
	case A64_BLR: return i->form ? NULL : emit_br;
	case A64_RET: return emit_br;
	default: return NULL;
	}
}
