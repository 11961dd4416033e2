/* SPDX-License-Identifier: MIT */
/*
 * Exception-generating instructions, hints, barriers, PSTATE fields, MRS and
 * MSR (Arm ARM C6.2, C5). Maintenance instructions are in system-maint.c.
 *
 * A body that may have unmasked an interrupt goes to the run loop only if one
 * waits; what changes translation needs nothing more than the new jump cache
 * key that mmu_regime_changed() makes.
 */
#include <string.h>

#include "base/log.h"
#include "cpu/bodies.h"
#include "cpu/exception.h"
#include "cpu/exec.h"
#include "cpu/mmu.h"
#include "cpu/sysreg.h"
#include "cpu/system.h"
#include "isa/a64/formats.h"

#define SCTLR_UMA  BIT(9)
#define SCTLR_NTWI BIT(16)
#define SCTLR_NTWE BIT(18)

/* Go on at @va, by way of the run loop if an exception waits. */
#define CONTINUE(va)                                                     \
	do {                                                             \
		if (unlikely(cpu->debug_slow || exception_pending(cpu))) \
			RESUME(va);                                      \
		JUMP(va);                                                \
	} while (0)

bool fmt_sys_none(uint32_t word, struct insn *out)
{
	return true;
}

bool fmt_sys_imm16(uint32_t word, struct insn *out)
{
	out->imm = FLD(word, 20, 5);
	return true;
}

/* ---- UNDEFINED ------------------------------------------------------------ */

/* Once for each encoding, registers aside; races only repeat a line. */
static bool first_report(uint32_t word)
{
	static _Atomic uint64_t seen[64];
	uint32_t h = (word & 0xffe0fc00u) * 0x9e3779b1u >> 20;
	uint64_t bit = BIT(h % 64);

	return !(atomic_fetch_or(&seen[h / 64], bit) & bit);
}

void insn_undefined(struct cpu *cpu, const struct insn *i)
{
	uint32_t word = i->imm;
	char text[96];

	if (first_report(word)) {
		insn_disassemble(word, insn_pc(cpu, i), text, sizeof(text));
		if (strncmp(text, ".inst", 5))
			log_warn("undefined to the guest: %08x %s at 0x%llx, "
				 "EL%u",
				 word, text,
				 (unsigned long long)insn_pc(cpu, i), cpu->el);
	}
	cpu_raise_undef(cpu, i);
}

void system_trap(struct cpu *cpu, const struct insn *i, uint32_t word)
{
	uint32_t iss = FLD(word, 20, 19) << 20 | FLD(word, 7, 5) << 17 |
		       FLD(word, 18, 16) << 14 | FLD(word, 15, 12) << 10 |
		       FLD(word, 4, 0) << 5 | FLD(word, 11, 8) << 1 |
		       FLD(word, 21, 21);

	cpu_raise_sync(cpu, i, EC_MSR, iss);
}

/* ---- exceptions ----------------------------------------------------------- */

void exec_sys_svc(struct cpu *cpu, const struct insn *i)
{
	cpu_raise_sync(cpu, i, EC_SVC, i->imm);
	JUMP(cpu->pc);
}

static void leave_call(struct cpu *cpu, const struct insn *i,
		       enum cpu_exit_reason reason)
{
	if (cpu->el == 0) {
		cpu_raise_undef(cpu, i);
		return;
	}
	cpu->pc = insn_pc(cpu, i) + 4;
	cpu->exit.imm16 = i->imm;
	cpu_leave(cpu, reason);
}

void exec_sys_hvc(struct cpu *cpu, const struct insn *i)
{
	leave_call(cpu, i, CPU_EXIT_HVC);
}

void exec_sys_smc(struct cpu *cpu, const struct insn *i)
{
	leave_call(cpu, i, CPU_EXIT_SMC);
}

/* While the VMM debugs, KVM routes every debug exception to itself. */
void exec_sys_brk(struct cpu *cpu, const struct insn *i)
{
	if (cpu->gdbg) {
		cpu->pc = insn_pc(cpu, i);
		cpu->exit.debug.esr = (uint64_t)EC_BRK << 26 | BIT(25) | i->imm;
		cpu->exit.debug.far = 0;
		cpu_leave(cpu, CPU_EXIT_DEBUG);
		return;
	}
	cpu_raise_sync(cpu, i, EC_BRK, i->imm);
}

void exec_sys_eret(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(cpu->el == 0)) {
		cpu_raise_undef(cpu, i);
		return;
	}
	exception_return(cpu);
	CONTINUE(cpu->pc);
}

/* ---- hints ---------------------------------------------------------------- */

void exec_sys_nop(struct cpu *cpu, const struct insn *i)
{
	NEXT;
}

/* ISS of EC_WFX: CV, COND always, TI. */
static void trap_wfx(struct cpu *cpu, const struct insn *i, uint32_t ti)
{
	cpu_raise_sync(cpu, i, EC_WFX, BIT(24) | 0xe << 20 | ti);
}

