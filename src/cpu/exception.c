/* SPDX-License-Identifier: MIT */
/*
 * Taking exceptions to EL1 and returning (Arm ARM D1.3, pseudocode
 * AArch64.TakeException, AArch64.ExceptionReturn), the PSTATE image, and what
 * KVM injects (Linux inject_fault.c for the syndromes).
 */
#include "cpu/exception.h"

#include "cpu/a32/exception.h"
#include "cpu/a32/mode.h"
#include "cpu/exec.h"
#include "cpu/flat.h"
#include "cpu/host-atomic.h"
#include "cpu/mmu.h"
#include "cpu/pmu.h"

#define PSR_M4 BIT(4) /* AArch32 */

/* ---- PSTATE -------------------------------------------------------------- */

void exception_set_el(struct cpu *cpu, unsigned int el, unsigned int spsel)
{
	unsigned int old = cpu->el & cpu->spsel, new = el &spsel;

	if (old != new) {
		cpu->sp_bank[old] = cpu->x[REG_SP];
		cpu->x[REG_SP] = cpu->sp_bank[new];
	}
	cpu->el = el;
	cpu->spsel = spsel;
}

/* Each field is 0 or 1 but for DAIF. */
static ALWAYS_INLINE uint64_t pstate_but_btype(const struct cpu *cpu)
{
	return get_nzcv(cpu) |
	       ((uint32_t)cpu->uao << 23 | (uint32_t)cpu->pan << 22 |
		(uint32_t)cpu->ss << 21 | (uint32_t)cpu->il << 20 | cpu->inert |
		(uint32_t)cpu->daif << 6 | (uint32_t)cpu->el << 2 |
		(cpu->el & cpu->spsel));
}

static inline uint64_t pstate_of(const struct cpu *cpu)
{
	return pstate_but_btype(cpu) | (uint32_t)cpu->btype << 10;
}

uint64_t cpu_pstate(const struct cpu *cpu)
{
	return cpu->isa ? a32_pstate(cpu) : pstate_of(cpu);
}

/* The parts that every return reinstates, legal or not. */
static ALWAYS_INLINE void pstate_set_flags(struct cpu *cpu, uint64_t val)
{
	set_nzcv(cpu, val & 0xf0000000u);
	cpu->pan = FIELD(val, 22, 22);
	cpu->inert = val & (PSR_SSBS | PSR_DIT | PSR_TCO);
	cpu->daif = FIELD(val, 9, 6);
}

/* Is the image @val one of AArch32, and the core one that has it? */
static inline bool pstate_is_a32(const struct cpu *cpu, uint64_t val)
{
	return unlikely(val & PSR_M4) && (cpu->env->aarch32 || cpu->a32_el1);
}

/* What the core lacks of the image @val. */
static inline uint64_t pstate_absent(const struct cpu *cpu, uint64_t val)
{
	return likely(!pstate_is_a32(cpu, val)) ? cpu->pstate_absent
						: a32_absent(cpu);
}

void cpu_set_pstate(struct cpu *cpu, uint64_t val)
{
	if (unlikely(cpu->pmu.active))
		pmu_sync(cpu);
	val &= ~pstate_absent(cpu, val);
	cpu->code_state = 0;
	cpu->btype = 0;
	cpu->ss = FIELD(val, 21, 21);
	cpu->il = FIELD(val, 20, 20);
	if (pstate_is_a32(cpu, val)) {
		a32_set_pstate(cpu, val);
		exception_set_el(cpu, cpu->a32_mode != MODE_USR, 0);
	} else {
		a32_set_mode(cpu, MODE_USR);
		pstate_set_flags(cpu, val);
		cpu->uao = FIELD(val, 23, 23);
		cpu->btype = FIELD(val, 11, 10);
		exception_set_el(cpu, FIELD(val, 2, 2), val & 1);
	}
	mmu_mode_changed(cpu);
}

uint64_t cpu_sp(const struct cpu *cpu, unsigned int el)
{
	return el == (cpu->el & cpu->spsel) ? cpu->x[REG_SP] : cpu->sp_bank[el];
}

