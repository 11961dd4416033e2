/* SPDX-License-Identifier: MIT */
/*
 * Exception-generating instructions, hints, barriers and PSTATE fields (Arm ARM
 * C6.2, C5), and the choice of a body for classes SYS and CONTEXT. System
 * registers are in system-msr.c, maintenance instructions in system-maint.c.
 */
#include <string.h>

#include "base/log.h"
#include "cpu/bodies.h"
#include "cpu/host-atomic.h"
#include "cpu/mmu.h"
#include "cpu/model.h"
#include "cpu/pmu.h"
#include "cpu/system.h"

/* ---- UNDEFINED ----------------------------------------------------------- */

/* Once for each encoding, registers aside; races only repeat a line. */
static bool first_report(uint32_t word)
{
	static _Atomic uint64_t seen[64];
	uint32_t h = (word & 0xffe0fc00u) * 0x9e3779b1u >> 20;
	uint64_t bit = BIT(h % 64);

	return !(atomic_fetch_or(&seen[h / 64], bit) & bit);
}

/* The Rt field of an MRS, MSR or SYS instruction. */
static uint32_t field_rt(const struct insn *i)
{
	unsigned int rt = i->op == A64_MRS ? i->rd : i->rn;

	return rt < REG_SP ? rt : 31;
}

/* Of a decoded instruction only those of a register that does not exist. */
static uint32_t undefined_word(const struct insn *i)
{
	switch (i->op) {
	case A64_MRS: return 0xd5200000u | i->imm << 5 | field_rt(i);
	case A64_MSR_reg: return 0xd5000000u | i->imm << 5 | field_rt(i);
	default: return i->imm;
	}
}

/*
 * Of MRS, MSR, SYS and SYSL without a row of their own: what KVM traps all the
 * same, by HCR_EL2.TIDCP (at EL1: what is reserved for implementations) and
 * HCR_EL2.EnSCXT (SCXTNUM_ELx, which a core with MTE has).
 */
static bool is_trapped(const struct cpu *cpu, uint32_t word)
{
	uint32_t enc = word >> 5 & 0xffff, crn = SYSREG_CRN(enc);

	if ((word & 0xffc00000) != 0xd5000000)
		return false;
	if (enc == SYSREG_ENC(3, 3, 13, 0, 7))
		return true;
	return cpu->el && (enc == SYSREG_ENC(3, 0, 13, 0, 7) ||
			   ((SYSREG_OP0(enc) & 1) && (crn == 11 || crn == 15)));
}

void insn_undefined(struct cpu *cpu, const struct insn *i)
{
	uint32_t word = undefined_word(i);
	char text[96];

	if (!cpu->isa && log_enabled(LOG_WARN) && first_report(word)) {
		insn_disassemble(word, insn_pc(cpu, i), text, sizeof(text));
		if (strncmp(text, ".inst", 5))
			log_warn("undefined to the guest: %08x %s at 0x%llx, "
				 "EL%u",
				 word, text,
				 (unsigned long long)insn_pc(cpu, i), cpu->el);
	}
	if (!cpu->isa && is_trapped(cpu, word))
		cpu_raise_undef_trapped(cpu, i);
	else if (!cpu->isa && i->op == A64_MRS)
		mrs_undefined(cpu, i);
	else
		cpu_raise_undef(cpu, i);
}

static void trap_msr(struct cpu *cpu, const struct insn *i, uint32_t enc,
		     uint32_t rt)
{
	uint32_t iss = SYSREG_OP0(enc) << 20 | SYSREG_OP2(enc) << 17 |
		       SYSREG_OP1(enc) << 14 | SYSREG_CRN(enc) << 10 | rt << 5 |
		       SYSREG_CRM(enc) << 1 | (i->op == A64_MRS);

	cpu_raise_sync(cpu, i, EC_MSR, iss);
}

void system_trap(struct cpu *cpu, const struct insn *i)
{
	trap_msr(cpu, i, i->imm, field_rt(i));
}

static bool in_id_space(uint32_t enc)
{
	return SYSREG_OP0(enc) == 3 && SYSREG_CRN(enc) == 0 &&
	       SYSREG_CRM(enc) < 8 &&
	       (SYSREG_OP1(enc) <= 1 || SYSREG_OP1(enc) == 3);
}

