/* SPDX-License-Identifier: MIT */
/*
 * What is of AArch32 for EL1 alone (Arm ARM F5.1, F5.2): status registers of all
 * modes, CPS, exception returns, and loads and stores that go with exceptions. At
 * EL0 they are UNDEFINED, but CPS, which does nothing. Where there is no SPSR, in
 * User and System mode, what wants one is UNPREDICTABLE: UNDEFINED here.
 */
#include "cpu/a32/chain.h"
#include "cpu/a32/exception.h"
#include "cpu/a32/mode.h"
#include "cpu/a32/system.h"
#include "cpu/bodies.h"
#include "cpu/mem.h"
#include "cpu/mmu.h"
#include "cpu/model.h"
#include "cpu/system.h"
#include "isa/a32/operands.h"

/* True: the exception was taken. */
static inline bool spsr_undefined(struct cpu *cpu, const struct insn *i)
{
	if (likely(a32_has_spsr(cpu)))
		return false;
	cpu_raise_undef(cpu, i);
	return true;
}

/* ---- status registers ---------------------------------------------------- */

static void exec_msr_control(struct cpu *cpu, const struct insn *i)
{
	uint32_t next = a32_next(cpu, i);

	a32_write_cpsr(cpu, a32_msr_value(cpu, i), i->aux);
	cpu->it = it_advance(i->it);
	A32_CONTINUE(next);
}

static void exec_mrs_spsr(struct cpu *cpu, const struct insn *i)
{
	if (spsr_undefined(cpu, i))
		return;
	cpu->x[i->rd] = (uint32_t)*a32_spsr_of_mode(cpu, cpu->a32_mode);
	NEXT;
}

static void exec_msr_spsr(struct cpu *cpu, const struct insn *i)
{
	uint32_t mask = 0, val = a32_msr_value(cpu, i);
	uint64_t *spsr;

	if (spsr_undefined(cpu, i))
		return;
	for (unsigned int k = 0; k < 4; k++)
		mask |= i->aux >> k & 1 ? 0xffu << 8 * k : 0;
	spsr = a32_spsr_of_mode(cpu, cpu->a32_mode);
	*spsr = (uint32_t)((*spsr & ~mask) | (val & mask));
	NEXT;
}

static uint64_t *bank_register(struct cpu *cpu, const struct insn *i)
{
	if (i->imm == BANK_SPSR)
		return a32_spsr_of_mode(cpu, i->aux);
	return &cpu->x[a32_reg_of_mode(cpu, i->aux, i->imm)];
}

static void exec_mrs_bank(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i))
		return;
	cpu->x[i->rd] = (uint32_t)*bank_register(cpu, i);
	NEXT;
}

static void exec_msr_bank(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i))
		return;
	*bank_register(cpu, i) = cpu->x[i->rn];
	NEXT;
}

static void exec_cps(struct cpu *cpu, const struct insn *i)
{
	uint32_t next = a32_next(cpu, i);

	cpu->it = 0;
	if (unlikely(!cpu->el))
		A32_JUMP(next);
	if (i->form == CPS_ENABLE)
		cpu->daif &= ~i->aux;
	else
		cpu->daif |= i->aux;
	if (i->imm)
		a32_change_mode(cpu, i->imm);
	A32_CONTINUE(next);
}

/* Under an EL1 in AArch64 state it is as if SCTLR_EL1.SED, which is RES0 here,
 * were set: what Linux does. */
static void exec_setend(struct cpu *cpu, const struct insn *i)
{
	uint32_t next = a32_next(cpu, i);

	if (!cpu->a32_el1 || (cpu->sys.sctlr_el1 & SCTLR_A32_SED) ||
	    !cpu_has(cpu, FEAT_MIXED_END)) {
		cpu_raise_undef(cpu, i);
		return;
	}
	cpu->it = 0;
	cpu->big = i->imm & 1;
	A32_JUMP(next);
}

/* At EL0 it does nothing. */
static void exec_setpan(struct cpu *cpu, const struct insn *i)
{
	uint32_t next = a32_next(cpu, i);

	cpu->it = 0;
	if (likely(cpu->el)) {
		cpu->pan = i->imm & 1;
		mmu_mode_changed(cpu);
	}
	A32_JUMP(next);
}

/* ---- returns ------------------------------------------------------------- */

static void exec_eret(struct cpu *cpu, const struct insn *i)
{
	if (spsr_undefined(cpu, i))
		return;
	a32_exception_return(cpu, cpu->x[14] - i->imm);
	A32_CONTINUE(cpu->pc);
}

void a32_end_return(struct cpu *cpu, const struct insn *i)
{
	if (spsr_undefined(cpu, i - 1))
		return;
	a32_exception_return(cpu, cpu->x[REG_SINK]);
	A32_CONTINUE(cpu->pc);
}

void a32_stop_return(struct cpu *cpu, const struct insn *i)
{
	if (!spsr_undefined(cpu, i - 1))
		a32_exception_return(cpu, cpu->x[REG_SINK]);
}

static bool read_word(struct cpu *cpu, const struct insn *i, uint32_t va,
		      uint32_t *val)
{
	if (!mem_read_slow(cpu, i, va, MA_4 | MA_ALIGN, &cpu->mem_buf))
		return false;
	*val = cpu->mem_buf.s[0];
	if (unlikely(cpu->big))
		*val = __builtin_bswap32(*val);
	return true;
}

