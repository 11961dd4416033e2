/* SPDX-License-Identifier: MIT */
/*
 * Branches (Arm ARM C4.1.93): the bodies of class BRANCH and their choice.
 *
 * A direct branch within its page is linked to the block it leads to, once the
 * jump cache has found that block: link of a slot points to its first
 * instruction. The slot of the taken way is the branch itself; the slot of the
 * way past a conditional branch is the end marker behind it. A link needs no
 * check of what it leads to: blocks of a page are dropped together, and the
 * page's translation changes only where a block is left through the jump cache
 * or the run loop. Requests are looked at as on any other way out of a block. To
 * where a breakpoint may be there is no link (breaks.h).
 *
 * A branch to a register may carry a tag: the jump cache holds canonical
 * addresses only, so a hit needs no test for one.
 */
#include "cpu/bodies.h"
#include "cpu/breaks.h"
#include "cpu/bti.h"
#include "cpu/exec.h"
#include "cpu/mmu.h"
#include "isa/a64/operands.h"

/* ---- links --------------------------------------------------------------- */

/*
 * Not linked yet, or the run loop is wanted. Blocks are in the PE's own writable
 * memory, const only for bodies; the end marker stands behind its block and
 * has no offset.
 */
static __attribute__((noinline)) void branch_unlinked(struct cpu *cpu,
						      const struct insn *slot)
{
	uint64_t page = cpu->page_va, va = insn_pc(cpu, slot) + slot->imm;
	const struct insn *first;

	cpu->pc = va;
	first = block_chain(cpu, va);
	if (unlikely(!first))
		return;
	/* n is 0 in what stands for "no block" in the jump cache. */
	if (cpu->page_va == page && block_of(first)->n &&
	    !breaks_offset(cpu, first->pgoff))
		((struct insn *)slot)->link = first;
	GOTO_INSN(cpu, first);
}

/* Go on where @slot leads, linked or not. */
static ALWAYS_INLINE void jump_slot(struct cpu *cpu, const struct insn *slot)
{
	const struct insn *first = slot->link;

	if (unlikely(!first || cpu_requested(cpu) ||
		     block_look_due(cpu, block_of(first)))) {
		branch_unlinked(cpu, slot);
		return;
	}
	tlb_check_code(cpu, insn_pc(cpu, slot) + slot->imm, block_of(first)->pa,
		       NULL);
	GOTO_INSN(cpu, first);
}

/* ---- direct -------------------------------------------------------------- */

static void exec_b(struct cpu *cpu, const struct insn *i)
{
	jump_slot(cpu, i);
}

static void exec_bl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[30] = insn_pc(cpu, i) + 4;
	jump_slot(cpu, i);
}

/* ---- conditional --------------------------------------------------------- */

static ALWAYS_INLINE void branch_if(struct cpu *cpu, const struct insn *i,
				    bool taken)
{
	if (taken)
		jump_slot(cpu, i);
	else
		jump_slot(cpu, i + 1);
}

static void exec_b_eq(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cond_holds(cpu, COND_EQ));
}

static void exec_b_ne(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cond_holds(cpu, COND_NE));
}

static void exec_b_cs(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cond_holds(cpu, COND_CS));
}

static void exec_b_cc(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cond_holds(cpu, COND_CC));
}

static void exec_b_mi(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cond_holds(cpu, COND_MI));
}

static void exec_b_pl(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cond_holds(cpu, COND_PL));
}

static void exec_b_vs(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cond_holds(cpu, COND_VS));
}

static void exec_b_vc(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cond_holds(cpu, COND_VC));
}

static void exec_b_hi(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cond_holds(cpu, COND_HI));
}

static void exec_b_ls(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cond_holds(cpu, COND_LS));
}

static void exec_b_ge(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cond_holds(cpu, COND_GE));
}

static void exec_b_lt(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cond_holds(cpu, COND_LT));
}

static void exec_b_gt(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cond_holds(cpu, COND_GT));
}

