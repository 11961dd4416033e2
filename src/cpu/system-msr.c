/* SPDX-License-Identifier: MIT */
/*
 * MRS and MSR (Arm ARM C6.2, C5): registers of the table (sysreg.h), by its
 * hooks or, where plain storage is all there is, straight.
 *
 * A body that may have unmasked an interrupt goes to the run loop only if one
 * waits; what changes translation needs nothing more than the new jump cache
 * key that mmu_regime_changed() makes.
 */
#include "cpu/bodies.h"
#include "cpu/counted.h"
#include "cpu/sve/sve.h"
#include "cpu/sysreg.h"
#include "cpu/system.h"

/* ---- MRS ----------------------------------------------------------------- */

static void refuse(struct cpu *cpu, const struct insn *i, enum sysreg_answer a)
{
	switch (a) {
	case SYSREG_HIDDEN: cpu_raise_undef_trapped(cpu, i); break;
	case SYSREG_TRAP: system_trap(cpu, i); break;
	case SYSREG_TRAP_FP: cpu_raise_fp_trap(cpu, i); break;
	case SYSREG_TRAP_SVE: cpu_raise_sve_trap(cpu, i); break;
	default:
		if (i->op == A64_MRS)
			mrs_undefined(cpu, i);
		else
			cpu_raise_undef(cpu, i);
		break;
	}
}

/* True if it was done. A body that ends in NEXT has no local variable whose
 * address is taken: that would keep it from being a tail call. */
static __attribute__((noinline)) bool mrs(struct cpu *cpu, const struct insn *i)
{
	uint64_t val = cpu->x[i->rd];
	enum sysreg_answer a;

	cpu->cur = i;
	a = sysreg_mrs(cpu, sysreg_row(i->priv), &val);
	if (unlikely(a != SYSREG_DONE)) {
		refuse(cpu, i, a);
		return false;
	}
	cpu->x[i->rd] = val;
	return true;
}

/* Reading took so long, there is so much to do soon, or the read itself found an
 * interrupt to be due (a counter at a timer's match time), that the rest of the block
 * has to wait. */
static COLD void mrs_stop(struct cpu *cpu, const struct insn *i)
{
	counted_cut(cpu, i + 1);
	RESUME(insn_pc(cpu, i) + 4);
}

static void exec_mrs(struct cpu *cpu, const struct insn *i)
{
	if (!mrs(cpu, i))
		return;
	if (unlikely(cpu->cycles > cpu->limit) || exception_pending(cpu)) {
		mrs_stop(cpu, i);
		return;
	}
	NEXT;
}

static uint64_t *sys_field(struct cpu *cpu, uint64_t offset)
{
	return (uint64_t *)((char *)&cpu->sys + offset);
}

/* Plain storage. */
static void exec_mrs_el1(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!cpu->el)) {
		mrs_undefined(cpu, i);
		return;
	}
	cpu->x[i->rd] = *sys_field(cpu, i->priv);
	NEXT;
}

static void exec_mrs_el0(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = *sys_field(cpu, i->priv);
	NEXT;
}

static void exec_mrs_sp_el0(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!(cpu->el & cpu->spsel))) {
		cpu_raise_undef(cpu, i);
		return;
	}
	cpu->x[i->rd] = cpu->sp_bank[0];
	NEXT;
}

static void exec_mrs_daif(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(cpu->el == 0 && !(cpu->sys.sctlr_el1 & SCTLR_UMA))) {
		system_trap(cpu, i);
		return;
	}
	cpu->x[i->rd] = (uint64_t)cpu->daif << 6;
	NEXT;
}

static void exec_mrs_nzcv(struct cpu *cpu, const struct insn *i)
{
	cpu->x[i->rd] = get_nzcv(cpu);
	NEXT;
}

/* ---- MSR (register) ------------------------------------------------------ */

/* True if it was done. */
static bool msr(struct cpu *cpu, const struct insn *i)
{
	enum sysreg_answer a;

	cpu->cur = i;
	a = sysreg_msr(cpu, sysreg_row(i->priv), cpu->x[i->rn]);
	if (likely(a == SYSREG_DONE))
		return true;
	refuse(cpu, i, a);
	return false;
}

static void exec_msr(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (!msr(cpu, i))
		return;
	CONTINUE(next);
}

/* A register whose write changes nothing about what follows. */
static void exec_msr_next(struct cpu *cpu, const struct insn *i)
{
	if (!msr(cpu, i))
		return;
	NEXT;
}

