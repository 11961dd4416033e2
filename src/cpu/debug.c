/* SPDX-License-Identifier: MIT */
/*
 * Debug exceptions (Arm ARM D2): software step, hardware breakpoints and
 * watchpoints, for the guest's own debugger (taken to EL1) and for the VMM
 * (KVM_SET_GUEST_DEBUG, which in hardware routes all of them to EL2).
 *
 * While instructions are stepped the run loop executes one at a time and asks
 * here before and after each. Breakpoints by address are asked for only where
 * they are (breaks.h), watchpoints where the software TLB has no entry: pages
 * with a watchpoint never have one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/breaks.h"
#include "cpu/exception.h"
#include "cpu/exec.h"
#include "cpu/flat.h"
#include "cpu/kvm-traps.h"
#include "cpu/mmu-internal.h"
#include "cpu/pmu.h"
#include "isa/a32/operands.h"

/* ESR_ELx of a software step: an instruction was stepped, a Load-Exclusive. */
#define ISS_STEP_ISV BIT(24)
#define ISS_STEP_EX  BIT(6)

/* Of the VMM's debugging, beyond what it asked for. */
struct debug_state {
	struct cpu_guest_debug dbg; /* first: cpu->gdbg points to it */
	uint8_t guest_ss;           /* PSTATE.SS as the guest has it */
	/* A step was done when cpu_run() ended, and is to be told at the next. */
	bool step_pending;
};

static struct debug_state *debug_state(const struct cpu *cpu)
{
	return (struct debug_state *)cpu->gdbg;
}

static bool vmm_steps(const struct cpu *cpu)
{
	return cpu->gdbg && cpu->gdbg->single_step;
}

static bool vmm_hw(const struct cpu *cpu)
{
	return cpu->gdbg && cpu->gdbg->hw;
}

/* Debug exceptions to EL1 are enabled in the current state (D2.3). */
static bool guest_enabled(const struct cpu *cpu)
{
	if (cpu->sys.oslsr_el1 & OSLSR_OSLK)
		return false;
	if (cpu->el == 0 || cpu->a32_el1) /* which has no such bits (G2.3) */
		return true;
	return (cpu->sys.mdscr_el1 & MDSCR_KDE) && !(cpu->daif & DAIF_D);
}

/* While the VMM debugs, whatever it asked for, the guest cannot step. */
static bool guest_steps(const struct cpu *cpu)
{
	return (cpu->sys.mdscr_el1 & MDSCR_SS) && !cpu->gdbg && !cpu->a32_el1 &&
	       guest_enabled(cpu);
}

/* What breakpoints and watchpoints find is an exception now. To EL2 only the
 * guest's lock of its own registers matters. */
static bool hw_enabled(const struct cpu *cpu)
{
	if (vmm_hw(cpu))
		return true;
	if (cpu->gdbg)
		return !(cpu->sys.oslsr_el1 & OSLSR_OSLK);
	return guest_enabled(cpu);
}

/* The register file in force: the VMM's replaces the guest's. */
struct debug_regs {
	const uint64_t *bcr, *bvr, *wcr, *wvr;
};

static struct debug_regs debug_regs(const struct cpu *cpu)
{
	if (vmm_hw(cpu))
		return (struct debug_regs){cpu->gdbg->bcr, cpu->gdbg->bvr,
					   cpu->gdbg->wcr, cpu->gdbg->wvr};
	return (struct debug_regs){cpu->sys.dbgbcr, cpu->sys.dbgbvr,
				   cpu->sys.dbgwcr, cpu->sys.dbgwvr};
}

/* ID_AA64DFR0_EL1 BRPs and WRPs: one less than the number. */
static unsigned int nr_breakpoints(const struct cpu *cpu)
{
	return FIELD(cpu_sysreg_get(cpu, ENC_ID_AA64DFR0), 15, 12) + 1;
}

static unsigned int nr_watchpoints(const struct cpu *cpu)
{
	return FIELD(cpu_sysreg_get(cpu, ENC_ID_AA64DFR0), 23, 20) + 1;
}

static unsigned int nr_context_breakpoints(const struct cpu *cpu)
{
	return FIELD(cpu_sysreg_get(cpu, ENC_ID_AA64DFR0), 31, 28) + 1;
}

