/* SPDX-License-Identifier: MIT */
/*
 * Flags, exceptions, hints, barriers and IT of AArch32 (Arm ARM F5.1), and the system
 * registers that EL0 has (G8).
 */
#include <string.h>

#include "base/log.h"
#include "cpu/a32/chain.h"
#include "cpu/a32/mode.h"
#include "cpu/a32/system.h"
#include "cpu/bodies.h"
#include "cpu/counted.h"
#include "cpu/exception.h"
#include "cpu/host-atomic.h"
#include "cpu/mmu.h"
#include "cpu/system.h"
#include "isa/a32/operands.h"

/* ---- status registers ---------------------------------------------------- */

/* What is of the execution state reads as 0; in User mode what of it is UNKNOWN, too,
 * PAN, E, A, I and F. */
#define CPSR_READABLE      0xf8ef03dfu
#define CPSR_USER_READABLE 0xf8af001fu

static void exec_mrs(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] =
		a32_cpsr(cpu) & (cpu->el ? CPSR_READABLE : CPSR_USER_READABLE);
	NEXT;
}

static void exec_msr(struct cpu *cpu, const struct insn *i)
{
	uint32_t val = a32_msr_value(cpu, i);

	set_nzcv(cpu, val & CPSR_FLAGS);
	cpu->a32_q = val & CPSR_Q;
	NEXT;
}

/* ---- system registers that EL0 has ---------------------------------------- */

#define CP15_ISB       A32_SYSREG(15, 0, 7, 5, 4)
#define CP15_DSB       A32_SYSREG(15, 0, 7, 10, 4)
#define CP15_DMB       A32_SYSREG(15, 0, 7, 10, 5)
#define CP15_TPIDRURW  A32_SYSREG(15, 0, 13, 0, 2)
#define CP15_TPIDRURO  A32_SYSREG(15, 0, 13, 0, 3)
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

static void exec_isb(struct cpu *cpu, const struct insn *i)
{
	host_fence_context();
	NEXT;
}

static void exec_dmb(struct cpu *cpu, const struct insn *i)
{
	host_fence_full();
	NEXT;
}

/* Completes this PE's maintenance on the others. */
static void exec_dsb(struct cpu *cpu, const struct insn *i)
{
	uint32_t pc = insn_pc(cpu, i), next = a32_next(cpu, i);
	uint8_t it = it_advance(i->it);

	host_fence_full();
	/* While it waits, the instruction itself may go. */
	if (unlikely(!domain_wait(cpu))) {
		counted_cut(cpu, i);
		A32_JUMP(pc); /* leaves before it is executed again */
	}
	cpu->it = it;
	A32_JUMP(next);
}

static void exec_undefined(struct cpu *cpu, const struct insn *i)
{
	cpu_raise_undef(cpu, i);
}

/* What programs do most, before the table. */
static insn_fn *coprocessor_body(const struct insn *i)
{
	insn_fn *fn = NULL;

	if (i->op == A32_MRC && i->rd != REG_SINK) {
		if (i->imm == CP15_TPIDRURW)
			return exec_tpidrurw_read;
		if (i->imm == CP15_TPIDRURO)
			return exec_tpidruro_read;
	}
	if (i->op == A32_MCR) {
		switch (i->imm) {
		case CP15_TPIDRURW: return exec_tpidrurw_write;
		case CP15_ISB: return exec_isb;
		case CP15_DSB: return exec_dsb;
		case CP15_DMB: return exec_dmb;
		}
	}
	fn = a32_cp15_body(i);
	return fn ? fn : exec_undefined;
}

/* ---- exceptions, IT ------------------------------------------------------ */

/* The preferred return is behind it, in the IT block that goes on. */
static void exec_svc(struct cpu *cpu, const struct insn *i)
{
	cpu->it = it_advance(i->it);
	exception_sync_len(cpu, a32_next(cpu, i), EC_SVC32, i->imm & 0xffff,
			   insn_len(i));
	if (unlikely(cpu->leave)) {
		cpu->exit.sync.far = i->it;
		return;
	}
	if (cpu->a32_el1)
		A32_JUMP(cpu->pc);
	JUMP(cpu->pc);
}

