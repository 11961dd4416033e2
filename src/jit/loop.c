/* SPDX-License-Identifier: MIT */
/*
 * Blocks that lead back to themselves keep their copies of vector registers.
 *
 * A first translation, which is thrown away, tells which registers the block
 * reads before it writes them. The second loads those before its head, and the jump
 * back goes to the head when it has brought the same ones to the same places.
 * What the mode must be is asked before the head, too.
 */
#include "jit/translate.h"

/* So many may be kept: some are left for what comes and goes. */
#define MAX_KEPT 9

static bool has_vectors(const struct block *b)
{
	for (unsigned int k = 0; k < b->n; k++) {
		switch (insn_row(b->insns[k].op)->class) {
		case INSN_VLDST:
		case INSN_FP:
		case INSN_SIMD:
		case INSN_CRYPTO: return true;
		default: break;
		}
	}
	return false;
}

bool loop_leads_back(const struct block *b)
{
	const struct insn *last = &b->insns[b->n - 1];

	switch (last->op) {
	case A64_B:
	case A64_B_cond:
	case A64_CBZ:
	case A64_CBNZ:
	case A64_TBZ:
	case A64_TBNZ: return last->pgoff + last->imm == b->insns[0].pgoff;
	default: return false;
	}
}

bool loop_is_one(const struct block *b)
{
	return loop_leads_back(b) && has_vectors(b);
}

/* Of the dry translation @dry, which read registers before it wrote them. */
void emit_loop_head(struct translation *t, const struct translation *dry)
{
	unsigned int kept = 0;

	/* Who does not come back behind it will not come back at all. */
	if (dry->bodies)
		return;
	t->at_head = true;
	if (dry->fp_plain)
		emit_fp_mode_check(t);
	else if (dry->fp_checked)
		emit_fp_check(t);
	t->at_head = false;
	for (unsigned int g = 0; g < 32; g++)
		if (dry->vregs.needed[g] && dry->vregs.written >> g & 1)
			t->loop.carried |= 1u << g;
	for (unsigned int g = 0; g < 32 && kept < MAX_KEPT; g++) {
		if (!dry->vregs.needed[g])
			continue;
		vreg_src(t, g, dry->vregs.needed[g]);
		t->vregs.busy = 0;
		kept++;
	}
	t->loop.head = x86_here(&t->c);
	t->loop.vregs = t->vregs;
}

/* Where what is to be in @x is now; X86_NO_REG: in memory only. */
static int place(const struct translation *t, int x)
{
	const struct vreg_copy *want = &t->loop.vregs.copy[x];

	for (int y = XMM4; y <= XMM15; y++) {
		const struct vreg_copy *v = &t->vregs.copy[y];

		if (v->bytes >= want->bytes && v->g == want->g &&
		    v->zeros <= want->zeros)
			return y;
	}
	return X86_NO_REG;
}

/* Does a move other than that to @x take what is in @x? */
static bool is_taken(const int8_t *from, int x)
{
	for (int y = XMM4; y <= XMM15; y++)
		if (y != x && from[y] == x)
			return true;
	return false;
}

/* A circle of moves is opened by a way through XMM0. */
static void emit_moves(struct translation *t, int8_t *from)
{
	bool moved = true, left = true;

	while (left) {
		left = moved = false;
		for (int x = XMM4; x <= XMM15; x++) {
			if (from[x] < 0 || from[x] == x)
				continue;
			left = true;
			if (is_taken(from, x))
				continue;
			x86_vex_rr(&t->c, X86_MOVAPS, x, 0, from[x]);
			from[x] = X86_NO_REG;
			moved = true;
		}
		for (int x = XMM4; left && !moved && x <= XMM15; x++) {
			if (from[x] < 0 || from[x] == x)
				continue;
			x86_vex_rr(&t->c, X86_MOVAPS, XMM0, 0, from[x]);
			from[x] = XMM0;
			moved = true;
		}
	}
}

void emit_loop_back(struct translation *t)
{
	int8_t from[16];

	for (int x = 0; x < 16; x++)
		from[x] = X86_NO_REG;
	for (int x = XMM4; x <= XMM15; x++)
		if (t->loop.vregs.copy[x].bytes)
			from[x] = place(t, x);
	emit_moves(t, from);
	for (int x = XMM4; x <= XMM15; x++)
		if (t->loop.vregs.copy[x].bytes && place(t, x) < 0)
			vreg_load(&t->c, x, &t->loop.vregs.copy[x], R15,
				  -CPU_BIAS);
	x86_jmp_to(&t->c, t->loop.head);
}