static bool hw_monitoring(const struct cpu *cpu)
{
	return vmm_hw(cpu) || (cpu->sys.mdscr_el1 & MDSCR_MDE);
}

/* DBGBCR.BT: what a breakpoint compares. Linked ones count with the one that
 * links to them. */
enum { BT_ADDRESS = 0, BT_ADDRESS_LINKED = 1, BT_CONTEXT = 2 };

static unsigned int break_type(uint64_t bcr)
{
	return FIELD(bcr, 23, 20);
}

/* DBGBCR.BAS: a word or, of T32, the halfword at its beginning or behind that. */
enum { BAS_LOWER = 3, BAS_UPPER = 0xc, BAS_WORD = 0xf };

static bool breaks_by_address(const struct cpu *cpu, uint64_t bcr)
{
	unsigned int bas = FIELD(bcr, 8, 5);
	bool halves = cpu->a32_el1 || cpu->env->aarch32;

	return (bcr & 1) && break_type(bcr) <= BT_ADDRESS_LINKED &&
	       (bas == BAS_WORD ||
		(halves && (bas == BAS_LOWER || bas == BAS_UPPER)));
}

static gva_t break_va(uint64_t bcr, uint64_t bvr)
{
	return (sext64(bvr, 49) & ~UINT64_C(3)) +
	       (FIELD(bcr, 8, 5) == BAS_UPPER ? 2 : 0);
}

/* Where to look for breakpoints. True: some may match anywhere. */
static bool breaks_update(struct cpu *cpu)
{
	struct debug_regs r = debug_regs(cpu);
	unsigned int total = hw_monitoring(cpu) ? nr_breakpoints(cpu) : 0;
	struct cpu_breaks *b = &cpu->breaks;
	bool anywhere = false, split = true;

	b->n = 0;
	b->va = b->own;
	for (unsigned int k = 0; k < total; k++) {
		anywhere |=
			(r.bcr[k] & 1) && break_type(r.bcr[k]) == BT_CONTEXT;
		if (!breaks_by_address(cpu, r.bcr[k]))
			continue;
		b->own[b->n++] = break_va(r.bcr[k], r.bvr[k]);
		split &= breaks_offset(cpu, b->own[b->n - 1] & 0xfff);
	}
	if (!split)
		block_invalidate_all(cpu);
	return anywhere;
}

void debug_update(struct cpu *cpu)
{
	bool anywhere = breaks_update(cpu);

	cpu->debug_slow =
		anywhere || vmm_steps(cpu) || (cpu->sys.mdscr_el1 & MDSCR_SS);
	/* Pages with watchpoints must not be in the fast TLB, others may; and
	 * breakpoints not in the jump cache. */
	tlb_forget(cpu);
}

int cpu_set_guest_debug(struct cpu *cpu, const struct cpu_guest_debug *dbg)
{
	struct debug_state *s = debug_state(cpu);

	/* The VMM writes and removes its BRKs as data. */
	cpu_doubt_code(cpu);
	if (!dbg || !dbg->enable) {
		free(s);
		cpu->gdbg = NULL;
		debug_update(cpu);
		return 0;
	}
	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s)
			return -ENOMEM;
	}
	s->dbg = *dbg;
	cpu->gdbg = &s->dbg;
	debug_update(cpu);
	return 0;
}

/* ---- reporting ----------------------------------------------------------- */

/* To the VMM: PC stays where it is. Always true, for the callers' return. @ec
 * is that of a lower EL, which the guest is to EL2. */
static bool exit_to_vmm(struct cpu *cpu, unsigned int ec, uint32_t iss,
			gva_t far)
{
	cpu->exit.debug.esr = ESR_EC(ec) | ESR_IL | iss;
	cpu->exit.debug.far = far;
	if (ec == EC_WATCHPOINT_LOW)
		cpu->mmu->fault_va = far;
	cpu_leave(cpu, CPU_EXIT_DEBUG);
	return true;
}

/* @ec is that of a lower EL; of EL1 itself it is one more. */
static bool exception_to_guest(struct cpu *cpu, unsigned int ec, uint32_t iss,
			       const uint64_t *far)
{
	exception_sync(cpu, cpu->pc, ec + (cpu->el != 0), iss, far);
	return true;
}

/* ---- breakpoints --------------------------------------------------------- */

