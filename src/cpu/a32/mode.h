/* SPDX-License-Identifier: MIT */
/*
 * Modes of AArch32, banked registers, and PSTATE as CPSR and SPSR have it.
 */
#ifndef FAUXKVM_CPU_A32_MODE_H
#define FAUXKVM_CPU_A32_MODE_H

#include "cpu/exception.h"
#include "cpu/exec.h"
#include "isa/a32/operands.h"

/* KVM_ARM_VCPU_EL1_32BIT: Supervisor mode, A, I and F set. */
#define CPSR_RESET 0x1d3

static inline bool a32_mode_exists(unsigned int mode)
{
	switch (mode) {
	case MODE_USR:
	case MODE_FIQ:
	case MODE_IRQ:
	case MODE_SVC:
	case MODE_ABT:
	case MODE_UND:
	case MODE_SYS: return true;
	default: return false;
	}
}

/* N, Z, C, V, Q and GE. */
static inline uint32_t a32_apsr(const struct cpu *cpu)
{
	return get_nzcv(cpu) | (cpu->a32_q ? CPSR_Q : 0) |
	       (uint32_t)cpu->a32_ge << 16;
}

/* Index into cpu->x of R@n of @mode, whichever is current. */
unsigned int a32_reg_of_mode(const struct cpu *cpu, unsigned int mode,
			     unsigned int n);

/* Bits of PSTATE, as a32_pstate() has it, that the core does not have. Under an EL1 in
 * AArch64 state it has those of AArch64, whatever AArch32 has for them. SSBS is where
 * that has UAO, which is 0 there, and IT where it has SSBS. */
static inline uint64_t a32_absent(const struct cpu *cpu)
{
	if (cpu->a32_el1)
		return cpu->a32_pstate_absent;
	return (cpu->pstate_absent & (PSR_PAN | PSR_DIT)) |
	       (cpu->pstate_absent & PSR_SSBS ? CPSR_SSBS : 0);
}

/* Where SPSR_<@mode> is; NULL: the mode has none. */
uint64_t *a32_spsr_of_mode(struct cpu *cpu, unsigned int mode);

/* PSTATE as an exception to AArch64 state has it in SPSR, and from an image of it. */
uint32_t a32_pstate(const struct cpu *cpu);
void a32_set_pstate(struct cpu *cpu, uint32_t val);
/* As AArch32's own CPSR and SPSRs have it: PSTATE.SS is in none of them. */
static inline uint32_t a32_cpsr(const struct cpu *cpu)
{
	return cpu_a32_psr(a32_pstate(cpu));
}

/* FPEXC.EN or CPACR.ASEDIS changed, which blocks are decoded by. */
void a32_fp_changed(struct cpu *cpu);

/* PSTATE.M and the registers, but not cpu->el. */
void a32_set_mode(struct cpu *cpu, unsigned int mode);

#endif
