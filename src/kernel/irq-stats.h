/* SPDX-License-Identifier: MIT */
/*
 * Statistics of a VM for the file of stat-file.h: what becomes of each
 * interrupt and when, how the guest exits. Nothing of it is there unless a file
 * is wanted (kernel_clock()->stat).
 *
 * Acknowledges are counted exactly. Times are taken of all interrupts where
 * time is counted, or interrupts are few. Else they are taken in windows, from
 * time to time, so that taking them costs less than they tell of.
 */
#ifndef FAUXKVM_KERNEL_IRQ_STATS_H
#define FAUXKVM_KERNEL_IRQ_STATS_H

#include "base/device.h"
#include "base/types.h"
#include "kernel/stat-file.h"

struct irq_stats;
struct vcpu;
struct vm;

/* The VM is complete but for devices and vCPUs. It may get none. */
void irq_stats_begin(struct vm *vm);
void irq_stats_end(struct vm *vm);
/* The VM's in the file; NULL: it is not there. */
struct stat_vm *irq_stats_vm(struct vm *vm);
/* A vCPU of the VM was made. */
void irq_stats_vcpu(struct vcpu *vcpu);

/* Do the irqchip's steps have to be told? */
bool irq_stats_hears(const struct vm *vm);
/* One of them; as device_vm_ops.step. */
void irq_stats_step(struct vm *vm, unsigned int index, unsigned int step,
		    uint32_t intid);
/* For device_vm_ops. */
struct irq_tally *irq_stats_tally(struct device_vm *dev, unsigned int index,
				  uint32_t intid);
void irq_stats_due(struct device_vm *dev);

/* A vCPU sleeps, at @now, or leaves KVM_RUN: time for what does not come with
 * each interrupt. Its own thread. */
void irq_stats_idle(struct vcpu *vcpu, uint64_t now);
void irq_stats_publish(struct vcpu *vcpu);

/* The guest of a vCPU that is @shown has left: is it time to time an exit? */
static inline bool stat_times_exit(struct stat_vcpu *shown)
{
	return unlikely(!--shown->own.until);
}
/*
 * Around the handling of such an exit, which is of @kind, and when the guest is
 * about to go on after any. On the vCPU's thread.
 */
void irq_stats_left(struct vcpu *vcpu, unsigned int kind);
void irq_stats_handled(struct vcpu *vcpu);
void irq_stats_go_on(struct vcpu *vcpu);

/* The guest of a vCPU that is @shown left its engine by exit @kind of
 * arch->exit_name(), which came to @result, as arch->vcpu_enter() returns. */
static inline void stat_count_exit(struct stat_vcpu *shown, unsigned int kind,
				   long result)
{
	_Atomic uint64_t *n;

	if (likely(!shown) || kind >= STAT_KINDS)
		return;
	n = &shown->exits[kind][result > 0 ? STAT_EXIT_HANDLED
				: result   ? STAT_EXIT_FAILED
					   : STAT_EXIT_TO_VMM];
	atomic_store_explicit(n,
			      atomic_load_explicit(n, memory_order_relaxed) + 1,
			      memory_order_relaxed);
}

#endif
