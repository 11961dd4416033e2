/* SPDX-License-Identifier: MIT */
/*
 * Branches of AArch32, and its jump cache. What is done before a jump is not done
 * again: where the cache has not the address, the run loop is told it.
 */
#include "jit/a32.h"

#include "cpu/a32/chain.h"

static bool emit_b(struct translation *t, const struct insn *i)
{
	emit_edge(t, i->pgoff + i->imm);
	return true;
}

/* Should the body do it again, R14 gets the same. */
static void emit_link(struct translation *t, const struct insn *i)
{
	bool t32 = CPU_CODE_ISA(t->b->state) == ISA_T32;
	int d = greg_dst_host(14, RAX);

	emit_page_address(t, d, (i->pgoff + insn_len(i)) | t32);
	greg_done(t, 14, d);
}

static bool emit_bl(struct translation *t, const struct insn *i)
{
	emit_link(t, i);
	emit_edge(t, i->pgoff + i->imm);
	return true;
}

static uint16_t state_of(const struct translation *t, enum insn_set isa)
{
	return (t->b->state & ~0x3ff) | isa << 8;
}

static bool emit_blx_imm(struct translation *t, const struct insn *i)
{
	bool to_a32 = CPU_CODE_ISA(t->b->state) == ISA_T32;
	int64_t to = i->pgoff + i->imm;

	emit_link(t, i);
	emit_page_address(t, RDI, to_a32 ? to & ~3 : to);
	a32_emit_jump(t, state_of(t, to_a32 ? ISA_A32 : ISA_T32));
	return true;
}

static bool emit_cbz(struct translation *t, const struct insn *i)
{
	int r = greg_src(t, i->rn, RAX);

	x86_test_rr(&t->c, 4, r, r);
	flags_lose(t);
	emit_ways(t, i, i->op == A32_CBZ ? CC_E : CC_NE);
	return true;
}

static bool emit_bx(struct translation *t, const struct insn *i)
{
	greg_load(t, 4, RDI, i->rm);
	if (i->op == A32_BLX_reg)
		emit_link(t, i);
	a32_emit_interwork(t, RDI);
	return true;
}

emit_fn *a32_branch_emitter(const struct insn *i)
{
	switch (i->op) {
	case A32_B: return emit_b;
	case A32_BL: return emit_bl;
	case A32_BLX_imm: return emit_blx_imm;
	case A32_CBZ:
	case A32_CBNZ: return emit_cbz;
	case A32_BX:
	case A32_BLX_reg: return emit_bx;
	default: return NULL;
	}
}

/* ---- the jump cache ------------------------------------------------------ */

_Static_assert(sizeof(struct cpu_jc_entry) == 16 || sizeof(void *) != 8 ||
#ifdef FAUXKVM_TLB_CHECK
		       true,
#else
		       false,
#endif
	       "jump() knows its size");

/* To the address in RDI; RAX is what of the tag is not that: jc_key[0] in bits
 * 31..16, the state below. As a32_chain() has it. */
static void jump(struct translation *t)
{
	const uint8_t *leave = t->jit->exit_va;
	struct x86_code *c = &t->c;

	x86_alu_mi(c, X86_CMP, 4, CPU_FIELD(req), 0);
	x86_jcc_to(c, CC_NE, leave);
	x86_shift_ri(c, X86_SHL, 8, RAX, 32);
	x86_alu_rr(c, X86_OR, 8, RAX, RDI);
	x86_mov_rr(c, 4, RDX, RDI);
	x86_alu_ri(c, X86_AND, 4, RDX, (A32_JC_SIZE - 1) << 1);
	x86_shift_ri(c, X86_SHL, 4, RDX, 3);
	x86_alu_rm(c, X86_ADD, 8, RDX, CPU_FIELD(jc_a32));
	x86_alu_rm(c, X86_CMP, 8, RAX,
		   x86_at(RDX, offsetof(struct cpu_jc_entry, tag)));
	x86_jcc_to(c, CC_NE, leave);
	x86_load(c, 8, RAX, x86_at(RDX, offsetof(struct cpu_jc_entry, block)));
	x86_load(c, 8, RAX, x86_at(RAX, offsetof(struct block, code)));
	x86_mov_rr(c, 4, RDX, RDI);
	x86_alu_ri(c, X86_AND, 4, RDX, -0x1000);
	x86_store(c, 8, CPU_FIELD(page_va), RDX);
	x86_jmp_r(c, RAX);
}

/* RAX = jc_key[0] << 16. */
static void load_key(struct translation *t)
{
	x86_load(&t->c, 8, RAX, CPU_FIELD(jc_key[0]));
	x86_shift_ri(&t->c, X86_SHL, 8, RAX, 16);
}

void a32_emit_jump(struct translation *t, uint16_t state)
{
	flags_lose(t);
	if (CPU_CODE_ISA(state) != CPU_CODE_ISA(t->b->state))
		x86_store_i(&t->c, 2, CPU_FIELD(code_state), state);
	load_key(t);
	x86_alu_ri(&t->c, X86_ADD, 8, RAX, state);
	jump(t);
}

void a32_emit_interwork(struct translation *t, int r)
{
	struct x86_code *c = &t->c;

	flags_lose(t);
	if (r != RDI)
		x86_mov_rr(c, 4, RDI, r);
	/* Bit 0 makes T32 of A32. */
	x86_mov_rr(c, 4, RDX, RDI);
	x86_alu_ri(c, X86_AND, 4, RDX, 1);
	x86_shift_ri(c, X86_SHL, 4, RDX, 8);
	x86_alu_ri(c, X86_ADD, 4, RDX, state_of(t, ISA_A32));
	x86_store(c, 2, CPU_FIELD(code_state), RDX);
	x86_alu_ri(c, X86_AND, 4, RDI, -2);
	load_key(t);
	x86_alu_rr(c, X86_ADD, 8, RAX, RDX);
	jump(t);
}
