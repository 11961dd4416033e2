/* SPDX-License-Identifier: MIT */
/*
 * Loads and stores of general registers. The address is made in RDI, unless it
 * is just what a pinned register holds; an access that is not plain memory
 * leaves by a side exit before anything has changed.
 */
#include "jit/translate.h"

#include "base/log.h"

/* The host register with the address; the base alone if it is post-indexed. */
static int emit_address(struct translation *t, const struct insn *i)
{
	enum a64_ldst_mode mode = ldst_form_mode(i->form);
	int64_t imm = mode == LDST_POST ? 0 : i->imm;
	struct x86_code *c = &t->c;
	int n, m;

	if (mode == LDST_LITERAL) {
		emit_page_address(t, RDI, i->pgoff + i->imm);
		return RDI;
	}
	if (i->rn == REG_SP)
		emit_sp_check(t);
	switch (mode) {
	case LDST_LSL: m = greg_src(t, i->rm, RAX); break;
	case LDST_UXTW:
		greg_load(t, 4, RAX, i->rm);
		m = RAX;
		break;
	case LDST_SXTW:
		m = greg_src(t, i->rm, RAX);
		x86_movsx_rr(c, 4, 8, RAX, m);
		m = RAX;
		break;
	default:
		n = greg_src(t, i->rn, RDI);
		if (!imm)
			return n;
		x86_lea(c, 8, RDI, x86_at(n, imm));
		return RDI;
	}
	n = greg_src(t, i->rn, RDI);
	x86_lea(c, 8, RDI, x86_at_index(n, m, i->aux, 0));
	return RDI;
}

/* PRE: the base is where the access was; POST: behind. */
static void emit_write_back(struct translation *t, const struct insn *i,
			    int address)
{
	enum a64_ldst_mode mode = ldst_form_mode(i->form);
	bool aligned = t->sp_aligned && !(i->imm & 15);
	int d = greg_dst_host(i->rn, RDI);

	if (mode != LDST_PRE && mode != LDST_POST)
		return;
	if (mode == LDST_POST)
		x86_lea(&t->c, 8, d, x86_at(address, i->imm));
	else if (d != address)
		x86_mov_rr(&t->c, 8, d, address);
	greg_done(t, i->rn, d);
	if (i->rn == REG_SP)
		t->sp_aligned = aligned;
}

static void emit_load(struct translation *t, enum a64_ldst_kind kind,
		      unsigned int size, int d, struct x86_mem m)
{
	const uint8_t *at = x86_here(&t->c);

	switch (kind) {
	case LDST_LOAD_SX: x86_load_sx(&t->c, size, 8, d, m); break;
	case LDST_LOAD_SW: x86_load_sx(&t->c, size, 4, d, m); break;
	default: x86_load(&t->c, size, d, m);
	}
	access_done(t, at);
}

static bool writes_back(const struct insn *i)
{
	enum a64_ldst_mode mode = ldst_form_mode(i->form);

	return mode == LDST_PRE || mode == LDST_POST;
}

/* Of one register. What is loaded goes to its place when the base has been read
 * for the last time. */
static bool emit_one(struct translation *t, const struct insn *i)
{
	enum a64_ldst_kind kind = ldst_form_kind(i->form);
	unsigned int size = 1u << i->size;
	int address = emit_address(t, i), d, s;
	bool unpriv = ldst_form_mode(i->form) == LDST_UNPRIV;
	struct x86_mem m =
		unpriv ? emit_access_unpriv(t, address, size,
					    kind == LDST_STORE)
		       : emit_access(t, address, size, kind == LDST_STORE);
	const uint8_t *at;

	if (kind == LDST_STORE) {
		s = greg_src(t, i->rd, RDX);
		at = x86_here(&t->c);
		x86_store(&t->c, size, m, s);
		access_done(t, at);
		emit_write_back(t, i, address);
		return true;
	}
	d = writes_back(i) ? RDX : greg_dst_host(i->rd, RDX);
	emit_load(t, kind, size, d, m);
	/* Should both be one register, the interpreter's base wins. */
	greg_done(t, i->rd, d);
	if (writes_back(i) && i->rd == i->rn && address != RDI)
		return true;
	emit_write_back(t, i, address);
	return true;
}

/* Both are loaded before the first is written, so that a fault of the second
 * finds all as it was. */
static bool emit_pair(struct translation *t, const struct insn *i)
{
	enum a64_ldst_kind kind = ldst_form_kind(i->form);
	unsigned int size = 1u << i->size;
	int address = emit_address(t, i), s;
	struct x86_mem m =
		emit_access(t, address, 2 * size, kind == LDST_STORE);
	const uint8_t *at;

	if (kind == LDST_STORE) {
		for (unsigned int k = 0; k < 2; k++) {
			s = greg_src(t, k ? i->ra : i->rd, RDX);
			at = x86_here(&t->c);
			x86_store(&t->c, size, m, s);
			access_done(t, at);
			m.disp = size;
		}
		emit_write_back(t, i, address);
		return true;
	}
	emit_load(t, kind, size, RDX, m);
	m.disp = size;
	emit_load(t, kind, size, RAX, m);
	emit_write_back(t, i, address);
	if (!writes_back(i) || i->rd != i->rn)
		greg_done(t, i->rd, RDX);
	if (!writes_back(i) || i->ra != i->rn)
		greg_done(t, i->ra, RAX);
	return true;
}

/* PRFM: nothing to see. */
static bool emit_prefetch(struct translation *t, const struct insn *i)
{
	(void)t;
	(void)i;
	return true;
}

emit_fn *ldst_emitter(const struct insn *i)
{
	if (i->form == LDST_FORM_PREFETCH)
		return emit_prefetch;
	return ldst_form_pair(i->form) ? emit_pair : emit_one;
}
