/* SPDX-License-Identifier: MIT */
/*
 * What KVM of Linux 6.12 does for the guest, as a step over it shows.
 */
#ifndef CPU_KVM_TRAPS_H
#define CPU_KVM_TRAPS_H

#include <stdbool.h>
#include <stdint.h>

struct cpu;
struct insn;

/*
 * Does KVM do this instruction of the guest's for it? The step over such a one ends
 * without a syndrome: KVM clears PSTATE.SS when it moves PC, and the exception is
 * taken from the active-pending state (Arm ARM D2.12.3). What KVM traps to let the
 * guest do it is not among them. The instruction is about to be executed.
 */
bool kvm_traps_a64(struct cpu *cpu, uint32_t word);
bool kvm_traps_a32(struct cpu *cpu, const struct insn *i);
/* SCTLR_EL1 has the MMU and the data cache on. */
bool kvm_traps_caches_on(const struct cpu *cpu);

#endif
