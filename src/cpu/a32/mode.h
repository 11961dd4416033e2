/* SPDX-License-Identifier: MIT */
/*
 * Modes of AArch32, banked registers, and PSTATE as CPSR and SPSR have it.
 */
#ifndef FAUXKVM_CPU_A32_MODE_H
#define FAUXKVM_CPU_A32_MODE_H

#include "cpu/exec.h"
#include "isa/a32/a32.h"

/* CPSR.M. Those below EL2, without Secure state. */
enum a32_mode {
	MODE_USR = 0x10,
	MODE_FIQ = 0x11,
	MODE_IRQ = 0x12,
	MODE_SVC = 0x13,
	MODE_ABT = 0x17,
	MODE_UND = 0x1b,
	MODE_SYS = 0x1f,
};

#define CPSR_M     0x1fu
#define CPSR_T     BIT(5)
#define CPSR_E     BIT(9)
#define CPSR_FLAGS 0xf0000000u
#define CPSR_Q     BIT(27)
/* Not where AArch64 has it. */
#define CPSR_SSBS BIT(23)
/* KVM_ARM_VCPU_EL1_32BIT: Supervisor mode, A, I and F set. */
#define CPSR_RESET 0x1d3

/* N, Z, C, V, Q and GE. */
static inline uint32_t a32_apsr(const struct cpu *cpu)
{
	return get_nzcv(cpu) | (cpu->a32_q ? CPSR_Q : 0) |
	       (uint32_t)cpu->a32_ge << 16;
}

/* Index into cpu->x of R@n of @mode, whichever is current. */
unsigned int a32_reg_of_mode(const struct cpu *cpu, unsigned int mode,
			     unsigned int n);

/* PSTATE as AArch32's CPSR has it, and from an image of it. */
uint32_t a32_cpsr(const struct cpu *cpu);
void a32_set_cpsr(struct cpu *cpu, uint32_t val);

/* PSTATE.M and the registers, but not cpu->el. */
void a32_set_mode(struct cpu *cpu, unsigned int mode);

#endif
