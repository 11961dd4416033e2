/* SPDX-License-Identifier: MIT */
/*
 * What Linux 6.1 answers of registers where later versions answer otherwise
 * (base/since.h says which is pretended): ID registers and caches are the
 * host's and fixed.
 */
#ifndef FAUXKVM_KERNEL_ARM64_LINUX_6_1_H
#define FAUXKVM_KERNEL_ARM64_LINUX_6_1_H

#include "kernel/arm64/arm64.h"

/* User space has the register at all, and it may be other than the host's. */
bool linux_lists_reg(const struct cpu_sysreg_info *row);
bool linux_fixes_reg(const struct cpu_sysreg_info *row);

/* ID registers are fixed but for two fields. */
bool linux_fixes_ids(void);
/* @limit, what a VM of 6.12 begins with in @row, for one of 6.1. */
uint64_t linux_6_1_id(const struct cpu_sysreg_info *row, uint64_t limit);
/* Is @val one that may be set, where @old is what it says? */
long linux_6_1_id_check(const struct cpu_sysreg_info *row, uint64_t old,
			uint64_t val);

/* CCSIDR_EL1 of CSSELR_EL1 = @n is the host's, and there if it has the cache. */
bool linux_fixes_caches(void);
bool linux_6_1_ccsidr(unsigned int n, uint32_t *val);
/*
 * Of the PMU's registers that set and clear bits both are one word to user space
 * before 6.7, which a write replaces; true: @val was written so.
 */
bool linux_6_1_bits_set(struct vcpu *vcpu, const struct cpu_sysreg_info *row,
			uint64_t val);
/* What the guest is to read of caches, and of PMCR_EL0 after a reset. */
void linux_6_1_vcpu_init(struct vcpu *vcpu);
void linux_6_1_vcpu_reset(struct vcpu *vcpu);

#endif
