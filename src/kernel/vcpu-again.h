/* SPDX-License-Identifier: MIT */
/*
 * KVM_RUN once more: what vcpu-run.c does, shortened by what can't have changed.
 * A VMM that plays a device makes hardly another request, and each function on
 * the way costs as much as a tenth of TCG's whole exit.
 *
 * The last KVM_RUN of this thread said that this way may be taken (run_note()).
 * What the VMM changes by requests to the vCPU is told by vcpu->asked; what
 * others change is looked at here, in the order of vcpu-run.c. Whatever is not as
 * usual is left to kobj_ioctl(), before anything has happened; an exit of the
 * guest that is not, to vcpu_run_rest().
 */
#ifndef FAUXKVM_KERNEL_VCPU_AGAIN_H
#define FAUXKVM_KERNEL_VCPU_AGAIN_H

#include <string.h>

#include "base/thread-id.h"
#include "kernel/event.h"
#include "kernel/vcpu.h"
#include "kernel/vm.h"

/* What this thread runs; read by kernel_signal_arrived(). */
extern __thread struct vcpu *vcpu_run_here
	__attribute__((tls_model("initial-exec")));

/* Nothing has to be looked at but this. */
static ALWAYS_INLINE bool again_is_usual(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;

	return vm->mm == kernel_mm && !atomic_load(&vm->dead) &&
	       !atomic_load_explicit(&vm->nr_irqfds, memory_order_relaxed) &&
	       !vcpu->asked && !vcpu->dirty_ring.full &&
	       vcpu->last_tid == thread_id_known;
}

static ALWAYS_INLINE bool again_immediate(const struct vcpu *vcpu)
{
	return *(const volatile uint8_t *)&vcpu->run->immediate_exit;
}

/* Signals and requests that are there already; others are seen in the guest. */
static ALWAYS_INLINE bool again_is_calm(const struct vcpu *vcpu,
					const volatile bool *due)
{
	return !*due && (!vcpu_kicked(vcpu) || again_immediate(vcpu));
}

static ALWAYS_INLINE void again_end(struct vcpu *vcpu)
{
	vcpu_run_here = NULL;
	vcpu_lock_end_held(&vcpu->lock);
}

/* True: the vCPU is locked and its signals are heard of, until again_end() or
 * vcpu_run_rest(). */
static ALWAYS_INLINE bool again_begin(struct vcpu *vcpu,
				      const volatile bool *due)
{
	if (unlikely(event_wanted() || !vcpu_lock_owned(&vcpu->lock)))
		return false;
	if (unlikely(!again_is_usual(vcpu))) {
		vcpu_lock_end_held(&vcpu->lock);
		return false;
	}
	atomic_store_explicit(&vcpu->signal, false, memory_order_relaxed);
	atomic_signal_fence(memory_order_seq_cst);
	vcpu_run_here = vcpu;
	atomic_signal_fence(memory_order_seq_cst);
	if (likely(again_is_calm(vcpu, due)))
		return true;
	again_end(vcpu);
	return false;
}

/* vcpu_mmio_done(), where the guest has the host's byte order. */
static ALWAYS_INLINE bool again_mmio_done(struct vcpu *vcpu, uint64_t *data)
{
	struct kvm_run *run = vcpu->run;

	if (!vcpu->mmio_needed || run->exit_reason != KVM_EXIT_MMIO)
		return false;
	vcpu->mmio_needed = false;
	memcpy(data, run->mmio.data, sizeof(*data));
	return true;
}

/* Is the guest to be entered? Then struct kvm_run is as it is meanwhile. */
static ALWAYS_INLINE bool again_enters(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	if (unlikely(again_immediate(vcpu)))
		return false;
	run->exit_reason = KVM_EXIT_UNKNOWN;
	run->flags = 0;
	vcpu->mmio_needed = false;
	return true;
}

/* The last hole still is one, and the access is in it. */
static ALWAYS_INLINE bool bus_hole_has(const struct vcpu *vcpu, gpa_t gpa,
				       unsigned int len)
{
	const struct bus_hole *h = &vcpu->hole;

	return gpa >= h->start && gpa < h->end && h->end - gpa >= len &&
	       h->version == atomic_load_explicit(&vcpu->vm->bus_version,
						  memory_order_acquire);
}

/* KVM_RUN from arch->vcpu_enter()'s result on. */
long vcpu_run_rest(struct vcpu *vcpu, long entered);

#endif