static void exec_b_le(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cond_holds(cpu, COND_LE));
}

static void exec_b_al(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cond_holds(cpu, COND_AL));
}

static insn_fn *const b_cond_bodies[NR_CONDS] = {
	[COND_EQ] = exec_b_eq, [COND_NE] = exec_b_ne, [COND_CS] = exec_b_cs,
	[COND_CC] = exec_b_cc, [COND_MI] = exec_b_mi, [COND_PL] = exec_b_pl,
	[COND_VS] = exec_b_vs, [COND_VC] = exec_b_vc, [COND_HI] = exec_b_hi,
	[COND_LS] = exec_b_ls, [COND_GE] = exec_b_ge, [COND_LT] = exec_b_lt,
	[COND_GT] = exec_b_gt, [COND_LE] = exec_b_le, [COND_AL] = exec_b_al,
};

static void exec_cbz_w(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, !(uint32_t)cpu->x[i->rd]);
}

static void exec_cbz_x(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, !cpu->x[i->rd]);
}

static void exec_cbnz_w(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, (uint32_t)cpu->x[i->rd]);
}

static void exec_cbnz_x(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cpu->x[i->rd]);
}

static void exec_tbz(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, !(cpu->x[i->rd] >> i->aux & 1));
}

static void exec_tbnz(struct cpu *cpu, const struct insn *i)
{
	branch_if(cpu, i, cpu->x[i->rd] >> i->aux & 1);
}

/* ---- to a register ------------------------------------------------------- */

/* Not in the jump cache. */
static COLD void branch_miss(struct cpu *cpu, uint64_t va)
{
	RESUME(branch_address(cpu, va));
}

static ALWAYS_INLINE void jump_register(struct cpu *cpu, uint64_t va)
{
	const struct insn *next;

	cpu->pc = va;
	next = block_chain(cpu, va);
	if (unlikely(!next)) {
		branch_miss(cpu, va);
		return;
	}
	GOTO_INSN(cpu, next);
}

/* BR and RET */
static void exec_br(struct cpu *cpu, const struct insn *i)
{
	jump_register(cpu, cpu->x[i->rn]);
}

static void exec_blr(struct cpu *cpu, const struct insn *i)
{
	uint64_t va = cpu->x[i->rn];

	cpu->x[30] = insn_pc(cpu, i) + 4;
	jump_register(cpu, va);
}

/* The same by a core with FEAT_BTI (bti.h). */
static ALWAYS_INLINE void jump_typed(struct cpu *cpu, const struct insn *i,
				     uint64_t va)
{
	if (unlikely(!bti_branch(cpu, i, va))) {
		branch_miss(cpu, va);
		return;
	}
	jump_register(cpu, va);
}

static void exec_br_typed(struct cpu *cpu, const struct insn *i)
{
	jump_typed(cpu, i, cpu->x[i->rn]);
}

static void exec_blr_typed(struct cpu *cpu, const struct insn *i)
{
	uint64_t va = cpu->x[i->rn];

	cpu->x[30] = insn_pc(cpu, i) + 4;
	jump_typed(cpu, i, va);
}

/* ---- the choice ---------------------------------------------------------- */

insn_fn *branch_body(const struct insn *i)
{
	bool x = i->size == SIZE_X;

	switch (i->op) {
	case A64_B: return exec_b;
	case A64_BL: return exec_bl;
	case A64_B_cond: return b_cond_bodies[i->form];
	case A64_CBZ: return x ? exec_cbz_x : exec_cbz_w;
	case A64_CBNZ: return x ? exec_cbnz_x : exec_cbnz_w;
	case A64_TBZ: return exec_tbz;
	case A64_TBNZ: return exec_tbnz;
	case A64_BR: return i->form ? exec_br_typed : exec_br;
	case A64_RET: return exec_br;
	case A64_BLR: return i->form ? exec_blr_typed : exec_blr;
	default: return pauth_body(i);
	}
}
