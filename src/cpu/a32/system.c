/* SPDX-License-Identifier: MIT */
/*
 * Status and system registers of AArch32 at EL0, exceptions, IT (Arm ARM F5.1, G8).
 */
#include <string.h>

#include "base/log.h"
#include "cpu/a32/chain.h"
#include "cpu/a32/mode.h"
#include "cpu/bodies.h"
#include "cpu/counted.h"
#include "cpu/exception.h"
#include "cpu/host-atomic.h"
#include "isa/a32/operands.h"

/* ---- status registers ---------------------------------------------------- */

/* What is of the execution state reads as 0. */
static void exec_mrs(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = a32_apsr(cpu) | MODE_USR;
	NEXT;
}

static void exec_msr(struct cpu *cpu, const struct insn *i)
{
	uint32_t val =
		i->form == OPERAND_IMM ? (uint64_t)i->imm : cpu->x[i->rn];

	if (i->aux & MSR_NZCVQ) {
		set_nzcv(cpu, val & CPSR_FLAGS);
		cpu->a32_q = val & CPSR_Q;
	}
	if (i->aux & MSR_G)
		cpu->a32_ge = FIELD(val, 19, 16);
	NEXT;
}

/* ---- system registers that EL0 has ---------------------------------------- */

#define CP15_ISB       SYSREG_ENC(0, 0, 7, 5, 4)
#define CP15_DSB       SYSREG_ENC(0, 0, 7, 10, 4)
#define CP15_DMB       SYSREG_ENC(0, 0, 7, 10, 5)
#define CP15_TPIDRURW  SYSREG_ENC(0, 0, 13, 0, 2)
#define CP15_TPIDRURO  SYSREG_ENC(0, 0, 13, 0, 3)
#define TPIDR_EL0_HIGH 0xffffffff00000000

static void exec_tpidrurw_read(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uint32_t)cpu->sys.tpidr_el0;
	NEXT;
}

static void exec_tpidruro_read(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = (uint32_t)cpu->sys.tpidrro_el0;
	NEXT;
}

static void exec_tpidrurw_write(struct cpu *cpu, const struct insn *i)
{
	cpu->sys.tpidr_el0 =
		(cpu->sys.tpidr_el0 & TPIDR_EL0_HIGH) | (uint32_t)cpu->x[i->rn];
	NEXT;
}

static void exec_barrier(struct cpu *cpu, const struct insn *i)
{
	host_fence_full();
	NEXT;
}

static void exec_undefined(struct cpu *cpu, const struct insn *i)
{
	cpu_raise_undef(cpu, i);
}

static insn_fn *mrc_body(const struct insn *i)
{
	if (i->rd == REG_SINK)
		return exec_undefined;
	switch (i->imm) {
	case CP15_TPIDRURW: return exec_tpidrurw_read;
	case CP15_TPIDRURO: return exec_tpidruro_read;
	default: return exec_undefined;
	}
}

static insn_fn *mcr_body(const struct insn *i)
{
	switch (i->imm) {
	case CP15_TPIDRURW: return exec_tpidrurw_write;
	case CP15_ISB:
	case CP15_DSB:
	case CP15_DMB: return exec_barrier;
	default: return exec_undefined;
	}
}

/* ---- exceptions, IT ------------------------------------------------------ */

/* The preferred return is behind it, in the IT block that goes on. */
static void exec_svc(struct cpu *cpu, const struct insn *i)
{
	cpu->it = it_advance(i->it);
	exception_sync_len(cpu, a32_next(cpu, i), EC_SVC32, i->imm & 0xffff,
			   insn_len(i));
	if (unlikely(cpu->leave))
		return;
	JUMP(cpu->pc);
}

static void exec_bkpt(struct cpu *cpu, const struct insn *i)
{
	counted_cut(cpu, i);
	exception_sync_len(cpu, (uint32_t)insn_pc(cpu, i), EC_BKPT32,
			   i->imm & 0xffff, insn_len(i));
}

/* What is behind it knows. */
static void exec_it(struct cpu *cpu, const struct insn *i)
{
	NEXT;
}

insn_fn *a32_system_body(const struct insn *i)
{
	switch (i->op) {
	case A32_MRS: return exec_mrs;
	case A32_MSR: return exec_msr;
	case A32_MRC: return mrc_body(i);
	case A32_MCR: return mcr_body(i);
	case A32_BARRIER: return exec_barrier;
	case A32_IT: return exec_it;
	case A32_SVC: return exec_svc;
	case A32_BKPT: return exec_bkpt;
	default: return NULL;
	}
}
