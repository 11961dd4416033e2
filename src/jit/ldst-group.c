/* SPDX-License-Identifier: MIT */
/*
 * Accesses of a block by the same base register that lie near one another share
 * a look into the TLB: a group. The first one looks for all of them, and leaves
 * if they are not in one page of plain memory that allows what each of them does;
 * the others find the host's address by what it has kept.
 *
 * The base may change in between by constants. Nothing in a group may change
 * what is translated how: it ends before whatever has no code, and the
 * interpreter does not come back into the middle of one (translate.c), since it may
 * be because of the first that it was left.
 */
#include "jit/translate.h"

/* Bytes from the first to the last: 3 % of all places cross a page. */
#define SPAN_MAX 128

struct access {
	enum a64_ldst_mode mode;
	unsigned int len;
	bool store, general; /* general: rd and ra are general registers */
};

/* Of the base and a constant. */
static bool access_of(const struct insn *i, struct access *a)
{
	const struct insn_row *row = insn_row(i->op);
	unsigned int form = i->form;

	if (!row)
		return false;
	if (row->class == INSN_LDST && form != LDST_FORM_PREFETCH) {
		*a = (struct access){
			.mode = ldst_form_mode(form),
			.len = (1u + ldst_form_pair(form)) << i->size,
			.store = ldst_form_kind(form) == LDST_STORE,
			.general = true,
		};
		return a->mode <= LDST_POST;
	}
	if (row->class == INSN_VLDST) {
		*a = (struct access){
			.mode = (form & ~VLDST_LOAD) == VLDST_PRE ? LDST_PRE
				: (form & ~VLDST_LOAD) == VLDST_POST
					? LDST_POST
					: LDST_OFFSET,
			.len = i->aux << i->size,
			.store = !(form & VLDST_LOAD),
		};
		return (form & ~VLDST_LOAD) <= VLDST_POST;
	}
	return false;
}

static bool writes_back(const struct access *a)
{
	return a->mode == LDST_PRE || a->mode == LDST_POST;
}

/* May it write general register @g otherwise than by write-back? */
static bool writes(const struct insn *i, const struct access *a, unsigned int g)
{
	if (a && (a->store || !a->general))
		return false;
	return i->rd == g ||
	       (insn_row(i->op)->class == INSN_LDST && i->ra == g);
}

/* Has code that does no more than compute or access memory. */
static bool is_quiet(const struct insn *i)
{
	const struct insn_row *row = insn_row(i->op);

	if (!row)
		return false;
	switch (row->class) {
	case INSN_INT: return int_emitter(i);
	case INSN_LDST: return ldst_emitter(i);
	case INSN_VLDST: return vldst_emitter(i);
	case INSN_FP: return fp_emitter(i);
	case INSN_SIMD: return simd_emitter(i);
	default: return false;
	}
}

/* By how much @i, no access, changes its base @g; false: not by a constant. */
static bool moves_base(const struct insn *i, unsigned int g, int64_t *by)
{
	if ((i->op != A64_ADD_imm && i->op != A64_SUB_imm) || i->rd != g ||
	    i->rn != g || i->size != SIZE_X)
		return false;
	*by = i->op == A64_ADD_imm ? i->imm : -i->imm;
	return true;
}

struct span {
	int64_t low, high; /* from what the base is now */
	unsigned int nr, last;
	bool write;
};

/* True: it is in. */
static bool span_add(struct span *s, const struct insn *i,
		     const struct access *a, int64_t moved)
{
	int64_t at = moved + (a->mode == LDST_POST ? 0 : i->imm);
	int64_t low = s->nr && s->low < at ? s->low : at;
	int64_t high = at + a->len;

	if (s->nr && s->high > high)
		high = s->high;
	if (high - low > SPAN_MAX || (writes_back(a) && writes(i, a, i->rn)))
		return false;
	s->low = low;
	s->high = high;
	s->write |= a->store;
	s->nr++;
	return true;
}

/* From instruction t->k on. */
static struct span span_from(const struct translation *t)
{
	unsigned int base = t->b->insns[t->k].rn;
	struct span s = {0};
	int64_t moved = 0, by;
	struct access a;

	for (unsigned int k = t->k; k < t->b->n; k++) {
		const struct insn *i = &t->b->insns[k];

		if (!is_quiet(i))
			break;
		if (access_of(i, &a) && i->rn == base) {
			if (!span_add(&s, i, &a, moved))
				break;
			s.last = k;
			if (writes_back(&a))
				moved += i->imm;
			if (writes(i, &a, base))
				break;
		} else if (moves_base(i, base, &by)) {
			moved += by;
		} else if (writes(i, access_of(i, &a) ? &a : NULL, base) ||
			   (i->rn == base &&
			    insn_row(i->op)->class == INSN_VLDST)) {
			break;
		}
	}
	return s;
}

static struct x86_mem addend(const struct translation *t,
			     const struct access_group *g)
{
	return cpu_mem(offsetof(struct cpu, code_addends) +
		       sizeof(uintptr_t) * (g - t->groups));
}

/* A group that has base @rn and goes on, or room for one; NULL: neither. */
static struct access_group *group_find(struct translation *t, unsigned int rn,
				       bool *goes_on)
{
	struct access_group *room = NULL;

	*goes_on = true;
	for (unsigned int k = 0; k < ARRAY_SIZE(t->groups); k++) {
		struct access_group *g = &t->groups[k];

		if (!g->end || g->end <= t->k)
			room = g;
		else if (g->base == rn)
			return g;
	}
	*goes_on = false;
	return room;
}

bool groups_go_on(const struct translation *t)
{
	for (unsigned int k = 0; k < ARRAY_SIZE(t->groups); k++)
		if (t->groups[k].end > t->k + 1)
			return true;
	return false;
}

/* The first one's look, for all of @s. */
static struct x86_mem look_for_all(struct translation *t,
				   struct access_group *g, const struct span *s,
				   unsigned int rn, int64_t off)
{
	int n = greg_src(t, rn, RDI);
	struct x86_mem m;

	*g = (struct access_group){.base = rn, .end = s->last + 1};
	if (s->low) {
		x86_lea(&t->c, 8, RDI, x86_at(n, s->low));
		n = RDI;
	}
	m = emit_access(t, n, s->high - s->low, s->write);
	x86_store(&t->c, 8, addend(t, g), RAX);
	m.disp = off - s->low;
	return m;
}

struct x86_mem emit_access_by(struct translation *t, const struct insn *i,
			      enum a64_ldst_mode mode, unsigned int shift,
			      unsigned int len, bool write, int *address)
{
	int64_t off = mode == LDST_POST ? 0 : i->imm;
	struct access_group *g = NULL;
	struct span s = {0};
	bool goes_on = false;

	if (mode <= LDST_POST)
		g = group_find(t, i->rn, &goes_on);
	if (g && !goes_on)
		s = span_from(t);
	if (!g || (!goes_on && s.nr < 2)) {
		*address = emit_address(t, i, mode, shift);
		return emit_access(t, *address, len, write);
	}
	if (i->rn == REG_SP)
		emit_sp_check(t);
	*address = ADDRESS_IS_BASE;
	if (!goes_on)
		return look_for_all(t, g, &s, i->rn, off);
	x86_load(&t->c, 8, RAX, addend(t, g));
	return x86_at_index(greg_src(t, i->rn, RDI), RAX, 0, off);
}
