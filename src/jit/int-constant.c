/* SPDX-License-Identifier: MIT */
/*
 * Constants that a guest makes by several instructions, one behind another: MOVZ
 * and MOVKs of a register, in flat memory ADRP and ADD. The last of them gives
 * the register its value at once. Nothing can leave between them: none has a
 * way out, and the interpreter, which may come to the first, goes on with code
 * from there.
 */
#include "jit/int.h"

/* Will the next instruction change @rd, which is @i's, and not read what it is
 * by anything but t->known? */
static bool goes_on(const struct translation *t, const struct insn *i)
{
	const struct insn *next = i + 1;

	if (t->k + 1 >= t->b->n || i->rd >= REG_SP || next->rd != i->rd ||
	    i->cond || next->cond)
		return false;
	return next->op == A64_MOVK ||
	       (next->op == A64_ADD_imm && next->rn == i->rd &&
		next->size == SIZE_X);
}

bool emit_known(struct translation *t, const struct insn *i, uint64_t v)
{
	int d = greg_dst_host(i->rd, RAX);

	if (goes_on(t, i)) {
		t->known.value = v;
		t->known.next = t->k + 1;
		return true;
	}
	emit_constant(t, d, v);
	greg_done(t, i->rd, d);
	return true;
}
