/* SPDX-License-Identifier: MIT */
/*
 * KVM_RUN once more, in one function; see vcpu-again.h. What exit.c does on the
 * way in and out is here where it is as usual: the order is the same.
 */
#include "kernel/vcpu-again.h"

#include <errno.h>

#include "base/refuse.h"
#include "cpu/mmio.h"
#include "kernel/arm64/arm64.h"

/* Is the access nobody's on the bus, as the last one was? */
static ALWAYS_INLINE bool is_for_vmm(const struct vcpu *vcpu,
				     const struct cpu_exit *e)
{
	return likely(e->reason == CPU_EXIT_MMIO) &&
	       bus_hole_has(vcpu, e->mmio.gpa, e->mmio.len);
}

/* The guest may go on as it left, whatever others did to it. */
static ALWAYS_INLINE bool runs_as_usual(const struct vcpu_arm64 *a)
{
	return atomic_load(&a->power) == POWER_RUNNABLE &&
	       !atomic_load(&a->reset_pending) && !vcpu_is_unloaded(a) &&
	       (a->gic || levels_are_quiet(&a->vcpu));
}

/* arm64_run_begin() */
static ALWAYS_INLINE void begin(struct vcpu_arm64 *a)
{
	struct vcpu *vcpu = &a->vcpu;
	uint64_t data;

	a->steal_begins = true;
	if (unlikely(a->gic &&
		     atomic_load_explicit(&a->gic->raw, memory_order_relaxed)))
		irqchip_vcpu_load(vcpu->vm->dev.irqchip, vcpu->index);
	cpu_run_begins(&a->cpu);
	if (likely(again_mmio_done(vcpu, &data)))
		cpu_mmio_finish(&a->cpu, data);
	else
		cpu_doubt_code(&a->cpu);
}

/* arm64_enter() */
static ALWAYS_INLINE void enter(struct vcpu_arm64 *a)
{
	struct vcpu *vcpu = &a->vcpu;

	a->cpu.mmio_pending = false;
	if (unlikely(a->steal_base != STEAL_NONE))
		steal_update(vcpu);
	if (a->cpu.pmu.model)
		pmu_vcpu_enter(vcpu);
}

static ALWAYS_INLINE void store_data(struct kvm_run *run,
				     const struct cpu_exit *e)
{
	void *to = run->mmio.data;
	const void *from = &e->mmio.data;

	/* As a number of bytes it would be a call. */
	switch (e->mmio.len) {
	case 1: memcpy(to, from, 1); break;
	case 2: memcpy(to, from, 2); break;
	case 4: memcpy(to, from, 4); break;
	default: memcpy(to, from, 8); break;
	}
}

static ALWAYS_INLINE void tell_vmm(struct vcpu *vcpu, const struct cpu_exit *e)
{
	struct kvm_run *run = vcpu->run;

	stat_add(&vcpu->stats[STAT_EXITS], 1);
	stat_add(&vcpu->stats[STAT_MMIO_EXIT_USER], 1);
	run->mmio.phys_addr = e->mmio.gpa;
	run->mmio.len = e->mmio.len;
	run->mmio.is_write = e->mmio.write;
	if (e->mmio.write)
		store_data(run, e);
	vcpu->mmio_needed = true;
	vcpu->mmio_len = e->mmio.len;
	run->exit_reason = KVM_EXIT_MMIO;
}

/* arm64_run_end() */
static ALWAYS_INLINE void end(struct vcpu_arm64 *a)
{
	if (a->gic)
		gic_run_exited(a->gic);
	else if (unlikely(!levels_are_quiet(&a->vcpu)))
		arm64_run_end(&a->vcpu);
}

long arm64_again(struct kobj *obj, const volatile bool *due)
{
	struct vcpu *vcpu = vcpu_of(obj);
	struct vcpu_arm64 *a = vcpu_arm64(vcpu);

	if (unlikely(!again_begin(vcpu, due)))
		return KOBJ_NOT_AGAIN;
	if (unlikely(!runs_as_usual(a))) {
		again_end(vcpu);
		return KOBJ_NOT_AGAIN;
	}
	begin(a);
	if (unlikely(!again_enters(vcpu))) {
		again_end(vcpu);
		return refuse(EINTR, FKVM_RUN_IMMEDIATE,
			      "immediate_exit is set");
	}
	enter(a);
	cpu_run(&a->cpu);
	if (unlikely(!is_for_vmm(vcpu, &a->cpu.exit) || event_wanted()))
		return vcpu_run_rest(vcpu,
				     arm64_exited(vcpu, a->cpu.exit.reason));
	tell_vmm(vcpu, &a->cpu.exit);
	end(a);
	again_end(vcpu);
	return 0;
}