void cpu_set_sp(struct cpu *cpu, unsigned int el, uint64_t val)
{
	if (el == (cpu->el & cpu->spsel))
		cpu->x[REG_SP] = val;
	else
		cpu->sp_bank[el] = val;
}

/* ---- entry --------------------------------------------------------------- */

/* From AArch32 state: SPSR_EL1. How far the vectors are from those of AArch64. */
static COLD unsigned int leave_a32(struct cpu *cpu)
{
	cpu->sys.spsr_el1 = a32_pstate(cpu);
	cpu->code_state = 0;
	return 0x200;
}

/*
 * Take an exception to EL1h: SPSR_EL1 from PSTATE, ELR_EL1 = @ret, PSTATE and
 * PC for vector @vector (the group by current EL and SP is added), mmu regime
 * updated. ESR/FAR are the caller's.
 */
static ALWAYS_INLINE void enter_el1(struct cpu *cpu, unsigned int vector,
				    uint64_t ret)
{
	bool pan;

	if (cpu->el == 0)
		vector += 0x400;
	else if (cpu->spsel)
		vector += 0x200;
	cpu->sys.spsr_el1 = pstate_but_btype(cpu);
	if (unlikely(cpu->btype)) {
		cpu->sys.spsr_el1 |= (uint32_t)cpu->btype << 10;
		cpu->btype = 0;
	}
	cpu->sys.elr_el1 = ret;
	if (unlikely(cpu->isa))
		vector += leave_a32(cpu);
	exception_set_el(cpu, 1, 1);
	cpu->daif = DAIF_D | DAIF_A | DAIF_I | DAIF_F;
	cpu->uao = cpu->il = cpu->ss = 0;
	cpu->stepping = false;
	cpu->step_iss = 0;
	pan = cpu->pan | !(cpu->sys.sctlr_el1 & SCTLR_SPAN);
	cpu->pan = pan;
	cpu->inert = (cpu->inert & PSR_DIT) | cpu->mte.tco_at_entry |
		     (cpu->sys.sctlr_el1 >> 32 & PSR_SSBS); /* DSSBS */
	cpu->pc = (cpu->sys.vbar_el1 & ~UINT64_C(0x7ff)) + vector;
	host_fence_context();
	mmu_mode_is(cpu, 1, pan, false);
}

static COLD void enter_counted(struct cpu *cpu, unsigned int vector,
			       uint64_t ret)
{
	if (cpu->pmu.active)
		pmu_exception(cpu, PMU_EXC_TAKEN);
	enter_el1(cpu, vector, ret);
	counted_charge(cpu, COST_EXCEPTION_ENTRY, 1);
}

static void exception_enter(struct cpu *cpu, unsigned int vector, uint64_t ret)
{
	if (cpu_counts(cpu))
		enter_counted(cpu, vector, ret);
	else
		enter_el1(cpu, vector, ret);
}

void exception_sync_len(struct cpu *cpu, uint64_t ret, unsigned int ec,
			uint32_t iss, unsigned int len)
{
	uint64_t esr = ESR_EC(ec) | (len == 4 ? ESR_IL : 0) | iss;

	if (unlikely(cpu->exceptions_apart)) {
		if (cpu->env->flat)
			flat_exception(cpu, ret, esr, 0);
		else
			a32_exception_sync(cpu, ret, ec, iss, NULL);
		return;
	}
	cpu->sys.esr_el1 = esr;
	exception_enter(cpu, VECTOR_SYNC, ret);
}

void exception_sync(struct cpu *cpu, uint64_t ret, unsigned int ec,
		    uint32_t iss, const uint64_t *far)
{
	if (unlikely(cpu->exceptions_apart)) {
		if (cpu->env->flat)
			flat_exception(cpu, ret, ESR_EC(ec) | ESR_IL | iss,
				       far ? *far : 0);
		else
			a32_exception_sync(cpu, ret, ec, iss, far);
		return;
	}
	cpu->sys.esr_el1 = ESR_EC(ec) | ESR_IL | iss;
	if (far)
		cpu->sys.far_el1 = *far;
	exception_enter(cpu, VECTOR_SYNC, ret);
}

