/* SPDX-License-Identifier: MIT */
/*
 * The PEs that run the program, see pe.h.
 */
#include "user/pe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "cpu/bodies.h"
#include "cpu/fp/fp.h"
#include "kernel/arm64/engine.h"
#include "kernel/arm64/host.h"
#include "kernel/time.h"
#include "user/lock.h"
#include "user/memory.h"

static struct cpu_domain *domain;

/* The guests' counter is the program's, too. */
static struct clock program_clock = {.ops = &clock_host_ops};

static enum cpu_sysreg_result pe_sysreg_read(struct cpu *cpu, uint32_t enc,
					     uint64_t *val)
{
	(void)cpu;
	if (enc == SYSREG_ENC(3, 3, 14, 0, 0)) {
		*val = program_clock.hz;
		return CPU_SYSREG_OK;
	}
	if (enc != SYSREG_ENC(3, 3, 14, 0, 2))
		return CPU_SYSREG_UNDEF;
	*val = clock_counter(&program_clock);
	return CPU_SYSREG_OK;
}

static bool pe_executable(struct cpu *cpu, gva_t va)
{
	(void)cpu;
	return memory_executable(va);
}

static const struct cpu_flat flat = {
	.bodies = &mem_flat_bodies,
	.executable = pe_executable,
};
static const struct cpu_env env = {
	.flat = &flat,
	.sysreg_read = pe_sysreg_read,
	.aarch32 = true,
};

int pe_init(void)
{
	program_clock.hz = host_profile->counter_hz;
	domain = cpu_domain_new();
	return domain ? 0 : -ENOMEM;
}

/* ---- those without a thread ---------------------------------------------- */

/* PEs of threads that have ended, with all they have translated: one of them
 * is made for a new thread sooner than another. */
#define MAX_IDLE 16
static struct {
	struct cpu *cpu[MAX_IDLE];
	unsigned int n;
} idle;

static struct cpu *idle_take(void)
{
	struct cpu *cpu;

	lock_take(LOCK_IDLE);
	cpu = idle.n ? idle.cpu[--idle.n] : NULL;
	lock_release(LOCK_IDLE);
	return cpu;
}

/* False: there are enough. */
static bool idle_put(struct cpu *cpu)
{
	bool room;

	lock_take(LOCK_IDLE);
	room = idle.n < MAX_IDLE;
	if (room)
		idle.cpu[idle.n++] = cpu;
	lock_release(LOCK_IDLE);
	return room;
}

/* The parent's have no code in a child. Its lock may be held for ever. */
int pe_forked_child(void)
{
	lock_release(LOCK_IDLE);
	idle.n = 0;
	return pe_init();
}

/* ---- one ----------------------------------------------------------------- */

/* What Linux gives EL0: DC ZVA, IC IVAU, DC CV*, CTR_EL0, WFE and WFI without a
 * trap, a checked stack pointer, FP and SIMD, the virtual counter; no debug
 * registers. */
static void pe_setup(struct cpu *cpu)
{
	cpu_sysreg_set(cpu, SYSREG_ENC(3, 0, 1, 0, 0),
		       SCTLR_SA0 | SCTLR_DZE | SCTLR_UCT | SCTLR_NTWI |
			       SCTLR_NTWE | SCTLR_UCI);
	cpu_sysreg_set(cpu, SYSREG_ENC(3, 0, 1, 0, 2), 3 << 20);
	cpu_sysreg_set(cpu, SYSREG_ENC(3, 0, 14, 1, 0), BIT(1));
	cpu_sysreg_set(cpu, SYSREG_ENC(2, 0, 0, 2, 2), MDSCR_TDCC);
	cpu_set_pstate(cpu, 0);
}

struct cpu *pe_new(void)
{
	struct cpu *cpu = aligned_alloc(64, ALIGN_UP(sizeof(*cpu), 64));

	if (!cpu)
		return NULL;
	if (cpu_init(cpu, domain, &env, NULL)) {
		free(cpu);
		return NULL;
	}
	arm64_choose_engine(cpu);
	pe_setup(cpu);
	return cpu;
}

struct cpu *pe_copy(const struct cpu *of)
{
	struct cpu *cpu = idle_take() ?: pe_new();

	if (!cpu)
		return NULL;
	atomic_fetch_and(&cpu->req, ~(uint32_t)CPU_REQ_KICK);
	cpu->excl_valid = false;
	cpu->event = false;
	memcpy(cpu->x, of->x, sizeof(cpu->x));
	memcpy(cpu->vreg, of->vreg, sizeof(cpu->vreg));
	cpu->pc = of->pc;
	fp_write_fpcr(cpu, of->fpcr);
	fp_write_fpsr(cpu, cpu_fpsr(of));
	cpu_set_pstate(cpu, cpu_pstate(of));
	cpu->sys.tpidr_el0 = of->sys.tpidr_el0;
	cpu->sys.tpidrro_el0 = of->sys.tpidrro_el0;
	return cpu;
}

void pe_free(struct cpu *cpu)
{
	if (idle_put(cpu))
		return;
	cpu_destroy(cpu);
	free(cpu);
}

void pe_code_gone(uint64_t start, uint64_t end)
{
	cpu_domain_forget_code(domain, start, end);
}

void pe_give_back(void)
{
	cpu_domain_give_back(domain);
}
