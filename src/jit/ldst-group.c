/* SPDX-License-Identifier: MIT */
/*
 * Accesses of a block by the same base register that lie near one another, or by
 * the same base and index, share a look into the TLB: a group. The first one looks for all of them, and leaves
 * if they are not in one page of plain memory that allows what each of them does;
 * the others find the host's address by what it has kept.
 *
 * The base may change in between by constants. Nothing in a group may change
 * what is translated how: it ends before whatever has no code, and the
 * interpreter does not come back into the middle of one (translate.c), since it may
 * be because of the first that it was left.
 */
#include "jit/a32.h"
#include "jit/translate.h"

/* Bytes from the first to the last: 3 % of all places cross a page. */
#define SPAN_MAX 128

struct access {
	enum a64_ldst_mode mode;
	unsigned int len, shift; /* shift: of a register offset */
	bool store, general;     /* general: rd and ra are general registers */
};

/* Of the base, and a constant or a register. */
static bool access_of(const struct insn *i, struct access *a)
{
	const struct insn_row *row = insn_row(i->op);
	unsigned int form = i->form;

	/* What is done at times is in no group. */
	if (!row || i->cond)
		return false;
	if ((i->op == A32_VLDR || i->op == A32_VSTR) && !i->form) {
		*a = (struct access){
			.mode = LDST_OFFSET,
			.len = i->size == FP_DOUBLE ? 8 : 4,
			.store = i->op == A32_VSTR,
		};
		return true;
	}
	if ((i->op >= NR_A64_OPS && i->op != A32_LDR && i->op != A32_STR))
		return false;
	if (row->class == INSN_LDST && form != LDST_FORM_PREFETCH) {
		*a = (struct access){
			.mode = ldst_form_mode(form),
			.len = (1u + ldst_form_pair(form)) << i->size,
			.shift = i->aux,
			.store = ldst_form_kind(form) == LDST_STORE,
			.general = true,
		};
		return a->mode <= LDST_SXTW;
	}
	if (row->class != INSN_VLDST || (form & ~VLDST_LOAD) > VLDST_SXTW)
		return false;
	*a = (struct access){
		.mode = vldst_mode(i),
		.len = i->aux << i->size,
		.shift = i->imm,
		.store = !(form & VLDST_LOAD),
	};
	return true;
}

/* Base and index are registers. */
static bool is_indexed(enum a64_ldst_mode mode)
{
	return mode > LDST_POST;
}

/* Is it by the same base, and by the same index if there is one? */
static bool is_like(const struct insn *i, const struct access *a,
		    const struct insn *first, const struct access *f)
{
	if (i->rn != first->rn || is_indexed(a->mode) != is_indexed(f->mode))
		return false;
	return !is_indexed(f->mode) ||
	       (a->mode == f->mode && a->shift == f->shift &&
		i->rm == first->rm);
}

/* Does access @a of @i load general register @g? */
static bool writes(const struct insn *i, const struct access *a, unsigned int g)
{
	return a->general && !a->store &&
	       (i->rd == g || (ldst_form_pair(i->form) && i->ra == g));
}

bool insn_may_write(const struct insn *i, unsigned int g)
{
	const struct insn_row *row = insn_row(i->op);
	struct access a;

	if (!row)
		return true;
	switch (row->class) {
	case INSN_INT:
	case INSN_LDST:
	case INSN_VLDST:
	case INSN_FP:
	case INSN_SIMD: break;
	default: return true;
	}
	if (i->op >= NR_A64_OPS)
		return a32_may_write(i, g);
	if (!access_of(i, &a))
		return i->rd == g || (row->class == INSN_LDST && i->ra == g);
	return writes(i, &a, g) || (ldst_writes_back(a.mode) && i->rn == g);
}

