/* SPDX-License-Identifier: MIT */
/*
 * FPCR, FPSR and the host's floating-point environment, see cpu/fp/fp.h.
 */
#include "cpu/fp/fp.h"
#include "cpu/host-fp.h"
#include "cpu/model.h"

static uint32_t host_flags(void)
{
	return host_fp_flags_in(host_fp_save());
}

static void host_follows(struct cpu *cpu)
{
	cpu->fp_host = cpu->fp_active && !(cpu->fpcr & FPCR_FZ);
}

/*
 * To write the host's register costs more than an exit may: it is left alone if
 * it has what the guest wants. The host's own flags in it must not become the
 * guest's, but those that the guest has anyway do no harm.
 */
void fp_enter(struct cpu *cpu)
{
	uint64_t host = host_fp_save(), guest = host_fp_env(cpu->fpcr);

	cpu->host_fpenv = host;
	cpu->fp_active = true;
	host_follows(cpu);
	if (unlikely(host_fp_control(host) != guest ||
		     (host_fp_flags_in(host) & ~cpu->fpsr)))
		host_fp_restore(guest);
}

COLD void fp_leave_active(struct cpu *cpu)
{
	uint64_t guest = host_fp_save();

	cpu->fpsr |= host_fp_flags_in(guest);
	cpu->fp_active = false;
	host_follows(cpu);
	if (guest != cpu->host_fpenv)
		host_fp_restore(cpu->host_fpenv);
}

uint32_t cpu_fpsr(const struct cpu *cpu)
{
	return fp_read_fpsr(cpu);
}

uint32_t fp_read_fpsr(const struct cpu *cpu)
{
	return cpu->fp_active ? cpu->fpsr | host_flags() : cpu->fpsr;
}

void fp_write_fpsr(struct cpu *cpu, uint32_t val)
{
	cpu->fpsr = val & FPSR_MASK;
	if (cpu->fp_active)
		host_fp_restore(host_fp_env(cpu->fpcr));
}

uint32_t fp_read_fpcr(const struct cpu *cpu)
{
	return cpu->fpcr;
}

void fp_write_fpcr(struct cpu *cpu, uint32_t val)
{
	if (!cpu_has(cpu, FEAT_FP16))
		val &= ~FPCR_FZ16;
	cpu->fpcr = val & FPCR_MASK;
	host_follows(cpu);
	if (!cpu->fp_active)
		return;
	cpu->fpsr |= host_flags();
	host_fp_restore(host_fp_env(cpu->fpcr));
}
