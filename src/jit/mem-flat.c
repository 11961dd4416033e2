/* SPDX-License-Identifier: MIT */
/*
 * Guest memory in translated code where an address is the host's (struct
 * cpu_flat): the host's addressing does all, and keeps the flags. What memory
 * refuses is a host fault. An address with a tag in its top byte is none to the
 * host, which is a fault, too: the interpreter does it again (run.c).
 */
#include "jit/translate.h"

static int index_of(struct translation *t, const struct insn *i,
		    enum a64_ldst_mode mode)
{
	int m;

	switch (mode) {
	case LDST_UXTW: greg_load(t, 4, RAX, i->rm); return RAX;
	case LDST_SXTW:
		m = greg_src(t, i->rm, RAX);
		x86_movsx_rr(&t->c, 4, 8, RAX, m);
		return RAX;
	default: return greg_src(t, i->rm, RAX);
	}
}

struct x86_mem flat_access_by(struct translation *t, const struct insn *i,
			      enum a64_ldst_mode mode, unsigned int shift,
			      int *address)
{
	bool indexed =
		mode == LDST_LSL || mode == LDST_UXTW || mode == LDST_SXTW;
	int m;

	*address = ADDRESS_IS_BASE;
	/* A shift by 4 is none of the host's, nor is a sum of 32 bits. */
	if (t->a32 || mode == LDST_LITERAL || (indexed && shift > 3)) {
		*address = emit_address(t, i, mode, shift);
		return x86_at(*address, 0);
	}
	if (i->rn == REG_SP)
		emit_sp_check(t);
	if (indexed) {
		m = index_of(t, i, mode);
		return x86_at_index(greg_src(t, i->rn, RDI), m, shift, 0);
	}
	return x86_at(greg_src(t, i->rn, RDI),
		      mode == LDST_POST ? 0 : (int32_t)i->imm);
}
