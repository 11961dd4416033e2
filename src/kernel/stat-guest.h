/* SPDX-License-Identifier: MIT */
/*
 * Statistics of what a vCPU's guest does, for the file of stat-file.h: where its
 * instructions are, which addresses it accesses outside memory, and how that
 * and its exits are spread over time.
 *
 * All of it is counted by the vCPU's own thread, and only for a vCPU that is
 * shown (vcpu->shown).
 */
#ifndef FAUXKVM_KERNEL_STAT_GUEST_H
#define FAUXKVM_KERNEL_STAT_GUEST_H

#include "base/types.h"
#include "kernel/stat-file.h"

struct vcpu;

/* vcpu->shown is new. */
void stat_guest_begin(struct vcpu *vcpu);

/* The VM ends. */
void stat_guest_end(struct vcpu *vcpu, uint64_t now);

/* An access of the guest outside memory. @model: the model's bus took it, as so
 * many others that are not told; 0: the VMM gets it. */
void stat_guest_access(struct vcpu *vcpu, gpa_t gpa, bool write,
		       uint32_t model);

/*
 * The guest is at @pc, privileged or not; its exception vectors are at
 * @vectors. Returns how many cycles later to ask again, which is not always the
 * same, lest it be the rhythm of the guest.
 */
uint32_t stat_guest_sample(struct vcpu *vcpu, uint64_t pc, bool privileged,
			   uint64_t vectors);

/* Exits since the last time were until @now, by the VM's clock. */
void stat_guest_course(struct vcpu *vcpu, uint64_t now);

#endif
