/* SPDX-License-Identifier: MIT */
/*
 * Taking exceptions to an EL1 in AArch32 state and returning (Arm ARM G1.12 to
 * G1.16, pseudocode AArch32.EnterMode, AArch32.ExceptionReturn, SetPSTATEFromPSR),
 * the fault registers (G8), and what KVM injects (Linux inject_fault.c).
 */
#include "cpu/a32/exception.h"

#include "cpu/a32/mode.h"
#include "cpu/counted.h"
#include "cpu/exception.h"
#include "cpu/exec.h"
#include "cpu/host-atomic.h"
#include "cpu/mmu-internal.h"
#include "cpu/model.h"
#include "cpu/pmu.h"

enum {
	VECTOR_UND = 0x04,
	VECTOR_SVC = 0x08,
	VECTOR_PABT = 0x0c,
	VECTOR_DABT = 0x10,
	VECTOR_A32_IRQ = 0x18,
	VECTOR_A32_FIQ = 0x1c,
};
#define HIGH_VECTORS 0xffff0000u

/* ---- entry --------------------------------------------------------------- */

static uint32_t vectors(const struct cpu *cpu)
{
	return cpu->sys.sctlr_el1 & SCTLR_A32_V
		       ? HIGH_VECTORS
		       : (uint32_t)cpu->sys.vbar_el1 & ~0x1fu;
}

static void pstate_of_exception(struct cpu *cpu, unsigned int mode)
{
	uint64_t sctlr = cpu->sys.sctlr_el1;

	cpu->it = 0;
	cpu->isa = sctlr & SCTLR_A32_TE ? ISA_T32 : ISA_A32;
	cpu->big = (sctlr & SCTLR_EE) && cpu_has(cpu, FEAT_MIXED_END);
	cpu->daif |= DAIF_I;
	if (mode != MODE_SVC && mode != MODE_UND)
		cpu->daif |= DAIF_A;
	if (mode == MODE_FIQ)
		cpu->daif |= DAIF_F;
	cpu->il = cpu->ss = 0;
	cpu->stepping = false;
	cpu->step_iss = 0;
	if (!(cpu->a32_pstate_absent & PSR_PAN) && !(sctlr & SCTLR_SPAN))
		cpu->pan = 1;
	cpu->inert &= PSR_DIT;
	if (!(cpu->a32_pstate_absent & CPSR_SSBS) && (sctlr & SCTLR_A32_DSSBS))
		cpu->inert |= PSR_SSBS;
}

static void enter(struct cpu *cpu, unsigned int mode, unsigned int vector,
		  uint32_t lr)
{
	uint32_t spsr = a32_cpsr(cpu);

	if (cpu->pmu.active)
		pmu_exception(cpu, PMU_EXC_TAKEN);
	a32_set_mode(cpu, mode);
	*a32_spsr_of_mode(cpu, mode) = spsr;
	cpu->x[14] = lr;
	pstate_of_exception(cpu, mode);
	exception_set_el(cpu, 1, 0);
	cpu->pc = vectors(cpu) + vector;
	host_fence_context();
	mmu_mode_changed(cpu);
	counted_charge(cpu, COST_EXCEPTION_ENTRY, 1);
}

/* DBGDSCR.MOE, "method of debug entry". */
enum { MOE_BREAKPOINT = 1, MOE_BKPT = 3, MOE_WATCHPOINT = 10 };

static void set_moe(struct cpu *cpu, unsigned int moe)
{
	cpu->sys.mdscr_el1 = (cpu->sys.mdscr_el1 & ~DBGDSCR_MOE) | moe << 2;
}

static void set_ifar(struct cpu *cpu, const uint64_t *far)
{
	if (far)
		cpu->sys.far_el1 = (uint32_t)cpu->sys.far_el1 | *far << 32;
}

static void set_dfar(struct cpu *cpu, uint32_t far)
{
	cpu->sys.far_el1 = (cpu->sys.far_el1 & GENMASK(63, 32)) | far;
}

static void prefetch_abort(struct cpu *cpu, uint32_t ret, unsigned int fsc,
			   const uint64_t *far)
{
	cpu->sys.ifsr32_el2 = mmu_a32_fsr(cpu, fsc);
	set_ifar(cpu, far);
	enter(cpu, MODE_ABT, VECTOR_PABT, ret + 4);
}

static void data_abort(struct cpu *cpu, uint32_t ret, uint32_t iss,
		       const uint64_t *far)
{
	cpu->sys.esr_el1 = mmu_a32_fsr(cpu, iss);
	if (far)
		set_dfar(cpu, *far);
	enter(cpu, MODE_ABT, VECTOR_DABT, ret + 8);
}

