/* SPDX-License-Identifier: MIT */
/*
 * Guest registers in translated code: some are pinned to host registers as long
 * as it runs, the others are operands in memory.
 *
 * x0 to x7 and SP are those that guests use most: arguments, and what compilers
 * take first for what does not live across calls. The zero register is none:
 * whoever reads it gets a constant.
 */
#include "jit/translate.h"

const int8_t greg_pinned[NR_REGS] = {
	RBX, RCX, RBP, RSI, R8, R9, R10, R11, /* x0 to x7 */
	-1,  -1,  -1,  -1,  -1, -1, -1,  -1,  /* x8 to x15 */
	-1,  -1,  -1,  -1,  -1, -1, -1,  -1,  /* x16 to x23 */
	-1,  -1,  -1,  -1,  -1, -1, -1,  R14, /* x24 to x30, SP */
	-1,  -1,
};

void greg_load(struct translation *t, unsigned int size, int r, unsigned int g)
{
	if (g >= REG_ZR)
		x86_mov_ri(&t->c, r, 0);
	else if (greg_is_pinned(g))
		x86_mov_rr(&t->c, size, r, greg_pinned[g]);
	else
		x86_load(&t->c, size, r, greg_mem(g));
}

int greg_src(struct translation *t, unsigned int g, int tmp)
{
	if (greg_is_pinned(g))
		return greg_pinned[g];
	greg_load(t, 8, tmp, g);
	return tmp;
}

void greg_done(struct translation *t, unsigned int g, int r)
{
	if (g == REG_SP)
		t->sp_aligned = false;
	if (g >= REG_ZR)
		return;
	if (!greg_is_pinned(g))
		x86_store(&t->c, 8, greg_mem(g), r);
	else if (greg_pinned[g] != r)
		x86_mov_rr(&t->c, 8, greg_pinned[g], r);
}

void greg_alu(struct translation *t, enum x86_alu op, unsigned int size, int d,
	      unsigned int g)
{
	if (g >= REG_ZR)
		x86_alu_ri(&t->c, op, size, d, 0);
	else if (greg_is_pinned(g))
		x86_alu_rr(&t->c, op, size, d, greg_pinned[g]);
	else
		x86_alu_rm(&t->c, op, size, d, greg_mem(g));
}

void greg_cmov(struct translation *t, enum x86_cc cc, unsigned int size, int d,
	       unsigned int g)
{
	if (g >= REG_ZR) {
		x86_mov_ri(&t->c, RAX, 0);
		x86_cmov_rr(&t->c, cc, size, d, RAX);
	} else if (greg_is_pinned(g)) {
		x86_cmov_rr(&t->c, cc, size, d, greg_pinned[g]);
	} else {
		x86_cmov_rm(&t->c, cc, size, d, greg_mem(g));
	}
}

void emit_constant(struct translation *t, int d, uint64_t v)
{
	struct x86_code *c = &t->c;
	uint32_t high;

	if (v <= UINT32_MAX || (int64_t)v == (int32_t)v) {
		x86_mov_ri(c, d, v);
		return;
	}
	/* The upper half, then the lower by the address of a sum: neither
	 * changes flags. */
	high = (v + 0x80000000) >> 32;
	if (x86_has(c, X86_BMI2)) {
		x86_mov_ri(c, d, high);
		x86_rorx(c, 8, d, d, 32);
	} else {
		x86_mov_ri(c, d, __builtin_bswap32(high));
		x86_bswap(c, 8, d);
	}
	if ((int32_t)v)
		x86_lea(c, 8, d, x86_at(d, (int32_t)v));
}

void emit_page_address(struct translation *t, int d, int64_t off)
{
	unsigned int size = address_bytes(t);
	struct x86_code *c = &t->c;
	int tmp = d == RDI ? RAX : RDI;

	if (is_flat(t)) {
		uint64_t va = page_of(t->b) + off;

		emit_constant(t, d, t->a32 ? (uint32_t)va : va);
		return;
	}
	if (off == (int32_t)off) {
		x86_load(c, 8, d, CPU_FIELD(page_va));
		if (off)
			x86_lea(c, size, d, x86_at(d, off));
		return;
	}
	emit_constant(t, d, off);
	x86_load(c, 8, tmp, CPU_FIELD(page_va));
	x86_lea(c, 8, d, x86_at_index(d, tmp, 0, 0));
}
