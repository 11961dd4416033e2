/* SPDX-License-Identifier: MIT */
/*
 * Addresses of loads and stores, whatever the register is. They are made in
 * RDI, unless it is just what a pinned register holds.
 */
#include "jit/translate.h"

int emit_address(struct translation *t, const struct insn *i,
		 enum a64_ldst_mode mode, unsigned int shift)
{
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
	if (shift > 3) {
		x86_lea(c, 8, RAX, x86_at_index(X86_NO_REG, m, 1, 0));
		m = RAX;
		shift -= 1;
	}
	n = greg_src(t, i->rn, RDI);
	x86_lea(c, 8, RDI, x86_at_index(n, m, shift, 0));
	return RDI;
}

static void move_base(struct translation *t, unsigned int rn, int64_t by)
{
	bool aligned = t->sp_aligned && !(by & 15);
	int n = greg_pinned[rn];

	if (n == X86_NO_REG) {
		x86_alu_mi(&t->c, X86_ADD, 8, greg_mem(rn), by);
		flags_lose(t);
		return;
	}
	x86_lea(&t->c, 8, n, x86_at(n, by));
	greg_done(t, rn, n);
	if (rn == REG_SP)
		t->sp_aligned = aligned;
}

void emit_write_back(struct translation *t, const struct insn *i,
		     enum a64_ldst_mode mode, int address)
{
	bool aligned = t->sp_aligned && !(i->imm & 15);
	int d = greg_dst_host(i->rn, RDI);

	if (mode != LDST_PRE && mode != LDST_POST)
		return;
	if (address == ADDRESS_IS_BASE) {
		move_base(t, i->rn, i->imm);
		return;
	}
	if (mode == LDST_POST)
		x86_lea(&t->c, 8, d, x86_at(address, i->imm));
	else if (d != address)
		x86_mov_rr(&t->c, 8, d, address);
	greg_done(t, i->rn, d);
	if (i->rn == REG_SP)
		t->sp_aligned = aligned;
}
