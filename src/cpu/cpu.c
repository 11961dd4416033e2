/* SPDX-License-Identifier: MIT */
/*
 * Life of a PE: creation, reset, and what the world around it asks. Register
 * tables are in sysreg.c, PSTATE in exception.c.
 */
#include "cpu/cpu.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "cpu/a32/mode.h"
#include "cpu/block.h"
#include "cpu/counted.h"
#include "cpu/crypto.h"
#include "cpu/engine.h"
#include "cpu/exception.h"
#include "cpu/fp/fp.h"
#include "cpu/mmio.h"
#include "cpu/mmu.h"
#include "cpu/model.h"
#include "cpu/mte.h"
#include "cpu/pauth.h"
#include "cpu/pmu.h"
#include "cpu/sve/sve.h"
#include "cpu/sysreg.h"

int cpu_init(struct cpu *cpu, struct cpu_domain *dom, const struct cpu_env *env,
	     void *opaque)
{
	const size_t behind = offsetof(struct cpu, jc);
	int ret;

	/* The TLB is a great part of it, and none without an MMU. */
	memset(cpu, 0, offsetof(struct cpu, tlbs));
	if (!env->flat)
		memset(cpu->tlbs, 0, sizeof(cpu->tlbs));
	memset((char *)cpu + behind, 0, sizeof(*cpu) - behind);
	cpu->env = env;
	cpu->exceptions_apart = env->flat;
	cpu->opaque = opaque;
	cpu->engine = &interp_engine;
	cpu->stop = cpu->limit = cpu->sample = UINT64_MAX;
	model_init(cpu);
	ret = mmu_init(cpu);
	if (!ret)
		ret = blocks_init(cpu);
	if (!ret)
		ret = domain_join(cpu, dom);
	if (ret) {
		cpu_destroy(cpu);
		return ret;
	}
	sysregs_init(cpu);
	cpu_reset(cpu);
	return 0;
}

int cpu_set_engine(struct cpu *cpu, const struct code_engine *engine)
{
	const struct code_engine *old = cpu->engine;
	int ret;

	block_invalidate_all(cpu);
	if (old->destroy)
		old->destroy(cpu);
	cpu->engine = engine;
	ret = engine->init ? engine->init(cpu) : 0;
	if (!ret)
		return 0;
	cpu->engine = old;
	bug_on(old->init && old->init(cpu), "engine %s is gone", old->name);
	return ret;
}

void cpu_set_pauth(struct cpu *cpu, const struct cpu_pauth *pauth)
{
	cpu->pauth = *pauth;
	pauth_keys_changed(cpu);
	mmu_regime_changed(cpu);
}

void cpu_set_aarch32(struct cpu *cpu, bool el1)
{
	cpu->a32_el1 = el1;
	cpu->exceptions_apart = el1 || cpu->env->flat;
}

void cpu_set_mte(struct cpu *cpu, bool on)
{
	cpu->mte.on = on && cpu_has(cpu, FEAT_MTE2);
	mte_changed(cpu);
}

void cpu_destroy(struct cpu *cpu)
{
	domain_part(cpu);
	free(cpu->gdbg);
	free(cpu->breaks.stops);
	blocks_destroy(cpu);
	if (cpu->engine->destroy)
		cpu->engine->destroy(cpu);
	mmu_destroy(cpu);
	free(cpu->sve);
	cpu->sve = NULL;
}

void cpu_abandon(struct cpu *cpu)
{
	domain_abandon(cpu);
}

void cpu_make_tables(void)
{
	crypto_aes_tables();
	crypto_sm4_tables();
	crc32_tables();
}

void cpu_reset(struct cpu *cpu)
{
	uint64_t sp_el1 = cpu_sp(cpu, 1);

	memset(cpu->x, 0, sizeof(cpu->x));
	memset(cpu->vreg, 0, sizeof(cpu->vreg));
	cpu->pc = 0;
	fp_write_fpcr(cpu, 0);
	fp_write_fpsr(cpu, 0);
	sysregs_reset(cpu);
	sve_reset(cpu);
	cpu->excl_valid = false;
	cpu->event = false;
	cpu->stepping = false;
	cpu->caches_seen = false;
	cpu->sleeps = false;
	cpu->pc_moved = PC_NOT_MOVED;
	cpu->step_iss = 0;
	/* EL1h, DAIF set, the rest clear. */
	cpu_set_pstate(cpu, cpu->a32_el1 ? CPSR_RESET : 0x3c5);
	cpu_set_sp(cpu, 0, 0);
	cpu_set_sp(cpu, 1, sp_el1);
	tlb_flush_all(cpu);
	block_invalidate_all(cpu);
	mmu_regime_changed(cpu);
	pauth_keys_changed(cpu);
	mte_changed(cpu);
	debug_update(cpu);
}

void cpu_settle(struct cpu *cpu)
{
	cpu->sys.afsr0_el1 = cpu->sys.afsr1_el1 = 0;
	if (cpu->a32_el1)
		return;
	/* A core without PAN leaves it alone at an exception. */
	if (cpu->sctlr_absent & SCTLR_SPAN)
		cpu->sys.sctlr_el1 |= SCTLR_SPAN;
	cpu->sys.sctlr_el1 &= ~(cpu->sctlr_absent & ~SCTLR_SPAN);
	sve_settle(cpu);
}

void cpu_set_pins(struct cpu *cpu, uint32_t pins)
{
	uint32_t was = atomic_exchange(&cpu->pins, pins);

	if ((was ^ pins) & (CPU_PIN_IRQ | CPU_PIN_FIQ))
		cpu_request(cpu, CPU_REQ_PINS);
}

bool cpu_wakeup_pending(const struct cpu *cpu)
{
	return atomic_load(&cpu->pins) || cpu->serror_pending;
}

void cpu_mmio_complete(struct cpu *cpu, uint64_t data)
{
	cpu_mmio_finish(cpu, data);
}
