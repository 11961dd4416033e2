/* SPDX-License-Identifier: MIT */
/*
 * The hosts that KVM can be pretended to run on, see host.h.
 */
#include "kernel/arm64/host.h"

#include <fauxkvm/kvm.h>

static const struct host_profile host_default = {
	.ipa_bits = 48,
	.gicv3 = true,
	.gicv2 = true,
	.target = KVM_ARM_TARGET_GENERIC_V8,
	.counter_hz = 62500000,
	/* Nothing speculates here: no workaround is required. */
	.workaround = {KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED,
		       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_NOT_REQUIRED,
		       KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_3_NOT_REQUIRED},
};

const struct host_profile *host_profile = &host_default;