void a32_exception_sync(struct cpu *cpu, uint64_t ret, unsigned int ec,
			uint32_t iss, const uint64_t *far)
{
	switch (ec) {
	case EC_SVC32: enter(cpu, MODE_SVC, VECTOR_SVC, ret); break;
	case EC_IABT_LOW:
	case EC_IABT_CUR: prefetch_abort(cpu, ret, iss, far); break;
	case EC_PC_ALIGNMENT:
		prefetch_abort(cpu, ret, FSC_ALIGNMENT, far);
		break;
	case EC_BKPT32:
	case EC_BREAKPOINT_LOW:
	case EC_BREAKPOINT_CUR:
		set_moe(cpu, ec == EC_BKPT32 ? MOE_BKPT : MOE_BREAKPOINT);
		prefetch_abort(cpu, ret, FSC_DEBUG, NULL);
		break;
	case EC_WATCHPOINT_LOW:
	case EC_WATCHPOINT_CUR: set_moe(cpu, MOE_WATCHPOINT); /* fall through */
	case EC_DABT_LOW:
	case EC_DABT_CUR: data_abort(cpu, ret, iss, far); break;
	default:
		enter(cpu, MODE_UND, VECTOR_UND,
		      ret + (cpu->isa == ISA_T32 ? 2 : 4));
		break;
	}
}

bool a32_exception_take_pending(struct cpu *cpu)
{
	uint32_t pins = atomic_load_explicit(&cpu->pins, memory_order_acquire);

	if (cpu->serror_pending && !(cpu->daif & DAIF_A)) {
		cpu->serror_pending = false;
		data_abort(cpu, cpu->pc, FSC_ASYNC_EXTERNAL, NULL);
		return true;
	}
	if ((pins & CPU_PIN_FIQ) && !(cpu->daif & DAIF_F)) {
		enter(cpu, MODE_FIQ, VECTOR_A32_FIQ, cpu->pc + 4);
		return true;
	}
	if ((pins & CPU_PIN_IRQ) && !(cpu->daif & DAIF_I)) {
		enter(cpu, MODE_IRQ, VECTOR_A32_IRQ, cpu->pc + 4);
		return true;
	}
	return false;
}

/* ---- PSTATE -------------------------------------------------------------- */

/* CPSR becomes @val, but of a mode that does not exist: PSTATE.IL instead. */
static void set_psr(struct cpu *cpu, uint32_t val)
{
	if (!a32_mode_exists(val & CPSR_M)) {
		val = (val & ~CPSR_M) | cpu->a32_mode;
		cpu->il = 1;
	}
	a32_set_pstate(cpu, cpu_a32_pstate(val) & ~a32_absent(cpu));
	exception_set_el(cpu, cpu->a32_mode != MODE_USR, 0);
	mmu_mode_changed(cpu);
}

/* Pseudocode CPSRWriteByInstr. */
void a32_write_cpsr(struct cpu *cpu, uint32_t val, unsigned int bytes)
{
	uint32_t old = a32_cpsr(cpu), mask = 0;

	if (bytes & MSR_NZCVQ)
		mask |= CPSR_FLAGS | CPSR_Q;
	if (bytes & MSR_G)
		mask |= CPSR_GE | CPSR_SSBS | CPSR_DIT |
			(cpu->el ? PSR_PAN : 0);
	if (bytes & MSR_X)
		mask |= CPSR_E | (cpu->el ? CPSR_A : 0);
	if ((bytes & MSR_C) && cpu->el)
		mask |= CPSR_I | CPSR_F | CPSR_M;
	set_psr(cpu, (old & ~mask) | (val & mask));
}

void a32_change_mode(struct cpu *cpu, unsigned int mode)
{
	set_psr(cpu, (a32_cpsr(cpu) & ~CPSR_M) | mode);
}

/* ---- return -------------------------------------------------------------- */

void a32_return_to(struct cpu *cpu, uint32_t pc, uint32_t psr)
{
	if (unlikely(cpu->pmu.active))
		pmu_exception(cpu, PMU_EXC_RETURN);
	cpu->excl_valid = false;
	cpu->event = true;
	cpu->ss = 0;
	cpu->il = FIELD(psr, 20, 20);
	set_psr(cpu, psr);
	cpu->pc = pc & (cpu->isa == ISA_T32 ? ~1u : ~3u);
	host_fence_context();
}

void a32_exception_return(struct cpu *cpu, uint32_t pc)
{
	a32_return_to(cpu, pc, *a32_spsr_of_mode(cpu, cpu->a32_mode));
}

/* ---- injection ----------------------------------------------------------- */

void a32_abort_syndrome(struct cpu *cpu, gva_t va)
{
	cpu->sys.esr_el1 = mmu_a32_fsr(cpu, FSC_EXTERNAL);
	set_dfar(cpu, va);
}

void a32_abort_enter(struct cpu *cpu)
{
	enter(cpu, MODE_ABT, VECTOR_DABT, cpu->pc + 8);
}
