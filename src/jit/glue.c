/* SPDX-License-Identifier: MIT */
/*
 * What all translated blocks of a PE share: the way in from the interpreter, the
 * ways out, and the call that fills the TLB. Generated, since it is full of
 * offsets into struct cpu and of the registers of regs.c.
 *
 * The way in looks like a body to the interpreter, RDI and RSI are its arguments;
 * the way out ends in a jump to one, with the stack as it was. In between the
 * stack is aligned for calls.
 */
#include "jit/pool.h"
#include "jit/translate.h"

#include "cpu/fast-tlb.h"

static const int8_t saved[] = {RBX, RBP, R12, R13, R14, R15};
#define NR_SAVED ((int)(sizeof(saved) / sizeof(saved[0])))

/* ---- flags --------------------------------------------------------------- */

/* cpu->n, z, c, v to cpu->code_flags. RAX, RDX. */
static void pack_flags(struct x86_code *c)
{
	x86_load(c, 8, RAX, CPU_FIELD(n));
	x86_shift_ri(c, X86_SHR, 8, RAX, 63);
	x86_shift_ri(c, X86_SHL, 4, RAX, 1);
	x86_alu_rr(c, X86_XOR, 4, RDX, RDX);
	x86_alu_mi(c, X86_CMP, 8, CPU_FIELD(z), 0);
	x86_setcc_r(c, CC_E, RDX);
	x86_alu_rr(c, X86_OR, 4, RAX, RDX);
	x86_shift_ri(c, X86_SHL, 4, RAX, 6);
	x86_load(c, 4, RDX, CPU_FIELD(c));
	x86_alu_ri(c, X86_XOR, 4, RDX, 1);
	x86_alu_rr(c, X86_OR, 4, RAX, RDX);
	x86_shift_ri(c, X86_SHL, 4, RAX, 8);
	x86_alu_rm(c, X86_OR, 4, RAX, CPU_FIELD(v));
	x86_store(c, 2, CPU_FIELD(code_flags), RAX);
}

/* The reverse. RDX, RSI. */
static void unpack_flags(struct x86_code *c)
{
	x86_load(c, 2, RSI, CPU_FIELD(code_flags));
	x86_movzx_rr(c, 1, RDX, RSI);
	x86_store(c, 8, CPU_FIELD(v), RDX);
	x86_alu_rr(c, X86_XOR, 4, RDX, RDX);
	x86_bt_ri(c, 4, RSI, 8);
	x86_setcc_r(c, CC_AE, RDX);
	x86_store(c, 8, CPU_FIELD(c), RDX);
	x86_bt_ri(c, 4, RSI, 14);
	x86_setcc_r(c, CC_AE, RDX);
	x86_store(c, 8, CPU_FIELD(z), RDX);
	x86_shift_ri(c, X86_SHL, 8, RSI, 48);
	x86_store(c, 8, CPU_FIELD(n), RSI);
}

/* ---- in and out ---------------------------------------------------------- */

static void store_pinned(struct x86_code *c, bool scratch)
{
	for (unsigned int g = 0; g < NR_REGS; g++)
		if (greg_is_pinned(g) && greg_is_scratch(g) == scratch)
			x86_store(c, 8, greg_mem(g), greg_pinned[g]);
}

static void load_pinned(struct x86_code *c, bool scratch)
{
	for (unsigned int g = 0; g < NR_REGS; g++)
		if (greg_is_pinned(g) && greg_is_scratch(g) == scratch)
			x86_load(c, 8, greg_pinned[g], greg_mem(g));
}

static const uint8_t *emit_enter(struct x86_code *c)
{
	const uint8_t *start = x86_here(c);

	for (int k = 0; k < NR_SAVED; k++)
		x86_push(c, saved[k]);
	/* For alignment, and exit_body's. */
	x86_push(c, RAX);
	x86_lea(c, 8, R15, x86_at(RDI, CPU_BIAS));
	x86_mov_rr(c, 8, RDI, RAX);
	pack_flags(c);
	/* Nothing is left if the time to look is over. */
	x86_load(c, 8, R12, CPU_FIELD(look));
	x86_load(c, 8, RAX, CPU_FIELD(cycles));
	x86_alu_rr(c, X86_XOR, 4, RDX, RDX);
	x86_alu_rr(c, X86_SUB, 8, R12, RAX);
	x86_cmov_rr(c, CC_B, 8, R12, RDX);
	x86_alu_rr(c, X86_ADD, 8, RAX, R12);
	x86_store(c, 8, CPU_FIELD(code_base), RAX);
	x86_store(c, 8, CPU_FIELD(code_entered), R12);
	x86_load(c, 8, R13, CPU_FIELD(fast));
	load_pinned(c, false);
	load_pinned(c, true);
	x86_jmp_r(c, RDI);
	return start;
}

