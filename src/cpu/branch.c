/* SPDX-License-Identifier: MIT */
/*
 * Branches (Arm ARM C4.1.93).
 *
 * A direct branch within its page is linked to the block it leads to, once the
 * jump cache has found that block: the pointer to its first instruction stands
 * in imm of a slot. The slot of the taken way is the branch itself (so the
 * offset stands elsewhere, see branch_offset()); the slot of the way past a
 * conditional branch is the end marker behind it. A link needs no check of
 * what it leads to: blocks of a page are dropped together, and the page's
 * translation changes only where a block is left through the jump cache or
 * the run loop. Requests are looked at as on any other way out of a block.
 *
 * A branch to a register may carry a tag: the jump cache holds canonical
 * addresses only, so a hit needs no test for one.
 */
#include "isa/a64/formats.h"
#include "cpu/int-body.h"

/* ---- links -------------------------------------------------------------------- */

/* In instructions: 32 bits from low to high in aux, rn, ra. */
static void branch_set_offset(struct insn *out, uint32_t field,
			      unsigned int bits)
{
	uint32_t offset = sext64(field, bits);

	out->aux = (uint16_t)offset;
	out->rn = (uint8_t)(offset >> 16);
	out->ra = (uint8_t)(offset >> 24);
}

static inline int64_t branch_offset(const struct insn *i)
{
	uint32_t offset = (uint32_t)i->ra << 24 | i->rn << 16 | i->aux;

	return (int64_t)(int32_t)offset * 4;
}

#define TARGET       (insn_pc(cpu, i) + branch_offset(i))
#define FALL_THROUGH (insn_pc(cpu, i) + 4)

/* Blocks are in the PE's own writable memory, const only for bodies. */
static void slot_link(const struct insn *slot, const struct insn *first)
{
	((struct insn *)slot)->imm = (intptr_t)first;
}

/* Not linked yet, or a request waits. */
static __attribute__((noinline)) void branch_unlinked(struct cpu *cpu,
						      const struct insn *slot,
						      uint64_t va)
{
	uint64_t page = cpu->page_va;
	const struct insn *first;

	cpu->pc = va;
	first = block_chain(cpu, va);
	if (unlikely(!first))
		return;
	/* n is 0 in what stands for "no block" in the jump cache. */
	if (cpu->page_va == page && block_of(first)->n)
		slot_link(slot, first);
	GOTO_INSN(cpu, first);
}

#define JUMP_SLOT(slot, va)                                         \
	do {                                                        \
		const struct insn *first_ =                         \
			(const struct insn *)(intptr_t)(slot)->imm; \
                                                                    \
		if (unlikely(!first_ || cpu_requested(cpu))) {      \
			branch_unlinked(cpu, slot, va);             \
			return;                                     \
		}                                                   \
		cpu->icount += block_of(first_)->n;                 \
		GOTO_INSN(cpu, first_);                             \
	} while (0)

/* ---- direct ------------------------------------------------------------------ */

void exec_branch_b(struct cpu *cpu, const struct insn *i)
{
	JUMP_SLOT(i, TARGET);
}

void exec_branch_bl(struct cpu *cpu, const struct insn *i)
{
	cpu->x[30] = insn_pc(cpu, i) + 4;
	JUMP_SLOT(i, TARGET);
}

bool fmt_branch_imm26(uint32_t word, struct insn *out)
{
	branch_set_offset(out, FLD(word, 25, 0), 26);
	return true;
}

/* ---- conditional -------------------------------------------------------------- */

#define BRANCH_IF(name, condition)                      \
	BODY(name)                                      \
	{                                               \
		if (condition)                          \
			JUMP_SLOT(i, TARGET);           \
		else                                    \
			JUMP_SLOT(i + 1, FALL_THROUGH); \
	}

#define BRANCH_COND(num, cond, unused)    BRANCH_IF(b_##cond, cond_holds(cpu, num))
#define BRANCH_COND_FN(num, cond, unused) [num] = b_##cond,

COND_LIST(BRANCH_COND, )
BODY_FOR_ROW(exec_branch_cond, b_al);

bool fmt_branch_cond(uint32_t word, struct insn *out)
{
	static insn_fn *const fns[] = {COND_LIST(BRANCH_COND_FN, )};

	branch_set_offset(out, FLD(word, 23, 5), 19);
	out->fn = fns[cond_index(FLD(word, 3, 0))];
	return true;
}

BRANCH_IF(cbz32, !(uint32_t)cpu->x[i->rd])
BRANCH_IF(cbz64, !cpu->x[i->rd])
BRANCH_IF(cbnz32, (uint32_t)cpu->x[i->rd])
BRANCH_IF(cbnz64, cpu->x[i->rd])
BODY_FOR_ROW(exec_branch_cbz, cbz64);
BODY_FOR_ROW(exec_branch_cbnz, cbnz64);

bool fmt_branch_cbz(uint32_t word, struct insn *out)
{
	static insn_fn *const fns[2][2] = {{cbz32, cbnz32}, {cbz64, cbnz64}};

	branch_set_offset(out, FLD(word, 23, 5), 19);
	out->rd = reg_src(FLD(word, 4, 0));
	out->fn = fns[word >> 31][FLD(word, 24, 24)];
	return true;
}

/* rm: which bit */
BRANCH_IF(tbz, !(cpu->x[i->rd] >> i->rm & 1))
BRANCH_IF(tbnz, cpu->x[i->rd] >> i->rm & 1)
BODY_FOR_ROW(exec_branch_tbz, tbz);
BODY_FOR_ROW(exec_branch_tbnz, tbnz);

bool fmt_branch_tbz(uint32_t word, struct insn *out)
{
	branch_set_offset(out, FLD(word, 18, 5), 14);
	out->rm = word >> 31 << 5 | FLD(word, 23, 19);
	out->rd = reg_src(FLD(word, 4, 0));
	return true;
}

/* ---- to a register ------------------------------------------------------------ */

/*
 * Not in the jump cache: PC is @va with the tag removed (AArch64.BranchAddr),
 * if its half of the address space has TBI. Bit 55 is the half.
 */
static COLD void branch_miss(struct cpu *cpu, uint64_t va)
{
	if (cpu->tbi >> FIELD(va, 55, 55) & 1)
		va = sext64(va, 56);
	RESUME(va);
}

#define JUMP_REGISTER(va)                      \
	do {                                   \
		uint64_t va_ = (va);           \
		const struct insn *next_;      \
                                               \
		cpu->pc = va_;                 \
		next_ = block_chain(cpu, va_); \
		if (unlikely(!next_)) {        \
			branch_miss(cpu, va_); \
			return;                \
		}                              \
		GOTO_INSN(cpu, next_);         \
	} while (0)

/* BR and RET */
void exec_branch_br(struct cpu *cpu, const struct insn *i)
{
	JUMP_REGISTER(cpu->x[i->rn]);
}

void exec_branch_blr(struct cpu *cpu, const struct insn *i)
{
	uint64_t va = cpu->x[i->rn];

	cpu->x[30] = insn_pc(cpu, i) + 4;
	JUMP_REGISTER(va);
}

bool fmt_branch_reg(uint32_t word, struct insn *out)
{
	out->rn = reg_src(FLD(word, 9, 5));
	return true;
}