static void exec_msr_daif(struct cpu *cpu, const struct insn *i)
{
	uint64_t next = insn_pc(cpu, i) + 4;

	if (unlikely(cpu->el == 0 && !(cpu->sys.sctlr_el1 & SCTLR_UMA))) {
		system_trap(cpu, i);
		return;
	}
	cpu->daif = FIELD(cpu->x[i->rn], 9, 6);
	CONTINUE(next);
}

static void exec_msr_nzcv(struct cpu *cpu, const struct insn *i)
{
	set_nzcv(cpu, cpu->x[i->rn] & 0xf0000000u);
	NEXT;
}

static void exec_msr_sp_el0(struct cpu *cpu, const struct insn *i)
{
	if (unlikely(!(cpu->el & cpu->spsel))) {
		cpu_raise_undef(cpu, i);
		return;
	}
	cpu->sp_bank[0] = cpu->x[i->rn];
	NEXT;
}

/* Plain storage with every bit writable. */
static void exec_msr_el1(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i))
		return;
	*sys_field(cpu, i->priv) = cpu->x[i->rn];
	NEXT;
}

static void exec_msr_el0(struct cpu *cpu, const struct insn *i)
{
	*sys_field(cpu, i->priv) = cpu->x[i->rn];
	NEXT;
}

/* ---- the choice ---------------------------------------------------------- */

static insn_fn *mrs_body(const struct insn *i)
{
	const struct sysreg_row *row = sysreg_row_find(i->imm, NULL);

	if (!row || row->access == ACC_NONE || row->access == ACC_WO ||
	    row->access == ACC_WO0)
		return insn_undefined;
	switch (row->info.enc) {
	case SYSREG_ENC(3, 0, 4, 1, 0): return exec_mrs_sp_el0;
	case SYSREG_ENC(3, 3, 4, 2, 0): return exec_mrs_nzcv;
	case SYSREG_ENC(3, 3, 4, 2, 1): return exec_mrs_daif;
	}
	if (row->hooks->read || row->hooks->trap_el0 || row->hooks->fp)
		return exec_mrs;
	return row->access == ACC_RO || row->access == ACC_RW ? exec_mrs_el1
							      : exec_mrs_el0;
}

static insn_fn *msr_reg_body(const struct insn *i)
{
	const struct sysreg_row *row = sysreg_row_find(i->imm, NULL);

	if (!row || row->access == ACC_NONE || row->access == ACC_RO ||
	    row->access == ACC_RO0)
		return insn_undefined;
	return exec_msr;
}

insn_fn *msr_body(const struct insn *i)
{
	switch (i->op) {
	case A64_MRS: return mrs_body(i);
	case A64_MSR_reg: return msr_reg_body(i);
	case A64_MSR_DAIF: return exec_msr_daif;
	case A64_MSR_NZCV: return exec_msr_nzcv;
	case A64_MSR_FPCR:
	case A64_MSR_FPSR: return exec_msr_next;
	case A64_MSR_SP_EL0: return exec_msr_sp_el0;
	case A64_MSR_SPSR_EL1:
	case A64_MSR_ELR_EL1:
	case A64_MSR_TPIDR_EL1:
	case A64_MSR_TPIDRRO_EL0: return exec_msr_el1;
	case A64_MSR_TPIDR_EL0: return exec_msr_el0;
	default: return NULL;
	}
}

enum msr_plain msr_plain(const struct insn *i, size_t *offset)
{
	insn_fn *fn = msr_body(i);
	bool el0 = fn == exec_mrs_el0 || fn == exec_msr_el0;

	if (fn == exec_mrs_sp_el0 || fn == exec_msr_sp_el0) {
		*offset = offsetof(struct cpu, sp_bank[0]);
		return MSR_PLAIN_SP_EL0;
	}
	if (!el0 && fn != exec_mrs_el1 && fn != exec_msr_el1)
		return MSR_NOT_PLAIN;
	*offset = offsetof(struct cpu, sys) +
		  sysreg_row_find(i->imm, NULL)->offset;
	return el0 ? MSR_PLAIN_EL0 : MSR_PLAIN_EL1;
}

_Static_assert(sizeof(struct cpu_sysregs) <= INT16_MAX, "priv of struct insn");

int16_t msr_priv(const struct insn *i)
{
	const struct sysreg_row *row;
	unsigned int n;

	if (i->fn == exec_mrs || i->fn == exec_msr || i->fn == exec_msr_next)
		return sysreg_row_find(i->imm, &n) ? (int16_t)n : 0;
	if (i->fn == exec_mrs_el1 || i->fn == exec_mrs_el0 ||
	    i->fn == exec_msr_el1 || i->fn == exec_msr_el0) {
		row = sysreg_row_find(i->imm, NULL);
		return row->offset;
	}
	return 0;
}
