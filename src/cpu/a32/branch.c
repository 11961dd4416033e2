/* SPDX-License-Identifier: MIT */
/*
 * Branches of AArch32 (Arm ARM F5.1), all by the jump cache. A branch is the last of
 * its IT block: behind it there is none.
 */
#include "cpu/a32/chain.h"
#include "cpu/bodies.h"
#include "isa/a32/operands.h"

/* ---- direct -------------------------------------------------------------- */

static void exec_b(struct cpu *cpu, const struct insn *i)
{
	cpu->it = 0;
	A32_JUMP(insn_pc(cpu, i) + i->imm);
}

/* R14 has the instruction set in bit 0. */
static ALWAYS_INLINE void link_register(struct cpu *cpu, const struct insn *i)
{
	cpu->x[14] = a32_next(cpu, i) | (cpu->isa == ISA_T32);
	cpu->it = 0;
}

static void exec_bl(struct cpu *cpu, const struct insn *i)
{
	link_register(cpu, i);
	A32_JUMP(insn_pc(cpu, i) + i->imm);
}

static void exec_blx_imm(struct cpu *cpu, const struct insn *i)
{
	uint32_t to = insn_pc(cpu, i) + i->imm;

	link_register(cpu, i);
	if (cpu->isa == ISA_T32) {
		cpu->isa = ISA_A32;
		A32_JUMP(to & ~3u);
	}
	cpu->isa = ISA_T32;
	A32_JUMP(to);
}

static void exec_cbz(struct cpu *cpu, const struct insn *i)
{
	if (cpu->x[i->rn])
		NEXT;
	A32_JUMP(insn_pc(cpu, i) + i->imm);
}

static void exec_cbnz(struct cpu *cpu, const struct insn *i)
{
	if (!cpu->x[i->rn])
		NEXT;
	A32_JUMP(insn_pc(cpu, i) + i->imm);
}

/* ---- to a register ------------------------------------------------------- */

static void exec_bx(struct cpu *cpu, const struct insn *i)
{
	cpu->it = 0;
	A32_JUMP(a32_interwork(cpu, cpu->x[i->rm]));
}

static void exec_blx_reg(struct cpu *cpu, const struct insn *i)
{
	uint32_t to = cpu->x[i->rm];

	link_register(cpu, i);
	A32_JUMP(a32_interwork(cpu, to));
}

insn_fn *a32_branch_body(const struct insn *i)
{
	switch (i->op) {
	case A32_B: return exec_b;
	case A32_BL: return exec_bl;
	case A32_BLX_imm: return exec_blx_imm;
	case A32_CBZ: return exec_cbz;
	case A32_CBNZ: return exec_cbnz;
	case A32_BX: return exec_bx;
	case A32_BLX_reg: return exec_blx_reg;
	default: return NULL;
	}
}