/* PMC/PAC and HMC: which exception levels match (EL1 and EL0 exist). */
static bool level_matches(uint64_t cr, unsigned int el)
{
	unsigned int pmc = FIELD(cr, 2, 1);
	bool hmc = cr & BIT(13);

	if (hmc)
		return el == 0 ? pmc == 3 : pmc != 0;
	return el == 0 ? pmc & 2 : pmc & 1;
}

/* Context-aware breakpoint @n: types 001x match CONTEXTIDR_EL1. */
static bool context_matches(const struct cpu *cpu, const struct debug_regs *r,
			    unsigned int n, bool linked)
{
	unsigned int type = break_type(r->bcr[n]);
	unsigned int total = nr_breakpoints(cpu);

	if (n >= total || n < total - nr_context_breakpoints(cpu))
		return false;
	return (r->bcr[n] & 1) && type == (linked ? 3u : BT_CONTEXT) &&
	       (uint32_t)cpu->sys.contextidr_el1 == (uint32_t)r->bvr[n];
}

static bool breakpoint_matches(const struct cpu *cpu,
			       const struct debug_regs *r, unsigned int n)
{
	uint64_t bcr = r->bcr[n];

	if (!(bcr & 1) || !level_matches(bcr, cpu->el))
		return false;
	if (break_type(bcr) == BT_CONTEXT)
		return context_matches(cpu, r, n, false);
	if (!breaks_by_address(cpu, bcr) || break_va(bcr, r->bvr[n]) != cpu->pc)
		return false;
	return break_type(bcr) == BT_ADDRESS ||
	       context_matches(cpu, r, FIELD(bcr, 19, 16), true);
}

bool debug_break(struct cpu *cpu)
{
	struct debug_regs r = debug_regs(cpu);
	unsigned int total;

	if (cpu->env->flat)
		return flat_stop(cpu);
	if (!hw_monitoring(cpu) || !hw_enabled(cpu))
		return false;
	total = nr_breakpoints(cpu);
	for (unsigned int n = 0; n < total; n++) {
		if (!breakpoint_matches(cpu, &r, n))
			continue;
		return cpu->gdbg ? exit_to_vmm(cpu, EC_BREAKPOINT_LOW,
					       FSC_DEBUG, 0)
				 : exception_to_guest(cpu, EC_BREAKPOINT_LOW,
						      FSC_DEBUG, NULL);
	}
	return false;
}

/* ---- software step ------------------------------------------------------- */

/*
 * The state machine of D2.12 is PSTATE.SS: 1, the next instruction is stepped;
 * 0, the step exception comes before any instruction. KVM sets it at each entry
 * to the guest, unless it was clear at the exit before: so what clears it at an
 * exit counts (HVC), and what KVM finishes for the guest counts only in the
 * KVM_RUN in which the guest is entered again (MMIO, SMC, WFI).
 */
void debug_enter(struct cpu *cpu)
{
	struct debug_state *s = debug_state(cpu);

	if (!s) {
		/* The return to the guest is an exception return. */
		cpu->ss = guest_steps(cpu);
		return;
	}
	s->guest_ss = cpu->ss;
	if (!s->dbg.single_step)
		return;
	cpu->ss = !s->step_pending;
	if (cpu->pc_moved == PC_AT_VECTOR && cpu->ss)
		cpu->sys.spsr_el1 |= PSR_SS;
	if (cpu->pc_moved)
		cpu->ss = 0;
}

static bool exited_by_step(const struct cpu *cpu)
{
	return cpu->exit.reason == CPU_EXIT_DEBUG &&
	       FIELD(cpu->exit.debug.esr, 31, 26) == EC_STEP_LOW;
}

void debug_leave(struct cpu *cpu)
{
	struct debug_state *s = debug_state(cpu);

	if (s->dbg.single_step)
		s->step_pending = !cpu->ss && !exited_by_step(cpu);
	cpu->ss = s->guest_ss;
}

#define INSN_ERET 0xd69f03e0u
#define INSN_HVC  0xd4000002u

/* SVC and HVC: the instruction counts as stepped before its exception. SMC is
 * trapped, HVC at EL0 is not there. */
static bool is_exception_call(const struct cpu *cpu, uint32_t word)
{
	switch (word & 0xffe0001f) {
	case 0xd4000001: return true;
	case INSN_HVC: return cpu->el != 0;
	default: return false;
	}
}

