/* SPDX-License-Identifier: MIT */
/*
 * FPCR, FPSR and the host's floating-point environment, see cpu/fp.h.
 */
#include "cpu/fp.h"
#include "cpu/host-fp.h"

void fp_enter(struct cpu *cpu)
{
	cpu->host_fpenv = host_fp_save();
	cpu->fp_active = true;
	host_fp_load(cpu->fpcr);
}

void fp_leave(struct cpu *cpu)
{
	cpu->fpsr |= host_fp_flags();
	cpu->fp_active = false;
	host_fp_restore(cpu->host_fpenv);
}

uint32_t cpu_fpsr(const struct cpu *cpu)
{
	return fp_read_fpsr(cpu);
}

uint32_t fp_read_fpsr(const struct cpu *cpu)
{
	return cpu->fp_active ? cpu->fpsr | host_fp_flags() : cpu->fpsr;
}

void fp_write_fpsr(struct cpu *cpu, uint32_t val)
{
	cpu->fpsr = val & FPSR_MASK;
	if (cpu->fp_active)
		host_fp_load(cpu->fpcr);
}

uint32_t fp_read_fpcr(const struct cpu *cpu)
{
	return cpu->fpcr;
}

void fp_write_fpcr(struct cpu *cpu, uint32_t val)
{
	cpu->fpcr = val & FPCR_MASK;
	if (!cpu->fp_active)
		return;
	cpu->fpsr |= host_fp_flags();
	host_fp_load(cpu->fpcr);
}
