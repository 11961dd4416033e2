/* SPDX-License-Identifier: MIT */
/*
 * arm64's part of counted time: a vCPU's local time is its core's, by the costs
 * of the model that the process was told of.
 */
#include "cpu/costs.h"
#include "kernel/arm64/arm64.h"

/* Of no model in particular: an instruction takes a cycle, nothing else any. */
static struct cpu_costs plain_costs;

static __attribute__((constructor)) void plain_costs_init(void)
{
	for (unsigned int i = 0; i < NR_INSN_COSTS; i++)
		plain_costs.cycles[i] = 1;
}

static const struct cost_model *core_model(void)
{
	const char *core = kernel_clock()->core;
	const struct cost_model *const *models;
	unsigned int n;

	models = cpu_cost_models(&n);
	return core ? cost_model_find(models, n, core) : NULL;
}

/* A new vCPU of a VM whose time is counted; the VM's first brings the costs. */
void count_vcpu_init(struct vcpu *vcpu)
{
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);
	const struct cost_model *model = core_model();

	if (!vcpu->index && model)
		cpu_costs_fill(&vm->costs, model, kernel_cost_profile());
	else if (!vcpu->index)
		vm->costs = plain_costs;
	cpu_set_costs(cpu_of(vcpu), &vm->costs);
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
	cpu_charge(cpu_of(vcpu), cycles);
}