/* LDXR, LDAXR, LDXP, LDAXP of any size. What looks like a pair of bytes or
 * halfwords is CASP. */
static bool is_load_exclusive(uint32_t word)
{
	return (word & 0x3fc00000) == 0x08400000 &&
	       (!(word & BIT(21)) || (word & BIT(31)));
}

/* The instruction at @host, of which a half may be in the next page: then it is
 * none of those asked for here. */
static void decode_a32(const struct cpu *cpu, const uint8_t *host,
		       struct insn *i)
{
	uint32_t word = host[0] | host[1] << 8;
	unsigned int off = cpu->pc & 0xfff;

	*i = (struct insn){.op = A64_UNDEFINED};
	if (cpu->isa == ISA_A32) {
		memcpy(&word, host, sizeof(word));
		insn_decode_a32(word, off, i);
		return;
	}
	if (t32_is_wide(word)) {
		if (off == 0xffe)
			return;
		word = word << 16 | host[2] | host[3] << 8;
	}
	insn_decode_t32(word, off, cpu->it, i);
}

static COLD void step_prepare_a32(struct cpu *cpu, const uint8_t *host)
{
	struct insn i;

	decode_a32(cpu, host, &i);
	if (i.op == A32_SVC || (i.op == A32_HVC && cpu->el))
		cpu->ss = 0;
	cpu->stepping = true;
	cpu->step_iss = ISS_STEP_ISV;
	if (kvm_traps_a32(cpu, &i))
		cpu->step_iss = 0;
	else if (i.op && i.op < NR_A64_OPS &&
		 insn_row(i.op)->class == INSN_ATOMIC &&
		 (i.form == ATOMIC_LDXR || i.form == ATOMIC_LDXP))
		cpu->step_iss |= ISS_STEP_EX;
}

/*
 * PSTATE.SS while the instruction runs: faults save it as 1 so that the
 * instruction is stepped again; the exception calls save 0. And the syndrome
 * if it completes.
 */
static void step_prepare(struct cpu *cpu, const uint8_t *host)
{
	uint32_t word;

	if (unlikely(cpu->isa)) {
		step_prepare_a32(cpu, host);
		return;
	}
	memcpy(&word, host, sizeof(word));
	if (is_exception_call(cpu, word))
		cpu->ss = 0;
	/* The guest's ERET loads SS itself; the VMM's is not the guest's. */
	cpu->stepping = word != INSN_ERET || cpu->gdbg;
	cpu->step_iss = kvm_traps_a64(cpu, word)  ? 0
			: is_load_exclusive(word) ? ISS_STEP_ISV | ISS_STEP_EX
						  : ISS_STEP_ISV;
}

static bool exit_step(struct cpu *cpu)
{
	uint32_t iss = FSC_DEBUG | cpu->step_iss;

	cpu->step_iss = 0;
	return vmm_steps(cpu) ? exit_to_vmm(cpu, EC_STEP_LOW, iss, 0)
			      : exception_to_guest(cpu, EC_STEP_LOW, iss, NULL);
}

bool debug_before(struct cpu *cpu)
{
	bool steps = vmm_steps(cpu) || guest_steps(cpu);
	const uint8_t *host;
	gpa_t pa;

	cpu->stepping = false;
	if (steps && !cpu->ss)
		return exit_step(cpu);
	/* In the order of D1.3.5. */
	if (!mmu_fetch(cpu, cpu->pc, &pa, &host) || debug_break(cpu) ||
	    exception_illegal_state(cpu))
		return true;
	/* To fetch took the rest: as if it had been called then. */
	if (cpu->cycles >= cpu->stop) {
		cpu_leave(cpu, CPU_EXIT_TIME);
		return true;
	}
	if (steps)
		step_prepare(cpu, host);
	return false;
}

/* The instruction left cpu_run(): what it leaves undone is not stepped yet. */
static void step_left(struct cpu *cpu)
{
	uint32_t iss = cpu->step_iss;

	cpu->step_iss = 0;
	switch (cpu->exit.reason) {
	case CPU_EXIT_SMC:
	case CPU_EXIT_WFI:
		/* Trapped: PC is past it by the one who handles the exit. */
		cpu->pc_moved = PC_PAST_INSN;
		if (!vmm_steps(cpu))
			cpu->ss = 0;
		break;
	case CPU_EXIT_WFE: /* is not trapped */
		cpu->step_iss = iss;
		cpu->ss = 0;
		break;
	default: break;
	}
}

