/* SPDX-License-Identifier: MIT */
/*
 * Warnings of what a VMM does and hardly means (base/warn.h), where the model
 * has to look for it. Each is called if warnings_wanted().
 */
#ifndef FAUXKVM_KERNEL_MISUSE_H
#define FAUXKVM_KERNEL_MISUSE_H

#include <stdint.h>

#include "base/types.h"
#include "base/warn.h"

struct mmio_frame;
struct routing;
struct vcpu;
struct vm;

/*
 * A read of the guest is left to the VMM. Whether it answers is seen by a mark
 * in struct kvm_run, in place of what stands there; what stood there comes back
 * if the mark is found by misuse_read_end(), so the guest reads what it would
 * have read. Not where time is counted: a recording has the answers.
 */
void misuse_read_begin(struct vcpu *vcpu);
void misuse_read_end(struct vcpu *vcpu);

/* Another thread than before runs @vcpu. */
void misuse_thread(struct vcpu *vcpu);

/* A slot comes or moves; a frame is mapped. slots_lock held. */
void misuse_slot(struct vm *vm, uint32_t id, gpa_t gpa, uint64_t size);
void misuse_frame(struct vm *vm, const struct mmio_frame *f);

/* KVM_SET_GSI_ROUTING has been given @table. */
void misuse_routing(struct vm *vm, const struct routing *table);

/* An irqfd was made, or has signalled and found its interrupt unheard @before
 * times in turn. How often it is now. */
unsigned int misuse_irqfd(struct vm *vm, unsigned int gsi, unsigned int before);

#endif