void exec_sys_wfi(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (cpu_wakeup_pending(cpu))
		RESUME(next);
	if (cpu->el == 0 && !(cpu->sys.sctlr_el1 & SCTLR_NTWI)) {
		trap_wfx(cpu, i, 0);
		return;
	}
	cpu->pc = next;
	cpu_leave(cpu, CPU_EXIT_WFI);
}

/*
 * An event of another PE (SEV, a cleared monitor) is not delivered: WFE never
 * sleeps, it only offers the environment to let others run.
 */
void exec_sys_wfe(struct cpu *cpu, const struct insn *i)
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

void exec_sys_sev(struct cpu *cpu, const struct insn *i)
{
	cpu->event = true;
	NEXT;
}

/* ---- barriers ------------------------------------------------------------- */

void exec_sys_clrex(struct cpu *cpu, const struct insn *i)
{
	cpu->excl_valid = false;
	NEXT;
}

/* Completes this PE's maintenance on the others. */
void exec_sys_dsb(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	atomic_thread_fence(memory_order_seq_cst);
	domain_wait(cpu);
	JUMP(next);
}

static void exec_sys_dmb_ld(struct cpu *cpu, const struct insn *i)
{
	atomic_thread_fence(memory_order_acquire);
	NEXT;
}

static void exec_sys_dmb_st(struct cpu *cpu, const struct insn *i)
{
	atomic_thread_fence(memory_order_release);
	NEXT;
}

bool fmt_sys_dmb(uint32_t word, struct insn *out)
{
	switch (FLD(word, 9, 8)) {
	case 1: out->fn = exec_sys_dmb_ld; break;
	case 2: out->fn = exec_sys_dmb_st; break;
	}
	return true;
}

void exec_sys_dmb(struct cpu *cpu, const struct insn *i)
{
	atomic_thread_fence(memory_order_seq_cst);
	NEXT;
}

/* ---- MSR (immediate) ------------------------------------------------------ */

/* imm: the value. */
bool fmt_sys_imm4(uint32_t word, struct insn *out)
{
	out->imm = FLD(word, 11, 8);
	return true;
}

void exec_sys_uao(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(cpu->el == 0)) {
		cpu_raise_undef(cpu, i);
		return;
	}
	cpu->uao = i->imm & 1;
	NEXT;
}

void exec_sys_pan(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(cpu->el == 0)) {
		cpu_raise_undef(cpu, i);
		return;
	}
	cpu->pan = i->imm & 1;
	mmu_mode_changed(cpu);
	NEXT;
}

void exec_sys_spsel(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(cpu->el == 0)) {
		cpu_raise_undef(cpu, i);
		return;
	}
	exception_set_el(cpu, 1, i->imm & 1);
	NEXT;
}

static bool daif_imm_trapped(struct cpu *cpu, const struct insn *i,
			     unsigned int op2)
{
	if (likely(cpu->el) || (cpu->sys.sctlr_el1 & SCTLR_UMA))
		return false;
	system_trap(cpu, i, 0xd503401fu | i->imm << 8 | op2 << 5);
	return true;
}

void exec_sys_daifset(struct cpu *cpu, const struct insn *i)
{
	if (daif_imm_trapped(cpu, i, 6))
		return;
	cpu->daif |= i->imm;
	NEXT;
}

void exec_sys_daifclr(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (daif_imm_trapped(cpu, i, 7))
		return;
	cpu->daif &= ~i->imm;
	CONTINUE(next);
}

/* ---- MRS ------------------------------------------------------------------ */

static void refuse(struct cpu *cpu, const struct insn *i, uint32_t word,
		   enum sysreg_answer a)
{
	switch (a) {
	case SYSREG_TRAP: system_trap(cpu, i, word); break;
	case SYSREG_TRAP_FP: cpu_raise_fp_trap(cpu, i); break;
	default: cpu_raise_undef(cpu, i); break;
	}
}

/* True if it was done. A body that ends in NEXT has no local variable whose
 * address is taken: that would keep it from being a tail call. */
static __attribute__((noinline)) bool mrs(struct cpu *cpu, const struct insn *i)
{
	enum sysreg_answer a;
	uint64_t val;

	cpu->cur = i;
	a = sysreg_mrs(cpu, sysreg_row(i->aux), &val);
	if (unlikely(a != SYSREG_DONE)) {
		refuse(cpu, i, i->imm, a);
		return false;
	}
	cpu->x[i->rd] = val;
	return true;
}

/* imm: the instruction; aux: the row's number. */
void exec_sys_mrs(struct cpu *cpu, const struct insn *i)
{
	if (!mrs(cpu, i))
		return;
	NEXT;
}

static uint64_t *sys_field(struct cpu *cpu, uint64_t offset)
{
	return (uint64_t *)((char *)&cpu->sys + offset);
}