static void exec_hvc(struct cpu *cpu, const struct insn *i)
{
	if (leave_call(cpu, i, a32_next(cpu, i), CPU_EXIT_HVC))
		cpu->it = it_advance(i->it);
}

static void exec_smc(struct cpu *cpu, const struct insn *i)
{
	if (leave_call(cpu, i, a32_next(cpu, i), CPU_EXIT_SMC))
		cpu->it = it_advance(i->it);
}

/* While the VMM debugs, KVM routes every debug exception to itself. */
static void exec_bkpt(struct cpu *cpu, const struct insn *i)
{
	counted_cut(cpu, i);
	if (cpu->gdbg) {
		cpu->pc = (uint32_t)insn_pc(cpu, i);
		cpu->exit.debug.esr = ESR_EC(EC_BKPT32) |
				      (i->narrow ? 0 : ESR_IL) |
				      (i->imm & 0xffff);
		cpu->exit.debug.far = 0;
		cpu_leave(cpu, CPU_EXIT_DEBUG);
		return;
	}
	exception_sync_len(cpu, (uint32_t)insn_pc(cpu, i), EC_BKPT32,
			   i->imm & 0xffff, insn_len(i));
}

/* What is behind it knows. */
static void exec_it(struct cpu *cpu, const struct insn *i)
{
	NEXT;
}

/* ---- hints and barriers -------------------------------------------------- */

static void trap_wfx(struct cpu *cpu, const struct insn *i, uint32_t ti)
{
	cpu_raise_sync(cpu, i, EC_WFX, a32_iss_cond(i) | ti);
}

/* To a program alone WFI and WFE are hints: to wait is only to be slow. */
static void exec_wfi(struct cpu *cpu, const struct insn *i)
{
	uint32_t next = a32_next(cpu, i);

	if (cpu->env->flat)
		A32_JUMP(next);
	if (!cpu_wakeup_pending(cpu) && cpu->el == 0 &&
	    !(cpu->sys.sctlr_el1 & SCTLR_NTWI)) {
		trap_wfx(cpu, i, 0);
		return;
	}
	cpu->it = it_advance(i->it);
	cpu->pc = next;
	if (cpu_wakeup_pending(cpu))
		return;
	cpu->sleeps = cpu->costs;
	cpu_leave(cpu, CPU_EXIT_WFI);
}

/* Events of other PEs: as in cpu/system.c. */
static void exec_wfe(struct cpu *cpu, const struct insn *i)
{
	uint32_t next = a32_next(cpu, i);

	if (cpu->env->flat)
		A32_JUMP(next);
	if (!cpu->event && cpu->el == 0 && !(cpu->sys.sctlr_el1 & SCTLR_NTWE)) {
		trap_wfx(cpu, i, 1);
		return;
	}
	cpu->it = it_advance(i->it);
	if (cpu->event) {
		cpu->event = false;
		A32_CONTINUE(next);
	}
	cpu->pc = next;
	cpu_leave(cpu, CPU_EXIT_WFE);
}

static void exec_yield(struct cpu *cpu, const struct insn *i)
{
	uint32_t next = a32_next(cpu, i);

	cpu->it = it_advance(i->it);
	if (likely(cpu->costs || cpu->env->flat || !cpu_spins(cpu)))
		A32_JUMP(next);
	spin_rest(cpu);
	RESUME(next);
}

static void exec_sev(struct cpu *cpu, const struct insn *i)
{
	cpu->event = true;
	NEXT;
}

insn_fn *a32_system_body(const struct insn *i)
{
	switch (i->op) {
	case A32_MRS: return exec_mrs;
	case A32_MSR: return exec_msr;
	case A32_MRC:
	case A32_MCR:
	case A32_MRRC:
	case A32_MCRR: return coprocessor_body(i);
	case A32_DSB: return exec_dsb;
	case A32_WFI: return exec_wfi;
	case A32_WFE: return exec_wfe;
	case A32_YIELD: return exec_yield;
	case A32_SEV: return exec_sev;
	case A32_IT: return exec_it;
	case A32_SVC: return exec_svc;
	case A32_HVC: return exec_hvc;
	case A32_SMC: return exec_smc;
	case A32_BKPT: return exec_bkpt;
	default: return a32_vfp_system_body(i) ?: a32_privileged_body(i);
	}
}