void mrs_undefined(struct cpu *cpu, const struct insn *i)
{
	if (cpu_has(cpu, FEAT_IDST) && in_id_space(i->imm))
		system_trap(cpu, i);
	else
		cpu_raise_undef(cpu, i);
}

/* ---- exceptions ---------------------------------------------------------- */

static void exec_svc(struct cpu *cpu, const struct insn *i)
{
	cpu_raise_sync(cpu, i, EC_SVC, i->imm);
	if (unlikely(cpu->leave)) /* flat: there is no EL1 */
		return;
	JUMP(cpu->pc);
}

static void exec_hvc(struct cpu *cpu, const struct insn *i)
{
	leave_call(cpu, i, insn_pc(cpu, i) + 4, CPU_EXIT_HVC);
}

static void exec_smc(struct cpu *cpu, const struct insn *i)
{
	leave_call(cpu, i, insn_pc(cpu, i) + 4, CPU_EXIT_SMC);
}

/* While the VMM debugs, KVM routes every debug exception to itself. */
static void exec_brk(struct cpu *cpu, const struct insn *i)
{
	if (cpu->gdbg) {
		cpu->pc = insn_pc(cpu, i);
		counted_cut(cpu, i);
		cpu->exit.debug.esr = ESR_EC(EC_BRK) | ESR_IL | i->imm;
		cpu->exit.debug.far = 0;
		cpu_leave(cpu, CPU_EXIT_DEBUG);
		return;
	}
	cpu_raise_sync(cpu, i, EC_BRK, i->imm);
}

static void exec_eret(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i))
		return;
	exception_return(cpu, cpu->sys.elr_el1);
	CONTINUE(cpu->pc);
}

/* ---- hints --------------------------------------------------------------- */

static void exec_nop(struct cpu *cpu, const struct insn *i)
{
	NEXT;
}

/* ISS of EC_WFX: CV, COND always, TI. */
static void trap_wfx(struct cpu *cpu, const struct insn *i, uint32_t ti)
{
	cpu_raise_sync(cpu, i, EC_WFX, BIT(24) | 0xe << 20 | ti);
}

static void exec_wfi(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (cpu_wakeup_pending(cpu))
		RESUME(next);
	if (cpu->el == 0 && !(cpu->sys.sctlr_el1 & SCTLR_NTWI)) {
		trap_wfx(cpu, i, 0);
		return;
	}
	cpu->pc = next;
	cpu->sleeps = cpu->costs;
	cpu_leave(cpu, CPU_EXIT_WFI);
}

/*
 * An event of another PE (SEV, a cleared monitor) is not delivered: WFE never
 * sleeps, it only offers the environment to let others run.
 */
static void exec_wfe(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (cpu->event) {
		cpu->event = false;
		CONTINUE(next);
	}
	if (cpu->el == 0 && !(cpu->sys.sctlr_el1 & SCTLR_NTWE)) {
		trap_wfx(cpu, i, 1);
		return;
	}
	cpu->pc = next;
	cpu_leave(cpu, CPU_EXIT_WFE);
}

static void exec_yield(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (likely(cpu->costs || !cpu_spins(cpu)))
		JUMP(next);
	spin_rest(cpu);
	RESUME(next);
}

static void exec_sev(struct cpu *cpu, const struct insn *i)
{
	cpu->event = true;
	NEXT;
}

/* ---- barriers ------------------------------------------------------------ */

#define DISR_A        BIT(31)
#define DISR_SYNDROME GENMASK(24, 0) /* IDS, ISS */

/* A masked SError is deferred (pseudocode AArch64.vESBOperation); one that is
 * not masked was taken before. */
static void exec_esb(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(cpu->serror_pending) && (cpu->daif & DAIF_A) &&
	    cpu_has(cpu, FEAT_RAS)) {
		cpu->sys.disr_el1 = DISR_A | (cpu->serror_esr & DISR_SYNDROME);
		cpu->serror_pending = false;
	}
	NEXT;
}

static void exec_clrex(struct cpu *cpu, const struct insn *i)
{
	cpu->excl_valid = false;
	NEXT;
}

/* What a branch before it has decided on is loaded after it. */
static void exec_isb(struct cpu *cpu, const struct insn *i)
{
	host_fence_context();
	NEXT;
}