/* Has code that does no more than compute or access memory. */
static bool is_quiet(const struct translation *t, const struct insn *i)
{
	const struct insn_row *row = insn_row(i->op);

	if (!row)
		return false;
	switch (row->class) {
	case INSN_INT:
	case INSN_LDST:
	case INSN_VLDST:
	case INSN_FP:
	case INSN_SIMD: return emitter_in(t, i) && !i->writes_pc;
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
	int64_t at = is_indexed(a->mode)    ? 0
		     : a->mode == LDST_POST ? moved
					    : moved + i->imm;
	int64_t low = s->nr && s->low < at ? s->low : at;
	int64_t high = at + a->len;

	if (s->nr && s->high > high)
		high = s->high;
	if (high - low > SPAN_MAX ||
	    (ldst_writes_back(a->mode) && writes(i, a, i->rn)))
		return false;
	s->low = low;
	s->high = high;
	s->write |= a->store;
	s->nr++;
	return true;
}

/* @i is none of the group of @first. True: it goes on behind it. */
static bool passes(const struct insn *i, const struct insn *first, bool indexed,
		   int64_t *moved)
{
	int64_t by;

	if (!indexed && moves_base(i, first->rn, &by)) {
		*moved += by;
		return true;
	}
	if (i->rn == first->rn && insn_row(i->op)->class == INSN_VLDST)
		return false;
	return !insn_may_write(i, first->rn) &&
	       (!indexed || !insn_may_write(i, first->rm));
}

/* From instruction t->k on. */
static struct span span_from(const struct translation *t)
{
	const struct insn *first = &t->b->insns[t->k];
	struct span s = {0};
	struct access f, a;
	int64_t moved = 0;

	if (!access_of(first, &f))
		return s;
	for (unsigned int k = t->k; k < t->b->n; k++) {
		const struct insn *i = &t->b->insns[k];

		if (!is_quiet(t, i))
			break;
		if (!access_of(i, &a) || !is_like(i, &a, first, &f)) {
			if (!passes(i, first, is_indexed(f.mode), &moved))
				break;
			continue;
		}
		if (!span_add(&s, i, &a, moved))
			break;
		s.last = k;
		if (ldst_writes_back(a.mode))
			moved += i->imm;
		if (writes(i, &a, i->rn) ||
		    (is_indexed(a.mode) && writes(i, &a, i->rm)))
			break;
	}
	return s;
}

static struct x86_mem addend(const struct translation *t,
			     const struct access_group *g)
{
	return cpu_mem(offsetof(struct cpu, code_addends) +
		       sizeof(uintptr_t) * (g - t->groups));
}

/* A group that @i is of and that goes on, or room for one; NULL: neither. */
static struct access_group *group_find(struct translation *t,
				       const struct insn *i,
				       enum a64_ldst_mode mode,
				       unsigned int shift, bool *goes_on)
{
	struct access_group *room = NULL;

	*goes_on = true;
	for (unsigned int k = 0; k < ARRAY_SIZE(t->groups); k++) {
		struct access_group *g = &t->groups[k];

		if (!g->end || g->end <= t->k)
			room = g;
		else if (g->base == i->rn && g->indexed == is_indexed(mode) &&
			 (!g->indexed ||
			  (g->index == i->rm && g->mode == mode &&
			   g->shift == shift)))
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

/* The first one's look, for all of @s, at what is in @address. */
static struct x86_mem look_for_all(struct translation *t,
				   struct access_group *g, const struct span *s,
				   int address)
{
	struct x86_mem m = emit_access(t, address, s->high - s->low, s->write);

	x86_store(&t->c, 8, addend(t, g), RAX);
	return m;
}

/* By an index: all are at the same address. */
static struct x86_mem access_by_index(struct translation *t,
				      struct access_group *g,
				      const struct span *s, int address)
{
	if (s)
		return look_for_all(t, g, s, address);
	x86_load(&t->c, 8, RAX, addend(t, g));
	return x86_at_index(address, RAX, 0, 0);
}

/* At @off from the base as it is now. */
static struct x86_mem access_by_base(struct translation *t,
				     struct access_group *g,
				     const struct span *s, unsigned int rn,
				     int64_t off)
{
	int n = greg_src(t, rn, RDI);
	struct x86_mem m;

	/* The sum of 32 bits is made apart, since it may wrap. */
	if (t->a32 && off && !s) {
		x86_lea(&t->c, 4, RDI, x86_at(n, off));
		n = RDI;
		off = 0;
	}
	if (!s) {
		x86_load(&t->c, 8, RAX, addend(t, g));
		return x86_at_index(n, RAX, 0, off);
	}
	if (s->low) {
		x86_lea(&t->c, address_bytes(t), RDI, x86_at(n, s->low));
		n = RDI;
	}
	m = look_for_all(t, g, s, n);
	m.disp = off - s->low;
	return m;
}

struct x86_mem emit_access_by(struct translation *t, const struct insn *i,
			      enum a64_ldst_mode mode, unsigned int shift,
			      unsigned int len, bool write, int *address)
{
	struct access_group *g = NULL;
	const struct span *first = NULL;
	bool goes_on = false;
	struct span s = {0};

	if (is_flat(t))
		return flat_access_by(t, i, mode, shift, address);
	if (mode <= LDST_SXTW)
		g = group_find(t, i, mode, shift, &goes_on);
	if (g && !goes_on) {
		s = span_from(t);
		first = &s;
	}
	if (!g || (first && s.nr < 2)) {
		*address = emit_address(t, i, mode, shift);
		return emit_access(t, *address, len, write);
	}
	if (first)
		*g = (struct access_group){
			.base = i->rn,
			.end = s.last + 1,
			.indexed = is_indexed(mode),
			.index = i->rm,
			.mode = mode,
			.shift = shift,
		};
	if (is_indexed(mode)) {
		*address = emit_address(t, i, mode, shift);
		return access_by_index(t, g, first, *address);
	}
	if (i->rn == REG_SP)
		emit_sp_check(t);
	*address = ADDRESS_IS_BASE;
	return access_by_base(t, g, first, i->rn,
			      mode == LDST_POST ? 0 : i->imm);
}
