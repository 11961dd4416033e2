/* SPDX-License-Identifier: MIT */
/*
 * arm64's part of counted time: a vCPU's local time is its core's, by the costs
 * of the model that the process was told of and what a profile changes of it.
 */
#include "cpu/costs.h"
#include "kernel/arm64/arm64.h"

void count_vm_init(struct vm_arm64 *a)
{
	const char *name = kernel_clock()->core;
	const struct cost_model *const *models, *core;
	unsigned int nr;

	models = cpu_cost_models(&nr);
	core = name ? cost_model_find(models, nr, name) : NULL;
	if (core) {
		cpu_costs_fill(&a->core_costs, core, kernel_cost_profile());
		return;
	}
	/* Of no model in particular: an instruction takes a cycle, so does the
	 * entry of an exception, nothing else any. */
	for (unsigned int i = 0; i < NR_INSN_COSTS; i++)
		a->core_costs.cycles[i] = 1;
	a->core_costs.cycles[COST_EXCEPTION_ENTRY] = 1;
}

void count_vcpu_init(struct vcpu *vcpu)
{
	cpu_set_costs(cpu_of(vcpu), &vm_arm64(vcpu->vm)->core_costs);
}

uint64_t arm64_time(struct vcpu *vcpu)
{
	return cpu_now(cpu_of(vcpu));
}

void arm64_stop_at(struct vcpu *vcpu, uint64_t cycles)
{
	cpu_stop_at(cpu_of(vcpu), cycles);
}

void arm64_charge(struct vcpu *vcpu, uint64_t cycles)
{
	struct cpu *cpu = cpu_of(vcpu);

	cpu_charge(cpu, cycles);
	/* What no instruction took is nowhere. */
	if (cpu->sample != UINT64_MAX)
		cpu_sample_at(cpu, cpu->sample + cycles);
}