/* Completes this PE's maintenance on the others. */
static void exec_dsb(struct cpu *cpu, const struct insn *i)
{
	uint64_t pc = insn_pc(cpu, i);
	uint64_t next = pc + 4;

	host_fence_full();
	if (unlikely(!domain_wait(cpu))) {
		next = pc; /* leaves before it is executed again */
		counted_cut(cpu, i);
	}
	JUMP(next);
}

static void exec_dmb_ld(struct cpu *cpu, const struct insn *i)
{
	host_fence_load();
	NEXT;
}

static void exec_dmb_st(struct cpu *cpu, const struct insn *i)
{
	host_fence_store();
	NEXT;
}

static void exec_dmb(struct cpu *cpu, const struct insn *i)
{
	host_fence_full();
	NEXT;
}

/* ---- MSR (immediate) ----------------------------------------------------- */

static void exec_uao(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i))
		return;
	cpu->uao = i->imm & 1;
	NEXT;
}

static void exec_pan(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i))
		return;
	cpu->pan = i->imm & 1;
	mmu_mode_changed(cpu);
	NEXT;
}

static void exec_ssbs(struct cpu *cpu, const struct insn *i)
{
	cpu->inert = (cpu->inert & ~PSR_SSBS) | (i->imm & 1 ? PSR_SSBS : 0);
	NEXT;
}

static void exec_dit(struct cpu *cpu, const struct insn *i)
{
	cpu->inert = (cpu->inert & ~PSR_DIT) | (i->imm & 1 ? PSR_DIT : 0);
	NEXT;
}

static void exec_tco(struct cpu *cpu, const struct insn *i)
{
	cpu->inert = (cpu->inert & ~PSR_TCO) | (i->imm & 1 ? PSR_TCO : 0);
	NEXT;
}

static void exec_spsel(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i))
		return;
	exception_set_el(cpu, 1, i->imm & 1);
	NEXT;
}

static bool daif_imm_trapped(struct cpu *cpu, const struct insn *i,
			     unsigned int op2)
{
	if (likely(cpu->el) || (cpu->sys.sctlr_el1 & SCTLR_UMA))
		return false;
	trap_msr(cpu, i, SYSREG_ENC(0, 3, 4, i->imm, op2), 31);
	return true;
}

static void exec_daifset(struct cpu *cpu, const struct insn *i)
{
	if (daif_imm_trapped(cpu, i, 6))
		return;
	cpu->daif |= i->imm;
	NEXT;
}

static void exec_daifclr(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (daif_imm_trapped(cpu, i, 7))
		return;
	cpu->daif &= ~i->imm;
	CONTINUE(next);
}

/* ---- the choice ---------------------------------------------------------- */

static insn_fn *dmb_body(const struct insn *i)
{
	switch (i->form) {
	case DMB_LOADS: return exec_dmb_ld;
	case DMB_STORES: return exec_dmb_st;
	default: return exec_dmb;
	}
}

insn_fn *system_body(const struct insn *i)
{
	insn_fn *fn;

	switch (i->op) {
	case A64_SVC: return exec_svc;
	case A64_HVC: return exec_hvc;
	case A64_SMC: return exec_smc;
	case A64_BRK: return exec_brk;
	case A64_ERET: return exec_eret;
	case A64_HINT:
	case A64_SB: return exec_nop; /* nothing is executed ahead of time */
	case A64_ISB: return exec_isb;
	case A64_WFE: return exec_wfe;
	case A64_WFI: return exec_wfi;
	case A64_YIELD: return exec_yield;
	case A64_SEV:
	case A64_SEVL: return exec_sev;
	case A64_ESB: return exec_esb;
	case A64_CLREX: return exec_clrex;
	case A64_DSB: return exec_dsb;
	case A64_DMB: return dmb_body(i);
	case A64_MSR_imm_UAO: return exec_uao;
	case A64_MSR_imm_PAN: return exec_pan;
	case A64_MSR_imm_SSBS: return exec_ssbs;
	case A64_MSR_imm_DIT: return exec_dit;
	case A64_MSR_imm_TCO: return exec_tco;
	case A64_MSR_imm_SPSel: return exec_spsel;
	case A64_MSR_imm_DAIFSet: return exec_daifset;
	case A64_MSR_imm_DAIFClr: return exec_daifclr;
	}
	fn = msr_body(i) ?: maintenance_body(i);
	return fn ? fn : pauth_body(i);
}