/* Everything to struct cpu but RAX, RDI, and what greg_is_scratch() if that is
 * there already; RDX, RSI and flags are lost. */
static void emit_spill(struct x86_code *c, bool scratch)
{
	store_pinned(c, false);
	if (scratch)
		store_pinned(c, true);
	x86_load(c, 8, RDX, CPU_FIELD(code_base));
	x86_alu_rr(c, X86_SUB, 8, RDX, R12);
	x86_store(c, 8, CPU_FIELD(cycles), RDX);
	unpack_flags(c);
}

static void emit_restore(struct x86_code *c)
{
	for (int k = NR_SAVED; k--;)
		x86_pop(c, saved[k]);
}

/* @scratch: as emit_spill(). */
static const uint8_t *emit_exit_body(struct x86_code *c, bool scratch)
{
	const uint8_t *start = x86_here(c);

	x86_store(c, 8, x86_at(RSP, 0), RAX);
	emit_spill(c, scratch);
	x86_mov_rr(c, 8, RSI, RDI);
	x86_lea(c, 8, RDI, x86_at(R15, -CPU_BIAS));
	x86_pop(c, RAX);
	emit_restore(c);
	x86_jmp_r(c, RAX);
	return start;
}

/* To the run loop at the address in RDI. */
static const uint8_t *emit_exit_va(struct x86_code *c)
{
	const uint8_t *start = x86_here(c);

	x86_store(c, 8, CPU_FIELD(pc), RDI);
	emit_spill(c, true);
	x86_pop(c, RAX);
	emit_restore(c);
	x86_ret(c);
	return start;
}

static const uint8_t *emit_exit_pc(struct x86_code *c, const uint8_t *exit_va)
{
	const uint8_t *start = x86_here(c);

	x86_load(c, 8, RDI, CPU_FIELD(page_va));
	x86_alu_rr(c, X86_ADD, 8, RDI, RAX);
	x86_jmp_to(c, exit_va);
	return start;
}

/* ---- the TLB ------------------------------------------------------------- */

/* XMM4 to XMM15, which hold copies of vector registers, from or to the stack. */
static void move_copies(struct x86_code *c, uint32_t op)
{
	for (int x = XMM4; x <= XMM15; x++)
		x86_vex_rm(c, op, x, 0, x86_at(RSP, 16 * (x - XMM4)));
}

/* What a C function may change and a guest has goes to struct cpu, where it has to
 * be if the body is next. @vectors: copies of vector registers as well. */
static const uint8_t *emit_miss(struct x86_code *c, enum exit_kind kind,
				bool vectors)
{
	bool write = kind == EXIT_MISS_WRITE || kind == EXIT_MISS_WRITE_UNPRIV;
	bool unpriv =
		kind == EXIT_MISS_READ_UNPRIV || kind == EXIT_MISS_WRITE_UNPRIV;
	const int copies = 16 * (XMM15 - XMM4 + 1);
	const uint8_t *start = x86_here(c);
	struct x86_site failed;

	store_pinned(c, true);
	/* With the return address the stack stays aligned. */
	x86_push(c, RDI);
	if (vectors) {
		x86_alu_ri(c, X86_SUB, 8, RSP, copies);
		move_copies(c, X86_MOVAPS_TO);
	}
	x86_mov_rr(c, 8, RSI, RDI);
	x86_mov_rr(c, 4, RDX, RAX);
	x86_lea(c, 8, RDI, x86_at(R15, -CPU_BIAS));
	x86_mov_ri(c, RAX, (uintptr_t)fast_tlb_fill(write, unpriv));
	x86_call_r(c, RAX);
	if (vectors) {
		move_copies(c, X86_MOVAPS);
		x86_alu_ri(c, X86_ADD, 8, RSP, copies);
	}
	x86_pop(c, RDI);
	x86_test_ri(c, 4, RAX, 1);
	failed = x86_jcc(c, CC_E);
	load_pinned(c, true);
	x86_land_here(c, failed);
	x86_ret(c);
	return start;
}

void glue_emit(struct jit *jit)
{
	struct x86_code *c = &jit->c;

	pool_emit(jit);
	jit->enter = emit_enter(c);
	jit->exit_body = emit_exit_body(c, true);
	jit->exit_missed = emit_exit_body(c, false);
	jit->exit_va = emit_exit_va(c);
	jit->exit_pc = emit_exit_pc(c, jit->exit_va);
	for (enum exit_kind k = EXIT_MISS_READ; k <= EXIT_MISS_WRITE_UNPRIV;
	     k++)
		for (int vectors = 0; vectors < 2; vectors++)
			jit->miss[k][vectors] = emit_miss(c, k, vectors);
	x86_align(c, 64);
	jit->first = c->p;
}
