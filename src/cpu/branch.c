// SPDX-License-Identifier: MIT
/*
 * Branches (Arm ARM C4.1.93). A direct branch keeps its target as an offset
 * from the instruction. A branch to a register may carry a tag: the jump cache
 * holds canonical addresses only, so a hit needs no test for one.
 */
#include "cpu/insn-decl.h"
#include "cpu/int-body.h"

#define TARGET       (insn_pc(cpu, i) + i->imm)
#define FALL_THROUGH (insn_pc(cpu, i) + 4)

/* ---- direct ------------------------------------------------------------------ */

void exec_branch_b(struct cpu *cpu, const struct insn *i)
{
	JUMP(TARGET);
}

void exec_branch_bl(struct cpu *cpu, const struct insn *i)
{
	uint64_t pc = insn_pc(cpu, i);

	cpu->x[30] = pc + 4;
	JUMP(pc + i->imm);
}

bool fmt_branch_imm26(uint32_t word, struct insn *out)
{
	out->imm = sext64(FLD(word, 25, 0), 26) * 4;
	return true;
}

/* ---- conditional -------------------------------------------------------------- */

#define BRANCH_IF(name, condition)          \
	BODY(name)                          \
	{                                   \
		if (condition)              \
			JUMP(TARGET);       \
		else                        \
			JUMP(FALL_THROUGH); \
	}

#define BRANCH_COND(num, cond, unused)    BRANCH_IF(b_##cond, cond_holds(cpu, num))
#define BRANCH_COND_FN(num, cond, unused) [num] = b_##cond,

COND_LIST(BRANCH_COND, )
BODY_FOR_ROW(exec_branch_cond, b_al);

bool fmt_branch_cond(uint32_t word, struct insn *out)
{
	static insn_fn *const fns[] = {COND_LIST(BRANCH_COND_FN, )};

	out->imm = sext64(FLD(word, 23, 5), 19) * 4;
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

	out->imm = sext64(FLD(word, 23, 5), 19) * 4;
	out->rd = reg_src(FLD(word, 4, 0));
	out->fn = fns[word >> 31][FLD(word, 24, 24)];
	return true;
}

BRANCH_IF(tbz, !(cpu->x[i->rd] >> i->aux & 1))
BRANCH_IF(tbnz, cpu->x[i->rd] >> i->aux & 1)
BODY_FOR_ROW(exec_branch_tbz, tbz);
BODY_FOR_ROW(exec_branch_tbnz, tbnz);

bool fmt_branch_tbz(uint32_t word, struct insn *out)
{
	out->imm = sext64(FLD(word, 18, 5), 14) * 4;
	out->aux = word >> 31 << 5 | FLD(word, 23, 19);
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