void debug_after(struct cpu *cpu)
{
	/* An exception has cleared it, and SS. */
	if (cpu->stepping) {
		if (cpu->leave)
			step_left(cpu);
		else
			cpu->ss = 0;
	}
	if (!cpu->leave && vmm_steps(cpu))
		exit_step(cpu);
}

/* ---- watchpoints --------------------------------------------------------- */

/* The bytes watchpoint @n covers: [*first, *first + returned length). */
static uint64_t watch_range(const struct debug_regs *r, unsigned int n,
			    gva_t *first)
{
	uint64_t wcr = r->wcr[n], bas = FIELD(wcr, 12, 5);
	unsigned int mask = FIELD(wcr, 28, 24);
	gva_t va = sext64(r->wvr[n], 49);

	if (mask >= 3) {
		*first = va & ~(BIT(mask) - 1);
		return BIT(mask);
	}
	if (!bas)
		return 0;
	*first = (va & ~UINT64_C(7)) + __builtin_ctz(bas);
	/* Contiguous by architecture; a gap would be UNPREDICTABLE. */
	return __builtin_popcount(bas);
}

/* *skip: how many bytes of the access come before the first watched one. */
static bool watch_overlaps(const struct debug_regs *r, unsigned int n, gva_t va,
			   uint64_t len, uint64_t *skip)
{
	gva_t first = 0;
	uint64_t size = watch_range(r, n, &first);

	*skip = first > va ? first - va : 0;
	/* By their last bytes, as the last of all has none behind it. */
	return size && va <= first + (size - 1) && first <= va + (len - 1);
}

bool debug_watched(const struct cpu *cpu, gva_t va, uint64_t len)
{
	struct debug_regs r = debug_regs(cpu);
	unsigned int total;
	uint64_t skip;

	if (likely(!hw_monitoring(cpu)))
		return false;
	total = nr_watchpoints(cpu);
	for (unsigned int n = 0; n < total; n++)
		if ((r.wcr[n] & 1) && watch_overlaps(&r, n, va, len, &skip))
			return true;
	return false;
}

/* An atomic whose read would have been found, too, counts as a read. */
static uint32_t watch_iss(unsigned int hit, unsigned int kind)
{
	return FSC_DEBUG | (hit & WATCH_LOAD ? 0 : ISS_WNR) |
	       (kind & WATCH_MAINTENANCE ? ISS_CM : 0);
}

static bool watch_raise(struct cpu *cpu, uint32_t iss, gva_t va)
{
	if (cpu->gdbg)
		return exit_to_vmm(cpu, EC_WATCHPOINT_LOW, iss, va);
	return exception_to_guest(cpu, EC_WATCHPOINT_LOW, iss, &va);
}

/*
 * FAR is the first watched byte that is accessed: of what the architecture
 * allows (D2.10.5, any byte from the lowest accessed to the highest watched)
 * the one by which a debugger finds its watchpoint. QEMU looks for no other.
 */
bool debug_watch_access(struct cpu *cpu, const struct insn *i, gva_t va,
			unsigned int len, unsigned int el, unsigned int kind)
{
	struct debug_regs r = debug_regs(cpu);
	unsigned int total;
	uint64_t skip;

	if (likely(!hw_monitoring(cpu)) || !hw_enabled(cpu))
		return false;
	total = nr_watchpoints(cpu);
	for (unsigned int n = 0; n < total; n++) {
		uint64_t wcr = r.wcr[n];
		unsigned int hit = FIELD(wcr, 4, 3) & kind;

		if (!(wcr & 1) || !level_matches(wcr, el) || !hit ||
		    !watch_overlaps(&r, n, mmu_untag(cpu, va), len, &skip))
			continue;
		if ((wcr & BIT(20)) &&
		    !context_matches(cpu, &r, FIELD(wcr, 19, 16), true))
			continue;
		cpu->pc = insn_pc(cpu, i);
		counted_cut(cpu, i);
		return watch_raise(cpu, watch_iss(hit, kind), va + skip);
	}
	return false;
}