static bool write_word(struct cpu *cpu, const struct insn *i, uint32_t va,
		       uint32_t val)
{
	cpu->mem_buf.d[0] = cpu->big ? __builtin_bswap32(val) : val;
	return mem_write_slow(cpu, i, va, MA_4 | MA_ALIGN | MA_WRITE,
			      &cpu->mem_buf);
}

/* By @n words. */
static void write_back(struct cpu *cpu, const struct insn *i, unsigned int reg,
		       unsigned int n)
{
	if (i->form & LDM_WRITE_BACK)
		cpu->x[reg] = (uint32_t)(cpu->x[reg] +
					 (i->form & LDM_UP ? 4 * n : -4 * n));
}

static __attribute__((noinline)) bool rfe_done(struct cpu *cpu,
					       const struct insn *i)
{
	uint32_t va = cpu->x[i->rn] + i->imm, pc, psr;

	if (!read_word(cpu, i, va, &pc) || !read_word(cpu, i, va + 4, &psr))
		return false;
	write_back(cpu, i, i->rn, 2);
	a32_return_to(cpu, pc, psr);
	return true;
}

static void exec_rfe(struct cpu *cpu, const struct insn *i)
{
	if (el0_undefined(cpu, i) || !rfe_done(cpu, i))
		return;
	A32_CONTINUE(cpu->pc);
}

static void exec_srs(struct cpu *cpu, const struct insn *i)
{
	unsigned int sp;
	uint32_t va;

	if (spsr_undefined(cpu, i))
		return;
	if (!a32_mode_exists(i->aux)) {
		cpu_raise_undef(cpu, i);
		return;
	}
	sp = a32_reg_of_mode(cpu, i->aux, 13);
	va = cpu->x[sp] + i->imm;
	if (!write_word(cpu, i, va, cpu->x[14]) ||
	    !write_word(cpu, i, va + 4, *a32_spsr_of_mode(cpu, cpu->a32_mode)))
		return;
	write_back(cpu, i, sp, 2);
	NEXT;
}

/* ---- lists --------------------------------------------------------------- */

/* The words of the list into @vals. */
static bool read_list(struct cpu *cpu, const struct insn *i, uint32_t *vals)
{
	unsigned int n = __builtin_popcount(i->aux);
	uint32_t va = cpu->x[i->rn] + i->imm;

	for (unsigned int k = 0; k < n; k++)
		if (!read_word(cpu, i, va + 4 * k, &vals[k]))
			return false;
	return true;
}

static __attribute__((noinline)) bool ldm_return_done(struct cpu *cpu,
						      const struct insn *i)
{
	unsigned int list = i->aux, n = 0;
	uint32_t vals[16];

	if (!read_list(cpu, i, vals))
		return false;
	write_back(cpu, i, i->rn, __builtin_popcount(list));
	for (list &= ~(1u << R_PC); list; list &= list - 1)
		cpu->x[__builtin_ctz(list)] = vals[n++];
	a32_exception_return(cpu, vals[n]);
	return true;
}

static void exec_ldm_return(struct cpu *cpu, const struct insn *i)
{
	if (spsr_undefined(cpu, i) || !ldm_return_done(cpu, i))
		return;
	A32_CONTINUE(cpu->pc);
}

static __attribute__((noinline)) bool ldm_user_done(struct cpu *cpu,
						    const struct insn *i)
{
	unsigned int n = 0;
	uint32_t vals[16];

	if (!read_list(cpu, i, vals))
		return false;
	for (unsigned int list = i->aux; list; list &= list - 1)
		cpu->x[a32_reg_of_mode(cpu, MODE_USR, __builtin_ctz(list))] =
			vals[n++];
	return true;
}

static void exec_ldm_user(struct cpu *cpu, const struct insn *i)
{
	if (spsr_undefined(cpu, i) || !ldm_user_done(cpu, i))
		return;
	NEXT;
}

static void exec_stm_user(struct cpu *cpu, const struct insn *i)
{
	uint32_t va = cpu->x[i->rn] + i->imm;

	if (spsr_undefined(cpu, i))
		return;
	for (unsigned int list = i->aux; list; list &= list - 1, va += 4) {
		unsigned int n = __builtin_ctz(list);

		n = n == R_PC ? REG_SINK : a32_reg_of_mode(cpu, MODE_USR, n);
		if (!write_word(cpu, i, va, cpu->x[n]))
			return;
	}
	NEXT;
}

insn_fn *a32_privileged_body(const struct insn *i)
{
	switch (i->op) {
	case A32_MSR_control: return exec_msr_control;
	case A32_MRS_spsr: return exec_mrs_spsr;
	case A32_MSR_spsr: return exec_msr_spsr;
	case A32_MRS_bank: return exec_mrs_bank;
	case A32_MSR_bank: return exec_msr_bank;
	case A32_CPS: return exec_cps;
	case A32_SETEND: return exec_setend;
	case A32_SETPAN: return exec_setpan;
	case A32_ERET: return exec_eret;
	case A32_RFE: return exec_rfe;
	case A32_SRS: return exec_srs;
	case A32_LDM_return: return exec_ldm_return;
	case A32_LDM_user: return exec_ldm_user;
	case A32_STM_user: return exec_stm_user;
	default: return NULL;
	}
}