static ALWAYS_INLINE void raise_sync(struct cpu *cpu, const struct insn *i,
				     unsigned int ec, uint32_t iss)
{
	exception_sync(cpu, insn_pc(cpu, i) + (ec == EC_SVC ? 4 : 0), ec, iss,
		       NULL);
}

static COLD void raise_counted(struct cpu *cpu, const struct insn *i,
			       unsigned int ec, uint32_t iss)
{
	if (ec != EC_SVC)
		counted_take_back(cpu, i);
	raise_sync(cpu, i, ec, iss);
}

void cpu_raise_sync(struct cpu *cpu, const struct insn *i, unsigned int ec,
		    uint32_t iss)
{
	if (cpu_counts(cpu))
		raise_counted(cpu, i, ec, iss);
	else
		raise_sync(cpu, i, ec, iss);
}

bool exception_illegal_state(struct cpu *cpu)
{
	if (likely(!cpu->il))
		return false;
	exception_sync(cpu, cpu->pc, EC_ILLEGAL_STATE, 0, NULL);
	return true;
}

void cpu_raise_undef(struct cpu *cpu, const struct insn *i)
{
	cpu_raise_sync(cpu, i, EC_UNKNOWN, 0);
}

void exception_is_kvms(struct cpu *cpu)
{
	if (!cpu->mte.on)
		cpu->inert &= ~PSR_TCO;
}

COLD void cpu_raise_undef_trapped(struct cpu *cpu, const struct insn *i)
{
	cpu_raise_undef(cpu, i);
	exception_is_kvms(cpu);
}

/* ISS: CV, COND always; the trapped instruction set is A64. */
void cpu_raise_fp_trap(struct cpu *cpu, const struct insn *i)
{
	cpu_raise_sync(cpu, i, EC_FP, BIT(24) | 0xe << 20);
}

bool cpu_raise_sp_alignment(struct cpu *cpu, const struct insn *i)
{
	if (!(cpu->sys.sctlr_el1 & (cpu->el ? SCTLR_SA : SCTLR_SA0)))
		return false;
	cpu_raise_sync(cpu, i, EC_SP_ALIGNMENT, 0);
	return true;
}

/* ---- asynchronous -------------------------------------------------------- */

bool exception_is_unmasked(const struct cpu *cpu)
{
	uint32_t pins = atomic_load_explicit(&cpu->pins, memory_order_relaxed);

	return (cpu->serror_pending && !(cpu->daif & DAIF_A)) ||
	       ((pins & CPU_PIN_FIQ) && !(cpu->daif & DAIF_F)) ||
	       ((pins & CPU_PIN_IRQ) && !(cpu->daif & DAIF_I));
}

bool exception_take_pending(struct cpu *cpu)
{
	uint32_t pins = atomic_load_explicit(&cpu->pins, memory_order_acquire);

	if (likely(!pins && !cpu->serror_pending))
		return false;
	if (unlikely(cpu->a32_el1))
		return a32_exception_take_pending(cpu);
	if (cpu->serror_pending && !(cpu->daif & DAIF_A)) {
		cpu->serror_pending = false;
		cpu->sys.esr_el1 = ESR_EC(EC_SERROR) | ESR_IL |
				   (cpu->serror_esr & GENMASK(24, 0));
		exception_enter(cpu, VECTOR_SERROR, cpu->pc);
		return true;
	}
	if ((pins & CPU_PIN_FIQ) && !(cpu->daif & DAIF_F)) {
		exception_enter(cpu, VECTOR_FIQ, cpu->pc);
		return true;
	}
	if ((pins & CPU_PIN_IRQ) && !(cpu->daif & DAIF_I)) {
		exception_enter(cpu, VECTOR_IRQ, cpu->pc);
		return true;
	}
	return false;
}

/* ---- return -------------------------------------------------------------- */

/* Only EL0t, EL1t and EL1h in AArch64 state exist below or at EL1, and User mode
 * if the core has it. */
static bool return_is_illegal(const struct cpu *cpu, uint64_t spsr)
{
	unsigned int mode = FIELD(spsr, 3, 0);

	if (spsr & PSR_M4)
		return mode || !cpu->env->aarch32;
	return mode != 0 && mode != 4 && mode != 5;
}

