/* SPDX-License-Identifier: MIT */
/*
 * Which host CPUs the vCPUs' threads may use: as many vCPUs execute at a time
 * (src/cpu/seats.c has why, and who is next). Asked when a thread first runs a
 * vCPU and whenever one waits, as a VMM may move its threads later.
 */
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/host.h"
#include "kernel/arm64/arm64.h"

/* All that any thread so far may use. Caller holds vm->config. */
static unsigned int count_cpus(struct vm *vm)
{
	cpu_set_t all;

	CPU_ZERO(&all);
	for (unsigned int i = 0; i < vm_vcpu_count(vm); i++)
		CPU_OR(&all, &all, &vcpu_arm64(vm->vcpus[i])->host_cpus);
	return CPU_COUNT(&all);
}

/* A host with more CPUs than the mask holds has enough of them. */
void host_cpus_look(struct vcpu *vcpu)
{
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);
	struct vm_arm64 *vm = vm_arm64(vcpu->vm);
	cpu_set_t now;

	CPU_ZERO(&now);
	if (!vm->env.park ||
	    host_raw(SYS_sched_getaffinity, 0, sizeof(now), &now) < 0 ||
	    CPU_EQUAL(&now, &a->host_cpus))
		return;
	pthread_mutex_lock(&vm->config);
	a->host_cpus = now;
	cpu_domain_set_seats(vm->domain, count_cpus(&vm->vm));
	pthread_mutex_unlock(&vm->config);
}

void host_cpus_park(struct cpu *cpu, uint64_t ns,
		    bool (*ready)(struct cpu *cpu))
{
	struct vcpu *vcpu = cpu->opaque;
	uint32_t seq = vcpu_nap_begin(vcpu);

	host_cpus_look(vcpu);
	vcpu_nap(vcpu, seq, ready(cpu) || vcpu_kicked(vcpu) ? 0 : ns);
}

void host_cpus_unpark(struct cpu *cpu)
{
	vcpu_wake(cpu->opaque);
}