/* Plain storage, imm: its offset. */
static void exec_sys_mrs_el1(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(cpu->el == 0)) {
		cpu_raise_undef(cpu, i);
		return;
	}
	cpu->x[i->rd] = *sys_field(cpu, i->imm);
	NEXT;
}

static void exec_sys_mrs_el0(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = *sys_field(cpu, i->imm);
	NEXT;
}

static void exec_sys_mrs_sp_el0(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!(cpu->el & cpu->spsel))) {
		cpu_raise_undef(cpu, i);
		return;
	}
	cpu->x[i->rd] = cpu->sp_bank[0];
	NEXT;
}

static void exec_sys_mrs_daif(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(cpu->el == 0 && !(cpu->sys.sctlr_el1 & SCTLR_UMA))) {
		system_trap(cpu, i,
			    0xd53b4220u | (i->rd == REG_SINK ? 31 : i->rd));
		return;
	}
	cpu->x[i->rd] = (uint64_t)cpu->daif << 6;
	NEXT;
}

static void exec_sys_mrs_nzcv(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = get_nzcv(cpu);
	NEXT;
}

bool fmt_sys_mrs(uint32_t word, struct insn *out)
{
	const struct sysreg_row *row;
	unsigned int n;

	row = sysreg_row_find(FLD(word, 20, 5), &n);
	if (!row || row->access == ACC_NONE || row->access == ACC_WO)
		return false;
	out->rd = reg_dst(FLD(word, 4, 0));
	out->aux = n;
	out->imm = word;
	switch (row->info.enc) {
	case SYSREG_ENC(3, 0, 4, 1, 0): out->fn = exec_sys_mrs_sp_el0; break;
	case SYSREG_ENC(3, 3, 4, 2, 0): out->fn = exec_sys_mrs_nzcv; break;
	case SYSREG_ENC(3, 3, 4, 2, 1): out->fn = exec_sys_mrs_daif; break;
	default:
		if (row->hooks->read || row->hooks->trap_el0 || row->hooks->fp)
			break;
		out->imm = row->offset;
		out->fn = row->access == ACC_RO || row->access == ACC_RW
				  ? exec_sys_mrs_el1
				  : exec_sys_mrs_el0;
	}
	return true;
}

/* ---- MSR (register) ------------------------------------------------------- */

bool fmt_sys_msr(uint32_t word, struct insn *out)
{
	const struct sysreg_row *row;
	unsigned int n;

	row = sysreg_row_find(FLD(word, 20, 5), &n);
	if (!row || row->access == ACC_NONE || row->access == ACC_RO ||
	    row->access == ACC_RO0)
		return false;
	out->rn = reg_src(FLD(word, 4, 0));
	out->aux = n;
	out->imm = word;
	return true;
}

/* True if it was done. */
static bool msr(struct cpu *cpu, const struct insn *i)
{
	enum sysreg_answer a;

	cpu->cur = i;
	a = sysreg_msr(cpu, sysreg_row(i->aux), cpu->x[i->rn]);
	if (likely(a == SYSREG_DONE))
		return true;
	refuse(cpu, i, i->imm, a);
	return false;
}

void exec_sys_msr(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (!msr(cpu, i))
		return;
	CONTINUE(next);
}

/* A register whose write changes nothing about what follows. */
void exec_sys_msr_next(struct cpu *cpu, const struct insn *i)
{
	if (!msr(cpu, i))
		return;
	NEXT;
}

void exec_sys_msr_daif(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (unlikely(cpu->el == 0 && !(cpu->sys.sctlr_el1 & SCTLR_UMA))) {
		system_trap(cpu, i, i->imm);
		return;
	}
	cpu->daif = FIELD(cpu->x[i->rn], 9, 6);
	CONTINUE(next);
}

void exec_sys_msr_nzcv(struct cpu *cpu, const struct insn *i)
{
	set_nzcv(cpu, cpu->x[i->rn] & 0xf0000000u);
	NEXT;
}

void exec_sys_msr_sp_el0(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!(cpu->el & cpu->spsel))) {
		cpu_raise_undef(cpu, i);
		return;
	}
	cpu->sp_bank[0] = cpu->x[i->rn];
	NEXT;
}

/* Plain storage with every bit writable, imm: its offset. */
bool fmt_sys_msr_store(uint32_t word, struct insn *out)
{
	if (!fmt_sys_msr(word, out))
		return false;
	out->imm = sysreg_row(out->aux)->offset;
	return true;
}

void exec_sys_msr_el1(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(cpu->el == 0)) {
		cpu_raise_undef(cpu, i);
		return;
	}
	*sys_field(cpu, i->imm) = cpu->x[i->rn];
	NEXT;
}

void exec_sys_msr_el0(struct cpu *cpu, const struct insn *i)
{
	*sys_field(cpu, i->imm) = cpu->x[i->rn];
	NEXT;
}