/* Debug exceptions would be taken from @el with PSTATE.D = @d (D2.3). */
static bool debug_enabled(const struct cpu *cpu, unsigned int el, bool d)
{
	if (cpu->sys.oslsr_el1 & OSLSR_OSLK)
		return false;
	return el == 0 || ((cpu->sys.mdscr_el1 & MDSCR_KDE) && !d);
}

/* PSTATE.SS after the return, pseudocode DebugExceptionReturnSS. While the VMM
 * debugs, KVM takes MDSCR_EL1.SS from the guest. */
static bool return_ss(const struct cpu *cpu, unsigned int el, uint64_t spsr)
{
	return (cpu->sys.mdscr_el1 & MDSCR_SS) && !cpu->gdbg &&
	       (spsr & PSR_SS) &&
	       !debug_enabled(cpu, cpu->el, cpu->daif & DAIF_D) &&
	       debug_enabled(cpu, el, spsr & BIT(9));
}

/* To AArch32 state: the rest of PSTATE, and what of ELR_EL1 is the PC. */
static COLD uint64_t enter_a32(struct cpu *cpu, uint64_t spsr, uint64_t pc)
{
	a32_set_pstate(cpu, spsr);
	for (unsigned int k = 0; k < 15; k++)
		cpu->x[k] = (uint32_t)cpu->x[k];
	return (uint32_t)pc & (cpu->isa == ISA_T32 ? ~1u : ~3u);
}

/* @plain: to AArch64 state, and EL1 has nothing stepped; no function is called,
 * which would have registers saved. */
static ALWAYS_INLINE void return_from_el1(struct cpu *cpu, uint64_t pc,
					  bool plain)
{
	uint64_t spsr = cpu->sys.spsr_el1;
	unsigned int el = cpu->el;
	bool il = true, illegal;

	spsr &= ~(plain ? cpu->pstate_absent : pstate_absent(cpu, spsr));
	illegal = return_is_illegal(cpu, spsr);
	cpu->excl_valid = false;
	cpu->event = true;
	if (likely(!illegal)) {
		el = FIELD(spsr, 2, 2);
		il = FIELD(spsr, 20, 20);
		cpu->uao = FIELD(spsr, 23, 23);
	}
	cpu->ss = !plain && return_ss(cpu, el, spsr);
	cpu->il = il;
	if (likely(!illegal))
		exception_set_el(cpu, el, spsr & 1);
	if (!plain && (spsr & PSR_M4) && !illegal)
		pc = enter_a32(cpu, spsr, pc);
	else {
		pstate_set_flags(cpu, spsr);
		if (unlikely(spsr & PSR_BTYPE)) /* else it is 0 */
			cpu->btype = FIELD(spsr, 11, 10);
	}
	cpu->pc = branch_address(cpu, pc);
	host_fence_context();
	mmu_mode_is(cpu, el, cpu->pan, il);
}

static COLD void return_otherwise(struct cpu *cpu, uint64_t pc)
{
	if (cpu->pmu.active)
		pmu_exception(cpu, PMU_EXC_RETURN);
	return_from_el1(cpu, pc, false);
}

void exception_return(struct cpu *cpu, uint64_t pc)
{
	if (unlikely(cpu->pmu.active || (cpu->sys.mdscr_el1 & MDSCR_SS) ||
		     (cpu->sys.spsr_el1 & PSR_M4)))
		return_otherwise(cpu, pc);
	else
		return_from_el1(cpu, pc, true);
}

/* ---- injection ----------------------------------------------------------- */

void cpu_abort_syndrome(struct cpu *cpu, gva_t va, bool il)
{
	if (cpu->a32_el1) {
		a32_abort_syndrome(cpu, va);
		return;
	}
	cpu->sys.esr_el1 = ESR_EC(cpu->el ? EC_DABT_CUR : EC_DABT_LOW) |
			   (il ? ESR_IL : 0) | 0x10;
	cpu->sys.far_el1 = va;
}

void cpu_abort_enter(struct cpu *cpu)
{
	cpu->pc_moved = PC_AT_VECTOR;
	if (cpu->a32_el1) {
		a32_abort_enter(cpu);
		return;
	}
	exception_enter(cpu, VECTOR_SYNC, cpu->pc);
	exception_is_kvms(cpu);
}
