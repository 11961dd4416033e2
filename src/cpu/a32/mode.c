/* SPDX-License-Identifier: MIT */
/*
 * Modes of AArch32, the registers that each has of its own, and PSTATE as CPSR
 * has it (Arm ARM G1.8, G1.9, D1.20.1).
 *
 * Every register of every mode is one of X0 to X30. Those of the current mode
 * are x[0..14], since bodies know of no modes: where R<n> of the mode is another
 * X register, that and x[n], which is User mode's, have changed places.
 */
#include "cpu/a32/mode.h"

#include "cpu/exception.h"
#include "cpu/exec.h"
#include "cpu/model.h"

/* ---- registers ----------------------------------------------------------- */

/* The X register that R@n of @mode is. */
static unsigned int x_of(unsigned int mode, unsigned int n)
{
	unsigned int lr;

	switch (mode) {
	case MODE_FIQ: return n < 8 || n > 14 ? n : 16 + n;
	case MODE_IRQ: lr = 16; break;
	case MODE_SVC: lr = 18; break;
	case MODE_ABT: lr = 20; break;
	case MODE_UND: lr = 22; break;
	default: return n;
	}
	return n == 13 || n == 14 ? lr + 14 - n : n;
}

/* From where the registers of User mode are all in place to where those of @mode
 * are, or back. */
static void exchange(uint64_t *x, unsigned int mode)
{
	for (unsigned int n = mode == MODE_FIQ ? 8 : 13; n < 15; n++) {
		unsigned int k = x_of(mode, n);
		uint64_t val = x[n];

		x[n] = x[k];
		x[k] = val;
	}
}

unsigned int a32_reg_of_mode(const struct cpu *cpu, unsigned int mode,
			     unsigned int n)
{
	unsigned int k = x_of(mode, n), current = x_of(cpu->a32_mode, n);

	if (k == current)
		return n;
	return k == n ? current : k;
}

void a32_set_mode(struct cpu *cpu, unsigned int mode)
{
	if (cpu->a32_mode == mode)
		return;
	exchange(cpu->x, cpu->a32_mode);
	exchange(cpu->x, mode);
	cpu->a32_mode = mode;
}

void cpu_a32_regs_to_x(const struct cpu *cpu, uint64_t x[31])
{
	memcpy(x, cpu->x, 31 * sizeof(*x));
	exchange(x, cpu->a32_mode);
}

void cpu_a32_regs_from_x(struct cpu *cpu, const uint64_t x[31])
{
	for (unsigned int k = 0; k < 31; k++)
		cpu->x[k] = (uint32_t)x[k];
	exchange(cpu->x, cpu->a32_mode);
}

uint64_t *a32_spsr_of_mode(struct cpu *cpu, unsigned int mode)
{
	switch (mode) {
	case MODE_FIQ: return &cpu->sys.spsr_fiq;
	case MODE_IRQ: return &cpu->sys.spsr_irq;
	case MODE_SVC: return &cpu->sys.spsr_el1;
	case MODE_ABT: return &cpu->sys.spsr_abt;
	case MODE_UND: return &cpu->sys.spsr_und;
	default: return NULL;
	}
}

/* ---- PSTATE -------------------------------------------------------------- */

uint32_t a32_pstate(const struct cpu *cpu)
{
	return a32_apsr(cpu) | (uint32_t)(cpu->it & 3) << 25 |
	       (cpu->inert & PSR_SSBS ? CPSR_SSBS : 0) |
	       (cpu->inert & PSR_DIT) | (cpu->pan ? PSR_PAN : 0) |
	       (cpu->ss ? PSR_SS : 0) | (uint32_t)cpu->il << 20 |
	       (uint32_t)(cpu->it >> 2) << 10 | (cpu->big ? CPSR_E : 0) |
	       (uint32_t)(cpu->daif & ~DAIF_D) << 6 |
	       (cpu->isa == ISA_T32 ? CPSR_T : 0) | cpu->a32_mode;
}

void a32_set_pstate(struct cpu *cpu, uint32_t val)
{
	set_nzcv(cpu, val & CPSR_FLAGS);
	cpu->a32_q = val & CPSR_Q;
	cpu->a32_ge = FIELD(val, 19, 16);
	cpu->isa = val & CPSR_T ? ISA_T32 : ISA_A32;
	cpu->big = (val & CPSR_E) && cpu_has(cpu, FEAT_MIXED_END);
	cpu->it = 0;
	if (val & CPSR_T)
		cpu->it = FIELD(val, 15, 10) << 2 | FIELD(val, 26, 25);
	cpu->pan = val & PSR_PAN ? 1 : 0;
	cpu->inert = (val & CPSR_SSBS ? PSR_SSBS : 0) | (val & PSR_DIT);
	cpu->daif = FIELD(val, 8, 6);
	cpu->uao = 0;
	a32_fp_changed(cpu);
	a32_set_mode(cpu, val & CPSR_M);
}
