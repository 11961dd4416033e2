/* SPDX-License-Identifier: MIT */
/*
 * Addresses of loads and stores, whatever the register is. They are made in
 * RDI, unless it is just what a pinned register holds.
 */
#include "jit/translate.h"

enum a64_ldst_mode vldst_mode(const struct insn *i)
{
	static const uint8_t modes[NR_VLDST_MODES] = {
		[VLDST_OFFSET] = LDST_OFFSET,   [VLDST_PRE] = LDST_PRE,
		[VLDST_POST] = LDST_POST,       [VLDST_LSL] = LDST_LSL,
		[VLDST_UXTW] = LDST_UXTW,       [VLDST_SXTW] = LDST_SXTW,
		[VLDST_LITERAL] = LDST_LITERAL,
	};

	return modes[i->form & ~VLDST_LOAD];
}

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
		x86_lea(c, address_bytes(t), RDI, x86_at(n, imm));
		return RDI;
	}
	if (t->a32 && shift > 3) {
		greg_load(t, 4, RAX, i->rm);
		x86_shift_ri(c, X86_SHL, 4, RAX, shift);
		flags_lose(t);
		m = RAX;
		shift = 0;
	} else if (shift > 3) {
		x86_lea(c, 8, RAX, x86_at_index(X86_NO_REG, m, 1, 0));
		m = RAX;
		shift -= 1;
	}
	n = greg_src(t, i->rn, RDI);
	x86_lea(c, address_bytes(t), RDI, x86_at_index(n, m, shift, 0));
	return RDI;
}

void emit_write_back(struct translation *t, const struct insn *i,
		     enum a64_ldst_mode mode, int address)
{
	bool aligned = t->sp_aligned && !(i->imm & 15);
	int d = greg_dst_host(i->rn, RDI);

	if (!ldst_writes_back(mode))
		return;
	if (address == ADDRESS_IS_BASE && !greg_is_pinned(i->rn)) {
		x86_alu_mi(&t->c, X86_ADD, address_bytes(t), greg_mem(i->rn),
			   i->imm);
		flags_lose(t);
		return;
	}
	if (address == ADDRESS_IS_BASE) {
		mode = LDST_POST;
		address = d;
	}
	if (mode == LDST_POST)
		x86_lea(&t->c, address_bytes(t), d, x86_at(address, i->imm));
	else if (d != address)
		x86_mov_rr(&t->c, 8, d, address);
	greg_done(t, i->rn, d);
	if (i->rn == REG_SP)
		t->sp_aligned = aligned;
}
